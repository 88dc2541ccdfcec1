/** Names of variables that the configuration defines. */
import { builtinVariable } from '../../../../grammar/tables/variables.ts';
import { atLeast, type Version } from '../../version.ts';
import { oldest } from '../release.ts';
import { moduleOf, type Statement } from '../statement.ts';
import { shown } from '../values.ts';
import { meantName } from '../variable-use.ts';
import type { Check } from './checking.ts';

/** Variables that a module reads and the configuration is to set. */
const leftToUs = new Set(['memcached_key']);

const meaning = (text: string): { meant?: string } => {
  const name = meantName(text);
  return name === undefined ? {} : { meant: `$${name}` };
};

/** A name that is being defined: ngx_http_add_variable() refuses those that nginx keeps for itself. */
export const variableName =
  (index: number): Check =>
  ({ statement, args, version, report }) => {
    const word = args.at(index);
    if (!word) return;
    const { text } = word;
    if (!/^\$./.test(text)) {
      report(word, `${statement.name} defines ${shown(text)}, which has no $ before its name`, meaning(text));
      return;
    }
    if (!/^\$\w+$/.test(text) && !text.includes('${')) {
      const says = `${statement.name} defines ${shown(text)}: a name has letters, digits and _ only`;
      report(word, says, { severity: 'warning', ...meaning(text) });
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
