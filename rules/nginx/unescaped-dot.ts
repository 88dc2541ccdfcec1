import { type Directive, type Word, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  conditionOf,
  locationOf,
  type NginxModel,
  originChecks,
  unescapedDot,
  within,
} from '../../src/model/nginx/index.ts';

interface Use {
  readonly directive: Directive;
  readonly word: Word;
  /** Where the pattern begins in the word. */
  readonly from: number;
  readonly kind: 'file' | 'host';
}

/** The patterns for paths and names of hosts. */
function* uses({ named, entries }: NginxModel): Generator<Use> {
  for (const statement of named('location')) {
    const { directive } = statement;
    const { modifier, path } = locationOf(statement);
    const word = directive.args.at(-1);
    if (modifier.startsWith('~') && word && path.value !== undefined)
      yield { directive, word, from: word.text.length - path.value.length, kind: 'file' };
  }
  for (const { directive } of named('server_name')) {
    for (const word of directive.args)
      if (word.text.startsWith('~')) yield { directive, word, from: 1, kind: 'host' };
  }
  for (const { directive } of named('if')) {
    const condition = conditionOf(directive);
    if (!condition?.pattern) continue;
    const isHost = /^(?:host|http_host|server_name|http_origin|http_referer)$/.test(condition.variable);
    if (isHost) yield { directive, word: condition.value, from: 0, kind: 'host' };
  }
  for (const map of named('map')) {
    if (!/^\$\{?http_(?:origin|referer)\}?$/i.test(map.directive.args[0]?.text ?? '')) continue;
    for (const entry of entries(map)) {
      const [sign] = /^~\*?/.exec(entry.name.text) ?? [];
      if (sign) yield { directive: entry, word: entry.name, from: sign.length, kind: 'host' };
    }
  }
}

export default rule({
  scope: 'nginx',
  id: 'unescaped-dot',
  severity: 'warning',
  risk: 3.7,
  summary: 'A dot in a regular expression stands for any character where a dot is meant',
  why: `
\`~ .php$\` also matches \`/graphphp\`, and \`~^www.example.com$\` the host \`wwwxexample.com\`, which somebody else can register. As a
condition for access that is a hole.

Write \`\\.\`.
`,
  sources: ['PCRE2: pcre2pattern(3) (full stop)', 'CWE-625'],
  bad: [
    {
      title: 'The name of a site whose requests are let in',
      files: `
        events {}
        http {
            map $http_origin $allowed {
                default "";
                ~^https://(.*\\.)?example.com$ $http_origin;
                                        ^ this dot matches any character
            }
            server {
                listen 80;
                if ($http_referer !~ ^https://(shop\\.example\\.com|example.org)/) {
                                                                         ^ this dot matches any character
                    return 403;
                }
                add_header Access-Control-Allow-Origin $allowed;
            }
        }
      `,
    },
    {
      title: 'An ending, and the name of a host',
      files: `
        server {
            listen 80;
            server_name ~^(www|shop)\\.example.com$;
                                             ^ this dot matches any character
            location ~* .(css|js)$ {
                        ^ this dot matches any character
                expires 1d;
            }
            location ~ /crossdomain.xml$ {
                                   ^ this dot matches any character
                return 204;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            server_name ~^(www|shop)\\.example\\.com$;
            location ~* \\.(css|js)$ {
                expires 1d;
            }
            location ~ /crossdomain\\.xml$ {
                return 204;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Escaped, repeated, in a class, something else behind it',
      files: `
        server {
            listen 80;
            server_name ~^www\\.example[.]com$ ~^l.o\\.example\\.org$;
            location ~ \\.php$ {
                return 204;
            }
            location ~ ^/x/.*\\.css$ {
                return 204;
            }
            location ~ ^/[^.]+[.]js$ {
                return 204;
            }
            location ~ ^/a.b/ {
                return 204;
            }
        }
      `,
    },
  ],
  *check(model) {
    // What is wrong with the whole of a pattern has its own finding.
    const said = new Set([...originChecks(model)].map(({ at }) => at.start));
    for (const { directive, word, from, kind } of uses(model)) {
      const found = unescapedDot(word.text.slice(from), kind);
      if (found === undefined || said.has(wordSpan(directive, word).start)) continue;
      const at = within(directive, word, from + found, from + found + 1);
      // `/logo.png` means one file, and hardly another one is named `/logoXpng`.
      const isOneFile = kind === 'file' && /[\w-]/.test(word.text[from + found - 1] ?? '');
      yield {
        at,
        message: 'this dot matches any character',
        ...(isOneFile ? { severity: 'info' as const } : {}),
        fix: { title: 'replace it by \\.', safe: true, edits: [{ ...at, text: '\\.' }] },
      };
    }
  },
});
