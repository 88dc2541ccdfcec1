/** One virtual router's predictions as the table that pretty, markdown and svg draw, each in its own manner. */
import type { Result, RouterPrediction } from '../../election/index.ts';
import {
  type Concern,
  concern,
  isReturn,
  judgement,
  list,
  reason,
  stepWords,
  verdictWords,
  windowWords,
} from './words.ts';

/** What a node has of the addresses after a step. */
export type Cell = 'all' | 'maybe' | 'none' | { readonly some: readonly string[] };

export interface Row {
  /** What happens. */
  readonly what: string;
  /** It is how things stand before anything fails. */
  readonly start: boolean;
  /** One for each node. */
  readonly cells: readonly Cell[];
  readonly unserved: string;
  readonly verdict: string;
  readonly concern: Concern;
  /** The number of its note; undefined for what needs none. */
  readonly note: number | undefined;
  /** How things stand once the fault has ended; undefined where that was not asked. */
  readonly after:
    | { readonly text: string; readonly concern: Concern; readonly note: number | undefined }
    | undefined;
}

export interface Table {
  readonly addresses: readonly string[];
  readonly nodes: readonly string[];
  readonly rows: readonly Row[];
  /** Some row says how things stand once its fault has ended. */
  readonly mended: boolean;
  /** Why things are as they are, each once; the number of a note counts from 1. */
  readonly notes: readonly string[];
}

/** The table of a router: a row for each fault with what follows its end, or for each step of a sequence. */
export function tableOf({ addresses, nodes, results }: RouterPrediction): Table {
  const notes: string[] = [];
  const noteOf = (result: Result): number | undefined => {
    if (concern(result) === 'none') return undefined;
    const note = reason(result);
    if (!notes.includes(note)) notes.push(note);
    return notes.indexOf(note) + 1;
  };
  const sequence = isSequence(results);
  const key = (steps: readonly string[]): string => steps.join('\n');
  const faults = new Set(results.map(({ steps }) => key(steps)));
  const endsFault = ({ steps }: Result): boolean =>
    !sequence && steps.length > 1 && isReturn(steps.at(-1)!) && faults.has(key(steps.slice(0, -1)));
  const ends = new Map(
    results.filter(endsFault).map((result) => [key(result.steps.slice(0, -1)), result] as const),
  );
  const rows = results
    .filter((result) => !endsFault(result))
    .map((result): Row => {
      const end = ends.get(key(result.steps));
      return {
        what: whatHappens(result, sequence),
        start: result.steps.length === 0,
        cells: nodes.map((node) => cellOf(result, node)),
        unserved: windowWords(result.unserved),
        verdict: judgement(result),
        concern: concern(result),
        note: noteOf(result),
        after: end && { text: afterwards(end, nodes, results[0]), concern: concern(end), note: noteOf(end) },
      };
    });
  return { addresses, nodes, ...folded(rows, notes), notes };
}

/** One row for all where nobody carries anything, whatever happens: that many rows would say no more. */
function folded(rows: readonly Row[], notes: string[]): Pick<Table, 'rows' | 'mended'> {
  const [first] = rows;
  if (!first || rows.length === 1 || !rows.every(({ verdict }) => verdict === verdictWords.nobody)) {
    return { rows, mended: rows.some(({ after }) => after !== undefined) };
  }
  notes.length = 1;
  return { rows: [{ ...first, what: 'whatever happens', after: undefined }], mended: false };
}

/** Whether the results follow upon each other, as those of --steps do. */
const isSequence = (results: readonly Result[]): boolean =>
  results.every(({ steps }, index) => steps.length === index);

function whatHappens({ steps }: Result, sequence: boolean): string {
  if (steps.length === 0) return 'nothing: all nodes start';
  if (sequence) return `${steps.length > 1 ? 'then ' : ''}${stepWords(steps.at(-1)!)}`;
  return steps.map(stepWords).join(', then ');
}

function cellOf({ holders, possible }: Result, node: string): Cell {
  const held = Object.entries(holders).filter(([, names]) => names.includes(node));
  if (possible) {
    const times = possible.filter((names) => names.includes(node)).length;
    return times === 0 ? 'none' : times < possible.length ? 'maybe' : 'all';
  }
  if (held.length === 0) return 'none';
  return held.length === Object.keys(holders).length ? 'all' : { some: held.map(([address]) => address) };
}

/** Who carries the addresses once a fault is over; as at the start goes without saying where that is no good. */
function afterwards(end: Result, nodes: readonly string[], start: Result | undefined): string {
  const sets = end.possible ?? Object.values(end.holders);
  const names = [...new Set(sets.map((set) => list(nodes.filter((node) => set.includes(node)))))];
  if (end.verdict === 'ok') return names.join(', ');
  const known = end.verdict === 'nobody' || (end.verdict === start?.verdict && reason(end) === reason(start));
  return known ? judgement(end) : `${judgement(end)}: ${names.join(end.possible ? ' or ' : ', ')}`;
}
