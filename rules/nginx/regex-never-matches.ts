import type { Span } from '../../grammar/text.ts';
import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  conditionOf,
  locationOf,
  matchesNothing,
  type NginxModel,
  patternOf,
} from '../../src/model/nginx/index.ts';

interface Use {
  readonly at: Span;
  readonly text: string;
  readonly ignoreCase: boolean;
  readonly isPath: boolean;
}

/** Only these can leave nothing to match, and most patterns have none of them. */
const isSuspicious = (text: string, isPath: boolean): boolean =>
  /\$[^$)|]|[^|([^\\]\^|\\[zZ]./.test(text.replace(/\[[^\]]*\]/g, '[]')) ||
  (isPath && /^\^?\(?[^/^(]/.test(text));

/** Whether a path may lose its slash on the way. */
const mayLoseSlash = ({ named }: NginxModel): boolean =>
  named('rewrite').some(
    ({ directive }) =>
      !/^(?:\/|https?:|\$(?:uri|request_uri|document_uri|scheme)\b)/.test(directive.args[1]?.text ?? '/'),
  );

/** The patterns whose subject is known. */
function* uses({ named }: NginxModel): Generator<Use> {
  for (const statement of named('location')) {
    const { modifier, path } = locationOf(statement);
    if (!modifier.startsWith('~') || path.value === undefined) continue;
    yield { at: path.at, text: path.value, ignoreCase: modifier === '~*', isPath: true };
  }
  for (const { directive } of named('rewrite')) {
    const word = directive.args[0];
    if (word) yield { at: wordSpan(directive, word), text: word.text, ignoreCase: false, isPath: true };
  }
  for (const { directive } of named('if')) {
    const condition = conditionOf(directive);
    if (!condition?.pattern || /^http_(?:origin|referer)$/.test(condition.variable)) continue;
    yield {
      at: wordSpan(directive, condition.value),
      text: condition.value.text,
      ignoreCase: condition.ignoreCase,
      isPath: /^(?:uri|document_uri|request_uri)$/.test(condition.variable),
    };
  }
  for (const { directive } of named('server_name')) {
    for (const word of directive.args) {
      if (!word.text.startsWith('~')) continue;
      yield { at: wordSpan(directive, word), text: word.text.slice(1), ignoreCase: true, isPath: false };
    }
  }
}

export default rule({
  scope: 'nginx',
  id: 'regex-never-matches',
  severity: 'warning',
  summary: 'A regular expression cannot match anything',
  why: `
Something has to follow after the end of the text, or to stand before its beginning; or the path of a request has to begin with another
character than \`/\`. The block, the condition or the rewrite is never used, and what it refuses or redirects goes through.
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
    for (const { at, text, ignoreCase, isPath } of uses(model)) {
      if (!isSuspicious(text, isPath)) continue;
      const pattern = patternOf(text, ignoreCase);
      if (!pattern || !matchesNothing(pattern, isPath)) continue;
      const isAnyway = matchesNothing(pattern, false);
      if (!isAnyway) {
        losesSlash ??= mayLoseSlash(model);
        if (losesSlash) continue;
      }
      yield {
        at,
        message: isAnyway
          ? 'no text matches: something has to follow after its end or stand before its beginning'
          : 'no path matches: each begins with /',
      };
    }
  },
});
