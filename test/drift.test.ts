/** What counts as a difference between the nginx configurations of two nodes, and what does not. */
import { expect, it } from 'vitest';
import { check, memory } from '../src/index.ts';

const keepalived = (priority: number): string => `
vrrp_track_process nginx { process nginx }
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    track_process { nginx }
    unicast_src_ip 10.0.0.${priority}
    unicast_peer { 10.0.0.${250 - priority} }
    virtual_ipaddress { 10.0.0.200/24 }
}
`;

const rules = new Set([
  ...['nginx-drift', 'upstream-mismatch', 'listen-mismatch', 'server-name-mismatch', 'tls-mismatch'],
]);

function drift(lb1: string, lb2: string): string[] {
  const files = {
    'lb1/keepalived.conf': keepalived(150),
    'lb2/keepalived.conf': keepalived(100),
    'lb1/nginx.conf': lb1,
    'lb2/nginx.conf': lb2,
  };
  const { diagnostics, internalErrors } = check(['.'], { fs: memory(files) });
  expect(internalErrors).toEqual([]);
  return diagnostics.filter(({ rule }) => rules.has(rule)).map(({ rule, message }) => `${rule}: ${message}`);
}

const http = (body: string): string => `events {}\nhttp {\n${body}\n}\n`;
const site = (body: string, more = ''): string =>
  http(`${more}\nserver { listen 80; server_name example.com; ${body} }`);

it.each([
  ['a comment, blanks and quotes', site('root /srv/www;'), site('# here\n root   "/srv/www" ;')],
  ['units', site('client_max_body_size 1m;'), site('client_max_body_size 1024k;')],
  ['a unit of time in words of its own', site('expires 24h;'), site('expires 1d;')],
  ['a default that is written', site('proxy_read_timeout 60s;'), site('')],
  ['a default that depends on the machine', site('proxy_buffers 8 8k;'), site('')],
  ['what holds from further out', site('gzip on;', 'gzip on;'), site('', 'gzip on;')],
  ['on and ON', site('gzip on;'), site('gzip ON;')],
  [
    'HTTP/2 by the parameter of a release and by the directive of the next',
    http('server { listen 80; listen 443 ssl http2; server_name a.example; }'),
    http('http2 on;\nserver { listen 80; listen 443 ssl; server_name a.example; }'),
  ],
  [
    'the case of a host and of an upstream',
    site('location / { proxy_pass http://App; }', 'upstream app { server Backend.example.net:80; }'),
    site('location / { proxy_pass HTTP://app; }', 'upstream App { server backend.example.net:80; }'),
  ],
  ['the order of headers', site('add_header A 1; add_header B 2;'), site('add_header B 2; add_header A 1;')],
  ['the order of prefixes', site('location /a {} location /b {}'), site('location /b {} location /a {}')],
  [
    'workers and logs',
    `worker_processes 2;${http('')}`,
    `worker_processes 8;${http('access_log /var/log/x.log;')}`,
  ],
  ['the address of the node', site('proxy_bind 10.0.0.150;'), site('proxy_bind 10.0.0.100;')],
  [
    'a socket on the address of the node',
    http('server { listen 10.0.0.150:81; }'),
    http('server { listen 10.0.0.100:81; }'),
  ],
  ['the name of the node', site('add_header X-Node lb1;'), site('add_header X-Node lb2;')],
  [
    'a header that names another host',
    site('add_header X-Served-By alpha;'),
    site('add_header X-Served-By beta;'),
  ],
  ['the lines of a map', http('map $uri $x { a 1; b 2; ~c 3; }'), http('map $uri $x { b 2; a 1; ~c 3; }')],
  [
    'one line more of the same',
    http('server { listen 80; listen *:80; }'),
    http('server { listen 0.0.0.0:80; }'),
  ],
  [
    'the order of servers that both mark their default',
    http('server { listen 80 default_server; server_name a; } server { listen 80; server_name b; }'),
    http('server { listen 80; server_name b; } server { listen 80 default_server; server_name a; }'),
  ],
  [
    'how much memory a zone has',
    http('limit_req_zone $binary_remote_addr zone=a:10m rate=1r/s;'),
    http('limit_req_zone $binary_remote_addr zone=a:20m rate=1r/s;'),
  ],
  [
    'which of the same servers each sends more to',
    http('upstream u { server a:1 weight=3; server b:1; }'),
    http('upstream u { server a:1; server b:1 weight=3; }'),
  ],
  [
    'a file that one of them includes in place',
    site('root /srv;'),
    site('root /srv;').replace('events {}', 'events { worker_connections 10; }'),
  ],
])('%s is no difference', (_, lb1, lb2) => {
  expect(drift(lb1, lb2)).toEqual([]);
  expect(drift(lb2, lb1)).toEqual([]);
});

it.each([
  [
    'a limit',
    site('client_max_body_size 1m;'),
    site('client_max_body_size 2m;'),
    ['nginx-drift: client_max_body_size of server example.com is 2m on lb2 but 1m on lb1'],
  ],
  [
    'a value that is not the default',
    site(''),
    site('proxy_read_timeout 5s;'),
    ['nginx-drift: proxy_read_timeout of server example.com is on lb2 but not on lb1'],
  ],
  [
    'a header',
    site('add_header A 1;'),
    site('add_header A 2;'),
    ['nginx-drift: add_header a of server example.com is 2 on lb2 but 1 on lb1'],
  ],
  [
    'the order of rewrites',
    site('rewrite ^/a /b; rewrite ^/b /c; rewrite ^/d /e;'),
    site('rewrite ^/b /c; rewrite ^/a /b; rewrite ^/d /e;'),
    ['nginx-drift: rewrite of server example.com differs between lb2 and lb1'],
  ],
  [
    'a line of a list',
    site('allow 10.0.0.0/8; allow 192.168.7.0/24; deny all;'),
    site('allow 10.0.0.0/8; deny all;'),
    ['nginx-drift: allow 192.168.7.0/24 of server example.com is on lb1 but not on lb2'],
  ],
  [
    'a value in a line of a list',
    site('set_real_ip_from 10.0.0.0/8; set_real_ip_from 172.16.0.0/12;'),
    site('set_real_ip_from 10.0.0.0/8; set_real_ip_from 172.16.0.0/16;'),
    ['nginx-drift: set_real_ip_from of server example.com is 172.16.0.0/16 on lb2 but 172.16.0.0/12 on lb1'],
  ],
  [
    'the order of regular expressions',
    site('location ~ a {} location ~ b {}'),
    site('location ~ b {} location ~ a {}'),
    ['nginx-drift: the order of its regular expressions of server example.com differs between lb2 and lb1'],
  ],
  [
    'a line of a map',
    http('map $uri $x { a 1; }'),
    http('map $uri $x { a 2; }'),
    ['nginx-drift: an entry of map $x of http differs between lb2 and lb1'],
  ],
  [
    'a variable that another one decides, and a host in its map',
    http('map $host $x { default a; a.example.com b; }'),
    http('map $uri $x { default a; a.example.com c; }'),
    ['nginx-drift: http differs in 2 places between lb2 and lb1'],
  ],
  [
    'another port, and a limit in that server',
    http('server { listen 80; server_name a; root /srv; client_max_body_size 1m; }'),
    http('server { listen 8080; server_name a; root /srv; client_max_body_size 2m; }'),
    [
      'listen-mismatch: listen of server a is 8080 on lb2 but 80 on lb1',
      'nginx-drift: client_max_body_size of server a is 2m on lb2 but 1m on lb1',
    ],
  ],
  [
    'another port of a server without a name',
    `events {} stream { server { listen 5432; proxy_pass 10.0.1.1:5432; proxy_timeout 1h; } }`,
    `events {} stream { server { listen 5433; proxy_pass 10.0.1.1:5432; proxy_timeout 1m; } }`,
    [
      'listen-mismatch: listen of server on port 5432 is 5433 on lb2 but 5432 on lb1',
      'nginx-drift: proxy_timeout of server on port 5432 is 1m on lb2 but 1h on lb1',
    ],
  ],
  [
    'servers that have nothing in common',
    http('server { listen 80; server_name shop; root /srv/shop; }'),
    http('server { listen 8080; server_name wiki; root /srv/wiki; }'),
    [
      'nginx-drift: server shop is on lb1 but not on lb2',
      'nginx-drift: server wiki is on lb2 but not on lb1',
    ],
  ],
  [
    'servers of one socket that have nothing in common',
    http('server { listen 80; server_name shop; root /srv/shop; index a.html; }'),
    http('server { listen 80; server_name wiki; return 301 https://docs.example.com; }'),
    [
      'nginx-drift: server shop is on lb1 but not on lb2',
      'nginx-drift: server wiki is on lb2 but not on lb1',
    ],
  ],
  [
    'a server with an upstream of its own',
    site('root /srv;'),
    http(`server { listen 80; server_name example.com; root /srv; }
      upstream wiki { server 10.0.1.1; }
      server { listen 80; server_name wiki; location / { proxy_pass http://wiki; } }`),
    ['nginx-drift: server wiki is on lb2 but not on lb1'],
  ],
  [
    'which of two servers waits for the other to fail',
    http('upstream u { server a:1; server b:1 backup; }'),
    http('upstream u { server a:1 backup; server b:1; }'),
    ['upstream-mismatch: upstream u differs in 2 places between lb2 and lb1'],
  ],
  [
    'the name of an upstream that a map gives',
    http(`upstream app { server 10.0.1.1; } map $host $pool { default app; }
      server { listen 80; location / { proxy_pass http://$pool; } }`),
    http(`upstream apps { server 10.0.1.1; } map $host $pool { default apps; }
      server { listen 80; location / { proxy_pass http://$pool; } }`),
    ['upstream-mismatch: the name of upstream app is apps on lb2 but app on lb1'],
  ],
  [
    'a port of one of two servers with one name',
    http(`server { listen 81; server_name a; root /srv/one; }
      server { listen 82; server_name a; return 204; }`),
    http(`server { listen 82; server_name a; root /srv/one; }
      server { listen 82; server_name a; return 204; }`),
    ['listen-mismatch: listen of server a is 82 on lb2 but 81 on lb1'],
  ],
  [
    'a path with a slip, and what is in it',
    site('location /assets/ { root /srv; expires 7d; }'),
    site('location /asset/ { root /srv; expires 9d; }'),
    ['nginx-drift: location /assets/ of example.com differs in 2 places between lb2 and lb1'],
  ],
  [
    'a name of an upstream with a slip, and one of its servers',
    site(
      'location / { proxy_pass http://shop; }',
      'upstream shop { server 10.0.1.1; server 10.0.1.2; server 10.0.1.3; }',
    ),
    site(
      'location / { proxy_pass http://shpo; }',
      'upstream shpo { server 10.0.1.1; server 10.0.1.2; server 10.0.1.4; }',
    ),
    ['upstream-mismatch: upstream shop differs in 2 places between lb2 and lb1'],
  ],
  [
    'a nested location',
    site('location /a { location /a/b {} }'),
    site('location /a { }'),
    ['nginx-drift: location /a/b of example.com is on lb1 but not on lb2'],
  ],
  [
    'which server is the default',
    http('server { listen 80; server_name a; } server { listen 80; server_name b; }'),
    http('server { listen 80; server_name b; } server { listen 80; server_name a; }'),
    ['listen-mismatch: listen 80 of server b is default_server on lb2 but plain on lb1'],
  ],
  [
    'TLS on the socket',
    http('server { listen 443 ssl; }'),
    http('server { listen 443; }'),
    ['listen-mismatch: listen 443 of server on port 443 is plain on lb2 but ssl on lb1'],
  ],
  [
    'a name',
    site(''),
    site('').replace('example.com', 'example.com www.example.com'),
    ['server-name-mismatch: server_name www.example.com of server example.com is on lb2 but not on lb1'],
  ],
  [
    'a server',
    http('upstream u { server a:1; server b:1; }'),
    http('upstream u { server b:1; server a:1; server c:1; }'),
    ['upstream-mismatch: server c:1 of upstream u is on lb2 but not on lb1'],
  ],
  [
    'a weight',
    http('upstream u { server a:1; server b:1; }'),
    http('upstream u { server b:1 weight=5; server a:1; }'),
    ['upstream-mismatch: server b:1 of upstream u is weight=5 on lb2 but plain on lb1'],
  ],
  [
    'HTTP/2 by a directive',
    site('http2 on;'),
    site(''),
    ['nginx-drift: http2 of server example.com is on lb1 but not on lb2'],
  ],
  [
    'HTTP/2 for all servers',
    http(
      'http2 on;\nserver { listen 80; server_name a.example; } server { listen 80; server_name b.example; }',
    ),
    http('server { listen 80; server_name a.example; } server { listen 80; server_name b.example; }'),
    ['nginx-drift: http2 of server a.example is on lb1 but not on lb2'],
  ],
  [
    'a secret, which is not told',
    site('proxy_set_header Authorization "Basic abc";'),
    site('proxy_set_header Authorization "Basic xyz";'),
    ['nginx-drift: proxy_set_header authorization of server example.com differs between lb2 and lb1'],
  ],
])('%s is a difference, said once', (_, lb1, lb2, messages) => {
  expect(drift(lb1, lb2)).toEqual(messages);
});

it('says once what a snippet has that several locations include', () => {
  const main = site('location /a/ { include snippet.conf; } location /b/ { include snippet.conf; }');
  const files = {
    'lb1/keepalived.conf': keepalived(150),
    'lb2/keepalived.conf': keepalived(100),
    'lb1/nginx.conf': main,
    'lb2/nginx.conf': main,
    'lb1/snippet.conf': 'proxy_read_timeout 5s;\nproxy_pass http://10.0.1.1;\n',
    'lb2/snippet.conf': 'proxy_read_timeout 7s;\nproxy_pass http://10.0.1.1;\n',
  };
  const { diagnostics } = check(['.'], { fs: memory(files) });
  const found = diagnostics.filter(({ rule }) => rule === 'nginx-drift');
  expect(found.map(({ message }) => message)).toEqual([
    'proxy_read_timeout of location /a/ of example.com is 7s on lb2 but 5s on lb1',
  ]);
});

it('says nothing of what may stand in a file that could not be read', () => {
  const lb1 = site('gzip on; location /a {}');
  const lb2 = http('include conf.d/missing.conf;\nserver { listen 80; server_name example.com; }');
  expect(drift(lb1, lb2)).toEqual([]);
});
