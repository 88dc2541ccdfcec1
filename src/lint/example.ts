/**
 * Examples of rules: configuration with the findings marked in it. Under a line, a line of blanks and carets marks a
 * stretch and gives the message; it is taken out before the text is read.
 */
import type { Files } from './rule.ts';

/** A finding as an example marks it: 1-based line, columns with the end exclusive. */
export interface Mark {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly message: string;
}

/** The files of an example without their marks, and the marks. */
export interface Marked {
  readonly files: Readonly<Record<string, string>>;
  readonly marks: readonly Mark[];
}

const caretLine = /^([ \t]*)(\^+) (.+)$/;

/** Takes an example apart; a lone text becomes the file `lone`. */
export function marked(files: Files, lone: string): Marked {
  const marks: Mark[] = [];
  const result: Record<string, string> = {};
  for (const [file, text] of Object.entries(typeof files === 'string' ? { [lone]: files } : files)) {
    const lines: string[] = [];
    for (const line of dedent(text).split('\n')) {
      const match = caretLine.exec(line);
      if (!match) {
        lines.push(line);
        continue;
      }
      const [, blanks, carets, message] = match as unknown as [string, string, string, string];
      const column = blanks.length + 1;
      marks.push({ file, line: lines.length, column, endColumn: column + carets.length, message });
    }
    result[file] = lines.join('\n');
  }
  return { files: result, marks };
}

/** A template literal's text without its first line break and its common indentation. */
export function dedent(text: string): string {
  if (!text.startsWith('\n')) return text;
  const lines = text.slice(1).split('\n');
  const indents = lines
    .filter((line) => line.trim() !== '' && !caretLine.test(line))
    .map((line) => /^ */.exec(line)![0].length);
  const common = Math.min(...indents, 40);
  return lines
    .map((line) => line.slice(Math.min(common, line.length)))
    .join('\n')
    .replace(/\n[ \t]*$/, '\n');
}
