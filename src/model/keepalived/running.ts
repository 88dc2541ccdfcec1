/**
 * What the daemon makes of a configuration, where the rest of the model says what was meant by it: an unknown block loses
 * its braces, a rejected value is not there, an instance without an id ends the daemon (lib/parser.c: process_stream()).
 */
import { allEvents } from '../../../grammar/balance.ts';
import { type Keyword, keyword } from '../../../grammar/tables/keywords.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, type File, headSpan, isOpenQuote, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located } from '../located.ts';
import { atLeast, showVersion, type Version } from '../version.ts';
import { sharesAdverts, unicastStatement } from './conflicts.ts';
import { type Globals, globalsOf } from './globals.ts';
import { type SyncGroup, syncGroupsOf, type Tracked, trackedIn } from './groups.ts';
import type { KeepalivedModel } from './index.ts';
import { type Instance, instanceOf } from './instance.ts';
import { firstWord, lastOf, number, statementsOf } from './settings.ts';
import { resolve, type Statement } from './statements.ts';
import { takenItem, takenWords } from './taken.ts';

/** A configuration as the daemon runs it. */
export interface Running {
  readonly globals: Globals;
  readonly globalStatements: readonly Statement[];
  readonly instances: readonly Instance[];
  readonly syncGroups: readonly SyncGroup[];
  readonly tracked: readonly Tracked[];
  /** Why the daemon ends as soon as it has read it. */
  readonly stops: Stop | undefined;
}

export interface Stop {
  readonly why: string;
  readonly at: Span;
}

const known = new WeakMap<KeepalivedModel, Map<string, Running>>();

/** The configuration as a daemon of `version` runs it on a host with `interfaces`, where they are known. */
export function runningModel(
  model: KeepalivedModel,
  version: NonNullable<Version>,
  interfaces: readonly string[] | undefined,
): Running {
  const byHost = known.get(model) ?? new Map<string, Running>();
  known.set(model, byHost);
  const key = `${showVersion(version)} ${interfaces?.join(' ')}`;
  const running = byHost.get(key) ?? readAsDaemon(model, version, interfaces);
  byHost.set(key, running);
  return running;
}

function readAsDaemon(
  { syntax }: KeepalivedModel,
  version: NonNullable<Version>,
  interfaces: readonly string[] | undefined,
): Running {
  const { items, abort, links } = processed(syntax.file, version);
  const statements = resolve(items, 'root');
  const globals = globalsOf(statements, { source: syntax.file.source, start: 0, end: 0 });
  const instances = statements
    .filter(({ keyword: each }) => each?.name === 'vrrp_instance')
    .map((statement) => instanceOf(statement, globals));
  const globalStatements = statements
    .filter(({ keyword: each }) => each?.name === 'global_defs')
    .flatMap(({ body }) => body);
  const include = syntax.includeProblems.find(({ fatal }) => fatal);
  const dynamic = lastOf(globalStatements, 'dynamic_interfaces') !== undefined;
  return {
    globals,
    globalStatements,
    instances,
    syncGroups: syncGroupsOf(statements),
    tracked: trackedIn(statements),
    stops:
      abort ??
      (include && { why: `${include.detail}`, at: include.at }) ??
      stopOf(instances, links, version, dynamic ? undefined : interfaces),
  };
}

/** What ends the VRRP process once everything is read (vrrp_complete_init(), chk_min_cfg(), check_vrid_conflicts()). */
function stopOf(
  instances: readonly Instance[],
  links: readonly Located<string>[],
  running: NonNullable<Version>,
  interfaces: readonly string[] | undefined,
): Stop | undefined {
  const absent = (name: string | undefined): boolean =>
    name !== undefined && interfaces !== undefined && !interfaces.includes(name);
  const unmet = links.find(({ value }) => absent(value));
  if (unmet) return { why: `tracks ${unmet.value}, which the host has not`, at: unmet.at };
  const before = new Map<string, Instance[]>();
  for (const instance of instances) {
    const { name, head, virtualRouterId, strict, version, addresses } = instance;
    const link = instance.interface;
    const stop = (why: string, at = head): Stop => ({ why: `${name.value} ${why}`, at });
    if (virtualRouterId.value === undefined) return stop('has no virtual_router_id');
    if (link.value === undefined) return stop('has no interface');
    if (link.value === 'lo') return stop('runs on the loopback interface', link.at);
    // Each is looked for, though the last one counts (vrrp_int_handler()).
    const own = [
      link,
      ...statementsOf(instance.statement.body, 'interface').flatMap((each) => firstWord(each) ?? []),
    ];
    const lost = own.find(({ value }) => absent(value));
    if (lost) return stop(`runs on ${lost.value}, which the host has not`, lost.at);
    if (addresses.length === 0 && (version.value === 3 || strict.value === true)) {
      return stop('has no virtual address');
    }
    const unicast = unicastStatement(instance);
    // 2.2.7 looks for it before it knows of the peers.
    const refuses = strict.value === true && atLeast(running, '2.3.0') === true;
    if (refuses && unicast && instance.unicastPeers.length > 0) {
      return stop('asks for unicast in strict mode', headSpan(unicast.directive));
    }
    for (const { dev } of [...addresses, ...instance.excluded]) {
      if (dev && absent(dev.value)) return stop(`names ${dev.value}, which the host has not`, dev.at);
    }
    const channel = `${virtualRouterId.value} on ${link.value}`;
    const others = before.get(channel) ?? [];
    const twin = others.find((other) => sharesAdverts(other, instance));
    if (twin) {
      return stop(`has the virtual_router_id of ${twin.name.value}`, virtualRouterId.at);
    }
    others.push(instance);
    before.set(channel, others);
  }
  return undefined;
}

/** An open block. */
interface Frame {
  /** Its keyword. */
  readonly name: string;
  /** Its keywords; undefined for a list, whose lines are items. */
  readonly context: string | undefined;
  /** What the lines of a list are. */
  readonly items: string | undefined;
  out: Directive[];
  /** Its `{` was met, or is no longer expected. */
  opened: boolean;
  /** The daemon skips it; so many braces are open in it. */
  skipped: number | undefined;
}

/** The statements that take effect, the one at which reading ends for good, and the interfaces that are looked for as they are tracked. */
function processed(
  file: File,
  version: NonNullable<Version>,
): { items: readonly Directive[]; abort: Stop | undefined; links: readonly Located<string>[] } {
  const root: Directive[] = [];
  const links: Located<string>[] = [];
  const frames: Frame[] = [
    { name: '', context: 'root', items: undefined, out: root, opened: true, skipped: undefined },
  ];
  const names = new Set<string>();
  const all = allEvents(file.written ?? { items: file.items, loose: [] });
  const unseen = file.written && unseenInstance(all);
  const stopAt = (why: string, directive: Directive) => ({
    items: root,
    abort: { why, at: headSpan(directive) },
    links,
  });
  for (const event of all) {
    const frame = frames.at(-1)!;
    if (event.kind === 'open') {
      if (!frame.opened) frame.opened = true;
      else if (frame.skipped !== undefined) frame.skipped++;
      // Any other `{` is reported and ignored, or an item that is none; its `}` will end the block around it.
      continue;
    }
    if (event.kind === 'close') {
      if (frame.skipped) frame.skipped--;
      else if (frames.length > 1) frames.pop();
      continue;
    }
    if (!frame.opened && frame.skipped === 0) {
      // skip_block() gives up where no `{` follows: what was meant for this block goes to the one before it.
      const before = frames.at(-2)!.out.findLast(({ name }) => name.text === frame.name);
      if (!before) return stopAt(`crashes on the lines of a ${frame.name} without {`, event.directive);
      frame.out = before.body as Directive[];
      frame.skipped = undefined;
    }
    frame.opened = true;
    if (frame.skipped !== undefined) continue;
    const directive = untilOpenQuote(event.directive);
    if (!directive) continue;
    if (frame.context === undefined) {
      // An interface that is not there ends the daemon even where other words take its line away (alloc_track_if()).
      if (frame.items === 'track_interface') {
        links.push(located(directive.name.text, wordSpan(directive, directive.name)));
      }
      const item = takenItem(frame.items!, directive, (kind, name) => names.has(nameKey(kind, name)));
      if (item && !isNamedAgain(frame, item)) frame.out.push(item);
      continue;
    }
    const word = keyword(frame.context, directive.name.text);
    if (!word || isNewer(word, version)) continue;
    const opens = word.opens !== undefined || word.items !== undefined;
    const [first] = directive.args;
    if (word.raw && word.name === 'script' && crashes(event.directive, directive)) {
      return stopAt(`${word.name} has a quote that never closes, on which it crashes`, event.directive);
    }
    const aborts = (word.missing ?? 'abort') === 'abort' && !word.flags.has('one-word');
    if (
      !(word.raw ? event.directive : directive).args[0] &&
      aborts &&
      word.args[0] &&
      !word.args[0].optional
    ) {
      return stopAt(`${word.name} lacks its value`, directive);
    }
    if (!opens) {
      const taken = takenWords(word, directive, version);
      if (taken && !isRefused(word, taken, frame.out)) frame.out.push(taken);
      continue;
    }
    const out: Directive[] = [];
    const skipped = isSkipped(word, directive, names) ? 0 : undefined;
    if (skipped === undefined) {
      frame.out.push({ ...directive, body: out });
      if (first) names.add(nameKey(word.name, first.text));
    }
    frames.push({ name: word.name, context: word.opens, items: word.items, out, opened: false, skipped });
  }
  return {
    items: root,
    links,
    abort: unseen && {
      why: 'a block before the first instance has no end',
      at: headSpan(unseen),
    },
  };
}

/**
 * The first instance, where the parent process does not find it and so starts no process for VRRP: it passes over blocks
 * that are not its own by counting their braces.
 */
function unseenInstance(all: ReturnType<typeof allEvents>): Directive | undefined {
  let depth = 0;
  let isKnown = false;
  let first: Directive | undefined;
  for (const event of all) {
    if (event.kind === 'open') {
      if (depth > 0 || isKnown) depth++;
    } else if (event.kind === 'close') depth = Math.max(0, depth - 1);
    else {
      const { directive } = event;
      isKnown = keyword('root', directive.name.text) !== undefined;
      if (directive.name.text !== 'vrrp_instance') continue;
      if (depth === 0) return undefined;
      first ??= directive;
    }
  }
  return first;
}

/** A line up to a quote that never closes, where the daemon stops reading it (alloc_strvec()); undefined where nothing is left. */
function untilOpenQuote(directive: Directive): Directive | undefined {
  const { source, name, args } = directive;
  const isOpen = (word: Directive['name']): boolean => isOpenQuote(source, word);
  if (isOpen(name)) return undefined;
  const cut = args.findIndex(isOpen);
  return cut < 0 ? directive : { ...directive, args: args.slice(0, cut) };
}

/** Whether a command begins with a quote that never closes, or goes on behind its quote with a backslash (set_script_params_array()). */
const crashes = ({ args }: Directive, { args: kept }: Directive): boolean =>
  (args.length > 0 && kept.length === 0) || (args[0]?.quote !== '' && args.at(-1)?.text === '\\');

/** What is tracked twice keeps its first line (alloc_track_script()). */
const isNamedAgain = ({ items, out }: Frame, { name }: Directive): boolean =>
  /^track_/.test(items!) && out.some((each) => each.name.text === name.text);

const nameKey = (kind: string, name: string): string =>
  `${kind === 'vrrp_track_file' ? 'track_file' : kind} ${name}`;

const isNewer = ({ since }: Keyword, version: Version): boolean =>
  since !== undefined && (since === 'unreleased' || atLeast(version, since) === false);

/** Blocks that are left out whole: a second one of a name, or one without exactly one name. */
const isSkipped = (
  { name, repeat, flags }: Keyword,
  { args }: Directive,
  names: ReadonlySet<string>,
): boolean =>
  (flags.has('one-word') && args.length !== 1) ||
  ((repeat === 'same-name-skipped' || repeat === 'same-name-error') &&
    args[0] !== undefined &&
    names.has(nameKey(name, args[0].text)));

/** A second setting that the daemon refuses in favour of the first. */
const isRefused = ({ name, repeat }: Keyword, { args }: Directive, before: readonly Directive[]): boolean =>
  (repeat === 'first-wins-error' && before.some((each) => each.name.text === name)) ||
  (repeat === 'master-wins-error' &&
    args[0]?.text === 'BACKUP' &&
    before.some((each) => each.name.text === name && each.args[0]?.text === 'MASTER'));

/** A number of seconds or the like in a block; `fallback` where it is not written. */
export function numberIn(block: readonly Statement[], name: string, fallback: number): number {
  const word = firstWord(lastOf(block, name));
  return (word && number(word.value)) ?? fallback;
}
