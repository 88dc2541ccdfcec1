/** What the groups of regular expressions take: those with a name, and `$1` to `$9` (ngx_http_regex_exec()). */
import { type Word, wordSpan } from '../../../../grammar/tree.ts';
import { conditionOf } from '../condition.ts';
import { patternOf } from '../pattern.ts';
import { patternIn } from '../pattern-use.ts';
import { locationOf } from '../server.ts';
import type { Statement } from '../statement.ts';
import { builtin } from './builtin.ts';
import { cut } from './cut.ts';
import type { Definition } from './definitions.ts';
import { empty, type Outcome, type Step, unknown } from './outcome.ts';
import { type Ran, ranBefore } from './rewrite.ts';
import { type Trace, type Use, useOf } from './trace.ts';

/** The values that a group with a name may have where a text is used, on whose way it lies. */
export function namedGroup(
  { statement, pattern: found, subject, at }: Definition,
  name: string,
  use: Use,
  trace: Trace,
): readonly Outcome[] {
  const pattern = found && patternIn(found);
  if (!pattern) return unknown;
  const number = pattern.names.get(name);
  if (number === undefined) return empty;
  const { name: kind } = statement;
  const step = { at, note: `$${name} is what this group matches` };
  const from = useOf(statement, { location: kind === 'location' ? undefined : use.location });
  return cut(pattern, number, trace.text(subject, kind === 'map' ? use : from), step);
}

/** The values of `$1` to `$9`: the regular expression that ran last sets them, and clears them where it fails. */
export function captured(number: number, use: Use, trace: Trace): readonly Outcome[] {
  const { statement, server, location } = use;
  if (statement.name === 'rewrite') {
    const word = statement.directive.args[0];
    return word
      ? cut(patternOf(word.text, false), number, builtin('uri', use, trace), stepOf(statement, word))
      : unknown;
  }
  const own = location && lastMatch(ranBefore(location, statement), number, use, trace);
  if (own) return own;
  for (let at = location; at; at = at.parent?.name === 'location' ? at.parent : undefined) {
    const { modifier, path } = locationOf(at);
    if (modifier === '@') return unknown;
    if (!modifier.startsWith('~')) continue;
    if (path.value === undefined) return unknown;
    const subject = builtin('uri', useOf(at, { location: undefined }), trace);
    const step = { at: path.at, note: 'matched by this location' };
    return cut(patternOf(path.value, modifier === '~*'), number, subject, step);
  }
  const outer = server && lastMatch(ranBefore(server, statement), number, use, trace);
  if (outer) return outer;
  if (!server) return unknown;
  const names = server.body
    .filter(({ name }) => name === 'server_name')
    .flatMap(({ directive }) => directive.args.map((word) => ({ directive, word })));
  const patterns = names.filter(({ word }) => word.text.startsWith('~'));
  const values = patterns.flatMap(({ directive, word }) =>
    cut(patternOf(word.text.slice(1), true), number, builtin('host', use, trace), {
      at: wordSpan(directive, word),
      note: 'matched by this name',
    }),
  );
  return values.length === 0 ? empty : values;
}

/** A group of the pattern that ran last; undefined where none did. */
function lastMatch(
  list: Iterable<Ran>,
  number: number,
  use: Use,
  trace: Trace,
): readonly Outcome[] | undefined {
  for (const { statement, isCertain, matched } of list) {
    if (!isCertain) continue;
    const { directive } = statement;
    if (statement.name === 'rewrite') {
      if (matched === false) return empty;
      const word = directive.args[0];
      return word
        ? [
            ...cut(patternOf(word.text, false), number, builtin('uri', use, trace), stepOf(statement, word)),
            [],
          ]
        : unknown;
    }
    const condition = statement.name === 'if' ? conditionOf(directive) : undefined;
    if (!condition?.pattern) continue;
    // Who did not match it has captured nothing.
    if (matched === condition.isNegated) return empty;
    const pattern = patternOf(condition.value.text, condition.ignoreCase);
    const subject = trace.variable(condition.variable, useOf(statement));
    const step = { at: wordSpan(directive, condition.value), note: 'matched by this condition' };
    const values = cut(pattern, number, subject, step);
    return matched === undefined ? [...values, []] : values;
  }
  return undefined;
}

const stepOf = ({ directive }: Statement, word: Word): Step => ({
  at: wordSpan(directive, word),
  note: 'matched by this pattern',
});
