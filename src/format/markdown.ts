/** Markdown for a job summary or a comment on a merge request. */
import { type Fold, fold } from '../lint/diagnostic.ts';
import type { Format, FormatOptions } from './format.ts';
import { markdownText } from './markdown-text.ts';
import { count } from './style.ts';

/** A summary has at most 1 MiB, and nobody reads more rows than these. */
const limit = { rows: 200, characters: 500_000, places: 5 };

/** A heading with the counts and a table with a row for each finding, the worst first; copies share a row. */
export const markdown: Format = (report, options) => {
  const { errors, warnings, infos, files, nodes } = report.summary;
  const counts = [count(errors, 'error'), count(warnings, 'warning'), count(infos, 'note')].join(', ');
  const folds = fold(report.diagnostics);
  const shown: string[] = [];
  for (let room = limit.characters; shown.length < Math.min(folds.length, limit.rows); ) {
    const next = row(folds[shown.length]!, options);
    room -= next.length;
    if (room < 0) break;
    shown.push(next);
  }
  const broken = [
    ...report.skipped.filter(({ named }) => named).map(({ file, reason }) => `${file}: ${reason}`),
    ...report.internalErrors.map(({ rule, message }) => `internal error in the rule ${rule}: ${message}`),
  ];
  const sections: string[] = [
    nodes === 0
      ? '### lbcheck: nothing could be checked'
      : `### lbcheck: ${counts} in ${count(files, 'file')} of ${count(nodes, 'node')}`,
  ];
  if (broken.length > 0)
    sections.push('This could not be checked:', broken.map((each) => `- ${markdownText(each)}`).join('\n'));
  if (shown.length > 0)
    sections.push(['| | where | what | rule |', '|---|---|---|---|', ...shown].join('\n'));
  const rest = folds.length - shown.length;
  if (rest > 0) sections.push(`${count(rest, 'more row')} left out`);
  return `${sections.join('\n\n')}\n`;
};

function row(same: Fold, { link }: FormatOptions): string {
  const [first] = same;
  const where = same.slice(0, limit.places).map(({ file, line }) => {
    const text = markdownText(`${file}:${line}`);
    const target = link(file, line);
    return target === undefined ? text : `[${text}](<${target}>)`;
  });
  if (same.length > limit.places) where.push(`and ${same.length - limit.places} more`);
  const rule = `[${first.rule}](${first.url})`;
  return `| ${first.severity} | ${where.join('<br>')} | ${markdownText(first.message)} | ${rule} |`;
}
