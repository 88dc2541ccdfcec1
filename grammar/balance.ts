/**
 * Where a brace is missing or too many, as the indentation tells. Braces alone only say that some block is open at the
 * end of the file; people indent, and the first line that stands too far left (or the first `}` too deep) is the place.
 */
import { type Grown, grower, opener, type Stray } from './grow.ts';
import { indentation, lineStart, type Source, type Span } from './text.ts';
import { type Directive, type Oddity, walk } from './tree.ts';

/** What stands in a text, one after the other. */
type Event =
  | {
      readonly kind: 'statement';
      readonly directive: Directive;
      readonly source: Source;
      readonly at: number;
    }
  | { readonly kind: 'open'; readonly source: Source; readonly at: number }
  | { readonly kind: 'close'; readonly source: Source; readonly at: number };

/** The blocks around a place, innermost first. */
export interface Path {
  readonly block: Directive;
  readonly outer: Path | undefined;
}

/** Whether a statement may stand at a place, where the tables know: false says that it never can. */
type Fits = (path: Path | undefined, statement: Directive) => boolean | undefined;

/** What a language knows of its statements. */
export interface Knowledge {
  readonly fits: Fits;
  /** What is odd about the `{` behind a statement that is no block. */
  readonly opensNothing?: (path: Path | undefined, statement: Directive, brace: Span) => Oddity | undefined;
  /** Whether a statement means something in another block only. */
  readonly isAstray?: (path: Path | undefined, statement: Directive) => boolean;
}

/** People nest a handful of levels; looking further out costs time on hostile files only. */
const maxReach = 16;

interface Level {
  readonly block: Directive | undefined;
  readonly path: Path | undefined;
  readonly indent: number | undefined;
  /** Indentation of the block's first statement that has a line to itself. */
  inner: number | undefined;
  /** The block's first statement stands on the line of its `{`, so its `}` was meant to stand there too. */
  inline: boolean;
}

/** Readings of a text that are tried; where people indent as they please the first line that stands too far left tells nothing. */
const maxReadings = 12;
/** Statements and braces that all readings together look at: a hostile file is read once. */
const maxRead = 100_000;

/** Braces put somewhere. */
interface Reading {
  readonly items: readonly Directive[];
  readonly oddities: Oddity[];
  /** Braces that are missing or too many, and statements that stand where they cannot. */
  readonly faults: number;
  /** The first place at which the indentation decided; undefined where it never did. */
  readonly decided: number | undefined;
}

/**
 * A grown tree with its braces put where they were meant, and an oddity for each that is missing or too many: as the
 * indentation tells, or where that leaves statements in places where they cannot stand, as most of it tells.
 */
export function balance(grown: Grown, knowledge: Knowledge): Pick<Reading, 'items' | 'oddities'> {
  const given = withPartners(grown);
  const all = events(given);
  const indents = isIndented(grown.items);
  const read = (from: number): Reading => reading({ grown, given, all, indents, knowledge, from });
  const least = grown.unclosed.length + grown.strays.length;
  let best = read(0);
  let last = best;
  for (
    let n = 1;
    n < maxReadings && n * all.length < maxRead && best.faults > least && last.decided !== undefined;
    n++
  ) {
    last = read(last.decided + 1);
    if (last.faults < best.faults) best = last;
  }
  return best;
}

/** What a reading rests on. */
interface Given {
  readonly grown: Grown;
  /** The same, with the braces that others took. */
  readonly given: Grown;
  readonly all: readonly Event[];
  /** Most blocks are indented deeper than their heads. */
  readonly indents: boolean;
  readonly knowledge: Knowledge;
  /** Before this event the indentation decides nothing. */
  readonly from: number;
}

/** The text read from the top, each block ended where it must have ended. */
function reading({ grown, given, all, indents, knowledge, from }: Given): Reading {
  const { fits, opensNothing, isAstray } = knowledge;
  const strays = grown.strays.filter(closes).length;
  const oddities: Oddity[] = grown.strays
    .filter(({ source, start }) => source.text[start] === '{')
    .map((at): Oddity => {
      const other = behind(at.source, at.start);
      return { kind: 'stray-brace', at, what: '{', ...(other ? { other } : {}) };
    });
  let missing = grown.unclosed.length - (given.strays.length - grown.strays.length);
  let extra = strays;
  let misfits = 0;
  let decided: number | undefined;

  const tree = grower();
  const levels: Level[] = [];
  const neverClosed = (level: Level, before: { source: Source; at: number } | undefined): void => {
    if (!level.block) return;
    oddities.push({
      kind: 'block-never-closed',
      at: opener(level.block),
      what: level.block.name.text,
      ...(before && before.source === level.block.source
        ? { other: { source: before.source, start: before.at, end: before.at } }
        : {}),
    });
  };
  const endBlock = (before: { source: Source; at: number }): void => {
    const level = levels.pop()!;
    neverClosed(level, before);
    tree.close(before.source, before.at);
    missing--;
  };

  /** What is odd about the `{` behind the statement at `index`, where what follows does not stand in it. */
  const surplusBrace = (statement: Directive, index: number): Oddity | undefined => {
    const brace = all[index + 1];
    if (brace?.kind !== 'open' || !opensNothing || isInside(statement, all[index + 2])) return undefined;
    const { source, at } = brace;
    return opensNothing(levels.at(-1)?.path, statement, { source, start: at, end: at + 1 });
  };
  let pending: Directive | undefined;
  const strayClose = (at: number): void => {
    const path = levels.at(-1)?.path;
    oddities.push(strayAt(all, at, (each) => isAstray?.(path, each) ?? false));
    extra--;
  };
  /** Where the `}` would stand that only was moved below the next head. */
  let moved: number | undefined;
  for (const [index, event] of all.entries()) {
    const column = indentation(event.source, event.at);
    const indent = index < from ? undefined : column;
    if (event.kind === 'statement') {
      const { directive } = event;
      // In a file that indents, what stands no deeper than a block without a line was not meant to stand in it.
      const isEmptied = (level: Level): boolean => indents && !holdsOneOf(level, all, index, fits);
      while (
        missing > 0 &&
        levels.length > 0 &&
        !surplusBrace(directive, index) &&
        endedBefore(levels.at(-1)!, directive, indent, isEmptied, fits)
      ) {
        if (indent !== undefined) decided ??= index;
        endBlock(event);
      }
      while (
        missing === 0 &&
        levels.length > 0 &&
        isOutgrown(levels.at(-1)!, directive, indent, indents, fits)
      ) {
        // Where every brace has its partner, one that is missing here is one too many further on.
        missing++;
        extra++;
        decided ??= index;
        endBlock(event);
        moved = index + 2;
      }
      const level = levels.at(-1);
      if (level && level.inner === undefined) {
        level.inner = column;
        level.inline ||= column === undefined;
      }
      // What surrounds a fragment is only guessed, but most of its first level stands there.
      if ((fits(level?.path, directive) ?? level !== undefined) === false) misfits++;
      tree.statement(
        directive.source,
        [directive.name, ...directive.args],
        directive.body ? -1 : directive.close,
        directive.raw,
      );
      pending = directive;
    } else if (event.kind === 'open') {
      const outer = levels.at(-1)?.path;
      const oddity = missing > 0 && pending && surplusBrace(pending, index - 1);
      if (oddity) {
        oddities.push(oddity);
        missing--;
        continue;
      }
      levels.push({
        block: pending,
        path: pending ? { block: pending, outer } : outer,
        indent: pending ? indentation(pending.source, pending.name.start) : undefined,
        inner: undefined,
        inline: false,
      });
      tree.open(event.source, event.at);
    } else {
      if (indent !== undefined) {
        // A brace that stands under an outer block closes that one: the inner ones were forgotten.
        const partner = levels.findLastIndex((level) => level.indent === indent);
        while (
          missing > 0 &&
          partner >= 0 &&
          levels.length - 1 > partner &&
          isDeeper(levels.at(-1)!, indent)
        ) {
          decided ??= index;
          endBlock(event);
        }
        const top = levels.at(-1);
        if (extra > 0 && (!top || isTooEarly(top, indent, all[index + 1], fits))) {
          decided ??= index;
          if (index === moved) {
            extra--;
            continue;
          }
          strayClose(index);
          continue;
        }
      }
      const last = levels.at(-1);
      const next = all[index + 1];
      if (
        !last ||
        (extra > 0 && ((column === undefined && goesOn(last, next)) || isNeeded(last, column, next, fits)))
      ) {
        strayClose(index);
        continue;
      }
      levels.pop();
      tree.close(event.source, event.at);
    }
  }
  for (const level of levels) neverClosed(level, undefined);
  return { items: tree.finish().items, oddities, faults: oddities.length + misfits, decided };
}

/** Braces that open nothing and are looked at; more are there on hostile input only. */
const maxOpenings = 100;

/** The same, where a `{` that opens nothing took the `}` of a block: that one counts again. */
function withPartners(grown: Grown): Grown {
  let missing = grown.unclosed.length;
  if (missing === 0) return grown;
  const freed: Span[] = [];
  for (const { source, start, partner } of grown.strays.slice(0, maxOpenings)) {
    if (missing === 0 || partner === undefined) continue;
    const line = lineStart(source.text, start);
    const first = line + source.text.slice(line, start + 1).search(/\S/);
    // Its own block, which lost its head, ends under it.
    if (indentation(source, first) === indentation(source, partner)) continue;
    freed.push({ source, start: partner, end: partner + 1 });
    missing--;
  }
  if (freed.length === 0) return grown;
  return { ...grown, strays: [...grown.strays, ...freed].sort((a, b) => a.start - b.start) };
}

function strayAt(all: readonly Event[], index: number, isAstray: (each: Directive) => boolean): Oddity {
  const { source, at } = all[index]!;
  const other = before(source, at) ?? astrayBefore(all, index, isAstray);
  return {
    kind: 'stray-brace',
    // A block that ends in another file counts as ending with its own.
    at: { source, start: at, end: Math.min(at + 1, source.text.length) },
    what: '}',
    ...(other ? { other } : {}),
  };
}

/** Lines looked at for the rest of a block; more are there on hostile input only. */
const maxLines = 400;

/** The lines above a `}` that stand deeper than it, unless a line that ends in `{` is above them: a block that lost its head. */
function before(source: Source, at: number): Span | undefined {
  const column = indentation(source, at);
  if (column === undefined) return undefined;
  const { text } = source;
  let start: number | undefined;
  for (let end = text.lastIndexOf('\n', at), lines = 0; end > 0 && lines < maxLines; lines++) {
    const from = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(from, end).trim();
    if (line !== '' && !/^[#!]/.test(line)) {
      const first = from + text.slice(from, end).search(/\S/);
      if (indentation(source, first)! <= column)
        return line.endsWith('{') ? undefined : upTo(source, start, at);
      start = first;
    }
    end = from - 1;
  }
  return upTo(source, start, at);
}

/** The lines right above a `}` that mean nothing in the block around it, where the indentation does not tell. */
function astrayBefore(
  all: readonly Event[],
  index: number,
  isAstray: (each: Directive) => boolean,
): Span | undefined {
  const { source, at: end } = all[index]!;
  let first: number | undefined;
  for (let at = index - 1, depth = 0; at >= 0 && index - at < maxLines; at--) {
    const event = all[at]!;
    if (event.source !== source) break;
    if (event.kind === 'close') depth++;
    else if (event.kind === 'open') {
      if (depth-- === 0) break;
    } else if (depth === 0) {
      if (!isAstray(event.directive)) break;
      first = event.at;
    }
  }
  return upTo(source, first, end);
}

/** From a `{` at the end of a line to the `}` that stands under that line. */
function behind(source: Source, at: number): Span | undefined {
  const { text } = source;
  const column = indentation(source, at);
  let from = text.indexOf('\n', at) + 1;
  if (column === undefined || from === 0 || text.slice(at + 1, from).trim() !== '') return undefined;
  for (let lines = 0; lines < maxLines && from > 0; lines++) {
    let first = from;
    while (/\s/.test(text[first] ?? '')) first++;
    if (text[first] === '}' && indentation(source, first) === column) return upTo(source, at + 1, first);
    from = text.indexOf('\n', first) + 1;
  }
  return undefined;
}

const upTo = (source: Source, start: number | undefined, end: number): Span | undefined =>
  start === undefined ? undefined : { source, start, end };

/** Whether what follows a `{` stands deeper than the statement before it, or on its line. */
function isInside({ source, name }: Directive, next: Event | undefined): boolean {
  const [outer, inner] = [indentation(source, name.start), next && indentation(next.source, next.at)];
  return outer === undefined || inner === undefined || inner > outer;
}

const isDeeper = (level: Level, indent: number): boolean =>
  level.indent !== undefined && level.indent > indent;

/** Whether the block that a `}` with a line to itself would close goes on below it: it stands deeper than the block's head. */
function isTooEarly(
  { indent: head, inner, path }: Level,
  indent: number,
  next: Event | undefined,
  fits: Fits,
): boolean {
  const column = next && indentation(next.source, next.at);
  if (head === undefined || column === undefined) return false;
  const isEmpty = inner === undefined;
  if (next!.kind === 'statement') {
    if (column <= head || fits(path, next!.directive) === false) return false;
    return isEmpty || (indent > head && (column >= inner || column === indent));
  }
  return indent > head && (column === head || column === indent);
}

/** Whether a block goes on after a brace at the end of a line: what follows stands under its first statement. */
const goesOn = ({ indent, inner }: Level, next: Event | undefined): boolean =>
  next?.kind === 'statement' &&
  indent !== undefined &&
  inner !== undefined &&
  inner > indent &&
  indentation(next.source, next.at) === inner;

/** Whether a block goes on after a brace, as what follows can stand there only. */
function isNeeded({ path }: Level, brace: number | undefined, next: Event | undefined, fits: Fits): boolean {
  // What stands deeper than the brace had a head of its own.
  return (
    next?.kind === 'statement' &&
    (brace === undefined || (indentation(next.source, next.at) ?? 0) <= brace) &&
    standsOnlyIn(path, next.directive, fits)
  );
}

/** Whether a statement can stand in a block, and not around it; what is around the blocks of a fragment nobody knows. */
function standsOnlyIn(path: Path | undefined, directive: Directive, fits: Fits): boolean {
  if (fits(path, directive) !== true) return false;
  const around = fits(path?.outer, directive);
  return around === undefined ? !path?.outer : !around;
}

/** Whether the innermost block, `top`, must have ended before `directive`. */
function endedBefore(
  top: Level,
  directive: Directive,
  indent: number | undefined,
  isEmptied: (top: Level) => boolean,
  fits: Fits,
): boolean {
  // However far left it stands: outside of this block it means nothing.
  if (standsOnlyIn(top.path, directive, fits)) return false;
  if (indent !== undefined && top.indent !== undefined) {
    if (top.inline) return indent <= top.indent;
    if (top.inner !== undefined && top.inner > top.indent) return indent <= top.indent;
    if (top.inner === undefined && indent <= top.indent && isEmptied(top)) return true;
  }
  // Without indentation only the meaning is left: it cannot stand here, but it can further out.
  if (fits(top.path, directive) !== false) return false;
  let path = top.path;
  for (let reach = 0; path && reach < maxReach; reach++) {
    path = path.outer;
    if (fits(path, directive)) return true;
  }
  return false;
}

/** What stands in a block that is looked at for one line that can stand nowhere else. */
const maxInside = 40;

/** Whether one of the lines from `index` on that stand under the head of a block can stand in it, and not around it. */
function holdsOneOf({ indent, path }: Level, all: readonly Event[], index: number, fits: Fits): boolean {
  for (const event of all.slice(index, index + maxInside)) {
    const column = indentation(event.source, event.at);
    if (column === undefined || indent === undefined) continue;
    if (column < indent) return false;
    if (column > indent || event.kind !== 'statement') continue;
    if (standsOnlyIn(path, event.directive, fits)) return true;
  }
  return false;
}

/** Whether `top` cannot hold a block that stands under its own head, though every brace has its partner. */
function isOutgrown(
  top: Level,
  directive: Directive,
  indent: number | undefined,
  indents: boolean,
  fits: Fits,
): boolean {
  if (!indents || !directive.body || indent === undefined || top.indent === undefined) return false;
  if (indent !== top.indent || top.inner === undefined || top.inner <= top.indent) return false;
  return fits(top.path, directive) === false;
}

/** Whether most blocks are indented deeper than their openers. */
function isIndented(items: readonly Directive[]): boolean {
  let balance = 0;
  for (const { body, source, name } of walk(items)) {
    const outer = body?.[0] && indentation(source, name.start);
    const inner = body?.[0] && indentation(body[0].source, body[0].name.start);
    if (outer !== undefined && inner !== undefined) balance += inner > outer ? 1 : -1;
  }
  return balance > 0;
}

/** What is told of a text, one thing after the other. */
interface Listener {
  statement(directive: Directive): void;
  open(source: Source, at: number): void;
  close(source: Source, at: number): void;
}

/** Tells the statements and braces of a tree in the order of the text, with the braces that closed nothing in their places. */
export function replay({ items, strays }: Pick<Grown, 'items' | 'strays'>, listener: Listener): void {
  tellAll(items, strays.filter(closes), listener);
}

const closes = ({ source, start }: Span): boolean => source.text[start] === '}';

function tellAll(items: readonly Directive[], strays: readonly Stray[], listener: Listener): void {
  let stray = 0;
  let told = 0;
  const isBefore = (next: Stray | undefined, source: Source, at: number): next is Stray =>
    next !== undefined &&
    (next.after === undefined ? next.source === source : next.after <= told) &&
    (next.source !== source || next.start < at);
  const tell = (each: Span): void =>
    closes(each) ? listener.close(each.source, each.start) : listener.open(each.source, each.start);
  const straysBefore = (source: Source, at: number): void => {
    for (let next = strays[stray]; isBefore(next, source, at); next = strays[++stray]) {
      tell(next);
    }
  };
  const stack: { items: readonly Directive[]; next: number; block: Directive | undefined }[] = [
    { items, next: 0, block: undefined },
  ];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const directive = top.items[top.next++];
    if (directive) {
      const { source, body } = directive;
      straysBefore(source, directive.name.start);
      listener.statement(directive);
      told++;
      if (!body || directive.raw) continue;
      listener.open(source, directive.open);
      stack.push({ items: body, next: 0, block: directive });
      continue;
    }
    stack.pop();
    const { block } = top;
    if (block && block.close >= 0) {
      straysBefore(block.source, block.close);
      listener.close(block.source, block.close);
    }
  }
  for (const each of strays.slice(stray)) tell(each);
}

/** What replay() tells, as a list. */
export function events(grown: Pick<Grown, 'items' | 'strays'>): readonly Event[] {
  const [found, listener] = recorder();
  replay(grown, listener);
  return found;
}

/** All that stands in a text, with the braces that open nothing, and those that these took. */
export function allEvents({ items, loose }: Pick<Grown, 'items' | 'loose'>): readonly Event[] {
  const [found, listener] = recorder();
  tellAll(items, loose, listener);
  return found;
}

function recorder(): readonly [Event[], Listener] {
  const found: Event[] = [];
  return [
    found,
    {
      statement: (directive) =>
        found.push({ kind: 'statement', directive, source: directive.source, at: directive.name.start }),
      open: (source, at) => found.push({ kind: 'open', source, at }),
      close: (source, at) => found.push({ kind: 'close', source, at }),
    },
  ];
}
