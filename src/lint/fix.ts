/** Which fixes go together, and what they make of a text. */
import type { TextEdit } from './diagnostic.ts';

/** The edits of one fix: all of them, or none. */
export type Edits = readonly TextEdit[];

/**
 * The fixes that can be applied at once: of two that touch each other the first stands, and the other waits for another
 * pass. Fixes that share an edit go together: nodes share files, and one mistake can be found in two ways.
 */
export function compatible<T extends { readonly edits: Edits }>(fixes: readonly T[]): readonly T[] {
  const taken = new Map<string, TextEdit[]>();
  return fixes.filter(({ edits }) => {
    const clashes = edits.some((edit) =>
      (taken.get(edit.file) ?? []).some((other) => touch(edit, other) && !isSame(edit, other)),
    );
    if (clashes) return false;
    for (const edit of edits) {
      const own = taken.get(edit.file);
      if (own) own.push(edit);
      else taken.set(edit.file, [edit]);
    }
    return true;
  });
}

const touch = (a: TextEdit, b: TextEdit): boolean =>
  isBefore(a.line, a.column, b.endLine, b.endColumn) && isBefore(b.line, b.column, a.endLine, a.endColumn);

const isBefore = (line: number, column: number, otherLine: number, otherColumn: number): boolean =>
  line < otherLine || (line === otherLine && column <= otherColumn);

const keyOf = ({ line, column, endLine, endColumn, text }: TextEdit): string =>
  JSON.stringify([line, column, endLine, endColumn, text]);

const isSame = (a: TextEdit, b: TextEdit): boolean => keyOf(a) === keyOf(b);

/** `text` with edits of compatible() fixes applied, all of this one file. */
export function applyEdits(text: string, edits: Edits): string {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const offset = (line: number, column: number): number =>
    Math.min((starts[line - 1] ?? text.length) + column - 1, text.length);
  const ranges = [...new Map(edits.map((edit) => [keyOf(edit), edit])).values()]
    .map((edit) => ({
      start: offset(edit.line, edit.column),
      end: offset(edit.endLine, edit.endColumn),
      text: edit.text,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let done = 0;
  for (const { start, end, text: replacement } of ranges) {
    result += text.slice(done, start) + replacement;
    done = end;
  }
  return result + text.slice(done);
}
