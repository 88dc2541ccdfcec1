/** Where statements of nginx may stand, by the tables: what the body of each block is read as, and what a whole file is. */
import type { Knowledge, Path } from '../balance.ts';
import { headless } from '../headless.ts';
import { bodyContext, type Entries, type Variant, variants } from '../tables/directives.ts';
import { lineEnd, type Span } from '../text.ts';
import { type Directive, type File, type Oddity, type Word, wordSpan } from '../tree.ts';
import { isOutside } from './location.ts';

/** What the body of a block may be read as. */
export interface Place {
  /** More than one where a fragment leaves it open, none where nobody knows. */
  readonly contexts: readonly string[];
  /** The lines of a block of data, such as `map`. */
  readonly entries: Entries | undefined;
}

/** Whether a directive can have so many arguments. */
export const takes = ({ min, max, counts }: Variant, count: number): boolean =>
  counts ? counts.includes(count) : min <= count && count <= max;

/** The variants that may stand at a place; all of them where the place is unknown. */
export function admitted({ contexts, entries }: Place, name: Word): readonly Variant[] {
  if (entries) return [];
  const all = variants(name.text);
  if (contexts.length === 0) return all;
  return all.filter((variant) =>
    variant.contexts.some((context) => context === 'any' || contexts.includes(context)),
  );
}

/** The place in the body of a block that begins with a name. */
export function inside(place: Place, name: Word): Place {
  const isBlock = ({ body }: Variant): boolean => body !== 'leaf';
  const here = admitted(place, name).filter(isBlock);
  // In the wrong place it still means what it means.
  const read = here.length > 0 ? here : variants(name.text).filter(isBlock);
  const contexts = new Set<string>();
  for (const variant of read) {
    if (variant.body !== 'directives') continue;
    for (const context of variant.contexts) {
      if (here.length === 0 || place.contexts.length === 0 || place.contexts.includes(context)) {
        contexts.add(bodyContext(variant, context));
      }
    }
  }
  return { contexts: [...contexts], entries: read.find(({ entries }) => entries)?.entries };
}

/** What may stand where the `{` at the end of a line was meant, with the comment behind it. */
const insteadOfBrace = /^\s*(?:[:=(<[]|[-=]>|do|then)?\s*(?:#.*)?$/;

/** Whether a word at the end of a line may stand in place of the `{` that was meant. */
export const isInsteadOfBrace = ({ text, quote }: Word): boolean => !quote && insteadOfBrace.test(text);

/** Directives that can only stand in a main file. */
const mainBlocks = new Set(['http', 'events', 'stream', 'mail']);

/** Enough statements to see what a fragment is a fragment of. */
const sample = 200;

/** The contexts that a file's first level may be read in: where most of its directives may stand. */
export function rootContexts(file: Pick<File, 'items' | 'context'> & Partial<File>): readonly string[] {
  const { items, context } = file;
  if (items.some(({ name, body }) => body && mainBlocks.has(name.text))) return ['main'];
  if (context !== undefined) return [context];
  const votes = new Map<string, number>();
  for (const { source, name, args, body } of firstLevel(file)) {
    const known = variants(name.text);
    // `server` alone on its line lost its brace, and what follows stands inside.
    const isUnopened =
      !body &&
      args.length > 0 &&
      insteadOfBrace.test(source.text.slice(name.end, lineEnd(source.text, name.end)));
    const heads = isUnopened ? known.filter((each) => each.body === 'directives' && takes(each, 0)) : [];
    if (heads.length > 0) {
      for (const context of heads.flatMap(({ contexts }) => contexts))
        votes.set(context, (votes.get(context) ?? 0) + 1);
      break;
    }
    // `Server` is a slip that still shows where the fragment stands.
    const meant = known.length > 0 ? known : variants(name.text.toLowerCase());
    const fitting = meant.filter((variant) => (variant.body === 'leaf') === !body);
    const voting = new Set(fitting.filter((v) => takes(v, args.length)).flatMap(({ contexts }) => contexts));
    for (const context of voting) if (context !== 'any') votes.set(context, (votes.get(context) ?? 0) + 1);
  }
  // Whatever stands beside a server, behind a brace too many perhaps, a server stands in no other.
  const hasServer = items.some(({ name, args, body }) => body && name.text === 'server' && args.length === 0);
  const may = (context: string): boolean => !hasServer || /^(?:http|stream|mail|rtmp)$/.test(context);
  const possible = [...votes].filter(([context]) => may(context));
  const most = Math.max(0, ...possible.map(([, count]) => count));
  return possible.filter(([, count]) => count === most).map(([context]) => context);
}

/** The first statements of a file, without those that stood in a block of which the head is lost. */
function firstLevel({ items, oddities = [] }: Pick<File, 'items'> & Partial<File>): readonly Directive[] {
  const first = items.slice(0, sample);
  const isHeadless = headless([{ oddities }]);
  const own = isHeadless ? first.filter((each) => !isHeadless(wordSpan(each, each.name))) : first;
  return own.length > 0 ? own : first;
}

/** The places in the file with these statements, each found once. */
export function placesIn(file: Pick<File, 'items' | 'context'>): (path: Path | undefined) => Place {
  let root: Place | undefined;
  const places = new WeakMap<Path, Place>();
  return (path) => {
    const missing: Path[] = [];
    let known = path;
    for (; known && !places.has(known); known = known.outer) missing.push(known);
    root ??= { contexts: rootContexts(file), entries: undefined };
    let place = known ? places.get(known)! : root;
    for (const step of missing.reverse()) {
      place = inside(place, step.block.name);
      places.set(step, place);
    }
    return place;
  };
}

/** What is known of the statements of that file. */
export function knowledgeOf(file: Pick<File, 'items' | 'context'>): Knowledge {
  const placeOf = placesIn(file);
  return {
    fits: (path, statement) => fits(placeOf(path), path, statement),
    opensNothing: (path, statement, brace) => opensNothing(placeOf(path), statement, brace),
  };
}

function fits(
  { contexts, entries }: Place,
  path: Path | undefined,
  statement: Directive,
): boolean | undefined {
  const known = variants(statement.name.text).filter(
    ({ body }) => (body === 'leaf') === (statement.body === undefined),
  );
  if (known.length === 0) return undefined;
  if (entries) return statement.body ? false : undefined;
  if (contexts.length === 0) return undefined;
  const stands = known.some((variant) => variant.contexts.some((c) => c === 'any' || contexts.includes(c)));
  // Whatever includes a fragment decides what may stand on its first level.
  if (!path) return stands || (contexts[0] === 'main' ? false : undefined);
  const areLocations = [statement, path.block].every(({ name }) => name.text === 'location');
  return stands && !(areLocations && isOutside(statement, path.block));
}

/** What is odd about a brace after a statement which can only end in a semicolon. */
function opensNothing(place: Place, { name, args }: Directive, at: Span): Oddity | undefined {
  // Whatever the words of a line of data are, unless a block was meant to stand behind the data.
  const known = place.entries
    ? variants(name.text).filter((variant) => takes(variant, args.length))
    : admitted(place, name);
  const isLeaf = known.every((variant) => variant.body === 'leaf' && takes(variant, args.length));
  if (!isLeaf || (known.length === 0 && !place.entries)) return undefined;
  const { source, end } = at;
  const other = { source, start: name.start, end: name.end };
  const edits = [{ source, start: (args.at(-1) ?? name).end, end, text: ';' }];
  return { kind: 'missing-semicolon', at, what: name.text, other, edits };
}
