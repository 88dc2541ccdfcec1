/** The command as it is run: arguments, streams, exit codes, input that nobody expects. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formats } from '../src/format/index.ts';
import { type Answer, bin, folderWith, lbcheck, root } from './command.ts';

const article = ['master', 'backup'].map((node) => `fixtures/clusters/article/${node}/keepalived.conf`);
const repaired = 'fixtures/clusters/article-repaired';
const clean = 'vrrp_script up {\n    script "/usr/bin/pgrep nginx"\n}\n';

describe('exit codes', () => {
  it('1 for the article, 0 for the article repaired', () => {
    expect(lbcheck(article)).toMatchObject({ code: 1, err: '' });
    expect(lbcheck([repaired])).toMatchObject({ code: 0, err: '' });
  });

  it('--fail-on moves the bar, --max-warnings and --exit-zero as they say', () => {
    expect(lbcheck([repaired, '--fail-on', 'warning']).code).toBe(1);
    expect(lbcheck([repaired, '--fail-on', 'info']).code).toBe(1);
    expect(lbcheck([...article, '--fail-on', 'never']).code).toBe(0);
    expect(lbcheck([repaired, '--max-warnings', '0']).code).toBe(1);
    expect(lbcheck([repaired, '--max-warnings', '100']).code).toBe(0);
    expect(lbcheck([...article, '--exit-zero']).code).toBe(0);
  });

  it('2 with a word of advice for what is misspelt', () => {
    expect(lbcheck(['--formt', 'json']).err).toContain('Did you mean --format?');
    expect(lbcheck(['--formt', 'json']).code).toBe(2);
    expect(lbcheck(['--format', 'jsn', ...article])).toMatchObject({ code: 2, out: '' });
    expect(lbcheck(['explain', 'unknown-keywrd']).err).toContain('Did you mean unknown-keyword?');
    expect(lbcheck(['explain', 'unknown-keywrd']).code).toBe(2);
    expect(lbcheck(['--rule', 'unknown-keyword=loud', ...article]).code).toBe(2);
    expect(lbcheck(['--keepalived-version', 'new', ...article]).code).toBe(2);
  });

  it('0 for help and version', () => {
    expect(lbcheck(['--help'])).toMatchObject({ code: 0, err: '' });
    expect(lbcheck(['--version']).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('input that nobody expects', () => {
  it.each([
    ['a file that is not there', {}, ['nowhere.conf'], /nowhere\.conf: no such file/],
    ['a folder without configurations', { 'x/notes.md': '# x' }, ['x'], /x: no configuration in it/],
    [
      'a binary file',
      { 'keepalived.conf': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 1]) },
      ['keepalived.conf'],
      /binary/,
    ],
    ['a script', { 'check.sh': '#!/bin/sh\nexit 0\n' }, ['check.sh'], /not a configuration/],
    ['no file at all', {}, [], /no configuration/],
  ])('%s: a clear message, exit 2', (_, files, args, message) => {
    const { code, out, err } = lbcheck(args, { cwd: folderWith(files) });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('one file of two is missing: the other one is checked, exit 2', () => {
    const { code, out, err } = lbcheck([...article, 'nowhere.conf']);
    expect(code).toBe(2);
    expect(err).toContain('nowhere.conf: no such file');
    expect(out).toContain('error[unknown-keyword]');
  });

  it('an empty file is checked', () => {
    expect(lbcheck(['keepalived.conf'], { cwd: folderWith({ 'keepalived.conf': '' }) }).code).not.toBe(2);
    expect(lbcheck(['nginx.conf'], { cwd: folderWith({ 'nginx.conf': '' }) }).code).not.toBe(2);
  });

  it('a file of 50 MB is read or refused within seconds', () => {
    const line = '# a line of nothing much\n';
    const cwd = folderWith({ 'keepalived.conf': line.repeat((50 * 1024 * 1024) / line.length) + clean });
    expect(lbcheck(['keepalived.conf'], { cwd }).code).not.toBe(null);
  });

  it('--context tells where a fragment of nginx stands', () => {
    const cwd = folderWith({ 'snippet.conf': 'root /srv;\nproxy_pass http://127.0.0.1:8080;\n' });
    const inside = (blocks: string): Answer =>
      lbcheck(['--lang', 'nginx', '--format', 'concise', '--context', blocks, 'snippet.conf'], { cwd });
    expect(inside('http,server,location')).toMatchObject({ code: 0 });
    expect(inside('http,server').out).toContain('snippet.conf:2:1: error misplaced-directive');
    expect(inside('http,location')).toMatchObject({ code: 2, out: '' });
  });

  it('a file that includes itself is a finding', () => {
    const nginx = folderWith({ 'nginx.conf': 'events {}\nhttp {\n    include nginx.conf;\n}\n' });
    expect(lbcheck(['nginx.conf'], { cwd: nginx })).toMatchObject({ code: 1, err: '' });
    expect(lbcheck(['nginx.conf'], { cwd: nginx }).out).toContain('include-cycle');
    const keepalived = folderWith({ 'keepalived.conf': `include keepalived.conf\n${clean}` });
    expect(lbcheck(['keepalived.conf'], { cwd: keepalived }).out).toContain('include-cycle');
  });

  it('links that go round in circles are not there', () => {
    const cwd = folderWith({});
    symlinkSync('b.conf', join(cwd, 'a.conf'));
    symlinkSync('a.conf', join(cwd, 'b.conf'));
    expect(lbcheck(['a.conf'], { cwd }).code).toBe(2);
  });

  it('a pattern of nginx is understood by the built command, too', () => {
    const input = 'server {\n  location ~ ^/a/([^/]+)/ {\n    return 301 https://h.example/$1;\n  }\n}\n';
    const { code, out } = lbcheck(['-', '--lang', 'nginx', '--format', 'concise'], { input });
    expect(code).toBe(1);
    expect(out).toContain('header-injection');
  });

  it('standard input, and line ends of any kind', () => {
    const text = readFileSync(join(root, article[1]!), 'utf8').replaceAll('\n', '\r\n');
    const { code, out } = lbcheck(['-', '--stdin-filename', 'keepalived.conf', '--format', 'concise'], {
      input: text,
    });
    expect(code).toBe(1);
    expect(out).toContain('keepalived.conf:11:7: error invalid-value');
  });

  it('what could steer a terminal is shown, not sent', () => {
    const cwd = folderWith({ 'keepalived.conf': `vrrp_inst\u001b[31mance VI_1 {\n}\n${clean}` });
    for (const format of ['pretty', 'concise', 'github']) {
      expect(lbcheck(['keepalived.conf', '--format', format], { cwd }).out).not.toMatch(/\u001b/);
    }
  });

  it('a value that looks like a workflow command is data', () => {
    const cwd = folderWith({ 'keepalived.conf': `::error::x%0A {\n}\n"a\r::warning::y" b\n${clean}` });
    const { out } = lbcheck(['keepalived.conf', '--format', 'github'], { cwd });
    for (const line of out.split(/[\r\n]/)) {
      if (line.startsWith('::')) expect(line).toMatch(/^::(?:error|warning|notice) file=keepalived\.conf,/);
    }
  });

  it('a file name with a line end, a key named __proto__', () => {
    const cwd = folderWith({
      'keepalived\n.conf': '__proto__ {\n    constructor toString\n}\nvrrp_instance __proto__ {\n}\n',
    });
    const { code, out } = lbcheck(['keepalived\n.conf', '--format', 'concise'], { cwd });
    expect(code).toBe(1);
    for (const line of out.trimEnd().split('\n')) expect(line).toMatch(/^keepalived␊\.conf:\d+:\d+: /);
  });
});

describe('output', () => {
  it('json has the fields that it promises', () => {
    const report = JSON.parse(lbcheck([...article, '--format', 'json']).out);
    expect(Object.keys(report)).toEqual(['version', 'diagnostics', 'skipped', 'summary']);
    expect(report.version).toBe(1);
    expect(report.summary).toEqual({
      ...{
        errors: 8,
        warnings: 0,
        infos: report.summary.infos,
        suppressed: 0,
        baselined: 0,
        files: 2,
        nodes: 2,
      },
    });
    const mismatch = report.diagnostics.find(
      ({ rule }: { rule: string }) => rule === 'virtual-router-id-mismatch',
    );
    expect(mismatch).toMatchObject({
      ...{
        severity: 'error',
        node: 'backup',
        file: article[1],
        line: 13,
        column: 19,
        endLine: 13,
        endColumn: 22,
      },
      related: [{ node: 'master', file: article[0], line: 13, column: 19, endLine: 13, endColumn: 22 }],
    });
    const misspelt = report.diagnostics.find(
      ({ rule, line }: { rule: string; line: number }) => rule === 'unknown-keyword' && line === 10,
    );
    expect(misspelt.fix).toEqual({
      title: 'replace it by vrrp_instance',
      safe: true,
      edits: [
        { file: misspelt.file, line: 10, column: 1, endLine: 10, endColumn: 13, text: 'vrrp_instance' },
      ],
    });
  });

  it('a format with a file writes it, and others go on to the terminal', () => {
    const cwd = folderWith({ 'keepalived.conf': 'vrrp_instace a {\n}\n' });
    const { out } = lbcheck(['keepalived.conf', '--format', 'json:report.json', '--format', 'concise'], {
      cwd,
    });
    expect(out).toMatch(/^keepalived\.conf:1:1: error unknown-keyword /m);
    expect(JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')).version).toBe(1);
  });

  it('in GitHub Actions annotations are the default', () => {
    const { out } = lbcheck(article, { env: { GITHUB_ACTIONS: 'true' } });
    expect(out).toMatch(/^::error file=fixtures\/clusters\/article\//m);
    expect(out.match(/^::error /gm)).toHaveLength(8);
  });

  it('GitHub is given ten of a kind, and the rest as lines of the log', () => {
    const cwd = folderWith({ 'keepalived.conf': 'nonsense here\n'.repeat(25) });
    const { out } = lbcheck(['keepalived.conf', '--format', 'github', '--only', 'unknown-keyword'], { cwd });
    expect(out.match(/^::error /gm)).toHaveLength(10);
    expect(out).toContain('15 more findings');
    expect(out.match(/^- keepalived\.conf:\d+:1: error/gm)).toHaveLength(15);
  });

  it('--quiet shows errors only, --only and --rule choose', () => {
    expect(lbcheck([...article, '--quiet']).out).not.toMatch(/Notes|warning/);
    const only = lbcheck([...article, '--only', 'invalid-value', '--format', 'concise']).out;
    expect(only.trim().split('\n')).toHaveLength(1);
    const changed = lbcheck([
      ...article,
      '--rule',
      'invalid-value=info',
      '--rule',
      'unknown-keyword=off',
      '--format',
      'concise',
    ]).out;
    expect(changed).toContain('info invalid-value');
    expect(changed).not.toContain('unknown-keyword');
  });

  it('colour only when asked for or looked at', () => {
    const start = String.fromCharCode(27);
    expect(lbcheck(article).out).not.toContain(start);
    expect(lbcheck(['--color', 'always', ...article]).out).toContain(start);
    expect(lbcheck(article, { env: { FORCE_COLOR: '1' } }).out).toContain(start);
    expect(lbcheck(article, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).out).not.toContain(start);
  });

  it('a reader that closes the pipe early is no error', () => {
    const { stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${bin}" ${article.join(' ')} | head -n 1`],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
  });

  it('files that share nothing are two clusters, said once and compared with nobody', () => {
    const instance = (vrid: number, address: string): string =>
      `vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id ${vrid}\n    virtual_ipaddress {\n        ${address}/24\n    }\n}\n`;
    const cwd = folderWith({
      'a/keepalived.conf': instance(51, '10.0.0.100'),
      'b/keepalived.conf': instance(51, '10.0.0.100'),
      'c/keepalived.conf': instance(60, '192.168.9.9'),
    });
    const { err, out } = lbcheck(['.', '--format', 'concise'], { cwd });
    expect(err).toBe('lbcheck: a and b, c share no virtual router and are checked as 2 clusters\n');
    expect(out).not.toContain('mismatch');
  });

  it('explain and rules say what there is', () => {
    expect(lbcheck(['explain', 'unknown-keyword']).out).toContain('vrrp_instace VI_1 {');
    const list = JSON.parse(lbcheck(['rules', '--format', 'json']).out);
    expect(lbcheck(['rules']).out.trim().split('\n')).toHaveLength(list.length);
  });
});

describe('a slip of the fingers', () => {
  it.each([
    [['explian', 'unknown-keyword'], /did you mean the command explain\?/],
    [['--formt', 'json'], /Did you mean --format\?/],
    [['check', '--format', 'sarf'], /Did you mean sarif\?/],
    [['explain', 'unknown-keywrd'], /Did you mean unknown-keyword\?/],
    [['--only', 'unknown-keywrd'], /Did you mean unknown-keyword\?/],
  ])('%j is answered with what was meant', (args, message) => {
    const { code, err } = lbcheck(args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it.each(['check', 'failover', 'explain', 'rules', 'completion'])(
    'the help of %s has examples',
    (command) => {
      const { code, out } = lbcheck([command, '--help']);
      expect(code).toBe(0);
      expect(out).toMatch(/\nExamples:\n {2}\S/);
    },
  );
});

describe('secrets', () => {
  const secret = 'Zq9xSecret';
  const spellings = [
    `auth_type PASS\n        auth_pass ${secret}`,
    `auth_type PASS auth_pass ${secret}`,
    `auth_type PASS\n        auth_pas ${secret}`,
    `auth_type PASS\n        auth_pass "${secret}"`,
    `auth_type PASS\n        auth_pass${secret}`,
    `auth_type PASS\n        auth pass ${secret}`,
    `auth_type PASS\n        auth_pass = ${secret}`,
    `auth_type PASS\n        auth_pass ${secret} # auth_pass ${secret}`,
    `auth_type PASS\n        Auth_Pass ${secret};`,
    `auth_type ${secret}`,
    `auth_type PASS\n        password ${secret}`,
    `auth_type PASS\n        auth_pass ${secret}-much-longer-than-eight`,
    `auth_type PASS\n        auth_pass ${secret}!x`,
  ];
  const instance = (authentication: string, block = 'authentication'): string =>
    `vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id 51\n    ${block} {\n        ${authentication}\n    }\n    virtual_ipaddress {\n        10.0.0.100/24\n    }\n}\n`;
  const cases = [
    ...spellings.map((text) => instance(text)),
    ...spellings.map((text) => instance(text, 'autentication')),
    ...spellings.map((text) => instance(text, 'vrrp_instance')),
    `auth_pass ${secret}\n${instance('auth_type PASS')}`,
  ];

  it.each(['article', ...cases.map((_, index) => `case ${index}`)])('%s: never in any format', (name) => {
    const index = Number(name.slice(5));
    const cwd =
      name === 'article'
        ? folderWith({})
        : folderWith({
            'lb1/keepalived.conf': cases[index]!,
            'lb2/keepalived.conf': instance('auth_type PASS\n auth_pass other'),
          });
    for (const format of formats.keys()) {
      const args = name === 'article' ? article.map((path) => join(root, path)) : ['.'];
      const { out, err } = lbcheck([...args, '--format', format, '--verbose'], { cwd });
      expect(out.length).toBeGreaterThan(0);
      expect(out + err).not.toContain(secret);
      // A rule's page shows the password that it is about.
      const found = format === 'sarif' ? JSON.stringify(JSON.parse(out).runs[0].results) : out;
      expect(found + err).not.toMatch(/auth_pass["' ]+1234/);
    }
  });
});

describe('the code cache', () => {
  const whole = readFileSync(join(dirname(bin), 'cli.cache'));
  it.each([
    ['missing', undefined],
    ['empty', Buffer.alloc(0)],
    ['cut short', whole.subarray(0, whole.length / 2)],
    ['something else', Buffer.alloc(whole.length, 'x')],
    ['of another Node', Buffer.from(whole.toString('latin1').replace(process.version, 'v0.0.0'), 'latin1')],
  ])('%s: the program runs all the same, and makes it anew', (_, content) => {
    const folder = folderWith({});
    cpSync(dirname(bin), folder, { recursive: true });
    const cache = join(folder, 'cli.cache');
    if (content) writeFileSync(cache, content);
    else rmSync(cache);
    const args = [join(folder, 'lbcheck.cjs'), ...article, '--format', 'concise'];
    const runs = [1, 2].map(() =>
      spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env: {} }),
    );
    for (const { status, stdout, stderr } of runs) {
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
      expect(stdout).toContain('error virtual-router-id-mismatch');
    }
    expect(readFileSync(cache).subarray(-20)).toEqual(whole.subarray(-20));
  });
});

// Of the other stories clusters.test.ts knows that they run, without a process for each.
it('the longest stories run without an internal error', () => {
  for (const story of ['article', 'article-repaired', 'healthy-nginx-of-each-node']) {
    expect(lbcheck([`fixtures/clusters/${story}`, '--verbose']).err).toBe('');
  }
});
