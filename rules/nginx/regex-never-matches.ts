import { rule } from '../../src/lint/rule.ts';
import { matchesNothing, type NginxModel, patternIn, patternSpan } from '../../src/model/nginx/index.ts';

/** Only these can leave nothing to match, and most patterns have none of them. */
const isSuspicious = (text: string, isPath: boolean): boolean =>
  /\$[^$)|]|[^|([^\\]\^|\\[zZ]./.test(text.replace(/\[[^\]]*\]/g, '[]')) ||
  (isPath && /^\^?\(?[^/^(]/.test(text));

/** Why no text matches; most often the pattern was to have a variable. */
function unmatched(text: string): string {
  const [variable] = /\$(?:[a-z]\w+|\{\w+\})/i.exec(text) ?? [];
  return variable === undefined || variable.length > 20
    ? 'no text matches: something has to follow after its end or stand before its beginning'
    : `no text matches: in a pattern ${variable} is its end, and then the letters ${variable.slice(1)}`;
}

/** Whether a path may lose its slash on the way. */
const mayLoseSlash = ({ named }: NginxModel): boolean =>
  named('rewrite').some(
    ({ directive }) =>
      !/^(?:\/|https?:|\$(?:uri|request_uri|document_uri|scheme)\b)/.test(directive.args[1]?.text ?? '/'),
  );

/** What begins with a slash. */
const paths = new Set(['uri', 'document_uri', 'request_uri']);
/** What has checks of its own. */
const origins = new Set(['http_origin', 'http_referer']);

export default rule({
  scope: 'nginx',
  id: 'regex-never-matches',
  severity: 'warning',
  summary: 'A regular expression cannot match anything',
  why: `
Something has to follow after the end of the text, or to stand before its beginning; or the path of a request has to begin with another
character than \`/\`. The block, the condition or the rewrite is never used, and what it refuses or redirects goes through:
behind \`~ ^admin/\`, \`GET /admin/users\` is answered like any other request.

Begin the pattern of a path with \`^/\`, and keep \`^\` and \`$\` for its two ends.
`,
  sources: [
    'PCRE2: pcre2pattern(3)',
    'nginx: ngx_http_core_find_location(), ngx_http_script_regex_start_code()',
  ],
  bad: [
    {
      title: 'A path begins with a slash; nothing follows after the end',
      files: `
        server {
            listen 80;
            location ~ ^api/ {
                       ^^^^^ no path matches: each begins with /
                return 403;
            }
            location / {
                rewrite \\.php$x /index.html last;
                        ^^^^^^^ no text matches: something has to follow after its end or stand before its beginning
                root /srv;
            }
        }
      `,
    },
    {
      title: 'A pattern takes no variables',
      files: `
        server {
            listen 80;
            set $office 10.0.0.1;
            if ($remote_addr !~ $office) {
                                ^^^^^^^ no text matches: in a pattern $office is its end, and then the letters office
                return 403;
            }
            location ~ ^/\${realm}/x {
                       ^^^^^^^^^^^^ no text matches: in a pattern \${realm} is its end, and then the letters {realm}
                return 404;
            }
        }
      `,
    },
    {
      title: 'In a map',
      files: `
        events {}
        http {
            map \${uri} $isApi {
                ~^/api 1;
                ~^v1/api 1;
                ^^^^^^^^ no path matches: each begins with /
            }
            map $host $site {
                ~^www\\.example\\.com$/ www;
                ^^^^^^^^^^^^^^^^^^^^^ no text matches: something has to follow after its end or stand before its beginning
                ~^(www|)\\.example\\.com$ www;
            }
            server {
                listen 80;
                return 200 $isApi$site;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'One of several ways is open',
      files: `
        server {
            listen 80;
            server_name ~^www\\.(?<domain>.+)$;
            location ~ ^/api/|^v1 {
                return 204;
            }
            location ~ (^|/)\\.git(/|$) {
                return 403;
            }
            location ~ [^/]+\\.php$ {
                return 204;
            }
            location ~ ^(?!/plesk-stat).* {
                return 204;
            }
            if ($host ~ ^www\\.) {
                return 301 https://example.com$request_uri;
            }
        }
      `,
    },
  ],
  *check(model) {
    let losesSlash: boolean | undefined;
    for (const use of model.patterns) {
      const { text, variable = '' } = use;
      const isPath = paths.has(variable);
      if (origins.has(variable) || !isSuspicious(text, isPath)) continue;
      const pattern = patternIn(use);
      if (!pattern || !matchesNothing(pattern, isPath)) continue;
      const isAnyway = matchesNothing(pattern, false);
      if (!isAnyway) {
        losesSlash ??= mayLoseSlash(model);
        if (losesSlash) continue;
      }
      const message = isAnyway ? unmatched(text) : 'no path matches: each begins with /';
      for (const place of use.places) yield { at: patternSpan(place), message };
    }
  },
});
