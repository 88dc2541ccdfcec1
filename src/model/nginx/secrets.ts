/** Where secrets stand in an nginx configuration: never to be printed. */
import { remembered } from '../../../grammar/remembered.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, walk, wordSpan } from '../../../grammar/tree.ts';
import { distance } from '../suggest.ts';

const telling =
  /secret|passw|pwd$|passphrase|^authorization$|token$|api[-_]?key|credential|_key$|^x-.*-key$/i;
/** Names that look like it and take a path, a size, a switch or a public value. */
const harmless =
  /_file$|_path$|certificate_key$|_cache_key$|hash_key|tokens$|_zone$|^limit_|^keepalive|_pass_(?:header|request)|^ssl_session|^ssl_stapling/;

/** A directive whose name does not say that it holds a secret; a misspelt one does, too. */
const hash = 'secure_link_md5';

/** Whether the words after this one are a secret. */
export const tells = (text: string): boolean =>
  (telling.test(text) && !harmless.test(text)) || distance(text.toLowerCase(), hash, 3) <= 3;

/** The stretches to mask: what follows a name that tells of a secret, as long as it is no variable. */
export function* secretsOf(items: readonly Directive[]): Generator<Span> {
  // A file has few names, each many times.
  const isTelling = remembered(tells);
  for (const directive of walk(items)) {
    const { name, args } = directive;
    const first = args[0];
    if (!first) continue;
    // The words after the one that tells: all of them, or all but the first.
    const secrets = isTelling(name.text)
      ? args
      : args.length > 1 && isTelling(first.text)
        ? args.slice(1)
        : [];
    for (const word of secrets) {
      if (!/^\$\w+$/.test(word.text)) yield wordSpan(directive, word);
    }
  }
}
