/** Predictions in words that an operator need not have learned. */
import { actionsIn, type Prediction, type Result, type Verdict, type Window } from '../../election/index.ts';
import type { Table } from './table.ts';

/** What a step means: `crash lb1` is `lb1 loses power`. */
export const stepWords = (step: string): string => actionsIn(step).map(actionWords).join(', ');

function actionWords(words: readonly string[]): string {
  const [verb, node = '', object = ''] = words;
  const [, from = '', , to = ''] = words;
  switch (verb) {
    case 'crash':
      return `${node} loses power`;
    case 'kill':
      return `keepalived is killed on ${node}`;
    case 'stop':
      return `keepalived stops on ${node}`;
    case 'start':
      return `${node} starts`;
    case 'link-down':
      return object ? `${object} of ${node} goes down` : `${node} loses all links`;
    case 'link-up':
      return object ? `${object} of ${node} comes up` : `the links of ${node} come up`;
    case 'isolate':
      return object ? `${node} is cut off on ${object}` : `${node} is cut off`;
    case 'rejoin':
      return object ? `${node} is back on ${object}` : `${node} is back in the network`;
    case 'fail':
      return `${object} fails on ${node}`;
    case 'pass':
      return `${object} passes on ${node}`;
    case 'block':
      return `${to} no longer hears ${from}`;
    case 'unblock':
      return `${to} hears ${from} again`;
    default:
      return words.join(' ');
  }
}

/** Whether a step only ends faults. */
export const isReturn = (step: string): boolean => actionsIn(step).every(([verb = '']) => returns.has(verb));

const returns: ReadonlySet<string> = new Set(['start', 'link-up', 'pass', 'unblock', 'rejoin']);

const tenth = (seconds: number): string => String(Math.round(seconds * 10) / 10);

/** `0 s`, `2.4–3.4 s`, or `for good` where nobody takes over. */
export function windowWords({ min, max }: Window): string {
  if (max === null) return 'for good';
  const [from, to] = [tenth(min), tenth(max)];
  if (to === '0') return '0 s';
  return from === to ? `${to} s` : `${from}–${to} s`;
}

export const verdictWords: Readonly<Record<Verdict, string>> = {
  ok: 'ok',
  'split-brain': 'split-brain',
  nobody: 'nobody',
  'stays-on-broken-node': 'stays on the broken node',
  undetermined: 'undetermined',
};

/** `lb1`, `lb1 and lb2`, `lb1, lb2 and lb3`; `nobody` for none. */
export const list = (names: readonly string[]): string =>
  names.length === 0
    ? 'nobody'
    : names.length === 1
      ? names[0]!
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** The addresses that a table is about: none where a template leaves them open, or where an instance has none. */
export const listOfAddresses = (addresses: readonly string[]): string =>
  addresses.length === 0 ? 'no known address' : list(addresses);

/** How much a result should worry: lost or split, uncertain, what happens to every cluster, or nothing. */
export type Concern = 'bad' | 'unsure' | 'inherent' | 'none';

export const concern = ({ verdict, inherent }: Result): Concern =>
  verdict === 'ok' ? 'none' : inherent ? 'inherent' : verdict === 'undetermined' ? 'unsure' : 'bad';

/** The verdict of a result; a star stands where it happens to every cluster. */
export const judgement = (result: Result): string =>
  verdictWords[result.verdict] + (concern(result) === 'inherent' ? '*' : '');

/** Why a result is as it is, and the lines that decide it. What happens to every cluster has one reason everywhere. */
export function reason(result: Result): string {
  const { why, lines = [], verdict, inherent, holders } = result;
  const split = Object.values(holders).some((nodes) => nodes.length > 1);
  if (inherent && verdict === 'split-brain' && split && !/killed/.test(why)) {
    return 'Nodes that cannot hear each other take each other for dead; only a second path between them helps';
  }
  return lines.length > 0 ? `${why} (${lines.join(', ')})` : why;
}

/** What the signs and columns of these tables mean. */
export function legendWords(tables: readonly Table[]): readonly string[] {
  const rows = tables.flatMap((table) => table.rows);
  const several = tables.some(({ addresses }) => addresses.length > 1);
  return [
    `● carries ${several ? 'all addresses' : 'the address'}`,
    ...(rows.some(({ cells }) => cells.includes('maybe')) ? ['? may carry it: the nodes race'] : []),
    'Unserved: how long no node carries it',
    ...(rows.some(({ what }) => / fails on /.test(what))
      ? ['until a failing check counts, the failing node carries it']
      : []),
    ...(rows.some(({ after }) => after) ? ['Afterwards: who carries it once the fault is over'] : []),
    ...(rows.some((row) => row.concern === 'inherent') ? ['* happens to any cluster'] : []),
  ];
}

/** All tables in one sentence. */
export function summaryWords({ played, of }: Prediction, tables: readonly Table[]): string {
  const rows = tables.flatMap((table) => table.rows);
  const faults = rows.filter(({ start }) => !start);
  const number = (wanted: Concern): number =>
    faults.filter((row) => row.concern === wanted || row.after?.concern === wanted).length;
  const [bad, unsure, inherent] = [number('bad'), number('unsure'), number('inherent')];
  const bound = played < of ? `; only ${played} of ${of} combinations were played` : '';
  if (rows.some(({ start, concern }) => start && concern === 'bad'))
    return `Broken before anything fails${bound}`;
  const parts = [
    bad > 0
      ? `${bad} of ${faults.length} faults leave an address split, lost or on a broken node`
      : `${faults.length - unsure - inherent} of ${faults.length} faults leave each address on exactly one working node`,
    ...(unsure > 0 ? [`${unsure} undetermined`] : []),
    ...(inherent > 0 ? [`${inherent} (*) are the same in any cluster`] : []),
  ];
  return parts.join(', ') + bound;
}
