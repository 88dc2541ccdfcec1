/** How two levels differ in what stands on them or holds there. */
import type { Span } from '../../../../grammar/text.ts';
import { headSpan } from '../../../../grammar/tree.ts';
import type { Ground } from '../../located.ts';
import { passNames, passOf, targetOf } from '../pass.ts';
import type { Statement } from '../statement.ts';
import type { Change, ChangePart, Comparison, Side } from './change.ts';
import {
  entryParts,
  groupsOf,
  inherited,
  isSameWriting,
  lineParts,
  plainGroups,
  shown,
  spanOf,
} from './groups.ts';

/** What differs between two blocks, or between the main levels where there are none; objects in them left out. */
export function partsOf(
  comparison: Comparison,
  mine: Statement | undefined,
  theirs: Statement | undefined,
): readonly ChangePart[] {
  const { here, there, renamed } = comparison;
  const a = groupsOf(here, mine?.body ?? here.model.statements, renamed);
  const b = plainGroups(there, theirs?.body ?? there.model.statements);
  const parts: ChangePart[] = [];
  for (const name of new Set([...b.keys(), ...a.keys()])) {
    const [x, y] = [a.get(name), b.get(name)];
    if (x && y && renamed.size === 0 && isSameWriting(x, y)) continue;
    const left = x ? [x.text] : inherited(here, mine, y!);
    const right = y ? [y.text] : inherited(there, theirs, x!);
    if (left.some((text) => right.includes(text))) continue;
    // The name of no upstream is a finding of its own.
    if (x?.statements.some(lostIn(here)) || y?.statements.some(lostIn(there))) continue;
    if ((!x && !here.model.complete) || (!y && !there.model.complete)) continue;
    const few =
      x && y && (entryParts([here, x], [there, y], renamed) ?? lineParts([here, x], [there, y], renamed));
    if (few) {
      parts.push(...few);
      continue;
    }
    const also =
      x && y
        ? [...x.statements, ...y.statements].map(({ directive }) => headSpan(directive))
        : (x ?? y)!.statements.flatMap(idleIn(x ? there : here));
    parts.push({ name, here: shown(x, y), there: shown(y, x), at: spanOf(x), expected: spanOf(y), also });
  }
  return parts;
}

/** A pass to the name of an upstream that its configuration does not define. */
const lostIn =
  ({ model }: Side) =>
  (statement: Statement): boolean => {
    const pass = passNames.has(statement.name) ? passOf(statement) : undefined;
    const { host, port } = pass?.target.value ?? {};
    if (!pass || host === undefined || port !== undefined || !/^[\w-]+$/.test(host)) return false;
    return host !== 'localhost' && !targetOf(pass, model.upstreams);
  };

/** The upstream of a side that a statement of the other passes to. */
const idleIn =
  ({ model }: Side) =>
  (statement: Statement): readonly Ground[] => {
    const pass = passNames.has(statement.name) ? passOf(statement) : undefined;
    const upstream = pass && targetOf(pass, model.upstreams);
    return upstream ? [{ ...headSpan(upstream.statement.directive), lacks: 'pass' }] : [];
  };

/** The differences of one level as those of `object`. */
export function* levelChanges(
  comparison: Comparison,
  object: string,
  mine: Statement | undefined,
  theirs: Statement | undefined,
): Generator<Change> {
  yield* changesOf(
    object,
    partsOf(comparison, mine, theirs),
    mine && headSpan(mine.directive),
    theirs && headSpan(theirs.directive),
  );
}

/** `parts` as differences of `object`, what is about TLS apart from the rest. */
export function* changesOf(
  object: string,
  parts: readonly ChangePart[],
  at: Span | undefined,
  expected: Span | undefined,
): Generator<Change> {
  const isTls = ({ name }: ChangePart): boolean => /^ssl_(?!preread)/.test(name);
  for (const [kind, list] of [
    ['tls', parts.filter(isTls)],
    ['other', parts.filter((part) => !isTls(part))],
  ] as const) {
    const [first] = list;
    // A side without the level's block has no place but the other's.
    const place = first && (first.at ?? at ?? first.expected ?? expected);
    if (first && place)
      yield {
        kind,
        object,
        presence: 'both',
        parts: list,
        at: place,
        expected: first.expected ?? expected,
        heads: [at, expected],
      };
  }
}
