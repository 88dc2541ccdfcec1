/** The tables of `lbcheck failover` for a runbook. */
import type { Prediction } from '../../election/index.ts';
import { visible } from '../style.ts';
import { type Cell, type Row, type Table, tableOf } from './table.ts';
import { legendWords, list, summaryWords } from './words.ts';

export function markdown(prediction: Prediction): string {
  const tables = prediction.routers.map(tableOf);
  return [
    ...tables.map(section),
    ...legendWords(tables).map((line) => `- ${line}`),
    '',
    summaryWords(prediction, tables),
    '',
  ].join('\n');
}

/** Text that a file or a person chose, as text: without a meaning to Markdown or HTML. */
const escaped = (text: string): string =>
  visible(text)
    .replace(/[\\`*[\]|~#$]|\b_\B|\B_\b|\B_\B/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');

function section(table: Table): string {
  const { addresses, nodes, rows, mended, notes } = table;
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const after = (end: Row['after']): string[] =>
    mended ? [end ? escaped(end.text) + mark(end.note) : ''] : [];
  return [
    `## ${list(addresses.map(escaped))} on ${list(nodes.map(escaped))}`,
    '',
    row(['What happens', ...nodes.map(escaped), 'Unserved', 'Verdict', ...(mended ? ['Afterwards'] : [])]),
    row(['---', ...nodes.map(() => ':-:'), '---', '---', ...(mended ? ['---'] : [])]),
    ...rows.map((each) =>
      row([
        escaped(each.what),
        ...each.cells.map(cellWords),
        each.unserved,
        (each.concern === 'bad' ? `**${each.verdict}**` : each.verdict) + mark(each.note),
        ...after(each.after),
      ]),
    ),
    '',
    ...notes.map((note, index) => `${index + 1}. ${escaped(note)}`),
    ...(notes.length > 0 ? [''] : []),
  ].join('\n');
}

const mark = (number: number | undefined): string => (number === undefined ? '' : ` (${number})`);

function cellWords(cell: Cell): string {
  if (cell === 'all') return '●';
  if (cell === 'maybe') return '?';
  return cell === 'none' ? '–' : cell.some.map(escaped).join('<br>');
}
