/** A keepalived configuration, understood as the daemon does, and as the operator meant it where the daemon cannot. */
import { groupBy } from '../../../grammar/group-by.ts';
import { headless } from '../../../grammar/headless.ts';
import { remembered } from '../../../grammar/remembered.ts';
import { contextsOf } from '../../../grammar/tables/keywords.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan } from '../../../grammar/tree.ts';
import type { KeepalivedFiles, ScriptFile } from '../../load/loaded.ts';
import { type Located, located } from '../located.ts';
import { lookup } from '../lookup.ts';
import { openQuotes, type Syntax } from '../syntax.ts';
import type { Version } from '../version.ts';
import { type AskedAddress, neededAddress } from './asked-addresses.ts';
import { type StoppedService, stoppedService } from './asked-processes.ts';
import { commandsOf } from './check-scripts.ts';
import { type CutWord, cutWords, type LongLine, longLines } from './comments.ts';
import { type Globals, globalsOf } from './globals.ts';
import { type SyncGroup, syncGroupsOf, type Tracked, trackedIn } from './groups.ts';
import { type Instance, instanceOf, type Tracker } from './instance.ts';
import { type References, referencesOf } from './references.ts';
import { type Script, scriptsOf } from './scripts.ts';
import { firstWord, lastOf, number, valueSpan } from './settings.ts';
import { everyStatement, isOpaque, resolve, type Statement } from './statements.ts';
import { effectiveWeight } from './trackers.ts';
import { type WordProblem, wordProblems } from './words/index.ts';

export { looksLikeAddress } from './addresses.ts';
export { asksForKeepalived, unaskable } from './asked-processes.ts';
export { type BfdConflict, bfdConflicts } from './bfd.ts';
export {
  brokenScripts,
  type CheckScript,
  checkScripts,
  commandSlip,
  lostScripts,
  scriptEffect,
  stuckScripts,
} from './check-scripts.ts';
export { type CutWord, commentInsteadOf, type LongLine, longestLine } from './comments.ts';
export {
  clearedBy,
  familyConflicts,
  hidesAddress,
  multicastGroups,
  ownsAddress,
  repeatedAddresses,
  repeatedPeers,
  sharesAdverts,
  strictConflicts,
  unicastStatement,
} from './conflicts.ts';
export { type Globals, lostPolicies, tellsRouterId } from './globals.ts';
export { repeatedGarpInterfaces, type SyncGroup, type Tracked } from './groups.ts';
export { type HmacFault, hmacFault, hmacOf, isSigning } from './hmac.ts';
export {
  type Authentication,
  addressWords,
  type Instance,
  lateVersion,
  type Tracker,
  type VirtualAddress,
} from './instance.ts';
export { repeatedTrackers, routeGaps, ruleGaps } from './lines.ts';
export { type Meaning, meaningOf, spelledArgs } from './meaning.ts';
export {
  type Definition,
  definitionsFor,
  definitionsNamed,
  duplicateDefinitions,
  idleTrackers,
  isTorn,
  isUsed,
  joined,
  meantName,
  type Reference,
  type References,
  tornName,
} from './references.ts';
export {
  awaitsScriptsTwice,
  dropsLongLines,
  dropsOtherAddresses,
  dropsRepeatedAddresses,
  needsInterfaceForUnicast,
  noticesLostAddresses,
} from './release.ts';
export { missingKeywords } from './required.ts';
export { type Route, routeList, routesOf } from './routes.ts';
export { numberIn, type Running, runningModel, type Stop } from './running.ts';
export { commandFault, programFifos, type Script, sideEffect } from './scripts.ts';
export { repeatedServers, repeatedVirtualServers, serverConflicts } from './servers.ts';
export { forwardingOf, keywordSpan, lastOf, statementsOf, switched, valueSpan } from './settings.ts';
export {
  endsLate,
  type Guess,
  guessedIn,
  holdsForeignComment,
  isBlock,
  lacks,
  type Statement,
  strayBeside,
  strayIn,
} from './statements.ts';
export { effectiveWeight, weightGround } from './trackers.ts';
export { type Checksum, checksumOf, sourceOf, type Transport, transportOf } from './transport.ts';
export { newerStatements, offThatMeansOn, repeatedKeywords, replacedWords } from './usage.ts';
export { mayBeAccount } from './values.ts';
export { hasOwnInterface, type VirtualInterfaceFault, virtualInterfaceFaults } from './virtual-interface.ts';
export type { WordProblem } from './words/index.ts';

export interface KeepalivedModel {
  readonly syntax: Syntax;
  /** Everything that belongs to it could be read: what is absent is missing. */
  readonly complete: boolean;
  /** The daemon's version, where the operator stated it. */
  readonly version: Version;
  /** The whole file as it was meant. */
  readonly statements: readonly Statement[];
  readonly globals: Globals;
  readonly instances: readonly Instance[];
  readonly syncGroups: readonly SyncGroup[];
  readonly tracked: readonly Tracked[];
  /** The `virtual_server` blocks: the node balances in the kernel. */
  readonly virtualServers: readonly Statement[];
  /** Words that are missing, wrong or too many: one per line at most. */
  readonly wordProblems: readonly WordProblem[];
  /** Those of them that leave a setting without the value that is written. */
  readonly invalidValues: readonly WordProblem[];
  readonly scripts: readonly Script[];
  /** The files that commands name, by the path written there, as far as something is known of them. */
  readonly scriptFiles: ReadonlyMap<string, ScriptFile>;
  readonly references: References;
  readonly cutWords: readonly CutWord[];
  readonly longLines: readonly LongLine[];
  /** Some of it is still to be filled in, or to be left out. */
  readonly template: boolean;
  /** Whether `at` lies in a block of which nobody knows the kind, as its head is lost, or on a line with an open quote. */
  isMoot(at: Span): boolean;
}

/** What a node's keepalived files mean. */
export function keepalivedModel(
  files: KeepalivedFiles,
  facts: { readonly version: Version },
): KeepalivedModel {
  const { syntax } = files;
  const statements = resolve(syntax.file.items, 'root');
  const home: Span = { source: syntax.file.source, start: 0, end: 0 };
  const globals = globalsOf(statements, home);
  const template = syntax.oddities.some(({ kind }) => kind === 'template-placeholder');
  const references = referencesOf(statements);
  const names = new Set([...references.definitions, ...references.uses].map(({ name }) => name.value));
  const opaque = everyStatement(statements).some((statement) => isOpaque(statement, names));
  const isHeadless = headless([syntax]);
  const isTornLine = openQuotes(syntax);
  const problems = [...wordProblems(statements, facts.version)].filter((each) => !isOfStray(each));
  return {
    syntax,
    complete: files.complete && !template && !opaque && !isHeadless,
    isMoot: (at) => (isHeadless?.(at) ?? false) || isTornLine(at),
    version: facts.version,
    statements,
    globals,
    instances: statements
      .filter(({ keyword }) => keyword?.name === 'vrrp_instance')
      .map((statement) => instanceOf(statement, globals)),
    syncGroups: syncGroupsOf(statements),
    tracked: trackedIn(statements),
    virtualServers: statements.filter(({ keyword }) => keyword?.name === 'virtual_server'),
    wordProblems: problems,
    invalidValues: problems.filter(({ kind }) => kind === 'invalid' || kind === 'address'),
    scripts: scriptsOf(statements),
    scriptFiles: files.scripts,
    references,
    cutWords: [...cutWords(statements, syntax.file)],
    longLines: [...longLines(files.sources)],
    template,
  };
}

/** A line of another block among names: that nothing has its name is what is said of it. */
const isOfStray = ({ kind, statement, item }: WordProblem): boolean =>
  (kind === 'unknown-option' || kind === 'crowded') &&
  item !== undefined &&
  /^track_/.test(statement.keyword?.name ?? '') &&
  contextsOf(item.name.text).length > 0;

/** Whether the daemon takes a setting for nothing, and nothing else was evidently meant. */
export const isRejected = (
  { invalidValues }: Pick<KeepalivedModel, 'invalidValues'>,
  { at }: Located<unknown>,
): boolean =>
  invalidValues.some(
    ({ at: bad, meant }) => meant === undefined && bad.source === at.source && bad.start === at.start,
  );

/** The instance of a name: the daemon skips further ones. */
export const instanceNamed = (
  { instances }: Pick<KeepalivedModel, 'instances'>,
  name: string,
): Instance | undefined => instancesNamed(instances, name)[0];

const instancesNamed = lookup<Instance>(({ name }) => [name.value]);

/** The sync group that an instance is a member of. */
export const syncGroupOf = (
  { syncGroups }: Pick<KeepalivedModel, 'syncGroups'>,
  { name }: Instance,
): SyncGroup | undefined => groupsWith(syncGroups, name.value)[0];

const groupsWith = lookup<SyncGroup>(({ members }) => members.map(({ value }) => value));

/** The trackers that an instance has of its own and of its sync group. */
export function trackersFor(
  model: Pick<KeepalivedModel, 'syncGroups'>,
  instance: Instance,
): readonly Tracker[] {
  const shared = syncGroupOf(model, instance)?.trackers ?? [];
  if (shared.length === 0) return instance.trackers;
  const key = ({ kind, name }: Tracker): string => `${kind} ${name.value}`;
  const known = new Set(shared.map(key));
  return [...instance.trackers.filter((own) => !known.has(key(own))), ...shared];
}

/**
 * A script that an instance and its sync group both track without a weight, with what the group says: 2.2.7 waits for two
 * first results of it and gets one, so that the instance never leaves FAULT (initialise_tracking_priorities()).
 */
export function awaitedTwice(
  model: Pick<KeepalivedModel, 'syncGroups' | 'tracked'>,
  instance: Instance,
): { readonly own: Tracker; readonly shared: Tracker } | undefined {
  const group = syncGroupOf(model, instance);
  const isPlain = (each: Tracker): boolean => effectiveWeight(each, trackedBy(model, each)?.statement) === 0;
  for (const own of group ? instance.trackers : []) {
    if (own.kind !== 'script' || !isPlain(own)) continue;
    const shared = group!.trackers.find(
      ({ kind, name }) => kind === own.kind && name.value === own.name.value,
    );
    if (shared && isPlain(shared)) return { own, shared };
  }
  return undefined;
}

/** The instances whose address nothing but a lost link moves: they track no more, nor do fellow members, with which they fall together. */
export function unwatchedInstances(model: KeepalivedModel): readonly Instance[] {
  const union = (each: Instance): unknown => syncGroupOf(model, each) ?? each;
  const watched = new Set(
    model.instances
      .filter((each) => trackersFor(model, each).some(({ kind }) => kind !== 'interface'))
      .map(union),
  );
  return model.instances.filter((each) => !watched.has(union(each)));
}

/** The object that a tracker names. */
export const trackedBy = (
  { tracked }: Pick<KeepalivedModel, 'tracked'>,
  { kind, name }: Tracker,
): Tracked | undefined =>
  // vrrp_script and the like are found by their first definition (find_script_by_name()).
  trackedNamed(tracked, `${kind} ${name.value}`)[0];

const trackedNamed = lookup<Tracked>(({ kind, name }) => (name ? [`${kind} ${name.value}`] : []));

/** How long a check and the election take to notice a failure; times in seconds. */
export interface CheckTiming {
  readonly name: string;
  /** Where the interval stands, or the script where it has none. */
  readonly interval: Span;
  /** Where the interval and the number of failures stand, as far as they do. */
  readonly detectedBy: readonly Span[];
  readonly timeout: Located<number> | undefined;
  /** Interval times fall. */
  readonly detection: number;
  /** The shortest of the instances that track it; undefined where it is not known. */
  readonly masterDown: number | undefined;
}

/** The timings of the scripts that instances track. */
export function checkTimings(model: KeepalivedModel): readonly CheckTiming[] {
  const trackers = model.instances.flatMap((instance) =>
    trackersFor(model, instance).map(({ kind, name }) => ({ instance, kind, name: name.value })),
  );
  const users = groupBy(trackers, ({ kind, name }) => `${kind} ${name}`);
  const leastDown = remembered((tracker: string) =>
    (users.get(tracker) ?? [])
      .flatMap(({ instance }) => masterDownInterval(model, instance) ?? [])
      .reduce<number | undefined>((least, down) => Math.min(least ?? down, down), undefined),
  );
  return model.tracked.flatMap(({ kind, statement, name }): CheckTiming[] => {
    if (kind !== 'script' || !name) return [];
    const read = (word: string, fallback: number | undefined): number | undefined => {
      const line = lastOf(statement.body, word);
      return line ? number(line.args[0]?.text ?? '') : fallback;
    };
    const [interval, fall, timeout] = [read('interval', 1), read('fall', 1), read('timeout', undefined)];
    if (interval === undefined || fall === undefined) return [];
    const line = lastOf(statement.body, 'interval');
    const limit = lastOf(statement.body, 'timeout');
    return [
      {
        name: name.value,
        interval: line ? valueSpan(line) : name.at,
        detectedBy: ['interval', 'fall'].flatMap((word) => lastOf(statement.body, word) ?? []).map(valueSpan),
        timeout: timeout === undefined || !limit ? undefined : located(timeout, valueSpan(limit)),
        detection: interval * fall,
        masterDown: leastDown(`${kind} ${name.value}`),
      },
    ];
  });
}

/** Seconds without an advert after which an instance takes over (VRRP_MS_DOWN_TIMER); undefined where it is not known. */
function masterDownInterval({ globals }: KeepalivedModel, instance: Instance): number | undefined {
  const { advertInterval, priority, version, statement } = instance;
  const own = firstWord(lastOf(statement.body, 'down_timer_adverts')) ?? globals.downTimerAdverts;
  const adverts = own ? number(own.value) : 3;
  if (advertInterval.value === undefined || priority.value === undefined || adverts === undefined)
    return undefined;
  const skew = (256 - priority.value) / 256;
  return adverts * advertInterval.value + skew * (version.value === 3 ? advertInterval.value : 1);
}

/** Words that give the daemon no work by themselves. */
const idle =
  /^(?:global_defs|instance|net_namespace(?:_ipvs)?|use_pid_dir|namespace_with_ipsets|child_wait_time|linkbeat_\w+)$/;

/** Where to say that a configuration gives the daemon nothing to do; undefined where it does, or may. */
export function isIdle({ statements, syntax }: KeepalivedModel): Span | undefined {
  const { source, comments } = syntax.file;
  // Lines of other machines are left out of the tree.
  if (
    !statements.every(({ keyword }) => keyword && idle.test(keyword.name)) ||
    /^[ \t]*[@~$]/m.test(source.text)
  )
    return undefined;
  const [first] = statements;
  return first ? headSpan(first.directive) : (comments[0] ?? { source, start: 0, end: 0 });
}

/** Those of the trackers that change the priority, as far as their weights are known. */
export const weightedTrackers = (model: KeepalivedModel, trackers: readonly Tracker[]): readonly Tracker[] =>
  trackers.filter((tracker) => {
    const weight = effectiveWeight(tracker, trackedBy(model, tracker)?.statement);
    return weight !== undefined && weight !== 0;
  });

/** The trackers of an instance whose weights count: in a sync group only the group's own, unless it says otherwise. */
function countedTrackers(model: KeepalivedModel, instance: Instance): readonly Tracker[] {
  const group = syncGroupOf(model, instance);
  return group && !group.weighted ? group.trackers : trackersFor(model, instance);
}

/** The trackers of a sync group's member that lose their weight, and all but interfaces their effect with it. */
export function droppedInGroup(model: KeepalivedModel, instance: Instance): readonly Tracker[] {
  // A member is the first instance of its name; another one is skipped.
  if (instanceNamed(model, instance.name.value) !== instance) return [];
  const group = syncGroupOf(model, instance);
  // vrrp_complete_instance() leaves processes alone.
  const own = instance.trackers.filter(
    ({ kind, name }) =>
      kind !== 'process' &&
      !group?.trackers.some((each) => each.kind === kind && each.name.value === name.value),
  );
  return group && !group.weighted ? weightedTrackers(model, own) : [];
}

/** The check whose weight is in vain because its instance, with nopreempt, never replaces a living master. */
export function defeatedCheck(model: KeepalivedModel, instance: Instance): Tracker | undefined {
  const { nopreempt, state, priority } = instance;
  if (nopreempt.value !== true || state.value === 'MASTER' || priority.value === 255) return undefined;
  return weightedTrackers(model, countedTrackers(model, instance))[0];
}

/** The service of which an instance deprives a check of its own when it becomes BACKUP. */
export function stoppedServiceOf(model: KeepalivedModel, instance: Instance): StoppedService | undefined {
  if (instance.priority.value === 255) return undefined;
  const homes = [instance.statement, syncGroupOf(model, instance)?.statement];
  return stoppedService(
    model,
    homes,
    countedTrackers(model, instance).map((each) => [each, trackedBy(model, each)?.statement]),
  );
}

/** A check of an instance that asks for the instance's own address. */
export interface SelfAsking extends AskedAddress {
  readonly tracker: Tracker;
  readonly script: Script;
  /** Without a weight its failure is FAULT. */
  readonly weight: number | undefined;
}

/** The checks of an instance that need an answer from its virtual addresses, which are those of the master. */
export function selfAsking(model: KeepalivedModel, instance: Instance): readonly SelfAsking[] {
  if (instance.priority.value === 255) return [];
  const addresses = new Set(
    [...instance.addresses, ...instance.excluded].flatMap(({ address }) => address?.text ?? []),
  );
  return countedTrackers(model, instance).flatMap((tracker): SelfAsking[] => {
    const object = tracker.kind === 'script' ? trackedBy(model, tracker)?.statement : undefined;
    const [script] = object ? commandsOf(model, object) : [];
    const asked = script && neededAddress(model, script, addresses);
    const isReverse = tracker.reverse || lastOf(object?.body ?? [], 'weight')?.args[1]?.text === 'reverse';
    if (!asked || isReverse) return [];
    return [{ ...asked, tracker, script, weight: effectiveWeight(tracker, object) }];
  });
}

/** What a tracker adds to the priority while it is content; undefined where its weight is not known. */
function bonus(model: KeepalivedModel, tracker: Tracker): number | undefined {
  const object = trackedBy(model, tracker);
  if (!object && tracker.kind !== 'interface') {
    // It names nothing and is ignored; where whatever it was meant to be adds nothing either, that changes nothing.
    const meant = model.tracked.filter(({ kind, name }) => kind === tracker.kind && name);
    const adds = meant.some(({ statement }) => bonusOf(tracker, statement) !== 0);
    return meant.length > 0 && !adds ? 0 : undefined;
  }
  return bonusOf(tracker, object?.statement);
}

function bonusOf(tracker: Tracker, object: Statement | undefined): number | undefined {
  // A tracked file adds its number times the weight, and the number is 0 as a rule.
  if (tracker.kind === 'file') return 0;
  const [word, reverse] = lastOf(object?.body ?? [], 'weight')?.args ?? [];
  const weight = tracker.weight?.value ?? (word ? number(word.text) : 0);
  if (weight === undefined) return undefined;
  const reversed = tracker.reverse || (!tracker.weight && reverse?.text === 'reverse');
  return weight > 0 ? (reversed ? -weight : weight) : 0;
}

/** The priority that an instance advertises while every check passes; undefined where it is not known. */
export function healthyPriority(model: KeepalivedModel, instance: Instance): number | undefined {
  const base = instance.priority.value;
  if (base === undefined || base === 255) return base;
  const group = syncGroupOf(model, instance);
  // vrrp_complete_instance() drops the weights of a sync group's members.
  const trackers = !group || group.weighted ? trackersFor(model, instance) : [];
  let total = base;
  for (const tracker of trackers) {
    const term = bonus(model, tracker);
    if (term === undefined) return undefined;
    total += term;
  }
  return Math.min(254, Math.max(1, total));
}

/** Names and commands that tell of a test of the network rather than of a service on the node itself. */
const networkWords =
  /ping|gateway|(?<![a-z])gw(?![a-z])|(?<![a-z])arp|route|uplink|internet|network|connectiv/i;
/** Commands that talk to a host, and the hosts that are not oneself. */
const talkers = /(?:^|[\s/"'])(?:curl|wget|nc|ncat|netcat|telnet|dig|host|nslookup|nmap)(?=\s)/;
const elsewhere =
  /(?:https?:\/\/|\s|@)(?!localhost|127\.|0\.0\.0\.0|\[?::1)(?:\d+\.\d+\.\d+\.\d+|\[?[0-9a-f]*:[0-9a-f:]+|[a-z][\w-]*\.[a-z]{2,})/i;

/** Whether a tracker can tell that the node has lost its network, as far as its name and command tell. */
export function testsNetwork(model: KeepalivedModel, tracker: Tracker): boolean {
  if (tracker.kind !== 'script' && tracker.kind !== 'file') return tracker.kind !== 'process';
  const object = trackedBy(model, tracker);
  const command =
    lastOf(object?.statement.body ?? [], tracker.kind === 'script' ? 'script' : 'file')?.args ?? [];
  const text = command.map((word) => word.text).join(' ');
  return networkWords.test(`${tracker.name.value} ${text}`) || (talkers.test(text) && elsewhere.test(text));
}

/** What tells somebody that an instance has changed its state. */
export interface Alarms {
  /** Scripts, SNMP, D-Bus, a fifo, or mails that are really sent. */
  readonly work: boolean;
  /** Recipients to whom no mail is sent, because smtp_alert is off for VRRP. */
  readonly unusedRecipients: readonly Located<string>[];
}

/** Who hears of an instance's changes of state. */
export function alarmsOf(model: KeepalivedModel, instance: Instance): Alarms {
  const { globals } = model;
  const group = syncGroupOf(model, instance);
  // A sync group speaks for its members.
  const asked = [instance.smtpAlert, group?.smtpAlert, globals.smtpAlert].find((each) => each?.written);
  // Off by default for VRRP, although real servers have it on; smtp_server defaults to this host.
  const mails = asked !== undefined && asked.value !== false && globals.notificationEmails.length > 0;
  const others = [globals.signals, instance.notifiers, group?.notifiers ?? []].some(
    (list) => list.length > 0,
  );
  return { work: mails || others, unusedRecipients: mails ? [] : globals.notificationEmails };
}
