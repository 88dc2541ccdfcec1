/** Passwords and keys in text of any kind: the files of a host, scripts, and the commands and URLs of a configuration. */
import type { Source, Span } from '../../grammar/text.ts';
import type { Language } from './syntax.ts';

/** `password: x`, `psk=x`. In nginx such words are names, too: `zone=token:10m`. */
const named =
  /(?:passw(?:or)?d|passphrase|psk|secret|(?:private|preshared|wep|api)[-_]?key\d?|token|auth_pass)["']?\s*[:=]\s*["']?([^\s"',}]+)/gi;

/** The one of them that nginx has no other use for. */
const passwords = /passw(?:or)?d["']?\s*[:=]\s*["']?([^\s"',};]+)/gi;

/** `--user name:x`, `Authorization: Bearer x`, `http://name:x@host`, also where something of `http://` is lost. */
const given = [
  /(?:^|[\s"'])(?:-u|--user|--proxy-user)[= ]*["']?[^\s:"'= ][^\s:"']*:([^\s"']+)/gm,
  /(?:Bearer|Basic)\s+([\w.~+/=-]+)/g,
  /(?:\/\/(?:[^\n@/]{0,100}?[\s/:;"'(){}^|])?|(?<=[^\s/:;@"'(){}^|]):)([^\s/:;@"'(){}^|]+)@(?=\W?[\w$[])/g,
];

/** A piece of keepalived's, however the keyword is written. */
const authentication = /auth_?pas?(?:\}?\w)*[ \t{}]+["']?([^\s"'}]+)/gi;

/** Directives of nginx that ended up in another one's quotes, or behind what begins no comment. */
const headers =
  /(?:authorization|x-[\w-]{0,40}(?:key|token)|link_?m\w{0,9}|k_md5)["'\s]+(?!\$\w+["']?;)([^"';\n]+)/gi;

const patterns: Readonly<Record<Language | 'other', readonly RegExp[]>> = {
  nginx: [passwords, headers, ...given],
  keepalived: [named, ...given, authentication],
  other: [named, ...given, authentication],
};

/** Where the secrets of a text stand, in its order. */
export const secretsIn = (source: Source): readonly Span[] => matches(source, 0, source.text, patterns.other);

/** More of a line, before or after a place, has nothing to do with a secret there. */
const margin = 1000;

/** The secrets in the commands and URLs of a stretch of a configuration: those that its words do not tell of. */
export function secretsAround(
  source: Source,
  start: number,
  end: number,
  language: Language,
): readonly Span[] {
  const { text: all } = source;
  const before = all.slice(Math.max(0, start - margin), start);
  const from = start - before.length + before.lastIndexOf('\n') + 1;
  const after = all.slice(end, end + margin);
  const to = end + (after.includes('\n') ? after.indexOf('\n') : after.length);
  const text = all.slice(from, to);
  if (!/[:=]|Basic|Bearer|auth|x-|link|_md5/i.test(text)) return [];
  return matches(source, from, text, patterns[language]).filter(
    (each) => each.start < end && each.end > start,
  );
}

const matches = (source: Source, from: number, text: string, all: readonly RegExp[]): readonly Span[] =>
  all
    .flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match): Span => {
        const end = from + match.index + match[0].length;
        const start = from + match.index + match[0].lastIndexOf(match[1]!);
        return { source, start, end: Math.min(end, start + match[1]!.length) };
      }),
    )
    .sort((a, b) => a.start - b.start);
