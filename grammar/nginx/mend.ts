/**
 * What was meant where a `;`, `{` or `}` is missing, as the meaning of the words tells. nginx takes the next line for
 * more arguments and complains about that one, or not at all; a person sees that a directive's name begins the line.
 */
import { events, type Path, replay } from '../balance.ts';
import { collector, type Lexed, type Token, token } from '../chevrotain.ts';
import { type Grown, grower } from '../grow.ts';
import { isPlaceholder } from '../repair/index.ts';
import { type Entries, isDirective, type Variant, variants } from '../tables/directives.ts';
import { indentation, lineEnd, type Source } from '../text.ts';
import type { Directive, Oddity, Word } from '../tree.ts';
import { admitted, inside, isInsteadOfBrace, type Place, placesIn, takes } from './place.ts';
import { Close, Word as WordToken } from './tokens.ts';

/** The braces at the end of a word's line that the operator meant as braces, made tokens: `listen 80}`. */
export function unglued(lexed: Lexed, text: string): Lexed {
  const { tokens, starts, ends, comments } = lexed;
  const glued: number[] = [];
  for (let index = 0; index < tokens.length; index++) {
    if (endsInBrace(tokens[index]!, ends[index]!, text)) glued.push(index);
  }
  const found = collector(text.length);
  let done = 0;
  const take = (to: number): void => {
    for (; done < to; done++) found.add(tokens[done]!, starts[done]!, ends[done]!);
  };
  for (const index of glued) {
    const end = endWithoutBraces(text, starts[index]!, ends[index]!);
    if (end === ends[index]) continue;
    take(index);
    found.add(tokens[done]!, starts[done++]!, end);
    for (let at = end; at < ends[index]!; at++) found.add(token(Close), at, at + 1);
  }
  if (done === 0) return lexed;
  take(tokens.length);
  return found.lexed(comments);
}

const endsInBrace = ({ tokenType, quote }: Token, end: number, text: string): boolean =>
  tokenType === WordToken && !quote && text[end - 1] === '}';

function endWithoutBraces(text: string, start: number, end: number): number {
  if (text.slice(start, end).includes('{')) return end;
  if (!/^\s*(?:[}#]|$)/.test(text.slice(end, lineEnd(text, end)))) return end;
  let at = end;
  while (text[at - 1] === '}' && text[at - 2] !== '\\') at--;
  return at;
}

/** A statement among the words of one that swallowed it. */
interface Part {
  readonly words: readonly Word[];
  /** No statement at all, which is what there is to say of it. */
  readonly isText: boolean;
  /** A block without its `{`. */
  readonly unopened: boolean;
  /** Where its words end, with what stands in place of the `{`. */
  readonly end: number;
  /** It is opened all the same. */
  opens: boolean;
  /** It has too few values: that it takes more is what there is to say of it. */
  readonly isShort: boolean;
  /** Text behind a `;`, up to the end of its line: a comment without its mark. */
  readonly isRemark: boolean;
}

/** The tree with swallowed statements apart and unopened blocks open, and an oddity for each `;` or `{` that is missing. */
export function mend(grown: Grown, context: string | undefined): { grown: Grown; oddities: Oddity[] } {
  const { found, early } = swallowed(grown, context);
  if (found.size === 0) return { grown, oddities: [] };
  const oddities: Oddity[] = [];
  const tree = grower();
  for (const event of events(grown)) {
    const { source } = event;
    if (event.kind === 'open') tree.open(source, event.at);
    else if (event.kind === 'close') tree.close(source, event.at);
    else {
      const { directive } = event;
      const { name, args, body, close, raw } = directive;
      const parts = found.get(directive);
      if (!parts) tree.statement(source, [name, ...args], body ? -1 : close, raw);
      const before = early.get(directive);
      if (before)
        oddities.push(earlySemicolon(before, parts![0]!, parts!.length > 1 || isUnended(directive)));
      for (const [index, part] of parts?.entries() ?? []) {
        const { words, isText, unopened, end, opens, isShort, isRemark } = part;
        const isMoved = before !== undefined && index === 0;
        const isLast = index === parts!.length - 1;
        if (isRemark) {
          oddities.push(remark(source, words));
          continue;
        }
        const ended = isLast && !body ? close : -1;
        tree.statement(source, words, opens ? -1 : ended, isLast ? raw : undefined);
        if (opens) tree.open(source, words.at(-1)!.end);
        if (unopened) oddities.push(neverOpened(source, words, Math.max(end, ended + 1), opens));
        else if (!isText && (!isLast || isUnended(directive)) && !isShort && !isMoved)
          oddities.push(...missingSemicolon(source, words));
      }
    }
  }
  const mended = tree.finish();
  const openings = grown.strays.filter(({ source, start }) => source.text[start] === '{');
  return { grown: { ...mended, strays: [...openings, ...mended.strays] }, oddities };
}

/**
 * The statements that are not what they seem, with those that they were meant to be: none for one whose semicolon stands
 * before its last words, which are a statement of their own then and have it as theirs in `early`.
 */
function swallowed(
  grown: Grown,
  context: string | undefined,
): { found: Map<Directive, Part[]>; early: Map<Directive, Directive> } {
  const found = new Map<Directive, Part[]>();
  const early = new Map<Directive, Directive>();
  // A block that lacks its `{` is opened only where some `}` below waits for it.
  const closers = grown.strays.filter(({ source, start }) => source.text[start] === '}');
  let passed = 0;
  let opened = 0;
  const placeOf = placesIn({ items: grown.items, context });
  let path: Path | undefined;
  let pending: Directive | undefined;
  replay(grown, {
    open: () => {
      path = { block: pending!, outer: path };
    },
    close: () => {
      path = path?.outer;
    },
    statement: (written) => {
      const before = pending;
      const isRest =
        before !== undefined && isEarly(before, written) && goesOn(before, written, placeOf(path));
      const directive = isRest
        ? { ...written, name: before.name, args: [...before.args, written.name, ...written.args] }
        : written;
      pending = directive;
      const { start } = directive.name;
      for (; passed < closers.length && closers[passed]!.start < start; passed++) if (opened > 0) opened--;
      if (!isRest && (isForeign(path) || !isSuspicious(directive, path, placeOf))) return;
      const { name, args } = directive;
      let place = placeOf(path);
      if (place.entries && grown.unclosed.length > 0) {
        // Where a `}` is missing, what a block of data seems to hold may belong to the block around it.
        const outer = placeOf(path!.outer);
        if (admitted(outer, name).some((variant) => takes(variant, args.length))) place = outer;
      }
      const parts = partsOf(directive, place);
      const first = parts[0]!;
      if (
        !isRest &&
        parts.length === 1 &&
        first.words.length > args.length &&
        !first.unopened &&
        !isUnended(directive)
      )
        return;
      if (isRest) {
        // What stands behind the semicolon is no part of the statement after all.
        if (first.words.length <= before.args.length + 1) {
          pending = written;
          return;
        }
        early.set(written, before);
        found.set(before, []);
      }
      found.set(written, parts);
      for (const part of parts) {
        const { words, unopened } = part;
        pending = { ...directive, name: words[0]!, args: words.slice(1) };
        part.opens = unopened && closers.length - passed > opened;
        if (!part.opens) continue;
        opened++;
        path = { block: pending, outer: path };
      }
    },
  });
  return { found, early };
}

/** Whether a statement begins on the line on which one ends that nginx can never take. */
function isEarly({ source, name, args, body, close }: Directive, next: Directive): boolean {
  if (body || close < 0 || next.source !== source || next.name.start < close) return false;
  if (!sameLine(source.text, close, next.name.start)) return false;
  return isDirective(name.text) && !variants(name.text).some((variant) => takes(variant, args.length));
}

/** Whether a statement and the words behind its semicolon are one that nginx takes. */
function goesOn({ source, name, args }: Directive, next: Directive, place: Place): boolean {
  // Values such as `fastcgi_params` once were directives.
  if (admitted(place, next.name).some(({ removed }) => removed === undefined)) return false;
  const rest = [next.name, ...next.args].filter(({ start }) => sameLine(source.text, name.start, start));
  const isBlock = next.body !== undefined && rest.length > next.args.length;
  return admitted(place, name).some(
    (variant) => (variant.body === 'leaf') !== isBlock && takes(variant, args.length + rest.length),
  );
}

/** `root; /srv/www;`, and `root; /srv/www` where it was meant to stand further on. */
function earlySemicolon({ source, name, close, args }: Directive, { words }: Part, isMoved: boolean): Oddity {
  const at = { source, start: close, end: close + 1 };
  const [next, { end }] = [words[args.length + 1]!, words.at(-1)!];
  const edits = [{ ...at, text: next.start === close + 1 ? ' ' : '' }];
  if (isMoved) edits.push({ source, start: end, end, text: ';' });
  return { kind: 'stray-semicolon', at, what: name.text, edits };
}

/** `access_by_la_block {`: what stands in a block of code is no list of statements, however the block is called. */
function isForeign(path: Path | undefined): boolean {
  const name = path?.block.name.text ?? '';
  return name.endsWith('_block') && !isDirective(name);
}

const isTooShort = (words: readonly Word[], head: readonly Variant[], { entries }: Place): boolean => {
  const [{ text }] = words as [Word];
  if (entries) return entries.max < Infinity && words.length < entries.min && !standsAlone(text, entries);
  const candidates = head.length > 0 ? head : variants(text);
  return candidates.length > 0 && candidates.every(({ min }) => words.length - 1 < min);
};

const isUnended = ({ body, close }: Directive): boolean => body === undefined && close < 0;

/** A word without a letter is no directive's name: `...`, `-->` and `**` are what is left of a page. */
const isStray = ({ body }: Directive, { text, quote }: Word, { contexts, entries }: Place): boolean =>
  !quote &&
  !entries &&
  !/[a-z]/i.test(text) &&
  !isPlaceholder(text) &&
  // Where nothing tells what a fragment is, it may be lines of data, which have numbers for names.
  (contexts.length > 0 || body !== undefined || text.includes('...'));

/** A line of its own that begins as no name does: `*.gzip*`, `.gzip`. */
const isJunk = (words: readonly Word[], { entries }: Place): boolean =>
  words.length === 1 && !words[0]!.quote && !entries && /^[^\w"'$~/\uE000]/.test(words[0]!.text);

/** A word of capitals alone: what a script was to put lines in place of. */
const isBlank = (words: readonly Word[], { entries }: Place): boolean =>
  words.length === 1 && !words[0]!.quote && !entries && /^[A-Z][A-Z0-9_]+$/.test(words[0]!.text);

/** Asked of every word: what does not begin with a small letter needs no look into the table. */
const isDirectiveName = ({ text, quote }: Word): boolean =>
  !quote && text.charCodeAt(0) >= smallest && isDirective(text);
const smallest = 'a'.charCodeAt(0);

const isName = ({ text, quote }: Word): boolean => !quote && /^[a-z]\w*$/.test(text);

/** Whether a statement could be more than one: most are not, and cost no more than this. */
function isSuspicious(
  directive: Directive,
  path: Path | undefined,
  placeOf: (path: Path | undefined) => Place,
): boolean {
  const { source, name, args, body, raw } = directive;
  // Lua belongs to the word before it, which may not be the statement's first.
  if (raw && name.text.endsWith('_by_lua_block')) return false;
  if (isUnended(directive)) return true;
  if (args.length > 0 && lineEnd(source.text, name.end) < args.at(-1)!.start) return true;
  if (args.some(isDirectiveName)) return true;
  if (args.length > 1 && !isDirective(name.text)) return isCrowded(placeOf(path), name, args);
  if (body !== undefined || !variants(name.text).some((variant) => variant.body !== 'leaf')) return false;
  // A `server` of an upstream is a leaf.
  return !admitted(placeOf(path), name).some(
    (variant) => variant.body === 'leaf' && takes(variant, args.length),
  );
}

/** Whether a line of data holds more than one: `default a '' b`, `text/css css text/plain txt`. */
const isCrowded = ({ entries }: Place, name: Word, args: readonly Word[]): boolean =>
  entries !== undefined &&
  (entries.max === Infinity
    ? name.text.includes('/') && args.slice(1).some(({ text }) => text.includes('/'))
    : args.length >= entries.max);

function missingSemicolon(source: Source, words: readonly Word[]): Oddity[] {
  const [name] = words as [Word];
  const { text, start, end, quote } = words.at(-1)!;
  // A template's tag may bring whole lines with their semicolons, unless it ends one, and a quote that never closes hides the real one.
  const isValue = isDirectiveName(name) && sameLine(source.text, name.start, start);
  if (isPlaceholder(text) && !isValue) return [];
  if (quote && (end - start < 2 || source.text[end - 1] !== quote)) return [];
  // withoutMark() left what stands in place of the semicolon there.
  const [mark = ''] = (!quote && /^(?:[,:.|>)"']|[ \t]*\\;)/.exec(source.text.slice(end, end + 80))) || [];
  const at = { source, start: end + mark.length - mark.trimStart().length, end: end + mark.length };
  const other = { source, start: name.start, end: name.end };
  return [{ kind: 'missing-semicolon', at, what: name.text, other, edits: [{ ...at, text: ';' }] }];
}

/** Whether some block of that name takes as many words: else one of them was meant to stand inside. */
const isHead = (words: readonly Word[]): boolean =>
  variants(words[0]!.text).some((variant) => variant.body !== 'leaf' && takes(variant, words.length - 1));

/** `to` is where the statement ends, with what stands in the place of the brace. */
function neverOpened(source: Source, words: readonly Word[], to: number, opens: boolean): Oddity {
  const [{ text, start }, { end }] = [words[0]!, words.at(-1)!];
  const edit = { source, start: end, end: to, text: ' {' };
  const at = { source, start, end };
  return { kind: 'block-never-opened', at, what: text, ...(opens && isHead(words) ? { edits: [edit] } : {}) };
}

/** Words of a statement looked at in one go; so much is swallowed on hostile input only. */
const reach = 200;

/** The statements that `directive` was meant to be, at least one. */
function partsOf(directive: Directive, place: Place): Part[] {
  const parts: Part[] = [];
  const all = [directive.name, ...directive.args];
  for (let from = 0; ; ) {
    const words = all.slice(from, from + reach);
    const head = place.entries ? [] : admitted(place, words[0]!);
    const next = place.entries
      ? nextEntry(directive, words, place.entries)
      : nextStatement(directive, words, place, head);
    const isLast = next === undefined;
    const own = isLast ? all.slice(from) : words.slice(0, next);
    const meant = isLast && !isUnended(directive) ? own : withoutComment(directive, own);
    const fitting = head.filter((variant) => takes(variant, meant.length - 1));
    const candidates = fitting.length > 0 ? fitting : head;
    const unopened =
      isBlock(candidates) &&
      !isDirective(`${words[0]!.text}_${words[1]?.text}`) &&
      !(isLast && (directive.body || isLeafElsewhere(directive, withoutBrace(meant))));
    parts.push({
      words: unopened ? withoutBrace(meant) : isLast && !isUnended(directive) ? meant : withoutMark(meant),
      isText: isStray(directive, words[0]!, place) || isBlank(meant, place) || isJunk(meant, place),
      unopened,
      end: meant.at(-1)!.end,
      opens: false,
      isShort: isTooShort(meant, head, place),
      isRemark:
        head.length === 0 &&
        !place.entries &&
        (isLast
          ? isUnended(directive) && isProse(own)
          : isProse(own) || isRemark(directive, own, words[next]!)),
    });
    if (isLast) return parts;
    if (unopened) place = inside(place, words[0]!);
    from += next;
  }
}

/** `listen 80; the old port`: words that name nothing between a `;` and the end of their line. */
function isRemark({ source }: Directive, words: readonly Word[], next: Word): boolean {
  const [first, last] = [words[0]!, words.at(-1)!];
  const { text } = source;
  if (first.quote || !/^[A-Za-z']+$/.test(first.text) || isDirective(first.text)) return false;
  if (!sameLine(text, first.start, last.start) || sameLine(text, last.end, next.start)) return false;
  return /;[ \t]*$/.test(text.slice(Math.max(0, text.lastIndexOf('\n', first.start)), first.start));
}

/** A line of words without any sign: the rest of a comment whose first line alone has a mark. */
const isProse = (words: readonly Word[]): boolean =>
  words.length > 3 &&
  !isDirective(words[0]!.text) &&
  words.every(({ text, quote }) => !quote && /^[A-Za-z]+(?:[-'][A-Za-z]+)*[,.:]?$/.test(text));

function remark(source: Source, words: readonly Word[]): Oddity {
  const [{ text, start, end }, last] = [words[0]!, words.at(-1)!];
  const at = { source, start, end };
  // It may be a directive after all, of which no letter is right.
  return { kind: 'not-a-comment', at, what: text, other: { source, start, end: last.end } };
}

/**
 * `gzip on,`: a neighbour of the semicolon on the keyboard belongs to no word, nor does a bracket or quote without its other
 * half, nor a semicolon behind a backslash.
 */
function withoutMark(words: readonly Word[]): readonly Word[] {
  const last = words.at(-1)!;
  const { text, quote, start, end } = last;
  if (!quote && /[^\\]\\;$/.test(` ${text}`)) {
    if (text === '\\;') return words.length > 1 ? words.slice(0, -1) : words;
    return [...words.slice(0, -1), { ...last, text: text.slice(0, -2), end: end - 2 }];
  }
  const [, mark] = /[^,:.|>)"']([,:.|>)"'])$/.exec(text) ?? [];
  if (quote || mark === undefined || text.length !== end - start) return words;
  const half = otherHalves[mark];
  if (half !== undefined && text.slice(0, -1).includes(half)) return words;
  // A host's name may end in a dot.
  if (mark === '.' && words[0]!.text === 'server_name') return words;
  return [...words.slice(0, -1), { ...last, text: last.text.slice(0, -1), end: last.end - 1 }];
}

/** What a mark at the end of a word may belong to. */
const otherHalves: Readonly<Record<string, string>> = { ')': '(', '>': '<', '"': '"', "'": "'", '|': '(' };

/**
 * The head of `location ~ \.js${`, where nginx takes the brace for the beginning of a variable's name, and that of
 * `location / (`, where something else stands in its place.
 */
function withoutBrace(words: readonly Word[]): readonly Word[] {
  const last = words.at(-1)!;
  if (words.length > 1 && isInsteadOfBrace(last)) return words.slice(0, -1);
  const [, condition] = (words[0]!.text === 'if' && /^(.*\))(?:[:=(<[]|[-=]>)$/s.exec(last.text)) || [];
  if (condition !== undefined && !last.quote) {
    const end = last.end - last.text.length + condition.length;
    return [...words.slice(0, -1), { ...last, text: condition, end }];
  }
  if (last.quote || !last.text.endsWith('${')) return words;
  return [...words.slice(0, -1), { ...last, text: last.text.slice(0, -1), end: last.end - 1 }];
}

/** `server 192.0.2.1;` that some stray brace put outside of its upstream: no block lost its `{` there. */
const isLeafElsewhere = (directive: Directive, words: readonly Word[]): boolean =>
  !isUnended(directive) &&
  variants(words[0]!.text).some(
    (variant) => variant.body === 'leaf' && takes(variant, words.length - 1) && !isHead(words),
  );

const isBlock = (candidates: readonly Variant[]): boolean =>
  candidates.length > 0 && candidates.every(({ body }) => body !== 'leaf');

/** Index of the word that begins the next statement. */
function nextStatement(
  directive: Directive,
  words: readonly Word[],
  place: Place,
  head: readonly Variant[],
): number | undefined {
  const { source } = directive;
  const column = indentation(source, words[0]!.start);
  const impossible =
    isStray(directive, words[0]!, place) ||
    (head.length > 0 && isImpossible(head, words.slice(1), directive.body !== undefined));
  const here = isBlock(head) ? inside(place, words[0]!) : place;
  let midway: number | undefined;
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (!isName(word)) continue;
    const begins = indentation(source, word.start);
    const isBehindCondition =
      words[0]!.text === 'if' && withoutBrace(words.slice(0, at)).at(-1)!.text.endsWith(')');
    // In the middle of a line it needs to be beyond doubt: prose has words such as `index` and `return`.
    const isCertain = isBehindCondition || (impossible && (column === undefined || word.text.includes('_')));
    if (begins === undefined && !isCertain) continue;
    // Deeper than the statement's name it goes on with it, unless that cannot be.
    if (begins !== undefined && column !== undefined && begins > column && !impossible) continue;
    // Where a line begins as the statement does, its values may have slips of their own.
    const isBelow = begins !== undefined && begins === column;
    if (!admitted(here, word).some((variant) => isPlausible(directive, variant, words.slice(at), isBelow)))
      continue;
    const own = withoutComment(directive, words.slice(0, at));
    const count = (isBlock(head) ? withoutBrace(own) : withoutMark(own)).length - 1;
    // Alone on its line, the name of what needs a value has lost it.
    const isAlone = count === 0 && (isBelow || (begins !== undefined && isBlock(head)));
    if (head.length > 0 && !isAlone && !head.some((variant) => takes(variant, count))) continue;
    if (begins !== undefined) return at;
    if (midway !== undefined) return undefined;
    midway = at;
  }
  return midway;
}

/** Whether the words of a swallowed statement, of which more may follow, agree with what `variant` takes. */
function isPlausible(
  { source, body, close }: Directive,
  variant: Variant,
  words: readonly Word[],
  isBelow: boolean,
): boolean {
  const swallowed = words.findIndex(
    (word, index) => index > 0 && indentation(source, word.start) !== undefined,
  );
  const args = words.slice(1);
  if (args.length < variant.min) return false;
  if (swallowed > 0 && withoutMark(words.slice(0, swallowed)).length - 1 <= variant.max) return true;
  const blockness = close < 0 && !body ? true : (variant.body === 'leaf') === (body === undefined);
  return takes(variant, args.length) && blockness && (isBelow || agrees(variant, args));
}

/** `volatile`, but not `default`, which has a value. */
const standsAlone = (text: string, { special }: Entries): boolean =>
  special.includes(text) && !/^(?:default|include|delete|proxy)$/.test(text);

/** Index of the word that begins the next line of data. */
function nextEntry({ source }: Directive, words: readonly Word[], entries: Entries): number | undefined {
  const begins = (word: Word): boolean => indentation(source, word.start) !== undefined;
  if (entries.max === Infinity) {
    const isTypes = words[0]!.text.includes('/');
    const at = words.findIndex(
      (word, index) =>
        index > 1 &&
        // A type has a slash, and no ending has.
        ((word.text.includes('/') && (isTypes || begins(word))) ||
          (begins(word) && entries.special.includes(word.text))),
    );
    return at < 0 ? undefined : at;
  }
  const { text } = words[0]!;
  const length = standsAlone(text, entries) ? 1 : entries.max;
  const next = words[length];
  if (!next) return undefined;
  if (begins(next)) return length;
  return words.length % length === 0 && !words.slice(1).some(begins) ? length : undefined;
}

/** The words before one that only a missing `;` glued to its comment: `weight=2#first rack`. */
function withoutComment({ source }: Directive, words: readonly Word[]): readonly Word[] {
  const at = words.findIndex(
    ({ text, quote }, index) =>
      index > 0 &&
      !quote &&
      /^[^/^~#]+#/.test(text) &&
      sameLine(source.text, words[index]!.start, words.at(-1)!.start),
  );
  if (at < 0) return words;
  const { start, text } = words[at]!;
  const length = source.text.indexOf('#', start) - start;
  return [
    ...words.slice(0, at),
    { text: text.slice(0, text.indexOf('#')), start, end: start + length, quote: '' },
  ];
}

const sameLine = (text: string, from: number, to: number): boolean => lineEnd(text, from) >= to;

/** No variant can be meant by all these words: too many, a word that none takes, or a `{` too many or too few. */
const isImpossible = (candidates: readonly Variant[], args: readonly Word[], isOpened: boolean): boolean =>
  candidates.every(
    (variant) =>
      args.length > variant.max || (variant.body === 'leaf') === isOpened || !agrees(variant, args),
  );

/** Whether the words could be values of the directive; what only its handler could tell is let through. */
function agrees(variant: Variant, args: readonly Word[]): boolean {
  const { type, values, params, name } = variant;
  const texts = args.map(({ text }) => text);
  if (texts.some(isPlaceholder)) return true;
  if (type === 'flag') return /^(?:on|off)$/i.test(texts[0] ?? '');
  if (type === 'enum' || type === 'bitmask')
    return texts.every(
      (text) => !values || values.some((value) => value.toLowerCase() === text.toLowerCase()),
    );
  if (/^(?:num|size|msec|sec|bufs|offset)$/.test(type))
    return texts.every((text) => /^[\d$-]/.test(text) || variant.max > 1);
  // nginx only warns of a slash in a name: ngx_http_core_server_name().
  if (name === 'server_name') return texts.every((text) => text.startsWith('~') || !text.includes('/'));
  if (params.length === 0 || variant.body !== 'leaf') return true;
  const places = params.filter(({ form }) => form === 'positional');
  if (places.some(({ variadic }) => variadic)) return true;
  if (places[0]?.type === '$name' && texts[0] && !texts[0].startsWith('$')) return false;
  const free = texts.filter(
    (text) =>
      !params.some(
        ({ form, name }) =>
          (form === 'literal' && text === name) ||
          (form === 'key' && (text === name || text.startsWith(`${name}=`))) ||
          (form === 'prefix' && text.startsWith(`${name}:`)),
      ),
  );
  return free.length <= places.length;
}
