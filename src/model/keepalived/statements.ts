/** keepalived's statements with their meaning: each line with the keyword it is, or was meant to be. */
import { partitionPoint } from '../../../grammar/partition.ts';
import { once } from '../../../grammar/remembered.ts';
import { foreignMark, isPlaceholder } from '../../../grammar/repair/index.ts';
import { contextsOf, type Keyword, keyword, keywordsIn } from '../../../grammar/tables/keywords.ts';
import type { Source, Span } from '../../../grammar/text.ts';
import {
  type Directive,
  headSpan,
  isClosed,
  isVerbatim,
  type Word,
  wordSpan,
} from '../../../grammar/tree.ts';
import type { Ground } from '../located.ts';
import { distance, nearby, suggest } from '../suggest.ts';
import { looksLikeAddress } from './addresses.ts';
import { rejection } from './values.ts';

/** How a written word differs from the keyword it was meant to be. */
export interface Guess {
  /**
   * `misspelt`: a slip of the fingers; `separator`: `-` for `_` or another letter case; `synonym`: another program's or an
   * older word; `glued`: a blank is missing after the keyword; `sign`: a `:` or `=` stands after it, as in YAML and INI files;
   * `split`: a blank is too many; `shifted`: the blank stands one letter off; `doubled`: it stands twice; `swapped`: it stands behind its value;
   * `torn`: its value stands on the next line; `misplaced`: a keyword of another block; `content`: nothing is near, but what is in the
   * braces belongs to one block only; `unknown`: nothing tells.
   */
  readonly kind:
    | 'misspelt'
    | 'separator'
    | 'synonym'
    | 'glued'
    | 'sign'
    | 'split'
    | 'shifted'
    | 'doubled'
    | 'swapped'
    | 'torn'
    | 'misplaced'
    | 'content'
    | 'unknown';
  /** What was probably meant; undefined where nothing is near. */
  readonly word: string | undefined;
  /** The rest of the file is read as if `word` had been written. */
  readonly certain: boolean;
  /** What was written instead. */
  readonly at: Span;
  /** The text that mends it, in place of `at`. */
  readonly text: string;
  /** For a misplaced keyword: the blocks in which it is known, `root` being the file itself. */
  readonly contexts: readonly string[];
  /** It may have been meant otherwise: what mends it is for somebody to choose. */
  readonly isDoubtful?: boolean;
}

/** One line of a block, resolved. */
export interface Statement {
  readonly directive: Directive;
  /** The block it stands in: `root`, `vrrp_instance`, `vrrp_instance.authentication`. */
  readonly context: string;
  /** What it is or was certainly meant to be. */
  readonly keyword: Keyword | undefined;
  /** Present where the written word is no keyword of this block. */
  readonly guess: Guess | undefined;
  /** The words after the keyword, as they were meant. */
  readonly args: readonly Word[];
  /** The statements of a block of keywords. */
  readonly body: readonly Statement[];
  /** The lines of a list such as `virtual_ipaddress`. */
  readonly items: readonly Directive[];
}

/**
 * Words that people write for a keyword which no count of letters would find: names from other programs, from old
 * releases, and plain mistakes that recur in public configurations.
 */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['lvs_id', 'router_id'],
  ['fail', 'fall'],
  ['nb_get_retry', 'retry'],
  ['nat_mask', 'persistence_granularity'],
  ['script_security', 'enable_script_security'],
  ['lvs_sync_daemon_inteface', 'lvs_sync_daemon'],
  ['vrid', 'virtual_router_id'],
  ['router_ident', 'router_id'],
  ['vip', 'virtual_ipaddress'],
  ['virtual_ip', 'virtual_ipaddress'],
  ['virtual_address', 'virtual_ipaddress'],
  ['virtual_addresses', 'virtual_ipaddress'],
  ['authenticate', 'authentication'],
  ['auth', 'authentication'],
  ['password', 'auth_pass'],
  ['check_script', 'track_script'],
  ['peers', 'unicast_peer'],
]);

/** Resolves the lines of a block, and of the blocks in it. */
export function resolve(items: readonly Directive[], context: string): readonly Statement[] {
  const found: Statement[] = [];
  for (let index = 0; index < items.length; index++) {
    const directive = items[index]!;
    const known = keyword(context, directive.name.text);
    const value = known && valueBelow(directive, known, items[index + 1], context);
    if (value) {
      found.push(value);
      index++;
      continue;
    }
    const first = resolveOne(directive, context);
    found.push(first);
    for (let next = behind(first); next; next = behind(next)) found.push(next);
  }
  return found;
}

/** `priority` with its `100` on the next line, `vrrp_instance` with its `VI_1 {`. */
function valueBelow(
  directive: Directive,
  known: Keyword,
  next: Directive | undefined,
  context: string,
): Statement | undefined {
  const { source, name, args, body } = directive;
  if (args.length > 0 || body || !known.args[0] || known.args[0].optional) return undefined;
  if (!next || next.source !== source || keyword(context, next.name.text)) return undefined;
  if (isBlock(known) !== (next.body !== undefined)) return undefined;
  const words = [next.name, ...next.args];
  if (words.length > known.args.length) return undefined;
  const at = { source, start: name.end, end: next.name.start };
  if (!/^[ \t\r]*\n[ \t]*$/.test(source.text.slice(at.start, at.end))) return undefined;
  if (!next.body && guessed(next, context).guess.kind !== 'unknown') return undefined;
  const guess: Guess = { kind: 'torn', word: known.name, certain: true, at, text: ' ', contexts: [] };
  return statement({ ...next, name: directive.name, args: words }, context, known, guess, words);
}

/** The keyword that stands behind the last word which the one before it takes: keepalived reads one from a line. */
function behind({ directive, context, keyword: known, args }: Statement): Statement | undefined {
  if (!known || isBlock(known)) return undefined;
  const options = known.args.at(-1)?.type === 'kv';
  if (!options && known.args.some(({ variadic }) => variadic)) return undefined;
  // `lb_kind NAT protocol TCP`, where `NAT` could have options.
  const [name, ...rest] = args.slice(known.args.length - (options ? 1 : 0));
  const own = name && !name.quote ? keyword(context, name.text) : undefined;
  if (!own || isBlock(own) || directive.body) return undefined;
  return statement({ ...directive, name: name!, args: rest }, context, own, undefined, rest);
}

function resolveOne(directive: Directive, context: string): Statement {
  const name = directive.name.text;
  const known = keyword(context, name);
  if (known) {
    // `preempt delay 60`, where the first word is a keyword, too.
    const split = takes(known, directive.args.length)
      ? undefined
      : splitKeyword(directive, keywordsIn(context));
    const whole = split?.words === 1 && keyword(context, split.word);
    if (
      split &&
      whole &&
      takes(whole, directive.args.length - split.words) &&
      isBlock(whole) === (directive.body !== undefined)
    )
      return joined(directive, context, whole, split.words);
    const mended = signedValue(directive) ?? doubled(directive, known) ?? quoted(directive, known);
    return statement(directive, context, known, mended?.guess, mended?.args ?? directive.args);
  }
  if (isPlaceholder(name)) return statement(directive, context, undefined, undefined, directive.args);
  const { guess: found, args } = guessed(directive, context);
  // A word that a definition stands for has no letters to point at.
  const isMade = !isVerbatim(directive, [directive.name]);
  const guess = isMade ? { ...found, at: wordSpan(directive, directive.name) } : found;
  const meant = guess.certain && guess.kind !== 'misplaced' ? keyword(context, guess.word!) : undefined;
  return statement(directive, context, meant, guess, args);
}

/** A keyword that is written in several words. */
function joined(directive: Directive, context: string, known: Keyword, words: number): Statement {
  const at = { ...wordSpan(directive, directive.name), end: directive.args[words - 1]!.end };
  const guess: Guess = { kind: 'split', word: known.name, certain: true, at, text: known.name, contexts: [] };
  return statement(directive, context, known, guess, directive.args.slice(words));
}

const none: readonly never[] = [];

function statement(
  directive: Directive,
  context: string,
  known: Keyword | undefined,
  guess: Guess | undefined,
  args: readonly Word[],
): Statement {
  const inner = directive.body ?? [];
  return {
    directive,
    context,
    keyword: known,
    guess,
    args,
    body: known?.opens ? resolve(inner, known.opens) : none,
    items: known?.items ? inner : none,
  };
}

/** What an unknown word was meant to be, surest reading first. */
function guessed(directive: Directive, context: string): { guess: Guess; args: readonly Word[] } {
  const { name, args } = directive;
  const known = keywordsIn(context);
  const at = wordSpan(directive, name);
  const found = (
    kind: Guess['kind'],
    word: string | undefined,
    certain: boolean,
    more: Partial<Guess> = {},
    rest: readonly Word[] = args,
  ) => ({ guess: { kind, word, certain, at, text: word ?? name.text, contexts: [], ...more }, args: rest });

  const folded = name.text.toLowerCase().replaceAll('-', '_');
  const same = known.find((each) => each.toLowerCase() === folded);
  if (same) return found('separator', same, true);

  const split = splitKeyword(directive, known);
  if (split) {
    const last = args[split.words - 1]!;
    return found('split', split.word, true, { at: { ...at, end: last.end } }, args.slice(split.words));
  }

  const synonym = synonyms.get(folded);
  if (synonym && known.includes(synonym)) {
    return found('synonym', synonym, takes(keyword(context, synonym)!, args.length));
  }

  const shift = shiftedBlank(directive, known, context);
  if (shift?.isLikely) {
    const { word, value, isDoubtful } = shift;
    const span = { ...at, end: args[0]!.end };
    const text = `${word} ${value.text}`;
    return found('shifted', word, true, { at: span, text, isDoubtful }, [value, ...args.slice(1)]);
  }

  const value = args[0];
  const listed =
    value && !value.quote && /^[-*+]$/.test(name.text) ? keyword(context, value.text) : undefined;
  if (listed && isBlock(listed) === (directive.body !== undefined) && takes(listed, args.length - 1)) {
    return found('sign', listed.name, true, { at: { ...at, end: value!.start }, text: '' }, args.slice(1));
  }
  const behind = value && !value.quote ? keyword(context, value.text) : undefined;
  const mayBeValue = behind?.args[0] !== undefined && rejection(name.text, behind.args[0]) === undefined;
  if (
    behind &&
    mayBeValue &&
    !/^(?:\W+|no|not|rem|set)$/i.test(name.text) &&
    isBlock(behind) === (directive.body !== undefined) &&
    takes(behind, args.length)
  ) {
    const text = `${behind.name} ${name.text}`;
    // A password is repeated nowhere.
    const certain = !/\.auth/.test(context);
    const span = { ...at, end: value!.end };
    const isDoubtful = takes(behind, args.length - 1);
    return found('swapped', behind.name, certain, { at: span, text, isDoubtful }, [name, ...args.slice(1)]);
  }

  const contexts = contextsOf(name.text);
  const holder = (): string | undefined => holderOf(directive, known, context);
  if (contexts.length > 0 && !holder()) {
    const whole = contexts.length === 1 ? wholeWord(directive, known, context) : undefined;
    return whole ? found('misspelt', whole, false) : found('misplaced', undefined, false, { contexts });
  }

  const [, before, sign, after = '', mark = sign] = /^(\w+)(?:([:=])(.*)|([;,.]))$/s.exec(name.text) ?? [];
  if (before !== undefined && known.includes(before)) {
    const start = name.start + before.length;
    const gap = { ...at, start, end: start + mark!.length };
    // A quote behind the sign begins a word of its own.
    if (after === '') {
      // `advert_int. 5` may be half a second.
      const isDoubtful = mark === '.' && /^\d/.test(args[0]?.text ?? '');
      return found('sign', before, true, {
        at: gap,
        text: args[0]?.start === name.end ? ' ' : '',
        isDoubtful,
      });
    }
    const rest: Word = { ...name, text: after, start: gap.end };
    return found('sign', before, true, { at: gap, text: ' ' }, [rest, ...args]);
  }

  const glued = gluedKeyword(name, known, context) ?? gluedWord(directive, known, context);
  // `interface1 eth0` has its value, and a letter too many.
  if (
    glued &&
    args.length > 0 &&
    name.text.length === glued.length + 1 &&
    takes(keyword(context, glued)!, args.length)
  )
    return found('misspelt', glued, true, { isDoubtful: true });
  if (glued) {
    const rest: Word = { ...name, text: name.text.slice(glued.length), start: name.start + glued.length };
    const gap = { ...at, start: at.start + glued.length, end: at.start + glued.length };
    return found('glued', glued, true, { at: gap, text: ' ' }, [rest, ...args]);
  }

  // A word that opens a block was meant for one that does: `vrrp_instace VI_1 {` cannot be a setting.
  const close = nearby(name.text, known);
  const likely = close.filter((word) => isBlock(keyword(context, word)) === (directive.body !== undefined));
  const near = suggest(name.text, likely) ?? suggest(name.text, close);
  // Next to a brace, or without the words that it takes, more of the line is lost than letters.
  const isCut =
    /[{}]/.test(at.source.text[at.start - 1] ?? '') ||
    at.source.text[at.end] === '}' ||
    (near !== undefined && !takes(keyword(context, near.word)!, args.length));
  // Of the block that is near, only its own keywords are looked up.
  const isRight = near && directive.body && holds(near.word, directive, context);
  const content = directive.body && !isRight ? holder() : undefined;
  if (content && content !== near?.word && name.text.startsWith(content)) {
    const rest: Word = { ...name, text: name.text.slice(content.length), start: name.start + content.length };
    const gap = { ...at, start: rest.start, end: rest.start };
    return found('glued', content, true, { at: gap, text: ' ' }, [rest, ...args]);
  }
  if (near && (!content || content === near.word))
    return found('misspelt', near.word, near.certain, { isDoubtful: shift?.word === near.word || isCut });

  if (content) return found('content', content, true);
  return found('unknown', undefined, false);
}

/** The one keyword of which the written word is the end, where it takes these words: `router_id 51` in a vrrp_instance. */
function wholeWord(
  { name, args, body }: Directive,
  known: readonly string[],
  context: string,
): string | undefined {
  const [first] = args;
  if (!first || body) return undefined;
  const longer = known.filter((word) => word.endsWith(`_${name.text}`));
  const [own] = longer.length === 1 ? [keyword(context, longer[0]!)!] : [];
  const fits = own?.args[0] && !isBlock(own) && takes(own, args.length);
  return fits && rejection(first.text, own.args[0]!) === undefined ? own.name : undefined;
}

/** The one block that takes these words and knows every line that is in the braces: `vrrp VI_1 { interface eth0 … }`. */
function holderOf(directive: Directive, known: readonly string[], context: string): string | undefined {
  // A line that no block knows is known to none of these.
  if (directive.body?.some(({ name }) => contextsOf(name.text).length === 0)) return undefined;
  const fitting = known.filter((word) => holds(word, directive, context));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Whether a block of that keyword takes these words and knows every line in the braces, of which there are several. */
function holds(word: string, { args, body }: Directive, context: string): boolean {
  const { opens, args: taken, replacedBy, aliasOf } = keyword(context, word)!;
  if (opens === undefined || replacedBy !== undefined || aliasOf !== undefined) return false;
  const least = taken.filter(({ optional }) => !optional).length;
  if (args.length < least || args.length > taken.length) return false;
  const lines = new Set(body?.map(({ name }) => name.text));
  return lines.size > 1 && [...lines].every((line) => keyword(opens, line));
}

/**
 * Whether something may be hidden in a block of which not even the kind is known: it speaks of what keepalived knows, or of
 * what has a name in this file. Else nothing in it is anything to the daemon, however it was meant.
 */
export function isOpaque(
  { keyword: known, directive, context }: Statement,
  names: ReadonlySet<string>,
): boolean {
  if (known || !directive.body || context.startsWith('virtual_server')) return false;
  // In a virtual server, lacks() looks for all that can be absent.
  const speaks = ({ text }: Word): boolean =>
    names.has(text) || contextsOf(text).length > 0 || looksLikeAddress(text) || isPlaceholder(text);
  const open = [directive];
  for (let next = open.pop(); next; next = open.pop()) {
    // A lone word may be an item of a list: an interface, a member.
    if ([next.name, ...next.args].some(speaks) || (next.args.length === 0 && !next.body)) return true;
    open.push(...(next.body ?? []));
  }
  return false;
}

/** `priority = 100`: the sign is no value. */
function signedValue(directive: Directive): Mended | undefined {
  const [sign, first] = directive.args;
  if (!sign || sign.quote || !/^[=:;,]$/.test(sign.text) || (!first && !directive.body)) return undefined;
  const blank = directive.source.text.slice(sign.end, directive.open);
  const end = first?.start ?? (/^[ \t]*$/.test(blank) ? directive.open : sign.end);
  const at = { ...wordSpan(directive, sign), start: sign.start, end };
  const word = directive.name.text;
  const guess: Guess = { kind: 'sign', word, certain: true, at, text: '', contexts: [] };
  return { guess, args: directive.args.slice(1) };
}

/** Whether a keyword is followed by a block. */
export const isBlock = (known: Keyword | undefined): boolean =>
  known?.opens !== undefined || known?.items !== undefined;

/** Whether a keyword is a switch that the word alone turns on. */
export const takesNoWord = (known: Keyword): boolean =>
  known.args.length === 0 && !isBlock(known) && !known.raw;

/** `virtual router id 51`, `lb _kind NAT`: the first words, joined, are a keyword. */
function splitKeyword(
  directive: Directive,
  known: readonly string[],
): { word: string; words: number } | undefined {
  let joined = directive.name.text;
  for (let words = 1; words <= Math.min(3, directive.args.length); words++) {
    const { text: next, quote } = directive.args[words - 1]!;
    if (quote) return undefined;
    const plain = joined + next;
    joined = joined.endsWith('_') || next.startsWith('_') ? plain : `${joined}_${next}`;
    const word = known.find((each) => each === joined || each === plain);
    if (word) return { word, words };
  }
  return undefined;
}

/** Names that the kernel and its tools give to interfaces. */
const usualLink = /^(?:eth|en[opsx]|em|bond|team|br|vmbr|vlan|wl|wg|ib)[\w.-]*\d/;

/** A line with its blank one letter off. */
interface Shift {
  readonly word: string;
  readonly value: Word;
  /** The words as they stand are none that keepalived takes, or a number is torn. */
  readonly isLikely: boolean;
  readonly isDoubtful: boolean;
}

/** `priorit y100`, `stateB ACKUP`: the last letter of the keyword stands before its value, or the other way round. */
function shiftedBlank(
  { name, args, body, source }: Directive,
  known: readonly string[],
  context: string,
): Shift | undefined {
  const [value] = args;
  if (!value || value.quote || name.quote || value.text === '') return undefined;
  if (!/^[ \t]+$/.test(source.text.slice(name.end, value.start))) return undefined;
  const last = name.text.slice(-1);
  const moved = [
    { word: name.text + value.text[0]!, text: value.text.slice(1) },
    { word: name.text.slice(0, -1), text: last + value.text },
  ].find(({ word }) => known.includes(word));
  if (!moved) return undefined;
  const own = keyword(context, moved.word)!;
  if (own.args.length === 0 || isBlock(own) !== (body !== undefined) || !takes(own, args.length))
    return undefined;
  const isRefused = (text: string): boolean =>
    text === '' || own.args.every((arg) => rejection(text, arg, own.flags.has('any-case')) !== undefined);
  const isWrong = isRefused(moved.text);
  if (isWrong && !isRefused(value.text)) return undefined;
  const isSure = !isWrong && isRefused(value.text);
  const isOfValue = /[A-Z/]/.test(last) || (/\d/.test(last) && /^[\d.]/.test(value.text));
  const isDoubled = moved.text.length > value.text.length && moved.word.endsWith(last);
  // A letter that the fingers doubled is just that.
  if (!isSure && isDoubled && (own.args[0]!.type !== 'interface' || usualLink.test(value.text)))
    return undefined;
  return {
    word: moved.word,
    value: { ...value, text: moved.text, start: value.end - moved.text.length },
    // A password is repeated nowhere.
    isLikely: !isWrong && (isSure || isOfValue) && (moved.word === 'auth_type' || !/\.auth/.test(context)),
    isDoubtful: !isSure,
  };
}

/** `priority100`, `sorry_server<IP>`: a keyword with its value glued to it. */
function gluedKeyword(name: Word, known: readonly string[], context: string): string | undefined {
  return known
    .filter((word) => name.text.startsWith(word) && /^(?!\/\/)[^a-z_;,-]/.test(name.text.slice(word.length)))
    .filter((word) => keyword(context, word)!.args.length > 0 || keyword(context, word)!.raw)
    .sort((a, b) => b.length - a.length)[0];
}

/** `lb_algorr`, `script_userroot`: a keyword that needs a value, and nothing else on the line. */
function gluedWord(
  { name, args, body }: Directive,
  known: readonly string[],
  context: string,
): string | undefined {
  const fitting = known.filter((word) => {
    if (!name.text.startsWith(word)) return false;
    const candidate = keyword(context, word)!;
    return (
      !takes(candidate, args.length) &&
      takes(candidate, args.length + 1) &&
      isBlock(candidate) === (body !== undefined)
    );
  });
  return fitting.length === 1 && distance(name.text, fitting[0]!, 1) > 1 ? fitting[0] : undefined;
}

/** Whether a keyword takes so many words. */
const takes = ({ args }: Keyword, count: number): boolean =>
  count >= args.reduce((least, { optional }) => (optional ? least : least + 1), 0) &&
  (count <= args.length || args.some(({ variadic }) => variadic));

/** A keyword that is meant otherwise than it stands. */
interface Mended {
  readonly guess: Guess;
  readonly args: readonly Word[];
}

/** `priority priority 100`: the keyword again, and words that it takes. */
function doubled(directive: Directive, known: Keyword): Mended | undefined {
  const { name, args } = directive;
  const [again, ...rest] = args;
  if (again?.text !== name.text || again.quote || rest.length === 0 || !takes(known, rest.length))
    return undefined;
  const at = { ...wordSpan(directive, again), start: name.end };
  return {
    guess: { kind: 'doubled', word: known.name, certain: true, at, text: '', contexts: [] },
    args: rest,
  };
}

/** `notify_master"/usr/bin/notify up"`: of a line with a script the quote ends no word (alloc_strvec_quoted_escaped()). */
function quoted({ source, name, args }: Directive, known: Keyword): Mended | undefined {
  if (!known.raw || !args[0]?.quote || args[0].start !== name.end) return undefined;
  const at = { source, start: name.end, end: name.end };
  return { guess: { kind: 'glued', word: known.name, certain: true, at, text: ' ', contexts: [] }, args };
}

/** All statements of a tree, outer ones first. Most rules go through them, so they are laid out once. */
export const everyStatement = once((statements: readonly Statement[]): readonly Statement[] =>
  lay(statements, []),
);

/** Where a statement stands: its number among all, and the block around it. */
interface Standing {
  readonly index: number;
  readonly home: Statement | undefined;
}

/** Where the statements of a tree stand, asked for where something is wrong. */
const standings = once((statements: readonly Statement[]): ReadonlyMap<Statement, Standing> => {
  const list = everyStatement(statements);
  const homes = new Map(list.flatMap((each) => each.body.map((inner) => [inner, each])));
  return new Map(list.map((each, index) => [each, { index, home: homes.get(each) }]));
});

/** A block that ends later than it was meant to: from one of its statements on, all are blocks of the file itself, and written as such. */
export function endsLate(statements: readonly Statement[], statement: Statement): Statement | undefined {
  const home = standings(statements).get(statement)?.home;
  if (!home || !isClosed(home.directive)) return undefined;
  const rest = home.body.slice(home.body.indexOf(statement));
  const isOutside = columnOf(statement.directive) <= columnOf(home.directive);
  return home.context === 'root' && isOutside && rest.every(isOfFile) ? home : undefined;
}

const columnOf = ({ source, name }: Directive): number =>
  name.start - source.text.lastIndexOf('\n', name.start - 1);

/** It is a block of the file itself, and stands in another one. */
const isOfFile = ({ directive, guess }: Statement): boolean =>
  directive.body !== undefined &&
  guess?.kind === 'misplaced' &&
  guess.contexts.every((each) => each === 'root');

/** What the block around a statement may lack because of it: a keyword, or anything where none is named. */
export function strayIn(
  statements: readonly Statement[],
  statement: Statement,
  name: string,
): readonly Ground[] {
  const home = standings(statements).get(statement)?.home;
  return home ? [{ ...headSpan(home.directive), lacks: name, isStray: true }] : [];
}

/** What the blocks before and after a misplaced statement may lack because of it. */
export function strayBeside(statements: readonly Statement[], statement: Statement): readonly Ground[] {
  const all = everyStatement(statements);
  const index = standings(statements).get(statement)?.index ?? 0;
  const contexts = new Set(statement.guess?.contexts);
  const takes = ({ keyword: known }: Statement): boolean => contexts.has(known?.opens ?? '');
  const near = [
    all.slice(Math.max(0, index - nearest), index).findLast(takes),
    all.slice(index, index + nearest).find(takes),
  ];
  const lacks = statement.directive.name.text;
  return near.flatMap((each) => (each ? [{ ...headSpan(each.directive), lacks, isStray: true }] : []));
}

/** Lines further away belong to something else. */
const nearest = 30;

/** A statement that is not written as the daemon reads it. */
interface Guessed extends Statement {
  readonly guess: Guess;
}

const isGuessed = (each: Statement): each is Guessed => each.guess !== undefined;

interface Index {
  readonly byKeyword: ReadonlyMap<Keyword, readonly Statement[]>;
  readonly guessed: readonly Guessed[];
}

const indexOf = once((statements: readonly Statement[]): Index => {
  const byKeyword = new Map<Keyword, Statement[]>();
  const guessed: Guessed[] = [];
  everyStatement(statements).forEach((each) => {
    if (isGuessed(each)) guessed.push(each);
    if (!each.keyword) return;
    const list = byKeyword.get(each.keyword);
    if (list) list.push(each);
    else byKeyword.set(each.keyword, [each]);
  });
  return { byKeyword, guessed };
});

/** Those of a tree whose keyword is meant, keyword by keyword: a file has many statements and few keywords. */
export const statementsWhere = (
  statements: readonly Statement[],
  isMeant: (known: Keyword) => boolean,
): readonly Statement[] =>
  [...indexOf(statements).byKeyword].flatMap(([known, list]) => (isMeant(known) ? list : []));

/** Those of a tree that are not written as the daemon reads them. */
export const guessedIn = (statements: readonly Statement[]): readonly Guessed[] =>
  indexOf(statements).guessed;

function lay(statements: readonly Statement[], list: Statement[]): readonly Statement[] {
  for (const each of statements) {
    list.push(each);
    if (each.body.length > 0) lay(each.body, list);
  }
  return list;
}

/**
 * Whether a block certainly lacks a keyword: it is not there, no word of the block is unknown and might have been meant for
 * it, it was not put into another block by mistake, and the block is more than a head.
 */
export function lacks(statement: Statement, name: string): boolean {
  const may = ({ keyword: known, guess, directive, body: inner }: Statement): boolean =>
    known?.name === name ||
    known?.aliasOf === name ||
    (!known && guess?.kind !== 'misplaced') ||
    directive.name.text === name ||
    // What stands in braces below a line without a block has lost its head.
    (known && directive.body !== undefined && !isBlock(known)) ||
    inner.some((each) => each.guess !== undefined && may(each));
  return (
    !isHead(statement) &&
    !statement.body.some(may) &&
    !isInForeignComment(statement, new RegExp(`${name}\\b`, 'y'))
  );
}

/** Whether the list of addresses of an instance has a line that begins as a comment of another language: that has its finding. */
export const holdsForeignComment = (statement: Statement): boolean =>
  isInForeignComment(statement, /[\da-f]*[.:][\da-f.:/]+\b/y);

/** Whether a line of a block that begins as a comment of another language is of a keyword: that has its finding. */
function isInForeignComment({ directive }: Statement, word: RegExp): boolean {
  const { source, body, open, close } = directive;
  if (!body) return false;
  const ends = foreignComments(source);
  for (let at = partitionPoint(ends.length, (at) => ends[at]! <= open); at < ends.length; at++) {
    if (ends[at]! >= close) return false;
    word.lastIndex = ends[at]!;
    if (word.test(source.text)) return true;
  }
  return false;
}

/** Where the signs of other languages' comments that begin a line end. */
const foreignComments = once(({ text }: Source): readonly number[] =>
  Array.from(
    text.matchAll(new RegExp(`^[ \\t]*(?:${foreignMark.source})[ \\t]*`, 'gm')),
    ({ 0: sign, index }) => index + sign.length,
  ),
);

/** Whether a block is its first line only, copied twice or left over: nothing is in it, and no brace ends it. */
export const isHead = ({ directive: { source, body, close } }: Statement): boolean =>
  body?.length === 0 && source.text[close] !== '}';
