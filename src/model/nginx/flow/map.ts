/** What a `map` gives its variable (ngx_http_map_variable()). */
import { wordSpan } from '../../../../grammar/tree.ts';
import { patternOf } from '../pattern.ts';
import type { Statement } from '../statement.ts';
import { cut, isDead, narrowed } from './cut.ts';
import { empty, marked, mostOutcomes, type Outcome, textPart, unknown } from './outcome.ts';
import type { Cutter, Trace, Use } from './trace.ts';

const plainMaps = new WeakMap<Statement, readonly Outcome[]>();

/** What the lines of a `map` make of its source. */
export function mapped(map: Statement, use: Use, trace: Trace): readonly Outcome[] {
  const known = plainMaps.get(map);
  if (known) return known;
  const source = map.directive.args[0]?.text ?? '';
  const target = map.directive.args.at(-1)?.text ?? '';
  let subject: readonly Outcome[] | undefined;
  const outcomes: Outcome[] = [];
  let hasDefault = false;
  for (const entry of trace.model.entries(map)) {
    const key = entry.name.text;
    const value = entry.args[0];
    if (key === 'include') return unknown;
    if (!value) continue;
    if (key === 'default') hasDefault = true;
    if (!value.text.includes('$')) {
      if (outcomes.length < mostOutcomes) outcomes.push([textPart(value.text)]);
      continue;
    }
    subject ??= trace.text(source, use);
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
    for (const outcome of trace.text(value.text, use, own)) {
      outcomes.push(marked(outcome, step));
    }
  }
  if (!hasDefault) outcomes.push([]);
  // Without variables it is the same wherever it is used.
  if (!subject) plainMaps.set(map, outcomes);
  return outcomes;
}
