/** The terminal's format of `lbcheck failover`: a table per virtual router, and under it why things are as they are. */
import type { Prediction } from '../../election/index.ts';
import { type Paint, type Style, visible } from '../style.ts';
import { padded, width, wrapped } from '../width.ts';
import { type Cell, type Row, type Table, tableOf } from './table.ts';
import { type Concern, legendWords, list, listOfAddresses, summaryWords } from './words.ts';

/** What a terminal, a mail or a ticket shows without breaking lines. */
const lineWidth = 100;

/** A line that begins with the name of a node that begins as a workflow command of GitHub would be one. */
export function pretty(prediction: Prediction, { style }: { readonly style: Style }): string {
  const tables = prediction.routers.map(tableOf);
  return [
    ...tables.map((table) => section(table, style)),
    legend(tables, style),
    summary(prediction, tables, style),
  ]
    .filter(Boolean)
    .join('\n')
    .replace(/^(\s*)(?=::)/gm, '$1./');
}

const paintFor = (concern: Concern, style: Style): Paint =>
  ({ bad: style.error, unsure: style.warning, inherent: style.warning, none: style.good })[concern];

const mark = (number: number | undefined): string => (number === undefined ? '' : ` [${number}]`);

/** A text in a table, and how it is painted once its width has been counted. */
interface Painted {
  readonly text: string;
  readonly paint: Paint;
}

function section(table: Table, style: Style): string {
  const title = `${listOfAddresses(table.addresses.map(visible))} on ${list(table.nodes.map(visible))}`;
  const lines = wrapped(title, lineWidth).map((line) => style.strong(line));
  const letters = lettersFor(table);
  if (letters) {
    lines.push(...[...letters].map(([address, letter]) => `${letter} = ${visible(address)}`));
  }
  const names = columnNames(table.nodes);
  if (names.some((name, index) => name !== visible(table.nodes[index]!))) {
    lines.push(...names.map((name, index) => `${name} = ${visible(table.nodes[index]!)}`));
  }
  const plain: Paint = (text) => text;
  const head = ['What happens', ...names, 'Unserved', 'Verdict', ...(table.mended ? ['Afterwards'] : [])].map(
    (text): Painted => ({ text, paint: style.strong }),
  );
  const body = table.rows.map((row) => [
    { text: visible(row.what), paint: plain },
    ...row.cells.map((cell) => cellOf(cell, row, letters, style)),
    { text: row.unserved, paint: row.unserved === 'for good' ? style.error : plain },
    { text: row.verdict + mark(row.note), paint: paintFor(row.concern, style) },
    ...(table.mended && row.after
      ? [
          {
            text: visible(row.after.text) + mark(row.after.note),
            paint: row.after.concern === 'none' ? plain : paintFor(row.after.concern, style),
          },
        ]
      : []),
  ]);
  lines.push('', ...grid([head, ...body]), '');
  for (const [index, note] of table.notes.entries()) {
    const lead = `[${index + 1}] `;
    const [first, ...rest] = wrapped(visible(note), lineWidth - lead.length);
    lines.push(style.quiet(lead) + first, ...rest.map((line) => ' '.repeat(lead.length) + line));
  }
  if (table.notes.length > 0) lines.push('');
  return lines.join('\n');
}

/** Rows as lines; where they would be too long the first column is broken. */
function grid(rows: readonly (readonly Painted[])[]): string[] {
  const columns = Math.max(...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => width(row[column]?.text ?? ''))),
  );
  const others = widths.slice(1).reduce((sum, each) => sum + each + 2, 0);
  widths[0] = Math.min(widths[0]!, Math.max(24, lineWidth - others));
  return rows.flatMap(([what, ...cells]) => {
    const [first, ...rest] = wrapped(what!.text, widths[0]!);
    const line = [
      what!.paint(padded(first, widths[0]!)),
      ...cells.map(
        ({ text, paint }, index) => paint(text) + padded(text, widths[index + 1]!).slice(text.length),
      ),
    ];
    return [line.join('  ').trimEnd(), ...rest.map((more) => `  ${more}`)];
  });
}

/** Letters for the addresses, where nodes can have one without the other. */
function lettersFor({ addresses, rows }: Table): ReadonlyMap<string, string> | undefined {
  const parted = rows.some(({ cells }) => cells.some((cell) => typeof cell === 'object'));
  return parted
    ? new Map(
        addresses.map((address, index) => [
          address,
          index < 26 ? String.fromCharCode(97 + index) : `${index}`,
        ]),
      )
    : undefined;
}

/** The names of nodes over their columns; numbers where the names are too long for that. */
function columnNames(nodes: readonly string[]): readonly string[] {
  const names = nodes.map(visible);
  const room = names.reduce((sum, name) => sum + width(name) + 2, 0) <= 30;
  return room ? names : nodes.map((_, index) => String(index + 1));
}

function cellOf(
  cell: Cell,
  row: Row,
  letters: ReadonlyMap<string, string> | undefined,
  style: Style,
): Painted {
  const holder = row.concern === 'bad' ? style.error : style.good;
  if (cell === 'none') return { text: '-', paint: style.quiet };
  if (cell === 'maybe') return { text: '?', paint: style.warning };
  if (cell === 'all') return { text: '●', paint: holder };
  return { text: cell.some.map((address) => letters?.get(address)).join(','), paint: holder };
}

function legend(tables: readonly Table[], style: Style): string {
  if (tables.length === 0) return '';
  return `${wrapped(legendWords(tables).join('; '), lineWidth)
    .map((line) => style.quiet(line))
    .join('\n')}\n`;
}

function summary(prediction: Prediction, tables: readonly Table[], style: Style): string {
  const bad = tables.some(({ rows }) => rows.some(({ concern }) => concern === 'bad'));
  return `${(bad ? style.error : style.good)(summaryWords(prediction, tables))}\n`;
}
