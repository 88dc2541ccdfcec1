import { rule } from '../../src/lint/rule.ts';
import {
  isRefusal,
  originChecks,
  type PatternUse,
  patternSpan,
  type Statement,
  unescapedDot,
  within,
} from '../../src/model/nginx/index.ts';

const hosts = new Set(['host', 'http_host', 'server_name', 'http_origin', 'http_referer']);

/** Whether a location refuses whoever it matches: then it does so to a few more, at most. */
const turnsAway = ({ name, body }: Statement): boolean =>
  name === 'location' && body.some((each) => each.name === 'deny' || isRefusal(each));

/** What a pattern is for; undefined where a dot before an ending tells nothing. */
function kindOf({ directive, variable }: PatternUse): 'file' | 'host' | undefined {
  if (directive === 'location') return 'file';
  const isHost = directive === 'server_name' || directive === 'valid_referers' || hosts.has(variable ?? '');
  return isHost ? 'host' : undefined;
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
    {
      title: 'Where all that matches is refused, which is a note only',
      files: `
        server {
            listen 80;
            location ~ .(php|cgi)$ {
                       ^ this dot matches any character
                return 410;
            }
        }
      `,
    },
    {
      title: 'In a map of hosts, and among referrers',
      files: `
        events {}
        http {
            map \${host} $site {
                default www;
                ~^shop.example.com$ shop;
                              ^ this dot matches any character
            }
            server {
                listen 80;
                location / {
                    valid_referers ~^www\\.example.com/;
                                                 ^ this dot matches any character
                    if ($invalid_referer) {
                        return 403;
                    }
                    return 200 $site;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'In a map of something else than hosts, and among referrers',
      files: `
        events {}
        http {
            map $arg_mail $isOurs {
                default 0;
                ~@example.com$ 1;
            }
            server {
                listen 80;
                location / {
                    valid_referers ~^www\\.example\\.com/ *.example.com;
                    if ($invalid_referer) {
                        return 403;
                    }
                    root /srv;
                    add_header X-Ours $isOurs;
                }
            }
        }
      `,
    },
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
    let said: ReadonlySet<number> | undefined;
    for (const use of model.patterns) {
      const kind = kindOf(use);
      const found = kind && unescapedDot(use.text, kind);
      if (found === undefined) continue;
      said ??= new Set([...originChecks(model)].map(({ at }) => at.start));
      // `/logo.png` means one file, and hardly another one is named `/logoXpng`.
      const isOneFile = kind === 'file' && /[\w-]/.test(use.text[found - 1] ?? '');
      for (const place of use.places) {
        if (said.has(patternSpan(place).start)) continue;
        const from = place.from + found;
        const at = within(place.line, place.word, from, from + 1);
        yield {
          at,
          message: 'this dot matches any character',
          ...(isOneFile || turnsAway(place.statement) ? { severity: 'info' as const } : {}),
          fix: { title: 'replace it by \\.', safe: true, edits: [{ ...at, text: '\\.' }] },
        };
      }
    }
  },
});
