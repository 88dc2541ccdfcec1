/** What a variable of the configuration may hold. */
import { isPlaceholder } from '../../../grammar/repair.ts';
import { moduleOf, type Statement } from './statement.ts';

/** The parts of the model that tell. */
interface Definers {
  readonly named: (name: string) => readonly Statement[];
  readonly entries: (statement: Statement) => Iterable<{
    readonly name: { readonly text: string };
    readonly args: readonly { readonly text: string }[];
  }>;
  readonly definitions: (module: 'http' | 'stream') => ReadonlyMap<string, readonly unknown[]>;
}

/** Words of a block of data that are no keys. */
const noValues = new Set([
  'include',
  'hostnames',
  'volatile',
  'ranges',
  'delete',
  'proxy',
  'proxy_recursive',
]);

/** Every text that `set`, `map`, `geo` and `split_clients` give a variable; undefined where something else may, too. */
export function valuesOf(
  name: string,
  module: 'http' | 'stream',
  model: Definers,
): readonly string[] | undefined {
  const wanted = `$${name.toLowerCase()}`;
  const places = model.definitions(module).get(name.toLowerCase())?.length ?? 0;
  const values: string[] = [];
  let found = 0;
  for (const { directive, context } of model.named('set')) {
    if (moduleOf(context) !== module || directive.args[0]?.text.toLowerCase() !== wanted) continue;
    found++;
    values.push(directive.args[1]?.text ?? '');
  }
  for (const block of ['map', 'geo', 'split_clients']) {
    for (const statement of model.named(block)) {
      if (moduleOf(statement.context) !== module) continue;
      if (statement.directive.args.at(-1)?.text.toLowerCase() !== wanted) continue;
      found++;
      for (const { name: key, args } of model.entries(statement)) {
        if (args[0] && !noValues.has(key.text)) values.push(args[0].text);
      }
    }
  }
  return found === 0 || found < places || values.some(isPlaceholder) ? undefined : values;
}
