/** One cause, one finding: what a word is wrong for by itself is not told again as a difference between the nodes. */
import type { Source, Span } from '../../grammar/text.ts';
import type { Ground } from '../model/located.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Rule, type Scope, weights } from './rule.ts';

/** A finding with its places, its own first. */
export interface Told {
  readonly rule: Rule;
  readonly places: readonly Span[];
  /** Where it says itself what it rests on: for each of its parts. */
  readonly grounds: readonly (readonly Ground[])[] | undefined;
  /** A comment hides it; what it explains stays explained, so that no comment brings a finding to light. */
  readonly isAllowed: boolean;
  readonly diagnostic: Diagnostic;
}

/** What a file says by itself comes before what nodes say together, and that before what a machine makes of it. */
const order: Readonly<Record<Scope, number>> = {
  syntax: 0,
  keepalived: 0,
  nginx: 0,
  suppression: 0,
  cluster: 1,
  fleet: 1,
  node: 2,
};

/**
 * The findings without those at whose place, or whose counterpart's, a finding of an earlier scope stands that weighs no
 * less; or one of several nodes that weighs more, about the very same words. Whoever mends that one has most often mended
 * both, and else sees the rest in the next run.
 */
export function unexplained(told: readonly Told[]): readonly Told[] {
  // A run of one file has nothing but first causes.
  if (!told.some((each) => isOfSeveral(each) || each.grounds)) return told;
  // What differs between one node and a thousand stands there a thousand times, and explains what it explains once.
  const kinds = new Map<Source, Map<string, Kind>>();
  const kindOf = ({ rule, diagnostic }: Told, at: Ground): Kind => {
    const ofSource = kinds.get(at.source) ?? new Map<string, Kind>();
    kinds.set(at.source, ofSource);
    const [rank, weight] = [order[rule.scope], weights[diagnostic.severity]];
    const key = `${at.start} ${at.end} ${rank} ${weight} ${at.lacks} ${at.isStray}`;
    const kind = ofSource.get(key) ?? { at, rank, weight };
    ofSource.set(key, kind);
    return kind;
  };
  const parts = told.map((each) => groundsOf(each).map((part) => part.map((at) => kindOf(each, at))));
  const explained = new Set([...kinds.values()].flatMap((ofSource) => explainedIn([...ofSource.values()])));
  return told.filter((_, index) => {
    const own = parts[index]!;
    return own.length === 0 || !own.every((part) => part.some((kind) => explained.has(kind)));
  });
}

/** What findings that explain the same have in common: what they rest on, how early they come, how heavy they are. */
interface Kind {
  readonly at: Ground;
  readonly rank: number;
  readonly weight: number;
}

/** Those of one file that others of it explain. */
function explainedIn(kinds: readonly Kind[]): readonly Kind[] {
  const near = new Map<string, Kind[]>();
  for (const kind of kinds) {
    for (const shelf of shelvesOf(kind.at)) {
      const list = near.get(shelf);
      if (list) list.push(kind);
      else near.set(shelf, [kind]);
    }
  }
  return kinds.filter((kind) =>
    neighboursOf(kind.at).some((shelf) => near.get(shelf)?.some((cause) => explains(cause, kind))),
  );
}

/**
 * What the parts of a finding rest on: its own place; for a difference of two nodes the other's, too. One of many places
 * stands for itself, and what says that something is absent has nothing to do with the words where it could be.
 */
function groundsOf(told: Told): readonly (readonly Ground[])[] {
  const { grounds, places, rule } = told;
  if (grounds) return grounds;
  if (rule.absence || (isOfSeveral(told) && places.length > 2)) return [];
  return [isOfSeveral(told) ? places : places.slice(0, 1)];
}

/** Where a ground is filed, so that only those are compared that may meet: a hostile file has all its findings on one line. */
function shelvesOf(at: Ground): readonly string[] {
  const { start, lacks } = at;
  if (lacks === undefined) return stretchesOf(at);
  return [`${start} ${lacks}`, ...kindsOf(lacks).map((kind) => `${start} ${kind} …`)];
}

/** The shelves of those that may meet it: the same, the kinds that it is one of, and those that are of its kind. */
function neighboursOf(at: Ground): readonly string[] {
  const { start, lacks } = at;
  if (lacks === undefined) return stretchesOf(at);
  return [lacks, ...kindsOf(lacks), `${lacks} …`].map((shelf) => `${start} ${shelf}`);
}

/** Kinds have few words; a name of hostile text may have a million. */
const mostWords = 4;

/** What a name is one of: `server 10.0.1.11:8080` is `server`, and anything is what has no name. */
function kindsOf(name: string): readonly string[] {
  const found = name === '' ? [] : [''];
  for (let at = name.indexOf(' '); at >= 0 && found.length <= mostWords; at = name.indexOf(' ', at + 1))
    found.push(name.slice(0, at));
  return found;
}

/** The stretches of a file that a place lies in. Nothing that two findings have in common is longer than sixteen. */
function stretchesOf({ start, end }: Span): readonly string[] {
  const found: string[] = [];
  for (let at = start >> 8; at <= Math.min(end, start + 4096) >> 8; at++) found.push(`${at}`);
  return found;
}

const isOfSeveral = ({ rule }: Told): boolean => order[rule.scope] > 0;

function explains(cause: Kind, each: Kind): boolean {
  if (!meet(cause.at, each.at)) return false;
  const lighter = each.weight - cause.weight;
  if (cause.rank < each.rank || (cause.at.isStray && !each.at.isStray)) return lighter >= 0;
  return cause.rank > 0 && lighter > 0 && (cause.at.lacks !== undefined || isSame(cause.at, each.at));
}

/**
 * Words that overlap, or lacks of one block: `server` is what `server 10.0.1.11:8080` is one of, and a stray line without a
 * name may be anything.
 */
function meet(a: Ground, b: Ground): boolean {
  if (a.lacks === undefined || b.lacks === undefined)
    return a.lacks === b.lacks && a.start < b.end && b.start < a.end;
  return a.start === b.start && (isOneOf(a.lacks, b.lacks) || isOneOf(b.lacks, a.lacks));
}

const isOneOf = (name: string, kind: string): boolean =>
  kind === '' || name === kind || name.startsWith(`${kind} `);

const isSame = (a: Span, b: Span): boolean => a.start === b.start && a.end === b.end;
