/** The terminal's format: frames in the manner of rustc, notes a line each, a summary. */
import { groupBy } from '../../grammar/group-by.ts';
import { type Diagnostic, type Fold, type Frame, fold, type Place, type Report } from '../lint/diagnostic.ts';
import type { FormatOptions } from './format.ts';
import { count, type Paint, type Style, visible } from './style.ts';
import { width } from './width.ts';

/**
 * How much a person reads without being asked to: places named for one finding, findings shown with a frame before those
 * of one rule share it, findings listed under the frame of their rule, rules in the closing table.
 */
const readable = { places: 3, frames: 8, alike: 3, rules: 12 };

/** The report as text for a person; nothing where nothing could be checked. */
export function pretty(report: Report, { style, verbose, statistics }: FormatOptions): string {
  if (report.summary.nodes === 0) return '';
  const folds = fold(report.diagnostics);
  if (statistics)
    return [...table(folds, style, Number.POSITIVE_INFINITY), '', summary(report, style)].join('\n');
  const limit = verbose ? Number.POSITIVE_INFINITY : readable.places;
  const hasFrame = ([first]: Fold): boolean => verbose || first.severity !== 'info';
  const framed = folds.filter(hasFrame);
  const notes = folds.filter((each) => !hasFrame(each));
  const isLong = !verbose && framed.length > readable.frames;
  const parts = isLong
    ? [...groupBy(framed, ([{ rule, severity }]) => `${severity} ${rule}`).values()].map((alike) =>
        group(alike, style),
      )
    : framed.map((each) => frame(each, style, limit));
  if (notes.length > 0)
    parts.push([style.strong('Notes'), ...notes.map((each) => note(each, style, limit)), ''].join('\n'));
  if (isLong) parts.push([...table(folds, style, readable.rules), ''].join('\n'));
  parts.push(summary(report, style));
  return `${parts.join('\n')}${isLong ? 'All findings: --verbose, or a line each: --format concise\n' : ''}`;
}

/** Findings of one rule: the first with its frame, then a line each. */
function group(alike: readonly Fold[], style: Style): string {
  const [first, ...others] = alike as readonly [Fold, ...Fold[]];
  const shown = others.slice(0, readable.alike);
  const rest = others.length - shown.length;
  return [
    frame(first, style, readable.places),
    ...shown.map((each) => {
      const [{ message, severity, rule }] = each;
      const where = style.quiet(`(${places(each, 1)})`);
      return `${style[severity](`${severity}[${rule}]`)}: ${visible(message)} ${where}`;
    }),
    ...(rest > 0 ? [style.quiet(`and ${rest} more of ${first[0].rule}`)] : []),
    ...(shown.length > 0 ? [''] : []),
  ].join('\n');
}

/** A row for each rule, the worst and most frequent first: how often, on how many nodes, and where to begin. */
function table(folds: readonly Fold[], style: Style, limit: number): string[] {
  const weight = ({ severity }: Diagnostic): number => ['error', 'warning', 'info'].indexOf(severity);
  const groups = groupBy(folds.flat(), ({ rule, severity }) => `${severity} ${rule}`);
  const rows = [...groups.values()].sort((a, b) => weight(a[0]!) - weight(b[0]!) || b.length - a.length);
  const shown = rows.slice(0, limit).map((found) => {
    const [first] = found as readonly [Diagnostic, ...Diagnostic[]];
    const { severity, rule } = first;
    const named = severity === 'info' ? 'note' : severity;
    const nodes = new Set(found.map(({ node }) => node)).size;
    return {
      count: String(found.length),
      named: found.length === 1 ? named : `${named}s`,
      severity,
      rule,
      where: nodes > 1 ? `on ${nodes} nodes, first ${location(first)}` : location(first),
    };
  });
  const wide = (of: (row: (typeof shown)[number]) => string): number =>
    Math.max(...shown.map((row) => of(row).length));
  const [counts, names, rules] = [
    wide((row) => row.count),
    wide((row) => row.named),
    wide((row) => row.rule),
  ];
  const lines = shown.map(
    ({ count, named, severity, rule, where }) =>
      `${count.padStart(counts)} ${style[severity](named.padEnd(names))}  ${rule.padEnd(rules)}  ${style.quiet(where)}`,
  );
  const rest = rows.length - shown.length;
  return rest > 0 ? [...lines, style.quiet(`and ${count(rest, 'more rule')}`)] : lines;
}

const tabWidth = 4;

/** A frame's line with tabs spread, and the columns its carets take there. */
function drawn({ text, column, endColumn }: Frame): { line: string; before: number; carets: number } {
  const spread = (part: string, from: number): string => {
    let out = '';
    for (const character of part) {
      out +=
        character === '\t' ? ' '.repeat(tabWidth - ((from + width(out)) % tabWidth)) : visible(character);
    }
    return out;
  };
  const head = spread(text.slice(0, column), 0);
  const middle = spread(text.slice(column, endColumn), width(head));
  const tail = spread(text.slice(endColumn), width(head) + width(middle));
  return { line: (head + middle + tail).trimEnd(), before: width(head), carets: Math.max(1, width(middle)) };
}

const location = ({ file, line, column }: Place): string => `${visible(file)}:${line}:${column}`;

/** Some of the places of a fold, and how many more there are. */
function places(list: readonly Place[], limit: number): string {
  // To say that there is one more takes as much room as the one.
  if (list.length <= limit + 1) return list.map(location).join(', ');
  return `${list.slice(0, limit).map(location).join(', ')} and ${list.length - limit} more`;
}

/** An error that is no rule's finding, with its frame. */
export const problem = (
  place: Place & Pick<Diagnostic, 'message' | 'label' | 'help'>,
  style: Style,
): string =>
  frame(
    [
      {
        ...place,
        rule: '',
        severity: 'error',
        related: [],
        whom: '',
        isShared: false,
        url: '',
        fix: undefined,
      },
    ],
    style,
    0,
  );

/** One fold: the first place with its frame, the related ones below it, the other places by name. */
function frame([first, ...others]: Fold, style: Style, limit: number): string {
  const paint = style[first.severity];
  const related = first.related.slice(0, limit);
  const gutter = String(related.reduce((most, { line }) => Math.max(most, line), first.line)).length;
  const bar = style.quiet(`${' '.repeat(gutter)} |`);
  const lines = [
    `${paint(first.rule ? `${first.severity}[${first.rule}]` : first.severity)}${style.strong(`: ${visible(first.message)}`)}`,
  ];
  const show = (place: Place, arrow: string, mark: string, label: string, color: Paint): void => {
    const { line, before, carets } = drawn(place.frame);
    lines.push(`${' '.repeat(gutter)}${style.quiet(arrow)} ${location(place)}`);
    lines.push(bar);
    lines.push(`${style.quiet(`${String(place.line).padStart(gutter)} |`)} ${line}`.trimEnd());
    lines.push(
      `${bar} ${' '.repeat(before)}${color(mark.repeat(carets) + (label ? ` ${visible(label)}` : ''))}`,
    );
  };
  show(first, '-->', '^', first.label ?? '', paint);
  for (const each of related) show(each, ':::', '-', each.message, style.quiet);
  const remark = (name: string, text: string): void => {
    const [head, ...rest] = text.split('\n');
    lines.push(`${' '.repeat(gutter)} ${style.quiet('=')} ${style.strong(`${name}:`)} ${visible(head!)}`);
    for (const line of rest) lines.push(`${' '.repeat(gutter + 3 + name.length + 2)}${visible(line)}`);
  };
  const more = first.related.slice(limit);
  if (more.length > 0 || others.length > 0 || first.help || first.fix) lines.push(bar);
  if (more.length > 0) remark('and', places(more, limit));
  if (others.length > 0) remark('also', places(others, limit));
  if (first.fix) remark('fix', first.fix.title);
  if (first.help) remark('help', first.help);
  lines.push('');
  return lines.join('\n');
}

function note(same: Fold, style: Style, limit: number): string {
  const [{ rule, message }] = same;
  return `  ${style.info(rule)} ${visible(message)} ${style.quiet(`(${places(same, limit)})`)}`;
}

function summary({ summary, diagnostics }: Report, style: Style): string {
  const { errors, warnings, infos, baselined, files, nodes } = summary;
  const known = baselined > 0 ? `, ${baselined} more in the baseline` : '';
  const scope = `in ${count(files, 'file')} of ${count(nodes, 'node')}${known}`;
  if (diagnostics.length === 0) return `${style.good(known ? 'No new problems' : 'No problems')} ${scope}\n`;
  const parts = [
    errors > 0 ? style.error(count(errors, 'error')) : '',
    warnings > 0 ? style.warning(count(warnings, 'warning')) : '',
    infos > 0 ? style.info(count(infos, 'note')) : '',
  ].filter(Boolean);
  const example = diagnostics[0] as Diagnostic;
  return `${parts.join(', ')} ${scope}\n${mending(diagnostics)}More about a finding: lbcheck explain ${example.rule}\n`;
}

/** What the program itself can do about it. */
function mending(diagnostics: readonly Diagnostic[]): string {
  const safe = diagnostics.filter(({ fix }) => fix?.safe).length;
  const others = diagnostics.filter(({ fix }) => fix && !fix.safe).length;
  if (safe > 0 && others > 0) return `--fix mends ${safe} of them, --unsafe-fixes ${others} more\n`;
  if (safe > 0) return `--fix mends ${safe} of them\n`;
  return others > 0 ? `--unsafe-fixes mends ${others} of them\n` : '';
}
