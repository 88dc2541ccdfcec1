/** Which regular expression `$1` to `$9` are of (ngx_http_script_regex_start_code(), ngx_http_regex_exec()). */
import type { Span } from '../../../grammar/text.ts';
import { type Directive, type Word, wordSpan } from '../../../grammar/tree.ts';
import { conditionOf } from './condition.ts';

import { type Flow, isAround } from './flow.ts';
import { patternOf } from './pattern.ts';
import { locationOf } from './server.ts';
import { around, type Statement } from './statement.ts';
import { within } from './words.ts';

/** The parts of the model that tell. */
interface Model {
  readonly named: (name: string) => readonly Statement[];
  readonly entries: (statement: Statement) => Iterable<Directive>;
  readonly flow: Flow;
  readonly complete: boolean;
}

/** A `$n` that is always, or nearly always, empty. */
export interface EmptyCapture {
  readonly at: Span;
  /** `$2`. */
  readonly text: string;
  /** The regular expression that it is of; undefined where there is none. */
  readonly by:
    | { readonly at: Span; readonly groups: number; readonly kind: 'rewrite' | 'condition' | 'line' }
    | undefined;
  /** The location whose group was meant, where another expression cleared it. */
  readonly meant: Span | undefined;
}

/** Directives whose arguments are put together for each request, and from which on. */
const readers: readonly (readonly [name: string, from: number])[] = [
  ['rewrite', 1],
  ['set', 1],
  ['return', 0],
  ['proxy_pass', 0],
  ['fastcgi_pass', 0],
  ['uwsgi_pass', 0],
  ['grpc_pass', 0],
  ['alias', 0],
  ['root', 0],
  ['try_files', 0],
  ['add_header', 1],
  ['proxy_set_header', 1],
  ['fastcgi_param', 1],
  ['proxy_cache_key', 0],
];

/** A regular expression that the rewrite module runs. */
interface Run {
  readonly statement: Statement;
  readonly at: Span;
  readonly groups: number;
  readonly isNegated: boolean;
}

/** That of a rewrite or an `if`; undefined where it has none. One that cannot be read counts as having all groups. */
function runOf(statement: Statement): Run | undefined {
  const { name, directive } = statement;
  if (name === 'rewrite') {
    const word = directive.args[0];
    if (!word) return undefined;
    return { statement, at: wordSpan(directive, word), groups: count(word.text, false), isNegated: false };
  }
  const condition = name === 'if' ? conditionOf(directive) : undefined;
  if (!condition?.pattern) return undefined;
  const { value, ignoreCase, isNegated } = condition;
  return { statement, at: wordSpan(directive, value), groups: count(value.text, ignoreCase), isNegated };
}

const count = (text: string, ignoreCase: boolean): number => patternOf(text, ignoreCase)?.groups.length ?? 9;

const codes = new Set(['set', 'if', 'rewrite', 'return', 'break']);

/** The groups that nothing fills. */
export function* emptyCaptures(model: Model): Generator<EmptyCapture> {
  const { named } = model;
  let perServer: Map<Statement | undefined, number> | undefined;
  for (const [name, from] of readers) {
    for (const statement of named(name)) {
      if (statement.context.startsWith('stream')) continue;
      for (const word of statement.directive.args.slice(from)) {
        const found = groupIn(word);
        if (!found) continue;
        const { number, start, end, text } = found;
        const at = within(statement.directive, word, start, end);
        const verdict = judge(statement, number, model);
        if (verdict === 'server') {
          perServer ??= groupsPerServer(model);
          const server = around(statement, 'server');
          if (!server || !model.complete || (perServer.get(server) ?? 0) >= number) continue;
          if ((perServer.get(undefined) ?? 0) < number) yield { at, text, by: undefined, meant: undefined };
        } else if (verdict) yield { at, text, ...verdict };
        if (verdict) break;
      }
    }
  }
  for (const map of named('map')) {
    for (const entry of model.entries(map)) {
      const [modifier] = /^~\*?/.exec(entry.name.text) ?? [];
      const word = entry.args[0];
      const found = modifier && word && groupIn(word);
      if (!modifier || !word || !found) continue;
      const groups = count(entry.name.text.slice(modifier.length), modifier === '~*');
      if (groups >= found.number) continue;
      const by = { at: wordSpan(entry, entry.name), groups, kind: 'line' as const };
      yield { at: within(entry, word, found.start, found.end), text: found.text, by, meant: undefined };
    }
  }
}

/** The highest `$n` of a word; no variable has two digits. */
function groupIn({ text }: Word): { number: number; start: number; end: number; text: string } | undefined {
  let best: { number: number; start: number; end: number; text: string } | undefined;
  if (!text.includes('$')) return undefined;
  for (const match of text.matchAll(/(?<!\\)\$(?:\{([1-9])\}|([1-9]))/g)) {
    const number = Number(match[1] ?? match[2]);
    if (best && best.number >= number) continue;
    best = { number, start: match.index, end: match.index + match[0].length, text: `$${number}` };
  }
  return best;
}

type Verdict = Pick<EmptyCapture, 'by' | 'meant'> | 'server' | undefined;

/** What fills a group where a statement reads it; `server` where no expression is known to have run. */
function judge(statement: Statement, number: number, { flow }: Model): Verdict {
  const empty = ({ statement: of, at, groups, isNegated }: Run, meant?: Span): Verdict => ({
    by: { at, groups: isNegated ? 0 : groups, kind: of.name === 'rewrite' ? 'rewrite' : 'condition' },
    meant,
  });
  if (statement.name === 'rewrite') {
    const own = runOf(statement);
    return own && own.groups < number ? empty(own) : undefined;
  }
  let block = statement.parent;
  while (block && (block.name === 'if' || block.name === 'limit_except')) block = block.parent;
  if (!block) return undefined;
  const list = flow.codes(block);
  const here = codes.has(statement.name) ? list.indexOf(statement) : list.length;
  const last = list
    .slice(0, Math.max(here, 0))
    .filter(
      (each) => each.parent === block || (each.parent?.name === 'if' && isAround(each.parent, statement)),
    )
    .findLast((each) => runOf(each));
  const run = last && runOf(last);
  if (run && !run.isNegated && run.groups >= number) return undefined;
  // What an if around may have run before it cannot be told apart.
  if (list.some((each) => each.parent !== block && (runOf(each)?.groups ?? 0) >= number)) return undefined;
  if (block.name === 'location') {
    const { modifier, path } = locationOf(block);
    const isPattern = modifier.startsWith('~');
    const groups = isPattern && path.value !== undefined ? count(path.value, modifier === '~*') : 0;
    if (isPattern && groups >= number) return run && empty(run, path.at);
  }
  if (run && last.name === 'if' && isAround(last, statement) && codes.has(statement.name)) return empty(run);
  return 'server';
}

/** The most groups that an expression of a server has; of no server: that one of a map has. */
function groupsPerServer({ named, entries }: Model): Map<Statement | undefined, number> {
  const most = new Map<Statement | undefined, number>();
  const add = (server: Statement | undefined, groups: number): void => {
    most.set(server, Math.max(most.get(server) ?? 0, groups));
  };
  for (const statement of [...named('rewrite'), ...named('if')])
    add(around(statement, 'server'), runOf(statement)?.groups ?? 0);
  for (const statement of named('location')) {
    const { modifier, path } = locationOf(statement);
    if (modifier.startsWith('~'))
      add(around(statement, 'server'), count(path.value ?? '(', modifier === '~*'));
  }
  for (const { directive, parent } of named('server_name')) {
    for (const { text } of directive.args) if (text.startsWith('~')) add(parent, count(text.slice(1), true));
  }
  for (const map of named('map')) {
    for (const { name } of entries(map)) {
      const [modifier] = /^~\*?/.exec(name.text) ?? [];
      if (modifier) add(undefined, count(name.text.slice(modifier.length), modifier === '~*'));
    }
  }
  return most;
}
