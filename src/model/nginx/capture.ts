/**
 * Which regular expression `$1` to `$9` are of. The one that ran last sets them all, and clears them where it has no groups;
 * those of the rewrite module clear them even where they do not match (ngx_http_script_regex_start_code()).
 */
import { once } from '../../../grammar/remembered.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Word, wordSpan } from '../../../grammar/tree.ts';
import { type AskedMap, type AskedModel, askedMaps } from './asked-map.ts';
import { conditionOf } from './condition.ts';
import { isTangled, type Ran, ranBefore } from './flow/index.ts';
import { groupCount } from './language.ts';
import { locationOf, locationsIn } from './server.ts';
import { around, type Statement } from './statement.ts';
import type { GroupUse } from './variable-use.ts';

/** A group that is read by number and holds nothing. */
export interface GroupFault extends GroupUse {
  /** The regular expression that ran last; undefined where none runs at all. */
  readonly last: Span | undefined;
  /** How many groups it has. */
  readonly groups: number;
  /** Only who did not match it comes here. */
  readonly isFailed: boolean;
  /** The one that has the group, of the location or the server's name where nothing else has it; undefined of none. */
  readonly meant: Span | undefined;
  /** The name of the directive of `meant`; empty where there is none. */
  readonly of: string;
  /** The map that sets the groups anew, for whoever one of its patterns matches; undefined where `last` does it for everybody. */
  readonly map: AskedMap | undefined;
}

interface Model extends AskedModel {
  readonly groupUses: () => readonly GroupUse[];
  readonly complete: boolean;
  readonly isMain: boolean;
  readonly hasForeignModules: boolean;
}

/** A regular expression that ran before a group is read. */
interface Run {
  readonly at: Span;
  readonly statement: Statement;
  /** Undefined where it cannot be read. */
  readonly groups: number | undefined;
  /** Only who did not match it comes to the place. */
  readonly isFailed: boolean;
  /** It may not have run at all. */
  readonly isPossible: boolean;
  /** It is of the server, and the place in a location. */
  readonly isOuter: boolean;
  /** It chose the location or the server. */
  readonly isChoice: boolean;
}

const codes = new Set(['set', 'if', 'rewrite', 'return']);

/** Directives with a regular expression of their own, which `$1` in them is of. */
const ownPattern = /^(?:proxy|fastcgi|uwsgi|scgi)_(?:redirect|cookie_\w+)$|^sub_filter$/;

/** Directives that are read when a connection begins, or far from where they stand. */
const elsewhere = /^(?:log_format|access_log|ssl_certificate(?:_key)?|map|geo|split_clients)$/;

/** Every group that is read by number and cannot hold what it is read for. */
export const groupFaults = once((model: Model): readonly GroupFault[] => [...findFaults(model)]);

function* findFaults(model: Model): Generator<GroupFault> {
  const mostInMaps = mostGroupsOfMaps(model);
  const mostOf = mostGroupsOfServers();
  const askedFor = askedMaps(model);
  for (const use of model.groupUses()) {
    const { statement, number, line } = use;
    if (statement.name === 'map') {
      const fault = inMap(use);
      if (fault) yield fault;
      continue;
    }
    if (ownPattern.test(statement.name) || elsewhere.test(statement.name)) continue;
    const server = around(statement, 'server');
    if (!server || line !== statement.directive) continue;
    const location = around(statement, 'location');
    if (isTangled(server) || (location && isTangled(location))) continue;
    // What stands here counts in the locations inside, too, which have captures of their own.
    if (!codes.has(statement.name) && (!location || locationsIn(location).length > 0)) continue;
    const runs: Run[] = [];
    for (const run of runsBefore(statement, server, location)) {
      runs.push(run);
      if (!run.isPossible) break;
    }
    const last = runs.findLast(({ isPossible }) => !isPossible);
    const [own, ...more] = runs.filter((run) => has(run, number));
    if (own) {
      if (own.groups === undefined || more.length > 0 || (own.isPossible && !own.isChoice)) continue;
      const map = askedFor(use, own.statement, { server, location });
      if (!map) continue;
      yield {
        ...use,
        last: map.pattern,
        groups: 0,
        isFailed: false,
        meant: own.at,
        of: own.statement.name,
        map,
      };
      continue;
    }
    const meant = last && choiceBefore(runsBefore(statement, server, location), last, number);
    if (!last || last.isOuter) {
      // A rewrite in another location may lead here, and its groups with it.
      const isOpen = location !== undefined && locationOf(location).modifier === '@';
      if (isOpen || !model.complete || !model.isMain || mostOf(server) >= number) continue;
    }
    if (!meant) {
      // A map that is asked in between leaves its own groups; other modules may do as they please.
      const isOwn = statement.name === 'rewrite' && !/\$[^1-9]/.test(use.word.text);
      if (!isOwn && (mostInMaps() >= number || model.hasForeignModules)) continue;
      const block = location ?? server;
      if (!isOwn && !model.complete && block.body.some(({ name }) => name === 'include')) continue;
    }
    yield {
      ...use,
      last: last?.at,
      groups: last?.groups ?? 0,
      isFailed: last?.isFailed ?? false,
      meant: meant?.at,
      of: meant?.statement.name ?? '',
      map: undefined,
    };
  }
}

/** Whether a group may be set; also where nobody can tell. */
const has = ({ groups, isFailed }: Run, number: number): boolean =>
  !isFailed && (groups === undefined || groups >= number);

/** The pattern with the group that chose the location or the server before another one ran. */
function choiceBefore(runs: Iterable<Run>, last: Run, number: number): Run | undefined {
  let isOlder = false;
  for (const run of runs) {
    if (isOlder && run.isChoice && has(run, number)) return run;
    isOlder ||= run.statement === last.statement;
  }
  return undefined;
}

function inMap(use: GroupUse): GroupFault | undefined {
  const { line, number, word } = use;
  const key = line.name.text;
  const [modifier] = /^~\*?/.exec(key) ?? [];
  // Another map that is asked first may leave its groups.
  if (modifier === undefined || /\$[^1-9]/.test(word.text)) return undefined;
  const groups = groupCount(key.slice(modifier.length), modifier === '~*');
  if (groups === undefined || groups >= number) return undefined;
  return {
    ...use,
    last: wordSpan(line, line.name),
    groups,
    isFailed: false,
    meant: undefined,
    of: '',
    map: undefined,
  };
}

/** The regular expressions that ran before a statement is asked, the last one first. */
function* runsBefore(
  statement: Statement,
  server: Statement,
  location: Statement | undefined,
): Generator<Run> {
  if (statement.name === 'rewrite') {
    const word = statement.directive.args[0]!;
    yield runOf(statement, word, groupCount(word.text));
  }
  if (location) yield* codesBefore(location, statement, false);
  for (let at = location; at?.name === 'location'; at = at.parent) {
    const { modifier, path } = locationOf(at);
    if (!modifier.startsWith('~')) continue;
    const groups = path.value === undefined ? undefined : groupCount(path.value, modifier === '~*');
    yield runOf(at, at.directive.args.at(-1)!, groups, { isChoice: true });
    break;
  }
  yield* codesBefore(server, statement, location !== undefined);
  for (const each of server.body) {
    if (each.name !== 'server_name') continue;
    for (const word of each.directive.args) {
      if (!word.text.startsWith('~')) continue;
      const groups = groupCount(word.text.slice(1), true);
      yield runOf(each, word, groups, { isChoice: true, isPossible: true });
    }
  }
}

function* codesBefore(block: Statement, statement: Statement, isOuter: boolean): Generator<Run> {
  for (const ran of ranBefore(block, statement)) {
    let run = known.get(ran);
    if (run === undefined) {
      run = codeRun(ran, isOuter) ?? 'none';
      known.set(ran, run);
    }
    if (run !== 'none') yield run;
  }
}

const known = new WeakMap<Ran, Run | 'none'>();

/** The pattern that a statement of the rewrite module runs; undefined where it has none. */
function codeRun({ statement, isCertain, matched }: Ran, isOuter: boolean): Run | undefined {
  const { name, directive } = statement;
  const facts = { isPossible: !isCertain, isOuter };
  const word = directive.args[0];
  if (name === 'rewrite' && word)
    return runOf(statement, word, groupCount(word.text), { ...facts, isFailed: matched === false });
  const condition = name === 'if' ? conditionOf(directive) : undefined;
  if (!condition?.pattern) return undefined;
  const groups = groupCount(condition.value.text, condition.ignoreCase);
  return runOf(statement, condition.value, groups, { ...facts, isFailed: matched === condition.isNegated });
}

const runOf = (
  statement: Statement,
  word: Word,
  groups: number | undefined,
  facts: Partial<Run> = {},
): Run => ({
  at: wordSpan(statement.directive, word),
  statement,
  groups,
  isFailed: false,
  isPossible: false,
  isOuter: false,
  isChoice: false,
  ...facts,
});

/** The most groups that a pattern of a map has; Infinity where one cannot be read. */
function mostGroupsOfMaps({ patterns }: Model): () => number {
  let most: number | undefined;
  return () => {
    if (most !== undefined) return most;
    most = 0;
    for (const { directive, text, ignoreCase } of patterns) {
      if (directive !== 'map' || !text.includes('(')) continue;
      most = Math.max(most, groupCount(text, ignoreCase) ?? Number.POSITIVE_INFINITY);
    }
    return most;
  };
}

/** The most groups that a pattern inside of a server may have; brackets are counted, not understood. */
function mostGroupsOfServers(): (server: Statement) => number {
  const known = new Map<Statement, number>();
  return (server) => {
    let most = known.get(server);
    if (most !== undefined) return most;
    most = 0;
    const open = [server];
    for (let at = open.pop(); at; at = open.pop()) {
      if (/^(?:location|rewrite|if)$/.test(at.name)) {
        for (const { text } of at.directive.args) most = Math.max(most, text.slice(1).split('(').length - 1);
      }
      open.push(...at.body);
    }
    known.set(server, most);
    return most;
  };
}
