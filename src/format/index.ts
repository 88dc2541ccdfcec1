/** The formats by name. */
import { concise } from './concise.ts';
import type { Format } from './format.ts';
import { pretty } from './pretty.ts';

export type { Format, FormatOptions, RuleFacts } from './format.ts';

/** What `--format` takes. What a person at a terminal seldom asks for is loaded when it is. */
export const formats: ReadonlyMap<string, () => Format | Promise<Format>> = new Map<
  string,
  () => Format | Promise<Format>
>([
  ['pretty', () => pretty],
  ['concise', () => concise],
  ['json', async () => (await import('./json.ts')).json],
  ['github', async () => (await import('./github.ts')).github],
  ['sarif', async () => (await import('./sarif.ts')).sarif],
  ['gitlab', async () => (await import('./gitlab.ts')).gitlab],
  ['junit', async () => (await import('./junit.ts')).junit],
  ['checkstyle', async () => (await import('./checkstyle.ts')).checkstyle],
  ['rdjson', async () => (await import('./rdjson.ts')).rdjson],
  ['markdown', async () => (await import('./markdown.ts')).markdown],
]);
