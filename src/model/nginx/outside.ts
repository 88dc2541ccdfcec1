/** Statements on the first level of a main file that belong into one of its blocks. */
import { bodyContext, variantIn, variants } from '../../../grammar/tables/directives.ts';
import { type Module, moduleOf, type Statement } from './statement.ts';
import type { Misplaced } from './usage.ts';

const modules: readonly Module[] = ['http', 'stream', 'mail'];

/** Whether a statement belongs into the block of some module, and not onto the first level, where it stands. */
export const isOutside = ({ statement: { parent }, contexts }: Misplaced): boolean =>
  parent === undefined && contexts.some((each) => modules.some((module) => module === each));

/** The statements that belong into the block of a module, by that module; those of all modules count as those of the first. */
export function outside(misplaced: readonly Misplaced[]): ReadonlyMap<Module, readonly Misplaced[]> {
  const all = misplaced.filter(isOutside);
  const common = modules.find((module) => all.every(({ statement }) => mayStandIn(module, statement)));
  const found = new Map<Module, Misplaced[]>();
  for (const each of all) {
    const module = common ?? modules.find((name) => mayStandIn(name, each.statement)) ?? 'http';
    const list = found.get(module);
    if (list) list.push(each);
    else found.set(module, [each]);
  }
  return found;
}

/** Whether the block of a module takes a statement, and as much of its body as where the statement is read to stand. */
function mayStandIn(module: Module, { name, body }: Statement): boolean {
  if (body.length === 0)
    return variants(name).some(({ contexts }) =>
      contexts.some((each) => moduleOf(each) === module && each !== 'main'),
    );
  const block = variantIn(module, name);
  if (!block) return false;
  const inner = bodyContext(block, module);
  return body.every((each) => !each.variant || variantIn(inner, each.name) !== undefined);
}
