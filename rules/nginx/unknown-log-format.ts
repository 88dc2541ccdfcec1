import { rule } from '../../src/lint/rule.ts';
import { argument, isGuessed, logFormats, moduleOf, type Statement } from '../../src/model/nginx/index.ts';
import { suggest } from '../../src/model/suggest.ts';

export default rule({
  scope: 'nginx',
  id: 'unknown-log-format',
  severity: 'error',
  summary: 'A log uses a format that is not defined before it',
  absence: true,
  why: `
nginx refuses the file: \`unknown log format "main"\`. Unlike most things a format must stand *before* its use, in the order in which
files are included. \`combined\` is always there in http; stream has none of its own.
`,
  sources: ['nginx: ngx_http_log_set_log(), ngx_stream_log_set_log()'],
  bad: [
    {
      title: 'Defined too late, and misspelt',
      files: `
        events {}
        http {
            access_log /var/log/nginx/access.log main;
                                                 ^^^^ the log format main is defined only after this line
            log_format main '$remote_addr "$request" $status';
            server {
                listen 80;
                access_log /var/log/nginx/shop.log mian;
                                                   ^^^^ no log format is called mian
                return 204;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Built in, or none needed',
      files: `
        events {}
        http {
            log_format main '$remote_addr "$request" $status';
            access_log /var/log/nginx/access.log main buffer=32k flush=5s;
            server {
                listen 80;
                access_log /var/log/nginx/shop.log combined;
                error_log /var/log/nginx/shop.error.log;
                access_log /var/log/nginx/more.log;
                location /status {
                    access_log off;
                    return 204;
                }
            }
        }
      `,
    },
  ],
  *check({ named, precedes, mayDefine }) {
    const formats = [...logFormats(named)];
    for (const log of named('access_log')) {
      const format = argument(log.directive, 1);
      const module = moduleOf(log.context);
      if (!format || !log.variant || log.variant.thirdParty || format.value.includes('=')) continue;
      if (argument(log.directive, 0)?.value === 'off') continue;
      if (module === 'http' && format.value === 'combined') continue;
      const known = formats.filter((each) => each.module === module);
      const same: Statement | undefined = known.find(({ name }) => name.value === format.value)?.statement;
      if (same ? precedes(same, log) : mayDefine('log_format', format.value)) continue;
      const near = same
        ? undefined
        : suggest(
            format.value,
            known.map(({ name }) => name.value),
          );
      yield {
        at: format.at,
        message: same
          ? `the log format ${format.value} is defined only after this line`
          : `no log format is called ${format.value}`,
        ...(same ? { related: [{ at: argument(same.directive, 0)!.at, note: 'too late' }] } : {}),
        ...(near
          ? {
              label: `did you mean ${near.word}?`,
              fix: {
                title: `replace it by ${near.word}`,
                safe: near.certain && ![log, ...known.map(({ statement }) => statement)].some(isGuessed),
                edits: [{ ...format.at, text: near.word }],
              },
            }
          : {}),
      };
    }
  },
});
