/** What a format is: a report in, text out. */
import type { Report } from '../lint/diagnostic.ts';
import type { Rule } from '../lint/rule.ts';
import type { Style } from './style.ts';

/** What a format may want to know besides the report. */
export interface FormatOptions {
  readonly style: Style;
  /** Frames for infos too. */
  readonly verbose: boolean;
  /** Counts by rule in place of the findings. */
  readonly statistics: boolean;
  /** The program's own version. */
  readonly version: string;
  /** What the program is going to exit with. */
  readonly exitCode: number;
  /** A rule of the report, with its page in Markdown. */
  readonly rule: (id: string) => RuleFacts;
  /** Where a line can be looked at in a browser; undefined where nobody knows. */
  readonly link: (file: string, line: number) => string | undefined;
}

export interface RuleFacts extends Pick<Rule, 'scope' | 'id' | 'severity' | 'summary' | 'risk'> {
  readonly page: string;
}

export type Format = (report: Report, options: FormatOptions) => string;
