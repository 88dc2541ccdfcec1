import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'client-certificate-not-checked',
  severity: 'error',
  summary: 'Clients may come without a certificate, or with any, and nothing asks whether it was good',
  absence: true,
  why: `
With \`ssl_verify_client optional\` clients without a certificate come in, and with \`optional_no_ca\` those with a made-up one, too. The
verdict is in \`$ssl_client_verify\`; where nothing reads it, the certificate protects nothing.

\`ssl_verify_client on\`, or \`if ($ssl_client_verify != SUCCESS) { return 403; }\` where it matters, or hand the verdict to the backend.
`,
  sources: ['nginx documentation: ngx_http_ssl_module (ssl_verify_client, $ssl_client_verify)'],
  bad: [
    {
      title: 'Nobody reads the verdict',
      files: `
        events {
        }
        http {
            server {
                listen 80;
                ssl_verify_client optional;
                ^^^^^^^^^^^^^^^^^^^^^^^^^^ optional lets in who has no good certificate, and nothing reads $ssl_client_verify
                ssl_client_certificate /etc/nginx/ca.pem;
                location / {
                    proxy_pass http://10.0.0.11;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Asked here, or by the backend',
      files: `
        events {
        }
        http {
            server {
                listen 80;
                ssl_verify_client optional;
                ssl_client_certificate /etc/nginx/ca.pem;
                location / {
                    if ($ssl_client_verify != SUCCESS) {
                        return 403;
                    }
                    proxy_pass http://10.0.0.11;
                }
            }
            server {
                listen 81;
                ssl_verify_client on;
                ssl_client_certificate /etc/nginx/ca.pem;
            }
        }
      `,
    },
  ],
  *check(model) {
    const lax = model
      .named('ssl_verify_client')
      .filter(
        ({ directive, context }) =>
          /^optional/.test(directive.args[0]?.text ?? '') && !/^(?:stream|mail)/.test(context),
      );
    if (lax.length === 0 || !model.isMain || model.hasForeignModules) return;
    if (model.variableUses(({ name }) => /^ssl_client_/i.test(name)).length > 0) return;
    for (const { directive } of lax) {
      yield {
        at: headSpan(directive),
        message: `${directive.args[0]!.text} lets in who has no good certificate, and nothing reads $ssl_client_verify`,
        help: 'require it with on, or ask $ssl_client_verify where it matters',
      };
    }
  },
});
