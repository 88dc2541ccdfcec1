/** From a report to text, for programs. */
import packageJson from '../package.json' with { type: 'json' };
import { allRules } from '../rules/index.ts';
import { page } from './format/explain.ts';
import { type FormatOptions, formats } from './format/index.ts';
import { plain } from './format/style.ts';
import type { Report } from './lint/diagnostic.ts';

/** What render() takes. */
export const formatNames: readonly string[] = [...formats.keys()];

/** The report in one of the formats; throws for a name that is none. */
export async function render(
  report: Report,
  format: string,
  options: Partial<FormatOptions> = {},
): Promise<string> {
  const make = await formats.get(format)?.();
  if (!make) throw new RangeError(`no format ${format}: there are ${formatNames.join(', ')}`);
  const rules = allRules();
  return make(report, {
    style: plain,
    verbose: false,
    statistics: false,
    version: packageJson.version,
    exitCode: report.internalErrors.length > 0 ? 2 : report.summary.errors > 0 ? 1 : 0,
    rule: (id) => {
      const rule = rules.find((each) => each.id === id)!;
      return { ...rule, page: page(rule) };
    },
    link: () => undefined,
    ...options,
  });
}
