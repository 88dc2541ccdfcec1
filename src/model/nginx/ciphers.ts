/** Lists of cipher suites as OpenSSL reads them (ssl_cipher_process_rulestr()), as far as weak ones are concerned. */

/** Kinds of suites that no server should offer, with what names them in a list, and what takes them out of it. */
const kinds: readonly { readonly weak: string; readonly brings: RegExp; readonly removes: RegExp }[] = [
  { weak: 'NULL', brings: /^(?:e?NULL|.*-NULL-.*)$/, removes: /^e?NULL$/ },
  { weak: 'anonymous', brings: /^(?:aNULL|A(?:EC)?DH(?:-.*)?)$/, removes: /^(?:aNULL|A(?:EC)?DH)$/ },
  { weak: 'EXPORT', brings: /^EXP(?:ORT)?(?:\d+|-.*)?$/, removes: /^EXP(?:ORT)?(?:\d+)?$/ },
  { weak: 'LOW', brings: /^LOW$/, removes: /^LOW$/ },
  { weak: 'RC4', brings: /^(?:RC4|.*-RC4-.*|RC4-.*)$/, removes: /^(?:RC4|MEDIUM)$/ },
  { weak: '3DES', brings: /^(?:3DES|.*DES-CBC3-.*)$/, removes: /^(?:3DES|SHA1?|MEDIUM)$/ },
  { weak: 'DES', brings: /^(?:DES|(?:.*-)?DES-CBC-.*)$/, removes: /^(?:DES|LOW)$/ },
  { weak: 'IDEA', brings: /^(?:IDEA|.*IDEA-.*)$/, removes: /^(?:IDEA|MEDIUM|SHA1?)$/ },
  { weak: 'SEED', brings: /^(?:SEED|.*SEED-.*)$/, removes: /^(?:SEED|MEDIUM|SHA1?)$/ },
  { weak: 'MD5', brings: /^(?:MD5|.*-MD5)$/, removes: /^MD5$/ },
];

/** Words for a strength, which hold suites without authentication (`openssl ciphers HIGH`). */
const strengths = /^(?:ALL|HIGH|COMPLEMENTOFDEFAULT)$/;

/** A word of a list that brings weak suites in. */
export interface WeakCipher {
  /** Where the word is in the list. */
  readonly start: number;
  readonly end: number;
  readonly word: string;
  /** `RC4`, `anonymous`. */
  readonly weak: string;
}

/** The first word of a list that brings weak suites in which nothing takes out again. */
export function weakCipherIn(list: string): WeakCipher | undefined {
  const words = [...list.matchAll(/[^:, ;]+/g)].map(({ 0: word, index }) => ({ word, index }));
  for (const [at, { word, index }] of words.entries()) {
    if (/^[!+@-]/.test(word)) continue;
    for (const { weak, brings, removes } of kinds) {
      // A+B are the suites that are both.
      const parts = word.split('+');
      const isStrength = weak === 'anonymous' && strengths.test(word);
      if (!isStrength && !parts.some((part) => brings.test(part))) continue;
      const isGone = words.some(({ word: other }, place) => {
        const isFor = other[0] === '!' || (other[0] === '-' && place > at);
        return isFor && (other.slice(1) === word || removes.test(other.slice(1)));
      });
      if (!isGone) return { start: index, end: index + word.length, word, weak };
    }
  }
  return undefined;
}
