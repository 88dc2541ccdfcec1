/** What a variable may be: by everything that gives it its text. */
import { builtinVariable } from '../../../../grammar/tables/variables.ts';
import { visible } from '../charset.ts';
import { moduleOf, type Statement } from '../statement.ts';
import { builtin } from './builtin.ts';
import { type Definition, leavesSome, type Makers } from './definitions.ts';
import { namedGroup } from './group.ts';
import { mapped } from './map.ts';
import { empty, mostMakers, type Outcome, part, shortened, unknown } from './outcome.ts';
import { assigned } from './set.ts';
import type { Trace, Use } from './trace.ts';

/** What a variable may be where it is used. */
export function variable(name: string, use: Use, trace: Trace): readonly Outcome[] {
  let found = use.variables.get(name);
  if (!found) {
    // What leads back to itself is not known.
    use.variables.set(name, unknown);
    found = defined(name, use, trace);
    use.variables.set(name, found);
  }
  return found;
}

function defined(name: string, use: Use, trace: Trace): readonly Outcome[] {
  const module = moduleOf(use.statement.context);
  if (module === 'mail') return unknown;
  const makers = trace.makersOf(module, name);
  const isBuiltin = builtinVariable(module, name) !== undefined;
  if (!makers) return isBuiltin ? builtin(name, use, trace) : unknown;
  const outcomes: Outcome[] = [];
  // Of several maps of one name the last one counts.
  const met = [...makers.everywhere.slice(-mostMakers), ...matchedFor(makers, use)];
  for (const definition of met.slice(-mostMakers)) {
    if (definition.kind === 'map')
      for (const each of mapped(definition.statement, use, trace)) outcomes.push(each);
    else if (definition.kind === 'finite')
      outcomes.push(
        [part('fixed', { chars: visible, first: visible })],
        ...(leavesSome(definition.statement, trace.model.entries(definition.statement)) ? empty : []),
      );
    else if (definition.kind === 'group') outcomes.push(...namedGroup(definition, name, use, trace));
    else outcomes.push(...unknown);
  }
  if (makers.setIn.size > 0) {
    const values = assigned(name, makers, use, trace);
    if (isBuiltin && values.some((each) => each.length === 0)) outcomes.push(...builtin(name, use, trace));
    outcomes.push(...values);
  }
  return shortened(outcomes.length === 0 ? empty : outcomes);
}

/** The groups of patterns that lie on the way to a place. */
function* matchedFor({ inside }: Makers, { statement, location }: Use): Generator<Definition> {
  if (inside.size === 0) return;
  const way = new Set<Statement>(location ? [location] : []);
  for (let at: Statement | undefined = statement; at; at = at.parent) way.add(at);
  for (const block of way) yield* inside.get(block) ?? [];
}
