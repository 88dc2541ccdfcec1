/** The picture of `lbcheck failover`: nodes, addresses and who hears whom while all is well, and below it the table. */
import type { Prediction, RouterPrediction } from '../../election/index.ts';
import { wrapped } from '../width.ts';
import { xmlText } from '../xml.ts';
import { type Cell, type Row, type Table, tableOf } from './table.ts';
import { type Concern, legendWords, list, listOfAddresses, summaryWords } from './words.ts';

// No font can be relied on, so widths are those of wide letters.
const letter = 7.4;
const small = 6.6;
const margin = 24;
const rowHeight = 26;

/** A drawing, and what room it takes. */
interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Elements, drawn from (0, 0). */
  readonly body: string;
}

export function svg(prediction: Prediction): string {
  const tables = prediction.routers.map(tableOf);
  const parts = prediction.routers.flatMap((router, index) => [
    heading(tables[index]!),
    network(router),
    table(tables[index]!),
    notes(tables[index]!),
  ]);
  parts.push(lines([...legendWords(tables), summaryWords(prediction, tables)], 'quiet'));
  const width = Math.ceil(Math.max(...parts.map((part) => part.width)) + 2 * margin);
  let y = margin;
  const placed = parts.map(({ body, height }) => {
    const at = y;
    y += height;
    return `<g transform="translate(${margin} ${round(at)})">\n${body}\n</g>`;
  });
  const title = prediction.routers.map(({ addresses }) => listOfAddresses(addresses)).join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${Math.ceil(y + margin)}" width="${width}" height="${Math.ceil(y + margin)}" role="img">
<title>${xmlText(`Who carries ${title} when something fails`)}</title>
<style>${style}</style>
<rect class="paper" width="100%" height="100%"/>
${placed.join('\n')}
</svg>
`;
}

const style = `
text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
.title { font-size: 17px; font-weight: 600; }
.head { font-weight: 600; }
.quiet { fill: #59636e; font-size: 12px; }
.paper { fill: #ffffff; }
.stripe { fill: #f6f8fa; }
.rule { stroke: #d1d9e0; }
.node { fill: #f6f8fa; stroke: #59636e; stroke-width: 1.5; }
.arrow { fill: none; stroke: #59636e; stroke-width: 1.5; }
.tip { fill: #59636e; }
.deaf { fill: none; stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 4; }
text.good, .good { fill: #1a7f37; }
text.bad, .bad { fill: #cf222e; font-weight: 600; }
text.amber, .amber { fill: #9a6700; }
.address { fill: #dafbe1; stroke: #1a7f37; }
.split { fill: #ffebe9; stroke: #cf222e; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .quiet { fill: #9198a1; }
  .paper { fill: #0d1117; }
  .stripe { fill: #151b23; }
  .rule { stroke: #3d444d; }
  .node { fill: #151b23; stroke: #9198a1; }
  .arrow { stroke: #9198a1; }
  .tip { fill: #9198a1; }
  .deaf { stroke: #f85149; }
  text.good, .good { fill: #3fb950; }
  text.bad, .bad { fill: #f85149; }
  text.amber, .amber { fill: #d29922; }
  .address { fill: #12261e; stroke: #3fb950; }
  .split { fill: #25171c; stroke: #f85149; }
}
`;

const round = (length: number): number => Math.round(length * 10) / 10;

const text = (x: number, y: number, words: string, kind = '', anchor = ''): string =>
  `<text x="${round(x)}" y="${round(y)}"${kind && ` class="${kind}"`}${anchor && ` text-anchor="${anchor}"`}>${xmlText(words)}</text>`;

const colours: Readonly<Record<Concern, string>> = {
  bad: 'bad',
  unsure: 'amber',
  inherent: 'amber',
  none: 'good',
};

const heading = ({ addresses, nodes }: Table): Drawing => {
  const all = wrapped(`${listOfAddresses(addresses)} on ${list(nodes)}`, 90);
  return {
    width: Math.max(...all.map(({ length }) => length)) * 9.6,
    height: 22 * all.length + 10,
    body: all.map((line, index) => text(0, 16 + 22 * index, line, 'title')).join('\n'),
  };
};

function lines(all: readonly string[], kind: string): Drawing {
  const broken = all.flatMap((line) => wrapped(line, 110));
  return {
    width: Math.max(...broken.map(({ length }) => length)) * small,
    height: 18 * broken.length + 6,
    body: broken.map((line, index) => text(0, 14 + 18 * index, line, kind)).join('\n'),
  };
}

const notes = (table: Table): Drawing => {
  const all = table.notes.map((note, index) => `${index + 1}. ${note}`);
  return all.length > 0 ? lines(all, 'quiet') : { width: 0, height: 6, body: '' };
};

// ---------------------------------------------------------------------------------------------------------------------
// The network

const gap = 130;
const boxHeight = 34;

/** Nodes in a row, an arc for each that should hear another one, and under each node the addresses that it carries. */
function network({ nodes, results, hearing }: RouterPrediction): Drawing {
  const holders = results[0]?.holders ?? {};
  const own = nodes.map((name) =>
    Object.entries(holders).flatMap(([address, names]) =>
      names.includes(name) ? [{ address, split: names.length > 1 }] : [],
    ),
  );
  const widths = nodes.map(
    (name, index) =>
      Math.max(name.length * letter, ...own[index]!.map(({ address }) => address.length * letter), 70) + 28,
  );
  const lefts = widths.map((_, index) => widths.slice(0, index).reduce((sum, each) => sum + each + gap, 0));
  const middle = (index: number): number => lefts[index]! + widths[index]! / 2;
  const reach = Math.max(1, nodes.length - 1);
  // An arc rises with its length; the arcs of one direction are above the nodes, those of the other below.
  const rise = (steps: number): number => 26 + 22 * (steps - 1);
  const top = rise(reach) + 22;
  const pills = Math.max(...own.map(({ length }) => length));
  const bottom = top + boxHeight;
  const parts = nodes.flatMap((name, index) => [
    `<rect class="node" x="${round(lefts[index]!)}" y="${top}" width="${round(widths[index]!)}" height="${boxHeight}" rx="6"/>`,
    text(middle(index), top + 22, name, 'head', 'middle'),
  ]);
  for (const { from, to, heard } of hearing) {
    const [a, b] = [nodes.indexOf(from), nodes.indexOf(to)];
    const [up, steps] = [a < b, Math.abs(a - b)];
    const y = up ? top : bottom;
    const peak = y + (up ? -1 : 1) * rise(steps);
    // Arcs that meet at a node do so side by side.
    const shift = (up ? 1 : -1) * 14;
    const [x1, x2] = [middle(a) + shift, middle(b) - shift];
    const [tip, back] = [up ? -2 : 2, up ? -9 : 9];
    parts.push(
      `<path class="${heard ? 'arrow' : 'deaf'}" d="M${round(x1)} ${y} C${round(x1)} ${peak} ${round(x2)} ${peak} ${round(x2)} ${y + back}"/>`,
      `<path class="${heard ? 'tip' : 'bad'}" d="M${round(x2)} ${y + tip} l-4 ${back - tip} h8 z"/>`,
    );
    if (nodes.length === 2) {
      const peak = y + (up ? -1 : 1) * rise(steps) * 0.75;
      const label = heard ? `${to} hears ${from}` : `${to} does not hear ${from}`;
      parts.push(text((x1 + x2) / 2, peak + (up ? -5 : 15), label, heard ? 'quiet' : 'bad', 'middle'));
    }
  }
  // With more nodes there is no room for words at each arc.
  const key = nodes.length > 2 ? arcWords(hearing) : [];
  parts.push(...key.map((line, index) => text(0, bottom + rise(reach) + 16 + 18 * index, line, 'quiet')));
  const under = bottom + rise(reach) + (key.length > 0 ? 18 * key.length + 12 : 26);
  for (const [index, carried] of own.entries()) {
    for (const [number, { address, split }] of carried.entries()) {
      const y = under + number * 28;
      parts.push(
        `<rect class="${split ? 'split' : 'address'}" x="${round(lefts[index]!)}" y="${y}" width="${round(widths[index]!)}" height="22" rx="11"/>`,
        text(middle(index), y + 15.5, address, split ? 'bad' : 'good', 'middle'),
      );
    }
  }
  return {
    width: lefts.at(-1)! + widths.at(-1)!,
    height: under + pills * 28 + 14,
    body: parts.join('\n'),
  };
}

function arcWords(hearing: RouterPrediction['hearing']): readonly string[] {
  const deaf = hearing.filter(({ heard }) => !heard);
  return deaf.length === 0
    ? ['An arrow leads to who hears it: all nodes hear each other.']
    : [
        'An arrow leads to who hears it; a broken one to who does not:',
        ...deaf.map(({ from, to }) => `${to} does not hear ${from}`),
      ];
}

// ---------------------------------------------------------------------------------------------------------------------
// The table

function table({ nodes, rows, mended }: Table): Drawing {
  const after = (row: Row): string => (row.after ? row.after.text + mark(row.after.note) : '');
  const verdict = (row: Row): string => row.verdict + mark(row.note);
  const room = (words: readonly string[]): number =>
    Math.max(...words.map(({ length }) => length)) * letter + 22;
  const widths = [
    room(rows.map(({ what }) => what)),
    ...nodes.map((name, index) =>
      Math.max(room([name]), ...rows.map(({ cells }) => room([cellWords(cells[index]!)]))),
    ),
    room(['Unserved', ...rows.map(({ unserved }) => unserved)]),
    room(['Verdict', ...rows.map(verdict)]),
    ...(mended ? [room(['Afterwards', ...rows.map(after)])] : []),
  ];
  const lefts = widths.map((_, index) => widths.slice(0, index).reduce((sum, each) => sum + each, 0));
  const width = lefts.at(-1)! + widths.at(-1)!;
  const centre = (column: number): number => lefts[column]! + widths[column]! / 2 - 8;
  const [unserved, judged, over] = [nodes.length + 1, nodes.length + 2, nodes.length + 3];
  const parts = [
    text(0, 17, 'What happens', 'head'),
    ...nodes.map((name, index) => text(centre(index + 1), 17, name, 'head', 'middle')),
    text(lefts[unserved]!, 17, 'Unserved', 'head'),
    text(lefts[judged]!, 17, 'Verdict', 'head'),
    ...(mended ? [text(lefts[over]!, 17, 'Afterwards', 'head')] : []),
    `<line class="rule" x1="0" x2="${round(width)}" y1="${rowHeight}" y2="${rowHeight}"/>`,
  ];
  for (const [index, row] of rows.entries()) {
    const y = rowHeight * (index + 1);
    const base = y + 17.5;
    if (index % 2 === 1) {
      parts.push(`<rect class="stripe" x="-8" y="${y}" width="${round(width + 8)}" height="${rowHeight}"/>`);
    }
    parts.push(text(0, base, row.what));
    for (const [node, cell] of row.cells.entries()) parts.push(dot(cell, row, centre(node + 1), base));
    parts.push(
      text(lefts[unserved]!, base, row.unserved, row.unserved === 'for good' ? 'bad' : ''),
      text(lefts[judged]!, base, verdict(row), colours[row.concern]),
    );
    if (row.after) {
      parts.push(
        text(lefts[over]!, base, after(row), row.after.concern === 'none' ? '' : colours[row.after.concern]),
      );
    }
  }
  return { width, height: rowHeight * (rows.length + 1) + 14, body: parts.join('\n') };
}

const mark = (number: number | undefined): string => (number === undefined ? '' : ` (${number})`);

const cellWords = (cell: Cell): string => (typeof cell === 'object' ? cell.some.join(', ') : '');

function dot(cell: Cell, { concern }: Row, x: number, base: number): string {
  const colour = concern === 'none' ? 'good' : colours[concern];
  if (cell === 'all') return `<circle class="${colour}" cx="${round(x)}" cy="${round(base - 4.5)}" r="6"/>`;
  if (cell === 'none') return text(x, base, '–', 'quiet', 'middle');
  return text(x, base, cell === 'maybe' ? '?' : cellWords(cell), colour, 'middle');
}
