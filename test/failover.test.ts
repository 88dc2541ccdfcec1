/** What a person, a program and a runbook get from `lbcheck failover`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { failover } from '../src/failover.ts';
import { failoverFormats } from '../src/format/failover/index.ts';
import { colourful, plain } from '../src/format/style.ts';
import { width } from '../src/format/width.ts';
import { memory } from '../src/load/disk.ts';
import { root, lbcheck as run } from './command.ts';

const folder = join(root, 'fixtures/failover');
const stories = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const places = new Map([
  ...stories.map((name) => [name, join(folder, name)] as const),
  ['article', join(root, 'fixtures/clusters/article')],
  ['article-repaired', join(root, 'fixtures/clusters/article-repaired')],
]);

const { pretty, json, markdown, mermaid, svg } = failoverFormats;
const predicted = (cwd: string) => failover(['.'], { cwd }).prediction;
const shown = (cwd: string): string => pretty(predicted(cwd), { style: plain });
const lbcheck = (args: readonly string[], cwd = root) => run(['failover', ...args], { cwd });

describe('the table', () => {
  it.each([...places])(
    'of the story %s reads as expected, and no line is longer than 100',
    async (name, cwd) => {
      const text = shown(cwd);
      for (const line of text.split('\n')) expect(width(line), line).toBeLessThanOrEqual(100);
      await expect(text).toMatchFileSnapshot(join(folder, `${name}.txt`));
    },
  );

  it('has a title where a template leaves the address open', () => {
    const file = (peer: string): string =>
      `vrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n  priority ${peer}\n  virtual_ipaddress {\n    <vip>/24\n  }\n}\n`;
    const fs = memory({ 'lb1/keepalived.conf': file('150'), 'lb2/keepalived.conf': file('100') });
    const text = pretty(failover(['lb1', 'lb2'], { fs }).prediction, { style: plain });
    expect(text.split('\n')[0]).toBe('no known address on lb1 and lb2');
  });

  it('says of the article that nobody ever carries the address, once', () => {
    const text = shown(places.get('article')!);
    expect(text).toMatch(/whatever happens .* nobody \[1\]/);
    expect(text.match(/keepalived\.conf:/g)).toHaveLength(2);
  });

  it('says of the article with its words repaired that both carry the address, with both lines', () => {
    const files = Object.fromEntries(
      ['master', 'backup'].map((node) => [
        `${node}/keepalived.conf`,
        readFileSync(join(root, `fixtures/clusters/article/${node}/keepalived.conf`), 'utf8')
          .replace('vrrp_instace', 'vrrp_instance')
          .replace('autentication', 'authentication'),
      ]),
    );
    const { prediction } = failover(['.'], { fs: memory(files) });
    expect(prediction.routers[0]?.results[0]).toMatchObject({ verdict: 'split-brain' });
    const text = pretty(prediction, { style: plain });
    expect(text).toContain('virtual_router_id is 158 and 160');
    expect(text.match(/keepalived\.conf:13/g)).toHaveLength(2);
  });

  it('is as wide in colour', async () => {
    const prediction = predicted(places.get('checked-pair')!);
    const coloured = pretty(prediction, { style: await colourful() });
    expect(coloured).toContain('\x1b[');
    expect(coloured.replace(/\x1b\[[\d;]*m/g, '')).toBe(pretty(prediction, { style: plain }));
  });
});

describe('what lies beside the instance', () => {
  const pair = (here: string, there: string, more: Readonly<Record<string, string>> = {}) =>
    failover(['.'], {
      cwd: '/',
      fs: memory({ 'lb1/keepalived.conf': here, 'lb2/keepalived.conf': there, ...more }),
    }).prediction.routers[0]!.results;
  const instance = (priority: number, rest = '', address = '10.0.0.100/24'): string => `
vrrp_track_process nginx {
    process nginx
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    ${rest}
    virtual_ipaddress { ${address} }
}
`;
  const judged = (results: ReturnType<typeof pair>, steps: string) => {
    const found = results.find((each) => each.steps.join() === steps)!;
    return [found.verdict, found.why];
  };

  it('counts: the packet filter of a host', () => {
    const filter = `table inet filter { chain input { type filter hook input priority 0; policy drop; } }`;
    const results = pair(instance(150), instance(100), { 'lb2/nftables.conf': filter });
    expect(judged(results, '')).toEqual([
      'split-brain',
      'lb2 never hears lb1: inet filter input of lb2 drops them',
    ]);
    expect(judged(pair(instance(150), instance(100)), '')[0]).toBe('ok');
  });

  it('counts: a check that only the other node tracks', () => {
    const results = pair(instance(150), instance(100, 'track_process { nginx }'));
    expect(judged(results, 'crash lb1')[0]).toBe('ok');
    const both = pair(
      `${instance(150)}
vrrp_instance VI_2 {
    interface eth0
    virtual_router_id 52
    priority 150
    track_process { nginx }
    virtual_ipaddress { 10.0.0.101/24 }
}`,
      instance(100, 'track_process { nginx }'),
    );
    expect(judged(both, 'fail lb1 nginx')).toEqual([
      'stays-on-broken-node',
      'nginx fails on lb1, and VI_1 does not track it there',
    ]);
  });

  it('counts: the account of a check, without which keepalived drops it', () => {
    const node = (priority: number, user: string): string => `
global_defs {
    enable_script_security
    ${user}
}
vrrp_script nginx {
    script "/usr/bin/pgrep nginx"
}
${instance(priority, 'track_script { nginx }').replace(/vrrp_track_process[^}]*}/, '')}`;
    const fails = (user: string) =>
      judged(pair(node(150, user), node(100, 'script_user root')), 'fail lb1 nginx')[0];
    expect(fails('script_user root')).toBe('ok');
    expect(fails('script_user 1000')).toBe('stays-on-broken-node');
    // Whether there is an account keepalived_script is up to the host.
    expect(fails('script-user root')).toBe('undetermined');
  });

  it('counts: a source that was copied, unless the kernel lets any address be used', () => {
    const peers = (source: string, peer: string): string =>
      `unicast_src_ip ${source}\nunicast_peer { ${peer} }`;
    const files = [
      instance(150, peers('10.0.0.11', '10.0.0.12')),
      instance(100, peers('10.0.0.11', '10.0.0.11')),
    ] as const;
    expect(judged(pair(...files), 'crash lb1')[0]).toBe('nobody');
    const sysctl = { 'lb2/sysctl.conf': 'net.ipv4.ip_nonlocal_bind = 1\n' };
    expect(judged(pair(...files, sysctl), '')[0]).toBe('split-brain');
  });

  it('two masters with an address of their own each are no race', () => {
    const results = pair(instance(150), instance(100, '', '10.0.0.101/24'));
    expect(judged(results, '')).toEqual([
      'ok',
      'lb1 and lb2 are both master, each with its own addresses: their virtual addresses differ',
    ]);
  });
});

describe('JSON', () => {
  it('has the fields of version 1, the healthy start first', () => {
    const { version, routers } = JSON.parse(json(predicted(places.get('small-weight')!), { style: plain }));
    expect(version).toBe(1);
    expect(routers).toHaveLength(1);
    const [{ addresses, nodes, results }] = routers;
    expect({ addresses, nodes }).toEqual({ addresses: ['192.0.2.10'], nodes: ['lb1', 'lb2'] });
    expect(Object.keys(results[0])).toEqual(['steps', 'holders', 'verdict', 'unserved', 'why']);
    expect(results[0].steps).toEqual([]);
    for (const { steps, holders, verdict, unserved, why } of results) {
      expect(steps.every((step: unknown) => typeof step === 'string')).toBe(true);
      expect(Object.keys(holders)).toEqual(addresses);
      expect(nodes).toEqual(expect.arrayContaining(holders['192.0.2.10']));
      expect(verdict).toMatch(/^(?:ok|split-brain|nobody|stays-on-broken-node|undetermined)$/);
      expect(unserved.min).toBeGreaterThanOrEqual(0);
      expect(unserved.max ?? unserved.min).toBeGreaterThanOrEqual(unserved.min);
      expect(why).toMatch(/\S/);
    }
    const failing = results.find((each: { steps: string[] }) => each.steps.join() === 'fail lb1 chk_nginx');
    expect(failing).toMatchObject({ verdict: 'stays-on-broken-node', holders: { '192.0.2.10': ['lb1'] } });
  });
});

const hostile = '</text><script>alert(1)</script>"]|`<b>&\u202e';
const instance = (name: string, script: string): string => `
vrrp_script "${script}" { script "/bin/true"; }
vrrp_script chk {\n script "/bin/true"\n weight -10\n}
vrrp_instance ${name} {
  interface eth0
  virtual_router_id 9
  priority 100
  virtual_ipaddress {\n 192.0.2.9/24\n }
  track_script {\n "${script}"\n }
}
`;

describe('pictures and runbooks', () => {
  const attack = failover(['.'], {
    fs: memory({
      '/a<b>&"]|`c/keepalived.conf': instance('A', hostile),
      '/lb2/keepalived.conf': instance('A', 'chk'),
    }),
  }).prediction;

  it.each([...places.values()].map((cwd) => [predicted(cwd)]).concat([[attack]]))(
    'SVG is well-formed, and takes nothing from outside',
    (prediction) => {
      const text = svg(prediction, { style: plain });
      expect(XMLValidator.validate(text)).toBe(true);
      expect(text).not.toMatch(/<script|<foreignObject|<image|href|url\(|@import|\son\w+=/i);
      const tree = new XMLParser({ ignoreAttributes: false }).parse(text);
      expect(tree.svg['@_role']).toBe('img');
      expect(text).toContain('prefers-color-scheme: dark');
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
    },
  );

  it('SVG shows who hears whom, and who does not', () => {
    const heard = svg(predicted(places.get('checked-pair')!), { style: plain });
    expect(heard).toContain('lb2 hears lb1');
    expect(heard).not.toContain('class="deaf"');
    const deaf = svg(predicted(places.get('different-ids')!), { style: plain });
    expect(deaf.match(/class="deaf"/g)).toHaveLength(2);
    expect(deaf).toContain('lb1 does not hear lb2');
  });

  it('Mermaid is a flowchart of lines that end where they begin', () => {
    for (const prediction of [...[...places.values()].map(predicted), attack]) {
      const lines = mermaid(prediction, { style: plain }).trimEnd().split('\n');
      expect(lines[0]).toBe('flowchart LR');
      const subgraphs = lines.filter((line) => /^ {2}subgraph \w+\["[^"<>`]*"\]$/.test(line));
      expect(lines.filter((line) => line === '  end')).toHaveLength(subgraphs.length);
      for (const line of lines.slice(1)) {
        const label = '"(?:[^"<>`]|<br>)*"';
        expect(line).toMatch(
          new RegExp(
            `^ +(?:subgraph \\w+\\[${label}\\]|end|classDef \\w+ [\\w:#,-]+|\\w+\\[${label}\\](?::::\\w+)?|\\w+ -- heard --> \\w+|\\w+ -\\. not heard \\.-x \\w+|\\w+ --> \\w+(?:\\{\\{${label}\\}\\}|\\[${label}\\](?::::\\w+)?))$`,
          ),
        );
      }
    }
  });

  it('Markdown has a cell for each column, whatever the names are', () => {
    for (const prediction of [...[...places.values()].map(predicted), attack]) {
      const rows = markdown(prediction, { style: plain })
        .split('\n')
        .filter((line) => line.startsWith('|'));
      const cells = rows.map((row) => row.replace(/\\./g, '').split('|').length);
      expect(rows.length).toBeGreaterThan(2);
      expect(new Set(cells).size).toBe(1);
    }
    expect(markdown(attack, { style: plain }).replace(/\\./g, '')).not.toMatch(/<(?!br>)/);
  });
});

describe('the command', () => {
  it.each([
    [0, 'checked-pair'],
    [0, 'unicast-pair'],
    [0, 'two-routers'],
    [1, 'different-ids'],
    [1, 'small-weight'],
  ])('exits with %i for %s', (code, story) => {
    expect(lbcheck([`fixtures/failover/${story}`])).toMatchObject({ code, err: '' });
  });

  it('plays steps, and counts what every cluster suffers as no finding', () => {
    const pair = 'fixtures/failover/checked-pair';
    const { code, out } = lbcheck([pair, '--steps', 'kill lb1; crash lb1; start lb1']);
    expect(code).toBe(0);
    expect(out).toContain('keepalived is killed on lb1');
    expect(out).toContain('then lb1 loses power');
    expect(lbcheck([pair, '--steps', 'fail lb1 chk_nginx & fail lb2 chk_nginx']).code).toBeLessThan(2);
    expect(lbcheck([pair, '--start', 'lb2; lb1', '--format', 'json']).out).toContain('"lb1"');
  });

  it('takes what check takes to read by', () => {
    const pair = 'fixtures/failover/checked-pair';
    for (const option of [
      '--nginx-prefix=/etc/nginx',
      '--nginx-version=1.22.1',
      '--keepalived-version=2.2.7',
    ]) {
      expect(lbcheck([pair, option])).toMatchObject({ code: 0, err: '' });
    }
    expect(lbcheck([pair, '--keepalived-version=x']).code).toBe(2);
  });

  it('knows nodes by any name', () => {
    const at = (name: string): string => join(folder, 'checked-pair', name);
    const names = ['a b', 'c & d->e', '"f"; g\\'];
    for (const [one, two] of [names.slice(0, 2), names.slice(1)] as [string, string][]) {
      const nodes = [`${one}=${at('lb1')}`, `${two}=${at('lb2')}`];
      const { code, out } = lbcheck([...nodes, '--format', 'json']);
      const [router] = JSON.parse(out).routers;
      expect(code).toBe(0);
      expect(router.nodes).toEqual([one, two]);
      expect(router.results[0].holders).toEqual({ '192.0.2.10': [one] });
      for (const { steps, verdict } of router.results) {
        const again = lbcheck([...nodes, '--format', 'json', '--steps', steps.join('; ')]);
        expect(JSON.parse(again.out).routers[0].results.at(-1)).toMatchObject({ steps, verdict });
      }
      expect(lbcheck(nodes).out).toContain(`${one} loses power`);
    }
  }, 120_000);

  it('says what is wrong with steps, and what was meant', () => {
    const pair = 'fixtures/failover/checked-pair';
    for (const [option, text, message] of [
      ['--steps', 'crsh lb1', /crsh.*did you mean crash\?/],
      ['--steps', 'crash lb3', /lb3.*did you mean lb1\?|no node 'lb3'/],
      ['--steps', 'fail lb1 chk_ngin', /did you mean chk_nginx\?/],
      ['--steps', 'block lb1', /block NODE->NODE/],
      ['--start', 'lb1; lb1', /started twice/],
    ] as const) {
      const { code, out, err } = lbcheck([pair, option, text]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(message);
    }
    expect(lbcheck([pair, '--faults', '0']).code).toBe(2);
    expect(lbcheck([pair, '--faults', '2', '--steps', 'crash lb1']).code).toBe(2);
    expect(lbcheck([pair, '--format', 'png'])).toMatchObject({ code: 2, out: '' });
  });

  it('writes several formats at once', () => {
    const dir = mkdtempSync(join(tmpdir(), 'lbcheck-'));
    try {
      const { code, out } = lbcheck([
        'fixtures/failover/checked-pair',
        '--format',
        `svg:${dir}/f.svg`,
        '--format',
        `markdown:${dir}/f.md`,
        '--format',
        'mermaid',
      ]);
      expect(code).toBe(0);
      expect(out).toMatch(/^flowchart LR\n/);
      expect(readFileSync(join(dir, 'f.svg'), 'utf8')).toMatch(/^<svg /);
      expect(readFileSync(join(dir, 'f.md'), 'utf8')).toMatch(/^## 192\.0\.2\.10 on lb1 and lb2\n/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('exits with 2 where nothing can be read or nothing is a virtual router', () => {
    expect(lbcheck(['nowhere.conf'])).toMatchObject({ code: 2, out: '' });
    const { code, err } = lbcheck(['fixtures/clusters/article/web1']);
    expect(code).toBe(2);
    expect(err).toContain('no virtual router');
  });

  it('tries two faults at a time', () => {
    const { out } = lbcheck(['fixtures/failover/checked-pair', '--faults', '2']);
    expect(out).toContain('lb1 loses power, then lb2 loses power');
  });
});

// The page shows what the program says: `npx vitest run test/failover.test.ts --update` writes it anew.
it('docs/failover.md shows what the commands in it print', async () => {
  const page = join(root, 'docs/failover.md');
  const current = readFileSync(page, 'utf8').replace(
    /<!-- in (\S+) -->\n\n```console\n\$ lbcheck failover (.*)\n[\s\S]*?```/g,
    (_, place: string, args: string) => {
      const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
      const { out, err } = lbcheck(words, join(root, place));
      return `<!-- in ${place} -->\n\n\`\`\`console\n$ lbcheck failover ${args}\n${out}${err}\`\`\``;
    },
  );
  expect(current.match(/```console/g)!.length).toBeGreaterThan(3);
  await expect(current).toMatchFileSnapshot(page);
});
