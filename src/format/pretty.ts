/** The terminal's format: frames in the manner of rustc, notes a line each, a summary. */
import { type Diagnostic, type Fold, type Frame, fold, type Place, type Report } from '../lint/diagnostic.ts';
import type { FormatOptions } from './format.ts';
import { count, type Paint, type Style, visible } from './style.ts';
import { width } from './width.ts';

/** The report as text for a person; nothing where nothing could be checked. */
export function pretty(report: Report, { style, verbose }: FormatOptions): string {
  if (report.summary.nodes === 0) return '';
  const folds = fold(report.diagnostics);
  const framed = folds.filter(([first]) => verbose || first.severity !== 'info');
  const notes = folds.filter((each) => !framed.includes(each));
  const parts = framed.map((each) => frame(each, style));
  if (notes.length > 0)
    parts.push([style.strong('Notes'), ...notes.map((each) => note(each, style)), ''].join('\n'));
  parts.push(summary(report, style));
  return parts.join('\n');
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

/** An error that is no rule's finding, with its frame. */
export const problem = (
  place: Place & Pick<Diagnostic, 'message' | 'label' | 'help'>,
  style: Style,
): string =>
  frame([{ ...place, rule: '', severity: 'error', related: [], key: '', url: '', fix: undefined }], style);

/** One fold: the first place with its frame, the related ones below it, the other places by name. */
function frame([first, ...others]: Fold, style: Style): string {
  const paint = style[first.severity];
  const gutter = String(Math.max(first.line, ...first.related.map(({ line }) => line))).length;
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
  for (const related of first.related) show(related, ':::', '-', related.message, style.quiet);
  const remark = (name: string, text: string): void => {
    const [head, ...rest] = text.split('\n');
    lines.push(`${' '.repeat(gutter)} ${style.quiet('=')} ${style.strong(`${name}:`)} ${visible(head!)}`);
    for (const line of rest) lines.push(`${' '.repeat(gutter + 3 + name.length + 2)}${visible(line)}`);
  };
  if (others.length > 0 || first.help || first.fix) lines.push(bar);
  if (others.length > 0) remark('also', others.map(location).join(', '));
  if (first.fix) remark('fix', first.fix.title);
  if (first.help) remark('help', first.help);
  lines.push('');
  return lines.join('\n');
}

function note([first, ...others]: Fold, style: Style): string {
  const places = [first, ...others].map(location).join(', ');
  return `  ${style.info(first.rule)} ${visible(first.message)} ${style.quiet(`(${places})`)}`;
}

function summary({ summary, diagnostics }: Report, style: Style): string {
  const { errors, warnings, infos, files, nodes } = summary;
  const scope = `in ${count(files, 'file')} of ${count(nodes, 'node')}`;
  if (diagnostics.length === 0) return `${style.good('No problems')} ${scope}\n`;
  const parts = [
    errors > 0 ? style.error(count(errors, 'error')) : '',
    warnings > 0 ? style.warning(count(warnings, 'warning')) : '',
    infos > 0 ? style.info(count(infos, 'note')) : '',
  ].filter(Boolean);
  const example = diagnostics[0] as Diagnostic;
  return `${parts.join(', ')} ${scope}\nMore about a finding: lbcheck explain ${example.rule}\n`;
}
