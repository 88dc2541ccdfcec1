import { headSpan, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  around,
  conditionOf,
  isTotal,
  type NginxModel,
  type Statement,
} from '../../src/model/nginx/index.ts';

/** Directives that cannot do with an empty value, or not with an empty host. */
const targets = [
  'proxy_pass',
  'grpc_pass',
  'fastcgi_pass',
  'uwsgi_pass',
  'scgi_pass',
  'root',
  'alias',
  'ssl_certificate',
  'ssl_certificate_key',
];

/** The variable that is the whole of a value, or its host. */
const hostVariable = /^(?:[a-z]+:\/\/)?\$(?:\{(\w+)\}|(\w+))(?=$|[/:?])/i;

/** Whether requests with an empty variable are turned away before. */
const isGuarded = (statement: Statement, name: string, { named }: NginxModel): boolean =>
  named('if').some((each) => {
    const server = around(statement, 'server');
    const condition = conditionOf(each.directive);
    if (!condition || condition.variable !== name || around(each, 'server') !== server) return false;
    return each.body.some(
      (inner) => inner.name === 'return' || inner.name === 'rewrite' || inner.name === 'set',
    );
  });

export default rule({
  scope: 'nginx',
  id: 'map-without-default-in-target',
  severity: 'warning',
  summary: 'A map without default chooses where requests go, and gives nothing for what it does not list',
  why: `
A variable of \`map\` or \`geo\` is empty where no line matches and none is \`default\`. As the host of \`proxy_pass\` that is a 500 with
\`invalid URL prefix in "http://"\`, as \`root\` it is another folder, as \`ssl_certificate\` a handshake that fails.

Write a \`default\`, if only one that leads to a refusal.
`,
  sources: ['nginx documentation: ngx_http_map_module (map)', 'nginx: ngx_http_proxy_eval()'],
  bad: [
    {
      title: 'Backends by name',
      files: `
        map $host $backend {
                  ^^^^^^^^ $backend is empty where no line matches, and is all of the target of proxy_pass
            shop.example.com 10.0.0.11;
            blog.example.com 10.0.0.12;
        }
        server {
            listen 80;
            location / {
                proxy_pass http://$backend;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A default, a pattern for all, a value that may be empty, a guard',
      files: `
        map $host $a {
            default 10.0.0.11;
            b.example.com 10.0.0.12;
        }
        map $host $b {
            b.example.com 10.0.0.12;
            ~.* 10.0.0.11;
        }
        map $host $c {
            b.example.com 1;
        }
        map $host $d {
            b.example.com 10.0.0.12;
        }
        map $http_user_agent $is_mobile {
            default 0;
            ~Mobile 1;
        }
        map $is_mobile $e {
            0 10.0.0.13;
            1 10.0.0.14;
        }
        server {
            listen 80;
            location / {
                proxy_set_header X-C $c;
                proxy_pass http://$a;
            }
            location /b {
                proxy_pass http://$b;
            }
            location /e {
                proxy_pass http://$e;
            }
        }
        server {
            listen 81;
            if ($d = "") {
                return 404;
            }
            location / {
                proxy_pass http://$d;
            }
        }
      `,
    },
  ],
  *check(model) {
    const uses = new Map<string, Statement>();
    for (const name of targets) {
      for (const statement of model.where(name, ([target]) => hostVariable.test(target?.text ?? ''))) {
        const [, braced, bare] = hostVariable.exec(statement.directive.args[0]!.text)!;
        const variable = (braced ?? bare)?.toLowerCase();
        if (variable !== undefined && !uses.has(variable) && !isGuarded(statement, variable, model))
          uses.set(variable, statement);
      }
    }
    if (uses.size === 0) return;
    for (const kind of ['map', 'geo']) {
      for (const statement of model.named(kind)) {
        const { directive } = statement;
        const word = directive.args.at(-1);
        const name = word?.text.replace(/^\$/, '').toLowerCase() ?? '';
        const use = uses.get(name);
        if (!word || !use || statement.context.startsWith('stream') !== use.context.startsWith('stream'))
          continue;
        const lines = [...model.entries(statement)];
        if (lines.length === 0 || isTotal(statement, lines, model.valuesOf)) continue;
        yield {
          at: wordSpan(directive, word),
          message: `${word.text} is empty where no line matches, and is all of the target of ${use.name}`,
          related: [{ at: headSpan(use.directive), note: 'fails then' }],
          help: 'add a line that begins with default',
        };
      }
    }
  },
});
