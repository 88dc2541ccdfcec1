/** What a text with variables may be: its parts and where each is from. */
import type { Carrier } from '../../../../grammar/tables/variables.ts';
import type { Span } from '../../../../grammar/text.ts';
import { all, type Charset, charsOf, none } from '../charset.ts';
import type { Pattern } from '../pattern.ts';

/** A place that a text went through, in words. */
export interface Step {
  readonly at: Span;
  readonly note: string;
}

/** A group of a pattern, whose match a text is. */
interface Cut {
  readonly pattern: Pattern;
  readonly number: number;
}

/** A stretch of a text with one origin. */
export interface Part {
  /** Written in the file; chosen by a client; by nginx or others, from few characters; nobody knows. */
  readonly kind: 'text' | 'client' | 'fixed' | 'unknown';
  /** What is written; empty of the others. */
  readonly text: string;
  readonly chars: Charset;
  readonly first: Charset;
  readonly canBeEmpty: boolean;
  /** It can hold `..` as a step upwards. */
  readonly climbs: boolean;
  /** nginx decoded it. */
  readonly decoded: boolean;
  readonly carrier: Carrier | undefined;
  /** The variable that it is from, in small letters without `$`. */
  readonly variable: string;
  /** From its origin to where it is used, both left out. */
  readonly trail: readonly Step[];
  /** The groups that cut it out, the first one first. */
  readonly cuts: readonly Cut[];
  /** It is `$1` to `$9` in the very text that was asked for. */
  readonly isNumbered: boolean;
}

/** One of the texts that it may be. */
export type Outcome = readonly Part[];

/** Most outcomes that are followed: of more texts that it may be, some are left out. */
export const mostOutcomes = 64;

/** Most stretches of a text that are told apart. */
export const mostParts = 24;

/** Of more lines that may have made a text what it is, the last ones count. */
export const mostMakers = 16;

/** A trail and one more step, as long as a reader would follow it. */
export const longer = (trail: readonly Step[], step: Step): readonly Step[] =>
  trail.length < 12 ? [...trail, step] : trail;

/** A part of a kind; what is not said of it is empty. */
export const part = (kind: Part['kind'], facts: Partial<Part> = {}): Part => ({
  kind,
  text: '',
  chars: none,
  first: none,
  canBeEmpty: true,
  climbs: false,
  decoded: false,
  carrier: undefined,
  variable: '',
  trail: [],
  cuts: [],
  isNumbered: false,
  ...facts,
});

/** A part that is written in the file. */
export const textPart = (text: string): Part =>
  part('text', { text, chars: charsOf(text), first: charsOf(text.slice(0, 1)), canBeEmpty: text === '' });
/** Nobody knows what it is. */
export const unknown: readonly Outcome[] = [[part('unknown', { chars: all, first: all })]];
/** It is nothing. */
export const empty: readonly Outcome[] = [[]];

/** Outcomes of nothing but text need not all be kept: no question tells them apart in numbers. */
export const shortened = (outcomes: readonly Outcome[]): readonly Outcome[] => {
  if (outcomes.length <= mostOutcomes) return outcomes;
  const open = outcomes.filter((outcome) => outcome.some(({ kind }) => kind !== 'text'));
  return [...open, ...outcomes].slice(0, mostOutcomes);
};

/** Every text of the first, and then one of the second. */
export function joined(before: readonly Outcome[], after: readonly Outcome[]): readonly Outcome[] {
  if (before === empty) return after;
  const found: Outcome[] = [];
  for (const a of before) {
    for (const b of after) {
      // Of what is put together again and again nobody wants every part.
      found.push(a.length + b.length > mostParts ? unknown[0]! : [...a, ...b]);
      if (found.length === mostOutcomes) return found;
    }
  }
  return found;
}

/** A text after one more step. */
export const marked = (outcome: Outcome, step: Step): Outcome =>
  outcome.map((each) => ({ ...each, trail: longer(each.trail, step), isNumbered: false }));

/** The part of a text that a client has most say in: what a group of a pattern takes is taken from it. */
export const subjectOf = (outcomes: readonly Outcome[]): Part | undefined => {
  const parts = outcomes.flat();
  return (
    parts.find(({ kind, chars }) => kind === 'client' && (chars & charsOf('\n')) !== none) ??
    parts.find(({ kind }) => kind === 'client') ??
    parts.find(({ kind }) => kind === 'unknown') ??
    parts[0]
  );
};

/** What stands before the query. */
export function pathOf(outcome: Outcome): Outcome {
  const query = outcome.findIndex(({ text, variable }) => text.includes('?') || variable === 'is_args');
  if (query < 0) return outcome;
  const [text = ''] = outcome[query]!.text.split('?');
  return text === '' ? outcome.slice(0, query) : [...outcome.slice(0, query), textPart(text)];
}
