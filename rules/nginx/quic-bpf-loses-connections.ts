import { headSpan, wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

export default rule({
  scope: 'nginx',
  id: 'quic-bpf-loses-connections',
  severity: 'warning',
  summary: 'quic_bpf loses connections after a reload with several workers',
  why: `
With \`quic_bpf on;\` a program in the kernel leads each packet of a QUIC connection to the worker that has it, by the sockets of
\`reuseport\`. After a reload the new workers have other sockets than the old ones, and packets of connections that began before it are
dropped: clients see HTTP/3 hang until they give it up.

Leave it off, or run one worker.
`,
  sources: [
    'nginx issue 425 (quic_bpf and reload)',
    'nginx documentation: ngx_http_v3_module, Core functionality (quic_bpf)',
  ],
  bad: [
    {
      title: 'Several workers',
      files: `
        worker_processes auto;
        quic_bpf on;
        ^^^^^^^^^^^ connections over QUIC are lost after a reload
        events {}
        http {
            server {
                listen 443 quic reuseport;
                listen 443 ssl;
                ssl_certificate /etc/ssl/shop.pem;
                ssl_certificate_key /etc/ssl/shop.key;
            }
        }
      `,
      fixed: `
        worker_processes auto;
        quic_bpf off;
        events {}
        http {
            server {
                listen 443 quic reuseport;
                listen 443 ssl;
                ssl_certificate /etc/ssl/shop.pem;
                ssl_certificate_key /etc/ssl/shop.key;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'One worker',
      files: `
        worker_processes 1;
        quic_bpf on;
        events {}
        http {
            server {
                listen 443 quic reuseport;
                listen 443 ssl;
                ssl_certificate /etc/ssl/shop.pem;
                ssl_certificate_key /etc/ssl/shop.key;
            }
        }
      `,
    },
    {
      title: 'Off',
      files: `
        worker_processes auto;
        quic_bpf off;
        events {}
        http {
            server {
                listen 443 quic reuseport;
                listen 443 ssl;
                ssl_certificate /etc/ssl/shop.pem;
                ssl_certificate_key /etc/ssl/shop.key;
            }
        }
      `,
    },
  ],
  *check({ named, servers }) {
    const [statement] = named('quic_bpf');
    const workers = named('worker_processes')[0]?.directive.args[0];
    if (!statement || !workers || workers.text === '1') return;
    const word = statement.directive.args[0];
    if (word?.text.toLowerCase() !== 'on') return;
    const listen = servers
      .flatMap(({ listens }) => listens)
      .find(({ parameters }) => {
        const words = parameters.map(({ value }) => value);
        return words.includes('quic') && words.includes('reuseport');
      });
    if (!listen) return;
    yield {
      at: headSpan(statement.directive),
      message: 'connections over QUIC are lost after a reload',
      related: [
        { at: headSpan(listen.statement.directive), note: 'each worker has a socket of its own here' },
      ],
      fix: {
        title: 'switch it off',
        safe: false,
        edits: [{ ...wordSpan(statement.directive, word), text: 'off' }],
      },
    };
  },
});
