/** Passwords and keys in the files of a host and in scripts. */
import type { Source, Span } from '../../../grammar/text.ts';

/** `password: x`, `psk=x`, `--user name:x`, `Authorization: Bearer x`. */
const patterns = [
  /(?:passw(?:or)?d|passphrase|psk|secret|(?:private|preshared|wep|api)[-_]?key\d?|token|auth_pass)["']?\s*[:=]\s*["']?([^\s"',}]+)/gi,
  /(?:^|\s)(?:-u|--user|--proxy-user)[= ]*["']?[^\s:"'= ][^\s:"']*:([^\s"']+)/gm,
  /(?:Bearer|Basic)\s+([\w.~+/=-]+)/g,
  /:\/\/[^\s/:@"']+:([^\s/@"']+)@/g,
  // A piece of keepalived's, however the keyword is written.
  /\bauth_?pas\w*[ \t]+["']?([^\s"']+)/gi,
];

/** Where the secrets of a text stand, in its order. */
export function secretsIn(source: Source): readonly Span[] {
  return patterns
    .flatMap((pattern) =>
      [...source.text.matchAll(pattern)].map((match): Span => {
        const end = match.index + match[0].length;
        const start = match.index + match[0].lastIndexOf(match[1]!);
        return { source, start, end: Math.min(end, start + match[1]!.length) };
      }),
    )
    .sort((a, b) => a.start - b.start);
}
