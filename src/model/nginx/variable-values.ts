/** What a variable of the configuration may hold. */
import { groupBy } from '../../../grammar/group-by.ts';
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { VariableModule } from '../../../grammar/tables/variables.ts';
import type { Directive } from '../../../grammar/tree.ts';
import { moduleOf, type Statement } from './statement.ts';

/** The parts of the model that tell. */
interface Definers {
  readonly settersOf: SettersOf;
  readonly entries: (statement: Statement) => Iterable<{
    readonly name: { readonly text: string };
    readonly args: readonly { readonly text: string }[];
  }>;
  readonly definitions: (module: VariableModule) => ReadonlyMap<string, readonly unknown[]>;
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

/** The statements that give a variable its texts as `set` and `map` do. */
export type SettersOf = (name: string, module: VariableModule) => readonly Statement[];

/** All that give variables their texts so, each with where it names the variable. */
const setters = [
  ['set', 0],
  ['map', -1],
  ['geo', -1],
  ['split_clients', -1],
] as const;

/** Finds the statements that give a variable its texts. */
export function settersIn(named: (name: string) => readonly Statement[]): SettersOf {
  const all = setters.flatMap(([name, at]) => named(name).map((statement) => ({ statement, at })));
  const known = groupBy(
    all,
    ({ statement: { context, directive }, at }) =>
      `${moduleOf(context)} ${directive.args.at(at)?.text.toLowerCase()}`,
  );
  return (name, module) =>
    known.get(`${module} $${name.toLowerCase()}`)?.map(({ statement }) => statement) ?? [];
}

/** Every text that `set`, `map`, `geo` and `split_clients` give a variable; undefined where something else may, too. */
export function valuesOf(
  name: string,
  module: VariableModule,
  model: Definers,
): readonly string[] | undefined {
  const found = model.settersOf(name, module);
  const places = model.definitions(module).get(name.toLowerCase())?.length ?? 0;
  const values = found.flatMap((statement) => {
    const { args } = statement.directive;
    if (statement.name === 'set') return args[1]?.text ?? '';
    const lines = [...model.entries(statement)].filter(({ name: key }) => !noValues.has(key.text));
    return lines.flatMap(({ args: [value] }) => value?.text ?? []);
  });
  return found.length === 0 || found.length < places || values.some(isPlaceholder) ? undefined : values;
}

/** Variables of nginx with few values. */
const few: ReadonlyMap<string, readonly string[]> = new Map([
  ['scheme', ['http', 'https']],
  ['https', ['', 'on']],
  ['is_args', ['', '?']],
]);

type ValuesOf = (variable: string, module: VariableModule) => readonly string[] | undefined;

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
