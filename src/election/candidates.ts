/** Who takes part in the election: every instance of every node, as its daemon runs it. */
import { grouped } from '../../grammar/group-by.ts';
import type { Span } from '../../grammar/text.ts';
import type { Cluster } from '../model/cluster.ts';
import {
  awaitedTwice,
  awaitsScriptsTwice,
  type Instance,
  lastOf,
  mayBeAccount,
  numberIn,
  type Running,
  runningModel,
  type Statement,
  type Stop,
  sourceOf,
  statementsOf,
  switched,
  syncGroupOf,
  type Tracker,
  trackedBy,
  trackersFor,
  unicastStatement,
} from '../model/keepalived/index.ts';
import { type Address, type Family, isLinkLocal, parseAddress } from '../model/net.ts';
import type { Node } from '../model/node.ts';
import { nonlocalBind } from '../model/nonlocal-bind.ts';
import type { Member } from '../model/router.ts';
import { atLeast, type Version } from '../model/version.ts';
import { owner } from './priority.ts';

/** Something that moves a candidate's priority, or puts it into FAULT. */
export interface Check {
  readonly kind: Tracker['kind'];
  readonly name: string;
  /** 0: bad is FAULT. */
  readonly weight: number;
  readonly reverse: boolean;
  readonly at: Span;
  /** Seconds between two looks. */
  readonly interval: number;
  /** Good or bad looks in a row until it counts. */
  readonly rise: number;
  readonly fall: number;
  readonly startsFailed: boolean;
  /** Its command asks whether the node carries the virtual address: good only while it does, or only while it does not. */
  readonly wantsAddress: boolean | undefined;
}

/** One instance of one node. */
export interface Candidate {
  readonly index: number;
  readonly node: string;
  readonly instance: Instance;
  /** Its virtual router: an index into the cluster's. */
  readonly router: number;
  readonly family: Family;
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  /** As configured. */
  readonly priority: number;
  /** state MASTER of an owner: it does not wait. */
  readonly startsAsMaster: boolean;
  /** Seconds. */
  readonly advert: number;
  readonly missedAdverts: number;
  readonly nopreempt: boolean;
  readonly preemptDelay: number;
  /** As an owner that hears another one it lowers itself to 254 for good, as releases before 2.3.3 do. */
  readonly canBeDeposed: boolean;
  /** It does not answer adverts of a lower priority (lower_prio_no_advert). */
  readonly silent: boolean;
  readonly link: string;
  /** Links whose loss is FAULT. */
  readonly needs: ReadonlySet<string>;
  readonly checks: readonly Check[];
  /** What it puts on its interface as master. */
  readonly addresses: readonly string[];
  /** What its adverts list. */
  readonly advertised: readonly string[];
  /** Where its adverts come from. */
  readonly source: Address | undefined;
  /** The addresses that its adverts go to; undefined for the multicast group. */
  readonly peers: readonly Address[] | undefined;
  /** It refuses unicast from anybody who is no peer. */
  readonly checksSource: boolean;
  readonly group: string;
  /** With a virtual MAC: whether its adverts go out and come in by that interface, or by the one below it. */
  readonly virtualMac: 'own' | 'base' | undefined;
  /** It never leaves FAULT: the host lacks what it needs. */
  readonly broken: string | undefined;
}

/** One node of the election. */
export interface Participant {
  readonly node: Node;
  readonly name: string;
  /** Why its daemon ends at once, and where that stands. */
  readonly stops: Stop | undefined;
  /** Seconds after its start in which it neither hears nor speaks (vrrp_startup_delay). */
  readonly startupDelay: number;
  readonly candidates: readonly Candidate[];
  readonly groups: readonly (readonly Candidate[])[];
  readonly version: NonNullable<Version>;
  /** A setting of it that decides and is not known, in words. */
  readonly unknown: string | undefined;
}

/** The release that a node of unstated version is taken to run. */
const usualVersion: NonNullable<Version> = { numbers: [2, 2, 7], build: '' };

/** All nodes that run keepalived, in an order that does not depend on that of the files. */
export function participantsOf(cluster: Cluster): readonly Participant[] {
  let index = 0;
  const routers = new Map(
    cluster.routers.flatMap(({ members }, router) =>
      members.map(({ node, instance }) => [placeOf(node, instance), router] as const),
    ),
  );
  const ordered = [...cluster.balancers].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return ordered.map((node): Participant => {
    const model = node.keepalived!;
    const version = model.version ?? usualVersion;
    const running = runningModel(model, version, node.addresses && [...node.addresses.keys()]);
    const candidates = running.stops
      ? []
      : running.instances.flatMap((instance): readonly Candidate[] => {
          const router = routers.get(placeOf(node, instance));
          return router === undefined
            ? []
            : [
                candidateOf({
                  node,
                  running,
                  version,
                  instance,
                  router,
                  fellows: cluster.routers[router]!.members,
                  index: index++,
                }),
              ];
        });
    return {
      node,
      name: node.name,
      stops: running.stops,
      startupDelay: numberIn(running.globalStatements, 'vrrp_startup_delay', 0),
      candidates,
      groups: groupsOf(running, candidates),
      version,
      unknown: unknownOf(node, running),
    };
  });
}

/** One instance, whichever way it was read. */
const placeOf = ({ name }: Node, { head }: Instance): string => `${name}\0${head.source.path}\0${head.start}`;

/** Members of sync groups together, everybody else alone. An instance in two groups stays in the first. */
const groupsOf = (running: Running, candidates: readonly Candidate[]): readonly (readonly Candidate[])[] =>
  grouped(candidates, (candidate) => syncGroupOf(running, candidate.instance) ?? candidate);

function unknownOf({ name, keepalived }: Node, running: Running): string | undefined {
  const { instances } = running;
  if (keepalived!.template) return `the file of ${name} is a template`;
  if (!keepalived!.complete && keepalived!.syntax.includeProblems.length > 0) {
    return `not all that ${name} includes could be read`;
  }
  if (losesScriptUser(running, keepalived!.globals.scriptUser !== undefined)) {
    return `the script_user of ${name} is lost: whether its checks run is up to the host`;
  }
  for (const { priority, advertInterval, version, authentication, name: instance } of instances) {
    const open =
      priority.value === undefined || advertInterval.value === undefined || version.value === undefined;
    if (open || authentication.type === undefined)
      return `not all settings of ${instance.value} on ${name} are known`;
  }
  return undefined;
}

interface Scene {
  readonly node: Node;
  readonly running: Running;
  readonly version: NonNullable<Version>;
  readonly instance: Instance;
  readonly router: number;
  /** All nodes' parts in the router. */
  readonly fellows: readonly Member[];
  readonly index: number;
}

function candidateOf(scene: Scene): Candidate {
  const { node, running, version, instance, router, index } = scene;
  const { body } = instance.statement;
  const { globalStatements: globals } = running;
  const priority = instance.priority.value ?? 100;
  // vrrp_complete_instance(): nobody says state, so an owner is MASTER.
  const wishesMaster = instance.state.written ? instance.state.value === 'MASTER' : priority === owner;
  const link = instance.interface.value ?? '';
  const family = familyOf(instance);
  const unicast = instance.unicastPeers.length > 0 && unicastStatement(instance) !== undefined;
  const strict = instance.strict.value === true;
  const nopreempt = instance.nopreempt.value === true && !wishesMaster && priority !== owner;
  // alloc_vrrp_vip() refuses what is of another family than the first; excluded addresses may be of either.
  const carried = [
    ...instance.addresses.filter(({ address }) => address?.family === family),
    ...instance.excluded,
  ];
  // remove_residual_vips(): a virtual address that the host has for good is taken away at the start.
  const here = node.addresses
    ?.get(link)
    ?.filter(({ text }) => !carried.some(({ address }) => address?.text === text));
  const source = addressOf(instance, family, here);
  return {
    index,
    node: node.name,
    instance,
    router,
    family,
    version: instance.version.value ?? 2,
    virtualRouterId: instance.virtualRouterId.value ?? 0,
    priority,
    startsAsMaster: wishesMaster && priority === owner,
    advert: instance.advertInterval.value ?? 1,
    missedAdverts: strict
      ? 3
      : numberIn(body, 'down_timer_adverts', numberIn(globals, 'vrrp_down_timer_adverts', 3)),
    nopreempt,
    preemptDelay: nopreempt || wishesMaster || strict ? 0 : numberIn(body, 'preempt_delay', 0),
    silent:
      switched(body, 'lower_prio_no_advert') ?? switched(globals, 'vrrp_lower_prio_no_advert') ?? strict,
    canBeDeposed: atLeast(version, '2.3.3') === false,
    link,
    needs: needsOf(instance, link),
    checks: checksOf(running, instance, link),
    addresses: [...new Set(carried.flatMap(({ address }) => address?.text ?? []))],
    advertised: instance.addresses
      .flatMap(({ address }) => (address?.family === family ? address.text : []))
      .sort(),
    source,
    peers: unicast ? instance.unicastPeers.flatMap(({ value }) => value ?? []) : undefined,
    checksSource: [switched(body, 'check_unicast_src'), switched(globals, 'vrrp_check_unicast_src')].some(
      (on) => on === true,
    ),
    group: groupAddress(instance, globals, family),
    virtualMac: virtualMacOf(body, strict, unicast),
    broken: brokenBy(scene, family, here, source),
  };
}

/** Unicast goes by the interface below whatever is written, but strict mode takes that away in the end (vrrp_complete_instance()). */
const virtualMacOf = (
  body: readonly Statement[],
  strict: boolean,
  unicast: boolean,
): Candidate['virtualMac'] =>
  !lastOf(body, 'use_vmac')
    ? undefined
    : !strict && (unicast || lastOf(body, 'vmac_xmit_base'))
      ? 'base'
      : 'own';

/** The first address that is met decides: one that it serves, or else one that it speaks with. */
const familyOf = ({ family, unicastSource, unicastPeers }: Instance): Family =>
  family ?? unicastSource?.value.family ?? unicastPeers.find(({ value }) => value)?.value?.family ?? 'inet';

/** Where adverts come from: as written, or else the first address of the interface. */
function addressOf(
  instance: Instance,
  family: Family,
  here: readonly Address[] | undefined,
): Address | undefined {
  // Multicast of IPv6 comes from the link-local address.
  const isOwn = (each: Address): boolean =>
    each.family === family && (family === 'inet' || isLinkLocal(each));
  return sourceOf(instance)?.value ?? here?.find(isOwn);
}

/** The group that adverts go to where there are no peers. */
function groupAddress(
  { statement: { body } }: Instance,
  globals: Running['globalStatements'],
  family: Family,
): string {
  const inet6 = family === 'inet6';
  const word =
    lastOf(body, 'mcast_dst_ip') ?? lastOf(globals, inet6 ? 'vrrp_mcast_group6' : 'vrrp_mcast_group4');
  // inet_stosockaddr() cuts a prefix off; what is no group leaves the standard one.
  const address = parseAddress(word?.args[0]?.text.replace(/\/.*/, '') ?? '');
  const isGroup = address && /^(?:22[4-9]|23\d)\.|^ff/.test(address.text);
  return isGroup ? address.text : inet6 ? 'ff02::12' : '224.0.0.18';
}

/** open_vrrp_read_socket(): 2.2.7 cannot bind to an address that the host has not, unless the kernel lets it; later releases do. */
function brokenBy(
  { node, instance, version, fellows, running }: Scene,
  family: Family,
  here: readonly Address[] | undefined,
  source: Address | undefined,
): string | undefined {
  const { unicastSource, unicastPeers } = instance;
  const own = unicastPeers.length > 0 ? unicastSource?.value.text : undefined;
  const isForeign =
    own !== undefined &&
    (here ? !here.some(({ text }) => text === own) : isOfAnother(own, instance, fellows));
  if (isForeign && atLeast(version, '2.3.3') === false && nonlocalBind(node, family).on === false)
    return `the host has not the address ${own}`;
  const awaited = awaitsScriptsTwice(version) && awaitedTwice(running, instance)?.own.name.value;
  if (awaited) return `it tracks ${awaited} as its sync group does`;
  if (!here) return undefined;
  // Every interface makes itself a link-local address of IPv6.
  return source || family === 'inet6' ? undefined : 'its interface has no address';
}

/** Whether an instance was copied with its source: another node sends from there, too, and only this one lists it as a peer. */
function isOfAnother(source: string, own: Instance, fellows: readonly Member[]): boolean {
  const lists = ({ unicastPeers }: Instance): boolean =>
    unicastPeers.some(({ value }) => value?.text === source);
  return (
    lists(own) &&
    fellows.some(
      ({ instance }) =>
        instance.head !== own.head && instance.unicastSource?.value.text === source && !lists(instance),
    )
  );
}

/** Links without which an instance is in FAULT: its own, and those that its addresses are put on. */
function needsOf(instance: Instance, link: string): ReadonlySet<string> {
  const needs = new Set<string>();
  if (!lastOf(instance.statement.body, 'dont_track_primary')) needs.add(link);
  for (const { dev, tracked } of [...instance.addresses, ...instance.excluded])
    if (dev && tracked) needs.add(dev.value);
  return needs;
}

/** Whether the daemon counts the checks that were meant, and all of them; where one is wrong, that is said of it. */
export function countsAsMeant({ checks, link }: Candidate, { node, instance }: Member): boolean {
  const model = node.keepalived!;
  const meant = {
    ...model,
    globalStatements: statementsOf(model.statements, 'global_defs').flatMap(({ body }) => body),
  };
  const words = (list: readonly Check[]): string =>
    list.map(({ kind, name, weight, reverse }) => [kind, name, weight, reverse].join(' ')).join('\n');
  return (
    trackersFor(model, instance).every((tracker) => checkOf(meant, instance, tracker)) &&
    words(checksOf(meant, instance, link)) === words(checks)
  );
}

/** What checks are read from: what the daemon runs, or what was meant. */
type Reading = Pick<Running, 'syncGroups' | 'tracked' | 'globalStatements'>;

/** What is tracked, as far as the daemon does. */
function checksOf(running: Reading, instance: Instance, link: string): readonly Check[] {
  const group = syncGroupOf(running, instance);
  return trackersFor(running, instance).flatMap((tracker): readonly Check[] => {
    const shared = group?.trackers.includes(tracker) ?? false;
    const check = checkOf(running, instance, tracker);
    // Its own interface is tracked anyway; listing it is an error that changes nothing.
    if (!check || (tracker.kind === 'interface' && tracker.name.value === link)) return [];
    if (!group || group.weighted || shared || check.weight === 0 || check.kind === 'process') return [check];
    // vrrp_complete_instance(): weights of a member alone would tear its sync group apart.
    return check.kind === 'interface' || check.kind === 'file' ? [{ ...check, weight: 0 }] : [];
  });
}

/** The keyword that says what is looked at. */
const subjects: Readonly<Record<Tracker['kind'], string>> = {
  script: 'script',
  process: 'process',
  file: 'file',
  bfd: 'neighbor_ip',
  interface: 'interface',
};

function checkOf(running: Reading, instance: Instance, tracker: Tracker): Check | undefined {
  const { kind, name } = tracker;
  const object = trackedBy(running, tracker)?.statement;
  const body = object?.body ?? [];
  if (kind !== 'interface' && !object) return undefined;
  // Without what is looked at the block is removed (vrrp_script_end_handler() and the like).
  const subject = lastOf(body, subjects[kind])
    ?.args.map(({ text }) => text)
    .join(' ');
  if (kind !== 'interface' && !subject) return undefined;
  // With another quote than " around it, it names a file that no host has.
  if (kind === 'script' && (/^[“”‘’`]/.test(subject!) || !hasAccount(running, body))) return undefined;
  const command = kind === 'script' ? subject : undefined;
  const weight = tracker.weight?.value ?? numberIn(body, 'weight', kind === 'file' ? 1 : 0);
  return {
    kind,
    name: name.value,
    weight: kind === 'script' ? Math.max(-253, Math.min(253, weight)) : weight,
    reverse:
      tracker.reverse ||
      (!tracker.weight && (lastOf(body, 'weight')?.args.some(({ text }) => text === 'reverse') ?? false)),
    at: name.at,
    // An interval of 0 counts as 1 (vrrp_vscript_interval_handler()).
    interval: kind === 'script' ? numberIn(body, 'interval', 1) || 1 : 0,
    rise: kind === 'script' ? numberIn(body, 'rise', 1) : 1,
    fall: kind === 'script' ? numberIn(body, 'fall', 1) : 1,
    startsFailed: kind === 'script' && lastOf(body, 'init_fail') !== undefined,
    wantsAddress: command === undefined ? undefined : wantedAddress(command, instance),
  };
}

/** Whether checks need an account keepalived_script, as the line that named another one is not read. */
const losesScriptUser = ({ globals, tracked }: Running, isMeant: boolean): boolean =>
  isMeant &&
  globals.scriptSecurity !== undefined &&
  !globals.scriptUser &&
  tracked.some(
    ({ kind, statement }) => kind === 'script' && statementsOf(statement.body, 'user').length === 0,
  );

/** Whether the accounts that a script is to run as may be there: one `script_user` that is not leaves none (set_uid_gid()). */
function hasAccount({ globalStatements }: Reading, body: readonly Statement[]): boolean {
  const own = statementsOf(body, 'user');
  const named = own.length > 0 ? own : statementsOf(globalStatements, 'script_user');
  return named.every(({ args }) => args.slice(0, 2).every(({ text }) => mayBeAccount(text)));
}

/** Whether a command looks for a virtual address among those of the host, and likes to find it. */
function wantedAddress(command: string, { addresses }: Instance): boolean | undefined {
  const named = addresses.some(({ address }) => address && command.includes(address.text));
  if (!named || !/\bip\s+(?:-\S+\s+)*a(?:d|ddr|ddress)?\b|\bifconfig\b|\bhostname\s+-I\b/.test(command))
    return undefined;
  return !/(?:^|['"\s])!\s|\bgrep\s+(?:-\w*v\w*)\b/.test(command);
}
