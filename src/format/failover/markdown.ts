/** The tables of `lbcheck failover` for a runbook. */
import type { Prediction } from '../../election/index.ts';
import { markdownText } from '../markdown-text.ts';
import { type Cell, type Row, type Table, tableOf } from './table.ts';
import { legendWords, list, listOfAddresses, summaryWords } from './words.ts';

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

function section(table: Table): string {
  const { addresses, nodes, rows, mended, notes } = table;
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const after = (end: Row['after']): string[] =>
    mended ? [end ? markdownText(end.text) + mark(end.note) : ''] : [];
  return [
    `## ${listOfAddresses(addresses.map(markdownText))} on ${list(nodes.map(markdownText))}`,
    '',
    row([
      'What happens',
      ...nodes.map(markdownText),
      'Unserved',
      'Verdict',
      ...(mended ? ['Afterwards'] : []),
    ]),
    row(['---', ...nodes.map(() => ':-:'), '---', '---', ...(mended ? ['---'] : [])]),
    ...rows.map((each) =>
      row([
        markdownText(each.what),
        ...each.cells.map(cellWords),
        each.unserved,
        (each.concern === 'bad' ? `**${each.verdict}**` : each.verdict) + mark(each.note),
        ...after(each.after),
      ]),
    ),
    '',
    ...notes.map((note, index) => `${index + 1}. ${markdownText(note)}`),
    ...(notes.length > 0 ? [''] : []),
  ].join('\n');
}

const mark = (number: number | undefined): string => (number === undefined ? '' : ` (${number})`);

function cellWords(cell: Cell): string {
  if (cell === 'all') return '●';
  if (cell === 'maybe') return '?';
  return cell === 'none' ? '–' : cell.some.map(markdownText).join('<br>');
}
