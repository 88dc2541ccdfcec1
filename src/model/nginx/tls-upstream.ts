/** Backends that are reached by TLS. */
import { isAddress, isPublicAddress } from '../net.ts';
import { type Pass, targetOf } from './pass.ts';
import type { Upstream } from './server.ts';
import type { Statement } from './statement.ts';

/** Ends of names that no public name server knows, or that a network has of its own. */
const ownNames =
  /(?:^|\.)(?:local|localhost|internal|intranet|lan|home|corp|svc|test|example|invalid|arpa|private|consul|docker)$/;

/** Whether a name or an address is one of the public internet. */
const isPublic = (host: string): boolean =>
  isAddress(host) ? isPublicAddress(host) : /^[\w-]+(?:\.[\w-]+)+$/.test(host) && !ownNames.test(host);

/** A pass with TLS to somebody on the public internet; undefined of others, and where a variable decides. */
export function publicTlsTarget(
  pass: Pass,
  upstreams: readonly Upstream[],
): { readonly host: string; readonly isName: boolean } | undefined {
  const { scheme, target, hasVariables, module } = pass;
  if (module !== 'http' || hasVariables || !/^(?:https|grpcs)$/.test(scheme)) return undefined;
  const group = targetOf(pass, upstreams);
  if (group) {
    const server = group.servers.find(({ value }) => value.host !== undefined && isPublic(value.host));
    return server && { host: server.value.host!, isName: false };
  }
  const { host } = target.value;
  return host !== undefined && isPublic(host) ? { host, isName: !isAddress(host) } : undefined;
}

/** A level that speaks TLS to a backend, and the first part of the names of its directives. */
export interface TlsClient {
  readonly level: Statement;
  readonly family: string;
}

/** The levels at which nginx makes itself ready to speak TLS (ngx_http_proxy_set_ssl() and its like). */
export function* tlsClients(
  passes: readonly Pass[],
  inForce: (level: Statement | undefined, name: string) => readonly Statement[],
): Generator<TlsClient> {
  for (const { statement, scheme, hasVariables, module } of passes) {
    const [, family = ''] = /^(proxy|grpc|uwsgi)_pass$/.exec(statement.name) ?? [];
    const level = statement.parent;
    if (family === '' || !level) continue;
    const isOn =
      module === 'stream'
        ? inForce(level, 'proxy_ssl')[0]?.directive.args[0]?.text.toLowerCase() === 'on'
        : hasVariables || /^(?:https|grpcs|suwsgi)$/i.test(scheme);
    if (isOn) yield { level, family };
  }
}
