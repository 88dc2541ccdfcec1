/** The configuration file of a run. */
import { posix } from 'node:path';
import { decode, position, source } from '../../grammar/text.ts';
import { allRules } from '../../rules/index.ts';
import { findConfig } from '../config/find.ts';
import type { Config, Problem } from '../config/index.ts';
import { problem } from '../format/pretty.ts';
import { frameOf } from '../lint/frame.ts';
import { secretsOf } from '../lint/secrets.ts';
import { disk, type FileSystem, isUnread, type Unread } from '../load/disk.ts';
import { isBelow } from '../load/reader.ts';
import { complain, stderr, styleFor, write } from './terminal.ts';

/** Problems that are shown of a file that has many. */
const maxProblems = 20;
/** A larger file is none that a person or a program wrote for us: 8 MiB. */
const maxSize = 8 * 1024 * 1024;
const tooLarge: Unread = { kind: 'large', reason: 'larger than 8 MiB' };

/**
 * The configuration file that the operator named, or else the nearest one; undefined where there is none. When it is bad the
 * operator has been told why.
 */
export async function configFor(
  named: string | undefined,
  colour: string,
  fs: FileSystem = disk,
): Promise<Config | 'bad' | undefined> {
  const cwd = process.cwd();
  const path = named === undefined ? findConfig(cwd, fs) : posix.resolve(cwd, named);
  if (path === undefined) return undefined;
  const shown = isBelow(cwd, path) ? posix.relative(cwd, path) : (named ?? path);
  const { size } = fs.status(path);
  const bytes = size > maxSize ? tooLarge : fs.read(path);
  if (isUnread(bytes)) {
    complain(`${shown}: ${bytes.reason}`);
    return 'bad';
  }
  const { text, encoding } = decode(bytes);
  const { readConfig } = await import('../config/index.ts');
  const config = readConfig(source(shown, text, encoding), {
    fs,
    folder: posix.dirname(path),
    ruleIds: allRules().map(({ id }) => id),
  });
  if (!('length' in config)) return config;
  await tell(config, colour);
  return 'bad';
}

/** Shows what is wrong with a file of ours. */
export async function tell(problems: readonly Problem[], colour: string): Promise<void> {
  const style = await styleFor(colour, stderr);
  // Whoever names a wrong file may name one with passwords.
  const secrets = secretsOf([], new Set(problems.map(({ at }) => at.source)));
  for (const { at, message, label, help } of problems.slice(0, maxProblems)) {
    const { line, column } = position(at.source, at.start);
    const end = position(at.source, at.end);
    const place = {
      cluster: undefined,
      node: undefined,
      bytes: undefined,
      object: () => '',
      file: at.source.path,
      line,
      column,
    };
    const frame = frameOf(at, secrets);
    const stretch = { ...place, endLine: end.line, endColumn: end.column, frame };
    write(stderr, `${problem({ ...stretch, message, label, help }, style)}\n`);
  }
  const more = problems.length - maxProblems;
  if (more > 0) complain(`${problems[0]!.at.source.path}: ${more} more problems`);
}
