import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { chosenRedirect, injectionOf, redirectOf } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'open-redirect',
  severity: 'error',
  risk: 6.1,
  summary: 'A link to this server can send its visitor to any other host',
  why: `
A redirect that lets text of the client follow the host’s name lets the client complete that name. With
\`location ~ ^/old(.*)$ { return 301 https://www.example.com$1; }\` a link to \`/old.evil.example/\` leads to
\`https://www.example.com.evil.example/\`, and \`/old@evil.example\` to evil.example. Whoever is sent such a link sees a name that he
trusts; a login that takes its return address from \`$arg_next\` hands out its users.

Write a slash between the host and the variable, or have the group begin with one: \`^/old(/.*)?$\`. Of a whole address in an
argument, let a map take the ones that are yours.
`,
  sources: [
    'nginx: ngx_http_send_response(), ngx_http_header_filter(): only what begins with a slash gets the own host',
    'RFC 3986, section 3.2: the authority ends at a slash, a question mark or a number sign',
    'CWE-601',
  ],
  bad: [
    {
      title: 'Nothing between the host and what the client wrote',
      files: `
        server {
            listen 80;
            location ~ ^/a(.*)$ {
                return 301 https://www.example.com$1;
                           ^^^^^^^^^^^^^^^^^^^^^^^^^ a link can choose the host that this redirect leads to, by $uri
            }
            location /old {
                rewrite ^/old(.*)$ https://new.example.com$1 permanent;
                                   ^^^^^^^^^^^^^^^^^^^^^^^^^ a link can choose the host that this redirect leads to, by $uri
            }
        }
      `,
    },
    {
      title: 'The whole address',
      files: `
        server {
            listen 80;
            location /login {
                return 302 $arg_next;
                           ^^^^^^^^^ a link can choose the host that this redirect leads to, by $arg_next
            }
            location /go {
                if ($request_uri ~ ^/go/(.*)$) {
                    return 301 $1;
                               ^^ a link can choose the host that this redirect leads to, by $request_uri
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'A slash that is certain',
      files: `
        map $arg_next $next {
            default /;
            ~^/[a-z] $arg_next;
        }
        server {
            listen 80;
            server_name a.example.com;
            location ~ ^/a(/.*)?$ {
                return 301 https://www.example.com$1;
            }
            location ~ ^/b/(.*)$ {
                return 301 https://www.example.com/$1;
            }
            location ~ ^/c/(.*)$ {
                return 301 /$1;
            }
            location /d {
                return 301 https://www.example.com$request_uri;
            }
            location /e {
                return 302 $next;
            }
            location ~ ^/f/(de|en) {
                return 302 https://www.example.$1/;
            }
            location /all {
                rewrite (.*) https://www.example.com$1 permanent;
            }
            location /g {
                return 301 https://$host:8443$request_uri;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const name of ['return', 'rewrite']) {
      for (const statement of model.named(name)) {
        const choice = chosenRedirect(statement, model);
        const word = choice && redirectOf(statement);
        if (!word) continue;
        const at = wordSpan(statement.directive, word);
        if (injectionOf({ statement, text: { value: word.text, at }, kind: 'redirect' }, model)) continue;
        yield {
          at,
          message: `a link can choose the host that this redirect leads to, by $${choice.part.variable}`,
          related: choice.part.trail.slice(0, 4),
          help: `${choice.request} leads to another host; begin the client’s part with a slash`,
        };
      }
    }
  },
});
