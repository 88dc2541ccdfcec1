/** What `set` gives a variable (ngx_http_rewrite_set()). */
import { wordSpan } from '../../../../grammar/tree.ts';
import type { Statement } from '../statement.ts';
import type { Makers } from './definitions.ts';
import { empty, marked, mostMakers, mostOutcomes, type Outcome, shortened, unknown } from './outcome.ts';
import { before, type Trace, type Use, useOf } from './trace.ts';

/** What the lines of `set` that ran before give a variable. */
export function assigned(name: string, { setIn }: Makers, use: Use, trace: Trace): readonly Outcome[] {
  const ran: Statement[] = [];
  let isCertain = false;
  for (const each of before(use)) {
    if (each.statement.name !== 'set' || variableOf(each.statement) !== name) continue;
    ran.push(each.statement);
    isCertain = each.isCertain;
    if (isCertain || ran.length === mostOutcomes) break;
  }
  // What another location of the server sets is still there after a rewrite into this one.
  if (ran.length === 0) return !use.server || setIn.has(use.server) ? unknown : empty;
  // The first one first, on which the others may build.
  const values = ran.toReversed().map((each) => valueSet(each, trace));
  return shortened([...(isCertain ? [] : empty), ...values.slice(-mostMakers).flat()]);
}

const variableOf = ({ directive }: Statement): string | undefined =>
  directive.args[0]?.text.slice(1).toLowerCase();

const valuesSet = new WeakMap<Statement, readonly Outcome[]>();

/** What a `set` gives its variable. */
function valueSet(statement: Statement, trace: Trace): readonly Outcome[] {
  let found = valuesSet.get(statement);
  if (!found) {
    valuesSet.set(statement, unknown);
    const { directive } = statement;
    const [target, value] = directive.args;
    const step = {
      at: wordSpan(directive, value ?? directive.name),
      note: `${target?.text ?? ''} is set here`,
    };
    found = trace.text(value?.text ?? '', useOf(statement)).map((outcome) => marked(outcome, step));
    valuesSet.set(statement, found);
  }
  return found;
}
