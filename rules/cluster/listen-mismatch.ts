import { rule } from '../../src/lint/rule.ts';
import { driftIn, driftWords } from '../../src/model/drift.ts';

export default rule({
  scope: 'cluster',
  id: 'listen-mismatch',
  severity: 'warning',
  summary: 'The nodes listen on different sockets for one server',
  why: `
After a failover the address is there, but nothing answers on the port that only the other node listens on; or it answers without TLS, or as
another server. A port that was changed on one node and a \`default_server\` that is missing are the usual finds.

The virtual addresses, ports and the words \`ssl\`, \`http2\`, \`quic\`, \`proxy_protocol\` are compared, and which server is the default. An
address of the node itself and options that tune the socket are free. \`allow-differences\` in lbcheck.yaml names directives and objects in which the nodes may differ.
`,
  sources: ['nginx: ngx_http_core_module, listen'],
  bad: [
    {
      title: 'Another port',
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
                  listen 8080;
                  server_name www.example.com;
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server {
                  listen 8081;
                         ^^^^ listen of server www.example.com is 8081 on lb2 but 8080 on lb1
                  server_name www.example.com;
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'The address of the node, another spelling, and options of the socket',
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
                  listen 10.0.0.1:8080;
                  listen 80 backlog=1024;
                  server_name www.example.com;
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server {
                  listen *:80;
                  listen 10.0.0.2:8080;
                  server_name www.example.com;
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const drift of driftIn(cluster, 'listen')) {
      yield {
        at: drift.at,
        ...driftWords(drift),
        help: 'clients find another socket after a failover; write the same on all nodes',
      };
    }
  },
});
