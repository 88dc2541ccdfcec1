/**
 * Comments that allow what a rule finds: `# lbcheck: allow RULE[, RULE] -- reason`. They are read from the tree, so that
 * nothing in quotes or Lua counts, and only of files that hold the word at all.
 */
import { groupBy, grouped } from '../../grammar/group-by.ts';
import { partitionPoint } from '../../grammar/partition.ts';
import { once, remembered } from '../../grammar/remembered.ts';
import { lineEnd, lineStart, type Source, type Span, startsLine } from '../../grammar/text.ts';
import { type Directive, type Edit, type File, walk } from '../../grammar/tree.ts';
import { suggest } from '../model/suggest.ts';

/** A rule that a comment names. */
export interface AllowedRule {
  readonly id: string;
  readonly at: Span;
  /** There is a rule of this name. */
  readonly known: boolean;
  /** The rule that was probably meant where there is none of the name. */
  readonly meant: string | undefined;
  /** `used`: it hid a finding; `dormant`: the rule had no chance to find anything; `unused`: there was nothing to hide. */
  readonly effect: 'used' | 'dormant' | 'unused';
}

/** One comment, once for all nodes that share its file. This is what the rules of the scope `suppression` look at. */
export interface Suppression {
  /** From `lbcheck:` on, without the reason. */
  readonly at: Span;
  /** The word after the colon: what the comment asks for. */
  readonly instruction: { readonly text: string; readonly at: Span; readonly meant: string | undefined };
  readonly rules: readonly AllowedRule[];
  readonly hasReason: boolean;
  /** It covers the whole file. */
  readonly wholeFile: boolean;
  /** The edit that takes the comment out, with its line where it stands alone. */
  readonly removal: Edit;
}

/** A comment that asks for something, as written in one file. */
export interface Allow {
  readonly comment: Span;
  readonly at: Span;
  readonly instruction: { readonly text: string; readonly at: Span };
  readonly rules: readonly { readonly id: string; readonly at: Span }[];
  readonly hasReason: boolean;
  readonly wholeFile: boolean;
  /** Where findings are hidden; nothing for a comment that is not in order. */
  readonly cover: Span | undefined;
}

/** What a comment can ask for. */
const instructions = ['allow', 'allow-file'];

/** The mark of a comment that is for us; a file without it costs one search. */
const mark = 'lbcheck:';

/** The comment's own sign, or one after another comment's text: `priority 150 # first # lbcheck: …`. */
const opening = /(?:^|\s)[#!]+[ \t]*lbcheck:[ \t]*/;

/** All comments of `files` that are for us. */
export function allowsIn(files: Iterable<File>): readonly Allow[] {
  const marked = new Map<Source, boolean>();
  const isMarked = (source: Source): boolean => {
    const known = marked.get(source) ?? source.text.includes(mark);
    marked.set(source, known);
    return known;
  };
  const allows: Allow[] = [];
  for (const file of files) {
    const scene: Scene = { file, texts: new Map() };
    for (const comment of file.comments) {
      const allow = isMarked(comment.source) && allowOf(comment, scene);
      if (allow) allows.push(allow);
    }
  }
  return allows;
}

/** Of one text of a file and its includes. */
interface Text {
  /** Its statements, by where they begin. */
  readonly heads: readonly Directive[];
  /** The ends of its comments by their beginnings. */
  readonly comments: ReadonlyMap<number, number>;
  /** Where the text goes on after a comment and all that follow it, by the comment's beginning. */
  readonly goesOn: Map<number, number>;
}

interface Scene {
  readonly file: File;
  readonly texts: Map<Source, Text>;
}

function allowOf(comment: Span, scene: Scene): Allow | undefined {
  const { source } = comment;
  const text = source.text.slice(comment.start, comment.end).trimEnd();
  const match = opening.exec(text);
  if (!match) return undefined;
  const start = comment.start + match.index;
  const from = comment.start + match.index + match[0].length;
  const [head = '', separator] = text.slice(match.index + match[0].length).split(/[ \t](?=--|[–—])/, 2);
  const words = [...head.matchAll(/[^\s,]+/g)].map((word) => {
    const at: Span = { source, start: from + word.index, end: from + word.index + word[0].length };
    return { text: word[0], at };
  });
  const instruction = words[0] ?? { text: '', at: { source, start: from, end: from } };
  const rules = words.slice(1).map(({ text, at }) => ({ id: text, at }));
  const hasReason = separator !== undefined && /[^\s–—-]/.test(separator);
  const wholeFile = instruction.text === 'allow-file';
  const inOrder = instructions.includes(instruction.text) && hasReason;
  const at = { source, start: start + match[0].indexOf('lbcheck'), end: words.at(-1)?.at.end ?? from };
  return {
    comment: { source, start, end: comment.start + text.length },
    at,
    instruction,
    rules,
    hasReason,
    wholeFile,
    cover: inOrder ? coverOf(comment, wholeFile, scene) : undefined,
  };
}

/** The file, the statement that follows, or the line and what of statements stands in it. */
function coverOf(comment: Span, wholeFile: boolean, scene: Scene): Span {
  const { source, start } = comment;
  const { text } = source;
  if (wholeFile) return { source, start: 0, end: text.length };
  const whole = textOf(source, scene);
  const { heads } = whole;
  if (startsLine(text, start)) {
    const next = nextText(comment, whole);
    const line = { source, start: next, end: lineEnd(text, next) };
    const first = heads[countBefore(heads, next)];
    return first && first.name.start <= line.end ? { ...line, end: Math.max(line.end, endOf(first)) } : line;
  }
  const cover = { source, start: lineStart(text, start), end: lineEnd(text, start) };
  // Heads follow each other: the first that ends before the line has none before it that does not.
  for (let at = countBefore(heads, cover.end + 1) - 1; at >= 0; at--) {
    const head = heads[at]!;
    if (headEnd(head) < lineStart(text, start)) break;
    cover.start = Math.min(cover.start, head.name.start);
    cover.end = Math.max(cover.end, headEnd(head));
  }
  return cover;
}

/** What stands in one text of the scene, looked up once for all of its comments. */
function textOf(source: Source, { file, texts }: Scene): Text {
  const known = texts.get(source);
  if (known) return known;
  const heads = [...walk(file.items)]
    .filter((each) => each.source === source)
    .sort((a, b) => a.name.start - b.name.start);
  const own = file.comments.filter((each) => each.source === source);
  const text = { heads, comments: new Map(own.map(({ start, end }) => [start, end])), goesOn: new Map() };
  texts.set(source, text);
  return text;
}

/** How many statements begin before an offset. */
const countBefore = (heads: readonly Directive[], offset: number): number =>
  partitionPoint(heads.length, (at) => heads[at]!.name.start < offset);

/** Where the text after a comment goes on, other comments and blanks passed over. */
function nextText(comment: Span, { comments, goesOn }: Text): number {
  const { text } = comment.source;
  const passed: number[] = [];
  let at = comment.end;
  while (at < text.length && (comments.has(at) || /\s/.test(text[at]!))) {
    const known = goesOn.get(at);
    if (comments.has(at)) passed.push(at);
    at = known ?? comments.get(at) ?? at + 1;
  }
  for (const start of passed) goesOn.set(start, at);
  return at;
}

const headEnd = ({ name, args, close, body }: Directive): number =>
  body === undefined && close >= 0 ? close : (args.at(-1) ?? name).end;

/** The end of a statement with its block. A block that ends in another file, or never, goes on to the end of this one. */
function endOf(directive: Directive): number {
  const { body, close, name, source } = directive;
  if (body === undefined) return headEnd(directive);
  return close > name.start ? close + 1 : source.text.length;
}

/** What the allows of a run have hidden. */
export interface Book {
  /** Whether an allow covers one of the places, for the rule; notes that it was of use. */
  readonly hides: (rule: string, places: readonly Span[]) => boolean;
  /** Whether an allow, or the same comment as another node reads it, has hidden what the rule finds. */
  readonly isUsed: (allow: Allow, rule: string) => boolean;
}

/** Nodes that share a file read it each for itself; its comments are the same to us. */
const keyOf = ({ comment: { source, start, end } }: Allow): string =>
  JSON.stringify([source.path, start, source.text.slice(start, end)]);

/** Opens the book of `allows`. */
export function bookOf(allows: readonly Allow[]): Book {
  const bySource = groupBy(allows, ({ comment }) => comment.source);
  const shelves = remembered((source: Source) =>
    remembered((rule: string) =>
      shelfOf(
        rule,
        (bySource.get(source) ?? []).filter(({ rules }) => rules.some(({ id }) => id === rule)),
      ),
    ),
  );
  const key = once(keyOf);
  const used = new Set<string>();
  const use = (rule: string, hiding: readonly Allow[]): boolean => {
    for (const allow of hiding) used.add(`${rule} ${key(allow)}`);
    return hiding.length > 0;
  };
  const useWide = once(({ rule, wide }: Shelf) => use(rule, wide));
  return {
    hides: (rule, places) => {
      let isHidden = false;
      for (const { source, start } of places) {
        const shelf = shelves(source)(rule);
        if (useWide(shelf)) isHidden = true;
        if (use(rule, [...shelf.covering(start)])) isHidden = true;
      }
      return isHidden;
    },
    isUsed: (allow, rule) => used.has(`${rule} ${key(allow)}`),
  };
}

/** The allows of one file for one rule. */
interface Shelf {
  readonly rule: string;
  /** Those that cover the whole file. */
  readonly wide: readonly Allow[];
  /** The others that cover an offset. */
  readonly covering: (offset: number) => Iterable<Allow>;
}

function shelfOf(rule: string, allows: readonly Allow[]): Shelf {
  const covers = allows
    .flatMap((allow) => (allow.cover && !allow.wholeFile ? [{ allow, ...allow.cover }] : []))
    .sort((a, b) => a.start - b.start);
  // How far those up to each reach.
  const reach: number[] = [];
  for (const { end } of covers) reach.push(Math.max(end, reach.at(-1) ?? 0));
  return {
    rule,
    wide: allows.filter(({ cover, wholeFile }) => cover && wholeFile),
    *covering(offset) {
      let at = partitionPoint(covers.length, (at) => covers[at]!.start <= offset) - 1;
      for (; at >= 0 && reach[at]! >= offset; at--) if (covers[at]!.end >= offset) yield covers[at]!.allow;
    },
  };
}

/** The comments of all nodes, each once, with what `effectOf` says of each rule they name; `ids` are the rules there are. */
export const suppressionsOf = (
  allows: readonly Allow[],
  ids: readonly string[],
  effectOf: (allow: Allow, rule: string) => AllowedRule['effect'],
): readonly Suppression[] =>
  grouped(allows, keyOf).map(([first]) => suppressionOf(first, ids, (rule) => effectOf(first, rule)));

function suppressionOf(
  { comment, at, instruction, rules, hasReason, wholeFile }: Allow,
  ids: readonly string[],
  effectOf: (id: string) => AllowedRule['effect'],
): Suppression {
  const meant = instructions.includes(instruction.text)
    ? undefined
    : suggest(instruction.text, instructions)?.word;
  return {
    at,
    instruction: { ...instruction, meant },
    rules: rules.map(({ id, at }) => {
      const known = ids.includes(id);
      return {
        id,
        at,
        known,
        meant: known ? undefined : suggest(id, ids)?.word,
        effect: effectOf(id),
      };
    }),
    hasReason,
    wholeFile,
    removal: removalOf(comment),
  };
}

function removalOf({ source, start, end }: Span): Edit {
  const { text } = source;
  if (startsLine(text, start)) {
    const after = lineEnd(text, end);
    return { source, start: lineStart(text, start), end: Math.min(after + 1, text.length), text: '' };
  }
  let from = start;
  while (text[from - 1] === ' ' || text[from - 1] === '\t') from--;
  return { source, start: from, end, text: '' };
}
