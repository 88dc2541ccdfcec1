/** The signature of adverts, auth_hmac, which keepalived knows from 2.4.0 on. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan } from '../../../grammar/tree.ts';
import { type Located, located } from '../located.ts';
import type { Instance } from './instance.ts';
import { firstWord, keywordSpan, lastOf, number, statementsOf } from './settings.ts';

/** What an instance signs with, and what it accepts. */
export interface Hmac {
  readonly at: Span;
  /** `enforce` where nothing else is written; undefined for a word that is none of the three. */
  readonly mode: 'enforce' | 'permissive' | 'receive-only' | undefined;
  /** The number of the key that signs. */
  readonly active: Located<number> | undefined;
  /** The keys by number; the place is that of the keyword. Never to be printed; undefined where it is to be filled in. */
  readonly keys: ReadonlyMap<number, Located<string | undefined>>;
}

/** The auth_hmac block of an instance. */
export function hmacOf({ statement: { body } }: Instance): Hmac | undefined {
  const block = lastOf(body, 'auth_hmac');
  if (!block) return undefined;
  const keys = new Map<number, Located<string | undefined>>();
  for (const line of statementsOf(block.body, 'key')) {
    const [id, secret] = line.args;
    const known = number(id?.text ?? '');
    // The second key of a number is refused.
    if (known === undefined || !secret || keys.has(known)) continue;
    keys.set(known, located(isPlaceholder(secret.text) ? undefined : secret.text, keywordSpan(line)));
  }
  const word = firstWord(lastOf(block.body, 'active_key'));
  const active = word && number(word.value);
  const mode = lastOf(block.body, 'mode')?.args[0]?.text ?? 'enforce';
  return {
    at: headSpan(block.directive),
    mode: mode === 'enforce' || mode === 'permissive' || mode === 'receive-only' ? mode : undefined,
    active: word && active !== undefined ? located(active, word.at) : undefined,
    keys,
  };
}

/** Why a node drops the signed adverts of another. */
export interface HmacFault {
  readonly kind: 'none' | 'unknown-key' | 'other-key';
  readonly key: number;
  /** On the receiver, and on the sender. */
  readonly at: Span;
  readonly expected: Span;
}

/** Whether a node signs the adverts of this instance. */
export const isSigning = (instance: Instance): boolean => signs(hmacOf(instance));

const signs = (hmac: Hmac | undefined): hmac is Hmac & { readonly active: Located<number> } =>
  hmac?.active !== undefined && (hmac.mode === 'enforce' || hmac.mode === 'permissive');

/** What is in the way of the adverts from `sender` to `receiver` (vrrp_auth_ext_verify()); undefined where nothing is known to be. */
export function hmacFault(sender: Instance, receiver: Instance): HmacFault | undefined {
  const [from, to] = [hmacOf(sender), hmacOf(receiver)];
  if (!signs(from)) return undefined;
  const key = from.active.value;
  const secret = from.keys.get(key);
  if (!secret) return undefined;
  // Without the block the trailer makes the advert too long.
  if (!to) return { kind: 'none', key, at: receiver.head, expected: from.at };
  const own = to.keys.get(key);
  if (!own) return { kind: 'unknown-key', key, at: to.at, expected: secret.at };
  if (own.value === undefined || secret.value === undefined || own.value === secret.value) return undefined;
  return { kind: 'other-key', key, at: own.at, expected: secret.at };
}
