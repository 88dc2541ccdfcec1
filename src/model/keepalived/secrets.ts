/** Where secrets stand in a keepalived configuration: never to be printed, also when the keyword itself is misspelt. */
import type { Span } from '../../../grammar/text.ts';
import { type Directive, wordSpan } from '../../../grammar/tree.ts';

/** Words after which a secret is likely to follow, misspelt ones included. */
const telling = ['pass', 'secret', 'hmac', 'token', 'credential', 'community'];
/** Blocks whose every value is one, but for the kinds named there. */
const guarded = ['auth', 'autent', 'aunth'];
const harmless = new Set(['PASS', 'AH', 'auth_type', 'auth_pass']);

const holds = (text: string, parts: readonly string[]): boolean => {
  const lower = text.toLowerCase();
  return parts.some((part) => lower.includes(part));
};

const isTelling = (text: string): boolean =>
  text !== 'PASS' && (holds(text, telling) || text.toLowerCase() === 'key');

/** The stretches to mask. */
export function* secretsOf(items: readonly Directive[]): Generator<Span> {
  const lists = [{ items, inside: false }];
  for (let list = lists.pop(); list; list = lists.pop()) {
    for (const directive of list.items) {
      yield* secretsIn(directive, list.inside);
      const { body, name } = directive;
      if (body) lists.push({ items: body, inside: list.inside || holds(name.text, guarded) });
    }
  }
}

function* secretsIn(directive: Directive, inside: boolean): Generator<Span> {
  const words = [directive.name, ...directive.args];
  const tell = words.findIndex(({ text }) => isTelling(text));
  const glued = holds(directive.name.text, guarded) ? /^(auth_?pass?)./i.exec(directive.name.text) : null;
  if (glued && !/^auth_?pass?\w{0,2}$/i.test(directive.name.text)) {
    const { source, start, end } = wordSpan(directive, directive.name);
    yield { source, start: start + glued[1]!.length, end };
  }
  // A secret may itself hold one of the telling words.
  const first = inside ? 1 : tell >= 0 ? tell + 1 : words.length;
  for (const word of words.slice(first)) if (!harmless.has(word.text)) yield wordSpan(directive, word);
}
