/** The output of `ip addr`, also as `ip -br addr` and `ip -o addr` print it: what the kernel has at that moment. */
import type { HostFile } from '../../load/loaded.ts';
import { located } from '../located.ts';
import { type Prefixed, parsePrefixed } from '../net.ts';
import type { HostAddress, HostInterface, HostNetwork } from './interfaces.ts';
import { linesOf } from './lines.ts';

interface Shown extends HostInterface {
  readonly addresses: HostAddress[];
}

/** `2: eth0@if5: <BROADCAST,UP> …`, `2: eth0    inet …`, `eth0@if5   UP   10.0.0.1/24 …`. */
const heading = /^(?:\d+:\s+)?([\w.-]+)(?:@[\w.-]+)?(?::\s+<[A-Z\d_,-]*>|\s+(?:inet6?\s|[A-Z]+(?:\s|$)))/d;

/**
 * The interfaces in such an output and their addresses, less those that keepalived put there: by what `isShared` tells, and by
 * whom the kernel has them from. Only an output with the loopback has all interfaces.
 */
export function shownNetwork({ source }: HostFile, isShared: (address: Prefixed) => boolean): HostNetwork {
  const found = new Map<string, Shown>();
  let current: Shown | undefined;
  for (const { text, start } of linesOf(source)) {
    const head = heading.exec(text);
    if (head) {
      const name = head[1]!;
      const [from, to] = head.indices![1]!;
      current = found.get(name) ?? {
        name,
        at: { source, start: start + from, end: start + to },
        manager: 'kernel',
        addresses: [],
        keepsAddresses: undefined,
      };
      found.set(name, current);
    }
    if (!current || / proto keepalived /.test(text)) continue;
    for (const { 0: word, index } of text.matchAll(/(?<=\s)[\da-fA-F.:]+\/\d+(?=\s|$)/g)) {
      const value = parsePrefixed(word);
      if (!value || isShared(value)) continue;
      const from = start + index;
      current.addresses.push(located(value, { source, start: from, end: from + word.length }));
    }
  }
  return { interfaces: [...found.values()], complete: found.has('lo') };
}
