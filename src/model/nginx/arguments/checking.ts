/** What the checks of arguments have to go by, and the judgements they share. */
import type { Span } from '../../../../grammar/text.ts';
import type { Word } from '../../../../grammar/tree.ts';
import { suggest } from '../../suggest.ts';
import type { Version } from '../../version.ts';
import type { Statement } from '../statement.ts';
import { meantValue, oneOf, rejection, type Slot, shown } from '../values.ts';

/** One word that nginx does not take. */
export interface ArgumentFault {
  readonly at: Span;
  /** The fact, with its values. */
  readonly says: string;
  /** What was evidently meant, and stands for the whole word. */
  readonly meant?: string;
  /** Something else may have been meant. */
  readonly isDoubtful?: boolean;
  /** Where nginx takes it: what was meant does not happen (`warning`), or it makes no difference (`info`). */
  readonly severity?: 'warning' | 'info';
  readonly help?: string;
  /** A variable in the word, `{name}` or `name`: where nothing defines it, something else may be meant to fill it in. */
  readonly reads?: string;
  /** The word is nothing that the directive knows, nor near to it. */
  readonly isForeign?: true;
}

/** What a fault may say beyond the fact. */
export type Extra = Omit<ArgumentFault, 'at' | 'says'>;

/** What a check has to go by. */
export interface Checking {
  readonly statement: Statement;
  readonly args: readonly Word[];
  readonly version: Version;
  readonly report: (word: Word | undefined, says: string, extra?: Extra) => void;
}

export type Check = (checking: Checking) => void;

/** Reports a word that its slot does not take. */
export function judge(subject: string, word: Word, slot: Slot, report: Checking['report']): void {
  const { text } = word;
  const expected = rejection(text, slot);
  if (expected === undefined) return;
  if (text.includes('$')) {
    report(word, `${subject} takes no variables, so ${shown(text)} is not ${expected}`);
    return;
  }
  const meant = meantValue(text, slot);
  const what = text === '' ? 'empty' : shown(text);
  report(word, `${subject} is ${what}, not ${expected}`, meant === undefined ? {} : { meant });
}

export const counted =
  (subject: string, slot: Slot): Check =>
  ({ args, report }) => {
    if (args[0]) judge(subject, args[0], slot, report);
  };

/** A word that must be one of these, in this case. */
export const literal = (
  word: Word | undefined,
  values: readonly string[],
  of: string,
  report: Checking['report'],
): void => {
  if (!word || values.includes(word.text)) return;
  const near = suggest(word.text, values);
  const meant =
    near?.certain || values.includes(word.text.toLowerCase()) ? (near?.word ?? values[0]) : undefined;
  report(word, `${of} is ${shown(word.text)}, not ${oneOf(values)}`, meant === undefined ? {} : { meant });
};

export const bytes = (size: string): number =>
  Number.parseInt(size, 10) * (/k$/i.test(size) ? 1024 : /m$/i.test(size) ? 1024 * 1024 : 1);
