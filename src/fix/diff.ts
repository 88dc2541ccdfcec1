/** Differences in the form that `git apply` and `patch -p1` take. */
import { structuredPatch } from 'diff';

/** A file before and after. */
export interface Versions {
  /** As it is shown. */
  readonly file: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/**
 * The unified diff of a file. It is made of bytes, as files are: line ends and encodings stay what they are, and a path
 * beginning with `/` counts from there (`patch -p1 -d /`).
 */
export function unifiedDiff({ file, before, after }: Versions): Uint8Array {
  // Every byte as one character.
  const [old, now] = [before, after].map((bytes) => Buffer.from(bytes).toString('latin1'));
  const { hunks } = structuredPatch('', '', old!, now!, undefined, undefined, { context: 3 });
  const range = (start: number, count: number): string =>
    count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;
  const body = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines,
  ]);
  const path = file.replace(/^\/+/, '');
  const head = [`--- ${quoted(`a/${path}`)}`, `+++ ${quoted(`b/${path}`)}`];
  return Buffer.concat([
    Buffer.from(`${head.join('\n')}\n`, 'utf8'),
    Buffer.from(`${body.join('\n')}\n`, 'latin1'),
  ]);
}

/** As git writes names: in quotes where a character would end or change them, and with a tab after one with blanks. */
function quoted(name: string): string {
  if (!/[\0-\x1f\x7f"\\]/.test(name)) return name.includes(' ') ? `${name}\t` : name;
  const escaped = name.replace(/[\0-\x1f\x7f"\\]/g, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}
