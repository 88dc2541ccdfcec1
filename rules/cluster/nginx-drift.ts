import { rule } from '../../src/lint/rule.ts';
import { driftIn, driftWords } from '../../src/model/drift.ts';

export default rule({
  scope: 'cluster',
  id: 'nginx-drift',
  severity: 'warning',
  summary: 'The nginx configurations of the nodes mean different things',
  why: `
It works until the failover: then a location is missing, a limit is another, a header is gone, and it looks like a fault of the
application. Usually somebody changed one node by hand.

The trees are compared by object: main, http, servers by sockets and names, locations by their path, maps and zones by their names; one
finding for each. Order counts only where nginx goes by it: rewrite directives, \`allow\` and \`deny\`, regular expressions. Units, letter case,
what is inherited and what is the default are understood. Names and addresses of the nodes, logs, workers, paths of temporary
files and the like are free. \`allow-differences\` in lbcheck.yaml names directives and objects in which the nodes may differ.

Upstreams, sockets, names and TLS are the matter of rules of their own.
`,
  sources: ['nginx: Beginner’s Guide; ngx_http_core_module'],
  bad: [
    {
      title: 'A limit that was raised, and a location that was added',
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
              client_max_body_size 20m;
              server {
                  listen 80;
                  server_name www.example.com;
                  location / { return 200; }
                  location /status { stub_status; }
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              client_max_body_size 2m;
              ^^^^^^^^^^^^^^^^^^^^^^^ client_max_body_size of http is 2m on lb2 but 20m on lb1
              server {
              ^^^^^^ location /status of www.example.com is on lb1 but not on lb2
                  listen 80;
                  server_name www.example.com;
                  location / { return 200; }
              }
          }
        `,
      },
    },
  ],
  good: [
    {
      title: 'A difference that the operator allows',
      files: {
        'lbcheck.yaml': `
          clusters:
            edge:
              nodes: { lb1: [lb1], lb2: [lb2] }
              allow-differences: [client_max_body_size, /status]
        `,
        'lb1/nginx.conf': `
          events {}
          http {
              client_max_body_size 20m;
              server {
                  listen 80;
                  location /status { stub_status; allow 10.0.0.0/8; deny all; }
              }
          }
        `,
        'lb2/nginx.conf': `
          events {}
          http {
              server {
                  listen 80;
              }
          }
        `,
      },
    },
    {
      title: 'What belongs to the node, other spellings and another order',
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
          worker_processes 4;
          error_log /var/log/nginx/lb1.error.log;
          events { worker_connections 1024; }
          http {
              keepalive_timeout 60s;
              server_tokens off;
              gzip_types text/css application/json;
              add_header X-Served-By lb1;
              server {
                  listen 80;
                  server_name www.example.com;
                  client_max_body_size 1024k;
                  location /b { return 204; }
                  location /a { return 204; }
              }
          }
        `,
        'lb2/nginx.conf': `
          worker_processes auto;
          error_log /var/log/nginx/lb2.error.log warn;
          events { worker_connections 4096; }
          http {
              gzip_types application/json text/css;
              server_tokens off;
              keepalive_timeout 1m;
              add_header X-Served-By lb2;
              server {
                  server_name www.example.com;
                  listen 80;
                  location /a { return 204; }
                  location /b { return 204; }
              }
          }
        `,
      },
    },
  ],
  *check(cluster) {
    for (const drift of driftIn(cluster, 'other')) {
      yield {
        at: drift.at,
        ...driftWords(drift),
        help: 'the nodes do not do the same after a failover; make them alike, or list it in `allow-differences`',
      };
    }
  },
});
