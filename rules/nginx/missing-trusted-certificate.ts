import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  checksClientsByTrusted,
  isTls,
  type NginxModel,
  type Statement,
  tlsClients,
} from '../../src/model/nginx/index.ts';

const isAny = (model: NginxModel, level: Statement, name: string): boolean =>
  model.inForce(level, name).some(({ directive }) => directive.args[0]?.text !== '');

/** Statements that ask for a check, and the directive that would say against what. */
function* unfounded(model: NginxModel): Generator<{ verify: Statement; lacks: string }> {
  for (const { level, family } of tlsClients(model.passes, model.inForce)) {
    const [verify] = model.inForce(level, `${family}_ssl_verify`);
    const lacks = `${family}_ssl_trusted_certificate`;
    if (verify?.directive.args[0]?.text.toLowerCase() === 'on' && !isAny(model, level, lacks)) {
      yield { verify, lacks };
    }
  }
  for (const { statement, module, listens } of model.servers) {
    const [verify] = model.inForce(statement, 'ssl_verify_client');
    if (!verify || !/^(?:on|optional)$/.test(verify.directive.args[0]?.text ?? '')) continue;
    // Without a certificate of its own a server is not made ready for TLS, and this is not looked at.
    if (!isAny(model, statement, 'ssl_certificate') || (module !== 'http' && !listens.some(isTls))) continue;
    if (isAny(model, statement, 'ssl_client_certificate')) continue;
    if (checksClientsByTrusted(model.version) !== false && isAny(model, statement, 'ssl_trusted_certificate'))
      continue;
    yield { verify, lacks: 'ssl_client_certificate' };
  }
}

export default rule({
  scope: 'nginx',
  id: 'missing-trusted-certificate',
  severity: 'error',
  summary: 'Certificates are to be checked, and nothing says whose word counts',
  absence: true,
  why: `
nginx refuses the file: \`no ssl_client_certificate for ssl_verify_client\`, \`no proxy_ssl_trusted_certificate for proxy_ssl_verify\`,
without a line. nginx uses no authorities of the system by itself. For clients \`ssl_trusted_certificate\` suffices from 1.27.2 on.
`,
  sources: ['nginx: ngx_http_ssl_merge_srv_conf(), ngx_http_proxy_set_ssl(), ngx_stream_proxy_set_ssl()'],
  bad: [
    {
      title: 'Clients and a backend',
      files: `
        events {}
        http {
            server {
                listen 443 ssl;
                server_name shop.example.com;
                ssl_certificate /etc/ssl/shop.pem;
                ssl_certificate_key /etc/ssl/shop.key;
                ssl_verify_client on;
                ^^^^^^^^^^^^^^^^^^^^ ssl_verify_client has no ssl_client_certificate to go by
                location / {
                    proxy_set_header Host $host;
                    proxy_ssl_verify on;
                    ^^^^^^^^^^^^^^^^^^^ proxy_ssl_verify has no proxy_ssl_trusted_certificate to go by
                    proxy_pass https://10.0.0.11;
                }
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'Authorities further out, no TLS to the backend, and any certificate will do',
      files: `
        events {}
        http {
            proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
            proxy_ssl_verify on;
            server {
                listen 443 ssl;
                server_name shop.example.com;
                ssl_certificate /etc/ssl/shop.pem;
                ssl_certificate_key /etc/ssl/shop.key;
                ssl_client_certificate /etc/ssl/staff.pem;
                ssl_verify_client on;
                location / {
                    proxy_set_header Host $host;
                    proxy_pass https://10.0.0.11;
                }
                location /plain/ {
                    proxy_set_header Host $host;
                    proxy_pass http://10.0.0.11;
                }
                location /rpc/ {
                    grpc_ssl_verify on;
                    grpc_pass grpc://10.0.0.11:50051;
                }
            }
        }
      `,
    },
  ],
  *check(model) {
    const said = new Set<Statement>();
    for (const { verify, lacks } of unfounded(model)) {
      if (said.has(verify)) continue;
      said.add(verify);
      yield {
        at: headSpan(verify.directive),
        message: `${verify.name} has no ${lacks} to go by`,
        help: `nginx does not start; ${lacks} names a file with the certificates of the authorities`,
      };
    }
  },
});
