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

export const located = <T>(value: T, at: Span): Located<T> => ({ value, at });
