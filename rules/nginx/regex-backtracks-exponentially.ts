import { rule } from '../../src/lint/rule.ts';
import { explosionOf, patternIn, patternSpan } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'regex-backtracks-exponentially',
  severity: 'warning',
  risk: 5.3,
  summary: 'A regular expression takes exponentially long on some requests',
  why: `
A repetition within a repetition, such as \`(a+)+$\`, splits a text in as many ways as it has subsets, and PCRE tries them all before it
says no. A path of two dozen letters costs a worker a tenth of a second, in which it does nothing else, and ends in a 500:
\`pcre2_match() failed: -47\`, PCRE's limit. A client that sends many of them stops the node.

Take one of the repetitions away, or make the inner one possessive: \`(a++)+\`.
`,
  sources: ['PCRE2: pcre2pattern(3), pcre2api(3) (match limit)', 'CWE-1333'],
  bad: [
    {
      title: 'In a map, where capitals and small letters count as one',
      files: `
        events {}
        http {
            map \${http_user_agent} $isBot {
                default 0;
                ~*^(a|A)+$ 1;
                ^^^^^^^^^^ this pattern takes exponentially long on a text such as aaaaaa…!
            }
            server {
                listen 80;
                return 200 $isBot;
            }
        }
      `,
    },
    {
      title: 'A repetition within a repetition, and two ways that overlap',
      files: `
        server {
            listen 80;
            location ~ ^/(a+)+$ {
                       ^^^^^^^^ this pattern takes exponentially long on a text such as /aaaaaa…!
                return 204;
            }
            location ~ ^/files/(a*)+/all$ {
                       ^^^^^^^^^^^^^^^^^^ this pattern takes exponentially long on a text such as /files/aaa…!
                return 204;
            }
            valid_referers ~^(\\w+)+\\.example\\.com$;
                           ^^^^^^^^^^^^^^^^^^^^^^^ this pattern takes exponentially long on a text such as xxxxxx…!
            if ($http_user_agent ~ "^(\\w|bot)+$") {
                                   ^^^^^^^^^^^^^ this pattern takes exponentially long on a text such as xxbotxbotx…!
                return 403;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'One way for each text, or nothing that can fail behind it',
      files: `
        server {
            listen 80;
            location ~ ^/(a++)+$ {
                return 204;
            }
            location ~ ^/(a|A)+$ {
                return 204;
            }
            location ~ ^/(?:[a-z]+/)+$ {
                return 204;
            }
            location ~ ^/(\\w+-)*\\w+\\.html$ {
                return 204;
            }
            location ~ ^/(a+)+ {
                return 204;
            }
            location ~ "^/([a-z]{1,3}){1,4}$" {
                return 204;
            }
            location ~ ^/(.*)/(.*)\\.php$ {
                return 204;
            }
            if ($remote_addr ~ "^(\\d+)+$") {
                return 403;
            }
            proxy_redirect ~^(\\w+)+$ /;
        }
      `,
    },
  ],
  *check({ patterns }) {
    for (const use of patterns) {
      if (!use.isOfClient || !use.text.includes(')')) continue;
      const pattern = patternIn(use);
      const found = pattern && explosionOf(pattern);
      if (!found) continue;
      const { start, pump, end } = found;
      for (const place of use.places) {
        yield {
          at: patternSpan(place),
          message: `this pattern takes exponentially long on a text such as ${start}${pump.repeat(2)}…${end}`,
          help: 'take one repetition away, or make the inner one possessive: (a++)+',
        };
      }
    }
  },
});
