/** Words that differ between nodes because the nodes differ. */
import { sourceOf } from './keepalived/index.ts';
import type { Node } from './node.ts';

/** A text without what tells one node from another, so that the rest can be compared. */
export type Neutral = (text: string) => string;

/** What was made for the nodes on the way here, and the ways on to longer lists of nodes. */
interface Made {
  readonly longer: WeakMap<Node, Made>;
  neutral: Neutral | undefined;
}

const none: Made = { longer: new WeakMap(), neutral: undefined };

/** Puts one mark in place of the names and addresses of `nodes`, whichever of them a text speaks of. */
export function neutralFor(nodes: readonly Node[]): Neutral {
  // Every router of a cluster asks for the same nodes.
  let made = none;
  for (const node of nodes) {
    const next = made.longer.get(node) ?? { longer: new WeakMap(), neutral: undefined };
    made.longer.set(node, next);
    made = next;
  }
  made.neutral ??= neutralOf(nodes);
  return made.neutral;
}

function neutralOf(nodes: readonly Node[]): Neutral {
  const names = new Set<string>();
  const addresses = new Set<string>();
  for (const node of nodes) {
    names.add(node.name);
    for (const { text } of [...(node.addresses?.values() ?? [])].flat()) addresses.add(text);
    if (node.keepalived?.globals.routerId) names.add(node.keepalived.globals.routerId.value);
    for (const instance of node.keepalived?.instances ?? []) {
      const source = sourceOf(instance);
      if (source) addresses.add(source.value.text);
      for (const { value } of instance.unicastPeers) if (value) addresses.add(value.text);
    }
  }
  const parts: string[] = [];
  if (names.size > 0) parts.push(`(?<![a-z0-9])(?:${alternatives(names)})(?![a-z0-9])`);
  if (addresses.size > 0) parts.push(`(?<![\\w.:])(?:${alternatives(addresses)})(?!\\w|[.:]\\w*\\.)`);
  const pattern = new RegExp(parts.join('|') || '(?!)', 'gi');
  // Nodes write the same words, and a pattern with the names of a thousand of them is slow.
  const known = new Map<string, string>();
  return (text) => {
    let plain = known.get(text);
    if (plain === undefined) {
      plain = text.replace(pattern, '\0');
      known.set(text, plain);
    }
    return plain;
  };
}

/** The longest first: lb1.example.com before lb1. */
const alternatives = (words: Iterable<string>): string =>
  [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('|');
