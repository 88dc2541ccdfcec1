/**
 * What a text with variables may be when nginx uses it: followed back through set, map, geo, groups of regular expressions
 * and rewrite to what a client, the file or somebody unknown put in (ngx_http_script.c).
 */
import { builtinVariable } from '../../../../grammar/tables/variables.ts';
import { type Word, wordSpan } from '../../../../grammar/tree.ts';
import { all, charsOf, visible, without } from '../charset.ts';
import { conditionOf } from '../condition.ts';
import { patternOf } from '../pattern.ts';
import { locationOf } from '../server.ts';
import { moduleOf, type Statement } from '../statement.ts';
import { cut, isDead, narrowed } from './cut.ts';
import { type Definers, type Definition, definitionsIn, leavesSome } from './definitions.ts';
import {
  empty,
  mostOutcomes,
  type Outcome,
  part,
  pathOf,
  type Step,
  shortened,
  textPart,
  unknown,
} from './outcome.ts';
import { blockOf, endsRequest, isAround, isCode, isRedirect } from './rewrite.ts';

export { sentText } from './cut.ts';
export type { Outcome, Part, Step } from './outcome.ts';
export { endsRequest, isAround, isRedirect } from './rewrite.ts';

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
  /** The statements of the rewrite module in a server or location, those of its ifs in their places. */
  codes(block: Statement): readonly Statement[];
}

const deepest = 10;

/** Where a text is used. */
interface Use {
  readonly statement: Statement;
  readonly server: Statement | undefined;
  readonly location: Statement | undefined;
  readonly depth: number;
}

/** How the text of each variable comes about. Nothing is worked out before it is asked for. */
export function flowOf(model: Model): Flow {
  const codesOf = new WeakMap<Statement, readonly Statement[]>();
  const codes = (block: Statement): readonly Statement[] => {
    let known = codesOf.get(block);
    if (!known) {
      known = block.body.flatMap((each) =>
        isCode(each) ? [each, ...(each.name === 'if' ? each.body.filter(isCode) : [])] : [],
      );
      codesOf.set(block, known);
    }
    return known;
  };

  let index: Map<string, Definition[]> | undefined;
  const definitionsOf = (module: 'http' | 'stream', name: string): readonly Definition[] => {
    index ??= definitionsIn(model);
    return index.get(`${module} ${name}`) ?? [];
  };

  /** The statements of the rewrite module that ran before a text is used, the outer block's first. */
  const before = ({ statement, server, location }: Use): readonly (readonly Statement[])[] => {
    const isEarly = isCode(statement);
    return [server, location].map((block) => {
      if (!block) return [];
      const list = codes(block);
      const here = isEarly ? list.indexOf(statement) : -1;
      return here < 0 ? list : list.slice(0, here);
    });
  };

  const isCertain = (each: Statement, use: Use): boolean =>
    each.parent?.name !== 'if' || isAround(each.parent, use.statement);

  function evaluate(text: string, use: Use, own?: Cutter): readonly Outcome[] {
    if (use.depth > deepest) return unknown;
    let found: readonly Outcome[] = empty;
    const append = (more: readonly Outcome[]): void => {
      found = found.flatMap((a) => more.map((b) => [...a, ...b])).slice(0, mostOutcomes);
    };
    let from = 0;
    for (const match of text.matchAll(/\$(?:\{(\w+)\}|([1-9])|([a-zA-Z_]\w*))/g)) {
      if (match.index > from) append([[textPart(text.slice(from, match.index))]]);
      from = match.index + match[0].length;
      const name = (match[1] ?? match[2] ?? match[3]!).toLowerCase();
      if (/^\d/.test(name)) {
        const number = Number(name);
        const values = own?.(number) ?? captured(number, use);
        append(values.map((outcome) => outcome.map((each) => ({ ...each, isNumbered: true }))));
      } else append(own?.(name) ?? variable(name, use));
    }
    if (from < text.length) append([[textPart(text.slice(from))]]);
    return found;
  }

  function variable(name: string, use: Use): readonly Outcome[] {
    if (use.depth > deepest) return unknown;
    const module = moduleOf(use.statement.context);
    if (module === 'mail') return unknown;
    const inner = { ...use, depth: use.depth + 1 };
    const found = definitionsOf(module, name);
    const builtin = builtinVariable(module, name);
    if (found.length === 0) return builtin ? builtinOutcomes(name, inner) : unknown;
    const outcomes: Outcome[] = [];
    const sets = found.filter(({ kind }) => kind === 'set');
    for (const definition of found) {
      if (definition.kind === 'set') continue;
      if (definition.kind === 'map')
        for (const each of mapped(definition.statement, inner)) outcomes.push(each);
      else if (definition.kind === 'finite')
        outcomes.push(
          [part('fixed', { chars: visible, first: visible })],
          ...(leavesSome(definition.statement, model.entries(definition.statement)) ? empty : []),
        );
      else if (definition.kind === 'group') outcomes.push(...namedGroup(definition, name, inner));
      else outcomes.push(...unknown);
    }
    if (sets.length > 0) {
      const values = assigned(sets, name, inner);
      if (builtin && values.some((each) => each.length === 0)) outcomes.push(...builtinOutcomes(name, inner));
      outcomes.push(...values);
    }
    return shortened(outcomes.length === 0 ? empty : outcomes);
  }

  function assigned(sets: readonly Definition[], name: string, use: Use): readonly Outcome[] {
    const statements = new Set(sets.map(({ statement }) => statement));
    let values: Outcome[] = [[]];
    let found = false;
    for (const list of before(use)) {
      for (const each of list) {
        if (!statements.has(each)) continue;
        if (each.parent?.name === 'if' && !isAround(each.parent, use.statement) && endsRequest(each.parent))
          continue;
        found = true;
        const at = wordSpan(each.directive, each.directive.args[1] ?? each.directive.name);
        const value = evaluate(each.directive.args[1]?.text ?? '', useOf(each, use.depth));
        const step = { at, note: `$${name} is set here` };
        const more = value.map((outcome) =>
          outcome.map((each) => ({ ...each, trail: [...each.trail, step], isNumbered: false })),
        );
        values = isCertain(each, use) ? more : [...values, ...more];
      }
    }
    if (found) return values;
    // What another location of the server sets is still there after a rewrite into this one.
    return sets.some(({ statement }) => use.server && isAround(use.server, statement)) || !use.server
      ? unknown
      : values;
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
        outcomes.push(outcome.map((each) => ({ ...each, trail: [...each.trail, step], isNumbered: false })));
      }
    }
    if (!hasDefault) outcomes.push([]);
    // Without variables it is the same wherever it is used.
    if (!subject) plainMaps.set(map, outcomes);
    return outcomes;
  }

  /** The values that a group with a name may have where a text is used. */
  function namedGroup(
    { statement, pattern, subject, at }: Definition,
    name: string,
    use: Use,
  ): readonly Outcome[] {
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
    const from = { ...useOf(statement, use.depth), location: kind === 'location' ? undefined : use.location };
    return cut(pattern, number, evaluate(subject, kind === 'map' ? use : from), step);
  }

  /** The values of `$1` to `$9`: the regular expression that ran last sets them, and clears them where it fails. */
  function captured(number: number, use: Use): readonly Outcome[] {
    const inner = { ...use, depth: use.depth + 1 };
    const { statement, server, location } = use;
    if (statement.name === 'rewrite') {
      const word = statement.directive.args[0];
      return word
        ? cut(patternOf(word.text, false), number, builtinOutcomes('uri', inner), stepOf(statement, word))
        : unknown;
    }
    const [ofServer = [], ofLocation = []] = before(use);
    const own = lastMatch(ofLocation, number, inner);
    if (own) return own;
    for (let at = location; at; at = at.parent?.name === 'location' ? at.parent : undefined) {
      const { modifier, path } = locationOf(at);
      if (modifier === '@') return unknown;
      if (!modifier.startsWith('~')) continue;
      if (path.value === undefined) return unknown;
      const subject = builtinOutcomes('uri', { ...useOf(at, use.depth + 1), location: undefined });
      const step = { at: path.at, note: 'matched by this location' };
      return cut(patternOf(path.value, modifier === '~*'), number, subject, step);
    }
    const outer = lastMatch(ofServer, number, inner);
    if (outer) return outer;
    if (!server) return unknown;
    const names = server.body
      .filter(({ name }) => name === 'server_name')
      .flatMap(({ directive }) => directive.args.map((word) => ({ directive, word })));
    const patterns = names.filter(({ word }) => word.text.startsWith('~'));
    const values = patterns.flatMap(({ directive, word }) =>
      cut(patternOf(word.text.slice(1), true), number, builtinOutcomes('host', inner), {
        at: wordSpan(directive, word),
        note: 'matched by this name',
      }),
    );
    return values.length === 0 ? empty : values;
  }

  function lastMatch(list: readonly Statement[], number: number, use: Use): readonly Outcome[] | undefined {
    for (const each of list.toReversed()) {
      if (!isCertain(each, use)) continue;
      if (each.name === 'rewrite') {
        const word = each.directive.args[0];
        if (isRedirect(each.directive) || each.directive.args[2]?.text === 'last') return empty;
        return word
          ? [...cut(patternOf(word.text, false), number, builtinOutcomes('uri', use), stepOf(each, word)), []]
          : unknown;
      }
      if (each.name !== 'if') continue;
      const condition = conditionOf(each.directive);
      if (!condition?.pattern) continue;
      const isInside = isAround(each, use.statement);
      // Who goes on behind it did not match, and nothing is captured.
      if (!isInside && !condition.isNegated && endsRequest(each)) return empty;
      const pattern = patternOf(condition.value.text, condition.ignoreCase);
      const subject = variable(condition.variable, useOf(each, use.depth));
      const step = { at: wordSpan(each.directive, condition.value), note: 'matched by this condition' };
      const values = cut(pattern, number, subject, step);
      return isInside ? values : [...values, []];
    }
    return undefined;
  }

  function builtinOutcomes(name: string, use: Use): readonly Outcome[] {
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
    if (use.depth > deepest) return unknown;
    for (const list of before(use).toReversed()) {
      for (const each of list.toReversed()) {
        const { name, directive } = each;
        if (name !== 'rewrite' || isRedirect(directive) || directive.args[2]?.text === 'last') continue;
        if (!isCertain(each, use)) continue;
        const inner = useOf(each, use.depth + 1);
        const path = evaluate(directive.args[1]?.text ?? '', inner).map(pathOf);
        // ^ and the like match whatever there is.
        if (/^\^?(?:\(?\.\*\)?\$?|\/?\(?\.\*\)?\$?)?$/.test(directive.args[0]?.text ?? '')) return path;
        return shortened([...path, ...builtinOutcomes('uri', { ...inner, location: use.location })]);
      }
    }
    return original;
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
        if (path.value === undefined || codes(at).some((each) => each.name === 'rewrite')) break;
        if (modifier === '=') return [[textPart(path.value)]];
        if (!modifier.startsWith('~')) continue;
        const pattern = patternOf(path.value, modifier === '~*');
        if (pattern) found = narrowed(found, pattern);
      }
    }
    for (const list of before(use)) {
      for (const each of list) {
        if (each.name !== 'if') continue;
        const condition = conditionOf(each.directive);
        if (condition?.variable !== name || condition.test === 'bare') continue;
        const isInside = isAround(each, use.statement);
        if (isInside === condition.isNegated || (!isInside && !endsRequest(each))) continue;
        if (!condition.pattern) {
          if (!condition.value.text.includes('$')) return [[textPart(condition.value.text)]];
          continue;
        }
        const pattern = patternOf(condition.value.text, condition.ignoreCase);
        // Who passed a test that nobody here understands may be anybody, or nobody.
        if (!pattern) return unknown;
        found = narrowed(found, pattern);
      }
    }
    return found;
  }

  const memo = new WeakMap<Statement, Map<string, readonly Outcome[]>>();
  return {
    codes,
    outcomes(statement, text) {
      let known = memo.get(statement);
      if (!known) {
        known = new Map();
        memo.set(statement, known);
      }
      let found = known.get(text);
      if (!found) {
        found = text.includes('$') ? evaluate(text, useOf(statement, 0)) : [[textPart(text)]];
        known.set(text, found);
      }
      return found;
    },
  };
}

/** The value of a group, by number or name; undefined where it is none of the pattern's. */
type Cutter = (wanted: number | string) => readonly Outcome[] | undefined;

function useOf(statement: Statement, depth: number): Use {
  let location: Statement | undefined;
  for (let at = statement.parent; at; at = at.parent) {
    if (at.name === 'location') location ??= at;
    if (at.name === 'server') return { statement, server: at, location, depth };
  }
  return { statement, server: undefined, location, depth };
}

const stepOf = ({ directive }: Statement, word: Word): Step => ({
  at: wordSpan(directive, word),
  note: 'matched by this pattern',
});
