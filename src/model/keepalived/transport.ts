/** How an instance's adverts travel. */
import { once } from '../../../grammar/remembered.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Located, located } from '../located.ts';
import { type Address, parseAddress } from '../net.ts';
import { atLeast, type Version } from '../version.ts';
import type { Instance } from './instance.ts';
import { firstWord, keywordSpan, lastOf, statementsOf, valueSpan } from './settings.ts';
import type { Statement } from './statements.ts';

interface Subject {
  readonly statements: readonly Statement[];
  readonly version: Version;
}

/** Unicast to listed peers, or multicast to a group. */
export interface Transport {
  readonly kind: 'unicast' | 'multicast';
  /** The list of peers, or what asks for multicast: the head of the instance where nothing does. */
  readonly at: Span;
  /** Of multicast: the group, and where it is set if it is; undefined where it cannot be read. */
  readonly group: Located<string> | undefined;
}

/** The groups of the standard (RFC 3768, RFC 5798), which hold where none is written. */
const defaultGroups = { inet: '224.0.0.18', inet6: 'ff02::12' };

/** The lines that set the groups for all instances. */
const groupsIn = once((statements: readonly Statement[]) => {
  const globals = statementsOf(statements, 'global_defs').flatMap(({ body }) => body);
  return { inet: lastOf(globals, 'vrrp_mcast_group4'), inet6: lastOf(globals, 'vrrp_mcast_group6') };
});

/** The transport of an instance. A list without peers leaves it at multicast (vrrp_complete_instance()). */
export function transportOf({ statements }: Subject, instance: Instance): Transport {
  const { statement, head, family = 'inet', unicastPeers } = instance;
  const list = statementsOf(statement.body, 'unicast_peer').find(({ items }) => items.length > 0);
  if (list && unicastPeers.length > 0) return { kind: 'unicast', at: keywordSpan(list), group: undefined };
  const line = lastOf(statement.body, 'mcast_dst_ip') ?? groupsIn(statements)[family];
  if (!line) return { kind: 'multicast', at: head, group: located(defaultGroups[family], head) };
  const group = parseAddress(firstWord(line)?.value ?? '');
  const at = valueSpan(line);
  return { kind: 'multicast', at, group: group && located(group.text, at) };
}

/** The address that an instance sends its adverts from, where it is written: the last of either keyword counts. */
export function sourceOf({ statement: { body } }: Instance): Located<Address> | undefined {
  const line = body.findLast(({ keyword }) => /^(?:unicast|mcast)_src_ip$/.test(keyword?.name ?? ''));
  const word = firstWord(line);
  const address = word && parseAddress(word.value.replace(/\/\d*$/, ''));
  return address && located(address, word.at);
}

/** Whether the checksums of two instances can fit: each as the daemon computes it, 2 or 3 being VRRP versions. */
export interface Checksum {
  readonly value: string;
  readonly at: Span;
}

/** How a version 3 instance over IPv4 makes its checksum; undefined where there is one way only. */
export function checksumOf(
  { statements, version: running }: Subject,
  instance: Instance,
): Checksum | undefined {
  const { statement, version, family, head } = instance;
  if (version.value !== 3 || family !== 'inet') return undefined;
  const globals = statementsOf(statements, 'global_defs').flatMap(({ body }) => body);
  const line = lastOf(statement.body, 'v3_checksum_as_v2') ?? lastOf(globals, 'v3_checksum_as_v2');
  // vrrp_check_packet() leaves the pseudo header out of the sum where this is on.
  // An older daemon does not know the word, and says so.
  const known = atLeast(running, line?.keyword?.since ?? '0') !== false;
  const plain = line !== undefined && known && !/^(?:off|no|false)$/.test(line.args[0]?.text ?? '');
  return plain
    ? { value: 'without the pseudo header', at: keywordSpan(line) }
    : { value: 'with the pseudo header', at: line ? keywordSpan(line) : head };
}
