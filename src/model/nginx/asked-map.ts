/**
 * Maps that are asked between a match and the use of its groups: a pattern of theirs that matches sets all groups anew, whether
 * it has any or not (ngx_http_map_find(), ngx_http_regex_exec()). A variable is asked once for a request.
 */
import { once } from '../../../grammar/remembered.ts';
import type { Span } from '../../../grammar/text.ts';
import type { Directive } from '../../../grammar/tree.ts';
import { type Condition, conditionOf } from './condition.ts';
import { type Ran, ranBefore } from './flow/index.ts';
import { type PatternUse, patternSpan, variableIn, variablesIn } from './pattern-use.ts';
import { moduleOf, type Statement } from './statement.ts';
import type { GroupUse } from './variable-use.ts';
import { definedZones } from './zones.ts';

/** A map that is asked where a group has still to be read. */
export interface AskedMap {
  /** Its variable, with `$`. */
  readonly variable: string;
  /** A pattern of it that may match. */
  readonly pattern: Span;
}

/** The parts of the model that tell when a map is asked. */
export interface AskedModel {
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly patterns: readonly PatternUse[];
}

interface Blocks {
  readonly server: Statement;
  readonly location: Statement | undefined;
}

/** A map with patterns. */
interface Chooser {
  readonly variable: string;
  readonly subject: string;
  readonly lines: { readonly at: Span; readonly value: string }[];
}

/** What asks for texts with variables after the rewrite module, in the order of nginx's phases. */
const phases: readonly (readonly string[])[] = [
  ['limit_req', 'limit_conn'],
  ['auth_basic'],
  ['proxy_pass', 'fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'grpc_pass', 'memcached_pass', 'root', 'alias'],
  ['proxy_set_header', 'fastcgi_param', 'uwsgi_param', 'scgi_param', 'grpc_set_header'],
  ['add_header'],
];

/** Finds the map that is asked after the pattern of `meant` matched and before the group is read. */
export function askedMaps(
  model: AskedModel,
): (use: GroupUse, meant: Statement, blocks: Blocks) => AskedMap | undefined {
  let known: { choosers: ReadonlyMap<string, Chooser>; marks: ReadonlySet<string> } | undefined;
  return (use, meant, blocks) => {
    // Between the match of a rewrite and its replacement nothing is asked but what that has in it.
    if (meant === use.statement && variablesIn(use.word.text).length === 0) return undefined;
    known ??= { choosers: choosersIn(model), marks: marksIn(model) };
    const { choosers, marks } = known;
    if (choosers.size === 0) return undefined;
    const { statement, word } = use;
    // The length of a text is taken first, and all of its variables with it.
    const asked = new Set(variablesIn(word.text));
    const earlier = new Set<string>();
    const ran: Ran[] = [];
    if (meant !== statement) {
      let isAfter = true;
      for (const [block, isOuter] of [[blocks.location, false] as const, [blocks.server, true] as const]) {
        if (!block) continue;
        if (isOuter && meant.name === 'location') isAfter = false;
        for (const each of ranBefore(block, statement)) {
          ran.push(each);
          if (each.statement === meant) isAfter = false;
          const names = isAfter && !each.isCertain ? undefined : isAfter ? asked : earlier;
          if (names) for (const name of askedBy(each.statement)) names.add(name);
        }
      }
      for (const text of textsInPhases(statement, model))
        for (const name of variablesIn(text)) asked.add(name);
    }
    // A mark that an earlier condition left may stand for what a map said.
    if (ran.some(({ statement: each, matched }) => matched !== undefined && marks.has(testedBy(each))))
      return undefined;
    const cached = withSubjects(earlier, choosers);
    for (const variable of withSubjects(asked, choosers)) {
      const isOpen = !cached.has(variable) && !marks.has(variable);
      const chooser = isOpen ? choosers.get(variable) : undefined;
      const line = chooser?.lines.find(({ value }) => mayBe(value, variable, ran));
      if (chooser && line) return { variable: chooser.variable, pattern: line.at };
    }
    return undefined;
  };
}

/** These variables, and those that the maps among them go by. */
function withSubjects(
  names: ReadonlySet<string>,
  choosers: ReadonlyMap<string, Chooser>,
): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found)
    for (const each of variablesIn(choosers.get(name)?.subject ?? '')) found.add(each);
  return found;
}

/** The variables that `set` gives a text. */
const marksIn = ({ named }: AskedModel): ReadonlySet<string> =>
  new Set(named('set').map(({ directive }) => variableIn(directive.args[0]?.text ?? '') ?? ''));

/** The maps of http with patterns, by their variables in small letters. */
function choosersIn({ patterns }: AskedModel): ReadonlyMap<string, Chooser> {
  const found = new Map<string, Chooser>();
  for (const { directive, subject, places } of patterns) {
    if (directive !== 'map') continue;
    for (const place of places) {
      const { statement, line } = place;
      const variable = statement.directive.args[1]?.text ?? '';
      const name = variableIn(variable);
      if (name === undefined || moduleOf(statement.context) !== 'http') continue;
      const chooser = found.get(name) ?? { variable, subject, lines: [] };
      found.set(name, chooser);
      chooser.lines.push({ at: patternSpan(place), value: line.args[0]?.text ?? '' });
    }
  }
  return found;
}

/** The variables that a statement of the rewrite module asks for. */
const askedBy = once((statement: Statement) => textsOf(statement).flatMap(variablesIn));

/** The texts that it asks for, those of a rewrite left out: it may not match. */
function textsOf({ name, directive }: Statement): readonly string[] {
  if (name === 'set') return directive.args.slice(1).map(({ text }) => text);
  const condition = name === 'if' ? conditionOf(directive) : undefined;
  if (!condition) return [];
  return [`$${condition.variable}`, ...(condition.pattern ? [] : [condition.value.text])];
}

function* textsInPhases({ name, parent }: Statement, { inForce, named }: AskedModel): Generator<string> {
  const phase = phases.findIndex((names) => names.includes(name));
  for (const each of phases.slice(0, Math.max(phase, 0)).flat()) {
    for (const statement of inForce(parent, each))
      yield* each.startsWith('limit_') ? keysOf(statement, named) : textsIn(statement.directive);
  }
}

const textsIn = ({ args }: Directive): readonly string[] =>
  args.flatMap(({ text }) => (text.includes('$') ? [text] : []));

/** The key of the zone that a limit counts in. */
function keysOf(limit: Statement, named: AskedModel['named']): readonly string[] {
  const words = limit.directive.args.map(({ text }) => text.replace(/^zone=/, ''));
  for (const { kind, name, statement } of definedZones(named)) {
    if (kind === limit.name && words.includes(name.value)) return [statement.directive.args[0]?.text ?? ''];
  }
  return [];
}

/** The variable that a condition looks at; empty of anything else. */
const testedBy = ({ name, directive }: Statement): string =>
  (name === 'if' && conditionOf(directive)?.variable) || '';

/** Whether who comes to a place may have got that value of a map. */
function mayBe(value: string, variable: string, ran: readonly Ran[]): boolean {
  return ran.every(({ statement, matched }) => {
    const condition = statement.name === 'if' ? conditionOf(statement.directive) : undefined;
    if (condition?.variable !== variable || matched === undefined) return true;
    return !value.includes('$') && verdict(condition, value) === matched;
  });
}

/** Whether a value fulfils a condition; undefined where that is not looked into. */
function verdict({ test, isNegated, value: { text } }: Condition, value: string): boolean | undefined {
  if (test === 'bare') return value !== '' && value !== '0';
  if (test !== '=' || text.includes('$')) return undefined;
  return (value === text) !== isNegated;
}
