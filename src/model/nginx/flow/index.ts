/**
 * What a text with variables may be when nginx uses it: followed back through set, map, geo, groups of regular expressions
 * and rewrite to what a client, the file or somebody unknown put in (ngx_http_script.c).
 */
import type { Statement } from '../statement.ts';
import { type Makers, makersIn } from './definitions.ts';
import { captured } from './group.ts';
import { empty, joined, type Outcome, textPart, unknown } from './outcome.ts';
import { isTangled } from './rewrite.ts';
import { type Cutter, type Model, type Trace, type Use, useOf } from './trace.ts';
import { variable } from './variable.ts';

export { sentText } from './cut.ts';
export type { Outcome, Part, Step } from './outcome.ts';
export { codesOf, isAround, isRedirect, isTangled, type Ran, ranBefore } from './rewrite.ts';

/** What is known of the texts of a configuration. */
export interface Flow {
  /** What the text of an argument of the statement may be. */
  outcomes(statement: Statement, text: string): readonly Outcome[];
}

/** A chain of variables as long as that is nobody's, and recursion costs stack. */
const deepest = 100;

/** How the text of each variable comes about. Nothing is worked out before it is asked for, and nothing twice. */
export function flowOf(model: Model): Flow {
  const trace = traceOf(model);
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
        found = text.includes('$') ? trace.text(text, useOf(statement)) : [[textPart(text)]];
        known.set(text, found);
      }
      return found;
    },
  };
}

function traceOf(model: Model): Trace {
  let index: ReadonlyMap<string, Makers> | undefined;
  let depth = 0;
  const trace: Trace = {
    model,
    text(text, use, own) {
      if (depth >= deepest) return unknown;
      depth++;
      const found = parts(text, use, own, trace);
      depth--;
      return found;
    },
    variable: (name, use) => variable(name, use, trace),
    makersOf(module, name) {
      index ??= makersIn(model);
      return index.get(`${module} ${name}`);
    },
  };
  return trace;
}

/** What a text may be, put together of what each of its parts may be. */
function parts(text: string, use: Use, own: Cutter | undefined, trace: Trace): readonly Outcome[] {
  if ([use.location, use.server].some((block) => block && isTangled(block))) return unknown;
  let found: readonly Outcome[] = empty;
  let from = 0;
  for (const match of text.matchAll(/\$(?:\{(\w+)\}|([1-9])|([a-zA-Z_]\w*))/g)) {
    if (match.index > from) found = joined(found, [[textPart(text.slice(from, match.index))]]);
    from = match.index + match[0].length;
    const name = (match[1] ?? match[2] ?? match[3]!).toLowerCase();
    if (/^\d/.test(name)) {
      const number = Number(name);
      const values = own?.(number) ?? captured(number, use, trace);
      found = joined(
        found,
        values.map((outcome) => outcome.map((each) => ({ ...each, isNumbered: true }))),
      );
    } else found = joined(found, own?.(name) ?? variable(name, use, trace));
  }
  if (from < text.length) found = joined(found, [[textPart(text.slice(from))]]);
  return found;
}
