/** lbcheck.yaml: what it says reaches the model, what is wrong in it is told with its place, and the schema agrees. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { position, source } from '../grammar/text.ts';
import { problemsOf } from '../src/config/check.ts';
import { type Config, type Problem, readConfig } from '../src/config/index.ts';
import { schema } from '../src/config/schema.ts';
import { configuration, type Shape } from '../src/config/shape.ts';
import { isProblem, readYaml } from '../src/config/yaml.ts';
import { rules as allRules, memory } from '../src/index.ts';
import { folderWith, lbcheck } from './command.ts';

const ruleIds = ['no-alarm', 'router-id-duplicate', 'virtual-router-id-collision'];
const fs = memory({
  'hosts/lb1/etc/keepalived/keepalived.conf': '',
  'hosts/lb2/etc/keepalived/keepalived.conf': '',
  'hosts/web1/nginx.conf': '',
});

const read = (text: string): Config | readonly Problem[] =>
  readConfig(source('lbcheck.yaml', text), { fs, folder: '/', ruleIds });

/** `line:column message [label]` of each problem; an empty list for a good file. */
function problems(text: string): string[] {
  const result = read(text);
  if (!('length' in result)) return [];
  return result.map(({ at, message, label }) => {
    const { line, column } = position(at.source, at.start);
    return `${line}:${column} ${message}${label ? ` [${label}]` : ''}`;
  });
}

const good = (text: string): Config => {
  const result = read(text);
  if ('length' in result) throw new Error(problems(text).join('\n'));
  return result;
};

const contract = `
clusters:
  edge:
    nodes:
      lb1: [hosts/lb1/etc]      # files and folders of the node, or, to say more:
      lb2: { files: [hosts/lb2/etc], addresses: { eth0: [10.0.0.2/24] } }
    segment: vlan-20
    backends: { web1: [hosts/web1/nginx.conf], web2: { files: [hosts/web1] } }
    allow-differences: [worker_processes]
facts: { keepalived: "2.2.7", nginx: "1.22.1" }
rules: { router-id-duplicate: info }
`;

describe('a good file', () => {
  it('says what it says', () => {
    const { clusters, facts, severities } = good(contract);
    expect(clusters).toHaveLength(1);
    const [edge] = clusters;
    expect(edge).toMatchObject({ name: 'edge', segment: 'vlan-20' });
    expect(edge!.nodes.map(({ name, files }) => [name, files])).toEqual([
      ['lb1', ['/hosts/lb1/etc']],
      ['lb2', ['/hosts/lb2/etc']],
    ]);
    expect(edge!.nodes[0]!.addresses).toBeUndefined();
    expect(edge!.nodes[1]!.addresses!.get('eth0')).toMatchObject([{ text: '10.0.0.2', prefix: 24 }]);
    expect(edge!.backends.map(({ name }) => name)).toEqual(['web1', 'web2']);
    expect([...edge!.allowDifferences]).toEqual(['worker_processes']);
    expect(facts).toEqual({
      keepalived: { numbers: [2, 2, 7], build: '' },
      nginx: { numbers: [1, 22, 1], build: '' },
      ipNonlocalBind: undefined,
    });
    expect([...severities]).toEqual([['router-id-duplicate', 'info']]);
  });

  it('says of a node what its cluster or the file says, unless the node says it otherwise', () => {
    const { clusters } = good(`
facts: { keepalived: "2.2.7", ip_nonlocal_bind: false }
clusters:
  edge:
    facts: { ip_nonlocal_bind: true }
    nodes: { lb1: [hosts/lb1], lb2: { files: [hosts/lb2], facts: { keepalived: "2.3.3" } } }
`);
    expect(clusters[0]!.nodes.map(({ facts }) => [facts.keepalived?.numbers, facts.ipNonlocalBind])).toEqual([
      [[2, 2, 7], true],
      [[2, 3, 3], true],
    ]);
  });

  it.each(['', '# nothing yet\n', '---\n', '\ufeffrules: { no-alarm: off }', 'rules: {}'])(
    'may say little: %j',
    (text) => expect(good(text).clusters).toEqual([]),
  );

  it('may repeat itself by aliases', () => {
    const { clusters } = good(`
clusters:
  a: { nodes: { lb1: &one [hosts/lb1] }, facts: &facts { nginx: "1.22.1" } }
  b: { nodes: { lb1: *one }, facts: *facts }
`);
    expect(clusters[1]!.nodes[0]).toMatchObject({
      files: ['/hosts/lb1'],
      facts: { nginx: { numbers: [1, 22, 1] } },
    });
  });

  it.each(['1.22.1-9+deb12u3', '1.24.0-2ubuntu7.1', '1.20.1-14.el9', '1.26.2-r0'])(
    'may state a version as its package calls it: %s',
    (text) => {
      const { numbers, build } = good(`facts: { nginx: "${text}" }`).facts.nginx!;
      expect(`${numbers.join('.')}${build}`).toBe(text);
    },
  );

  it('may name a segment by its number', () => {
    expect(good('clusters: { a: { nodes: { lb1: [hosts/lb1] }, segment: 020 } }').clusters[0]!.segment).toBe(
      '020',
    );
  });
});

const wrong: Readonly<Record<string, readonly string[]>> = {
  'cluster: {}': ['1:1 unknown key "cluster" [did you mean clusters?]'],
  '__proto__: { polluted: true }': ['1:1 unknown key "__proto__"'],
  'constructor: 1': ['1:1 unknown key "constructor"'],
  'clusters: { a: { nodes: { lb1: { files: [hosts/lb1], __proto__: [x] } } } }': [
    '1:54 unknown key "__proto__"',
  ],
  'rules: { __proto__: off }': ['1:10 there is no rule "__proto__"'],
  'rules: { router-id-duplicat: off }': [
    '1:10 there is no rule "router-id-duplicat" [did you mean router-id-duplicate?]',
  ],
  'rules: { no-alarm: eror }': ['1:20 "eror" is not off, info, warning or error [did you mean error?]'],
  'rules: { no-alarm: 1 }': ['1:20 this is a number; off, info, warning or error is expected'],
  'rules:': ['1:7 nothing stands here; a name for each rule is expected, with a colon'],
  'rules: [no-alarm]': ['1:8 this is a list; a name for each rule is expected, with a colon'],
  'rules: { no-alarm: off, no-alarm: info }': ['1:25 "no-alarm" stands here a second time'],
  'facts: { nginx: 1.20 }': ['1:17 this is a number; quotes make it text: "1.20"'],
  'facts: { nginx: latest }': ['1:17 "latest" is not a version such as "1.22.1"'],
  'facts: { ip_nonlocal_bind: yes }': ['1:28 this is text; true or false is expected'],
  'facts: { ip-nonlocal-bind: true }': [
    '1:10 unknown key "ip-nonlocal-bind" [did you mean ip_nonlocal_bind?]',
  ],
  'clusters: {}': ['1:11 no cluster is named'],
  'clusters: { a: {} }': ['1:16 nodes is missing'],
  'clusters: { a: { nodes: {} } }': ['1:25 no node is named'],
  'clusters: { a: { nodes: { lb1: hosts/lb1 } } }': [
    '1:32 this is text; a list of files is expected: [hosts/lb1]',
  ],
  'clusters: { a: { nodes: { lb1: [] } } }': ['1:32 the list is empty'],
  'clusters: { a: { nodes: { lb1: [hosts/llb1] } } }': [
    '1:33 hosts/llb1: no such file or folder [did you mean hosts/lb1?]',
  ],
  'clusters: { a: { nodes: { lb1: [hosts/lb1] }, backends: { lb1: [hosts/web1] } } }': [
    '1:59 lb1 is the name of a node already',
  ],
  'clusters: { a: { nodes: { lb1: { files: [hosts/lb1], addresses: { eth0: [10.0.0.300/24] } } } } }': [
    '1:74 "10.0.0.300/24" is not an address such as 10.0.0.2/24',
  ],
  'clusters: { a: { nodes: { lb1: { files: [hosts/lb1], addresses: { eth0: ["1::2::3"] } } } } }': [
    '1:74 1::2::3 is not an address',
  ],
  'a: [1': ['1:6 flow sequence in block collection must be sufficiently indented and end with a ]'],
  'a: &x [*x]': ['1:8 *x stands inside of what it repeats'],
  'a: *x': ['1:4 there is no anchor &x before this'],
  'a: !!js/function x': ['1:4 unresolved tag: tag:yaml.org,2002:js/function'],
  '? [a]\n: b': ['1:3 a key is a plain word'],
  'rules: {}\n---\nrules: {}': ['2:1 a second document begins here, and only one is read'],
  'just words': ['1:1 this is text; keys are expected: clusters, facts and rules'],
};

describe('a bad file', () => {
  it.each(Object.entries(wrong))('is told where: %s', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('is bounded when aliases multiply', () => {
    const levels = Array.from({ length: 9 }, (_, i) => {
      const repeated = Array.from({ length: 10 }, () => (i === 0 ? 'x' : `*l${i - 1}`)).join(', ');
      return `l${i}: &l${i} [${repeated}]`;
    });
    const start = performance.now();
    expect(problems(levels.join('\n')).join()).toMatch(/more than 500000 values/);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('is bounded when it is deep', () => {
    expect(problems('['.repeat(200_000)).length).toBeGreaterThan(0);
  });

  it('is never an exception', () => {
    const snippet = fc.constantFrom(
      ...[
        'clusters',
        'nodes',
        'a',
        ': ',
        '\n',
        '  ',
        '- ',
        '[',
        ']',
        '{',
        '}',
        '&x ',
        '*x',
        '"',
        "'",
        '|',
        '>',
      ],
      ...['# ', '!t ', '? ', '<<', '%', '\t', '\u0000', '\ud800', '---\n', ', ', '10', 'true', '~'],
    );
    fc.assert(
      fc.property(fc.array(snippet, { maxLength: 40 }), (parts) => {
        const result = read(parts.join(''));
        expect(typeof result).toBe('object');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('lbcheck.schema.json', () => {
  const validate = new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(schema(ruleIds));

  /** What shape.ts says of a text; undefined where it is no YAML to speak of. */
  const isGood = (text: string): boolean | undefined => {
    const value = readYaml(source('lbcheck.yaml', text));
    if (isProblem(value)) return undefined;
    return [...problemsOf(configuration(ruleIds), value)].length === 0;
  };

  it.each([contract, ...Object.keys(wrong).filter((text) => isGood(text) !== undefined)])(
    'agrees with the program: %s',
    (text) => {
      const repeats = parseDocument(text).errors.length > 0;
      // Before a schema sees them, keys are unique; that is for the parser to tell.
      if (!repeats) expect(validate(parse(text))).toBe(isGood(text));
    },
  );

  it('agrees with the program on whatever is made of its words', () => {
    const leaf = fc.constantFrom<unknown>(
      ...['2.2.7', '1.22', 'hosts/lb1', '10.0.0.2/24', '10.0.0.300', 'fe80::1/64', 'off', 'error', '', ' '],
      ...[true, false, null, 1, 1.5, -3, 'vlan-20', 'a\u0007b', '10.0.0.2/33', '::/129'],
    );
    const keys = ['clusters', 'facts', 'rules', 'nodes', 'segment', 'backends', 'allow-differences', 'files'];
    const key = fc.constantFrom(...keys, 'addresses', 'keepalived', 'ip_nonlocal_bind', 'no-alarm', 'other');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', maxDepth: 6 },
        leaf,
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    }));
    // Mostly right, so that what is wrong is met deep inside.
    const node = fc.oneof(
      fc.array(leaf, { maxLength: 2 }),
      fc.record(
        {
          files: fc.array(leaf, { maxLength: 2 }),
          addresses: fc.dictionary(key, fc.array(leaf, { maxLength: 2 }), { maxKeys: 2 }),
          facts: fc.dictionary(key, leaf, { maxKeys: 2 }),
        },
        { requiredKeys: [] },
      ),
    );
    const file = fc.record(
      {
        clusters: fc.dictionary(
          fc.constantFrom('a', 'b'),
          fc.record(
            {
              nodes: fc.dictionary(fc.constantFrom('lb1', 'lb2'), node),
              segment: leaf,
              backends: fc.dictionary(fc.constantFrom('web1'), node),
              'allow-differences': fc.array(leaf, { maxLength: 2 }),
            },
            { requiredKeys: [] },
          ),
        ),
        facts: fc.dictionary(fc.constantFrom('nginx', 'keepalived', 'ip_nonlocal_bind', 'other'), leaf),
        rules: fc.dictionary(fc.constantFrom(...ruleIds, 'other'), leaf),
      },
      { requiredKeys: [] },
    );
    let valid = 0;
    fc.assert(
      fc.property(fc.oneof(file, value), (data) => {
        const text = JSON.stringify(data);
        const expected = validate(parse(text));
        if (expected) valid++;
        expect(isGood(text)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
    expect(valid).toBeGreaterThan(20);
  });

  it('is published', () => {
    const root = join(import.meta.dirname, '..');
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(manifest.files).toContain('lbcheck.schema.json');
    expect(JSON.parse(readFileSync(join(root, 'lbcheck.schema.json'), 'utf8'))).toHaveProperty(
      'properties.clusters',
    );
  });
});

describe('docs/configuration.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../docs/configuration.md'), 'utf8');
  const blocks = [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, body]) => ({
    language,
    body: body!,
  }));
  const yaml = blocks.filter(({ language }) => language === 'yaml').map(({ body }) => body);
  const ids = allRules.map(({ id }) => id);
  const hosts = ['lb1/etc', 'lb2/etc', 'db1/etc', 'db2/etc', 'web1', 'web2'];
  const disk = memory(Object.fromEntries(hosts.map((path) => [`hosts/${path}/nginx.conf`, ''])));

  it('has no other blocks than those that are checked here', () => {
    expect(yaml.length).toBeGreaterThan(4);
    expect(blocks.map(({ language }) => language).filter((each) => each !== 'yaml')).toEqual(['text']);
  });

  it.each(yaml)('shows a good file: %s', (body) => {
    const result = readConfig(source('lbcheck.yaml', body), { fs: disk, folder: '/', ruleIds: ids });
    expect('length' in result ? result.map(({ message }) => message) : []).toEqual([]);
    expect(new Ajv({ strictTypes: false }).compile(schema(ids))(parse(body))).toBe(true);
  });

  it('shows what a mistake in the file looks like', () => {
    const shown = blocks.find(({ language }) => language === 'text')!.body;
    const cwd = folderWith({ 'lbcheck.yaml': 'clusters:\n  edge:\n    noeds:\n      lb1: [lb1]\n' });
    expect(lbcheck([], { cwd })).toMatchObject({ code: 2, out: '', err: expect.stringContaining(shown) });
  });

  it('names every key', () => {
    const keysOf = (shape: Shape): string[] => {
      if (shape.kind === 'object') {
        return Object.entries(shape.fields).flatMap(([key, each]) => [key, ...keysOf(each)]);
      }
      if (shape.kind === 'map') return keysOf(shape.value);
      return shape.kind === 'listOrObject' ? keysOf(shape.object) : [];
    };
    const keys = new Set(keysOf(configuration(ids)));
    expect(keys).toContain('allow-differences');
    for (const key of keys) expect(text).toMatch(new RegExp(`\\b${key}\\b`));
  });
});

describe('the command', () => {
  const keepalived = (node: string, vrid: number): string => `global_defs {
    router_id ${node}
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id ${vrid}
    priority ${node.endsWith('1') ? 150 : 100}
    virtual_ipaddress {
        10.0.0.100/24
    }
}
`;
  const pair = {
    'a/lb1/keepalived.conf': keepalived('lb1', 51),
    'a/lb2/keepalived.conf': keepalived('lb2', 52),
    'b/lb1/keepalived.conf': keepalived('lb1', 60),
    'b/lb2/keepalived.conf': keepalived('lb2', 60),
    'lbcheck.yaml': `clusters:
  a: { nodes: { lb1: [a/lb1], lb2: [a/lb2] } }
  b: { nodes: { lb1: [b/lb1], lb2: [b/lb2] } }
rules: { no-alarm: off }
`,
  };
  interface Json {
    readonly diagnostics: readonly { rule: string; cluster?: string; node?: string; file: string }[];
    readonly summary: { readonly nodes: number };
  }
  const json = (cwd: string, ...args: string[]): Json =>
    JSON.parse(lbcheck(['--format=json', ...args], { cwd }).out);

  it('checks the clusters of the nearest file when no path is given, from wherever it is called', () => {
    const folder = folderWith({ ...pair, 'deep/er/x': '' });
    const report = json(folder);
    expect(report.summary.nodes).toBe(4);
    const errors = report.diagnostics.filter(({ rule }) => rule === 'virtual-router-id-mismatch');
    expect(errors).toMatchObject([{ cluster: 'a', node: 'lb2', file: 'a/lb2/keepalived.conf' }]);
    expect(report.diagnostics.every(({ cluster }) => cluster !== undefined)).toBe(true);
    expect(report.diagnostics.map(({ rule }) => rule)).not.toContain('no-alarm');
    expect(json(join(folder, 'deep/er')).diagnostics.map(({ file }) => file)).toContain(
      '../../a/lb2/keepalived.conf',
    );
    expect(lbcheck([], { cwd: folder }).err).toBe('');
  });

  it('applies rules and facts to named paths, and the command line goes before them', () => {
    const folder = folderWith(pair);
    const rulesOf = (...args: string[]): string[] =>
      json(folder, 'a/lb1/keepalived.conf', 'a/lb2/keepalived.conf', ...args).diagnostics.map(
        ({ rule }) => rule,
      );
    expect(rulesOf()).not.toContain('no-alarm');
    expect(rulesOf('--rule', 'no-alarm=error')).toContain('no-alarm');
  });

  it('takes the file that is named', () => {
    const folder = folderWith({
      ...pair,
      'other/some.yaml': 'clusters: { b: { nodes: { lb1: [../b/lb1] } } }',
    });
    expect(json(folder, '--config', 'other/some.yaml').summary.nodes).toBe(1);
    expect(lbcheck(['--config', 'none.yaml'], { cwd: folder })).toMatchObject({
      code: 2,
      out: '',
      err: 'lbcheck: none.yaml: no such file or folder\n',
    });
  });

  it('shows what is wrong in it, and checks nothing', () => {
    const folder = folderWith({ ...pair, 'lbcheck.yaml': 'clusters:\n  a:\n    noeds: { lb1: [a/lb1] }\n' });
    const { code, out, err } = lbcheck([], { cwd: folder });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(`error: unknown key "noeds"
 --> lbcheck.yaml:3:5
  |
3 |     noeds: { lb1: [a/lb1] }
  |     ^^^^^ did you mean nodes?

`);
  });

  describe('init', () => {
    const other = keepalived('db1', 60).replace('10.0.0.100/24', '192.168.7.9/24');
    const nginx = 'events {}\nhttp {\n    server {\n        listen 80;\n    }\n}\n';
    const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'folders of machines': {
        'lb1/etc/keepalived/keepalived.conf': keepalived('lb1', 51),
        'lb2/etc/keepalived/keepalived.conf': keepalived('lb2', 51),
        'lb1/etc/nginx/nginx.conf': nginx,
        'lb2/etc/nginx/nginx.conf': nginx,
        'web1/nginx.conf': nginx,
      },
      'files side by side': {
        'keepalived-master.conf': keepalived('lb1', 51),
        'keepalived-backup.conf': keepalived('lb2', 51),
        'nginx.conf': nginx,
      },
      'two clusters': {
        'lb1/keepalived.conf': keepalived('lb1', 51),
        'lb2/keepalived.conf': keepalived('lb2', 51),
        'db 1/keepalived.conf': other,
        'on/keepalived.conf': other,
      },
    };

    it.each(Object.entries(folders))('writes a file that says what lies there: %s', (_, files) => {
      const folder = folderWith(files);
      const before = json(folder, '.');
      expect(lbcheck(['init'], { cwd: folder })).toMatchObject({ code: 0, err: '' });
      const written = readFileSync(join(folder, 'lbcheck.yaml'), 'utf8');
      const after = json(folder);
      const places = ({ diagnostics }: Json): string[] =>
        diagnostics.map(({ rule, node, file }) => `${rule} ${node} ${file}`).sort();
      expect(places(after)).toEqual(places(before));
      expect(after.summary).toEqual(before.summary);
      expect(written).toMatch(/^# yaml-language-server: \$schema=https:\S+lbcheck\.schema\.json\n/);
      expect(lbcheck(['init'], { cwd: folder })).toMatchObject({ code: 2, out: '' });
      expect(readFileSync(join(folder, 'lbcheck.yaml'), 'utf8')).toBe(written);
    });

    it('teaches nothing that is wrong', () => {
      const folder = folderWith(folders['folders of machines']!);
      lbcheck(['init'], { cwd: folder });
      const path = join(folder, 'lbcheck.yaml');
      const taught = readFileSync(path, 'utf8')
        .replace(/^( *)# (segment:|allow-differences:|facts:|rules:)/gm, '$1$2')
        .replace(/^ {6}lb1: .*\n/m, '')
        .replace(/^ {4}# {3}(lb1: )/m, '      $1');
      expect(taught.match(/^ *(?:segment|allow-differences|facts|rules|lb1):/gm)).toHaveLength(5);
      // The node that is said in full goes first, where the list begins.
      writeFileSync(path, taught.replace(/( {6}lb2: .*\n)((?: {4}#.*\n)*)( {6}lb1: .*\n)/, '$3$1'));
      expect(lbcheck([], { cwd: folder })).toMatchObject({ code: 0, err: '' });
    });

    it('writes nothing where nothing is', () => {
      const folder = folderWith({ 'notes.txt': 'nothing' });
      expect(lbcheck(['init'], { cwd: folder })).toMatchObject({ code: 2, out: '' });
      expect(() => readFileSync(join(folder, 'lbcheck.yaml'))).toThrow();
    });
  });
});
