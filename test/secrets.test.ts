/** No secret of any fixture reaches a reader, in whichever way one asks. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baselineOf, written } from '../src/baseline/index.ts';
import { failover } from '../src/failover.ts';
import { fix, unifiedDiff } from '../src/fix/index.ts';
import { failoverFormats } from '../src/format/failover/index.ts';
import { plain } from '../src/format/style.ts';
import { check, formatNames, render } from '../src/index.ts';
import { disk } from '../src/load/disk.ts';
import { bin, folderWith, lbcheck, root } from './command.ts';

const stories = readdirSync(join(root, 'fixtures/clusters'));

/** What the languages call by a name that stands for a secret; written here anew, so that a gap there shows. */
const patterns = [
  /^\s*auth_pass\s+"?([^\s"#!]+)/gm,
  /^\s*(?:auth_hmac|vrrp_auth_key|key)\s+(?:\S+\s+)*?"?([0-9a-fA-F]{16,}|[^\s"]{12,})"?\s*$/gm,
  /^\s*password\s+"?([^\s"#!]+)/gm,
  /proxy_set_header\s+(?:Authorization|X-Api-Key)\s+["']?(?:Basic\s+|Bearer\s+)?([\w.~+/=-]{6,})/gim,
];

const secretsIn = (folder: string): ReadonlySet<string> =>
  new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:conf|cfg|inc|keepalived)$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .flatMap((text) =>
        patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, secret]) => secret!)),
      )
      .filter((secret) => secret.length >= 4 && !secret.includes('$')),
  );

const withSecrets = stories
  .map((story) => ({ story, secrets: secretsIn(join(root, 'fixtures/clusters', story)) }))
  .filter(({ secrets }) => secrets.size > 0);

/** The pages of rules, which SARIF carries, have examples of their own with passwords that anybody may use. */
function ofReport(text: string, format: string): string {
  if (format !== 'sarif') return text;
  const { runs } = JSON.parse(text);
  return JSON.stringify(runs.map(({ tool: _, ...run }: { tool: unknown }) => run));
}

it('many stories have secrets', () => {
  expect(withSecrets.length).toBeGreaterThan(5);
});

describe.each(withSecrets)('$story', ({ story, secrets }) => {
  const report = check([join('fixtures/clusters', story)], { cwd: root });

  it.each(formatNames)('%s', async (name) => {
    for (const verbose of [false, true]) {
      const text = ofReport(await render(report, name, { verbose }), name);
      for (const secret of secrets) expect(text.includes(secret), secret.slice(0, 2)).toBe(false);
    }
  });

  const none = (text: string): void => {
    for (const secret of secrets) expect(text.includes(secret), secret.slice(0, 2)).toBe(false);
  };

  it('what a program is given', () => {
    none(JSON.stringify(report.diagnostics));
  });

  it('a baseline', () => {
    none(written(baselineOf(report)));
  });

  it('failovers in every format', () => {
    const { prediction, problem } = failover([join('fixtures/clusters', story)], { cwd: root });
    none(JSON.stringify({ prediction, problem }));
    for (const show of Object.values(failoverFormats)) none(show(prediction, { style: plain }));
  });

  it('what fixes would change, and what they leave', async () => {
    const { before, after, changes, refused } = fix({
      unsafe: true,
      fs: disk,
      stdin: undefined,
      roots: ['/'],
      check: (fs) => check([join('fixtures/clusters', story)], { fs, cwd: root }),
    });
    none(JSON.stringify([...refused]));
    for (const change of changes) {
      const patch = unifiedDiff(change, before.maskedIn(change.file), after.maskedIn(change.file));
      none(Buffer.from(patch.bytes).toString());
    }
    for (const name of formatNames) none(ofReport(await render(after, name, { verbose: true }), name));
  });
});

describe('a slip in the line of a password', () => {
  const secret = 'k7Wq-2xPz';
  /** Signs that get in; and the one that was there is lost. */
  const slips = [' ', '\t', '"', "'", '#', '=', '.', '$', '-', '\\'];

  it.each([
    [
      'keepalived.conf',
      `vrrp_instance A {\n interface eth0\n authentication {\n  auth_type PASS\n`,
      `  auth_pass ${secret}`,
      `\n }\n}\n`,
    ],
    [
      'nginx.conf',
      'events {}\nhttp {\n server {\n  location / {\n',
      `  proxy_set_header Authorization "Basic ${secret}";`,
      '\n  }\n }\n}\n',
    ],
    [
      'nginx.conf',
      'events {}\nhttp {\n server {\n  location / {\n',
      `  proxy_pass http://probe:${secret}@10.0.0.9/;`,
      '\n  }\n }\n}\n',
    ],
  ])('%s', async (file, before, line, after) => {
    const folder = folderWith();
    const start = line.indexOf(secret);
    let tried = 0;
    for (let at = 0; at <= line.length; at++) {
      if (at > start && at <= start + secret.length) continue;
      const [left, right] = [line.slice(0, at), line.slice(at)];
      const lost = /^[\s:"'k@]/.test(right) ? [] : [left + right.slice(1)];
      for (const slipped of [...slips.map((slip) => left + slip + right), ...lost]) {
        tried++;
        writeFileSync(join(folder, file), before + slipped + after);
        const report = check([file], { cwd: folder });
        for (const format of ['pretty', 'json'] as const)
          expect(await render(report, format, { verbose: true }), slipped).not.toContain(secret);
      }
    }
    expect(tried).toBeGreaterThan(100);
  });
});

describe('the command', () => {
  const secret = 's3cr3t-w0rd';
  const pair = (word: string): string =>
    `global_defs {\n    router_idd x\n}\nvrrp_instance A {\n    interface eth0\n    virtual_router_id 51\n    priority 100\n    authentication {\n        auth_type PASS\n        # auth_pass ${secret}-old\n        ${word} ${secret}\n    }\n    virtual_ipaddress {\n        10.0.0.9\n    }\n    bogus ${word}\n}\nauth_pass ${secret}\n`;

  const run = (args: readonly string[], cwd: string): string => {
    const { out, err } = lbcheck(args, { cwd });
    return out + err;
  };

  it('shows no password, whatever it is asked, and however the keyword is written', async () => {
    const folder = folderWith();
    for (const [node, word] of [
      ['lb1', 'auth_pass'],
      ['lb2', 'auth_pas'],
    ] as const) {
      cpSync(join(root, 'fixtures/clusters/article/master'), join(folder, node), { recursive: true });
      writeFileSync(join(folder, node, 'keepalived.conf'), pair(word));
    }
    const asked = [
      ['.'],
      ['--verbose', '--statistics', '.'],
      ['--diff', '.'],
      ['--diff', '--unsafe-fixes', '.'],
      ['failover', '.'],
      ['failover', '.', '--steps', 'crash nobody'],
      ['baseline', 'write', '.'],
      ['--format=sarif', '--verbose', '.'],
      ['--config', 'lb1/keepalived.conf', '.'],
      ['--baseline', 'lb1/keepalived.conf', '.'],
      ['--fix', '.'],
    ];
    expect(run(['--diff', '--unsafe-fixes', '.'], folder)).toContain('••••');
    for (const args of asked) {
      const text = run(args, folder);
      expect(text.length, args.join(' ')).toBeGreaterThan(0);
      expect(text, args.join(' ')).not.toContain(secret);
    }
    const watched = await seen(['--watch', '.'], folder);
    expect(watched).toContain('waiting for changes');
    expect(watched).not.toContain(secret);
  });

  it.each([
    ['before its keyword', `authentication {\n auth_type PASS\n k7Wq-2xPz auth_pass\n }`],
    ['alone', `authentication {\n auth_type PASS\n k7Wq-2xPz\n }`],
    ['behind a mark that begins a comment', `authentication {\n auth_type PASS\n auth_pass a!k7Wq-2xPz\n }`],
    ['behind a keyword that stands twice', `authentication {\n auth_pass auth_pass k7Wq-2xPz\n }`],
    ['in a comment behind another one', `authentication {\n auth_pass 1111 2222 # old: k7Wq-2xPz\n }`],
    ['in what is no comment', `authentication {\n auth_pass 1111 // k7Wq-2xPz\n }`],
    ['in a word that a fix makes a comment of', `authentication {\n auth_pass 1111 k7Wq-2xPz\n }`],
    ['in a script below the file', `}\n#!/bin/sh\nPASSWORD=k7Wq-2xPz\ncurl -u me:k7Wq-2xPz http://x/`],
  ])('shows no password that stands %s', (_, text) => {
    const folder = folderWith({ 'keepalived.conf': `vrrp_instance A {\n interface eth0\n${text}\n}\n` });
    for (const args of [['--verbose'], ['--diff', '--unsafe-fixes'], ['--format=json'], ['--format=sarif']]) {
      const shown = run([...args, 'keepalived.conf'], folder);
      expect(shown).toMatch(/keepalived\.conf|Would fix/);
      expect(shown).not.toContain('k7Wq-2xPz');
    }
  });

  it.each([
    ['in a URL', 'script "/usr/bin/wget -q http://probe:k7Wq-2xPz@10.0.0.9/"'],
    ['after --user', 'script "curl --user probe:k7Wq-2xPz http://10.0.0.9/"'],
    ['after a name', 'script "check --password=k7Wq-2xPz"'],
    ['in a header', 'script "curl -H \'Authorization: Bearer k7Wq-2xPz\' http://10.0.0.9/"'],
    ['in a script without quotes', 'script /usr/bin/wget http://probe:k7Wq-2xPz@10.0.0.9/ extra'],
    ['in a comment', 'script "true" # was: curl -u probe:k7Wq-2xPz http://10.0.0.9/'],
    ['in a file that is included', 'include checks.inc'],
  ])('shows no password of a check %s', (_, line) => {
    const folder = folderWith({
      'keepalived.conf': `vrrp_script up {\n    ${line}\n    intervall 2; ${line}\n    weight 300 # ${line}\n}\n`,
      'checks.inc':
        'script "http://probe:k7Wq-2xPz@10.0.0.9/"\nintervall 2 # http://probe:k7Wq-2xPz@10.0.0.9/\nauth_pass k7Wq-2xPz\n',
    });
    for (const args of [['--verbose'], ['--diff', '--unsafe-fixes'], ['--format=json'], ['--format=sarif']]) {
      const shown = run([...args, 'keepalived.conf'], folder);
      expect(shown).toMatch(/keepalived\.conf|checks\.inc/);
      expect(shown).not.toContain('k7Wq-2xPz');
    }
  });

  it.each([
    'proxy_passs http://probe:k7Wq-2xPz@10.0.0.9/; # curl -u a:k7Wq-2xPz',
    'secure_link_md5 "$secure_link_expiress$uri k7Wq-2xPz"',
    'set $redis_pwd k7Wq-2xPz; reutrn 200;',
    'secrue_link_md5 "$uri k7Wq-2xPz"; reutrn 200;',
    'add_header A "b;\n proxy_set_header Authorization "Basic k7Wq-2xPz";',
    'add_header A "b;\n secure_link_md5 "$uri k7Wq-2xPz";',
    'proxy_pass http:/probe:k7Wq-2xPz@10.0.0.9/;',
    'proxy_pass http://probe k7Wq-2xPz@10.0.0.9/;',
    'proxy_set_header Authorization "Basic k7Wq-2xPz$";',
    'drizzle_server 10.0.0.9 dbname=a password=k7Wq-2xPz; reutrn 200;',
    'proxy_set_headr Authorization "Basic k7Wq-2xPz";',
  ])('shows no password of nginx: %s', (line) => {
    const text = `events {}\nhttp {\n    server {\n        location / {\n            ${line}\n        }\n    }\n}\n`;
    const folder = folderWith({ 'nginx.conf': text });
    for (const args of [['--verbose'], ['--diff', '--unsafe-fixes'], ['--format=json'], ['--format=sarif']]) {
      const shown = run([...args, 'nginx.conf'], folder);
      expect(shown).toMatch(/nginx\.conf|Would fix/);
      expect(shown).not.toContain('k7Wq-2xPz');
    }
  });

  it('a patch keeps away from secrets where it can, and so can be applied', () => {
    const text = `vrrp_instance A {\n    auth_pass ${secret}\n    interface eth0\n    virtual_router_id 51\n    priorityy 100\n    advert_int 1\n}\n`;
    const folder = folderWith({ 'keepalived.conf': text });
    const { out, err } = lbcheck(['--diff', 'keepalived.conf'], { cwd: folder });
    expect(out).not.toContain(secret);
    expect(err).not.toContain('masked');
    const applied = spawnSync('git', ['apply', '-'], { cwd: folder, input: out });
    expect(applied.status).toBe(0);
    expect(readFileSync(join(folder, 'keepalived.conf'), 'utf8')).toBe(text.replace('priorityy', 'priority'));
  });
});

/** What a run that does not end by itself shows until it waits. */
async function seen(args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  await new Promise<void>((resolve) => {
    const take = (part: Buffer): void => {
      text += part.toString();
      if (text.includes('waiting for changes')) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('exit', () => resolve());
  });
  child.kill('SIGKILL');
  return text;
}
