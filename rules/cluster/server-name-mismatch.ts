import { rule } from '../../src/lint/rule.ts';
import { driftIn, driftWords } from '../../src/model/drift.ts';

export default rule({
  scope: 'cluster',
  id: 'server-name-mismatch',
  severity: 'warning',
  summary: 'The nodes answer one server to different names',
  why: `
A request whose name no server has goes to the default server of the socket. If a name is missing or misspelt on one node, the site
works until the failover and is then another site, a certificate error or a 404. \`allow-differences\` in lbcheck.yaml names directives and objects in which the nodes may differ.
`,
  sources: ['nginx: Server names; How nginx processes a request'],
  bad: [
    {
      title: 'Two letters swapped',
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
                  listen 80;
                  server_name www.example.com example.com;
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  server_name www.example.com exmaple.com;
                                              ^^^^^^^^^^^ server_name of server www.example.com is exmaple.com on lb2 but example.com on lb1
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'The name of the node, another order',
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
                  listen 80;
                  server_name example.com lb1.example.com;
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
                  server_name LB2.example.com example.com;
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const drift of driftIn(cluster, 'server-name')) {
      yield {
        at: drift.at,
        ...driftWords(drift),
        help: 'the name is answered by another server after a failover; write the same names on all nodes',
      };
    }
  },
});
