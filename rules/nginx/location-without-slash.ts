import { rule } from '../../src/lint/rule.ts';
import { inserted, locationOf } from '../../src/model/nginx/index.ts';

/** Text that was meant as a regular expression. */
const looksLikePattern = (path: string): boolean => /^[\^*.\\(]|\$$/.test(path);

export default rule({
  scope: 'nginx',
  id: 'location-without-slash',
  severity: 'warning',
  summary: 'A location does not begin with a slash and so matches nothing',
  why: `
Every URI begins with \`/\`. nginx accepts \`location api {\` and never uses it: requests for \`/api\` get what \`location /\` gives, and a
\`deny\` in the block keeps nobody out.

Write the slash, \`location /api {\`, or the modifier where a regular expression was meant: \`location ~ \\.php$ {\`.
`,
  sources: [
    'nginx: ngx_http_core_find_static_location()',
    'nginx documentation: ngx_http_core_module (location)',
  ],
  bad: [
    {
      title: 'A slash and a modifier are missing',
      files: `
        server {
            listen 80;
            location api {
                     ^^^ location api matches nothing: every URI begins with /
                return 204;
            }
            location \\.php$ {
                     ^^^^^^ location \\.php$ matches nothing: every URI begins with /
                return 403;
            }
        }
      `,
    },
    {
      title: 'Behind a modifier, and in quotes',
      files: `
        server {
            listen 80;
            location =health {
                     ^^^^^^^ location health matches nothing: every URI begins with /
                return 204;
            }
            location "old pages" {
                     ^^^^^^^^^^^ location old pages matches nothing: every URI begins with /
                return 410;
            }
        }
      `,
      fixed: `
        server {
            listen 80;
            location =/health {
                return 204;
            }
            location "/old pages" {
                return 410;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Patterns, names, modifiers glued to the path',
      files: `
        server {
            listen 80;
            location ~ \\.php$ {
                return 403;
            }
            location ~*\\.css$ {
                return 403;
            }
            location =/x {
                return 204;
            }
            location ^~ /y {
                return 204;
            }
            location @app {
                return 204;
            }
        }
      `,
    },
  ],
  *check({ named }) {
    for (const statement of named('location')) {
      const { modifier, path } = locationOf(statement);
      const { value, at } = path;
      // Of more words nobody knows which is the path.
      if (statement.directive.args.length > 2) continue;
      if (value === undefined || !/^(?:=|\^~)?$/.test(modifier)) continue;
      // What begins otherwise may be meant as anything.
      if (!/^[\w^*.\\($]/.test(value)) continue;
      const isPattern = modifier === '' && looksLikePattern(value);
      const text = isPattern ? `~ ${value}` : `/${value}`;
      const { directive } = statement;
      const word = directive.args.at(-1)!;
      const edit = isPattern
        ? { ...at, end: at.start, text: '~ ' }
        : inserted(directive, word, word.text.length - value.length, '/');
      yield {
        at,
        message: `location ${value.length > 30 ? `${value.slice(0, 29)}…` : value} matches nothing: every URI begins with /`,
        label: `did you mean ${text}?`,
        fix: { title: `replace it by ${text}`, safe: false, edits: [edit] },
      };
    }
  },
});
