// One cause, one finding, where several files and nodes could each tell of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, memory } from '../src/index.ts';

type Files = Readonly<Record<string, string>>;

const keepalived = (priority: number, rest = ''): string => `
vrrp_track_process nginx { process nginx }
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    track_process { nginx }
    virtual_ipaddress { 10.0.0.100/24 }
${rest}
}
`;
const nginx = (rest: string): string => `
events {}
http {
    server {
        listen 80;
        location / {
            proxy_set_header Host $host;
            proxy_pass http://10.0.0.21:8080;
            ${rest}
        }
    }
}
`;
const pair = (here: string, there: string): Files => ({
  'lb1/keepalived.conf': keepalived(150),
  'lb2/keepalived.conf': keepalived(100),
  'lb1/nginx.conf': nginx(here),
  'lb2/nginx.conf': nginx(there),
});
const pass = (word: string): string => `authentication { auth_type PASS ${word} }`;

const rulesOf = (files: Files): readonly string[] =>
  check(['.'], { fs: memory(files), cwd: '/' })
    .diagnostics.filter(({ severity }) => severity !== 'info')
    .map(({ rule }) => rule);

it('the pauses of the sample file, which keepalived refuses and has anyway, are warnings', () => {
  const text =
    'global_defs {\n    vrrp_garp_interval 0\n    vrrp_gna_interval 0.0\n    vrrp_garp_master_delay x\n}\n';
  const { diagnostics } = check(['.'], { fs: memory({ 'keepalived.conf': text }), cwd: '/' });
  const said = diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(({ line, rule, severity }) => `${line} ${rule} ${severity}`);
  expect(said).toEqual(['4 invalid-value error', '2 invalid-value warning', '3 invalid-value warning']);
});

it.each([';', '//', '/*', '--'])('keepalived takes the brace behind %s', (mark) => {
  const files = { 'keepalived.conf': `global_defs {\n    router_id lb1\n${mark} }\n${keepalived(100)}` };
  expect(rulesOf(files)).toEqual(['not-a-comment']);
});

describe('a word that is wrong by itself', () => {
  it.each([
    ['proxy_read_timeout 60;', 'proxy_read_timeout 60x;'],
    ['proxy_read_timeout 60x;', 'proxy_read_timeout 60;'],
  ])('is not told of as a difference, too: %s and %s', (here, there) => {
    expect(rulesOf(pair(here, there))).toEqual(['invalid-argument']);
  });

  it('and another that differs are two', () => {
    const files = pair(
      'proxy_read_timeout 60; proxy_send_timeout 60;',
      'proxy_read_timeout 60x; proxy_send_timeout 90;',
    );
    expect(rulesOf(files).toSorted()).toEqual(['invalid-argument', 'nginx-drift']);
  });

  it.each([
    [pass('\nauth_pass k7Wq-2x\n'), pass('')],
    [pass(''), pass('\nauth_pass k7Wq-2x\n')],
  ])('is left to a difference that weighs more', (here, there) => {
    const files = {
      'lb1/keepalived.conf': keepalived(150, here),
      'lb2/keepalived.conf': keepalived(100, there),
    };
    expect(rulesOf(files)).toEqual(['authentication-mismatch']);
  });
});

describe('a line that one node lacks', () => {
  const without = (text: string, line: string): string => {
    expect(text).toContain(line);
    return text.replace(line, '');
  };
  const all = (files: Files): readonly string[] =>
    check(['.'], { fs: memory(files), cwd: '/' })
      .diagnostics.map(({ rule }) => rule)
      .filter((rule) => !/^(?:no-alarm|single-heartbeat-path)$/.test(rule));

  it('is told by what weighs most: priority', () => {
    const files = {
      'lb1/keepalived.conf': without(keepalived(150), 'priority 150'),
      'lb2/keepalived.conf': keepalived(100),
    };
    expect(all(files)).toEqual(['priority-tie']);
  });

  it('and what each lacks of its own are two', () => {
    const files = {
      'lb1/keepalived.conf': without(keepalived(100), 'priority 100'),
      'lb2/keepalived.conf': without(keepalived(90), 'track_process { nginx }'),
    };
    expect(all(files).toSorted()).toEqual(['missing-priority', 'unused-script']);
  });

  it('is told beside another one: an interface of its own that the backup tracks', () => {
    const files = {
      'lb1/keepalived.conf': keepalived(150).replace(
        'track_process { nginx }',
        'track_process { nginx weight 2 }',
      ),
      'lb2/keepalived.conf': keepalived(100, 'track_interface { eth0 }').replace(
        'track_process { nginx }',
        'track_process { nginx weight 2 }',
      ),
    };
    expect(all(files).toSorted()).toEqual(['failover-blocked', 'own-interface-tracked']);
  });

  it('is told beside another one: a check that the other has, and that moves nothing there', () => {
    const files = {
      'lb1/keepalived.conf': keepalived(150).replace(
        'track_process { nginx }',
        'track_process { nginx weight 2 }',
      ),
      'lb2/keepalived.conf': keepalived(100)
        .replace('track_process { nginx }', '')
        .replace('vrrp_track_process nginx { process nginx }', ''),
    };
    expect(all(files).toSorted()).toEqual(['failover-blocked', 'tracking-mismatch']);
  });

  it('is told by the sync group that a router is not in, with what that group tracks', () => {
    const routers = (priority: number, members: string): string => `
vrrp_track_process nginx { process nginx }
vrrp_sync_group EDGE {
    group { ${members} }
    track_process { nginx }
    notify_master /etc/keepalived/tell.sh
}
vrrp_instance WAN {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    virtual_ipaddress { 10.0.0.100/24 }
}
vrrp_instance LAN {
    interface eth1
    virtual_router_id 52
    priority ${priority}
    virtual_ipaddress { 10.1.0.100/24 }
}
vrrp_instance DMZ {
    interface eth2
    virtual_router_id 53
    priority ${priority}
    virtual_ipaddress { 10.2.0.100/24 }
}
`;
    const files = {
      'lb1/keepalived.conf': routers(150, 'WAN LAN DMZ'),
      'lb2/keepalived.conf': routers(100, 'WAN LAN'),
    };
    expect(rulesOf(files)).toEqual(['sync-group-mismatch']);
  });

  it('is told by the file before the nodes: a zone, and the names of a server', () => {
    const limited = `
worker_processes auto;
events {}
http {
    limit_req_zone $binary_remote_addr zone=login:10m rate=5r/s;
    server {
        listen 80;
        server_name www.example.com;
        location / { limit_req zone=login; root /srv/www; }
    }
    server {
        listen 80 default_server;
        return 404;
    }
}
`;
    const lacking = (line: string): Files => ({
      ...pair('', ''),
      'lb1/nginx.conf': limited,
      'lb2/nginx.conf': without(limited, line),
    });
    expect(all(lacking('limit_req_zone $binary_remote_addr zone=login:10m rate=5r/s;'))).toEqual([
      'unknown-zone',
    ]);
    expect(all(lacking('server_name www.example.com;'))).toEqual(['conflicting-server-name']);
  });

  it('is told by the file before the nodes: a certificate', () => {
    const tls = `
worker_processes auto;
events {}
http {
    server {
        listen 443 ssl;
        ssl_certificate /etc/ssl/www.pem;
        ssl_certificate_key /etc/ssl/www.key;
        return 204;
    }
}
`;
    const files = {
      ...pair('', ''),
      'lb1/nginx.conf': tls,
      'lb2/nginx.conf': without(tls, 'ssl_certificate /etc/ssl/www.pem;'),
    };
    expect(all(files)).toEqual(['missing-certificate']);
  });
});

const clusters = join(import.meta.dirname, '../fixtures/clusters');

/** The text files of a story by their paths. */
function filesOf(folder: string, below = ''): Files {
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  return Object.assign(
    {},
    ...entries.map((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory()
        ? filesOf(folder, path)
        : { [path]: readFileSync(join(folder, path), 'utf8') };
    }),
  );
}

describe('a block that stands twice', () => {
  const group = 'vrrp_sync_group SITE { group { VI_1 VI_2 } }';
  const instance = (name: string, number: number): string => `
vrrp_instance ${name} {
    interface eth0
    virtual_router_id ${number}
    virtual_ipaddress { 10.0.0.${number}/24 }
}
`;
  it.each([
    ['duplicate-instance', `${group}\n${group}${instance('VI_1', 51)}${instance('VI_2', 52)}`],
    ['duplicate-virtual-router-id', instance('VI_1', 51) + instance('VI_2', 51)],
  ])('is told by %s', (rule, text) => {
    expect(rulesOf({ 'keepalived.conf': text })).toEqual([rule]);
  });
});

describe('a virtual server that stands twice', () => {
  const server = (port: number): string => `
virtual_server 10.0.0.100 ${port} {
    lb_algo rr
    lb_kind DR
    protocol TCP
    real_server 10.0.0.21 ${port} { TCP_CHECK { connect_timeout 3 } }
}
`;
  it.each([
    [server(80) + server(80), server(80) + server(443)],
    [server(80) + server(443), server(80) + server(80)],
  ])('is not missed as another one, too', (here, there) => {
    expect(
      rulesOf({
        'lb1/keepalived.conf': keepalived(150) + here,
        'lb2/keepalived.conf': keepalived(100) + there,
      }),
    ).toEqual(['duplicate-virtual-server']);
  });
});

describe('a slip in a story is told by', () => {
  it.each([
    [
      'healthy-lvs-direct-routing',
      'dir1/keepalived.conf',
      '60.0.80 80 {',
      '60.0.80 81 {',
      'virtual-server-conflict',
    ],
    [
      'healthy-lvs-direct-routing',
      'dir1/keepalived.conf',
      '60.1.11 80 {',
      '60.1.11 81 {',
      'virtual-server-conflict',
    ],
    [
      'healthy-lvs-direct-routing',
      'dir1/keepalived.conf',
      'real_server 10.60.1.11',
      'real_server 10.60.1.12',
      'duplicate-real-server',
    ],
    [
      'healthy-priority-one-two-fifty',
      'cp1/keepalived.conf',
      '        10.30.0.13',
      '        10.30.0.12',
      'unicast-peer-asymmetry',
    ],
    [
      'healthy-priority-one-two-fifty',
      'cp1/keepalived.conf',
      '10.30.0.12\n',
      '10.30.0.12',
      'unknown-keyword',
    ],
    [
      'healthy-priority-one-two-fifty',
      'cp1/keepalived.conf',
      'virtual_router_id 60',
      'virtual_router_id 60\n    virtual_router_id 61',
      'virtual-router-id-mismatch',
    ],
    [
      'healthy-crlf-on-one-node',
      'unix/keepalived.conf',
      'auth_pass Vb3-hh21',
      'auth_pass Vb3 -hh21',
      'authentication-mismatch',
    ],
    [
      'healthy-priority-one-two-fifty',
      'cp1/keepalived.conf',
      'authentication {',
      '- authentication {',
      'unknown-keyword',
    ],
    [
      'healthy-priority-one-two-fifty',
      'cp1/keepalived.conf',
      '        10.30.0.13',
      '        10.30.0.13\n        10.30.0.13',
      'duplicate-unicast-peer',
    ],
    [
      'healthy-lvs-direct-routing',
      'dir1/keepalived.conf',
      'status_code 200',
      'status_code 020',
      'invalid-value',
    ],
    ['healthy-lvs-direct-routing', 'dir1/keepalived.conf', 'path /alive', '', 'missing-keyword'],
    [
      'healthy-lvs-direct-routing',
      'dir1/keepalived.conf',
      'status_code 200',
      'status_code 201',
      'virtual-server-mismatch',
    ],
    [
      'healthy-excluded-addresses',
      'm2/keepalived.conf',
      '198.51.100.10/24',
      '198.51.100.11/24',
      'virtual-address-mismatch',
    ],
    [
      'healthy-active-active-crossed',
      'edge2/keepalived.conf',
      'vrrp_track_process nginx',
      'vrrp_track_process ngin',
      'undefined-reference',
    ],
    [
      'healthy-active-active-crossed',
      'edge2/keepalived.conf',
      'process nginx\n',
      'process ngin\n',
      'tracking-mismatch',
    ],
    ['healthy-ipv4-and-ipv6', 'n2/keepalived.conf', 'group { web4 web6 }', '', 'missing-keyword'],
    ['healthy-unicast-with-prefixes', 'lvs1/keepalived.conf', 'unicast_peer', '', 'stray-brace'],
    ['healthy-several-routers', 'router-a/keepalived.conf', 'interface eth0.12', '', 'missing-interface'],
    [
      'healthy-version-three-tenth-second',
      'x2/keepalived.conf',
      'vrrp_version 3',
      'vrrp_version 4',
      'invalid-value',
    ],
    [
      'healthy-version-three-tenth-second',
      'x2/keepalived.conf',
      'vrrp_version 3',
      '',
      'vrrp-version-mismatch',
    ],
    ['healthy-weight-fifty', 'b/keepalived.conf', 'timeout 2', '', 'tracking-mismatch'],
    [
      'healthy-lvs-direct-routing',
      'dir2/keepalived.conf',
      'eth1 VI_LVS',
      'VI_LVS eth1',
      'undefined-reference',
    ],
    [
      'address-only-virtual',
      'lb2/etc/keepalived/keepalived.conf',
      'process nginx\n',
      'process nginx nginx\n',
      'tracking-mismatch',
    ],
    ['healthy-weight-fifty', 'b/keepalived.conf', 'weight 50', 'weight 05', 'failover-blocked'],
    [
      'healthy-nginx-tls-and-websocket',
      'chat1/nginx.conf',
      'upstream chat {',
      'upstream cha {',
      'undefined-upstream',
    ],
    ['healthy-nginx-tls-and-websocket', 'chat1/nginx.conf', 'Connection $', 'Connectio $', 'misspelt-header'],
    ['healthy-nginx-of-each-node', 'lb2/nginx.conf', 'listen 10.2.0.12:8081;', '', 'listen-mismatch'],
    ['healthy-weight-fifty', 'b/keepalived.conf', 'interval 3', '3', 'unknown-keyword'],
    [
      'healthy-nginx-tls-and-websocket',
      'chat2/nginx.conf',
      'ssl_session_cache shared',
      'shared',
      'unknown-directive',
    ],
    [
      'healthy-nginx-of-each-node',
      'lb2/nginx.conf',
      'server_name www.example.org lb2.example.org;',
      'server_name;',
      'wrong-argument-count',
    ],
    [
      'healthy-other-names',
      'left/keepalived.conf',
      'interface enp1s0f0',
      'interface enp1s0f1',
      'own-interface-tracked',
    ],
    ['healthy-nginx-tls-and-websocket', 'chat1/nginx.conf', 'proxy_pass http://chat;', '', 'nginx-drift'],
    [
      'healthy-nginx-on-the-address',
      'po1/nginx.conf',
      '10.11.0.100:80',
      '10.11.0.101:80',
      'address-nobody-listens-on',
    ],
    [
      'healthy-nginx-on-the-address',
      'po1/keepalived.conf',
      '10.11.0.100/24',
      '10.11.0.101/24',
      'virtual-address-mismatch',
    ],
    ['healthy-virtual-routes', 'r2/keepalived.conf', 'from 10.6.0.6', 'from from 10.6.0.6', 'address-typo'],
    [
      'healthy-virtual-routes',
      'r2/keepalived.conf',
      'virtual_rules {\n        from 10.6.0.6 table 106 preference 106',
      'from 10.6.0.6 table 106 preference 106\n    virtual_rules {',
      'block-never-opened',
    ],
    [
      'healthy-include-layout',
      'gw2/etc/nginx/nginx.conf',
      'include sites-enabled/*;',
      'sites-enabled/*;',
      'unknown-directive',
    ],
    [
      'healthy-include-layout',
      'gw2/etc/nginx/nginx.conf',
      'include sites-enabled/*;',
      'include include sites-enabled/*;',
      'unknown-directive',
    ],
    [
      'nonlocal-bind-on',
      'lb2/etc/nginx/nginx.conf',
      'proxy_pass http://app;',
      'proxy_pass;',
      'wrong-argument-count',
    ],
    [
      'nonlocal-bind-on',
      'lb2/etc/nginx/nginx.conf',
      'listen 10.20.0.100:80;',
      '10.20.0.100:80;',
      'unknown-directive',
    ],
    ['healthy-nginx-of-each-node', 'lb2/nginx.conf', 'location /status {', '/status {', 'unknown-directive'],
    ['healthy-nginx-of-each-node', 'lb2/nginx.conf', 'deny all;', 'deny;', 'wrong-argument-count'],
    ['healthy-nginx-of-each-node', 'lb2/nginx.conf', 'deny all;', 'all;', 'unknown-directive'],
    ['healthy-vmac', 'ovs2/keepalived.conf', 'dev br-ex', 'dev dev br-ex', 'unknown-keyword'],
    [
      'healthy-weight-fifty',
      'b/keepalived.conf',
      '\t\tnginx_alive\n\t}',
      '\t}\n\t\tnginx_alive',
      'block-never-opened',
    ],
    ['healthy-sync-group', 'fw2/keepalived.conf', 'notify_fault', '', 'unknown-keyword'],
    ['healthy-version-three-tenth-second', 'x2/keepalived.conf', 'vrrp_version 3', '3', 'unknown-keyword'],
    ['healthy-positive-weight', 'proxy02/keepalived.conf', '# cheaper', 'cheaper', 'script-shell-syntax'],
    [
      'healthy-lvs-direct-routing',
      'dir2/keepalived.conf',
      'real_server 10.60.1.12 80',
      'real_server 80',
      'address-typo',
    ],
    [
      'healthy-nginx-tls-and-websocket',
      'chat2/nginx.conf',
      'default upgrade;',
      'upgrade;',
      'invalid-argument',
    ],
    ['healthy-stream-proxy', 'db2/nginx.conf', '        least_conn;\n', '', 'upstream-mismatch'],
    ['healthy-vmac', 'ovs2/keepalived.conf', 'use_vmac vrrp230', '', 'vmac-without-xmit-base'],
  ])('one finding: %s, %s: %s becomes "%s": %s', (story, path, from, to, rule) => {
    const files = filesOf(join(clusters, story));
    expect(files[path]).toContain(from);
    const all = (each: Files): string[] =>
      check(['.'], { fs: memory(each), cwd: '/' }).diagnostics.map((found) => found.rule);
    const before = all(files);
    const after = all({ ...files, [path]: files[path]!.replace(from, to) });
    for (const each of before) if (after.includes(each)) after.splice(after.indexOf(each), 1);
    expect(after).toEqual([rule]);
  });
});

/** A story with one slip in it: a line that is gone, or whose last number is another one. */
function* slips(files: Files): Iterable<Files> {
  for (const [path, text] of Object.entries(files)) {
    if (!path.endsWith('.conf')) continue;
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
      if (!/^\s*[a-z\d]/.test(line)) continue;
      const other = line.replace(/\d+(?=\D*$)/, (number) => `${Number(number) + 1}`);
      if (!line.trimEnd().endsWith('{')) yield { ...files, [path]: lines.toSpliced(index, 1).join('\n') };
      if (other !== line) yield { ...files, [path]: lines.with(index, other).join('\n') };
    }
  }
}

it.each(['healthy-weight-fifty', 'healthy-nginx-tls-and-websocket', 'healthy-several-routers'])(
  'one slip in %s is one finding, nearly always',
  (story) => {
    const files = filesOf(join(clusters, story));
    const before = rulesOf(files).length;
    const counts = [...slips(files)].map((each) => rulesOf(each).length - before);
    const told = counts.filter((count) => count > 0);
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter((count) => count > 1).length / told.length).toBeLessThan(0.1);
  },
);

it('a file that nodes share is told of once, with the places of all of them', () => {
  const node = (priority: number): string => `
global_defs { enable_script_security
 script_user root
}
vrrp_script web { script /etc/keepalived/web.sh }
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    track_script { web }
    virtual_ipaddress { 10.0.0.100/24 }
}
`;
  const files = {
    'lb1.conf': node(150),
    'lb2.conf': node(100),
    'web.sh': '#!/bin/sh\r\npidof nginx\r\n',
  };
  const { diagnostics } = check(['lb1.conf', 'lb2.conf'], { fs: memory(files) });
  const ofScript = diagnostics.filter(({ file }) => file === 'web.sh');
  expect(ofScript.map(({ rule, related }) => [rule, related.map(({ file }) => file)])).toEqual([
    ['script-cannot-start', ['lb1.conf', 'lb2.conf']],
  ]);
});
