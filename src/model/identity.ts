/** Words that differ between nodes because the nodes differ. */
import { sourceOf } from './keepalived/index.ts';
import type { Node } from './node.ts';

/** A text without what tells one node from another, so that the rest can be compared. */
export type Neutral = (text: string) => string;

const made = new WeakMap<readonly Node[], Neutral>();

/** Puts one mark in place of the names and addresses of `nodes`, whichever of them a text speaks of. */
export function neutralFor(nodes: readonly Node[]): Neutral {
  const known = made.get(nodes);
  if (known) return known;
  const words = new Set<string>();
  for (const { name, keepalived, addresses } of nodes) {
    words.add(name);
    for (const { text } of [...(addresses?.values() ?? [])].flat()) words.add(text);
    if (keepalived?.globals.routerId) words.add(keepalived.globals.routerId.value);
    for (const instance of keepalived?.instances ?? []) {
      const source = sourceOf(instance);
      if (source) words.add(source.value.text);
      for (const { value } of instance.unicastPeers) if (value) words.add(value.text);
    }
  }
  // The longest first: lb1.example.com before lb1.
  const list = [...words].filter((word) => word.length > 1).sort((a, b) => b.length - a.length);
  const escaped = list.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = new RegExp(`(?<![a-z0-9.])(?:${escaped.join('|')})(?![a-z0-9])`, 'gi');
  const neutral: Neutral = (text) => (escaped.length === 0 ? text : text.replace(pattern, '\0'));
  made.set(nodes, neutral);
  return neutral;
}
