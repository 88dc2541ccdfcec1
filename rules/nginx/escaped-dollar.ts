import type { Source, Span } from '../../grammar/text.ts';
import { rule } from '../../src/lint/rule.ts';
import { type NginxModel, type PatternUse, patternSpan } from '../../src/model/nginx/index.ts';

/** What no path and no host ends in. */
const isOfPathOrHost = ({ directive, variable = '' }: PatternUse): boolean =>
  directive === 'server_name' || /^(?:uri|document_uri|host)$/.test(variable);

/** The names of variables and groups that a backslash stands before, and the ends of patterns that lost their meaning by one. */
function* dollars(model: NginxModel): Generator<Span> {
  for (const { at } of model.variableUses(({ text, start }) => text[start - 1] === '\\')) yield at;
  for (const { at } of model.groupUses()) yield at;
  for (const use of model.patterns) {
    // Behind a slash, the dollar sign is a whole part of the path.
    if (!/[\w)]\\\$$/.test(use.text) || !isOfPathOrHost(use)) continue;
    for (const place of use.places) {
      const { source, start, end } = patternSpan(place);
      const dollar = source.text.lastIndexOf('$', end - 1);
      if (dollar > start) yield { source, start: dollar, end: dollar + 1 };
    }
  }
}

export default rule({
  scope: 'nginx',
  id: 'escaped-dollar',
  severity: 'warning',
  summary: 'A backslash stands before a variable',
  why: `
nginx knows no way to write a dollar sign: the variable is replaced all the same, and the backslash stays in front of its value. The
backend gets \`Host: \\www.example.com\`, the log has \`\\10.0.0.7\`. It comes from a shell: in \`cat <<EOF\` the dollar signs must be
protected, in \`cat <<'EOF'\` they must not. At the end of a pattern it is worse: \`location ~ \\.sql\\$\` is for paths that end in a dollar sign.
`,
  sources: ['nginx: ngx_conf_read_token(), ngx_http_script_compile()'],
  bad: [
    {
      title: "From a script with <<'EOF'",
      files: `
        server {
            listen 80;
            location / {
                proxy_set_header Host \\$host;
                                      ^^ a backslash before $host stays in its value
                proxy_set_header X-Real-IP \\$remote_addr;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location / {
                proxy_set_header Host $host;
                proxy_set_header X-Real-IP $remote_addr;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
    {
      title: 'The end of a pattern, and a group',
      files: `
        server {
            listen 80;
            location ~ \\.(?:sql|sh)\\$ {
                                   ^^ a backslash makes a letter of this $, which is to be the end
                return 404;
            }
            location /static/ {
                root /srv/static;
                rewrite ^/static(/.*)$ \\$1 break;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location ~ \\.(?:sql|sh)$ {
                return 404;
            }
            location /static/ {
                root /srv/static;
                rewrite ^/static(/.*)$ $1 break;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'In a regular expression it is a dollar sign',
      files: `
        map $args $is_price {
            default 0;
            ~\\$price 1;
        }
        server {
            listen 80;
            if ($args ~ "\\$host") {
                return 403;
            }
            location ~ \\$uri$ {
                return 404;
            }
            rewrite \\$host /x break;
        }
      `,
    },
  ],
  *check(model) {
    const found = new Map<Source, Span[]>();
    for (const at of dollars(model)) {
      const { source, start } = at;
      if (source.text[start - 1] !== '\\' || source.text[start - 2] === '\\') continue;
      const list = found.get(source) ?? [];
      found.set(source, list);
      list.push({ source, start: start - 1, end: at.end });
    }
    for (const [source, spans] of found) {
      spans.sort((a, b) => a.start - b.start);
      const [first, ...rest] = spans as [Span, ...Span[]];
      const name = source.text.slice(first.start + 1, first.end);
      yield {
        at: { source, start: first.start, end: first.start + 2 },
        message:
          name === '$'
            ? 'a backslash makes a letter of this $, which is to be the end'
            : `a backslash before ${name} stays in its value`,
        ...(rest.length > 0 ? { label: `and before ${rest.length} more in this file` } : {}),
        fix: {
          title: 'take the backslashes away',
          safe: true,
          edits: spans.map(({ start }) => ({ source, start, end: start + 1, text: '' })),
        },
      };
    }
  },
});
