/** Files that would like to crash, hang, or speak to the terminal: every one gives a report, in every format. */
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { source } from '../grammar/text.ts';
import { isProblem, readYaml } from '../src/config/yaml.ts';
import { failoverFormatNames } from '../src/format/failover/names.ts';
import { check, type FileSystem, formatNames, memory, type Report, render } from '../src/index.ts';
import { bin, folderWith, lbcheck } from './command.ts';

type Files = Record<string, string>;

const lines = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `${line(n)}\n`).join('');
const http = (body: string): Files => ({ 'nginx.conf': `events {}\nhttp {\n${body}\n}\n` });
const server = (body: string): Files => http(`server {\n    listen 80;\n${body}\n}`);
const instance = (body = ''): string =>
  `vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id 51\n    priority 100\n${body}    virtual_ipaddress {\n        10.0.0.100/24\n    }\n}\n`;
const keepalived = (more: string): Files => ({ 'keepalived.conf': `${instance()}${more}` });
const pair = (text: string, other = text): Files => ({
  'a/keepalived.conf': text,
  'b/keepalived.conf': other,
});
const host = (path: string, text: string): Files => ({
  'lb/keepalived.conf': instance(),
  [`lb/etc/${path}`]: text,
});
const chain = (name: string, first: string, height: number, include: string, last: string): Files =>
  Object.fromEntries([
    [name, first],
    ...Array.from({ length: height }, (_, n) => [`f${n}.conf`, include.replaceAll('NEXT', `f${n + 1}.conf`)]),
    [`f${height}.conf`, last],
  ]);
/** Names that every object of JavaScript has something by. */
const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];
const each = (text: string): string => inherited.map((name) => text.replaceAll('NAME', name)).join('\n');

/** What may never reach a reader: control characters, marks that turn the text around, halves of characters. */
const raw = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/;

async function expectReport(report: Report): Promise<void> {
  expect(report.internalErrors).toEqual([]);
  for (const name of formatNames) {
    const text = await render(report, name);
    expect(raw.exec(text), name).toBeNull();
    expect(Buffer.from(text).toString() === text, `${name} holds half a character`).toBe(true);
  }
}

const cases: Readonly<Record<string, Files>> = {
  'a hundred thousand nested blocks': { 'nginx.conf': `${'a {\n'.repeat(100_000)}${'}\n'.repeat(100_000)}` },
  'nested blocks of keepalived': { 'keepalived.conf': 'vrrp_instance V {\n'.repeat(4_000) },
  'nested locations': server(`${'location / {\n'.repeat(20_000)}${'}\n'.repeat(20_000)}`),
  'blocks that are never closed': { 'nginx.conf': 'http {\n'.repeat(3_000) },
  'braces that close nothing': http('}\n'.repeat(5_000)),
  'a line of megabytes': http(`log_format x '${'y'.repeat(5_000_000)}';`),
  'a line of megabytes of blanks': {
    ...http(`gzip on;${' '.repeat(2_000_000)}x`),
    ...keepalived(`include${' '.repeat(500_000)}\u2028\n`),
  },
  'a line of a million words': http(`server_name ${'y '.repeat(1_000_000)};`),
  'a line of quotes': http(`x ${'"'.repeat(5_000)};`),
  'a line of semicolons': { 'nginx.conf': ';'.repeat(5_000) },
  'no semicolon anywhere': server('listen 80\n'.repeat(2_000)),
  comments: { ...http('# c\n'.repeat(200_000)), ...keepalived('! c\n'.repeat(200_000)) },
  'comments that allow': http(
    `${'# lbcheck: allow unknown-directive -- x\n'.repeat(5_000)}# lbcheck: allow ${'unknown-directive, '.repeat(1_000)} -- x`,
  ),
  'statements on the line of a comment that allows': http(
    `${'a;'.repeat(15_000)} # lbcheck: allow unknown-directive -- x`,
  ),
  'words that nobody knows': keepalived(lines(4_000, (n) => `bogus${n} x`)),
  'oddities without number': { ...http('“x”;\n'.repeat(3_000)), ...keepalived('“x”\n'.repeat(3_000)) },
  'openings of templates': { ...http(`${'{#'.repeat(20_000)}${'<%'.repeat(20_000)}${'{%'.repeat(20_000)}`) },
  'names that only a template knows': {
    ...http(lines(2_000, (n) => `y \${A${n}};`)),
    ...keepalived(lines(2_000, (n) => `y \${A${n}}`)),
  },
  'something that looks like a prompt': keepalived(`[a@${'-'.repeat(500_000)}\n`),
  'definitions that double': keepalived(
    `${lines(100, (n) => `$A${n}=\${A${n - 1}}\${A${n - 1}}`)}$A0=xx\ny $A99\n${lines(60, (n) => `$B${n}=$B${n - 1} \\\n $B${n - 1}`)}z $B59\n`,
  ),
  'a definition of itself': keepalived('$A=${A}${A}\nx $A\n'),
  'a definition that never ends': keepalived(`$A${'A'.repeat(500_000)}\n\${${'A'.repeat(500_000)}\n`),
  'repetitions of repetitions': keepalived('~SEQ(x,1,100000) ~SEQ(y,1,100000) z $x $y\n'.repeat(10)),
  'a list of thousands': keepalived(`~LST({${lines(500, (n) => `a${n},`).replaceAll('\n', '')}},{b}) x\n`),
  'ids by the thousand': { 'keepalived.conf': `${lines(1_500, (n) => `@id${n} state MASTER`)}${instance()}` },
  'an include bomb of nginx': chain(
    'nginx.conf',
    http('include f0.conf; include f0.conf;')['nginx.conf']!,
    40,
    'include NEXT; include NEXT;\n',
    'gzip on;\n',
  ),
  'a small include bomb with much in it': chain(
    'nginx.conf',
    http('include f0.conf; include f0.conf;')['nginx.conf']!,
    9,
    'include NEXT; include NEXT;\n',
    'gzip on;\n'.repeat(300),
  ),
  'an include bomb of keepalived': chain(
    'keepalived.conf',
    `include f0.conf\ninclude f0.conf\n${instance()}`,
    40,
    'include NEXT\ninclude NEXT\n',
    '! x\n',
  ),
  'includes in circles': {
    ...http('include a.conf;'),
    'a.conf': 'include b.conf;\n',
    'b.conf': 'include a.conf; include *.conf; include nginx.conf;\n',
    'keepalived.conf': `${instance()}include k.conf\ninclude keepalived.conf\n`,
    'k.conf': 'include k.conf\ninclude *.conf\n',
  },
  'braces in an include': keepalived(`include ${'{a,b}'.repeat(2_000)}\ninclude ${'{'.repeat(5_000)}\n`),
  'patterns in an include': {
    ...http(
      `include ${'*a'.repeat(1_000)}; include ${'*/'.repeat(1_000)}x; include ${'../'.repeat(20_000)}x; include [[:constructor:]]*; include ${'['.repeat(2_000)};`,
    ),
    [`${'a'.repeat(200)}.conf`]: '',
  },
  'a dump of a thousand files': {
    'x.conf': lines(
      1_000,
      (n) =>
        `# configuration file /etc/nginx/${n === 0 ? 'nginx' : n}.conf:\n${n === 0 ? http('include /etc/nginx/*.conf;')['nginx.conf'] : 'gzip on;'}\n`,
    ),
  },
  'a dump with a name of megabytes': {
    'x.conf': `# configuration file /${'a'.repeat(1_000_000)}:\nevents {}\n# configuration file /${'../'.repeat(1_000)}:\nx;\n`,
  },
  'the same server again and again': http(
    'server { listen 80; server_name a; location / { return 200; } }\n'.repeat(2_000),
  ),
  'the same instance on both nodes again and again': pair(instance().repeat(1_000)),
  'a line of findings on both nodes': Object.assign(
    {},
    ...['a', 'b'].map((node, index) => ({
      [`${node}/keepalived.conf`]: instance(),
      [`${node}/nginx.conf`]: `events {} http { ${lines(6_000, (n) => `server { listen ${n}; server_name s${n}; client_max_body_size ${index}${n}x; x${n} y; }`).replaceAll('\n', ' ')} }`,
    })),
  ),
  'instances that share nothing': pair(
    lines(1_000, (n) =>
      instance()
        .replace('VI_1', `A${n}`)
        .replace('0.0.100', `1.${n >> 8}.${n & 255}`),
    ),
    lines(1_000, (n) =>
      instance()
        .replace('VI_1', `B${n}`)
        .replace('0.0.100', `2.${n >> 8}.${n & 255}`),
    ),
  ),
  'peers by the thousand': pair(
    instance(`    unicast_peer {\n${lines(2_000, (n) => `10.1.${n >> 8}.${n & 255}`)}    }\n`),
  ),
  'addresses by the thousand': pair(
    instance().replace(
      '10.0.0.100/24',
      lines(5_000, (n) => `10.1.${n >> 8}.${n & 255}/32`),
    ),
  ),
  'groups without members': keepalived(
    lines(2_000, (n) => `vrrp_sync_group G${n} {\n    group {\n        X${n}\n    }\n}`),
  ),
  'variables of variables': server(
    `${lines(1_000, (n) => `set $a${n} $a${n - 1}$a${n - 1};`)}return 200 $a999;`,
  ),
  'maps of maps': http(
    `${lines(500, (n) => `map $m${n} $m${n + 1} { default $m${n}$m${n}; a $m${n}; }`)}server { listen 80; location / { proxy_pass http://$m500; } }`,
  ),
  'patterns that backtrack': server(
    `location ~ ^${'(a*)*'.repeat(300)}$ {}\nlocation ~ ${'(a|'.repeat(500)}b${')'.repeat(500)} {}\nlocation ~ x{1,65535}{1,65535} {}\nlocation ~ ^(([a-z])+.)+[A-Z]([a-z])+$ {}\nrewrite ^/(x+x+)+y$ http://$1 last;`,
  ),
  'maps, geo blocks and variables in chains': http(
    `${lines(1_000, (n) => `map $m${n} $m${n + 1} { default $m${n}; }\ngeo $g${n} $g${n + 1} { default x; }`)}server { listen 80;\n${lines(1_000, (n) => `set $s${n + 1} $s${n}$m${n};`)}location / { return 200 $s1000$m1000$g1000; } }`,
  ),
  'locations that lead to each other': server(
    lines(
      3_000,
      (n) =>
        `location @a${n} { try_files x @a${n + 1}; }\nlocation /a${n} { rewrite ^/a${n} /a${n + 1} last; }`,
    ),
  ),
  'brackets in a pattern': server(
    `location ~ ${'('.repeat(50_000)}${')'.repeat(50_000)} {}\nlocation ~ ${'[^'.repeat(20_000)} {}`,
  ),
  'scripts by the thousand, all tracked': pair(
    `${lines(1_000, (n) => `vrrp_script s${n} {\n    script /bin/c${n}\n    weight 1\n}`)}${instance(`    track_script {\n${lines(1_000, (n) => `s${n}`)}    }\n`)}`,
  ),
  'routers by the hundred': pair(
    lines(500, (n) =>
      instance()
        .replace('VI_1', `A${n}`)
        .replace('51', `${1 + (n % 255)}`)
        .replace('eth0', `eth${n >> 8}`)
        .replace('0.0.100', `1.${n >> 8}.${n & 255}`),
    ),
  ),
  'sync groups by the hundred, of one and of all': keepalived(
    `${lines(200, (n) => `vrrp_sync_group G${n} {\n    group {\n        VI_1\n    }\n}`)}${lines(100, (n) => instance().replace('VI_1', `B${n}`))}vrrp_sync_group H {\n    group {\n${lines(100, (n) => `B${n}`)}    }\n}\n`,
  ),
  'redirects in circles': server(
    lines(500, (n) => `location /a${n} { return 302 /a${(n + 1) % 500}; error_page 404 = /a${n}; }`),
  ),
  'a shell script without end': {
    ...keepalived(`vrrp_script s {\n    script "/bin/sh -c '${'if true; then $( '.repeat(3_000)}'"\n}\n`),
  },
  'a script that nests': {
    'lb/etc/keepalived/keepalived.conf': `vrrp_script s {\n    script "/etc/keepalived/check.sh"\n}\n${instance('    track_script {\n        s\n    }\n')}`,
    'lb/etc/keepalived/check.sh': `#!/bin/sh\n${'a() { '.repeat(4_000)}${'"$('.repeat(4_000)}`,
  },
  'a packet filter of thousands': host(
    'iptables/rules.v4',
    `*filter\n:INPUT DROP [0:0]\n${lines(500, (n) => `:C${n} - [0:0]`)}-A INPUT -j C0\n${lines(500, (n) => `-A C${n} -j C${n + 1}\n-A C${n} -j C${n + 1}`)}COMMIT\n`,
  ),
  'a packet filter that nests': host(
    'nftables.conf',
    `#!/usr/sbin/nft -f\n${'table inet filter {\n'.repeat(20_000)}`,
  ),
  'definitions of a packet filter': host(
    'nftables.conf',
    `#!/usr/sbin/nft -f\n${lines(60, (n) => `define a${n} = { $a${n - 1}, $a${n - 1} }`)}table constructor toString {\n    chain input {\n        type filter hook valueOf priority 0; policy drop;\n        ip saddr $a59 accept\n    }\n}\n`,
  ),
  'entities in a zone': host(
    'firewalld/zones/public.xml',
    `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa">${lines(30, (n) => `<!ENTITY a${n} "&a${n - 1};&a${n - 1};">`)}]><zone>${'<a>'.repeat(5_000)}&a29;</zone>`,
  ),
  'anchors in netplan': host(
    'netplan/01.yaml',
    `a0: &a0 [x, x]\n${lines(60, (n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`)}network:\n  ethernets: *a60\n`,
  ),
  'brackets in netplan': host('netplan/01.yaml', `network: ${'['.repeat(20_000)}`),
  'blank lines and blanks in files of the host': {
    ...host('sysctl.conf', `${'\n'.repeat(200_000)}net.ipv4.x${' '.repeat(200_000)}y`),
    'lb/etc/default/ufw': `${'\n'.repeat(200_000)}X=1`,
    'lb/etc/network/interfaces': '\n'.repeat(200_000),
  },
  'inherited names in nginx': http(
    each(
      'upstream NAME { server 10.0.0.1 NAME=NAME; NAME NAME; zone NAME 64k; }\nmap $NAME $xNAME { default NAME; NAME NAME; }\nmap $uri $NAME { NAME NAME; }\nserver { listen 80 NAME; listen NAME; server_name NAME; set $NAME $NAME; NAME on; location /NAME { proxy_pass http://NAME; limit_req zone=NAME; proxy_cache NAME; add_header NAME $NAME; } location @NAME { return 200; } location ~ [[:NAME:]] {} }\nlog_format NAME "$NAME"; limit_req_zone $NAME zone=NAME:1m rate=1r/s; NAME { NAME 1; } include NAME;',
    ),
  ),
  'inherited names in keepalived': pair(
    each(
      'NAME NAME\nNAME {\n    NAME NAME\n}\n$NAME=1\nvrrp_script NAME {\n    script NAME\n    NAME 1\n}\nvrrp_instance NAME {\n    state NAME\n    interface NAME\n    virtual_router_id 7\n    NAME NAME\n    track_script {\n        NAME weight NAME\n    }\n    track_interface {\n        NAME\n    }\n    virtual_ipaddress {\n        10.0.0.7 dev NAME label NAME\n        NAME\n    }\n    authentication {\n        auth_type NAME\n        auth_pass NAME\n    }\n}\nvrrp_sync_group NAME {\n    group {\n        NAME\n    }\n}\nvirtual_server_group NAME {\n    NAME 80\n}\nvirtual_server group NAME {\n    lb_algo NAME\n    real_server NAME 80 {\n        NAME {\n        }\n    }\n}\nbfd_instance NAME {\n    neighbor_ip NAME\n}',
    ),
  ),
  'inherited names for nodes': Object.assign(
    {},
    ...inherited.map(
      (name): Files => ({
        [`${name}.d/keepalived.conf`]: instance().replace('VI_1', name),
        [`${name}.d/nginx.conf`]: http(`upstream ${name} { server 10.0.0.1; }`)['nginx.conf']!,
      }),
    ),
  ),
  'what a terminal obeys': {
    ...http('\u001b[31m\u001b]8;;http://x\u0007y \u202e\u2066z \u009b2J;\n'.repeat(5)),
    ...keepalived('\u001b[2J \r\u0008 \u009bx\n\ud800 \udc00x\n'),
    '\u001b[31m\u202e/keepalived.conf': instance().replace('51', '52'),
  },
  'halves of characters at every cut': {
    ...http(lines(300, (n) => `${'x'.repeat(n)}${'😀'.repeat(150)} ${'😀'.repeat(20)};`)),
  },
  'commands of those who run checks': {
    ...http('add_header x "\n::error::x\n##[error]y\n::set-output name=a::b";\n::add-mask::x y;'),
    'a\n::error file=x::b/keepalived.conf': keepalived('::stop-commands::x\n')['keepalived.conf']!,
  },
  'NUL in every place': {
    'nginx.conf': `events {}\nhttp {\n${'server_name\u0000 a\u0000b;\n'.repeat(3)}}\n`,
    'keepalived.conf': `${instance()}\u0000${'a '.repeat(100)}`,
  },
};

describe('in memory', () => {
  it.each(Object.entries(cases))('%s', async (_, files) => {
    const report = check(['.'], { fs: memory(files), cwd: '/' });
    await expectReport(report);
    expect(report.summary.nodes + report.skipped.length).toBeGreaterThan(0);
  });

  it('what is over a bound is said, in a finding or beside the findings', () => {
    const said = (files: Files): Report => check(['.'], { fs: memory(files), cwd: '/' });
    const bounds = (files: Files): readonly string[] =>
      said(files)
        .diagnostics.filter(({ rule }) => rule === 'include-too-deep-or-large')
        .map(({ message }) => message);
    expect(bounds(cases['definitions that double']!)).toEqual([
      'the rest is not read: definitions and repetitions make more than 4 MiB',
    ]);
    expect(bounds(cases['an include bomb of nginx']!)[0]).toMatch(/is not read: more than 10000 files/);
    expect(bounds(cases['an include bomb of keepalived']!)[0]).toMatch(/is not read: more than 10000 files/);
    expect(said(cases['ids by the thousand']!).skipped).toEqual([
      { file: 'keepalived.conf', reason: '1500 ids; only the first 1000 are taken for nodes', named: true },
    ]);
    const flood = said(http(lines(30_000, (n) => `x${n} y;`)));
    expect(flood.flooded).toEqual(['unknown-directive']);
    expect(flood.diagnostics.filter(({ rule }) => rule === 'unknown-directive')).toHaveLength(20_000);
  });

  it.each([
    [
      'aliases',
      `a0: &a0 [x, x]\n${lines(60, (n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`)}clusters: *a60\n`,
    ],
    ['brackets', `clusters: ${'['.repeat(50_000)}`],
    ['braces', `clusters: ${'{a: '.repeat(50_000)}`],
    ['an alias of itself', 'clusters: &a [*a]\n'],
    ['keys by the hundred thousand', lines(200_000, (n) => `k${n}: &k${n} x`)],
  ])('a configuration file of %s', (_, text) => {
    const root = readYaml(source('lbcheck.yaml', text));
    if (isProblem(root)) expect(root.message).toMatch(/./);
    else expect(root.content.kind).toBe('map');
  });

  it('a folder that nobody may read, and a file that nobody may read', () => {
    const denied = { kind: 'denied', reason: 'permission denied' } as const;
    const files = {
      ...http('include conf.d/*.conf; include secret.conf;'),
      'conf.d/a.conf': 'gzip on;\n',
      'secret.conf': '',
    };
    const report = check(['nginx.conf'], {
      fs: memory(files, { 'conf.d': denied, 'secret.conf': denied }),
      cwd: '/',
    });
    const messages = report.diagnostics.map(({ message }) => message);
    for (const name of ['conf.d/*.conf', 'secret.conf']) {
      expect(messages).toContain(`${name} is included and cannot be read`);
    }
    expect(check(['.'], { fs: memory(files, { '/': denied }), cwd: '/' }).skipped[0]?.reason).toBe(
      'permission denied',
    );
  });

  it.each([
    ['vanish', () => ({ kind: 'missing', reason: 'no such file or folder' }) as const],
    ['turn into something else', () => new Uint8Array([0x1f, 0x8b, 8, 0, 0])],
    ['grow', () => Buffer.from('}\n'.repeat(5_000))],
  ])('files that %s between two looks', async (_, second) => {
    const still = memory({
      ...http('include a.conf;'),
      'a.conf': 'gzip on;\n',
      ...keepalived('include b.conf\n'),
      'b.conf': '! x\n',
    });
    const looks = new Map<string, number>();
    const fs: FileSystem = {
      ...still,
      read: (path) => {
        looks.set(path, (looks.get(path) ?? 0) + 1);
        return looks.get(path)! > 1 || /[ab]\.conf$/.test(path) ? second() : still.read(path);
      },
    };
    await expectReport(check(['.'], { fs, cwd: '/' }));
  });
});

describe('on the disk', () => {
  it('links in circles', () => {
    const folder = folderWith({
      ...http('include loop.conf; include */*/*/*/*/*/*/*/*/*/*/*/*/*.conf;'),
      'sub/a.conf': 'gzip on;\n',
    });
    symlinkSync('loop.conf', join(folder, 'loop.conf'));
    for (const name of ['one', 'two', 'three']) symlinkSync('..', join(folder, 'sub', name));
    symlinkSync('.', join(folder, 'self'));
    const { code, out } = lbcheck(['--format=concise', 'nginx.conf'], { cwd: folder });
    expect(out).toContain('loop.conf is included and cannot be read');
    expect(code).toBe(1);
    expect(lbcheck(['.'], { cwd: folder }).code).toBe(1);
  });

  it('names that a terminal would obey come out as words', () => {
    const folder = folderWith({
      'a\u001b[31m\n::error::x/keepalived.conf': `${instance()}\u001b]0;x\u0007 y\n`,
    });
    for (const args of [
      ['.'],
      ['--color=always', '.'],
      ['--verbose', '.'],
      ['--format=github', '.'],
      ['failover', '.'],
      ...failoverFormatNames.map((name) => ['failover', '.', '--format', name]),
      ...formatNames.map((name) => ['--format', name, '.']),
      ['--diff', '.'],
      ['baseline', 'write', '.'],
      ['\u001b[31mno-such-file'],
      ['--rule', '\u001b[31m=off'],
      ['explain', '\u001b[31mx'],
    ]) {
      const { out, err, code } = lbcheck(args, { cwd: folder });
      const text = `${out}${err}`.replaceAll(
        /\u001b\[[0-9;]*m/g,
        args.includes('--color=always') ? '' : '$&',
      );
      expect(raw.exec(text), args.join(' ')).toBeNull();
      expect(text).not.toMatch(/^::error::x/m);
      expect(code).not.toBeNull();
    }
  });

  it('no line of a log is a command for GitHub because of how a node is called', () => {
    const folder = folderWith({
      '::error::x/keepalived.conf': instance(),
      'lb2/keepalived.conf': instance().replace('priority 150', 'priority 100'),
    });
    for (const format of failoverFormatNames) {
      const { out } = lbcheck(['failover', '.', '--format', format], { cwd: folder });
      expect(out, format).toContain('::error::x');
      expect(out, format).not.toMatch(/^\s*::/m);
    }
  });

  const fifty = 50_000_000;
  it.each<[string, string, () => string]>([
    ['one line in quotes', 'nginx.conf', () => `events {}\nhttp { log_format x '${'y'.repeat(fifty)}'; }\n`],
    ['one word of dollars', 'nginx.conf', () => `events {}\nhttp { x ${'$'.repeat(fifty)}; }\n`],
    ['one word', 'keepalived.conf', () => `${instance()}x ${'y'.repeat(fifty)}\n`],
    ['a million comments', 'nginx.conf', () => `events {}\nhttp {\n${'# c\n'.repeat(1_000_000)}}\n`],
    [
      '100,000 blocks',
      'keepalived.conf',
      () => `${'vrrp_instance V {\n'.repeat(100_000)}${'}\n'.repeat(100_000)}`,
    ],
    ['brackets in lbcheck.yaml', 'lbcheck.yaml', () => `clusters: ${'['.repeat(4_000_000)}`],
    ['brackets in a baseline', 'lbcheck-baseline.json', () => '['.repeat(4_000_000)],
  ])('%s: a report or one line of words, within the time', (_, name, text) => {
    const folder = folderWith({ ...keepalived(''), [name]: text() });
    const { code, err } = lbcheck(['--format=concise', '.'], { cwd: folder, timeout: 50_000 });
    expect(err).not.toMatch(/internal error|RangeError/);
    expect(name.startsWith('lbcheck') ? [2] : [0, 1]).toContain(code);
  });

  it.each([
    ['.'],
    ['failover', '.'],
    ['explain', 'unknown-keyword'],
    ['rules'],
    ['--help'],
    ['--diff', '.'],
    ['--format=sarif', '.'],
  ])('a full disk behind standard output: one line, exit 2 (%s)', (...args) => {
    const folder = folderWith(keepalived('router_idd x\nglobal_defs {\n    router_idd x\n}\n'));
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [bin, ...args], {
      cwd: folder,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(stderr).toMatch(/^lbcheck: standard output cannot be written: ENOSPC.*\n$/m);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(2);
  });

  it('a full disk behind standard error changes no exit code', () => {
    const folder = folderWith(keepalived(''));
    const full = openSync('/dev/full', 'w');
    const options = { cwd: folder, stdio: ['ignore', 'ignore', full] as ['ignore', 'ignore', number] };
    expect(spawnSync(process.execPath, [bin, 'no-such-file'], options).status).toBe(2);
    closeSync(full);
  });

  it('a folder and a file that another user may not read are said, and the rest is checked', () => {
    const folder = folderWith({
      ...http('include closed/*.conf; include secret.conf;'),
      'closed/a.conf': 'gzip on;\n',
      'secret.conf': '',
      'b/keepalived.conf': `${instance()}bogus x\n`,
      'shut/keepalived.conf': instance(),
    });
    chmodSync(folder, 0o755);
    chmodSync(dirname(bin), 0o755);
    for (const name of ['closed', 'secret.conf', 'shut']) chmodSync(join(folder, name), 0);
    const node = [process.execPath, bin, '--format=concise', 'nginx.conf', 'b', 'shut'];
    // root may read everything.
    const isRoot = process.getuid?.() === 0;
    const [program, ...args] = isRoot
      ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...node]
      : node;
    const { stdout, stderr, status } = spawnSync(program!, args, { cwd: folder, encoding: 'utf8' });
    expect(stdout).toContain('closed/*.conf is included and cannot be read');
    expect(stdout).toContain('secret.conf is included and cannot be read');
    expect(stdout).toContain('b/keepalived.conf:');
    expect(stderr).toBe('lbcheck: shut: permission denied\n');
    expect(status).toBe(2);
    for (const name of ['closed', 'secret.conf', 'shut']) chmodSync(join(folder, name), 0o755);
  });
});
