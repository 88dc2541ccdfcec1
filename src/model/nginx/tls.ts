/** What directives say of TLS: which versions, suites and groups of keys are offered. */
import type { Span } from '../../../grammar/text.ts';
import type { Word } from '../../../grammar/tree.ts';
import { type WeakCipher, weakCipherIn } from './ciphers.ts';
import type { Statement } from './statement.ts';
import { within } from './words.ts';

interface Model {
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
}

/** The prefixes of the directives: connections of clients, and those to backends. */
const ends = ['ssl', 'proxy_ssl', 'grpc_ssl', 'uwsgi_ssl'] as const;

/** Versions that RFC 7568 and RFC 8996 forbid. */
const obsolete = /^(?:SSLv2|SSLv3|TLSv1|TLSv1\.1)$/i;

/** The words of lists of versions that name one which is forbidden; mail to servers of old is left alone. */
export function* obsoleteVersions({
  named,
}: Model): Generator<{ readonly statement: Statement; readonly words: readonly [Word, ...Word[]] }> {
  for (const end of ends) {
    for (const statement of named(`${end}_protocols`)) {
      const [first, ...rest] = statement.directive.args.filter(({ text }) => obsolete.test(text));
      if (first && !statement.context.startsWith('mail')) yield { statement, words: [first, ...rest] };
    }
  }
}

/** The words of lists of suites that bring weak ones in, where a version is offered that takes its suites from the list. */
export function* weakCiphers({
  named,
  inForce,
}: Model): Generator<{ readonly at: Span; readonly cipher: WeakCipher }> {
  for (const end of ends) {
    for (const { directive, parent } of named(`${end}_ciphers`)) {
      const word = directive.args[0];
      const cipher = word && weakCipherIn(word.text);
      if (!word || !cipher) continue;
      const versions = inForce(parent, `${end}_protocols`)[0]?.directive.args ?? [];
      // The suites of TLS 1.3 are no part of this list.
      if (versions.length > 0 && versions.every(({ text }) => text === 'TLSv1.3')) continue;
      yield { at: within(directive, word, cipher.start, cipher.end), cipher };
    }
  }
}

/** Groups that only OpenSSL 3.5 and later know, required by ssl_ecdh_curve (SSL_CTX_set1_groups_list()). */
export function* newGroups({ named }: Model): Generator<{ readonly at: Span; readonly group: string }> {
  for (const { directive } of named('ssl_ecdh_curve')) {
    const word = directive.args[0];
    const match = /(?<=^|[:/])[*]?(\w*(?:mlkem|kyber)\w*)/i.exec(word?.text ?? '');
    if (!word || !match) continue;
    const group = match[1]!;
    const start = match.index + match[0].length - group.length;
    yield { at: within(directive, word, start, start + group.length), group };
  }
}
