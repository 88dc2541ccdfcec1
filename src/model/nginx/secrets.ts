/** Where secrets stand in an nginx configuration: never to be printed. */
import type { Span } from '../../../grammar/text.ts';
import { type Directive, wordSpan } from '../../../grammar/tree.ts';

const telling =
  /secret|passw|pwd$|passphrase|^authorization$|token$|api[-_]?key|credential|_key$|^x-.*-key$|^secure_link_md5$/i;
/** Names that look like it and take a path, a size, a switch or a public value. */
const harmless =
  /_file$|_path$|certificate_key$|_cache_key$|hash_key|tokens$|_zone$|^limit_|^keepalive|_pass_(?:header|request)|^ssl_session|^ssl_stapling/;

/** Whether the words after this one are a secret. */
export const tells = (text: string): boolean => telling.test(text) && !harmless.test(text);

/** The stretches to mask: what follows a name that tells of a secret, as long as it is no variable. */
export function* secretsOf(items: readonly Directive[], from = 0, to = Number.MAX_VALUE): Generator<Span> {
  for (const directive of around(items, from, to)) {
    const { name, args } = directive;
    const first = args[0];
    if (!first) continue;
    // The words after the one that tells: all of them, or all but the first.
    const secrets = tells(name.text) ? args : args.length > 1 && tells(first.text) ? args.slice(1) : [];
    for (const word of secrets) {
      if (!/^\$\w+$/.test(word.text)) yield wordSpan(directive, word);
    }
  }
}

/** The statements that stand between two offsets, and those that begin before and may reach there. */
function* around(items: readonly Directive[], from: number, to: number): Generator<Directive> {
  const lists = [items];
  for (let list = lists.pop(); list; list = lists.pop()) {
    // Of those that begin before, each ends where the next one begins.
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle]!.name.start < from) low = middle + 1;
      else high = middle;
    }
    for (let at = Math.max(0, low - 1); at < list.length && list[at]!.name.start < to; at++) {
      yield list[at]!;
      const { body } = list[at]!;
      if (body && body.length > 0) lists.push(body);
    }
  }
}
