/** Whether the kernel passes on what an LVS director has to: with NAT the answers come back through it. */
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import { forwardingOf } from './keepalived/index.ts';
import { type Family, parseAddress } from './net.ts';
import type { Node } from './node.ts';

/** A virtual server whose answers stay on the director. */
export interface Stuck {
  readonly at: Span;
  readonly address: string;
  /** The switch that is off. */
  readonly key: string;
  /** Where it is switched off; undefined where no file sets it. */
  readonly set: Span | undefined;
}

/** `all.forwarding` is the same switch as `ip_forward` (devinet_sysctl_forward()). */
const switches: Readonly<Record<Family, readonly string[]>> = {
  inet: ['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding'],
  inet6: ['net.ipv6.conf.all.forwarding'],
};

/** The first virtual server with NAT of each family, where the kernel settings are at hand and do not forward it. */
export function stuckServers({ keepalived, host: { sysctl } }: Node): readonly Stuck[] {
  if (!keepalived || !sysctl.given) return [];
  return (Object.keys(switches) as Family[]).flatMap((family): Stuck[] => {
    const values = switches[family].map((key) => sysctl.value(key));
    const links = family === 'inet' ? 'net.ipv4.conf.' : 'net.ipv6.conf.';
    // One interface may forward where the others do not.
    const forwards = [...sysctl.keys].some(
      ([key, { value }]) => key.startsWith(links) && key.endsWith('.forwarding') && value !== '0',
    );
    if (forwards || values.some((each) => each !== 'unset' && (each === 'unknown' || each.value !== '0')))
      return [];
    for (const { args, body } of keepalived.virtualServers) {
      const address = parseAddress(args[0]?.text ?? '');
      const method = forwardingOf(body);
      if (address?.family !== family || method?.args[0]?.text.toUpperCase() !== 'NAT') continue;
      const set = values.flatMap((each) => (typeof each === 'object' ? each.at : []))[0];
      return [{ at: headSpan(method.directive), address: address.text, key: switches[family][0]!, set }];
    }
    return [];
  });
}
