/** Differences in the form that `git apply` and `patch -p1` take. */
import { structuredPatch } from 'diff';

/** A file before and after. */
export interface Versions {
  /** As it is shown. */
  readonly file: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Lines that hold secrets, as they may be shown, by their numbers from 1 on. */
export type Masked = ReadonlyMap<number, string>;

/** A difference as it may be shown. */
export interface Patch {
  readonly bytes: Uint8Array;
  /** Some line is masked, so that it can be read and not be applied. */
  readonly isMasked: boolean;
}

/** Lines around a change; fewer where that leaves a secret out. One is what `git apply` wants. */
const contexts = [3, 2, 1] as const;

/**
 * The unified diff of a file. It is made of bytes, as files are: line ends and encodings stay what they are, and a path
 * beginning with `/` counts from there (`patch -p1 -d /`). Only the lines of secrets are not what they are.
 */
export function unifiedDiff({ file, before, after }: Versions, old: Masked, now: Masked): Patch {
  const tries = contexts.map((context) => hunksOf(before, after, context, old, now));
  const { lines, isMasked } = tries.find((each) => !each.isMasked) ?? tries[0]!;
  const path = file.replace(/^\/+/, '');
  const head = [`--- ${quoted(`a/${path}`)}`, `+++ ${quoted(`b/${path}`)}`];
  const bytes = Buffer.concat([
    Buffer.from(`${head.join('\n')}\n`, 'utf8'),
    Buffer.from(`${lines.join('\n')}\n`, 'latin1'),
  ]);
  return { bytes, isMasked };
}

/** The changes with some lines around them, every byte as one character. */
function hunksOf(
  before: Uint8Array,
  after: Uint8Array,
  context: number,
  old: Masked,
  now: Masked,
): { readonly lines: readonly string[]; readonly isMasked: boolean } {
  const [a, b] = [before, after].map((bytes) => Buffer.from(bytes).toString('latin1'));
  const { hunks } = structuredPatch('', '', a!, b!, undefined, undefined, { context });
  const range = (start: number, count: number): string =>
    count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;
  let isMasked = false;
  const lines = hunks.flatMap((hunk) => {
    const { oldStart, oldLines, newStart, newLines } = hunk;
    let [oldLine, newLine] = [oldStart, newStart];
    const shown = hunk.lines.map((line) => {
      const sign = line.charAt(0);
      const masked = sign === '+' ? now.get(newLine) : sign === '\\' ? undefined : old.get(oldLine);
      if (sign !== '+' && sign !== '\\') oldLine++;
      if (sign !== '-' && sign !== '\\') newLine++;
      if (masked === undefined) return line;
      isMasked = true;
      return sign + Buffer.from(masked).toString('latin1');
    });
    return [`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`, ...shown];
  });
  return { lines, isMasked };
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
