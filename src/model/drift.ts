/** How the nginx configurations of a cluster's nodes differ. */
import { grouped } from '../../grammar/group-by.ts';
import { once } from '../../grammar/remembered.ts';
import type { Cluster } from './cluster.ts';
import { neutralFor } from './identity.ts';
import type { Ground } from './located.ts';
import { type Change, type ChangePart, changesBetween, type NginxModel, type Side } from './nginx/index.ts';
import type { Node } from './node.ts';
import { normalPriority } from './router.ts';

/** A change with the nodes that it is between. */
export interface Drift extends Change {
  readonly node: Node;
  readonly other: Node;
}

/** The differences of each node from the one that the others are compared with: of one text with most, or else the first master. */
const driftOf = once((cluster: Cluster): readonly Drift[] => [...differences(cluster)]);

/** The drift of one kind. */
export const driftIn = (cluster: Cluster, kind: Change['kind']): readonly Drift[] =>
  driftOf(cluster).filter((each) => each.kind === kind);

function* differences(cluster: Cluster): Generator<Drift> {
  const nodes = peersOf(cluster);
  if (nodes.length < 2) return;
  const other = standard(cluster, nodes);
  const neutral = neutralFor(cluster.nodes);
  const virtual = new Set(
    cluster.routers.flatMap(({ members }) =>
      members.flatMap(({ instance: { addresses, excluded } }) =>
        [...addresses, ...excluded].flatMap(({ address }) => address?.text ?? []),
      ),
    ),
  );
  const side = (model: NginxModel): Side => ({ model, neutral, moves: (address) => virtual.has(address) });
  const standards = new Map(other.nginx.map((model) => [model, side(model)]));
  for (const node of nodes) {
    if (node === other) continue;
    const told = new Set<string>();
    for (const [mine, theirs] of modelPairs(node, other)) {
      for (const change of changesBetween(side(mine), standards.get(theirs)!, cluster.allowDifferences)) {
        // A line that several blocks include differs once.
        const parts = change.parts.filter((part) => isNew(told, part));
        if (parts.length > 0 || change.parts.length === 0) yield { ...change, parts, node, other };
      }
    }
  }
}

/** Whether nobody has told of a part at its places. */
function isNew(told: Set<string>, { name, at, expected }: ChangePart): boolean {
  const places = [at, expected].map((place) => place && `${place.source.path} ${place.start}`);
  const key = [name, ...places].join('\0');
  const before = told.size;
  return told.add(key).size > before;
}

/** The nodes that serve the same: those that share a virtual router, or that the operator declares to be one cluster. */
function peersOf({ name, nodes, balancers, routers, backends }: Cluster): readonly Node[] {
  const serving = new Set(routers.flatMap(({ members }) => members.map(({ node }) => node)));
  const candidates =
    balancers.length > 0 ? balancers.filter((node) => serving.has(node)) : name === undefined ? [] : nodes;
  return candidates.filter((node) => node.nginx.length > 0 && !backends.includes(node));
}

function standard({ routers }: Cluster, nodes: readonly Node[]): Node {
  const rank = new Map(nodes.map((node) => [node, 0]));
  for (const member of routers.flatMap(({ members }) => members)) {
    if (rank.has(member.node)) rank.set(member.node, rank.get(member.node)! + (normalPriority(member) ?? 0));
  }
  const alike = grouped(nodes, ({ nginx }) =>
    nginx.flatMap(({ syntax }) => syntax.map(({ file }) => file.source.text)).join('\0'),
  );
  const copies = new Map(alike.flatMap((group) => group.map((node) => [node, group.length])));
  return [...nodes].sort((a, b) => copies.get(b)! - copies.get(a)! || rank.get(b)! - rank.get(a)!)[0]!;
}

/** The main files of two nodes, or fragments of one file name. */
function* modelPairs(a: Node, b: Node): Generator<readonly [NginxModel, NginxModel]> {
  const [mine, theirs] = [a, b].map(({ nginx }) => nginx.find(({ isMain }) => isMain));
  if (mine && theirs) yield [mine, theirs];
  if (mine || theirs) return;
  const name = ({ files }: NginxModel): string => files.files[0].file.source.path.split('/').at(-1)!;
  const others = new Map(b.nginx.map((model) => [name(model), model]));
  for (const model of a.nginx) {
    const other = others.get(name(model));
    if (other) yield [model, other];
  }
}

/** One finding's words: what differs, where else, and how. */
export interface DriftWords {
  readonly message: string;
  /** For each part where either node says it, or could. */
  readonly grounds?: readonly (readonly Ground[])[];
  readonly related: readonly { readonly at: NonNullable<ChangePart['at']>; readonly note: string }[];
}

/** The words for a drift. */
export function driftWords({ node, other, object, presence, parts, at, expected, heads }: Drift): DriftWords {
  const [here, there] = [node.name, other.name];
  if (presence !== 'both') {
    const [holder, lacking] = presence === 'here' ? [here, there] : [there, here];
    const note = presence === 'here' ? `without it on ${there}` : `only on ${there}`;
    return {
      message: `${object} is on ${holder} but not on ${lacking}`,
      related: expected ? [{ at: expected, note }] : [],
      ...(heads
        ? {
            grounds: [
              heads.flatMap((head, side) =>
                head && (side === 0) === (presence === 'there') ? { ...head, lacks: object } : (head ?? []),
              ),
            ],
          }
        : {}),
    };
  }
  const [first, ...more] = parts as [ChangePart, ...ChangePart[]];
  const note = ({ at, expected: place }: ChangePart, name: string): string =>
    at && place ? `on ${name}` : `only on ${name}`;
  /** Of a lone part, where it is missing. */
  const lacking = (part: ChangePart): DriftWords['related'] => {
    const [place, name] = part.at ? [expected, there] : [at, here];
    return more.length === 0 && heads && place && !(part.at && part.expected)
      ? [{ at: place, note: `without it on ${name}` }]
      : [];
  };
  return {
    message:
      more.length > 0
        ? `${object} differs in ${parts.length} places between ${here} and ${there}`
        : partWords(first, object, here, there),
    ...(heads && parts.length <= mostParts
      ? {
          grounds: parts.map((part) => [
            ...[part.at, part.expected].flatMap(
              (place, side) => place ?? (heads[side] ? [{ ...heads[side], lacks: part.name }] : []),
            ),
            ...(part.also ?? []),
          ]),
        }
      : {}),
    related: parts
      .flatMap((part) => [
        ...(part.at && part !== first ? [{ at: part.at, note: note(part, here) }] : []),
        ...(part.expected ? [{ at: part.expected, note: note(part, there) }] : []),
        ...lacking(part),
      ])
      .slice(0, 2 * mostParts),
  };
}

/** More than these nobody reads. */
const mostParts = 4;

function partWords(
  { name, here: mine, there: theirs, at, expected }: ChangePart,
  object: string,
  here: string,
  there: string,
): string {
  if (at && !expected) return `${name} of ${object} is on ${here} but not on ${there}`;
  if (expected && !at) return `${name} of ${object} is on ${there} but not on ${here}`;
  return mine === undefined || theirs === undefined || mine === theirs
    ? `${name} of ${object} differs between ${here} and ${there}`
    : `${name} of ${object} is ${mine} on ${here} but ${theirs} on ${there}`;
}
