/** The statements of the rewrite module, and where they lead (ngx_http_rewrite_module.c). */
import type { Directive } from '../../../../grammar/tree.ts';
import type { Statement } from '../statement.ts';

/** Directives of the rewrite module, which run in the order of the file before anything else is asked. */
const rewriteCodes = new Set(['set', 'if', 'rewrite', 'return', 'break']);

/** A redirect that ends the request, as an answer of the rewrite module does. */
export const isRedirect = ({ args }: Directive): boolean =>
  /^(?:redirect|permanent)$/.test(args[2]?.text ?? '') ||
  /^(?:https?:\/\/|\$scheme)/.test(args[1]?.text ?? '');

/** Whether what comes after a block of `if` is not reached from within it. */
export const endsRequest = (block: Statement): boolean =>
  block.body.some(
    ({ name, directive }) =>
      name === 'return' ||
      (name === 'rewrite' && (isRedirect(directive) || directive.args[2]?.text === 'last')),
  );

/** Whether a statement is of the rewrite module. */
export const isCode = ({ name }: Statement): boolean => rewriteCodes.has(name);

/** Whether a statement is inside of a block, or is the block. */
export function isAround(block: Statement, statement: Statement): boolean {
  for (let at: Statement | undefined = statement; at; at = at.parent) if (at === block) return true;
  return false;
}

/** The server or location whose rewrite module runs a statement. */
export function blockOf({ parent }: Statement): Statement | undefined {
  let at = parent;
  while (at && (at.name === 'if' || at.name === 'limit_except')) at = at.parent;
  return at;
}
