/** Statements and servers that belong into the block of another module than the one, if any, in which they stand. */
import { groupBy } from '../../../grammar/group-by.ts';
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
  return groupBy(
    all,
    ({ statement }) => common ?? modules.find((name) => mayStandIn(name, statement)) ?? 'http',
  );
}

/** Whether the block of a module takes a statement, and as much of its body as where it is read to stand, or all of it. */
function mayStandIn(module: Module, { name, body }: Statement, isWhole = false): boolean {
  if (body.length === 0)
    return variants(name).some(({ contexts }) =>
      contexts.some((each) => moduleOf(each) === module && each !== 'main'),
    );
  const block = variantIn(module, name);
  if (!block) return false;
  const inner = bodyContext(block, module);
  return body.every((each) => (!each.variant && !isWhole) || variantIn(inner, each.name) !== undefined);
}

/** Servers that are written for another module than the one in whose block they stand, with that module and a word that shows it. */
export function strangers(
  misplaced: readonly Misplaced[],
): ReadonlyMap<Statement, { readonly module: Module; readonly shown: Misplaced }> {
  const found = new Map<Statement, { readonly module: Module; readonly shown: Misplaced }>();
  for (const shown of misplaced) {
    const server = shown.statement.parent;
    if (server?.name !== 'server' || !server.variant || found.has(server)) continue;
    const own = moduleOf(server.context);
    if (shown.contexts.some((context) => moduleOf(context) === own)) continue;
    const module = modules.find((each) => each !== own && mayStandIn(each, server, true));
    if (module) found.set(server, { module, shown });
  }
  return found;
}
