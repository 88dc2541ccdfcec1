/** What is wrong with the words of a line in a list. */
import { isPlaceholder } from '../../../../grammar/repair/index.ts';
import type { Arg, ItemKind, Keyword } from '../../../../grammar/tables/keywords.ts';
import type { Span } from '../../../../grammar/text.ts';
import { type Directive, type Word, wordSpan } from '../../../../grammar/tree.ts';
import { parseAddress } from '../../net.ts';
import { suggest } from '../../suggest.ts';
import { type AddressForm, addressFault, looksLikeAddress } from '../addresses.ts';
import type { Statement } from '../statements.ts';
import { addressForm, meantValue, rejection } from '../values.ts';
import {
  atMost,
  consequenceOf,
  expectation,
  newline,
  number,
  split,
  type WordProblem,
  wordAfter,
} from './problem.ts';

interface Line {
  readonly statement: Statement;
  readonly known: Keyword;
  readonly item: Directive;
  readonly kind: ItemKind;
  /** Whether a block of the file has that name. */
  readonly isName: (text: string) => boolean;
}

/** Kinds of lists whose lines are option words around one destination. */
const isRoute = (kind: string): boolean => /_route$/.test(kind);

/** The first thing wrong with a line. */
export function itemProblem(line: Line): WordProblem | undefined {
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
      if (option.flags.has('rest')) return hopProblem(line, words.slice(at + 1));
      const target = words[at + 1];
      // What kind of route it is stands right before its destination.
      if (isRoute(kind.kind) && option.flags.has('leads') && !isDestination(target, kind.first[0]!)) {
        return lineProblem(line, 'missing', word, `the destination behind ${word.text}`, {
          written: undefined,
          consequence: target
            ? 'keepalived drops the route'
            : 'keepalived stops reading the configuration at this line',
        });
      }
      const taken = takeArgs(line, words, at + 1, option.args, option.word);
      if (typeof taken !== 'number') return taken;
      if (option.args[0]?.variadic || option.args.at(-1)?.variadic) return undefined;
      first ||= option.flags.has('leads') && !isRoute(kind.kind);
      at = taken;
      continue;
    }
    if (!first && kind.first.length > 0) {
      first = true;
      // `weight -10` on the line below its interface.
      if (option && kind.first[0]!.type === 'interface')
        return lineProblem(line, 'invalid', word, line.known.name, { expected: 'the name of an interface' });
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

const isDestination = (word: Word | undefined, arg: Arg): boolean =>
  word !== undefined &&
  (isPlaceholder(word.text) || looksLikeAddress(word.text) || !rejection(word.text, arg));

/** A weight that no hop of a route can have (parse_nexthops()). */
function hopProblem(line: Line, words: readonly Word[]): WordProblem | undefined {
  for (const [index, { text }] of words.entries()) {
    const value = text === 'weight' ? words[index + 1] : undefined;
    const expected = value && !isPlaceholder(value.text) && rejection(value.text, number(1, 256));
    if (value && expected) {
      const arg = number(1, 256);
      return lineProblem(line, 'invalid', value, 'weight of nexthop', {
        expected,
        meant: meantValue(value.text, arg),
      });
    }
  }
  return undefined;
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
  const after = (text: string): Word | undefined => wordAfter(words, text);
  const label = after('label');
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
    const brd = after('brd') ?? after('broadcast');
    if (length > 30 && brd && /^[+-]$/.test(brd.text)) {
      return lineProblem(line, 'invalid', brd, 'brd', {
        expected: `possible: a network of /${length} has no broadcast address`,
        consequence: 'keepalived sets none and reports an error',
      });
    }
    const peer = peerProblem(line, words);
    if (peer) return peer;
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
    if (target && own && Number(target.text) <= Number(own.text)) {
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

/** The other end of a point-to-point address, which leaves no room for a network (alloc_ipaddress()). */
function peerProblem(line: Line, words: readonly Word[]): WordProblem | undefined {
  const peer = wordAfter(words, 'peer');
  if (!peer) return undefined;
  const [own] = words;
  const isV6 = own!.text.includes(':');
  const [, prefix] = own!.text.split('/');
  if (prefix !== undefined && prefix !== (isV6 ? '128' : '32')) {
    return lineProblem(line, 'invalid', own!, line.known.name, {
      expected: 'without a prefix, which an address with a peer does not have',
      consequence: 'keepalived ignores the prefix and reports an error',
    });
  }
  if (peer.text.includes('/')) {
    return lineProblem(line, 'invalid', peer, 'peer', {
      expected: 'an address without a prefix',
      consequence: 'keepalived ignores it and reports an error',
    });
  }
  const address = parseAddress(peer.text);
  if (address && (address.family === 'inet6') !== isV6) {
    return lineProblem(line, 'invalid', peer, 'peer', {
      expected: `of the address family of ${own!.text}`,
      consequence: 'keepalived ignores it and reports an error',
    });
  }
  const broadcast = words.find(({ text }) => text === 'brd' || text === 'broadcast');
  return broadcast
    ? lineProblem(line, 'invalid', broadcast, broadcast.text, {
        expected: 'possible beside peer',
        consequence: 'keepalived ignores it and reports an error',
      })
    : undefined;
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
  const expected = rejection(word.text, arg);
  if (expected === undefined) return undefined;
  const form = addressForm(arg);
  return lineProblem(line, form ? 'address' : 'invalid', word, subject, {
    expected: form ? addressFault(word.text, form).reason : expected,
    meant: meantValue(word.text, arg) ?? (form && parted(line, word, arg)),
    consequence: form ? (asHost(line, word.text, form) ?? consequenceOf(line.known)) : undefined,
  });
}

/** What becomes of an address with a prefix that is none, or with a range: only the address is read. */
function asHost({ kind }: Line, text: string, form: AddressForm): string | undefined {
  const isPeer = kind.kind === 'unicast_peer';
  if (!isPeer && !/_ipaddress$/.test(kind.kind)) return undefined;
  const host = parseAddress(text.replace(form === 'ip' ? /[-/].*/ : /\/.*/, ''));
  if (!host || (host.family === 'inet6') !== text.includes(':')) return undefined;
  const bits = host.family === 'inet6' ? 128 : 32;
  return `keepalived reads it as ${host.text}${isPeer ? '' : `/${bits}`}`;
}

/** `10.0.0.10/24dev`, where a blank is missing. */
function parted({ kind }: Line, { text }: Word, arg: Arg): string | undefined {
  const [, address, option] = /^(.+\/\d+)([a-z_]+)$/.exec(text) ?? [];
  const fits = address !== undefined && kind.options.has(option!) && rejection(address, arg) === undefined;
  return fits ? `${address} ${option}` : undefined;
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
  const { item, kind, known, isName } = line;
  const word = words[at]!;
  const options = [...kind.options.keys()];
  const near = suggest(word.text, options);
  const first = kind.first[0];
  const before = words[at - 1];
  if (
    at === 1 &&
    first?.type === 'interface' &&
    /^[a-z]+$/i.test(before!.text) &&
    /^\d[\w.]*$/.test(word.text) &&
    !options.some((option) => word.text.endsWith(option))
  ) {
    return lineProblem(line, 'unknown-option', word, known.name, {
      meant: before!.text + word.text,
      edits: [{ ...wordSpan(item, word), start: before!.start, text: before!.text + word.text }],
      consequence: 'keepalived drops the whole line',
    });
  }
  const named = first?.type === 'ref' || first?.type === 'interface';
  // Once a weight is read, or where there are no options, what follows is dropped in silence.
  if ((named && at > 2) || (at > 0 && /^(?:interface_delay|vsg_entry)$/.test(kind.kind))) {
    return lineProblem(line, 'surplus', word, item.name.text, {
      expected: words.length > at + 1 ? 'words' : 'word',
      isDoubtful: near !== undefined,
    });
  }
  const dropsLine = named || /_rule$|_route$/.test(kind.kind);
  const slip = blankSlip(line, words, at);
  if (slip) {
    return lineProblem(line, 'unknown-option', word, known.name, {
      ...slip,
      edits: [{ ...slip.at, text: slip.meant }],
      consequence: dropsLine ? 'keepalived drops the whole line' : undefined,
    });
  }
  const isItem =
    at > 0 &&
    first !== undefined &&
    (named
      ? !near &&
        (first.type === 'ref'
          ? isName(word.text) && isName(words[0]!.text)
          : /^[a-z][\w.-]*\d$/i.test(word.text))
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
    isDoubtful: near !== undefined && isBeside(word.text, near.word),
    consequence: dropsLine ? 'keepalived drops the whole line' : undefined,
  });
}

/** Whether the letter in which a word differs from the one that was meant may belong to the word before it or behind it: `1 0metric`. */
const isBeside = (written: string, meant: string): boolean =>
  [written.slice(1), written.slice(0, -1)].includes(meant) ||
  [meant.slice(1), meant.slice(0, -1)].includes(written);

/** A blank too many or too few, a sign in place of one, or `dev` or `weight` left out. */
function blankSlip(
  { item, kind, isName }: Line,
  words: readonly Word[],
  at: number,
): { readonly at: Span; readonly meant: string; readonly isDoubtful?: boolean } | undefined {
  const word = words[at]!;
  const before = words[at - 1];
  const first = kind.first[0];
  const span = wordSpan(item, word);
  if (at === 1 && before && first?.type === 'ref' && !isName(before.text)) {
    const meant = [before.text + word.text, `${before.text}_${word.text}`].find(isName);
    if (meant !== undefined) return { at: { ...span, start: before.start }, meant };
  }
  if (at === 1 && before && first && addressForm(first)) {
    const prefixed = prefixBehind(before.text, words.slice(at), first);
    if (prefixed)
      return { at: { ...span, start: before.start, end: prefixed.last.end }, meant: prefixed.meant };
  }
  const isValue = words[at + 1] !== undefined && !kind.options.has(words[at + 1]!.text);
  if (isValue) return undefined;
  for (const [option, { args }] of kind.options) {
    const rest = word.text.slice(option.length).replace(/^[=:]/, '');
    if (!args[0] || !word.text.startsWith(option) || rest === '' || rejection(rest, args[0])) continue;
    return { at: span, meant: `${option} ${rest}` };
  }
  const isInterface = /^(?:eth|en[opsx]|bond|team|br|vlan|wlan)[a-z]*\d[\w.]*$/.test(word.text);
  if (isInterface && kind.options.has('dev')) return { at: span, meant: `dev ${word.text}` };
  const weight = kind.options.get('weight')?.args[0];
  return at === 1 && weight && !rejection(word.text, weight)
    ? { at: span, meant: `weight ${word.text}`, isDoubtful: first?.type === 'ref' && !isName(before!.text) }
    : undefined;
}

/** `10.0.0.10 /24`, `10.0.0.10 / 24`, `10.0.0.1/2 4`, `10.0.0.10 255.255.255.0`: what a blank cuts off an address, or its netmask. */
function prefixBehind(
  address: string,
  [word, ...more]: readonly Word[],
  arg: Arg,
): { readonly meant: string; readonly last: Word } | undefined {
  const isName = word!.text === 'netmask' || word!.text === 'mask' || word!.text === '/';
  const last = isName ? more[0] : word;
  if (!last) return undefined;
  const isMask = /^255\.\d/.test(last.text);
  // A number without a slash is the rest of one, or the whole where the address has none.
  const lacksSlash = !address.includes('/') && addressForm(arg) !== 'ip';
  const isPart = isName || lacksSlash ? /^\/?\d{1,3}$/.test(last.text) : /^(?:\/\d{1,3}|\d)$/.test(last.text);
  if (!isMask && !isPart) return undefined;
  const slash = isMask || ((isName || lacksSlash) && !last.text.startsWith('/')) ? '/' : '';
  const whole = (slash ? address.replace(/\/$/, '') : address) + slash + last.text;
  const meant = isMask ? meantValue(whole, arg) : whole;
  return meant === undefined || rejection(meant, arg) !== undefined ? undefined : { meant, last };
}
