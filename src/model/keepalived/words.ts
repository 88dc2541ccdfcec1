/** What is wrong with the words of a line: too few, too many, or not what the keyword takes. */
import { isPlaceholder } from '../../../grammar/repair.ts';
import {
  type Arg,
  type ItemKind,
  itemKind,
  type Keyword,
  keyword,
} from '../../../grammar/tables/keywords.ts';
import { lineStart, type Span } from '../../../grammar/text.ts';
import { type Directive, type Edit, type Word, wordSpan } from '../../../grammar/tree.ts';
import { parseAddress } from '../net.ts';
import { suggest } from '../suggest.ts';
import { atLeast, type Version } from '../version.ts';
import { addressFault, looksLikeAddress } from './addresses.ts';
import { everyStatement, isBlock, type Statement } from './statements.ts';
import { addressForm, meantValue, oneOf, rejection } from './values.ts';

/** A word that the daemon rejects or drops, or that is not there. */
export interface WordProblem {
  /**
   * `missing`: a value is absent; `invalid`: the daemon does not take it; `address`: so, and it should be an address;
   * `surplus`: dropped in silence; `refused`: one word too many makes the daemon drop the block or complain;
   * `unknown-option`: no option of a list's lines; `crowded`: an item of its own on the line of another.
   */
  readonly kind: 'missing' | 'invalid' | 'address' | 'surplus' | 'refused' | 'unknown-option' | 'crowded';
  /** The keyword, for a line of a list the keyword that opens it. */
  readonly statement: Statement;
  /** The line itself, where the statement is a list. */
  readonly item: Directive | undefined;
  /** What the word belongs to: the keyword, the option, the first word of the line. */
  readonly subject: string;
  readonly at: Span;
  /** As written; undefined where it may be a secret. */
  readonly written: string | undefined;
  /** What may stand there, in words: `MASTER or BACKUP`, `a number from 1 to 255`. */
  readonly expected: string;
  /** What was evidently meant. */
  readonly meant: string | undefined;
  /** What the daemon does instead, where it is known. */
  readonly consequence: string | undefined;
  /** What is refused is what the daemon uses anyway: `vrrp_garp_interval 0` of the sample file. */
  readonly harmless?: boolean;
  /** The changes that mend it, where they are more than putting `meant` in place. */
  readonly edits?: readonly Edit[];
}

/** What vrrp_parser.c's handlers do with a value they reject. Where nothing stands, the previous or default value is kept. */
const consequences: ReadonlyMap<string, string> = new Map([
  ['vrrp_instance/state', 'keepalived ignores it and starts as BACKUP'],
  ['vrrp_instance/priority', 'keepalived ignores it and uses priority 100'],
  ['vrrp_instance/virtual_router_id', 'keepalived is left without a virtual_router_id and does not start'],
  ['vrrp_instance/advert_int', 'keepalived ignores it and uses 1 second'],
  ['vrrp_instance/version', 'keepalived ignores it and uses the default version'],
  ['vrrp_instance.authentication/auth_type', 'keepalived ignores it and sends no authentication'],
  ['vrrp_script/weight', 'keepalived ignores it and uses weight 0'],
  ['virtual_ipaddress', 'keepalived drops this address: no node will hold it'],
  ['unicast_peer', 'keepalived drops this peer'],
]);

const consequenceOf = ({ context, name, items }: Keyword): string | undefined =>
  consequences.get(items ?? `${context}/${name}`);

/** Where words may be secrets, which no message repeats. */
const isSecretive = ({ context }: Keyword): boolean =>
  ['authentication', 'auth_hmac', 'SSL'].some((block) => context === block || context.endsWith(`.${block}`));

/** Everything wrong with words of these statements, in the order of the file. One line gives at most one. */
export function* wordProblems(statements: readonly Statement[], version: Version): Generator<WordProblem> {
  for (const statement of everyStatement(statements)) {
    const known = statement.keyword;
    if (!known) continue;
    const found = keywordProblem(statement, known, version);
    if (found) yield found;
    const kind = known.items === undefined ? undefined : itemKind(known.items);
    if (!kind) continue;
    for (const item of statement.items) {
      if (isPlaceholder(item.name.text)) continue;
      const wrong = itemProblem({ statement, item, kind, known });
      if (wrong) yield wrong;
    }
  }
}

/** Limits that no column of the table has, by keyword: what the daemon wants of a word it otherwise takes. */
const limits: ReadonlyMap<string, (text: string) => string | undefined> = new Map([
  // interval: "must be greater than 0, setting to 1"
  [
    'vrrp_script/interval',
    (text: string) => (Number(text) === 0 ? 'a number of seconds above 0' : undefined),
  ],
  ['vrrp_script/timeout', (text: string) => (Number(text) === 0 ? 'a number of seconds above 0' : undefined)],
  ...['track_file', 'vrrp_track_file'].map(
    (context) =>
      [
        `${context}/init_file`,
        (text: string) => (/^(?:[+-]?\d+|overwrite)$/.test(text) ? undefined : 'a number or overwrite'),
      ] as const,
  ),
  ...['HTTP_GET', 'SSL_GET'].flatMap((checker) => [
    [
      `virtual_server.real_server.${checker}.url/digest`,
      (text: string) => (text.length === 32 ? undefined : 'an MD5 sum of 32 characters'),
    ] as const,
    [
      `virtual_server.real_server.${checker}.url/status_code`,
      (text: string) => (isStatus(text) ? undefined : 'a status from 100 to 999, or a range of them'),
    ] as const,
  ]),
  [
    'vrrp_instance/use_vmac',
    (text: string) => (text.includes(':') ? undefined : (atMost(text, 15) ?? interfaceName(text))),
  ],
  ['global_defs/umask', umask],
]);

/** dev_name_valid() of the kernel. */
const interfaceName = (text: string): string | undefined =>
  /^\.{0,2}$|[/\s]/.test(text) ? 'a name that an interface can have' : undefined;

/** An octal number, or letters such as IRUSR joined by | (read_umask()). */
function umask(text: string): string | undefined {
  const isNumber = /^(?:0?[0-7]{1,3}|0x[\da-f]{1,3})$/i.test(text);
  const isWords = text.split('|').every((part) => /^(?:I[RWX](?:USR|GRP|OTH)|IRWX[UGO]|)$/.test(part));
  return isNumber || isWords ? undefined : 'an octal number such as 022, or words such as IWGRP|IWOTH';
}

function isStatus(text: string): boolean {
  const [, first, last = first] = /^([1-9]\d\d)(?:-([1-9]\d\d))?$/.exec(text) ?? [];
  return first !== undefined && Number(first) <= Number(last);
}

const atMost = (text: string, bytes: number): string | undefined =>
  Buffer.byteLength(text) <= bytes ? undefined : `a name of at most ${bytes} characters`;

function limited(text: string, known: Keyword, version: Version): string | undefined {
  if (known.flags.has('whole-before-2.3.2') && /\./.test(text) && atLeast(version, '2.3.2') === false)
    return 'a whole number, which it must be before keepalived 2.3.2';
  return limits.get(`${known.context}/${known.name}`)?.(text);
}

function keywordProblem(statement: Statement, known: Keyword, version: Version): WordProblem | undefined {
  const { args, directive } = statement;
  const secret = isSecretive(known);
  const problem = (
    kind: WordProblem['kind'],
    at: Span,
    word: Word | undefined,
    more: Partial<WordProblem> = {},
  ): WordProblem => ({
    kind,
    statement,
    item: undefined,
    subject: known.name,
    at,
    written: secret ? undefined : word?.text,
    expected: '',
    meant: undefined,
    consequence: undefined,
    ...more,
  });
  // A list without any braces takes the } of the block around it for its own (skip_block()).
  if (isBlock(known) && !directive.body && !isPlaceholder(directive.name.text)) {
    return problem('missing', wordSpan(directive, directive.name), undefined, {
      expected: 'a block in { }',
      subject: `the { } of ${known.name}`,
      consequence: 'keepalived takes the next } for the end of it',
    });
  }
  // Scripts have words of their own, see scripts.ts; only that there are some is judged here.
  if (known.raw && args.length > 0 && !(known.required && args.length === 1 && args[0]!.text === ''))
    return undefined;
  if (known.raw && args.length > 0)
    return problem('missing', wordSpan(directive, args[0]!), undefined, { expected: 'a command' });
  let next = 0;
  for (const [index, arg] of known.args.entries()) {
    const rest = known.args.slice(index + 1);
    do {
      const word = args[next];
      if (!word) {
        if (arg.optional || (arg.variadic && next > index)) break;
        // vrrp_script.script reads what follows; smtp_helo_name and the like shrug.
        if (known.missing === 'ignored') return undefined;
        const abort = known.missing === 'abort' || known.missing === undefined;
        return problem('missing', { ...wordSpan(directive, directive.name) }, undefined, {
          expected: index === 0 ? expectation(arg) : (arg.name ?? expectation(arg)),
          subject: index === 0 ? known.name : `the ${arg.name ?? 'second word'} of ${known.name}`,
          consequence: abort
            ? 'keepalived stops reading the configuration at this line'
            : consequenceOf(known),
        });
      }
      if (isPlaceholder(word.text)) return undefined;
      const over = limited(word.text, known, version);
      if (over !== undefined) {
        return problem('invalid', wordSpan(directive, word), word, { expected: over });
      }
      if (arg.type === 'kv' || arg.type === 'words') {
        const wrong = optionProblem(args.slice(next), arg, known);
        if (!wrong) return undefined;
        return problem('invalid', wordSpan(directive, wrong.word), wrong.word, {
          expected: wrong.expected,
          subject: wrong.subject,
        });
      }
      if (arg.type === 'vs_target') return targetProblem(statement, known, problem);
      const expected = rejection(word.text, arg, known.flags.has('any-case'));
      if (expected !== undefined) {
        // An optional word may be left out before others.
        if (arg.optional && rest.some((each) => !each.optional)) break;
        const form = addressForm(arg);
        const joined = form && split(args, next, arg);
        return problem(
          form ? 'address' : 'invalid',
          joined?.at(directive) ?? wordSpan(directive, word),
          word,
          {
            expected: form ? addressFault(word.text, form).reason : expected,
            meant: secret ? undefined : (joined?.meant ?? meantValue(word.text, arg)),
            consequence: consequenceOf(known),
            ...(joined ? { written: joined.written } : {}),
          },
        );
      }
      next++;
    } while (arg.variadic);
  }
  return surplus(statement, known, next, problem);
}

/** Words that nothing takes. Most keywords drop them in silence; a name that must be one word drops the block. */
function surplus(
  { args, directive, context }: Statement,
  known: Keyword,
  next: number,
  problem: (
    kind: WordProblem['kind'],
    at: Span,
    word: Word | undefined,
    more?: Partial<WordProblem>,
  ) => WordProblem,
): WordProblem | undefined {
  const word = args[next];
  if (!word) return undefined;
  const at = { ...wordSpan(directive, word), end: args.at(-1)!.end };
  // A quote after a backslash ends no pattern: regex_handler(), alloc_strvec_quoted_escaped().
  if (
    known.args.some(({ type }) => type === 'quoted_string') &&
    /\\["']/.test(directive.source.text.slice(directive.name.end, args.at(-1)!.end))
  )
    return undefined;
  const one = args.length === next + 1;
  const more = { expected: one ? 'word' : 'words' };
  if (known.flags.has('one-word') || /^(?:vrrp_sync_group|track_group)$/.test(known.name)) {
    return problem('refused', at, word, {
      ...more,
      consequence: 'keepalived wants exactly one name here, and skips the whole block',
    });
  }
  if (known.items !== undefined) {
    return problem('refused', at, word, { ...more, consequence: 'keepalived complains and uses the block' });
  }
  const own = keyword(context, word.text);
  if (own && !known.opens) {
    return problem('surplus', at, word, {
      ...more,
      meant: own.name,
      consequence: 'keepalived reads one keyword from a line',
      edits: [newline(directive, args[next - 1] ?? directive.name, word)],
    });
  }
  return problem('surplus', at, word, more);
}

/** A line break in place of the blanks between two words, with the indentation of their line. */
function newline({ source }: Directive, before: Word, after: Word): Edit {
  const indent = /^[ \t]*/.exec(source.text.slice(lineStart(source.text, before.start)))![0];
  return { source, start: before.end, end: after.start, text: `\n${indent}` };
}

/** `10.0.0. 100`: an address that a blank cut in two. */
function split(args: readonly Word[], index: number, arg: Arg) {
  const [word, after] = [args[index]!, args[index + 1]];
  if (!after || !/^[\d.,]+$/.test(word.text) || !/^[\d./]+$/.test(after.text)) return undefined;
  const glue = [word.text + after.text, `${word.text}.${after.text}`].find((each) => !rejection(each, arg));
  return glue === undefined
    ? undefined
    : {
        meant: glue,
        written: `${word.text} ${after.text}`,
        at: (directive: Directive): Span => ({ ...wordSpan(directive, word), end: after.end }),
      };
}

const expectation = (arg: Arg): string => rejection('', arg) ?? arg.name ?? arg.type;

/** Option words in any order: those of lvs_sync_daemon, lvs_timeouts, use_vmac and the forwarding methods. */
function optionProblem(
  words: readonly Word[],
  arg: Arg,
  known: Keyword,
): { word: Word; expected: string; subject: string } | undefined {
  const options = arg.values ?? [];
  const subject = known.name;
  const flags = new Set(['nocsum', 'csum', 'remcsum', 'bridge', 'private', 'vepa', 'netlink_notify_msg']);
  const numbers: ReadonlyMap<string, Arg> = new Map(
    Object.entries<Arg>({
      id: number(0, 255),
      maxlen: number(1, 65463),
      port: number(1, 65535),
      ttl: number(1, 255),
      tcp: number(arg.min, arg.max),
      tcpfin: number(arg.min, arg.max),
      udp: number(arg.min, arg.max),
    }),
  );
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (isPlaceholder(word.text)) return undefined;
    if (!options.includes(word.text)) {
      if (known.name === 'lvs_sync_daemon' && index > 0) {
        return {
          word,
          subject,
          expected: /^\d+$/.test(word.text) ? `read: write id ${word.text}` : oneOf(options),
        };
      }
      if (arg.type === 'words') continue;
      return { word, subject, expected: oneOf(options) };
    }
    if (flags.has(word.text)) continue;
    const value = words[++index];
    if (!value) return { word, subject, expected: `${word.text} and a value` };
    if (word.text === 'group' && known.name === 'lvs_sync_daemon' && !isMulticast(value.text)) {
      return { word: value, subject: `group of ${subject}`, expected: 'a multicast address' };
    }
    const shape = numbers.get(word.text);
    const expected = shape && !isPlaceholder(value.text) ? rejection(value.text, shape) : undefined;
    if (expected !== undefined) return { word: value, subject: `${word.text} of ${subject}`, expected };
  }
  return tunnelProblem(words, subject);
}

const isMulticast = (text: string): boolean =>
  isPlaceholder(text) || /^(?:22[4-9]|23\d)\./.test(text) || /^ff/i.test(text);

/** What follows `TUN`: a port for gue, and for it alone. */
function tunnelProblem(
  words: readonly Word[],
  subject: string,
): { word: Word; expected: string; subject: string } | undefined {
  const after = (name: string): Word | undefined => words[words.findIndex(({ text }) => text === name) + 1];
  const has = (name: string): boolean => words.some(({ text }) => text === name);
  const type = has('type') ? after('type') : undefined;
  if (type && !/^(?:ipip|gue|gre)$/.test(type.text) && !isPlaceholder(type.text)) {
    return { word: type, subject: `type of ${subject}`, expected: 'ipip, gue or gre' };
  }
  if (type?.text === 'gue' && !has('port')) {
    return { word: type, subject: `type of ${subject}`, expected: 'whole without its port' };
  }
  const port = words.find(({ text }) => text === 'port');
  return port && /^(?:lb_kind|lvs_method|sorry_server_lvs_method)$/.test(subject) && type?.text !== 'gue'
    ? { word: port, subject, expected: 'a word for tunnels other than type gue' }
    : undefined;
}

const number = (min: number | undefined, max: number | undefined): Arg => ({
  type: 'uint',
  optional: false,
  variadic: false,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

/** `virtual_server 10.0.0.100 80`, `virtual_server fwmark 5`, `virtual_server group G`. */
function targetProblem(
  { args, directive }: Statement,
  known: Keyword,
  problem: (
    kind: WordProblem['kind'],
    at: Span,
    word: Word | undefined,
    more?: Partial<WordProblem>,
  ) => WordProblem,
): WordProblem | undefined {
  const [target, second] = args as [Word, Word | undefined];
  const skipped = 'keepalived skips the whole block';
  if (second && isPlaceholder(second.text)) return undefined;
  if (target.text === 'group' || target.text === 'fwmark') {
    if (!second)
      return problem('missing', wordSpan(directive, target), undefined, {
        subject: `${known.name} ${target.text}`,
        consequence: skipped,
      });
    const expected = target.text === 'fwmark' ? rejection(second.text, number(0, 4294967295)) : undefined;
    if (expected)
      return problem('invalid', wordSpan(directive, second), second, {
        subject: 'fwmark',
        expected,
        consequence: skipped,
      });
  } else {
    const colon = /^(\d+\.\d+\.\d+\.\d+|\[[^\]]+\]):(\d+)$/.exec(target.text);
    const form = addressForm({ type: 'ip', optional: false, variadic: false })!;
    if (rejection(target.text, { type: 'ip', optional: false, variadic: false })) {
      return problem('address', wordSpan(directive, target), target, {
        expected: colon ? 'the port is a word of its own' : addressFault(target.text, form).reason,
        meant: colon
          ? `${colon[1]!.replace(/[[\]]/g, '')} ${colon[2]}`
          : addressFault(target.text, form).meant,
        consequence: skipped,
      });
    }
    const expected = second && rejection(second.text, { type: 'port', optional: true, variadic: false });
    if (second && expected)
      return problem('invalid', wordSpan(directive, second), second, {
        subject: 'the port',
        expected,
        consequence: skipped,
      });
  }
  return args[2]
    ? problem('surplus', wordSpan(directive, args[2]), args[2], { expected: 'word' })
    : undefined;
}

// ---------------------------------------------------------------------------------------------------------------------
// Lines of lists

interface Line {
  readonly statement: Statement;
  readonly known: Keyword;
  readonly item: Directive;
  readonly kind: ItemKind;
}

/** Kinds of lists whose lines are option words around one destination. */
const isRoute = (kind: string): boolean => /_route$/.test(kind);

/** These take weights up to 254 in their grammar, and complain of it (vrrp_parser.c, vrrp_track_if.c). */
const narrowWeights: ReadonlySet<string> = new Set(['track_script', 'track_interface']);

function itemProblem(line: Line): WordProblem | undefined {
  const { item, kind } = line;
  const words = [item.name, ...item.args];
  if (kind.many) {
    for (const word of words) {
      const wrong = isPlaceholder(word.text)
        ? undefined
        : valueProblem(line, word, kind.first[0]!, line.known.name);
      if (wrong) return wrong;
    }
    return undefined;
  }
  let at = 0;
  let first = false;
  while (at < words.length) {
    const word = words[at]!;
    const option = kind.options.get(word.text);
    // Where a line must begin with its first word, an option word there is that first word.
    const leads =
      option && (first || option.flags.has('leads') || isRoute(kind.kind) || kind.first.length === 0);
    if (leads) {
      const wrongFamily = familyProblem(line, words, option.flags, word);
      if (wrongFamily) return wrongFamily;
      if (option.flags.has('rest')) return undefined;
      const taken = takeArgs(line, words, at + 1, option.args, option.word);
      if (typeof taken !== 'number') return taken;
      if (option.args[0]?.variadic || option.args.at(-1)?.variadic) return undefined;
      first ||= option.flags.has('leads') && !isRoute(kind.kind);
      at = taken;
      continue;
    }
    if (!first && kind.first.length > 0) {
      first = true;
      if (isPlaceholder(word.text)) return undefined;
      if (isRoute(kind.kind) && !looksLikeAddress(word.text) && rejection(word.text, kind.first[0]!)) {
        return unknownOption(line, words, at);
      }
      const taken = takeArgs(line, words, at, kind.first, line.known.name);
      if (typeof taken !== 'number') return taken;
      at = taken;
      continue;
    }
    return isPlaceholder(word.text) ? undefined : unknownOption(line, words, at);
  }
  if (isRoute(kind.kind) && !first && !words.some(({ text }) => text === 'to')) {
    return lineProblem(line, 'missing', item.name, 'the destination', {
      written: undefined,
      consequence: 'keepalived drops the route',
    });
  }
  return lineLimit(line, words);
}

const lineProblem = (
  { statement, item }: Line,
  kind: WordProblem['kind'],
  word: Word,
  subject: string,
  more: Partial<WordProblem>,
): WordProblem => ({
  kind,
  statement,
  item,
  subject,
  at: wordSpan(item, word),
  written: word.text,
  expected: '',
  meant: undefined,
  consequence: undefined,
  ...more,
});

/** A label of more than 15 characters takes the address with it; TTLs in the wrong order reject every advert. */
function lineLimit(line: Line, words: readonly Word[]): WordProblem | undefined {
  const after = (name: string): Word | undefined => words[words.findIndex(({ text }) => text === name) + 1];
  const label = words.some(({ text }) => text === 'label') ? after('label') : undefined;
  const over = label && atMost(label.text, 15);
  if (label && over)
    return lineProblem(line, 'invalid', label, 'label', {
      expected: over,
      consequence: 'keepalived drops the address',
    });
  if (/_ipaddress$/.test(line.kind.kind)) {
    const prefix = /\/(\d+)$/.exec(
      words.find(({ text }) => /^\d+\.\d+\.\d+\.\d+(?:\/|$)/.test(text))?.text ?? '/0',
    );
    const length = prefix ? Number(prefix[1]) : 32;
    const brd =
      words.find(({ text }) => text === 'brd' || text === 'broadcast') &&
      (after('brd') ?? after('broadcast'));
    if (length > 30 && brd && /^[+-]$/.test(brd.text)) {
      return lineProblem(line, 'invalid', brd, 'brd', {
        expected: `possible: a network of /${length} has no broadcast address`,
        consequence: 'keepalived sets none and reports an error',
      });
    }
    const again = words.findLast(({ text }) => text === 'dev');
    if (!again || again === words.find(({ text }) => text === 'dev')) return undefined;
    const consequence = 'keepalived drops the address';
    return lineProblem(line, 'invalid', again, 'dev', { expected: 'given once', consequence });
  }
  if (/_rule$/.test(line.kind.kind)) {
    const [target, own] = [
      after('goto'),
      words.findLast((_, at) => /^(?:pref|preference|order|priority)$/.test(words[at - 1]?.text ?? '')),
    ];
    if (
      words.some(({ text }) => text === 'goto') &&
      target &&
      own &&
      Number(target.text) <= Number(own.text)
    ) {
      return lineProblem(line, 'invalid', target, 'goto', {
        expected: `a preference after its own, ${own.text}`,
        consequence: 'keepalived drops the whole line',
      });
    }
  }
  if (/_(?:route|rule)$/.test(line.kind.kind)) return mixedLine(line, words);
  if (line.kind.kind !== 'unicast_peer' || words.length < 5) return undefined;
  const [low, high] = [after('min_ttl'), after('max_ttl')];
  if (!low || !high || Number(low.text) <= Number(high.text)) return undefined;
  return lineProblem(line, 'invalid', low, 'min_ttl', {
    expected: `a number up to max_ttl, ${high.text}`,
    consequence: 'keepalived drops every advert of this peer',
  });
}

/** Words of routes and rules after which an address of their one family stands. */
const addressed = new Set(['via', 'gw', 'to', 'from', 'src']);

/** Addresses of both families in one route or rule; `via inet6` for a destination of IPv4 says so itself. */
function mixedLine(line: Line, words: readonly Word[]): WordProblem | undefined {
  let first: Word | undefined;
  for (const [index, word] of words.entries()) {
    const own = index === 0 || addressed.has(words[index - 1]!.text);
    const address = own ? parseAddress(word.text.replace(/\/\d+$/, '')) : undefined;
    if (!address) continue;
    first ??= word;
    if (first.text.includes(':') === word.text.includes(':')) continue;
    return lineProblem(line, 'address', word, line.known.name, {
      expected: `${first.text} is of the other family`,
      consequence: 'keepalived drops the whole line',
    });
  }
  return undefined;
}

/** What is wrong with one word that should be what `arg` wants. */
function valueProblem(line: Line, word: Word, arg: Arg, subject: string): WordProblem | undefined {
  const bounds =
    subject === 'weight' && narrowWeights.has(line.kind.kind) && arg.type === 'int'
      ? { ...arg, min: -253, max: 253 }
      : arg;
  const expected = rejection(word.text, bounds);
  if (expected === undefined) return undefined;
  const form = addressForm(arg);
  return lineProblem(line, form ? 'address' : 'invalid', word, subject, {
    expected: form ? addressFault(word.text, form).reason : expected,
    meant: meantValue(word.text, bounds),
    consequence: form ? consequenceOf(line.known) : undefined,
  });
}

/** The index after the words that `args` take from `from` on, or what is wrong with them. */
function takeArgs(
  line: Line,
  words: readonly Word[],
  from: number,
  args: readonly Arg[],
  subject: string,
): number | WordProblem {
  let at = from;
  for (const arg of args) {
    const word = words[at];
    if (arg.variadic) return words.length;
    if (!word) {
      // interface_up_down_delays takes a lone name.
      if (arg.optional || line.kind.kind === 'interface_delay') continue;
      const last = words[at - 1]!;
      return lineProblem(line, 'missing', last, subject, { expected: expectation(arg), written: undefined });
    }
    if (isPlaceholder(word.text)) {
      at++;
      continue;
    }
    if (arg.optional && rejection(word.text, arg)) {
      if (arg.type === 'port') return valueProblem(line, word, arg, 'the port')!;
      // Not this optional word; what it is instead, the next one tells.
      continue;
    }
    const joined = addressForm(arg) && rejection(word.text, arg) ? split(words, at, arg) : undefined;
    const wrong = valueProblem(line, word, arg, subject);
    if (wrong) {
      return joined
        ? { ...wrong, at: joined.at(line.item), written: joined.written, meant: joined.meant }
        : wrong;
    }
    at++;
  }
  return at;
}

/** An option of the other family: `label` for IPv6, `pref` for IPv4. */
function familyProblem(
  line: Line,
  words: readonly Word[],
  flags: ReadonlySet<string>,
  word: Word,
): WordProblem | undefined {
  const v6 = words.some(({ text }) => text.includes(':') && looksLikeV6(text));
  const v4 = !v6 && words.some(({ text }) => /^\d+\.\d+\.\d+\.\d+(?:\/|$)/.test(text));
  // Addresses of IPv4 take home and mngtmpaddr without a word.
  const wrong = (flags.has('v4') && v6) || (flags.has('v6') && v4 && isRoute(line.kind.kind));
  if (!wrong) return undefined;
  return lineProblem(line, 'invalid', word, line.known.name, {
    expected: flags.has('v4') ? 'an option of IPv6' : 'an option of IPv4',
    consequence: 'keepalived takes this option for the other family only',
  });
}

const looksLikeV6 = (text: string): boolean =>
  /^[0-9a-f]*:[0-9a-f:.]*(?:\/\d+)?$/i.test(text) && /:.*:/.test(text);

/** A word that is neither option nor value: a slip, or an item that deserves a line of its own. */
function unknownOption(line: Line, words: readonly Word[], at: number): WordProblem {
  const { item, kind, known } = line;
  const word = words[at]!;
  const options = [...kind.options.keys()];
  const near = suggest(word.text, options);
  const first = kind.first[0];
  const named = first?.type === 'ref' || first?.type === 'interface';
  // Once a weight is read, or where there are no options, what follows is dropped in silence.
  if ((named && at > 2) || (at > 0 && /^(?:interface_delay|vsg_entry)$/.test(kind.kind))) {
    return lineProblem(line, 'surplus', word, item.name.text, {
      expected: words.length > at + 1 ? 'words' : 'word',
    });
  }
  const isItem =
    at > 0 &&
    first !== undefined &&
    (named
      ? !near && /^[\w.-]*$/.test(word.text) && !/^\d+$/.test(word.text)
      : looksLikeAddress(word.text) && !rejection(word.text, first));
  if (isItem) {
    return lineProblem(line, 'crowded', word, item.name.text, {
      expected: known.name,
      consequence: named ? 'keepalived drops the whole line' : 'keepalived drops this word',
      edits: [newline(item, words[at - 1]!, word)],
    });
  }
  return lineProblem(line, 'unknown-option', word, known.name, {
    meant: near?.word,
    ...(near?.certain ? { edits: [{ ...wordSpan(item, word), text: near.word }] } : {}),
    consequence: named || /_rule$|_route$/.test(kind.kind) ? 'keepalived drops the whole line' : undefined,
  });
}
