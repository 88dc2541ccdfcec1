/** What a variable of the configuration may hold. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Directive } from '../../../grammar/tree.ts';
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

/** Variables of nginx with few values. */
const few: ReadonlyMap<string, readonly string[]> = new Map([
  ['scheme', ['http', 'https']],
  ['https', ['', 'on']],
  ['is_args', ['', '?']],
]);

type ValuesOf = (variable: string, module: 'http' | 'stream') => readonly string[] | undefined;

/** Whether a `map` or `geo` has a value for everything that may come; true as well where an include may have it. */
export function isTotal(statement: Statement, lines: readonly Directive[], values: ValuesOf): boolean {
  const keys = new Set(lines.map(({ name }) => name.text));
  if (keys.has('default') || keys.has('include') || keys.has('0.0.0.0/0')) return true;
  for (const key of keys) {
    if (/^~\*?(?:\^?\(?\.\*\)?\$?|\^)$/.test(key)) return true;
    if (/^~\*?\^?\(?\.\+?\)?\$?$/.test(key) && keys.has('')) return true;
  }
  const [, name] = /^\$(\w+)$/.exec(statement.directive.args[0]?.text ?? '') ?? [];
  if (name === undefined || statement.name !== 'map') return false;
  const module = moduleOf(statement.context) === 'stream' ? 'stream' : 'http';
  const known = few.get(name.toLowerCase()) ?? values(name.toLowerCase(), module);
  return known?.every((value) => keys.has(value)) ?? false;
}
