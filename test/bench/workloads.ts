/**
 * Configurations to measure with, the same bytes on every machine: no clock, no chance. The daemons accept them, as far as
 * the network of the machine lets them: addresses are loopback, and no name needs to be looked up.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Files by their path in the folder of a workload. */
export type Files = ReadonlyMap<string, string>;

/** A small generator of numbers that look like chance (xorshift32). */
export interface Dice {
  /** A whole number between the two, both included. */
  readonly between: (least: number, most: number) => number;
  readonly one: <T>(list: readonly T[]) => T;
  /** True in `percent` of a hundred cases. */
  readonly often: (percent: number) => boolean;
}

export function dice(seed: number): Dice {
  let state = (seed * 2654435761 + 1) | 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
  for (let warm = 0; warm < 8; warm++) next();
  const between: Dice['between'] = (least, most) => least + Math.floor(next() * (most - least + 1));
  return {
    between,
    one: (list) => list[between(0, list.length - 1)]!,
    often: (percent) => between(1, 100) <= percent,
  };
}

const services = 'shop basket search photos mail billing reports status login feeds tickets maps'.split(' ');
const paths = 'items users orders files events sessions exports labels'.split(' ');
const loopback = (n: number): string => `127.${20 + ((n >> 16) & 31)}.${(n >> 8) & 255}.${1 + (n % 254)}`;

/** nginx gives every listening address a hash of its names, so they are spread over some. */
const ports = 32;
const firstPort = 28_000;

const nginxHead = `# Written by the deployment; changes by hand are lost.
worker_processes auto;
error_log stderr;
pid nginx-bench.pid;
events {
    worker_connections 2048;
}
http {
    access_log off;
    client_body_temp_path temp-body;
    proxy_temp_path temp-proxy;
    fastcgi_temp_path temp-fastcgi;
    uwsgi_temp_path temp-uwsgi;
    scgi_temp_path temp-scgi;
    server_names_hash_max_size 16384;
    server_names_hash_bucket_size 128;
    variables_hash_max_size 4096;
    proxy_headers_hash_max_size 1024;
    proxy_headers_hash_bucket_size 128;
    default_type application/octet-stream;
    server_tokens off;
    sendfile on;
    gzip on;
    gzip_types text/css application/json image/svg+xml;
    limit_req_zone $binary_remote_addr zone=clients:2m rate=40r/s;
    map $http_upgrade $upgrade_or_close {
        default upgrade;
        '' close;
    }
`;

function upstream(roll: Dice, id: number): string {
  const servers = Array.from(
    { length: roll.between(2, 5) },
    () =>
      `        server ${loopback(roll.between(1, 60_000))}:${roll.between(8000, 8999)} weight=${roll.between(1, 8)} max_fails=2 fail_timeout=${roll.between(5, 20)}s;\n`,
  );
  return `    upstream group_${id} {\n${roll.often(40) ? '        least_conn;\n' : ''}${servers.join('')}        keepalive ${roll.one([8, 16, 32])};\n    }\n\n`;
}

function location(roll: Dice, path: string, group: number): string {
  const headers = [
    'Host $host',
    'X-Real-IP $remote_addr',
    'X-Forwarded-For $proxy_add_x_forwarded_for',
    'X-Forwarded-Proto $scheme',
    'Upgrade $http_upgrade',
    'Connection $upgrade_or_close',
  ].slice(0, roll.between(3, 6));
  return [
    `        location ${path} {`,
    `            proxy_pass http://group_${group};`,
    '            proxy_http_version 1.1;',
    ...headers.map((header) => `            proxy_set_header ${header};`),
    ...(roll.often(50) ? [`            proxy_read_timeout ${roll.between(10, 90)}s; # slow on Mondays`] : []),
    ...(roll.often(30) ? [`            limit_req zone=clients burst=${roll.between(5, 40)} nodelay;`] : []),
    '        }\n',
  ].join('\n');
}

function server(roll: Dice, id: number, group: number): string {
  const name = `${roll.one(services)}-${id}`;
  const parts = [
    `    # ${name}: request ${roll.between(1000, 99_999)}\n    server {\n`,
    `        listen 127.0.0.1:${firstPort + (id % ports)};\n`,
    `        server_name ${name}.example.test www.${name}.example.test;\n`,
    `        root /srv/${name};\n        client_max_body_size ${roll.between(1, 32)}m;\n`,
    roll.often(40) ? '        add_header X-Frame-Options "DENY" always;\n' : '',
    roll.often(25) ? `        rewrite ^/before/(.*)$ /${roll.one(paths)}/$1 permanent;\n` : '',
    roll.often(20)
      ? '        if ($request_method !~ ^(GET|HEAD|POST)$) {\n            return 405;\n        }\n'
      : '',
    location(roll, '/', group),
  ];
  for (let n = roll.between(1, 3); n > 0; n--)
    parts.push(location(roll, `/${roll.one(paths)}/v${n}/`, group));
  if (roll.often(40)) {
    parts.push(
      `        location ~* \\.(?:css|js|png|svg)$ {\n            expires ${roll.between(1, 20)}d;\n        }\n`,
    );
  }
  parts.push('        location = /alive {\n            return 200 "yes\\n";\n        }\n    }\n\n');
  return parts.join('');
}

/** Blocks one after the other, as many as fit, and a comment that fills the rest. */
function filled(size: number, head: string, blocks: (n: number) => string, tail: string): string {
  const parts = [head];
  let room = size - head.length - tail.length;
  for (let n = 0; ; n++) {
    const block = blocks(n);
    if (block.length > room) break;
    parts.push(block);
    room -= block.length;
  }
  if (room > 1) parts.push(`#${'.'.repeat(room - 2)}\n`);
  return [...parts, tail].join('');
}

/** One nginx file of `size` bytes. */
export function nginx(seed: number, size: number): string {
  const roll = dice(seed);
  return filled(
    size,
    nginxHead,
    (n) => (n % 4 === 0 ? upstream(roll, n >> 2) : server(roll, n, n >> 2)),
    '}\n',
  );
}

/** One keepalived file of `size` bytes on the interface. */
export function keepalived(seed: number, size: number, nic: string): string {
  const roll = dice(seed);
  const instance = (id: number): string => `vrrp_instance VI_${id} {
    state BACKUP
    interface ${nic}
    virtual_router_id ${id}
    priority ${roll.between(50, 200)} # the higher one wins
    advert_int 1
    virtual_ipaddress {
${Array.from({ length: roll.between(1, 5) }, (_, n) => `        127.200.${id}.${n + 1}/32 dev ${nic}\n`).join('')}    }
}

`;
  const service = (id: number): string => {
    const direct = roll.often(50);
    const port = roll.one([80, 443, 8080]);
    const servers = Array.from({ length: roll.between(2, 4) }, (_, n) => {
      const to = direct ? port : roll.one([80, 8080]);
      const check = roll.often(60)
        ? `        TCP_CHECK {\n            connect_timeout ${roll.between(1, 8)}\n            connect_port ${to}\n        }\n`
        : `        HTTP_GET {\n            url {\n                path "/${roll.one(paths)}/alive"\n                status_code 200\n            }\n            connect_timeout ${roll.between(1, 8)}\n        }\n`;
      return `    real_server ${loopback(id * 4 + n)} ${to} {\n        weight ${roll.between(1, 50)}\n${check}    }\n`;
    });
    return `# ${roll.one(services)} ${id}
virtual_server 127.${64 + ((id >> 16) & 31)}.${(id >> 8) & 255}.${id & 255} ${port} {
    delay_loop ${roll.between(2, 12)}
    lb_algo ${roll.one(['rr', 'wrr', 'lc', 'sh'])}
    lb_kind ${direct ? 'DR' : 'NAT'}
    protocol TCP
${servers.join('')}}

`;
  };
  const head = `! Written by the deployment\nglobal_defs {\n    router_id LB_${seed}\n}\n\n${instance(1)}`;
  return filled(size, head, (n) => (n % 12 === 6 && n < 2400 ? instance(2 + (n - 6) / 12) : service(n)), '');
}

const kilobyte = 1024;
const megabyte = 1024 * kilobyte;
const numbered = (n: number): string => String(n).padStart(4, '0');

/** A workload by its name, or undefined where there is none of it. */
export const workloads: ReadonlyMap<string, (nic: string) => Files> = new Map([
  ['nginx-1m', () => new Map([['nginx.conf', nginx(1, megabyte)]])],
  ['nginx-10m', () => new Map([['nginx.conf', nginx(1, 10 * megabyte)]])],
  ['tree', tree],
  ['keepalived-1m', (nic) => new Map([['keepalived.conf', keepalived(1, megabyte, nic)]])],
  ['keepalived-10m', (nic) => new Map([['keepalived.conf', keepalived(1, 10 * megabyte, nic)]])],
  ['fleet', fleet],
  ['clusters', clusters],
]);

/** A main file and 1,000 files that it includes. */
function tree(): Files {
  const roll = dice(1);
  const files = new Map([['nginx.conf', `${nginxHead}    include sites/*.conf;\n}\n`]]);
  for (let n = 0; n < 1000; n++) {
    files.set(`sites/${numbered(n)}.conf`, upstream(roll, n) + server(roll, n, n));
  }
  return files;
}

/** 1,000 machines with two files of 5 KB each, all of which are compared with each other. */
function fleet(nic: string): Files {
  const files = new Map<string, string>();
  for (let n = 0; n < 1000; n++) {
    files.set(`lb${numbered(n)}/nginx.conf`, nginx(n, 5 * kilobyte));
    files.set(`lb${numbered(n)}/keepalived.conf`, keepalived(n, 5 * kilobyte, nic));
  }
  return files;
}

/** The same files as 500 declared clusters of two nodes. */
function clusters(nic: string): Files {
  const pairs = Array.from({ length: 500 }, (_, n) => {
    const [a, b] = [`lb${numbered(2 * n)}`, `lb${numbered(2 * n + 1)}`];
    return `  pair-${n}:\n    nodes: { ${a}: [${a}], ${b}: [${b}] }\n`;
  });
  return new Map([...fleet(nic), ['lbcheck.yaml', `clusters:\n${pairs.join('')}`]]);
}

/** Writes a workload below `folder`. */
export function write(files: Files, folder: string): void {
  for (const [name, text] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
