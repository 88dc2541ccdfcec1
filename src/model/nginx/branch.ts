/** What an `if` in a location does to the location (ngx_http_rewrite_module, ngx_http_script_if_code()). */
import { once } from '../../../grammar/remembered.ts';
import { type Condition, conditionOf } from './condition.ts';
import { isRedirect } from './flow/index.ts';
import type { Statement } from './statement.ts';

/** Directives that run in their turn and are no settings. */
const codes = new Set([
  'set',
  'rewrite',
  'return',
  'break',
  'if',
  'rewrite_log',
  'uninitialized_variable_warn',
]);

/** What a block of `if` sets for the request that goes through it; what runs is left out. */
export const settingsOf = ({ body }: Statement): readonly Statement[] =>
  body.filter(({ name }) => !codes.has(name));

/** Whether a request that enters the block is answered in it, or goes on in another location. */
export const leaves = ({ body }: Statement): boolean =>
  body.some(
    ({ name, directive }) =>
      name === 'return' ||
      (name === 'rewrite' && (isRedirect(directive) || directive.args[2]?.text === 'last')),
  );

/** Whether nothing behind the block is run once it was entered: it answers, leaves the location, or stops. */
export const endsHere = (block: Statement): boolean =>
  leaves(block) ||
  block.body.some(
    ({ name, directive }) => name === 'break' || (name === 'rewrite' && directive.args[2]?.text === 'break'),
  );

/** The last `if` of each condition in a location. */
const lastOfEach = once(
  ({ body }: Statement) =>
    new Map(body.filter(({ name }) => name === 'if').map((each) => [conditionText(each), each])),
);

const conditionText = ({ directive: { args } }: Statement): string => args.map(({ text }) => text).join(' ');

/** Whether an `if` of the same condition stands below in the location, and takes this one's place. */
export const isReplaced = (block: Statement): boolean =>
  block.name === 'if' &&
  block.parent?.name === 'location' &&
  lastOfEach(block.parent).get(conditionText(block)) !== block;

/** Whether two conditions are never true together; they are about one variable that nothing changes in between. */
export function excludeEachOther(first: Statement, second: Statement): boolean {
  const [a, b] = [conditionOf(first.directive), conditionOf(second.directive)];
  if (!a || !b || a.variable !== b.variable) return false;
  const isSame = a.test === b.test && a.value.text === b.value.text && a.ignoreCase === b.ignoreCase;
  if (a.isNegated !== b.isNegated && isSame) return true;
  if (isEqual(a) && isEqual(b)) return a.value.text !== b.value.text;
  const [bare, other] = a.test === 'bare' ? [a, b] : [b, a];
  return bare.test === 'bare' && isEqual(other) && /^(?:|0)$/.test(other.value.text);
}

const isEqual = ({ test, isNegated, value }: Condition): boolean =>
  test === '=' && !isNegated && !value.text.includes('$');
