/** How the virtual routes and rules of a router's nodes differ. */
import { grouped } from '../../grammar/group-by.ts';
import { type Route, routesOf } from './keepalived/index.ts';
import { deviations, type Member, type VirtualRouter } from './router.ts';

/** The routes, or the rules, of which one node has others than another. */
export interface RouteDifference {
  readonly kind: Route['kind'];
  readonly member: Member;
  readonly other: Member;
  /** Of `member` only, and of `other` only. */
  readonly extra: readonly Route[];
  readonly missing: readonly Route[];
}

/** The differences of a router, one for each kind and node. */
export const routeDifferences = ({ members }: VirtualRouter): readonly RouteDifference[] =>
  (['route', 'rule'] as const).flatMap((kind) => {
    const read = ({ instance }: Member) => routesOf(instance)?.filter((each) => each.kind === kind);
    const key = (list: readonly Route[]) =>
      [...new Set(list.map(({ meaning }) => meaning))].sort().join('\n');
    return deviations(members, read, key).flatMap(({ member, value, other, expected }) => {
      const [extra, missing] = [
        known(without(value, expected), member, other),
        known(without(expected, value), other, member),
      ];
      if (extra.length === 0 && missing.length === 0) return [];
      const readable = (each: Member): boolean => each.node.keepalived?.complete ?? false;
      // What is not there may stand in what could not be read.
      const unsure = extra.length === 0 ? !readable(member) : missing.length === 0 && !readable(other);
      return unsure ? [] : [{ kind, member, other, extra, missing }];
    });
  });

/**
 * Those of `holder` that `lacking` is known not to have: a line that keepalived cannot read has its finding where it stands,
 * and may be about anything.
 */
function known(list: readonly Route[], holder: Member, lacking: Member): readonly Route[] {
  const [own, others] = [faulty(holder), faulty(lacking)];
  const told = new Set([...own, ...others].map(({ subject }) => subject));
  const sound = list.filter(({ subject }) => !told.has(subject));
  return sound.length > others.length ? sound : [];
}

/** The lines that a member's daemon refuses. */
function faulty({ node, instance }: Member): readonly Route[] {
  const lines = (node.keepalived?.wordProblems ?? []).flatMap(({ item }) => item ?? []);
  return (routesOf(instance) ?? []).filter(({ at }) =>
    lines.some(({ source, name }) => source === at.source && at.start <= name.start && name.start < at.end),
  );
}

function without(list: readonly Route[], others: readonly Route[]): readonly Route[] {
  const known = new Set(others.map(({ meaning }) => meaning));
  return grouped(list, ({ meaning }) => meaning).flatMap(([first]) =>
    known.has(first.meaning) ? [] : [first],
  );
}
