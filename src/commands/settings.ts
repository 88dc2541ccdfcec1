/** What the commands that read configurations have in common: their options, and what these make of a run. */
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import type { Command } from 'commander';
import type { CheckOptions } from '../check.ts';
import type { Severity } from '../lint/rule.ts';
import { disk, type FileSystem } from '../load/disk.ts';
import { isBelow } from '../load/reader.ts';
import type { Version } from '../model/version.ts';
import { nginxContext, ruleIds, ruleSeverity, version } from './arguments.ts';
import { configFor } from './config.ts';
import type { Commander } from './terminal.ts';

/** What every command that reads configurations takes, as commander gives it. */
export interface ReadingFlags {
  readonly lang?: 'nginx' | 'keepalived';
  readonly configId: readonly string[];
  readonly nginxPrefix?: string;
  readonly context?: string;
  readonly config?: string;
  readonly stdinFilename?: string;
  readonly keepalivedVersion?: Version;
  readonly nginxVersion?: Version;
}

/** What the commands that check take besides. */
export interface InputFlags extends ReadingFlags {
  readonly rule: ReadonlyMap<string, Severity | 'off'>;
  readonly only: readonly string[];
  /** A file's name, or false for none. */
  readonly baseline?: string | false;
}

/** What they are where nothing is said. */
export const inputDefaults: InputFlags = { rule: new Map(), only: [], configId: [] };

/** How to run check(). */
export interface Settings {
  readonly given: readonly string[];
  readonly options: CheckOptions & { readonly cwd: string; readonly fs: FileSystem };
  /** Where the baseline lies, or would. */
  readonly baseline: { readonly path: string; readonly shown: string; readonly isWanted: boolean };
  /** Whether a rule is asked at all. */
  readonly ran: (rule: string) => boolean;
}

/** What the options come to; `bad` when the configuration file is, and the operator has been told so. */
export async function settingsOf(
  paths: readonly string[],
  given: Partial<InputFlags>,
  colour: string,
  fs: FileSystem = disk,
): Promise<Settings | 'bad'> {
  const flags = { ...inputDefaults, ...given };
  const config = await configFor(flags.config, colour, fs);
  if (config === 'bad') return 'bad';
  const cwd = process.cwd();
  const declared = paths.length === 0 && (config?.clusters.length ?? 0) > 0;
  const only = new Set(flags.only);
  const name = flags.baseline || 'lbcheck-baseline.json';
  const path = posix.resolve(flags.baseline ? cwd : (config?.folder ?? cwd), name);
  return {
    given: paths.length > 0 || declared ? paths : ['.'],
    options: {
      config,
      cwd,
      fs,
      ...(flags.lang ? { lang: flags.lang } : {}),
      configIds: flags.configId,
      ...(flags.context === undefined ? {} : { context: flags.context }),
      ...(flags.nginxPrefix === undefined ? {} : { nginxPrefix: flags.nginxPrefix }),
      ...(flags.stdinFilename === undefined ? {} : { stdinFilename: flags.stdinFilename }),
      versions: { keepalived: flags.keepalivedVersion, nginx: flags.nginxVersion },
      severities: flags.rule,
      only,
    },
    baseline: {
      path,
      shown: isBelow(cwd, path) ? posix.relative(cwd, path) : path,
      isWanted: flags.baseline !== false && (flags.baseline !== undefined || existsSync(path)),
    },
    ran: (rule) =>
      (only.size === 0 || only.has(rule)) && (flags.rule.get(rule) ?? config?.severities.get(rule)) !== 'off',
  };
}

/** Adds what says how to read. */
export const readingOptions = ({ Option }: Commander, command: Command): Command =>
  command
    .addOption(new Option('--lang <language>', 'read every file as this').choices(['nginx', 'keepalived']))
    .option(
      '--config-id <id>',
      'a node of a keepalived file with @ID lines; may be repeated',
      (id: string, previous: readonly string[] = []) => [...previous, id],
    )
    .option(
      '--context <blocks>',
      'the blocks around fragments of nginx, outermost first, such as http,server',
      nginxContext,
    )
    .option(
      '--nginx-prefix <dir>',
      'where relative includes of nginx begin (default: the folder of the main file)',
    )
    .option('--stdin-filename <name>', 'what standard input is called')
    .option('--config <file>', 'the configuration file (default: the nearest lbcheck.yaml from here upward)')
    .option('--keepalived-version <version>', 'the version that runs', version)
    .option('--nginx-version <version>', 'the version that runs', version);

/** Adds what says how to read and what to find. */
export const inputOptions = (commander: Commander, command: Command): Command =>
  readingOptions(
    commander,
    command
      .option(
        '--rule <id=severity>',
        "change a rule's severity, or turn it off; may be repeated",
        ruleSeverity,
      )
      .option('--only <id>', 'these rules only; may be repeated', ruleIds),
  ).option(
    '--baseline <file>',
    'known findings (default: lbcheck-baseline.json beside lbcheck.yaml, else here)',
  );
