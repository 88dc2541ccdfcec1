/** How the LVS virtual servers of a cluster's nodes differ. */
import { remembered } from '../../grammar/remembered.ts';
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import type { Cluster } from './cluster.ts';
import { neutralFor } from './identity.ts';
import {
  instanceNamed,
  type Meaning,
  meaningOf,
  repeatedVirtualServers,
  type Statement,
  spelledArgs,
  statementsOf,
} from './keepalived/index.ts';
import { type Ground, type Located, located } from './located.ts';
import type { Node } from './node.ts';

/** What of a virtual server is not the same on two nodes. */
export interface ServerDifference {
  readonly node: Node;
  readonly other: Node;
  /** The virtual server in words: `10.0.0.100 80`. */
  readonly server: string;
  /** On `node`; the line of the other's where `node` has none. */
  readonly at: Span;
  readonly kind: 'missing' | 'extra' | 'changed';
  readonly parts: readonly Part[];
}

/** A line or block of a virtual server that one node has otherwise, or not at all. */
export interface Part {
  /** `real_server 10.0.1.2 80`, `lb_algo`. */
  readonly name: string;
  /** As written; undefined where a node has no such line. Blocks have their name only. */
  readonly here: string | undefined;
  readonly there: string | undefined;
  readonly at: Span | undefined;
  readonly expected: Span | undefined;
  /** What it rests on: for a block, whatever in it differs. */
  readonly grounds: readonly (readonly Ground[])[];
}

/** The differences from the first node, for each other one. */
export function* serverDifferences(cluster: Cluster): Generator<ServerDifference> {
  const { allowDifferences: allowed } = cluster;
  for (const difference of differencesIn(cluster)) {
    const parts = difference.parts.filter(
      ({ name }) => !allowed.has(name) && !allowed.has(name.split(' ')[0]!),
    );
    if (allowed.has(difference.server) || (difference.kind === 'changed' && parts.length === 0)) continue;
    yield { ...difference, parts };
  }
}

function* differencesIn({ balancers }: Cluster): Generator<ServerDifference> {
  const nodes = balancers.filter(({ keepalived }) => keepalived?.complete);
  const [first, ...others] = nodes;
  if (!first || others.length === 0) return;
  const neutral = neutralFor(nodes);
  const expected = serversOf(first);
  const theirs = remembered(effectOf);
  for (const node of others) {
    const mine = serversOf(node);
    const extra = [...mine].filter(([key]) => !expected.has(key));
    const missing = [...expected].filter(([key]) => !mine.has(key));
    for (const [key, statement] of mine) {
      const other = expected.get(key);
      if (!other || areCopies(statement, other)) continue;
      const parts = partsOf(effectOf(statement), theirs(other), neutral);
      const at = headSpan(statement.directive);
      if (parts.length > 0) yield { node, other: first, server: key, at, kind: 'changed', parts };
    }
    yield* syncDifference(node, first);
    const [moved, from] = [extra[0], missing[0]];
    if (moved && from && extra.length + missing.length === 2 && !isGroup(moved[0]) && !isGroup(from[0])) {
      // The only ones without a counterpart are each other's, at another address or port.
      const at = headSpan(moved[1].directive);
      const expected = headSpan(from[1].directive);
      const grounds = [[at, expected]];
      const part = { name: 'address', here: moved[0], there: from[0], at, expected, grounds };
      yield { node, other: first, server: from[0], at, kind: 'changed', parts: [part] };
      continue;
    }
    // A node without any is no LVS node.
    if (mine.size === 0 || expected.size === 0) continue;
    const [isRepeated, isRepeatedThere] = [repeats(node), repeats(first)];
    for (const [server, { directive }] of isRepeatedThere ? [] : extra) {
      yield { node, other: first, server, at: headSpan(directive), kind: 'extra', parts: [] };
    }
    for (const [server, { directive }] of isRepeated ? [] : missing) {
      const at = headSpan(directive);
      yield { node, other: first, server, at, kind: 'missing', parts: [] };
    }
  }
}

/** Whether a node has a virtual server twice, of which one was meant to be another: that has its finding. */
const repeats = ({ keepalived }: Node): boolean =>
  repeatedVirtualServers(keepalived!.virtualServers).next().done === false;

/** Whether two blocks are written letter for letter the same, and say all of what they mean themselves. */
function areCopies({ directive: one }: Statement, { directive: other }: Statement): boolean {
  const length = one.close - one.name.start;
  if (one.close < 0 || other.close - other.name.start !== length) return false;
  const text = one.source.text.slice(one.name.start, one.close);
  return other.source.text.startsWith(text, other.name.start) && !/[$@~]|include/.test(text);
}

const isGroup = (key: string): boolean => key.startsWith('group ');

/** The synchronisation of connections needs one number on all nodes (ip_vs_sync.c ignores messages with another). */
function* syncDifference(node: Node, other: Node): Generator<ServerDifference> {
  const [mine, theirs] = [syncDaemon(node), syncDaemon(other)];
  const server = 'lvs_sync_daemon';
  if (!mine !== !theirs) {
    const at = (mine ?? theirs)!.at;
    // A node without virtual servers has no connections to synchronise.
    if (serversOf(node).size === 0 || serversOf(other).size === 0) return;
    yield { node, other, server, at, kind: mine ? 'extra' : 'missing', parts: [] };
    return;
  }
  if (mine?.value === undefined || theirs?.value === undefined || mine.value === theirs.value) return;
  const part = {
    name: 'id',
    here: `${mine.value}`,
    there: `${theirs.value}`,
    at: mine.at,
    expected: theirs.at,
    grounds: [[mine.at, theirs.at]],
  };
  yield { node, other, server, at: mine.at, kind: 'changed', parts: [part] };
}

/** Whether there is a synchronisation, and its id: as written, or else the VRID of the instance that it names (vrrp_complete_init()). */
function syncDaemon({ keepalived }: Node): Located<number | undefined> | undefined {
  const globals = statementsOf(keepalived!.statements, 'global_defs').flatMap(({ body }) => body);
  const [line] = statementsOf(globals, 'lvs_sync_daemon');
  const words = line?.args.map(({ text }) => text) ?? [];
  const written = words[words.indexOf('id') + 1];
  const named = words[1] === undefined ? undefined : instanceNamed(keepalived!, words[1]);
  const value = words.includes('id') ? Number(written) : named?.virtualRouterId.value;
  return line && located(Number.isInteger(value) ? value : undefined, headSpan(line.directive));
}

function serversOf({ keepalived }: Node): ReadonlyMap<string, Statement> {
  const found = new Map<string, Statement>();
  for (const statement of statementsOf(keepalived!.statements, 'virtual_server_group')) {
    const name = statement.args[0]?.text;
    if (name !== undefined) found.set(`group ${name}`, statement);
  }
  for (const statement of keepalived!.virtualServers) {
    const [first, port] = spelledArgs(statement);
    if (first === undefined) continue;
    const target = first === 'group' ? 'of group' : first;
    const protocol = statementsOf(statement.body, 'protocol').at(-1)?.args[0]?.text.toUpperCase();
    const key = [target, port, protocol === 'UDP' ? 'udp' : undefined]
      .filter((word) => word !== undefined)
      .join(' ');
    if (!found.has(key)) found.set(key, statement);
  }
  return found;
}

function partsOf(mine: Meaning, theirs: Meaning, neutral: (text: string) => string): readonly Part[] {
  const [here, there] = [index(mine), index(theirs)];
  const parts: Part[] = [];
  if (mine.lines.toSorted().join() !== theirs.lines.toSorted().join()) {
    const [at, expected] = [mine.at, theirs.at];
    parts.push({ name: 'the list', here: '', there: '', at, expected, grounds: [[at, expected]] });
  }
  const moved = movedServer(here, there);
  for (const name of new Set([...here.keys(), ...there.keys()])) {
    if (name === moved?.[1]) continue;
    const isMoved = name === moved?.[0];
    const [a, b] = [here.get(name), there.get(isMoved ? moved[1] : name)];
    if (neutral(a?.text ?? '') === neutral(b?.text ?? '')) continue;
    // A line that says what holds anyway.
    if ([a, b].some((each) => each === undefined) && (a ?? b)!.isDefault) continue;
    const shown = (each: Meaning | undefined): string | undefined => each?.args.join(' ');
    const inner = a && b ? partsOf(a, b, neutral) : [];
    const grounds = inner.flatMap((part) => part.grounds);
    if (isMoved) grounds.push([a!.at, b!.at]);
    const lacks = (block: Meaning): Ground => ({ ...block.at, lacks: name });
    // The line in a block is where to look, when it is the only one.
    const { at, expected } = inner.length === 1 && !isMoved ? inner[0]! : { at: a?.at, expected: b?.at };
    parts.push({
      name: isMoved ? a!.name : name,
      here: shown(a),
      there: shown(b),
      at: at ?? a?.at,
      expected: expected ?? b?.at,
      grounds: grounds.length > 0 ? grounds : [[a?.at ?? lacks(mine), b?.at ?? lacks(theirs)]],
    });
  }
  return parts;
}

/** The only real server of each side without a counterpart: one whose address or port is another. */
function movedServer(here: Index, there: Index): readonly [here: string, there: string] | undefined {
  const alone = (list: Index, others: Index): readonly string[] =>
    [...list.keys()].filter((name) => name.startsWith('real_server ') && !others.has(name));
  const [[mine, ...more], [theirs, ...rest]] = [alone(here, there), alone(there, here)];
  return mine !== undefined && theirs !== undefined && more.length + rest.length === 0
    ? [mine, theirs]
    : undefined;
}

/**
 * The meaning of a virtual server as it is carried out: what packets are forwarded to unchanged (DR, TUN) has its port,
 * whatever is written (check_data.c: validate_check_config()).
 */
function effectOf(statement: Statement): Meaning {
  const meaning = meaningOf(statement);
  const [target, port] = meaning.args;
  if (target === 'group') return meaning;
  const method = (body: readonly Meaning[], name: string): string | undefined =>
    body.findLast((each) => each.name === name)?.args[0];
  const body = meaning.body.map((each): Meaning => {
    const own =
      each.name === 'real_server'
        ? (method(each.body, 'lvs_method') ?? method(each.body, 'lb_kind'))
        : method(meaning.body, 'sorry_server_lvs_method');
    const isServer = each.name === 'real_server' || each.name === 'sorry_server';
    const kind = own ?? method(meaning.body, 'lb_kind') ?? method(meaning.body, 'lvs_method');
    if (!isServer || port === undefined || (kind !== 'DR' && kind !== 'TUN')) return each;
    const [address = '', written] = each.args;
    if (written === undefined || written === port) return each;
    const head = [each.name, ...each.args].join(' ');
    const args = [address, port];
    return { ...each, args, text: [each.name, ...args].join(' ') + each.text.slice(head.length) };
  });
  return { ...meaning, body };
}

type Index = ReadonlyMap<string, Meaning>;

/** The lines of a block by what they are about; the last one of a name counts. */
function index({ body }: Meaning): Index {
  const found = new Map<string, Meaning>();
  for (const each of body) {
    // Who is told of a change is no part of the balancing, and may well be each node's own.
    if (/^(?:notify_|quorum_(?:up|down)|smtp_alert|snmp_name)/.test(each.name)) continue;
    found.set(each.name === 'real_server' ? [each.name, ...each.args].join(' ') : each.name, each);
  }
  return found;
}
