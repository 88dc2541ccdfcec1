/** A report on its way out: in which formats, into which files, and to the systems that run checks. */
import { relative, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { type FormatOptions, formats } from '../format/index.ts';
import { plain, type Style } from '../format/style.ts';
import type { Report } from '../lint/diagnostic.ts';
import type { Output } from './arguments.ts';
import { append, type Terminal, writeOutputs } from './output.ts';
import { ruleFacts } from './rules.ts';

export interface Wanted extends Terminal, Pick<FormatOptions, 'verbose' | 'statistics' | 'exitCode'> {
  /** Where nothing is asked for, the one that suits the place. */
  readonly outputs: readonly Output[];
}

/** Writes `report` in every wanted format. Gives false when a file could not be written. */
export async function writeReport(
  report: Report,
  { outputs, stream, colour, ...options }: Wanted,
): Promise<boolean> {
  const wanted = outputs.length > 0 ? outputs : [{ format: defaultFormat(), file: undefined }];
  const text = async (format: string, style: Style): Promise<string> => {
    const make = await formats.get(format)!();
    return make(report, { ...options, style, version: packageJson.version, rule: ruleFacts, link: webLink });
  };
  const isWhole = await writeOutputs(wanted, text, { stream, colour });
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (!isWhole || !summary || !wanted.some(({ format }) => format === 'github')) return isWhole;
  return append(summary, await text('markdown', plain));
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
