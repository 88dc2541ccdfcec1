/**
 * Which regular expression `$1` to `$9` are of. The one that ran last sets them all, and clears them where it has no groups;
 * those of the rewrite module clear them even where they do not match (ngx_http_script_regex_start_code()).
 */
import type { Span } from '../../../grammar/text.ts';
import { type Directive, type Word, wordSpan } from '../../../grammar/tree.ts';
import { conditionOf } from './condition.ts';
import { endsRequest, type Flow, isAround, isRedirect } from './flow/index.ts';
import { groupCount } from './language.ts';
import type { PatternUse } from './pattern-use.ts';
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
  /** The one of the location or of the server's name that has the group; undefined where none has. */
  readonly meant: Span | undefined;
  readonly isOfServer: boolean;
}

interface Model {
  readonly patterns: readonly PatternUse[];
  readonly groupUses: () => readonly GroupUse[];
  readonly flow: Flow;
  readonly complete: boolean;
  readonly isMain: boolean;
  readonly hasForeignModules: boolean;
}

/** A regular expression that ran before a group is read. */
interface Run {
  readonly at: Span;
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

/** Every group that is read by number and cannot hold anything. */
export function* groupFaults(model: Model): Generator<GroupFault> {
  const mostInMaps = mostGroupsOfMaps(model);
  const mostOf = mostGroupsOfServers();
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
    // What stands here counts in the locations inside, too, which have captures of their own.
    if (!codes.has(statement.name) && (!location || locationsIn(location).length > 0)) continue;
    const runs = runsBefore(statement, server, location, model.flow);
    const at = runs.findIndex(({ isPossible }) => !isPossible);
    const last = runs[at];
    if ((at < 0 ? runs : runs.slice(0, at + 1)).some((run) => has(run, number))) continue;
    const older = at < 0 ? [] : runs.slice(at + 1);
    const meant = older.find((run) => run.isChoice && has(run, number));
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
      isOfServer: meant?.isPossible ?? false,
    };
  }
}

/** Whether a group may be set; also where nobody can tell. */
const has = ({ groups, isFailed }: Run, number: number): boolean =>
  !isFailed && (groups === undefined || groups >= number);

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
    isOfServer: false,
  };
}

const isRedirectingRewrite = (name: string, directive: Directive): boolean =>
  name === 'rewrite' && isRedirect(directive);

/** The regular expressions that ran before a statement is asked, the last one first. */
function runsBefore(
  statement: Statement,
  server: Statement,
  location: Statement | undefined,
  flow: Flow,
): readonly Run[] {
  const runs: Run[] = [];
  const add = (
    directive: Directive,
    word: Word,
    groups: number | undefined,
    facts: Partial<Run> = {},
  ): void => {
    const at = wordSpan(directive, word);
    runs.push({ at, groups, isFailed: false, isPossible: false, isOuter: false, isChoice: false, ...facts });
  };
  if (statement.name === 'rewrite') {
    const word = statement.directive.args[0]!;
    add(statement.directive, word, groupCount(word.text, false));
  }
  const isCode = codes.has(statement.name);
  const addCodes = (block: Statement, isOuter = false): void => {
    // After `last` a server goes on to the location.
    const ends = (each: Statement): boolean =>
      isOuter
        ? each.body.some(({ name, directive }) => name === 'return' || isRedirectingRewrite(name, directive))
        : endsRequest(each);
    const list = flow.codes(block);
    const here = isCode ? list.indexOf(statement) : -1;
    for (const each of (here < 0 ? list : list.slice(0, here)).toReversed()) {
      const { name, directive, parent } = each;
      const word = directive.args[0];
      const isInside = parent?.name === 'if' && isAround(parent, statement);
      if (parent?.name === 'if' && !isInside && ends(parent)) continue;
      const isPossible = parent?.name === 'if' && !isInside;
      if (name === 'rewrite' && word) {
        const flag = directive.args[2]?.text;
        const isLeft = !isOuter && (flag === 'last' || (flag === 'break' && isCode));
        const isFailed = isRedirect(directive) || isLeft;
        add(directive, word, groupCount(word.text, false), { isFailed, isPossible, isOuter });
      }
      if (name !== 'if') continue;
      const condition = conditionOf(directive);
      if (!condition?.pattern) continue;
      const groups = groupCount(condition.value.text, condition.ignoreCase);
      const isBehind = !isAround(each, statement);
      const isFailed = isBehind ? ends(each) && !condition.isNegated : condition.isNegated;
      add(directive, condition.value, groups, { isFailed, isPossible, isOuter });
    }
  };
  if (location) addCodes(location);
  for (let at = location; at?.name === 'location'; at = at.parent) {
    const { modifier, path } = locationOf(at);
    if (!modifier.startsWith('~')) continue;
    const groups = path.value === undefined ? undefined : groupCount(path.value, modifier === '~*');
    add(at.directive, at.directive.args.at(-1)!, groups, { isChoice: true });
    break;
  }
  addCodes(server, location !== undefined);
  for (const { name, directive } of server.body) {
    if (name !== 'server_name') continue;
    for (const word of directive.args) {
      if (!word.text.startsWith('~')) continue;
      add(directive, word, groupCount(word.text.slice(1), true), { isChoice: true, isPossible: true });
    }
  }
  return runs;
}

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
