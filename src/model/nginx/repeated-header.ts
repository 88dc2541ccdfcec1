/** Headers that a block sends twice. */
import type { NginxModel } from './index.ts';
import type { Statement } from './statement.ts';

/** Headers of a request that have one value, by those who read them. */
const ofRequests =
  /^(?:host|connection|upgrade|origin|referer|user-agent|authorization|content-(?:length|type)|true-client-ip|x-(?:(?:forwarded|original|remote|client)-[\w-]+|real-ip|request-id|(?:url-)?scheme))$/;

/** Headers of an answer that browsers reject where there are two of them. */
const ofAnswers = /^access-control-allow-(?:origin|credentials)$/;

const lists: readonly (readonly [string, RegExp])[] = [
  ['proxy_set_header', ofRequests],
  ['grpc_set_header', ofRequests],
  ['add_header', ofAnswers],
];

/** Variables of every request. */
const present =
  /^\$(?:host|http_host|remote_addr|remote_port|realip_remote_addr|scheme|server_addr|server_port|hostname|request_id|request_uri|uri|request_method|proxy_host|proxy_port|proxy_add_x_forwarded_for|binary_remote_addr)$/;

/** The parts of the model that tell. */
type Headers = Pick<NginxModel, 'named' | 'valuesOf'>;

/** Whether a text with variables is surely more than nothing. */
function isFilled(text: string, { valuesOf }: Headers): boolean {
  const [, name] = /^\$\{?(\w+)\}?$/.exec(text) ?? [];
  if (name === undefined) return text.replace(/\$(?:\w+|\{\w+\})/g, '') !== '';
  return present.test(`$${name}`) || (valuesOf(name, 'http')?.every((value) => value !== '') ?? false);
}

const textOf = ({ directive }: Statement): string => directive.args[1]?.text ?? '';

/** Of two statements the one in the file of their block, where somebody can say which of them is meant. */
const isNearer = (a: Statement, b: Statement): boolean =>
  a.directive.source === a.parent?.directive.source && b.directive.source !== a.directive.source;

/** The statements of one header in a block. */
interface Seen {
  readonly byValue: Map<string, Statement>;
  /** The first that is surely sent. */
  filled: Statement | undefined;
}

/** Headers of one value that a block sends twice: the other line, and the one to tell of. */
export function* repeatedHeaders(model: Headers): Generator<readonly [Statement, Statement]> {
  for (const [name, isOne] of lists) yield* repeats(name, isOne, model);
}

function* repeats(name: string, isOne: RegExp, model: Headers): Generator<readonly [Statement, Statement]> {
  const levels = new Map<Statement | undefined, Map<string, Seen>>();
  for (const statement of model.named(name)) {
    const header = statement.directive.args[0]?.text.toLowerCase() ?? '';
    const value = textOf(statement);
    if (!isOne.test(header) || value === '') continue;
    const level = levels.get(statement.parent) ?? new Map<string, Seen>();
    levels.set(statement.parent, level);
    const seen = level.get(header) ?? { byValue: new Map(), filled: undefined };
    level.set(header, seen);
    const filled = isFilled(value, model);
    const other = seen.byValue.get(value) ?? (filled ? seen.filled : undefined);
    if (other) yield isNearer(other, statement) ? [statement, other] : [other, statement];
    if (filled) seen.filled ??= statement;
    if (!other) seen.byValue.set(value, statement);
  }
}
