/** Applying the edits of fixes to texts. */
import type { TextEdit } from './diagnostic.ts';

/** Offset of a 1-based line and column in `text`. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let n = 1; n < line; n++) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}

/**
 * `text` with `edits` applied, all of which are of this one file and none of which may touch another: of edits that
 * overlap the first stands, and the rest wait for another pass.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ranges = edits
    .map((edit) => ({
      start: offsetOf(text, edit.line, edit.column),
      end: offsetOf(text, edit.endLine, edit.endColumn),
      text: edit.text,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let done = 0;
  for (const { start, end, text: replacement } of ranges) {
    if (start < done) continue;
    result += text.slice(done, start) + replacement;
    done = end;
  }
  return result + text.slice(done);
}
