/** Backends that are reached by TLS over networks of others. */

import { isAddress, isPublicAddress } from '../net.ts';
import { type Pass, targetOf } from './pass.ts';
import type { Upstream } from './server.ts';

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
