/** How the locations of two servers differ. */
import { headSpan } from '../../../../grammar/tree.ts';
import { type Location, locationOf } from '../server.ts';
import type { Statement } from '../statement.ts';
import type { Change, ChangePart, Comparison } from './change.ts';
import { changesOf, partsOf } from './levels.ts';
import { isNear, likePairs, linesIn, sharedIn } from './likeness.ts';

const locationsOf = ({ body }: Statement): readonly Location[] =>
  body.filter(({ name }) => name === 'location').map(locationOf);
const locationKey = ({ modifier, path }: Location): string =>
  `${modifier === '@' ? '' : modifier} ${path.value ?? '?'}`.trim();
const isPattern = ({ modifier }: Location): boolean => modifier === '~' || modifier === '~*';

/** The differences of the locations in two servers, at any depth. */
export function* locationChanges(
  comparison: Comparison,
  mine: Statement,
  theirs: Statement,
  site: string,
): Generator<Change> {
  const stack: (readonly [Statement, Statement])[] = [[mine, theirs]];
  for (let pair = stack.pop(); pair; pair = stack.pop()) {
    const [x, y] = pair;
    const others = new Map(locationsOf(y).map((each) => [locationKey(each), each]));
    const title = (location: Location): string =>
      `location ${locationKey(location)} of ${site.startsWith('on ') ? `the server ${site}` : site}`;
    const own = locationsOf(x);
    const alone = own.filter((each) => !others.has(locationKey(each)));
    const met = new Set(own.map(locationKey));
    const unmet = [...others.values()].filter((each) => !met.has(locationKey(each)));
    const moved = new Map(likePairs(alone, unmet, locationLikeness));
    for (const location of own) {
      const other = others.get(locationKey(location)) ?? moved.get(location);
      const at = headSpan(location.statement.directive);
      if (!other) {
        if (comparison.there.model.complete)
          yield {
            kind: 'other',
            object: title(location),
            presence: 'here',
            parts: [],
            at,
            expected: headSpan(y.directive),
            heads: [at, headSpan(y.directive)],
          };
        continue;
      }
      others.delete(locationKey(other));
      const parts = [
        ...pathParts(location, other),
        ...partsOf(comparison, location.statement, other.statement),
        ...orderParts(location.statement, other.statement),
      ];
      yield* changesOf(title(other), parts, at, headSpan(other.statement.directive));
      stack.push([location.statement, other.statement]);
    }
    if (!comparison.here.model.complete) continue;
    for (const other of others.values()) {
      const at = headSpan(other.statement.directive);
      yield {
        kind: 'other',
        object: title(other),
        presence: 'there',
        parts: [],
        at: headSpan(x.directive),
        expected: at,
        heads: [headSpan(x.directive), at],
      };
    }
  }
}

/** How much two locations of one server look like one whose path was changed; undefined where they do not. */
function locationLikeness(a: Location, b: Location): number | undefined {
  const [mine, theirs] = [a.path.value, b.path.value];
  if (mine === undefined || theirs === undefined) return undefined;
  const shared = sharedIn(linesIn(a.statement), linesIn(b.statement));
  const isCalledAlike = mine === theirs || isNear(mine, theirs);
  return shared >= (isCalledAlike ? 0.3 : 1) ? Number(isCalledAlike) + shared : undefined;
}

function pathParts(mine: Location, theirs: Location): readonly ChangePart[] {
  const [here, there] = [locationKey(mine), locationKey(theirs)];
  return here === there
    ? []
    : [{ name: 'the path', here, there, at: mine.path.at, expected: theirs.path.at }];
}

/** Of patterns the first that matches counts, so their order does. */
export function orderParts(mine: Statement, theirs: Statement): readonly ChangePart[] {
  const [a, b] = [mine, theirs].map((each) => locationsOf(each).filter(isPattern)) as [
    Location[],
    Location[],
  ];
  const [x, y] = [new Set(a.map(locationKey)), new Set(b.map(locationKey))];
  const left = a.filter((each) => y.has(locationKey(each)));
  const right = b.filter((each) => x.has(locationKey(each)));
  const index = left.findIndex((each, at) => right[at] && locationKey(each) !== locationKey(right[at]));
  if (index < 0) return [];
  const [at, expected] = [left[index]!, right[index]!].map(({ statement }) => headSpan(statement.directive));
  return [{ name: 'the order of its regular expressions', here: undefined, there: undefined, at, expected }];
}
