/** What of one instance gets in the way of another, or of itself. */
import type { Span } from '../../../grammar/text.ts';
import { wordSpan } from '../../../grammar/tree.ts';
import { type Family, isLinkLocal, parseAddress } from '../net.ts';
import type { Globals } from './globals.ts';
import type { Instance } from './instance.ts';
import { firstWord, flag, keywordSpan, lastOf, listItems, number } from './settings.ts';
import type { Statement } from './statements.ts';

/** Statements that speak of unicast, which need peers (VRRP_FLAG_UNICAST_CONFIGURED). */
const unicastWords = [
  ...['unicast_peer', 'unicast_src_ip', 'unicast_ttl', 'check_unicast_src', 'old_unicast_checksum'],
];

/** The first statement of an instance that asks for unicast. */
export const unicastStatement = ({ statement: { body } }: Instance): Statement | undefined =>
  body.find(({ keyword }) => keyword !== undefined && unicastWords.includes(keyword.name));

/**
 * Whether two instances of one node would take each other's adverts for their own, which keepalived refuses
 * (check_vrid_conflicts()). Where anything of that is unknown they are taken to be apart.
 */
export function sharesAdverts(a: Instance, b: Instance): boolean {
  const same =
    a.virtualRouterId.value !== undefined &&
    a.virtualRouterId.value === b.virtualRouterId.value &&
    a.name.value !== b.name.value &&
    a.family !== undefined &&
    a.family === b.family;
  if (!same) return false;
  if (a.unicastPeers.length > 0 !== b.unicastPeers.length > 0) return false;
  if (a.unicastPeers.length === 0) {
    return a.interface.written && a.interface.value === b.interface.value && group(a) === group(b);
  }
  // From another source address, or to other peers, it is another conversation.
  if (a.interface.value !== b.interface.value) return false;
  if (a.unicastSource?.value.text !== b.unicastSource?.value.text) return false;
  const peers = new Set(a.unicastPeers.map(({ value }) => value?.text));
  return b.unicastPeers.some(({ value }) => value !== undefined && peers.has(value.text));
}

const group = ({ statement: { body } }: Instance): string | undefined => {
  const word = firstWord(lastOf(body, 'mcast_dst_ip'));
  return word && (parseAddress(word.value)?.text ?? word.value);
};

/** An address of the family that its instance does not speak. */
export interface FamilyConflict {
  readonly at: Span;
  readonly text: string;
  readonly family: string;
  /** The address that decides, and its family. */
  readonly first: Span;
  readonly of: string;
}

const familyNames: Readonly<Record<Family, string>> = { inet: 'IPv4', inet6: 'IPv6' };
/** Lists and settings whose addresses are of the instance's family; excluded addresses may be of either. */
const ofFamily = new Set([
  'virtual_ipaddress',
  'unicast_peer',
  'unicast_src_ip',
  'mcast_src_ip',
  'mcast_dst_ip',
]);

/** The addresses of an instance that are not of the family of its first (vrrp_data.c: alloc_vrrp_vip() and others). */
export function* familyConflicts({ statement: { body } }: Instance): Generator<FamilyConflict> {
  let first: { at: Span; family: Family } | undefined;
  for (const { keyword, items, args, directive } of body) {
    if (!keyword || !ofFamily.has(keyword.name)) continue;
    const words = keyword.items
      ? items.map((item) => [item, item.name] as const)
      : args.slice(0, 1).map((word) => [directive, word] as const);
    for (const [line, word] of words) {
      const family = parseAddress(word.text.replace(/\/\d+$/, ''))?.family;
      if (!family) continue;
      const at = wordSpan(line, word);
      first ??= { at, family };
      if (family === first.family) continue;
      yield {
        at,
        text: word.text,
        family: familyNames[family],
        first: first.at,
        of: familyNames[first.family],
      };
    }
  }
  const native = lastOf(body, 'native_ipv6');
  if (native && first?.family === 'inet') {
    const at = keywordSpan(native);
    yield { at, text: 'native_ipv6', family: familyNames.inet6, first: first.at, of: familyNames.inet };
  }
}

/** A virtual address that stands in two places of one node. */
export interface RepeatedAddress {
  readonly at: Span;
  readonly text: string;
  readonly first: Span;
  /** The lists that both stand in: another address of them may have been meant. */
  readonly lists: readonly Span[];
  /** The instances of the second and the first place. */
  readonly owner: string;
  readonly other: string;
}

/** Addresses of the instances that are listed more than once; those of one link only, once per interface. */
export function* repeatedAddresses(instances: readonly Instance[]): Generator<RepeatedAddress> {
  const firsts = new Map<string, { at: Span; owner: Instance }>();
  for (const owner of instances) {
    for (const { address, at, dev } of [...owner.addresses, ...owner.excluded]) {
      if (!address) continue;
      const link = dev?.value ?? owner.interface.value;
      const local = isLinkLocal(address) || address.text.startsWith('169.254.');
      if (local && link === undefined) continue;
      const key = local ? `${address.text}%${link}` : address.text;
      const first = firsts.get(key);
      if (!first) firsts.set(key, { at, owner });
      else if (first.at.start !== at.start || first.at.source !== at.source) {
        const [text, name, other] = [address.text, owner.name.value, first.owner.name.value];
        // A second block of the same name is skipped whole, and of one copied under another name the VRID is told.
        if (owner !== first.owner && (name === other || areCopies(owner, first.owner))) continue;
        const lists = [owner.addressList, first.owner.addressList];
        yield { at, text, first: first.at, lists, owner: name, other };
      }
    }
  }
}

/** Whether two instances cannot be told apart by their adverts: the daemon refuses the second. */
const areCopies = (one: Instance, other: Instance): boolean =>
  one.interface.value !== undefined &&
  one.interface.value === other.interface.value &&
  one.virtualRouterId.value !== undefined &&
  one.virtualRouterId.value === other.virtualRouterId.value;

/** A peer that an instance lists already. */
export interface RepeatedPeer {
  readonly at: Span;
  readonly first: Span;
  readonly text: string;
}

/** Peers of an instance that stand in its list again. */
export function repeatedPeers({ unicastPeers }: Instance): readonly RepeatedPeer[] {
  return unicastPeers.flatMap(({ value, at }, index) => {
    const first = value && unicastPeers.findIndex((each) => each.value?.text === value.text);
    return first === undefined || first === index
      ? []
      : [{ at, first: unicastPeers[first]!.at, text: value!.text }];
  });
}

/** A setting of preemption that another setting of the same instance clears. */
export interface Cleared {
  readonly at: Span;
  readonly name: string;
  /** What clears it, in words, and where that stands. */
  readonly by: string;
  readonly cause: Span | undefined;
}

/** nopreempt and preempt_delay where they have no effect (vrrp_complete_instance()). */
export function* clearedBy({ statement, nopreempt, state, priority, strict }: Instance): Generator<Cleared> {
  const delay = lastOf(statement.body, 'preempt_delay');
  const by =
    state.value === 'MASTER'
      ? { by: 'state MASTER', cause: state.written ? state.at : undefined }
      : priority.value === 255
        ? { by: 'priority 255', cause: priority.at }
        : undefined;
  if (nopreempt.value && nopreempt.written && by) yield { at: nopreempt.at, name: 'nopreempt', ...by };
  // Strict mode has the first word on delays.
  if (!delay || strict.value !== false || number(delay.args[0]?.text ?? '0') === 0) return;
  if (by?.by === 'state MASTER') yield { at: keywordSpan(delay), name: 'preempt_delay', ...by };
  else if (nopreempt.value && nopreempt.written && !by) {
    yield { at: keywordSpan(delay), name: 'preempt_delay', by: 'nopreempt', cause: nopreempt.at };
  }
}

/** Whether the firewall rules of strict mode keep the address from answering, and nobody asked for that. */
export function hidesAddress({ statement, strict, priority, version }: Instance): boolean {
  if (strict.value !== true || priority.value === undefined || priority.value === 255) return false;
  if (lastOf(statement.body, 'no_accept')) return false;
  const accepts = lastOf(statement.body, 'accept') !== undefined;
  return !accepts || version.value === 2;
}

/** Something that strict mode does not allow. */
export interface StrictConflict {
  readonly at: Span;
  readonly what: string;
  readonly consequence: string;
}

/** What an instance in strict mode asks for in vain. */
export function* strictConflicts(instance: Instance, globals: Globals): Generator<StrictConflict> {
  const { statement, strict, state, priority, version, family, addresses } = instance;
  if (strict.value !== true) return;
  const { body } = statement;
  const reset = 'keepalived resets it and reports an error';
  const line = (name: string): Statement | undefined => lastOf(body, name);
  const found = (each: Statement, what: string, consequence = reset): StrictConflict => ({
    at: keywordSpan(each),
    what,
    consequence,
  });
  const isOn = (name: string): boolean | undefined =>
    flag(body, name, undefined, statementSpan(statement)).value;

  const authentication = line('authentication');
  if (authentication && instance.authentication.dropped?.includes('strict')) {
    yield found(
      authentication,
      'authentication',
      'adverts go without: a node that is not strict rejects them',
    );
  }
  const unicast = unicastStatement(instance);
  if (unicast)
    yield found(unicast, 'unicast', 'keepalived does not start on an interface that can multicast');
  if (state.written && priority.value !== undefined) {
    if (state.value === 'MASTER' && priority.value < 255) {
      yield { at: state.at, what: 'state MASTER below priority 255', consequence: reset };
    } else if (state.value === 'BACKUP' && priority.value === 255) {
      yield { at: state.at, what: 'state BACKUP with priority 255', consequence: reset };
    }
  }
  const delay = line('preempt_delay');
  if (delay && number(delay.args[0]?.text ?? '0') !== 0) yield found(delay, 'preempt_delay');
  const adverts = line('down_timer_adverts');
  if (adverts && adverts.args[0]?.text !== '3') yield found(adverts, 'down_timer_adverts other than 3');
  else if (!adverts && globals.downTimerAdverts && globals.downTimerAdverts.value !== '3') {
    const consequence = reset;
    yield { at: globals.downTimerAdverts.at, what: 'vrrp_down_timer_adverts other than 3', consequence };
  }
  const repeat = line('garp_lower_prio_repeat');
  if (repeat && number(repeat.args[0]?.text ?? '0') !== 0) yield found(repeat, 'garp_lower_prio_repeat');
  const silent = line('lower_prio_no_advert');
  if (silent && isOn('lower_prio_no_advert') === false) yield found(silent, 'lower_prio_no_advert off');
  const higher = line('higher_prio_send_advert');
  if (higher && isOn('higher_prio_send_advert')) yield found(higher, 'higher_prio_send_advert');
  const base = line('vmac_xmit_base');
  if (base) yield found(base, 'vmac_xmit_base');
  const accept = line('accept');
  if (accept && version.value === 2) yield found(accept, 'accept with VRRP version 2');
  const [first] = addresses;
  if (family === 'inet6' && first?.address && !isLinkLocal(first.address)) {
    yield { at: first.at, what: 'a first IPv6 address that is not link-local', consequence: reset };
  }
}

const statementSpan = ({ directive }: Statement): Span => wordSpan(directive, directive.name);

/** Whether the address is known to be the node's own: a source of adverts or a static address. */
export function ownsAddress(
  { statements }: { readonly statements: readonly Statement[] },
  { statement: { body }, addresses, unicastSource }: Instance,
): boolean {
  const multicastSource = firstWord(lastOf(body, 'mcast_src_ip'))?.value;
  const own = new Set([
    unicastSource?.value.text,
    multicastSource && parseAddress(multicastSource)?.text,
    ...listItems(statements, 'static_ipaddress').map(
      ({ name }) => parseAddress(name.text.split('/')[0]!)?.text,
    ),
  ]);
  return addresses.some(({ address }) => address === undefined || own.has(address.text));
}

/** A destination of adverts that is unusual or refused. */
export interface OddGroup {
  readonly at: Span;
  readonly text: string;
  readonly fault: 'scope' | 'unicast' | 'family';
}

/** Destinations of adverts other than groups of the own link. */
export function* multicastGroups({
  statements,
  instances,
}: {
  readonly statements: readonly Statement[];
  readonly instances: readonly Instance[];
}): Generator<OddGroup> {
  const globals = statements
    .filter(({ keyword }) => keyword?.name === 'global_defs')
    .flatMap(({ body }) => body);
  const places: readonly (readonly [Statement | undefined, Family | undefined])[] = [
    [lastOf(globals, 'vrrp_mcast_group4'), 'inet'],
    [lastOf(globals, 'vrrp_mcast_group6'), 'inet6'],
    // With unicast peers no group is used, whatever it is.
    ...instances
      .filter(({ unicastPeers }) => unicastPeers.length === 0)
      .map(({ statement: { body } }) => [lastOf(body, 'mcast_dst_ip'), undefined] as const),
  ];
  for (const [statement, family] of places) {
    const word = firstWord(statement);
    const address = word && parseAddress(word.value);
    if (!address) continue;
    const { text } = address;
    const multicast = address.family === 'inet' ? /^(?:22[4-9]|23\d)\./.test(text) : text.startsWith('ff');
    const local = address.family === 'inet' ? text.startsWith('224.0.0.') : /^ff.2:/.test(text);
    if (family !== undefined && family !== address.family) yield { at: word.at, text, fault: 'family' };
    else if (!multicast) yield { at: word.at, text, fault: 'unicast' };
    else if (!local) yield { at: word.at, text, fault: 'scope' };
  }
}
