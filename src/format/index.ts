/** The formats by name. */
import type { Report } from '../lint/diagnostic.ts';
import { concise } from './concise.ts';
import { github } from './github.ts';
import { json } from './json.ts';
import { type PrettyOptions, pretty } from './pretty.ts';

export type Format = (report: Report, options: PrettyOptions) => string;

/** What `--format` takes. */
export const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['pretty', pretty],
  ['concise', concise],
  ['json', json],
  ['github', github],
]);
