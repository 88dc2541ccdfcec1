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
 * bundle a table is a file of its own and `text` reads it (vite.config.ts); elsewhere it is the text.
 */
export const table = (text: string | (() => string), by: string): Table => {
  let index: Index | undefined;
  let keys: readonly string[] | undefined;
  const rows = new Map<string, readonly Row[]>();
  const built = () => {
    index ??= indexed(typeof text === 'string' ? text : text(), by);
    return index;
  };
  return {
    rows: (key) => {
      const known = rows.get(key);
      if (known) return known;
      const { columns, lines } = built();
      const found = lines.get(key)?.map((line) => rowOf(line, columns)) ?? [];
      if (found.length > 0) rows.set(key, found);
      return found;
    },
    keys: () => {
      keys ??= [...built().lines.keys()];
      return keys;
    },
    has: (key) => built().lines.has(key),
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

/** An object with the cell under that key, or an empty one for an empty cell. */
export const optional = <K extends string, V extends string>(
  key: K,
  cell: V,
): Partial<Record<K, Exclude<V, ''>>> =>
  (cell === '' ? {} : { [key]: cell }) as Partial<Record<K, Exclude<V, ''>>>;

interface Index {
  readonly columns: ReadonlyMap<string, number>;
  readonly lines: ReadonlyMap<string, readonly string[]>;
}

// Splitting every line into cells would cost more than the index itself; most rows are never asked for.
const indexed = (text: string, by: string): Index => {
  const [header = '', ...body] = text.split('\n');
  const columns = new Map(header.split('\t').map((name, at) => [name, at]));
  const keyAt = columns.get(by);
  if (keyAt === undefined) throw new Error(`no column ${by}`);
  const lines = new Map<string, string[]>();
  for (const line of body) {
    if (line === '' || line.startsWith('#')) continue;
    const cell = cellAt(line, keyAt);
    for (const key of cell.includes(',') ? list(cell) : [cell]) {
      const same = lines.get(key);
      if (same) same.push(line);
      else if (key !== '') lines.set(key, [line]);
    }
  }
  return { columns, lines };
};

const rowOf = (line: string, columns: ReadonlyMap<string, number>): Row => {
  let cells: readonly string[] | undefined;
  return (column) => {
    const at = columns.get(column);
    if (at === undefined) throw new Error(`no column ${column}`);
    cells ??= line.split('\t');
    return cells[at] ?? '';
  };
};

const cellAt = (line: string, at: number): string => {
  let from = 0;
  for (let n = 0; n < at; n++) {
    from = line.indexOf('\t', from) + 1;
    if (from === 0) return '';
  }
  const to = line.indexOf('\t', from);
  return to < 0 ? line.slice(from) : line.slice(from, to);
};
