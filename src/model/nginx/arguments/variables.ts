/** Names of variables that the configuration defines. */
import { builtinVariable } from '../../../../grammar/tables/variables.ts';
import { atLeast, type Version } from '../../version.ts';
import { oldest } from '../release.ts';
import { moduleOf, type Statement } from '../statement.ts';
import { shown } from '../values.ts';
import type { Check } from './checking.ts';

/** Variables that a module reads and the configuration is to set. */
const leftToUs = new Set(['memcached_key']);

/** A name that is being defined: ngx_http_add_variable() refuses those that nginx keeps for itself. */
export const variableName =
  (index: number): Check =>
  ({ statement, args, version, report }) => {
    const word = args.at(index);
    if (!word) return;
    const { text } = word;
    if (!/^\$./.test(text)) {
      const [, bare] = /^(?:\\\$)?([a-z_]\w*)$/i.exec(text) ?? [];
      const meant = bare === undefined ? {} : { meant: `$${bare}` };
      report(word, `${statement.name} defines ${shown(text)}, which has no $ before its name`, meant);
      return;
    }
    if (isTaken(text.slice(1), statement, version)) {
      report(word, `${shown(text)} is a variable of nginx itself, which cannot be set`);
    }
  };

/** Whether nginx has a variable of that name to itself. */
export function isTaken(name: string, { context }: Statement, version: Version): boolean {
  const module = moduleOf(context);
  const lower = name.toLowerCase();
  const known = module === 'mail' || leftToUs.has(lower) ? undefined : builtinVariable(module, lower);
  if (!known || known.settable || known.thirdParty || known.plus || known.removed !== undefined) return false;
  // Before nginx had it, the name was free.
  return known.since === undefined || atLeast(version ?? oldest, known.since) === true;
}
