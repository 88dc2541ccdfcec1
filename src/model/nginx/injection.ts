/** Texts that end up in the head of a request or an answer, where a line feed begins a header of somebody's own. */
import { builtinVariable } from '../../../grammar/tables/variables.ts';
import { type Word, wordSpan } from '../../../grammar/tree.ts';
import type { Located } from '../located.ts';
import { located } from '../located.ts';
import { all, charsOf, none, range } from './charset.ts';
import { type Flow, isRedirect, type Part } from './flow/index.ts';
import { isAmongFiles } from './override.ts';
import { readIn } from './pattern-use.ts';
import { remembering } from './remembering.ts';
import type { Statement, Where } from './statement.ts';
import { lineBreaks, requestFor } from './witness.ts';
import { argument } from './words.ts';

/** A text that nginx copies into a head as it is. */
export interface Sink {
  readonly statement: Statement;
  readonly text: Located<string>;
  readonly kind: 'redirect' | 'response header' | 'request header' | 'request to the backend';
}

interface Model {
  readonly named: (name: string) => readonly Statement[];
  readonly where: Where;
  readonly flow: Flow;
}

const redirects = /^(?:301|302|303|307|308)$/;
const url = /^(?:https?:\/\/|\$scheme)/;

/** The URL to which a return, a rewrite or an error_page sends a client; undefined where it sends nobody anywhere. */
export function redirectOf({ name, directive }: Statement): Word | undefined {
  const { args } = directive;
  if (name === 'return') {
    const [first, second] = args;
    if (second) return redirects.test(first!.text) ? second : undefined;
    return first && url.test(first.text) ? first : undefined;
  }
  if (name === 'rewrite') return isRedirect(directive) ? args[1] : undefined;
  const last = args.at(-1);
  return name === 'error_page' && last && /^(?:https?:\/\/|\$)/i.test(last.text) ? last : undefined;
}

/** Where the arguments with variables stand that are copied into a head. */
const copies: Readonly<
  Record<string, { readonly kind: Sink['kind']; readonly from: number; readonly every?: true }>
> = {
  add_header: { kind: 'response header', from: 1 },
  add_trailer: { kind: 'response header', from: 1 },
  auth_basic: { kind: 'response header', from: 0 },
  proxy_redirect: { kind: 'response header', from: 1 },
  proxy_cookie_domain: { kind: 'response header', from: 1 },
  proxy_cookie_path: { kind: 'response header', from: 1 },
  more_set_headers: { kind: 'response header', from: 0, every: true },
  more_set_input_headers: { kind: 'request header', from: 0, every: true },
  proxy_set_header: { kind: 'request header', from: 1 },
  proxy_method: { kind: 'request to the backend', from: 0 },
  proxy_pass: { kind: 'request to the backend', from: 0 },
};

/** Every text with variables that is copied into a head, of the kinds asked for. */
export function* sinksIn({ named, where }: Model): Generator<Sink> {
  for (const name of ['return', 'rewrite', 'error_page']) {
    for (const statement of named(name)) {
      const word = redirectOf(statement);
      if (!word) continue;
      // A rewrite escapes the groups that it puts into a redirect.
      const text = name === 'rewrite' ? word.text.replace(/\$[1-9]/g, '') : word.text;
      if (mayBreak(text)) yield sinkOf(statement, word, 'redirect');
    }
  }
  for (const [name, { kind, from, every }] of Object.entries(copies)) {
    for (const statement of where(name, (args) => args.some(({ text }) => mayBreak(text)))) {
      const { args } = statement.directive;
      if (statement.context.startsWith('stream')) continue;
      for (const [index, word] of args.entries()) {
        if (index < from || (index > from && !every) || !mayBreak(word.text)) continue;
        // more_set_headers: types and codes, no header.
        if (every && /^-[st]$/.test(args[index - 1]?.text ?? '')) continue;
        if (isUsed(statement)) yield sinkOf(statement, word, kind);
      }
    }
  }
}

const sinkOf = (statement: Statement, word: Word, kind: Sink['kind']): Sink => ({
  statement,
  text: located(word.text, wordSpan(statement.directive, word)),
  kind,
});

/** A header for a backend means nothing in a location that passes nothing on. */
function isUsed({ name, parent }: Statement): boolean {
  if (name !== 'proxy_set_header' || parent?.name !== 'location') return true;
  const passes = (block: Statement): boolean =>
    block.body.some((each) => each.name === 'proxy_pass' || passes(each));
  return passes(parent);
}

/** What a client can put a line feed into, and the request that does. */
export interface Injection {
  readonly part: Part;
  readonly request: string;
}

const injections = new WeakMap<Statement, Map<string, Injection | undefined>>();

/** Whether a text reads a variable that may hold a line feed. Most headers read none, and need no thought. */
const mayBreak = (text: string): boolean => text.includes('$') && readsBreaking(text);

const readsBreaking = remembering((text) =>
  readIn(text).some((name) => {
    const variable = builtinVariable('http', name);
    // Nobody gives arguments and headers a text of his own, though nginx would let him.
    return !variable || (variable.settable && !variable.prefix) || variable.lineFeed;
  }),
);

/** How a client gets a line feed into a text; undefined where none is known to. */
export function injectionOf({ statement, text, kind }: Sink, { flow }: Model): Injection | undefined {
  if (!mayBreak(text.value)) return undefined;
  let known = injections.get(statement);
  if (!known) {
    known = new Map();
    injections.set(statement, known);
  }
  if (known.has(text.value)) return known.get(text.value);
  // ngx_http_script_copy_capture_code() escapes what it copies into a redirect, but not what it copies from a variable.
  const isEscaped = statement.name === 'rewrite' && kind === 'redirect';
  const location = innermostLocation(statement);
  let found: Injection | undefined;
  for (const part of flow.outcomes(statement, text.value).flat()) {
    // A certificate breaks the line by itself, which is another mistake.
    if (part.kind !== 'client' || part.carrier === 'certificate' || (isEscaped && part.isNumbered)) continue;
    const request = requestFor(part, lineBreaks, location);
    if (request === undefined) continue;
    found = { part, request };
    break;
  }
  known.set(text.value, found);
  return found;
}

/** The location around a statement, through ifs; undefined outside of locations. */
export function innermostLocation({ parent }: Statement): Statement | undefined {
  let at = parent;
  while (at && (at.name === 'if' || at.name === 'limit_except')) at = at.parent;
  return at?.name === 'location' ? at : undefined;
}

/** How a client gets a tag into a page that a return writes; undefined where it cannot, or where it is no page. */
export function echoOf(
  statement: Statement,
  {
    flow,
    inForce,
  }: Model & { readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[] },
): Injection | undefined {
  const [code, text] = statement.directive.args;
  if (!code || !text?.text.includes('$') || redirects.test(code.text)) return undefined;
  const isHtml =
    inForce(statement.parent, 'default_type').some(({ directive }) =>
      /^text\/html\b/i.test(directive.args[0]?.text ?? ''),
    ) ||
    inForce(statement.parent, 'add_header').some(
      ({ directive: { args } }) =>
        args[0]?.text.toLowerCase() === 'content-type' && /^text\/html\b/i.test(args[1]?.text ?? ''),
    );
  if (!isHtml) return undefined;
  for (const part of flow.outcomes(statement, text.text).flat()) {
    if (part.kind !== 'client' || !part.decoded) continue;
    const request = requestFor(part, scripts, innermostLocation(statement));
    if (request !== undefined) return { part, request };
  }
  return undefined;
}

const scripts = ['/<script>', '<script>', '/<x>', '<x>'];

/** What does not arrive as it was when it is sent decoded: blanks, and what begins something else in a request line. */
const encodedOnly = range(0, 32) | charsOf('%?#') | (all & ~range(0, 126));

/** The path that a proxy_pass with variables hands on as nginx decoded it, without the query; undefined where nothing is changed. */
export function decodedPath(statement: Statement, model: Model): Part | undefined {
  const text = argument(statement.directive, 0);
  if (!text || statement.context.startsWith('stream') || isAmongFiles(statement)) return undefined;
  if (!/^https?:\/\/[^/$]+(?:\/[^$]*)?\$/.test(text.value)) return undefined;
  if (/args|query_string|request_uri/i.test(text.value)) return undefined;
  const path = model.flow
    .outcomes(statement, text.value)
    .flat()
    .find(({ decoded, kind, chars }) => decoded && kind === 'client' && (chars & encodedOnly) !== none);
  // What can break the line is another finding, and a worse one.
  const isBroken = path && injectionOf({ statement, text, kind: 'request to the backend' }, model);
  return isBroken ? undefined : path;
}
