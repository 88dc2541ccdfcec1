/** Baselines, as they are used: written once, and from then on only what is new is shown. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith, lbcheck } from './command.ts';

const instance = (vrid: number, more = ''): string =>
  `global_defs {\n    router_idd lb${vrid}\n}\nvrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id ${vrid}\n    priority ${vrid}\n${more}    virtual_ipaddress {\n        10.0.0.100/24\n    }\n}\n`;

function pair(): string {
  return folderWith({ 'lb1/keepalived.conf': instance(60), 'lb2/keepalived.conf': instance(50) });
}

function put(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const file = 'lbcheck-baseline.json';
const concise = ['--format', 'concise'];
/** What is shown of the whole pair, the file apart. */
const shown = (cwd: string, ...args: string[]): string[] =>
  lbcheck([...(args.length > 0 ? args : ['.']), ...concise], { cwd })
    .out.split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^(\S+?):\S+ (\w+) (\S+) .*$/, '$1 $3'));

it('hides what it knows, and counts it', () => {
  const cwd = pair();
  const before = JSON.parse(lbcheck(['.', '--format', 'json'], { cwd }).out).summary;
  const total = before.errors + before.warnings + before.infos;
  expect(before.errors).toBe(3);
  expect(lbcheck(['baseline', 'write', '.'], { cwd })).toMatchObject({
    code: 0,
    out: '',
    err: `${file}: ${total} findings\n`,
  });
  const after = JSON.parse(lbcheck(['.', '--format', 'json'], { cwd }).out);
  expect(after.diagnostics).toEqual([]);
  expect(after.summary).toMatchObject({ errors: 0, warnings: 0, infos: 0, baselined: total });
  expect(lbcheck(['.'], { cwd })).toMatchObject({ code: 0, err: '' });
  expect(lbcheck(['.', '--no-baseline'], { cwd }).code).toBe(1);
});

it('knows findings again when lines move, nodes are given in another order, and one node alone is checked', () => {
  const cwd = pair();
  lbcheck(['baseline', 'write', '.'], { cwd });
  put(cwd, 'lb1/keepalived.conf', `# one\n# two\n\n${instance(60).replaceAll('    ', '\t')}`);
  expect(shown(cwd)).toEqual([]);
  expect(shown(cwd, 'lb2', 'lb1')).toEqual([]);
  expect(shown(cwd, 'lb1')).toEqual([]);
  expect(lbcheck(['lb1'], { cwd }).err).toBe('');
});

it('shows what is new, and of a kind that has become more all', () => {
  const cwd = pair();
  lbcheck(['baseline', 'write', '.'], { cwd });
  put(cwd, 'lb1/keepalived.conf', instance(60, '    advert_intt 1\n'));
  expect(shown(cwd)).toEqual(['lb1/keepalived.conf unknown-keyword']);
  put(
    cwd,
    'lb1/keepalived.conf',
    instance(60).replace('router_idd lb60', 'router_idd lb60\n    router_idd lb60'),
  );
  expect(shown(cwd).filter((line) => line.endsWith('unknown-keyword'))).toHaveLength(2);
});

it('says what is gone, and prune takes it out', () => {
  const cwd = pair();
  lbcheck(['baseline', 'write', '.'], { cwd });
  const findings = (): number => JSON.parse(readFileSync(join(cwd, file), 'utf8')).findings.length;
  const before = findings();
  put(cwd, 'lb1/keepalived.conf', instance(60).replace('idd', 'id'));
  expect(lbcheck(['.'], { cwd }).err).toContain(`${file}: 1 finding in it is gone`);
  // Who did not look cannot say so.
  expect(lbcheck(['lb1'], { cwd }).err).toBe('');
  expect(lbcheck(['.', '--only', 'invalid-value'], { cwd }).err).toBe('');
  expect(lbcheck(['.', '--rule', 'unknown-keyword=off'], { cwd }).err).toBe('');
  expect(lbcheck(['baseline', 'prune', 'lb1'], { cwd })).toMatchObject({ code: 2 });
  expect(lbcheck(['baseline', 'prune', '.'], { cwd }).err).toBe(`${file}: 1 gone, ${before - 1} left\n`);
  expect(findings()).toBe(before - 1);
  expect(lbcheck(['.'], { cwd }).err).toBe('');
});

it('is the same file whenever the same is found', () => {
  const cwd = pair();
  lbcheck(['baseline', 'write', 'lb1', 'lb2'], { cwd });
  const first = readFileSync(join(cwd, file), 'utf8');
  put(cwd, 'lb2/keepalived.conf', `# moved\n${instance(50)}`);
  lbcheck(['baseline', 'write', 'lb2', 'lb1'], { cwd });
  expect(readFileSync(join(cwd, file), 'utf8')).toBe(first);
  expect(first).toContain('"rule":"virtual-router-id-mismatch"');
});

it('lies beside lbcheck.yaml, or where --baseline says', () => {
  const cwd = pair();
  put(cwd, 'lbcheck.yaml', 'clusters:\n  edge:\n    nodes: { lb1: [lb1], lb2: [lb2] }\n');
  mkdirSync(join(cwd, 'sub'));
  lbcheck(['baseline', 'write'], { cwd: join(cwd, 'sub') });
  expect(readFileSync(join(cwd, file), 'utf8')).toContain('"edge lb1: ');
  expect(lbcheck([], { cwd: join(cwd, 'sub') }).code).toBe(0);
  lbcheck(['baseline', 'write', '--baseline', 'sub/known.json'], { cwd });
  rmSync(join(cwd, file));
  expect(lbcheck(['--baseline', 'sub/known.json'], { cwd }).code).toBe(0);
  expect(lbcheck([], { cwd }).code).toBe(1);
  expect(lbcheck(['--baseline', 'nowhere.json'], { cwd })).toMatchObject({
    code: 2,
    err: 'lbcheck: nowhere.json: no such file or folder\n',
  });
});

it.each([
  ['cut short', '{ "version": 1, "nodes": ["lb1"', /lbcheck-baseline\.json:1:\d+/],
  ['a merge conflict', '{\n<<<<<<< HEAD\n"version": 1\n', /lbcheck-baseline\.json:\d+:\d+/],
  ['another version', '{"version": 2, "nodes": [], "findings": []}', /lbcheck-baseline\.json:1:13/],
  [
    'a count that is none',
    '{"version": 1, "nodes": [], "findings": [\n{"rule": "x", "at": [], "count": "many"}]}',
    /lbcheck-baseline\.json:2:34/,
  ],
  ['a key too many', '{"version": 1, "nodes": [], "findings": [], "extra": 1}', /extra/],
  ['empty', '', /lbcheck-baseline\.json/],
])('%s: an error with its place, exit 2', (_, text, message) => {
  const cwd = pair();
  put(cwd, file, text);
  const { code, out, err } = lbcheck(['.'], { cwd });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
});
