/** The door of mending: checks, applies what fixes there are, and checks again until there is nothing left to do. */
import { createHash } from 'node:crypto';
import { groupBy } from '../../grammar/group-by.ts';
import { decode, encode } from '../../grammar/text.ts';
import type { Diagnostic, Report } from '../lint/diagnostic.ts';
import { applyEdits, compatible } from '../lint/fix.ts';
import type { FileSystem } from '../load/disk.ts';
import { isBelow } from '../load/reader.ts';
import { snapshot } from '../load/snapshot.ts';

export { unifiedDiff } from './diff.ts';
export { type Failure, replaceFile } from './write.ts';

/** Standard input among the origins. */
export const stdinOrigin = '-';

/** One file that the fixes change. */
export interface Change {
  /** As it is shown. */
  readonly file: string;
  /** Where it lies: an absolute path, or `-`. */
  readonly origin: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export interface Fixed {
  /** What was found before anything was changed, and what is left. */
  readonly before: Report;
  readonly after: Report;
  readonly changes: readonly Change[];
  /** Files that fixes would have changed, had it been right to write them, each with why not. */
  readonly refused: ReadonlyMap<string, string>;
  /** Fixes undid each other, and it was stopped. */
  readonly restless: boolean;
}

export interface FixOptions {
  /** Fixes too that change what the configuration means. */
  readonly unsafe: boolean;
  readonly fs: FileSystem;
  /** What standard input holds, where it is one of the files. */
  readonly stdin: Uint8Array | undefined;
  /** The folders that were given, links followed: nothing outside of them is changed. */
  readonly roots: readonly string[];
  /** Checks the files as `fs` and `stdin` give them. */
  readonly check: (fs: FileSystem, stdin: Uint8Array | undefined) => Report;
}

/** Fixes that wait for others have had their turn long before; what is left then is a finding as before. */
const maxPasses = 20;

/** Mends the files in memory; to write them is up to the caller. */
export function fix({ unsafe, fs, stdin, roots, check }: FixOptions): Fixed {
  const view = snapshot(fs);
  const changes = new Map<string, Change>();
  const refused = new Map<string, string>();
  let input = stdin;
  const before = check(view.fs, input);
  let after = before;
  const bytesOf = (origin: string): Uint8Array | undefined =>
    origin === stdinOrigin
      ? stdin && (changes.get(origin)?.after ?? stdin)
      : (changes.get(origin)?.after ?? view.original(origin));
  const states = new Set([digestOf(changes)]);
  for (let pass = 1; ; pass++) {
    const wanted = after.diagnostics.flatMap(({ fix }) => (fix && (unsafe || fix.safe) ? [fix] : []));
    const origins = new Map<string, string | undefined>();
    const isOpen = (file: string): boolean => {
      if (!origins.has(file)) {
        const origin = originOf(file, after, fs);
        const reason = whyNot(origin, origin === undefined ? undefined : bytesOf(origin), roots);
        if (reason) refused.set(file, reason);
        origins.set(file, reason ? undefined : origin);
      }
      return origins.get(file) !== undefined;
    };
    // By where the files lie: a file may be shown under two names.
    const fixes = wanted
      .filter(({ edits }) => edits.every(({ file }) => isOpen(file)))
      .map((each) => ({ edits: each.edits.map((edit) => ({ ...edit, file: origins.get(edit.file)! })) }));
    const edits = groupBy(
      compatible(fixes).flatMap((each) => each.edits),
      ({ file }) => file,
    );
    const names = new Map([...origins].map(([file, origin]) => [origin, file]));
    let isChanged = false;
    for (const [origin, own] of edits) {
      const bytes = bytesOf(origin)!;
      const { text, encoding } = decode(bytes);
      const result = Buffer.from(encode(applyEdits(text, own), encoding));
      if (result.equals(bytes)) continue;
      isChanged = true;
      const first = changes.get(origin);
      changes.set(origin, {
        file: names.get(origin)!,
        origin,
        before: first?.before ?? bytes,
        after: result,
      });
      if (origin === stdinOrigin) input = result;
      else view.put(origin, result);
    }
    if (isChanged) after = check(view.fs, input);
    const digest = digestOf(changes);
    const restless = isChanged && states.has(digest);
    if (!isChanged || restless || pass === maxPasses) {
      return { before, after, changes: realOf(changes), refused, restless };
    }
    states.add(digest);
  }
}

const realOf = (changes: ReadonlyMap<string, Change>): readonly Change[] =>
  [...changes.values()].filter((each) => !Buffer.from(each.before).equals(each.after));

/** What tells one state of the files from another. */
function digestOf(changes: ReadonlyMap<string, Change>): string {
  const hash = createHash('sha256');
  for (const { origin, after } of realOf(changes).toSorted((a, b) => (a.origin < b.origin ? -1 : 1))) {
    hash.update(`${origin}\0${after.length}\0`).update(after);
  }
  return hash.digest('hex');
}

/** The file behind a name, links followed; undefined where it is none that could be written. */
function originOf(file: string, { origins }: Report, fs: FileSystem): string | undefined {
  const path = origins.get(file);
  if (path === undefined || path === stdinOrigin) return path;
  // What lies behind the number of an open file is not ours to write, and a pipe is gone once it was read.
  if (/^\/(?:dev|proc)\//.test(path) || fs.status(path).kind !== 'file') return undefined;
  return fs.realPath(path);
}

/** Why a file is left alone, or undefined. */
function whyNot(
  origin: string | undefined,
  bytes: Uint8Array | undefined,
  roots: readonly string[],
): string | undefined {
  if (origin === undefined || bytes === undefined) return 'it was not read from a file of its own';
  const { text, encoding } = decode(bytes);
  if (!Buffer.from(encode(text, encoding)).equals(bytes)) return `it is no regular ${encoding}`;
  if (origin === stdinOrigin || roots.some((root) => isBelow(root, origin))) return undefined;
  return `it is ${origin}, outside of what was given; name that file to have it fixed`;
}

/** The findings that have a fix of the kind. */
export const fixable = (report: Report, unsafe: boolean): readonly Diagnostic[] =>
  report.diagnostics.filter(({ fix }) => fix && (unsafe || fix.safe));
