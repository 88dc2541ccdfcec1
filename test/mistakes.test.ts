/** A file with dozens of mistakes, or a pair of nodes, gives as many findings: each at its line, none born from another. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseKeepalived } from '../grammar/keepalived/index.ts';
import { source } from '../grammar/text.ts';
import { type Directive, walk } from '../grammar/tree.ts';
import { check, memory, mend, parseVersion } from '../src/index.ts';

const corpus = join(import.meta.dirname, '../fixtures/corpus');
const clusters = join(import.meta.dirname, '../fixtures/clusters');
const versions = { keepalived: parseVersion('2.2.7'), nginx: parseVersion('1.22.1') };

describe.each(['nginx', 'keepalived'])('a file of %s with a mistake under each mark', (language) => {
  const name = `${language}.conf`;
  const text = readFileSync(join(corpus, language, 'mistakes.conf'), 'utf8');
  const planted = text.split('\n').flatMap((line, index) => (/# mistake$/.test(line) ? [index + 2] : []));
  const found = check([name], { fs: memory({ [name]: text }), versions })
    .diagnostics.filter(({ severity }) => severity !== 'info')
    .map(({ line }) => line);

  it('has one finding for each', () => {
    expect(planted.length).toBeGreaterThanOrEqual(40);
    expect(planted.filter((line) => !found.includes(line))).toEqual([]);
  });

  it('has no finding beside them', () => {
    expect(found.filter((line) => !planted.includes(line))).toEqual([]);
    expect(found.length).toBeLessThanOrEqual(planted.length + 2);
  });
});

/** Where a `# mistake` stands, the next line is one, or lacks its counterpart on the other node. */
const plantedIn = (path: string, text: string): readonly string[] =>
  text.split('\n').flatMap((line, index) => (/# mistake$/.test(line) ? [`${path}:${index + 2}`] : []));

describe.each(['a-web-pair', 'a-pair-of-firewalls', 'a-dual-stack-pair'])(
  'two nodes with mistakes between them: %s',
  (story) => {
    const folder = join(clusters, `mistakes-on-${story}`);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.conf$/.test(name),
    );
    const texts = Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    const planted = Object.entries(texts).flatMap(([name, text]) => plantedIn(name, text));
    const found = check(['.'], { fs: memory(texts), cwd: '/', versions }).diagnostics.map((each) => ({
      severity: each.severity,
      places: [each, ...each.related].map(({ file, line }) => `${file}:${line}`),
    }));

    it('each has a finding that shows it', () => {
      expect(planted.length).toBeGreaterThanOrEqual(8);
      const shown = new Set(found.flatMap(({ places }) => places));
      expect(planted.filter((place) => !shown.has(place))).toEqual([]);
    });

    it('nothing else is an error or a warning, and none is told twice', () => {
      const heavy = found.filter(({ severity }) => severity !== 'info');
      expect(heavy.filter(({ places }) => !places.some((place) => planted.includes(place)))).toEqual([]);
      expect(heavy.length).toBeLessThanOrEqual(planted.length);
    });
  },
);

/** An instance, a script and a virtual server, many times over: more than a thousand lines, as an operator indents them. */
const realistic = Array.from(
  { length: 22 },
  (_, n) => `# service ${n}
vrrp_script check_${n} {
    script "/usr/bin/pgrep -x service${n}"
    interval 2
    weight -20
}

vrrp_instance VI_${n} {
    state BACKUP
    interface eth${n}
    virtual_router_id ${n + 10}
    priority 100
    authentication {
        auth_type PASS
        auth_pass k3epA${n}
    }
    track_script {
        check_${n}
    }
    track_interface {
        eth${n + 100}
    }
    virtual_ipaddress {
        10.0.${n}.1/24
        10.0.${n}.2/24 dev eth${n}
    }
    notify_master "/usr/bin/logger master ${n}"
}

virtual_server 10.0.${n}.1 80 {
    delay_loop 6
    lb_algo wrr
    lb_kind DR
    protocol TCP
    real_server 10.1.${n}.1 80 {
        weight 1
        HTTP_GET {
            url {
                path /healthz
                status_code 200
            }
            connect_timeout 3
        }
    }
    real_server 10.1.${n}.2 80 {
        TCP_CHECK {
            connect_timeout 3
        }
    }
}
`,
).join('\n');

const styles: Readonly<Record<string, string>> = {
  'with four blanks': realistic,
  'with two blanks': realistic.replace(/^ +/gm, (blanks) => ' '.repeat(blanks.length / 2)),
  'with tabs': realistic.replace(/^ +/gm, (blanks) => '\t'.repeat(blanks.length / 4)),
  'with braces on lines of their own': realistic.replace(/^([ \t]*)(.*\S) \{$/gm, '$1$2\n$1{'),
  'with carriage returns': realistic.replaceAll('\n', '\r\n'),
};

describe.each(Object.entries(styles))('a long keepalived.conf %s', (_, text) => {
  const parse = (given: string) => parseKeepalived(source('keepalived.conf', given));
  const blocks: readonly Directive[] = [...walk(parse(text).items)].filter(({ body }) => body);
  const share = (kind: string, offset: (block: Directive) => number): number => {
    const some = blocks.filter((_, index) => index % 7 === 0);
    const exact = some.filter((block) => {
      const at = offset(block);
      const { oddities } = parse(text.slice(0, at) + text.slice(at + 1));
      return (
        oddities.length === 1 && oddities[0]!.kind === kind && oddities[0]!.at.start === block.name.start
      );
    });
    return exact.length / some.length;
  };

  it('is regular', () => {
    expect(text.split('\n').length).toBeGreaterThan(1000);
    expect(blocks.length).toBeGreaterThan(200);
    expect(parse(text).oddities).toEqual([]);
  });

  it('that lacks a } has its finding at that block', () => {
    expect(share('block-never-closed', ({ close }) => close)).toBeGreaterThanOrEqual(0.95);
  });

  it('that lacks a { has its finding at that block', () => {
    const opens = ({ name, args }: Directive) => text.indexOf('{', args.at(-1)?.end ?? name.end);
    expect(share('block-never-opened', opens)).toBeGreaterThanOrEqual(0.95);
  });
});

describe('a block of unknown kind', () => {
  const script = 'vrrp_script chk {\n  script "/usr/bin/true"\n  user root\n}\n';
  const instance = (more: string): string =>
    `vrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n  virtual_ipaddress {\n    10.0.0.100/24\n  }\n${more}}\n`;
  const rules = (text: string): string[] =>
    check(['keepalived.conf'], { fs: memory({ 'keepalived.conf': text }), versions })
      .diagnostics.filter(({ severity }) => severity !== 'info')
      .map(({ rule }) => rule);

  it.each([
    ['the name of the script', '  watched {\n    chk\n  }\n'],
    ['the name of something else', '  watched {\n    eth1\n  }\n'],
    ['a word of keepalived', '  watched {\n    weight 5\n  }\n'],
  ])('may hide what is absent elsewhere: %s', (_, block) => {
    expect(rules(script + instance(block))).toEqual(['unknown-keyword']);
  });

  it('hides nothing when nothing in it is anything to keepalived', () => {
    expect(rules(script + instance('  rack {\n    row b7\n  }\n'))).toEqual([
      'unknown-keyword',
      'unused-script',
    ]);
  });
});

it('nopreempt that defeats a weight on one node is no difference besides', () => {
  const node = (more: string): string =>
    `vrrp_script chk {\n  script "/usr/bin/true"\n  user root\n  weight -60\n}\nvrrp_instance VI_1 {\n  state BACKUP\n  interface eth0\n  virtual_router_id 51\n${more}  track_script {\n    chk\n  }\n  virtual_ipaddress {\n    10.0.0.100/24\n  }\n}\n`;
  const files = {
    'lb1/keepalived.conf': node('  priority 150\n  nopreempt\n'),
    'lb2/keepalived.conf': node('  priority 100\n'),
  };
  const rules = check(['.'], { fs: memory(files), versions }).diagnostics.map(({ rule }) => rule);
  expect(rules).toContain('nopreempt-defeats-weight');
  expect(rules).not.toContain('nopreempt-mismatch');
});

it('a block without its name is not missed by those who use it', () => {
  const text = `vrrp_script {\n  script "/usr/bin/true"\n  user root\n}\nvrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n  track_script {\n    web\n  }\n  virtual_ipaddress {\n    10.0.0.100/24\n  }\n}\n`;
  const { diagnostics } = check(['keepalived.conf'], { fs: memory({ 'keepalived.conf': text }), versions });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ rule }) => rule)).toEqual(['missing-value']);
});

it('the first line of a block, copied twice, is one finding', () => {
  const text = `vrrp_instance VI_1 {\n# the pair\nglobal_defs {\n  router_id lb1\n}\nvrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n  virtual_ipaddress {\n    10.0.0.100/24\n  }\n}\n`;
  const { diagnostics } = check(['keepalived.conf'], { fs: memory({ 'keepalived.conf': text }), versions });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ rule }) => rule)).toEqual(['block-never-closed']);
});

it('a route that keepalived cannot read is no difference besides', () => {
  const node = (route: string): string =>
    `vrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n  virtual_ipaddress {\n    10.0.0.100/24\n  }\n  virtual_routes {\n    ${route}\n    10.9.0.0/16 via 10.0.0.1 dev eth0\n  }\n}\n`;
  const files = {
    'lb1/keepalived.conf': node('10.8.0.0/16 via 10.0.0.1 dev eth0'),
    'lb2/keepalived.conf': node('10.8.0.0/16 via 10.0.0.1 dev eth0 link'),
  };
  const rules = check(['.'], { fs: memory(files), versions }).diagnostics.map(({ rule }) => rule);
  expect(rules).toContain('unknown-keyword');
  expect(rules).not.toContain('virtual-route-mismatch');
});

it('a mistake in a file that several nodes share is told once', () => {
  const text = `@lb1 $PRIORITY=150\n@lb2 $PRIORITY=100\nvrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 300\n  priority $PRIORITY\n  virtual_ipaddress {\n    10.0.0.100/24\n  }\n}\n`;
  const { diagnostics, nodes } = check(['keepalived.conf'], {
    fs: memory({ 'keepalived.conf': text }),
    versions,
  });
  expect(nodes).toEqual(['lb1', 'lb2']);
  expect(diagnostics.filter(({ line }) => line === 5)).toHaveLength(1);
});

describe('one slip in a file of nginx is one finding', () => {
  const sound = `events {}
http {
    limit_req_zone $binary_remote_addr zone=perip:10m rate=10r/s;
    map $http_upgrade $connection_upgrade {
        default upgrade;
        '' close;
    }
    server {
        listen 80;
        location = /health {
            return 200;
        }
        location / {
            limit_req zone=perip;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_http_version 1.1;
            proxy_pass http://10.0.0.7:8080;
        }
    }
}
`;
  const rules = (text: string): string[] =>
    check(['nginx.conf'], { fs: memory({ 'nginx.conf': text }), versions })
      .diagnostics.filter(({ severity }) => severity !== 'info')
      .map(({ rule }) => rule);

  it.each([
    ['$connection_upgrade {', '$connection_upgrade', 'block-never-opened'],
    ['rate=10r/s', 'rae=10r/s', 'invalid-argument'],
    ['location = /health {', 'location = /health {\n        location = /health {', 'block-never-closed'],
    ['location = /health {', 'location ＝ /health {', 'smart-punctuation'],
    ['    server {', '    <p>And then:</p>\n    server {', 'pasted-page'],
    ['return 200;', 'return 200:', 'missing-semicolon'],
    ['location = /health {', 'location = /health (', 'stray-brace'],
    ['location = /health {', 'location = /health }', 'stray-brace'],
    ['    server {', '    {', 'stray-brace'],
    ['    server {\n', '', 'stray-brace'],
    ['listen 80;', 'listen80;', 'unknown-directive'],
    ['proxy_http_version', 'proxy_http _version', 'unknown-directive'],
    ['limit_req zone', 'limit_req limit_req zone', 'unknown-directive'],
    ['return 200;', '200 return;', 'unknown-directive'],
    ['proxy_http_version 1.1', 'proxy_http_version = 1.1', 'unknown-directive'],
    ['zone=perip:10m', 'zonee=perip:10m', 'invalid-argument'],
    ['listen 80;', 'listen 80 http 2;', 'invalid-argument'],
    ['listen 80;', 'listen 80; {', 'stray-brace'],
    ['listen 80;', 'listen 80;\n        }', 'stray-brace'],
    ["'' close;\n    }", "'' close;\n        }\n        }", 'stray-brace'],
    ['        }\n        location / {', '        location / {\n        }', 'block-never-closed'],
    ['    }\n    server {', '    server {\n    }', 'block-never-closed'],
  ])('%s → %s', (from, to, rule) => {
    expect(rules(sound)).toEqual([]);
    expect(rules(sound.replace(from, () => to))).toEqual([rule]);
  });
});

describe('what depends on a word that nginx cannot read', () => {
  const rules = (location: string): string[] => {
    const text = `events {}\nhttp {\n  upstream app {\n    server 10.0.0.7:80;\n    keepalive 8;\n  }\n  server {\n    listen 80;\n    location / {\n      ${location}\n    }\n  }\n}\n`;
    return check(['nginx.conf'], { fs: memory({ 'nginx.conf': text }), versions })
      .diagnostics.filter(({ severity }) => severity !== 'info')
      .map(({ rule }) => rule);
  };

  it.each([
    ['stub_status; allow 10.0.0.0/8; deny everything;', ['invalid-argument']],
    ['proxy_http_version 1,1; proxy_set_header Connection ""; proxy_pass http://app;', ['invalid-argument']],
    ['include gone.conf; return 301 https://$hots/;', ['include-not-found', 'unknown-variable']],
  ])('is not told of: %s', (location, expected) => {
    expect(rules(location).sort()).toEqual(expected);
  });
});

describe('one slip in a file of keepalived is one finding', () => {
  const sound = `global_defs {
    router_id lb1
    enable_script_security
    script_user root
}
vrrp_script chk_web {
    script "/usr/bin/pgrep -x nginx"
    interval 2
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 100
    track_script {
        chk_web
    }
    virtual_ipaddress {
        10.0.0.100/24
    }
}
`;
  const rules = (text: string): string[] =>
    check(['keepalived.conf'], { fs: memory({ 'keepalived.conf': text }), versions })
      .diagnostics.filter(({ severity }) => severity !== 'info')
      .map(({ rule }) => rule);

  it.each([
    ['track_script {', 'track_script [', 'stray-brace'],
    ['track_script {', 'track_script }', 'stray-brace'],
    ['    virtual_ipaddress {', '    {', 'stray-brace'],
    ['    virtual_ipaddress {\n', '', 'stray-brace'],
    ['vrrp_script chk_web {', 'vrrp_script chk_web {\nvrrp_script chk_web {', 'block-never-closed'],
    ['vrrp_script chk_web {', 'vrrp_script vrrp_script chk_web {', 'unknown-keyword'],
    ['vrrp_script chk_web {', 'vrrp_script {', 'missing-value'],
    ['vrrp_instance VI_1 {', 'vrrp_instanceVI_1 {', 'unknown-keyword'],
    ['priority 100', 'prior ity 100', 'unknown-keyword'],
    ['priority 100', '100 priority', 'unknown-keyword'],
    ['script_user root', 'script_userroot', 'unknown-keyword'],
    ['script "/usr', 'script /usr', 'quote-never-closed'],
    ['priority 100', 'priority 100 {', 'stray-brace'],
    ['priority 100', 'priority 100\n    }', 'stray-brace'],
    ['        chk_web\n', '        chk_web\n        {\n', 'stray-brace'],
    ['    interval 2\n}', '    interval 2\n    }\n    }', 'stray-brace'],
    ['}\nvrrp_instance VI_1 {', 'vrrp_instance VI_1 {\n}', 'block-never-closed'],
    ['    }\n    virtual_ipaddress {', '    virtual_ipaddress {\n    }', 'block-never-closed'],
    ['priority 100', 'priority\n    100', 'unknown-keyword'],
    ['BACKUP\n    interface', 'BACKUP interface', 'ignored-words'],
    ['interface eth0', 'interface eth0;', 'invalid-value'],
    ['interface eth0', 'interface eth 0', 'invalid-value'],
    ['vrrp_script chk_web {', 'vrrp_script chk web {', 'ignored-words'],
    ['priority 100', 'priority 100 \\ # of two', 'trailing-backslash'],
    ['priority 100', 'nopreempt off', 'off-means-on'],
  ])('%s → %s', (from, to, rule) => {
    expect(rules(sound)).toEqual([]);
    expect(rules(sound.replace(from, () => to))).toEqual([rule]);
  });
});

describe('one slip in a sound file of nginx', () => {
  const sound = `events {}
http {
    upstream app {
        server 10.0.0.11:8080;
        server 10.0.0.12:8080;
    }
    server {
        listen 80;
        listen 8080 backlog=64;
        root /srv/www;
        gzip_types text/css;
        location / {
            proxy_set_header Host $host;
            proxy_pass http://app;
            deny all;
        }
        location = /off {
            if ($request_method = "PUT") { return 403; }
            return 204;
        }
    }
}
`;
  const name = '/nginx.conf';
  const typed = (from: string, to: string): string => {
    expect(sound.split(from)).toHaveLength(2);
    return sound.replace(from, () => to);
  };
  const loud = (text: string): readonly string[] =>
    check([name], { fs: memory({ [name]: text }), cwd: '/', versions })
      .diagnostics.filter(({ severity }) => severity !== 'info')
      .map(({ rule, line }) => `${line} ${rule}`);
  const mended = (text: string): string => {
    const [change] = mend([name], { fs: memory({ [name]: text }), cwd: '/', versions }).changes;
    return change ? Buffer.from(change.after).toString() : text;
  };

  it('starts from one that is sound', () => {
    expect(loud(sound)).toEqual([]);
  });

  it.each([
    ['listen 80;', 'listen 80}', '8 missing-semicolon'],
    ['listen 80;', 'listen; 80;', '8 stray-semicolon'],
    ['root /srv/www;', 'root;/srv/www;', '10 stray-semicolon'],
    ['root /srv/www;', 'root; /srv/www', '10 stray-semicolon'],
    ['return 204;', 'return 204}', '19 missing-semicolon'],
    ['{ return 403; }', '{ return 403; ;', '18 stray-brace'],
    ['location / {', 'location / ;{', '12 stray-semicolon'],
    ['location / {', 'location / (', '12 stray-brace'],
    ['location / {', 'location / do', '12 block-never-opened'],
    ['    server {', '    server :', '7 block-never-opened'],
    ['    server {', '    server <', '7 block-never-opened'],
    ['"PUT") {', '"PUT") [', '18 block-never-opened'],
    ['return 204;\n        }', 'return 204;\n        ;', '20 stray-brace'],
    ['return 204;\n        }', 'return 204;\n        end', '20 stray-brace'],
    ['return 204;\n        }', 'return 204;\n        >', '20 stray-brace'],
    ['listen 80;', 'listen 80 {', '8 missing-semicolon'],
  ])('%j typed as %j is one finding, and the safe fix takes it back', (from, to, finding) => {
    const text = typed(from, to);
    expect(loud(text)).toEqual([finding]);
    expect(mended(text)).toBe(sound);
  });

  it.each([
    ['listen 80;', 'listen 80;\n        {', '9 stray-brace'],
    ['location / {', 'location / {\n        {', '13 stray-brace'],
  ])('a { below %j is one finding', (from, to, finding) => {
    const text = typed(from, to);
    expect(loud(text)).toEqual([finding]);
    expect(mended(text).replace(/\n +(?=\n)/, '')).toBe(sound);
  });

  it('has a comment behind a semicolon', () => {
    const text = typed('listen 80;', 'listen 80; ; the old port');
    expect(loud(text)).toEqual(['8 not-a-comment']);
    expect(mended(text)).toBe(typed('listen 80;', 'listen 80; # the old port'));
  });

  it.each([
    ['return 204;', 'return', '19 wrong-argument-count'],
    ['deny all;', 'Deny from all;', '15 unknown-directive'],
    ['deny all;', 'deny all; nobody comes in', '15 unknown-directive'],
    ['gzip_types text/css;', 'the\n        gzip_types text/css;', '11 unknown-directive'],
    ['listen 80;', '* listen 80;', '8 unknown-directive'],
    ['listen 80;', 'listen 80 quick;', '8 invalid-argument'],
    ['deny all;', 'auth_basic Staff; AuthUserFile /etc/nginx/users;', '15 unknown-directive'],
    ['server 10.0.0.12:8080;', 'server the 10.0.0.12:8080;', '5 invalid-argument'],
    [
      '        server 10.0.0.12:8080;\n    }',
      '    }\n        server 10.0.0.12:8080;',
      '6 misplaced-directive',
    ],
  ])('%j as %j is one finding, and no safe fix guesses', (from, to, finding) => {
    const text = typed(from, to);
    expect(loud(text)).toEqual([finding]);
    expect(mended(text)).toBe(text);
  });
});
