import { builtinVariable } from '../../grammar/tables/variables.ts';
import { rule } from '../../src/lint/rule.ts';
import { argumentsFrom, moduleOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'log-format-unescaped',
  severity: 'info',
  risk: 3.7,
  summary: 'A log format writes text of clients without escaping it',
  why: `
With \`escape=none\` a line break in a decoded path, or a quote in a header, goes into the log as it is: a client writes lines of its own
into it, and programs that read the log believe them. With \`$uri\` in the
format \`GET /x%0a10.0.0.1%20-%20admin\` leaves a second line that seems to be somebody else's.

\`escape=json\` for logs in JSON; for others the default.
`,
  sources: ['nginx documentation: ngx_http_log_module (log_format)', 'CWE-117'],
  bad: [
    {
      title: 'JSON by hand',
      files: `
        log_format app escape=none '{"uri":"$uri","agent":"$http_user_agent"}';
                       ^^^^^^^^^^^ $uri goes into the log unescaped: a client can forge lines
      `,
    },
  ],
  good: [
    {
      title: 'Escaped, or nothing of a client’s',
      files: `
        log_format a escape=json '{"uri":"$uri"}';
        log_format b '"$uri"';
        log_format c escape=none '$time_iso8601 $status $bytes_sent';
      `,
    },
  ],
  *check({ named }) {
    for (const { directive, context } of named('log_format')) {
      const none = argumentsFrom(directive, 1).find(({ value }) => value === 'escape=none');
      const module = moduleOf(context);
      if (!none || module === 'mail') continue;
      const text = directive.args.slice(2).map((word) => word.text);
      const names = text.flatMap((each) => [...each.matchAll(/\$\{?(\w+)/g)].map((match) => match[1]!));
      const free = names.find((name) => {
        const carrier = builtinVariable(module, name)?.carrier;
        return carrier !== undefined && carrier !== 'no' && carrier !== 'certificate';
      });
      if (free === undefined) continue;
      yield {
        at: none.at,
        message: `$${free} goes into the log unescaped: a client can forge lines`,
        help: 'use escape=json, or the default',
      };
    }
  },
});
