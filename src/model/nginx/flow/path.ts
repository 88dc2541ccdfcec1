/** What rewrites make of the path of a request (ngx_http_rewrite()). */
import type { Statement } from '../statement.ts';
import { mostMakers, mostOutcomes, type Outcome, pathOf, shortened, unknown } from './outcome.ts';
import { takesAll } from './rewrite.ts';
import { before, type Trace, type Use, useOf } from './trace.ts';

/** The path as the rewrites before leave it: they put together what they are given, and decode nothing. */
export function rewritten(original: readonly Outcome[], use: Use, trace: Trace): readonly Outcome[] {
  const rewrites: Statement[] = [];
  let isTotal = false;
  for (const { statement, isCertain, matched } of before(use)) {
    if (statement.name !== 'rewrite' || matched === false) continue;
    rewrites.push(statement);
    isTotal = isCertain && takesAll(statement.directive);
    if (isTotal || rewrites.length === mostOutcomes) break;
  }
  if (rewrites.length === 0) return original;
  const paths = rewrites
    .toReversed()
    .map((each) => pathAfter(each, trace))
    .slice(-mostMakers)
    .flat();
  return shortened(isTotal ? paths : [...paths, ...original]);
}

const pathsAfter = new WeakMap<Statement, readonly Outcome[]>();

/** The path that a rewrite makes of those that it matches. */
function pathAfter(statement: Statement, trace: Trace): readonly Outcome[] {
  let found = pathsAfter.get(statement);
  if (!found) {
    pathsAfter.set(statement, unknown);
    found = trace.text(statement.directive.args[1]?.text ?? '', useOf(statement)).map(pathOf);
    pathsAfter.set(statement, found);
  }
  return found;
}
