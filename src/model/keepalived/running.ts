/**
 * What the daemon makes of a configuration, where the rest of the model says what was meant by it: an unknown block loses
 * its braces, a rejected value is not there, an instance without an id ends the daemon (lib/parser.c: process_stream()).
 */
import { events } from '../../../grammar/balance.ts';
import { itemKind, type Keyword, keyword } from '../../../grammar/tables/keywords.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, type File, headSpan, type Word } from '../../../grammar/tree.ts';
import { atLeast, showVersion, type Version } from '../version.ts';
import { sharesAdverts, unicastStatement } from './conflicts.ts';
import { type Globals, globalsOf } from './globals.ts';
import { type SyncGroup, syncGroupsOf, type Tracked, trackedIn } from './groups.ts';
import type { KeepalivedModel } from './index.ts';
import { type Instance, instanceOf } from './instance.ts';
import { firstWord, lastOf, number } from './settings.ts';
import { resolve, type Statement } from './statements.ts';
import { rejection } from './values.ts';

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
  const { items, abort } = processed(syntax.file, version);
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
      stopOf(instances, version, dynamic ? undefined : interfaces),
  };
}

/** What ends the VRRP process once everything is read (vrrp_complete_init(), chk_min_cfg(), check_vrid_conflicts()). */
function stopOf(
  instances: readonly Instance[],
  running: NonNullable<Version>,
  interfaces: readonly string[] | undefined,
): Stop | undefined {
  const absent = (name: string | undefined): boolean =>
    name !== undefined && interfaces !== undefined && !interfaces.includes(name);
  for (const [index, instance] of instances.entries()) {
    const { name, head, virtualRouterId, strict, version, addresses, trackers } = instance;
    const link = instance.interface;
    const stop = (why: string, at = head): Stop => ({ why: `${name.value} ${why}`, at });
    if (virtualRouterId.value === undefined) return stop('has no virtual_router_id');
    if (link.value === undefined) return stop('has no interface');
    if (link.value === 'lo') return stop('runs on the loopback interface', link.at);
    if (absent(link.value)) return stop(`runs on ${link.value}, which the host has not`, link.at);
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
    for (const tracker of trackers) {
      if (tracker.kind === 'interface' && absent(tracker.name.value)) {
        return stop(`tracks ${tracker.name.value}, which the host has not`, tracker.name.at);
      }
    }
    const twin = instances.slice(0, index).find((other) => sharesAdverts(other, instance));
    if (twin) {
      return stop(`has the virtual_router_id of ${twin.name.value}`, virtualRouterId.at);
    }
  }
  return undefined;
}

/** An open block. */
interface Frame {
  /** Its keywords; undefined for a list, whose lines are items. */
  readonly context: string | undefined;
  /** What the lines of a list are. */
  readonly items: string | undefined;
  readonly out: Directive[];
  /** Its `{` was met, or is no longer expected. */
  opened: boolean;
  /** The daemon skips it; so many braces are open in it. */
  skipped: number | undefined;
}

/** The statements that take effect, and the one at which reading ends for good. */
function processed(
  file: File,
  version: NonNullable<Version>,
): { items: readonly Directive[]; abort: Stop | undefined } {
  const root: Directive[] = [];
  const frames: Frame[] = [
    { context: 'root', items: undefined, out: root, opened: true, skipped: undefined },
  ];
  const names = new Set<string>();
  for (const event of events(file.written ?? { items: file.items, unclosed: [], strays: [] })) {
    const frame = frames.at(-1)!;
    if (event.kind === 'open') {
      if (!frame.opened) frame.opened = true;
      else if (frame.skipped !== undefined) frame.skipped++;
      // Any other `{` is reported and ignored; its `}` will end the block around it.
      continue;
    }
    if (event.kind === 'close') {
      if (frame.skipped) frame.skipped--;
      else if (frames.length > 1) frames.pop();
      continue;
    }
    frame.opened = true;
    if (frame.skipped !== undefined) continue;
    const { directive } = event;
    if (frame.context === undefined) {
      if (takesItem(frame.items!, directive, names)) frame.out.push({ ...directive, body: undefined });
      continue;
    }
    const word = keyword(frame.context, directive.name.text);
    if (!word || isNewer(word, version)) continue;
    const opens = word.opens !== undefined || word.items !== undefined;
    const [first] = directive.args;
    if (!first && word.missing === 'abort' && word.args[0] && !word.args[0].optional) {
      const at = headSpan(directive);
      return { items: root, abort: { why: `${word.name} lacks its value`, at } };
    }
    if (!opens) {
      const taken = accepted(word, directive);
      if (taken && !isRefused(word, taken, frame.out)) frame.out.push(taken);
      continue;
    }
    const out: Directive[] = [];
    const skipped = isSkipped(word, directive, names) ? 0 : undefined;
    if (skipped === undefined) {
      frame.out.push({ ...directive, body: out });
      if (first) names.add(nameKey(word.name, first.text));
    }
    frames.push({ context: word.opens, items: word.items, out, opened: false, skipped });
  }
  return { items: root, abort: undefined };
}

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

/** Whether a line of a list counts: a check must be defined before it is named, and no word of the line may be unknown. */
function takesItem(items: string, { name, args }: Directive, names: ReadonlySet<string>): boolean {
  const kind = itemKind(items);
  const [first] = kind?.first ?? [];
  if (!kind?.earlier || first?.type !== 'ref') return true;
  const target = first.values?.[0] ?? '';
  if (!names.has(nameKey(target, name.text))) return false;
  return args.every(
    ({ text }, index) =>
      kind.options.has(text) || /^(?:reverse|noreverse)$/.test(text) || args[index - 1]?.text === 'weight',
  );
}

/** The statement as far as the daemon takes it: words too many are dropped, a rejected value leaves what was there before. */
function accepted(word: Keyword, written: Directive): Directive | undefined {
  const isOpen = word.raw || word.args.some(({ variadic }) => variadic);
  const directive = isOpen ? written : { ...written, args: written.args.slice(0, word.args.length) };
  const [first] = directive.args;
  const [arg] = word.args;
  if (!first || !arg || word.raw || rejection(first.text, arg) === undefined) return directive;
  // vrrp_prio_handler() puts the default in its place, which keeps a MASTER from being taken for the address owner.
  if (word.name !== 'priority' || word.context !== 'vrrp_instance') return undefined;
  const standard: Word = { ...first, text: '100' };
  return { ...directive, args: [standard] };
}

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

/** Whether a flag is on in a block; undefined where it is not written. */
export function switched(block: readonly Statement[], name: string): boolean | undefined {
  const statement = lastOf(block, name);
  return statement && !/^(?:false|off|no)$/.test(statement.args[0]?.text ?? '');
}
