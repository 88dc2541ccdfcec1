/** A file's text, places in it, and the way from bytes to text and back. */
import { isUtf8 } from 'node:buffer';
import { partitionPoint } from './partition.ts';

/** How the bytes were read. `bytes` keeps each byte as one code unit, for text in an encoding nobody named. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'bytes';

/** One file as read. Offsets everywhere are UTF-16 code units into `text`. */
export interface Source {
  /** As it is shown: relative to the working directory where it lies below it, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly encoding: Encoding;
  /** Where it was read: an absolute path, or `-` for standard input; undefined where no file of its own holds it. */
  readonly origin: string | undefined;
}

/** A stretch of one source, end exclusive. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** 1-based line and column, the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export const source = (
  path: string,
  text: string,
  encoding: Encoding = 'utf-8',
  origin: string | undefined = undefined,
): Source => ({ path, text, encoding, origin });

/**
 * The text of `bytes`. UTF-16 only with its mark; else UTF-8 where every byte is valid, else byte for byte. The daemons
 * read bytes, so no byte may be lost or change a neighbour. A mark stays in the text: it is an oddity to report.
 */
export function decode(bytes: Uint8Array): { text: string; encoding: Encoding } {
  if (bytes.length % 2 === 0 && bytes.length >= 2) {
    const mark = (bytes[0]! << 8) | bytes[1]!;
    if (mark === 0xfffe || mark === 0xfeff) {
      const encoding = mark === 0xfffe ? 'utf-16le' : 'utf-16be';
      // Half a pair of surrogates stays what it is, where a TextDecoder would replace it.
      const units =
        encoding === 'utf-16le'
          ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
          : Buffer.from(bytes).swap16();
      return { text: units.toString('utf16le'), encoding };
    }
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(buffer)
    ? { text: buffer.toString('utf8'), encoding: 'utf-8' }
    : { text: buffer.toString('latin1'), encoding: 'bytes' };
}

/** The bytes of `text`, the inverse of decode(). */
export function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  if (encoding === 'bytes') return Buffer.from(text, 'latin1');
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
}

const lineStarts = new WeakMap<Source, readonly number[]>();

function startsOf(source: Source): readonly number[] {
  let starts = lineStarts.get(source);
  if (!starts) {
    // Both daemons count line feeds only; a file with lone carriage returns is one line to them.
    const found = [0];
    for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1))
      found.push(at + 1);
    lineStarts.set(source, found);
    starts = found;
  }
  return starts;
}

/** Line and column of an offset. */
export function position(source: Source, offset: number): Position {
  const starts = startsOf(source);
  const line = partitionPoint(starts.length, (at) => starts[at]! <= offset);
  return { line, column: offset - starts[line - 1]! + 1 };
}

/** Characters of a line in which bytes are counted: many findings in one line of megabytes would take forever. */
const countable = 10_000;

/** 1-based column in bytes of the file, of an offset and its column; undefined in a line too long to count in. */
export function byteColumn({ text, encoding }: Source, offset: number, column: number): number | undefined {
  if (column > countable) return undefined;
  if (encoding === 'utf-8') return Buffer.byteLength(text.slice(offset - column + 1, offset)) + 1;
  return encoding === 'bytes' ? column : 2 * column - 1;
}

/** The stretch of a 1-based line, without its line end. */
export function lineSpan(source: Source, line: number): Span {
  const starts = startsOf(source);
  const start = starts[line - 1] ?? source.text.length;
  let end = line < starts.length ? starts[line]! - 1 : source.text.length;
  if (end > start && source.text[end - 1] === '\r') end--;
  return { source, start, end: Math.max(start, end) };
}

/** Offset at which the line of `offset` begins. */
export const lineStart = (text: string, offset: number): number =>
  offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;

/** Offset of the line feed that ends the line of `offset`, or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at;
}

/** Whether only blanks stand before `offset` on its line. */
export function startsLine(text: string, offset: number): boolean {
  // Backwards and no further than needed: a file may be one line of megabytes.
  for (let at = offset - 1; at >= 0; at--) {
    const character = text[at];
    if (character === '\n') return true;
    if (character !== ' ' && character !== '\t' && character !== '\r' && character !== '\uFEFF') return false;
  }
  return true;
}

/** Columns of blanks before a statement or brace that is first on its line; undefined for one that is not. */
export function indentation({ text }: Source, at: number): number | undefined {
  let start = at;
  while (start > 0 && ' \t\r\uFEFF'.includes(text[start - 1]!)) start--;
  if (start > 0 && text[start - 1] !== '\n') return undefined;
  let column = 0;
  for (let i = start; i < at; i++) column += text[i] === '\t' ? 8 - (column % 8) : 1;
  return column;
}
