/** Which answers nginx has a page of the operator's for, and which of these pages nobody ever sees (error_page). */
import { once } from '../../../grammar/remembered.ts';
import type { Directive, Word } from '../../../grammar/tree.ts';
import type { NginxFiles } from '../../load/loaded.ts';
import { accessList, authOf, clientFamily, hasUnreadInclude, lastWord, satisfy } from './access.ts';
import { codesOf, isRedirect } from './flow/index.ts';
import { answerOf, familyIn } from './override.ts';
import { readIn } from './pattern-use.ts';
import { locationFor } from './reach.ts';
import { locationsIn } from './server.ts';
import { around, type Statement } from './statement.ts';

/** The parts of the model that tell. */
interface Model {
  readonly files: NginxFiles;
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly entries: (statement: Statement) => Iterable<Directive>;
}

/** Codes that nginx gives itself where a backend answers (ngx_http_upstream_finalize_request(), ngx_http_request.c). */
const ofNginx = /^(?:408|413|414|49[4-7]|50[234])$/;

/** Codes that nothing but a backend gives in a location that hands requests on. */
const ofBackend = /^(?:404|410|422|451|500|501)$/;

/** Whether something on a level may answer before the backend is asked. */
const mayAnswerItself = once(({ body }: Statement) =>
  body.some(({ name }) =>
    /^(?:return|try_files|if|rewrite|auth_request|.*_by_lua.*|js_.*|perl.*|limit_except)$/.test(name),
  ),
);

/** The codes that an error_page is for. */
export const pageCodes = ({ directive: { args } }: Statement): readonly string[] =>
  args.slice(0, -1).flatMap(({ text }) => (/^\d+$/.test(text) ? [text] : []));

const intercepts = (level: Statement, family: string, { inForce }: Pick<Model, 'inForce'>): boolean =>
  inForce(level, `${family}_intercept_errors`)[0]?.directive.args[0]?.text === 'on';

/** Whether an answer with this code is ever looked up in the pages of a level. */
export function isPageAsked(code: string, level: Statement, model: Pick<Model, 'inForce'>): boolean {
  const family = familyIn(level);
  return family === undefined || ofNginx.test(code) || intercepts(level, family, model);
}

/** The family of the backend that alone gives the codes of an error_page, past the page; undefined where nginx may ask for it. */
export function givenByBackend(page: Statement, model: Pick<Model, 'inForce'>): string | undefined {
  const { parent } = page;
  const family = parent?.name === 'location' ? familyIn(parent) : undefined;
  if (!parent || !family || mayAnswerItself(parent)) return undefined;
  const codes = pageCodes(page);
  const isOfBackend = codes.length > 0 && codes.every((code) => ofBackend.test(code));
  return isOfBackend && !intercepts(parent, family, model) ? family : undefined;
}

/** A page that is refused as the request was, so that nginx sends its own (ngx_http_special_response_handler()). */
export interface RefusedPage {
  /** The error_page. */
  readonly statement: Statement;
  /** Where it leads, and as which word. */
  readonly target: Word;
  readonly code: string;
  /** What refuses the page. */
  readonly by: Statement;
}

/** Every page that a client gets under the same condition under which the request was refused: never. */
export function* refusedPages(model: Model): Generator<RefusedPage> {
  for (const statement of model.named('error_page')) {
    const { parent, directive } = statement;
    const target = directive.args.at(-1);
    if (!parent || !target || !/^[/@]/.test(target.text) || target.text.includes('$')) continue;
    const own = around(statement, 'server');
    for (const server of own ? [own] : parent.body.filter(({ name }) => name === 'server')) {
      const found = refusalOf(statement, target.text.replace(/\?.*/, ''), server, model);
      if (!found) continue;
      yield { statement, target, ...found };
      break;
    }
  }
}

type Refusal = Pick<RefusedPage, 'code' | 'by'>;

function refusalOf(page: Statement, target: string, server: Statement, model: Model): Refusal | undefined {
  // What could not be read may have a location for the page.
  if (hasUnreadInclude(server, model)) return undefined;
  const codes = pageCodes(page);
  const counts = (level: Statement): boolean => model.inForce(level, 'error_page').includes(page);
  const isNamed = target.startsWith('@');
  // A named location is entered without the statements of the server; any other page goes through them again.
  const atOnce = !isNamed && counts(server) ? returnOf(server, codes, model) : undefined;
  if (atOnce && isMeantFor(page, atOnce, server)) return atOnce;
  if (!isNamed && codesOf(server).some(({ name }) => name === 'rewrite')) return undefined;
  const place = isNamed
    ? locationsIn(server).find(({ modifier, path }) => modifier === '@' && path.value === target)
    : locationFor(server, target);
  if (place === 'unknown' || (isNamed && !place)) return undefined;
  const level = place?.statement ?? server;
  if (hasUnreadInclude(level, model)) return undefined;
  const isOnlyPage = isNamed || place?.modifier === '=';
  const late = !isOnlyPage && place && counts(level) ? returnOf(level, codes, model) : undefined;
  if (late && isMeantFor(page, late, server)) return late;
  if (codesOf(level).some(leaves)) return undefined;
  const others = blocksOf(page, server).filter((each) => counts(each) && !(isOnlyPage && each === level));
  return byAccess(level, others, codes, model);
}

/** Whether a page is for this refusal: not if it is one of several, and the page may be for the others. */
function isMeantFor(page: Statement, { by, code }: Refusal, server: Statement): boolean {
  if (by.parent?.name !== 'if' || code === '503') return true;
  if (code === '404' || pageCodes(page).length > 1) return false;
  const open = [server];
  for (let block = open.pop(); block; block = open.pop()) {
    for (const each of block.body) {
      const isOther = each !== by && each.name === 'return' && each.directive.args[0]?.text === code;
      if (isOther || each.name === 'deny' || each.name.startsWith('auth_')) return false;
      if (each.body.length > 0) open.push(each);
    }
  }
  return true;
}

/** What asks for access on a level, and on another one, where one code of those is the answer. */
function byAccess(
  level: Statement,
  others: readonly Statement[],
  codes: readonly string[],
  model: Model,
): Refusal | undefined {
  const isAlso = (test: (other: Statement) => boolean): boolean =>
    others.some((other) => satisfy(other, model) === 'all' && test(other));
  if (satisfy(level, model) === 'any') return undefined;
  if (codes.includes('403')) {
    const list = accessList(level);
    const deny = list.findLast(({ name }) => name === 'deny');
    // Those on a list of the unwanted need not be told why.
    if (
      deny &&
      lastWord(list, clientFamily(level, list)) === 'deny' &&
      isAlso((other) => accessList(other).includes(deny))
    )
      return { code: '403', by: deny };
  }
  if (!codes.includes('401')) return undefined;
  const auth = authOf(level, model).find((each) => asksForUser(each, level, model));
  return auth && isAlso((other) => authOf(other, model).includes(auth))
    ? { code: '401', by: auth }
    : undefined;
}

/** Whether a statement may answer before access is asked for, or lead elsewhere. */
const leaves = ({ name, directive }: Statement): boolean =>
  name === 'return' || (name === 'rewrite' && (isRedirect(directive) || directive.args[2]?.text !== 'break'));

/** Without a file of users auth_basic lets everybody in. */
const asksForUser = ({ name, directive }: Statement, level: Statement, { inForce }: Model): boolean =>
  name === 'auth_request' ||
  (name === 'auth_basic' &&
    !directive.args[0]?.text.includes('$') &&
    inForce(level, 'auth_basic_user_file').length > 0);

/** The blocks in which a request may be that a page is for, less those that answer before access is asked for. */
function blocksOf({ parent }: Statement, server: Statement): readonly Statement[] {
  if (parent?.name === 'location') return answerOf(parent) === undefined ? [parent] : [];
  const locations = locationsIn(server);
  const isWhole = locations.some(({ modifier, path }) => path.value === '/' && /^(?:\^~)?$/.test(modifier));
  const blocks = locations.map(({ statement }) => statement);
  return (isWhole ? blocks : [server, ...blocks]).filter((block) => answerOf(block) === undefined);
}

/** Variables that are the same after nginx goes to another page (ngx_http_internal_redirect()). */
const lasting =
  /^(?:binary_remote_addr|connection|cookie_\w+|document_root|geoip2?_\w+|host|hostname|http2|http3|http_\w+|https|proxy_protocol_\w+|realip_\w+|remote_(?:addr|port|user)|request|request_uri|scheme|server_\w+|ssl_\w+)$/;

/** The `return` by which a block refuses with one of the codes, and refuses again whatever the path is. */
function returnOf(block: Statement, codes: readonly string[], model: Model): Refusal | undefined {
  const settled = new Set<string>();
  const isSame = (text: string): boolean =>
    readIn(text).every((name) => lasting.test(name) || settled.has(name) || isLastingMap(name, model));
  for (const each of codesOf(block)) {
    const { name, directive, parent } = each;
    const [first, second] = directive.args;
    const isSure = parent === block || parent?.directive.args.every(({ text }) => isSame(text)) === true;
    if (name === 'set') {
      const variable = first?.text.replace(/[${}]/g, '').toLowerCase() ?? '';
      if (isSure && isSame(second?.text ?? '')) settled.add(variable);
      else settled.delete(variable);
      continue;
    }
    if (name === 'rewrite' || (name === 'break' && !(isSure && parent !== block))) return undefined;
    if (name !== 'return') continue;
    const code = first?.text ?? '';
    // With a text of its own the answer is complete, and 444 answers nothing.
    if (isSure && !second && code !== '444' && codes.includes(code)) return { code, by: each };
    if (!isSure || parent === block) return undefined;
  }
  return undefined;
}

/** Whether a variable is that of a map of such variables, or of a geo. */
function isLastingMap(name: string, { named, entries }: Model): boolean {
  const defining = (kind: string): Statement | undefined =>
    named(kind).find(({ directive: { args } }) => args.at(-1)?.text.toLowerCase() === `$${name}`);
  const definition = defining('map') ?? defining('geo');
  if (!definition) return false;
  const { args } = definition.directive;
  const source = args.length < 2 ? '' : (args[0]?.text.replace(/[${}]/g, '').toLowerCase() ?? '');
  return (
    (source === '' || lasting.test(source)) &&
    [...entries(definition)].every(({ args: [value] }) => !value?.text.includes('$'))
  );
}
