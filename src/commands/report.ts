/** A report on its way out: in which formats, into which files, and to the systems that run checks. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { type FormatOptions, formats } from '../format/index.ts';
import { plain } from '../format/style.ts';
import type { Report } from '../lint/diagnostic.ts';
import type { Output } from './arguments.ts';
import { ruleFacts } from './rules.ts';
import { complain, styleFor, write } from './terminal.ts';

export interface Wanted extends Pick<FormatOptions, 'verbose' | 'statistics' | 'exitCode'> {
  /** Where nothing is asked for, the one that suits the place. */
  readonly outputs: readonly Output[];
  /** Where to write what goes into no file. */
  readonly stream: number;
  readonly colour: string;
}

/** Writes `report` in every wanted format. Gives false when a file could not be written. */
export async function writeReport(
  report: Report,
  { outputs, stream, colour, ...options }: Wanted,
): Promise<boolean> {
  const text = async ({ format, file }: Output): Promise<string> => {
    const style = file === undefined ? await styleFor(colour) : plain;
    const make = await formats.get(format)!();
    return make(report, { ...options, style, version: packageJson.version, rule: ruleFacts, link: webLink });
  };
  const wanted = outputs.length > 0 ? outputs : [{ format: defaultFormat(), file: undefined }];
  for (const output of wanted) {
    const { file } = output;
    if (file === undefined) write(stream, await text(output));
    else if (!isDone(file, writeFileSync, await text(output))) return false;
  }
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (!summary || !wanted.some(({ format }) => format === 'github')) return true;
  return isDone(summary, appendFileSync, await text({ format: 'markdown', file: summary }));
}

function isDone(file: string, put: (file: string, text: string) => void, text: string): boolean {
  try {
    put(file, text);
    return true;
  } catch (error) {
    complain(`${file}: ${(error as Error).message}`);
    return false;
  }
}

const defaultFormat = (): string => (process.env.GITHUB_ACTIONS === 'true' ? 'github' : 'pretty');

/** A line on the pages of GitHub or GitLab, when one of them runs the program. */
function webLink(file: string, line: number): string | undefined {
  const { env } = process;
  const [top, page] = env.GITHUB_SHA
    ? [env.GITHUB_WORKSPACE, `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/blob/${env.GITHUB_SHA}`]
    : [env.CI_PROJECT_DIR, env.CI_PROJECT_URL && `${env.CI_PROJECT_URL}/-/blob/${env.CI_COMMIT_SHA}`];
  const parts = relative(top ?? '.', resolve(file)).split(/[/\\]/);
  if (!page || parts[0] === '..') return undefined;
  return `${page}/${parts.map(encodeURIComponent).join('/')}#L${line}`;
}
