import { rule } from '../../src/lint/rule.ts';
import { driftIn, driftWords } from '../../src/model/drift.ts';

export default rule({
  scope: 'cluster',
  id: 'upstream-mismatch',
  severity: 'warning',
  summary: 'The nodes hand requests on to different servers',
  why: `
The nodes are to do the same for whoever asks, one after the other. If their upstreams differ, the load falls on other servers after a
failover: one that was taken out of service months ago, or without one that was added last week. A \`down\` that was left from
maintenance on one node is the usual find.

Compared are servers, their parameters, the method and the other settings of an upstream. Order, and parameters that say the default,
are free. \`allow-differences\` in lbcheck.yaml names directives and objects in which the nodes may differ.
`,
  sources: ['nginx: ngx_http_upstream_module'],
  bad: [
    {
      title: 'A server that was added on one node',
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
              upstream app {
                  server 10.0.1.11:8080;
                  server 10.0.1.12:8080;
                  server 10.0.1.13:8080;
              }
              server {
                  listen 80;
                  location / { proxy_pass http://app; proxy_set_header Host $host; }
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              upstream app {
              ^^^^^^^^^^^^ server 10.0.1.13:8080 of upstream app is on lb1 but not on lb2
                  server 10.0.1.11:8080;
                  server 10.0.1.12:8080;
              }
              server {
                  listen 80;
                  location / { proxy_pass http://app; proxy_set_header Host $host; }
              }
          }
        `,
      },
    },
    {
      title: 'Two digits swapped',
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
              upstream app {
                  server 10.0.1.12:8080;
              }
              server {
                  listen 80;
                  location / { proxy_pass http://app; proxy_set_header Host $host; }
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              upstream app {
                  server 10.0.1.21:8080;
                         ^^^^^^^^^^^^^^ server of upstream app is 10.0.1.21:8080 on lb2 but 10.0.1.12:8080 on lb1
              }
              server {
                  listen 80;
                  location / { proxy_pass http://app; proxy_set_header Host $host; }
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'Another order, and defaults that are written',
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
              upstream app {
                  least_conn;
                  server 10.0.1.11:8080 max_fails=3 weight=2;
                  server 10.0.1.12:8080;
              }
              server {
                  listen 80;
                  location / { proxy_pass http://app; proxy_set_header Host $host; }
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              upstream app {
                  server 10.0.1.12:8080 weight=1 fail_timeout=10s;
                  server 10.0.1.11:8080 weight=2 max_fails=3;
                  least_conn;
              }
              server {
                  listen 80;
                  location / { proxy_pass http://app; proxy_set_header Host $host; }
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const drift of driftIn(cluster, 'upstream')) {
      yield {
        at: drift.at,
        ...driftWords(drift),
        help: 'requests go elsewhere after a failover; write the same servers on all nodes',
      };
    }
  },
});
