import { lineEnd } from '../text.ts';

/** One row: the text of the cell in the named column, '' when the cell is empty or cut off. */
export type Row = (column: string) => string;

/** Rows of one TSV, found by the words of its key column; a cell like `a,b` files its row under both. */
export interface Table {
  readonly rows: (key: string) => readonly Row[];
  readonly keys: () => readonly string[];
  readonly has: (key: string) => boolean;
}

/** One slot of the notation `type(word|word;min..max)`: a type, words it admits, and inclusive bounds of a number. */
export interface Shape {
  readonly type: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly values?: readonly string[] | undefined;
}

/**
 * A table over TSV text whose first line names the columns; nothing is read before the first question. In the command's
 * bundle a table is a file of its own, with its indexes at the end, and `text` reads it (vite.config.ts); elsewhere it is
 * the text.
 */
export const table = (text: string | (() => string), by: string): Table => {
  let index: Index | undefined;
  let keys: readonly string[] | undefined;
  let known: ReadonlySet<string> | undefined;
  const rows = new Map<string, readonly Row[]>();
  const built = () => {
    index ??= indexOf(typeof text === 'string' ? text : text(), by);
    return index;
  };
  return {
    rows: (key) => {
      const known = rows.get(key);
      if (known) return known;
      const { text, columns, starts } = built();
      const found = startsOf(starts, key).map((start) => rowAt(text, start, columns));
      if (found.length > 0) rows.set(key, found);
      return found;
    },
    keys: () => {
      keys ??= Object.keys(built().starts);
      return keys;
    },
    has: (key) => {
      known ??= new Set(Object.keys(built().starts));
      return known.has(key);
    },
  };
};

/** The parts of one slot written in the notation of the tables. */
export const shape = (text: string): Shape => {
  const open = text.indexOf('(');
  if (open < 0 || !text.endsWith(')'))
    return { type: text, min: undefined, max: undefined, values: undefined };
  let values: readonly string[] | undefined;
  let bounds: readonly string[] = [];
  for (const part of text.slice(open + 1, -1).split(';')) {
    if (part.includes('..')) bounds = part.split('..');
    else values = part.split('|');
  }
  const [min, max] = bounds.map((bound) => (bound === '' ? undefined : Number(bound)));
  return { type: text.slice(0, open), min, max, values };
};

/** The words of a comma-separated cell; none for an empty one. */
export const list = (cell: string): readonly string[] => (cell === '' ? [] : cell.split(','));

/** What a cell says; undefined where it is empty. Rows decode to objects that have all keys: engines read those faster. */
export const stated = <V extends string>(cell: V): Exclude<V, ''> | undefined =>
  cell === '' ? undefined : (cell as Exclude<V, ''>);

/** Where the line of each key starts, or where all of its lines do. */
type Starts = Readonly<Record<string, number | readonly number[]>>;

interface Index {
  readonly text: string;
  readonly columns: ReadonlyMap<string, number>;
  readonly starts: Starts;
}

const startsOf = (starts: Starts, key: string): readonly number[] => {
  const found = Object.hasOwn(starts, key) ? starts[key]! : [];
  return typeof found === 'number' ? [found] : found;
};

const columnsOf = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .slice(0, text.indexOf('\n'))
      .split('\t')
      .map((name, at) => [name, at]),
  );

const indexOf = (text: string, by: string): Index => {
  const columns = columnsOf(text);
  const mark = `\n#${by} `;
  const at = text.lastIndexOf(mark);
  if (at < 0) return { text, columns, starts: startsBy(text, columns, by) };
  const end = text.indexOf('\n', at + 1);
  return { text, columns, starts: JSON.parse(text.slice(at + mark.length, end)) };
};

/** The text of a table with an index by each of these columns, for which a start need not go through all lines. */
export const withIndexes = (text: string, columns: readonly string[]): string =>
  columns.reduce(
    (result, by) => `${result}#${by} ${JSON.stringify(startsBy(text, columnsOf(text), by))}\n`,
    text.endsWith('\n') ? text : `${text}\n`,
  );

// Splitting every line into cells would cost more than the index itself; most rows are never asked for.
const startsBy = (text: string, columns: ReadonlyMap<string, number>, by: string): Starts => {
  const keyAt = columns.get(by);
  if (keyAt === undefined) throw new Error(`no column ${by}`);
  const starts: Record<string, number | readonly number[]> = Object.create(null);
  for (let start = text.indexOf('\n') + 1; start > 0 && start < text.length; start = lineAfter(text, start)) {
    if (text[start] === '\n' || text[start] === '#') continue;
    for (const key of list(cellAt(text, start, keyAt))) {
      const before = startsOf(starts, key);
      starts[key] = before.length === 0 ? start : [...before, start];
    }
  }
  return starts;
};

const lineAfter = (text: string, start: number): number => lineEnd(text, start) + 1;

const rowAt = (text: string, start: number, columns: ReadonlyMap<string, number>): Row => {
  let isAsked = false;
  let cells: readonly string[] | undefined;
  return (column) => {
    const at = columns.get(column);
    if (at === undefined) throw new Error(`no column ${column}`);
    // Of most rows only one cell is asked for.
    if (isAsked) cells ??= text.slice(start, lineEnd(text, start)).split('\t');
    isAsked = true;
    return cells ? (cells[at] ?? '') : cellAt(text, start, at);
  };
};

const cellAt = (text: string, start: number, at: number): string => {
  const end = lineEnd(text, start);
  let from = start;
  for (let n = 0; n < at; n++) {
    from = text.indexOf('\t', from) + 1;
    if (from === 0 || from > end) return '';
  }
  const to = text.indexOf('\t', from);
  return text.slice(from, to < 0 || to > end ? end : to);
};
