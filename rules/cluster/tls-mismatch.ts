import { rule } from '../../src/lint/rule.ts';
import { driftIn, driftWords } from '../../src/model/drift.ts';

export default rule({
  scope: 'cluster',
  id: 'tls-mismatch',
  severity: 'warning',
  summary: 'The nodes speak TLS with different certificates or settings',
  why: `
Clients meet the settings of whichever node holds the address. Another certificate path often means that a renewal reached one node
only; other protocols or ciphers shut some clients out after a failover, and nobody connects that with the failover.

Compared is what \`ssl_\` directives say, at the level of http and of each server. \`allow-differences\` in lbcheck.yaml names directives and objects in which the nodes may differ.
`,
  sources: ['nginx: ngx_http_ssl_module'],
  bad: [
    {
      title: 'TLS 1.3 on one node only',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb1/nginx.conf': `
          events {}
          http {
              server {
                  listen 443 ssl;
                  server_name www.example.com;
                  ssl_certificate /etc/nginx/tls/www.pem;
                  ssl_certificate_key /etc/nginx/tls/www.key;
                  ssl_protocols TLSv1.2 TLSv1.3;
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server {
                  listen 443 ssl;
                  server_name www.example.com;
                  ssl_certificate /etc/nginx/tls/www.pem;
                  ssl_certificate_key /etc/nginx/tls/www.key;
                  ssl_protocols TLSv1.2;
                  ^^^^^^^^^^^^^^^^^^^^^ ssl_protocols of server www.example.com is TLSv1.2 on lb2 but TLSv1.2 TLSv1.3 on lb1
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Another order, another spelling of a time, a path with the name of the node',
      files: {
        'lb1/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 150
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb2/keepalived.conf': `
          vrrp_track_process nginx { process nginx }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              priority 100
              track_process { nginx }
              virtual_ipaddress { 10.0.0.100/24 }
          }
        `,
        'lb1/nginx.conf': `
          events {}
          http {
              ssl_session_timeout 10m;
              server {
                  listen 443 ssl;
                  server_name www.example.com;
                  ssl_certificate /etc/letsencrypt/live/lb1.example.com/fullchain.pem;
                  ssl_certificate_key /etc/letsencrypt/live/lb1.example.com/privkey.pem;
                  ssl_protocols TLSv1.2 TLSv1.3;
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              ssl_session_timeout 600;
              server {
                  listen 443 ssl;
                  server_name www.example.com;
                  ssl_protocols TLSv1.3 TLSv1.2;
                  ssl_certificate_key /etc/letsencrypt/live/lb2.example.com/privkey.pem;
                  ssl_certificate /etc/letsencrypt/live/lb2.example.com/fullchain.pem;
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const drift of driftIn(cluster, 'tls')) {
      yield {
        at: drift.at,
        ...driftWords(drift),
        help: 'clients meet the other settings after a failover; write the same on all nodes',
      };
    }
  },
});
