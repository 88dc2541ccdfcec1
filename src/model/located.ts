/** Values that know where they were written. */
import type { Span } from '../../grammar/text.ts';

/** A value and the place that gives it. */
export interface Located<T> {
  readonly value: T;
  readonly at: Span;
}

/**
 * A value that always holds, written or not. `written` values stand at `at`; a default stands where its block begins.
 * The value is undefined where it cannot be known: a template's blank, an unreadable include, nothing that could be meant.
 */
export interface Setting<T> extends Located<T | undefined> {
  readonly written: boolean;
}

/** Words that a fact rests on; or that the block which begins there has no `lacks`: `priority`, `proxy_set_header host`. */
export interface Ground extends Span {
  readonly lacks?: string;
  /** A line elsewhere may have been meant to be what the block lacks; with an empty name, to be whatever it lacks. */
  readonly isStray?: boolean;
}

/** Whether a line that no keyword begins is likely the rest of one that lost it: a value, and no word for a setting. */
export const isRemnant = (name: string, args: readonly unknown[]): boolean =>
  args.length === 0 || !/^[a-z][a-z_]*$/.test(name);

/** Where a setting is said, or that nobody says it in the block where it could be. */
export const groundOf = ({ at, written }: Setting<unknown>, name: string): Ground =>
  written ? at : { ...at, lacks: name };

export const located = <T>(value: T, at: Span): Located<T> => ({ value, at });
