/** How the virtual routes and rules of a router's nodes differ. */
import { type Route, routesOf } from './keepalived/index.ts';
import { deviations, grouped, type Member, type VirtualRouter } from './router.ts';

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
      // A line that keepalived cannot read has its finding where it stands.
      const told = new Set([...faulty(member), ...faulty(other)]);
      const extra = without(value, expected).filter(({ subject }) => !told.has(subject));
      const missing = without(expected, value).filter(({ subject }) => !told.has(subject));
      if (extra.length === 0 && missing.length === 0) return [];
      const readable = (each: Member): boolean => each.node.keepalived?.complete ?? false;
      // What is not there may stand in what could not be read.
      const unsure = extra.length === 0 ? !readable(member) : missing.length === 0 && !readable(other);
      return unsure ? [] : [{ kind, member, other, extra, missing }];
    });
  });

/** What the lines are about that a member's daemon refuses. */
function faulty({ node, instance }: Member): readonly string[] {
  const lines = (node.keepalived?.wordProblems ?? []).flatMap(({ item }) => item ?? []);
  return (routesOf(instance) ?? []).flatMap(({ at, subject }) =>
    lines.some(({ source, name }) => source === at.source && at.start <= name.start && name.start < at.end)
      ? [subject]
      : [],
  );
}

function without(list: readonly Route[], others: readonly Route[]): readonly Route[] {
  const known = new Set(others.map(({ meaning }) => meaning));
  return grouped(list, ({ meaning }) => meaning).flatMap(([first]) =>
    known.has(first.meaning) ? [] : [first],
  );
}
