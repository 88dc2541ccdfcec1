/**
 * What a text with variables may be when nginx uses it: followed back through set, map, geo, groups of regular expressions
 * and rewrite to what a client, the file or somebody unknown put in (ngx_http_script.c).
 */
import { builtinVariable } from '../../../../grammar/tables/variables.ts';
import { type Word, wordSpan } from '../../../../grammar/tree.ts';
import { all, charsOf, visible, without } from '../charset.ts';
import { conditionOf } from '../condition.ts';
import { patternOf } from '../pattern.ts';
import { patternIn } from '../pattern-use.ts';
import { locationOf } from '../server.ts';
import { moduleOf, type Statement } from '../statement.ts';
import { cut, isDead, narrowed } from './cut.ts';
import { type Definers, type Definition, definitionsIn, leavesSome } from './definitions.ts';
import {
  empty,
  longer,
  mostOutcomes,
  mostParts,
  type Outcome,
  part,
  pathOf,
  type Step,
  shortened,
  textPart,
  unknown,
} from './outcome.ts';
import { blockOf, isAround, type Ran, ranBefore, takesAll } from './rewrite.ts';

export { sentText } from './cut.ts';
export type { Outcome, Part, Step } from './outcome.ts';
export { codesOf, isAround, isRedirect, type Ran, ranBefore } from './rewrite.ts';

/** The parts of the model that flow follows. */
interface Model extends Definers {
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly isOpen: (server: Statement) => boolean;
  readonly isWhole: () => boolean;
}

/** What is known of the texts of a configuration. */
export interface Flow {
  /** What the text of an argument of the statement may be. */
  outcomes(statement: Statement, text: string): readonly Outcome[];
}

/** A chain of variables as long as that is nobody's, and recursion costs stack. */
const deepest = 100;

/** Of more lines that may have made a text what it is, the last ones count. */
const mostMakers = 16;

/** Where a text is used, and what is known of the variables there. */
interface Use {
  readonly statement: Statement;
  readonly server: Statement | undefined;
  readonly location: Statement | undefined;
  readonly variables: Map<string, readonly Outcome[]>;
  readonly builtins: Map<string, readonly Outcome[]>;
}

/** How the text of each variable comes about. Nothing is worked out before it is asked for, and nothing twice. */
export function flowOf(model: Model): Flow {
  let index: Map<string, Definition[]> | undefined;
  const definitionsOf = (module: 'http' | 'stream', name: string): readonly Definition[] => {
    index ??= definitionsIn(model);
    return index.get(`${module} ${name}`) ?? [];
  };

  const uses = new WeakMap<Statement, Use[]>();

  /** The use of a statement's text, in a location that it is not in where that reads its groups. */
  function useOf(statement: Statement, inside?: { readonly location: Statement | undefined }): Use {
    let list = uses.get(statement);
    if (!list) {
      list = [];
      uses.set(statement, list);
    }
    const around = blocksAround(statement);
    const location = inside ? inside.location : around.location;
    let use = list.find((each) => each.location === location);
    if (!use) {
      use = { statement, server: around.server, location, variables: new Map(), builtins: new Map() };
      list.push(use);
    }
    return use;
  }

  /** The statements of the rewrite module that ran before a text is used, the last one first. */
  function* before({ statement, server, location }: Use): Generator<Ran> {
    if (location) yield* ranBefore(location, statement);
    if (server) yield* ranBefore(server, statement);
  }

  let depth = 0;

  function evaluate(text: string, use: Use, own?: Cutter): readonly Outcome[] {
    if (depth >= deepest) return unknown;
    depth++;
    let found: readonly Outcome[] = empty;
    let from = 0;
    for (const match of text.matchAll(/\$(?:\{(\w+)\}|([1-9])|([a-zA-Z_]\w*))/g)) {
      if (match.index > from) found = joined(found, [[textPart(text.slice(from, match.index))]]);
      from = match.index + match[0].length;
      const name = (match[1] ?? match[2] ?? match[3]!).toLowerCase();
      if (/^\d/.test(name)) {
        const number = Number(name);
        const values = own?.(number) ?? captured(number, use);
        found = joined(
          found,
          values.map((outcome) => outcome.map((each) => ({ ...each, isNumbered: true }))),
        );
      } else found = joined(found, own?.(name) ?? variable(name, use));
    }
    if (from < text.length) found = joined(found, [[textPart(text.slice(from))]]);
    depth--;
    return found;
  }

  function variable(name: string, use: Use): readonly Outcome[] {
    let found = use.variables.get(name);
    if (!found) {
      // What leads back to itself is not known.
      use.variables.set(name, unknown);
      found = defined(name, use);
      use.variables.set(name, found);
    }
    return found;
  }

  function defined(name: string, use: Use): readonly Outcome[] {
    const module = moduleOf(use.statement.context);
    if (module === 'mail') return unknown;
    const found = definitionsOf(module, name);
    const isBuiltin = builtinVariable(module, name) !== undefined;
    if (found.length === 0) return isBuiltin ? builtinOutcomes(name, use) : unknown;
    const outcomes: Outcome[] = [];
    const sets = found.filter(({ kind }) => kind === 'set');
    for (const definition of found) {
      if (definition.kind === 'set') continue;
      if (definition.kind === 'map')
        for (const each of mapped(definition.statement, use)) outcomes.push(each);
      else if (definition.kind === 'finite')
        outcomes.push(
          [part('fixed', { chars: visible, first: visible })],
          ...(leavesSome(definition.statement, model.entries(definition.statement)) ? empty : []),
        );
      else if (definition.kind === 'group') outcomes.push(...namedGroup(definition, name, use));
      else outcomes.push(...unknown);
    }
    if (sets.length > 0) {
      const values = assigned(sets, use);
      if (isBuiltin && values.some((each) => each.length === 0)) outcomes.push(...builtinOutcomes(name, use));
      outcomes.push(...values);
    }
    return shortened(outcomes.length === 0 ? empty : outcomes);
  }

  function assigned(sets: readonly Definition[], use: Use): readonly Outcome[] {
    const statements = new Set(sets.map(({ statement }) => statement));
    const ran: Statement[] = [];
    let isCertain = false;
    for (const each of before(use)) {
      if (!statements.has(each.statement)) continue;
      ran.push(each.statement);
      isCertain = each.isCertain;
      if (isCertain || ran.length === mostOutcomes) break;
    }
    // What another location of the server sets is still there after a rewrite into this one.
    if (ran.length === 0)
      return !use.server || sets.some(({ statement }) => isAround(use.server!, statement)) ? unknown : empty;
    // The first one first, on which the others may build.
    const values = ran.toReversed().map(valueSet);
    return shortened([...(isCertain ? [] : empty), ...values.slice(-mostMakers).flat()]);
  }

  const valuesSet = new WeakMap<Statement, readonly Outcome[]>();

  /** What a `set` gives its variable. */
  function valueSet(statement: Statement): readonly Outcome[] {
    let found = valuesSet.get(statement);
    if (!found) {
      valuesSet.set(statement, unknown);
      const { directive } = statement;
      const [target, value] = directive.args;
      const step = {
        at: wordSpan(directive, value ?? directive.name),
        note: `${target?.text ?? ''} is set here`,
      };
      found = evaluate(value?.text ?? '', useOf(statement)).map((outcome) => marked(outcome, step));
      valuesSet.set(statement, found);
    }
    return found;
  }

  const plainMaps = new WeakMap<Statement, readonly Outcome[]>();

  function mapped(map: Statement, use: Use): readonly Outcome[] {
    const known = plainMaps.get(map);
    if (known) return known;
    const source = map.directive.args[0]?.text ?? '';
    const target = map.directive.args.at(-1)?.text ?? '';
    let subject: readonly Outcome[] | undefined;
    const outcomes: Outcome[] = [];
    let hasDefault = false;
    for (const entry of model.entries(map)) {
      const key = entry.name.text;
      const value = entry.args[0];
      if (key === 'include') return unknown;
      if (!value) continue;
      if (key === 'default') hasDefault = true;
      if (!value.text.includes('$')) {
        if (outcomes.length < mostOutcomes) outcomes.push([textPart(value.text)]);
        continue;
      }
      subject ??= evaluate(source, use);
      const isPattern = key.startsWith('~');
      const ignoreCase = key.startsWith('~*');
      const pattern = isPattern ? patternOf(key.slice(ignoreCase ? 2 : 1), ignoreCase) : undefined;
      if (isPattern && pattern && isDead(pattern, subject)) continue;
      const own: Cutter = (wanted) => {
        if (typeof wanted === 'number' || pattern?.names.has(wanted)) {
          if (!isPattern) return empty;
          const number = typeof wanted === 'number' ? wanted : pattern!.names.get(wanted)!;
          const place = wordSpan(entry, entry.name);
          return cut(pattern, number, subject!, { at: place, note: 'matched by this pattern' });
        }
        const same = source.toLowerCase() === `$${wanted}` || source.toLowerCase() === `\${${wanted}}`;
        if (!same || key === 'default') return undefined;
        return isPattern
          ? pattern
            ? narrowed(subject!, pattern)
            : unknown
          : [[textPart(key.replace(/^\\/, ''))]];
      };
      const step = { at: wordSpan(entry, value), note: `${target} is this` };
      for (const outcome of evaluate(value.text, use, own)) {
        outcomes.push(marked(outcome, step));
      }
    }
    if (!hasDefault) outcomes.push([]);
    // Without variables it is the same wherever it is used.
    if (!subject) plainMaps.set(map, outcomes);
    return outcomes;
  }

  /** The values that a group with a name may have where a text is used. */
  function namedGroup(
    { statement, pattern: found, subject, at }: Definition,
    name: string,
    use: Use,
  ): readonly Outcome[] {
    const pattern = found && patternIn(found);
    if (!pattern) return unknown;
    const number = pattern.names.get(name);
    if (number === undefined) return empty;
    const { name: kind } = statement;
    if (kind !== 'map') {
      // Only what lies on the way to the place counts.
      const block = kind === 'location' ? statement : blockOf(statement);
      const isOnWay = block === undefined || isAround(block, use.statement);
      if (!isOnWay && !(kind === 'location' && statement === use.location)) return [];
    }
    const step = { at, note: `$${name} is what this group matches` };
    const from = useOf(statement, { location: kind === 'location' ? undefined : use.location });
    return cut(pattern, number, evaluate(subject, kind === 'map' ? use : from), step);
  }

  /** The values of `$1` to `$9`: the regular expression that ran last sets them, and clears them where it fails. */
  function captured(number: number, use: Use): readonly Outcome[] {
    const { statement, server, location } = use;
    if (statement.name === 'rewrite') {
      const word = statement.directive.args[0];
      return word
        ? cut(patternOf(word.text, false), number, builtinOutcomes('uri', use), stepOf(statement, word))
        : unknown;
    }
    const own = location && lastMatch(ranBefore(location, statement), number, use);
    if (own) return own;
    for (let at = location; at; at = at.parent?.name === 'location' ? at.parent : undefined) {
      const { modifier, path } = locationOf(at);
      if (modifier === '@') return unknown;
      if (!modifier.startsWith('~')) continue;
      if (path.value === undefined) return unknown;
      const subject = builtinOutcomes('uri', useOf(at, { location: undefined }));
      const step = { at: path.at, note: 'matched by this location' };
      return cut(patternOf(path.value, modifier === '~*'), number, subject, step);
    }
    const outer = server && lastMatch(ranBefore(server, statement), number, use);
    if (outer) return outer;
    if (!server) return unknown;
    const names = server.body
      .filter(({ name }) => name === 'server_name')
      .flatMap(({ directive }) => directive.args.map((word) => ({ directive, word })));
    const patterns = names.filter(({ word }) => word.text.startsWith('~'));
    const values = patterns.flatMap(({ directive, word }) =>
      cut(patternOf(word.text.slice(1), true), number, builtinOutcomes('host', use), {
        at: wordSpan(directive, word),
        note: 'matched by this name',
      }),
    );
    return values.length === 0 ? empty : values;
  }

  /** A group of the pattern that ran last; undefined where none did. */
  function lastMatch(list: Iterable<Ran>, number: number, use: Use): readonly Outcome[] | undefined {
    for (const { statement, isCertain, matched } of list) {
      if (!isCertain) continue;
      const { directive } = statement;
      if (statement.name === 'rewrite') {
        if (matched === false) return empty;
        const word = directive.args[0];
        return word
          ? [
              ...cut(
                patternOf(word.text, false),
                number,
                builtinOutcomes('uri', use),
                stepOf(statement, word),
              ),
              [],
            ]
          : unknown;
      }
      const condition = statement.name === 'if' ? conditionOf(directive) : undefined;
      if (!condition?.pattern) continue;
      // Who did not match it has captured nothing.
      if (matched === condition.isNegated) return empty;
      const pattern = patternOf(condition.value.text, condition.ignoreCase);
      const subject = variable(condition.variable, useOf(statement));
      const step = { at: wordSpan(directive, condition.value), note: 'matched by this condition' };
      const values = cut(pattern, number, subject, step);
      return matched === undefined ? [...values, []] : values;
    }
    return undefined;
  }

  function builtinOutcomes(name: string, use: Use): readonly Outcome[] {
    let found = use.builtins.get(name);
    if (!found) {
      use.builtins.set(name, unknown);
      found = chosen(name, use);
      use.builtins.set(name, found);
    }
    return found;
  }

  function chosen(name: string, use: Use): readonly Outcome[] {
    const module = moduleOf(use.statement.context) === 'stream' ? 'stream' : 'http';
    const facts = builtinVariable(module, name);
    const carrier = facts?.carrier;
    if (!facts || carrier === undefined) return unknown;
    if (carrier === 'no') {
      const chars = without(visible, '/');
      return [[part('fixed', { chars, first: chars, canBeEmpty: false, variable: name })]];
    }
    if (carrier === 'host') {
      if (!use.server) return unknown;
      if (!model.isOpen(use.server)) {
        const chars = without(visible, '/');
        return [[part('fixed', { chars, first: chars, canBeEmpty: false, variable: name, carrier })]];
      }
    }
    if (carrier === 'user' && !isUserFree(use)) return unknown;
    let chars =
      facts.lineFeed || facts.decoded
        ? all
        : carrier === 'header'
          ? visible | charsOf(' \t')
          : carrier === 'cookie'
            ? without(visible, ';')
            : visible;
    if (!facts.slash) chars = without(chars, '/');
    const whole = part('client', {
      chars,
      first: facts.first === '' ? chars : charsOf(facts.first),
      canBeEmpty: facts.first === '' && carrier !== 'host',
      climbs: facts.dots,
      decoded: facts.decoded,
      carrier,
      variable: name,
    });
    const original = limited([[whole]], name, use);
    return name === 'uri' || name === 'document_uri' ? rewritten(original, use) : original;
  }

  /** The path as the rewrites before leave it: they put together what they are given, and decode nothing. */
  function rewritten(original: readonly Outcome[], use: Use): readonly Outcome[] {
    const rewrites: Statement[] = [];
    let isTotal = false;
    for (const { statement, isCertain, matched } of before(use)) {
      if (statement.name !== 'rewrite' || matched === false) continue;
      rewrites.push(statement);
      isTotal = isCertain && takesAll(statement.directive);
      if (isTotal || rewrites.length === mostOutcomes) break;
    }
    if (rewrites.length === 0) return original;
    const paths = rewrites.toReversed().map(pathAfter).slice(-mostMakers).flat();
    return shortened(isTotal ? paths : [...paths, ...original]);
  }

  const pathsAfter = new WeakMap<Statement, readonly Outcome[]>();

  /** The path that a rewrite makes of those that it matches. */
  function pathAfter(statement: Statement): readonly Outcome[] {
    let found = pathsAfter.get(statement);
    if (!found) {
      pathsAfter.set(statement, unknown);
      found = evaluate(statement.directive.args[1]?.text ?? '', useOf(statement)).map(pathOf);
      pathsAfter.set(statement, found);
    }
    return found;
  }

  /** Without users whose names are known, anybody may call himself anything. */
  function isUserFree({ statement, server, location }: Use): boolean {
    if (!server || !model.isWhole()) return false;
    const level = location ?? server;
    const isAuth = ({ name, directive }: Statement): boolean =>
      name.startsWith('auth_') && directive.args[0]?.text !== 'off';
    for (let at: Statement | undefined = level; at; at = at.parent) if (at.body.some(isAuth)) return false;
    // A header of the server may be meant for its locations, which ask for users.
    return statement.parent !== server || !model.named('auth_basic').some((each) => isAround(server, each));
  }

  /** What the location and the conditions around a text leave of a variable. */
  function limited(outcomes: readonly Outcome[], name: string, use: Use): readonly Outcome[] {
    let found = outcomes;
    if (name === 'uri' || name === 'document_uri') {
      for (let at = use.location; at?.name === 'location'; at = at.parent!) {
        const { modifier, path } = locationOf(at);
        if (path.value === undefined || rewrites(at)) break;
        if (modifier === '=') return [[textPart(path.value)]];
        if (!modifier.startsWith('~')) continue;
        const pattern = patternOf(path.value, modifier === '~*');
        if (pattern) found = narrowed(found, pattern);
      }
    }
    for (const { statement, isCertain, matched } of before(use)) {
      if (statement.name !== 'if' || !isCertain || matched === undefined) continue;
      const condition = conditionOf(statement.directive);
      if (condition?.variable !== name || condition.test === 'bare') continue;
      if (matched === condition.isNegated) continue;
      if (!condition.pattern) {
        if (!condition.value.text.includes('$')) return [[textPart(condition.value.text)]];
        continue;
      }
      const pattern = patternOf(condition.value.text, condition.ignoreCase);
      // Who passed a test that nobody here understands may be anybody, or nobody.
      if (!pattern) return unknown;
      found = narrowed(found, pattern);
    }
    return found;
  }

  const memo = new WeakMap<Statement, Map<string, readonly Outcome[]>>();
  return {
    outcomes(statement, text) {
      let known = memo.get(statement);
      if (!known) {
        known = new Map();
        memo.set(statement, known);
      }
      let found = known.get(text);
      if (!found) {
        found = text.includes('$') ? evaluate(text, useOf(statement)) : [[textPart(text)]];
        known.set(text, found);
      }
      return found;
    },
  };
}

/** The value of a group, by number or name; undefined where it is none of the pattern's. */
type Cutter = (wanted: number | string) => readonly Outcome[] | undefined;

/** Every text of the first, and then one of the second. */
function joined(before: readonly Outcome[], after: readonly Outcome[]): readonly Outcome[] {
  if (before === empty) return after;
  const found: Outcome[] = [];
  for (const a of before) {
    for (const b of after) {
      // Of what is put together again and again nobody wants every part.
      found.push(a.length + b.length > mostParts ? unknown[0]! : [...a, ...b]);
      if (found.length === mostOutcomes) return found;
    }
  }
  return found;
}

/** A text after one more step. */
const marked = (outcome: Outcome, step: Step): Outcome =>
  outcome.map((each) => ({ ...each, trail: longer(each.trail, step), isNumbered: false }));

/** Whether a location has rewrites of its own. */
const rewrites = ({ body }: Statement): boolean =>
  body.some((each) => each.name === 'rewrite' || (each.name === 'if' && rewrites(each)));

function blocksAround({ parent }: Statement): Pick<Use, 'server' | 'location'> {
  let location: Statement | undefined;
  for (let at = parent; at; at = at.parent) {
    if (at.name === 'location') location ??= at;
    if (at.name === 'server') return { server: at, location };
  }
  return { server: undefined, location };
}

const stepOf = ({ directive }: Statement, word: Word): Step => ({
  at: wordSpan(directive, word),
  note: 'matched by this pattern',
});
