/** From paths to mended texts: checking, applying the fixes, checking again. Nothing is written. */
import { posix, resolve } from 'node:path';
import { type CheckOptions, check } from './check.ts';
import { type Fixed, fix } from './fix/index.ts';
import type { Report } from './lint/diagnostic.ts';
import { disk, readStdin } from './load/disk.ts';
import { pathOf } from './load/index.ts';

/** How to read, how to judge, and which fixes to apply. */
export type MendOptions = CheckOptions & {
  /** Fixes too that change what the configuration means. */
  readonly unsafe?: boolean;
  /** What is left of a report, where something else knows of its findings, too. */
  readonly judge?: (report: Report) => Report;
};

/**
 * What the fixes make of the files that `paths` name, in memory: the reports before and after, and the bytes of each file that
 * changes. Files outside of what was named are left alone, and said. Bad input is part of the answer, never an exception.
 */
export function mend(
  paths: readonly string[],
  { unsafe = false, judge = (report) => report, ...options }: MendOptions = {},
): Fixed {
  const fs = options.fs ?? disk;
  const cwd = options.cwd ?? (fs === disk ? resolve('.') : '/');
  return fix({
    unsafe,
    fs,
    stdin: paths.includes('-') ? (options.stdin ?? readStdin)() : undefined,
    roots: rootsOf(paths, { ...options, fs, cwd }),
    check: (fs, input) =>
      judge(check(paths, { ...options, fs, cwd, stdin: () => input ?? new Uint8Array() })),
  });
}

/** The folders that the arguments name, or in which the files lie that they name; without arguments those of the configuration. */
function rootsOf(
  paths: readonly string[],
  { fs, cwd, config }: Required<Pick<CheckOptions, 'fs' | 'cwd'>> & CheckOptions,
): readonly string[] {
  const declared = paths.length > 0 ? [] : (config?.clusters ?? []);
  const files = declared.flatMap(({ nodes, backends }) =>
    [...nodes, ...backends].flatMap(({ files }) => files),
  );
  const named = paths.filter((arg) => arg !== '-').map((arg) => posix.resolve(cwd, pathOf(arg, { fs, cwd })));
  return [...files, ...named].map((path) =>
    fs.realPath(fs.status(path).kind === 'directory' ? path : posix.dirname(path)),
  );
}
