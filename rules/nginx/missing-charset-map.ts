import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import type { NginxModel, Statement } from '../../src/model/nginx/index.ts';

/** Levels at which nginx looks at both settings together: it never serves from http itself. */
function* levels({ named, servers }: NginxModel): Generator<Statement> {
  const found = new Set<Statement>();
  for (const name of ['charset', 'source_charset']) {
    for (const { parent } of named(name)) {
      if (parent && parent.name !== 'http') found.add(parent);
      else for (const { statement, module } of servers) if (module === 'http') found.add(statement);
    }
  }
  yield* found;
}

const setting = (model: NginxModel, level: Statement, name: string) => {
  const statement = model.inForce(level, name).at(-1);
  const text = statement?.directive.args[0]?.text ?? 'off';
  return statement && text !== 'off' && !text.includes('$') ? { statement, text } : undefined;
};

export default rule({
  scope: 'nginx',
  id: 'missing-charset-map',
  severity: 'error',
  summary: 'Text is to be recoded, and there is no table for it',
  absence: true,
  why: `
nginx refuses the file: \`no "charset_map" between the charsets "koi8-r" and "utf-8"\`, without a line. With \`source_charset\` and
another \`charset\` it recodes answers, and takes the table from a \`charset_map\` of the two, in either direction. Packages bring
\`koi-utf\`, \`koi-win\` and \`win-utf\` to include. Without \`source_charset\`, \`charset\` only names the character set in the header.
`,
  sources: ['nginx: ngx_http_charset_merge_loc_conf(), ngx_http_charset_postconfiguration()'],
  bad: [
    {
      title: 'No table, and the table of another pair',
      files: `
        events {}
        http {
            charset_map koi8-r utf-8 {
                C0 D18E;
            }
            source_charset koi8-r;
            server {
                listen 80;
                charset utf-8;
                location /old/ {
                    charset windows-1251;
                    ^^^^^^^^^^^^^^^^^^^^ no charset_map recodes koi8-r to windows-1251
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A table of the other direction, equal sets, off, and a name for the header only',
      files: `
        events {}
        http {
            charset_map koi8-r utf-8 {
                C0 D18E;
            }
            server {
                listen 80;
                server_name a.example.com;
                charset KOI8-R;
                source_charset utf-8;
                location /same/ {
                    charset utf-8;
                }
                location /raw/ {
                    source_charset off;
                    charset windows-1251;
                }
            }
            server {
                listen 80;
                server_name b.example.com;
                charset windows-1251;
            }
        }
      `,
    },
  ],
  *check(model) {
    const keyOf = (...names: readonly string[]): string =>
      names
        .map((each) => each.toLowerCase())
        .sort()
        .join(' ');
    const tables = new Set(
      model.named('charset_map').map(({ directive }) => keyOf(...directive.args.map(({ text }) => text))),
    );
    const said = new Set<Statement>();
    for (const level of levels(model)) {
      const [to, from] = [setting(model, level, 'charset'), setting(model, level, 'source_charset')];
      if (!to || !from || to.text.toLowerCase() === from.text.toLowerCase()) continue;
      if (tables.has(keyOf(to.text, from.text))) continue;
      const { statement } = from.statement.parent === level ? from : to;
      if (said.has(statement)) continue;
      said.add(statement);
      const other = statement === to.statement ? from.statement : to.statement;
      yield {
        at: headSpan(statement.directive),
        message: `no charset_map recodes ${from.text} to ${to.text}`,
        related: [{ at: headSpan(other.directive), note: 'the other half' }],
        help: 'nginx does not start; write the charset_map, or leave source_charset out',
      };
    }
  },
});
