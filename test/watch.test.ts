/** `--watch` and the line of progress, with real processes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { bin, environment, folderWith, lbcheck } from './command.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Watched {
  readonly child: ChildProcess;
  /** Waits for the next check to end, and gives what it wrote. */
  readonly next: () => Promise<string>;
  /** Whether another check ends within the milliseconds. */
  readonly stirs: (milliseconds: number) => Promise<boolean>;
}

function watched(cwd: string, ...args: string[]): Watched {
  const child = spawn(process.execPath, [bin, '--watch', '--format', 'concise', ...args], {
    cwd,
    env: environment,
  });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
  const isDone = (): boolean => text.includes('Ctrl-C ends it\n');
  return {
    child,
    next: async () => {
      for (let waited = 0; !isDone(); waited += 20) {
        if (waited > 10_000) throw new Error(`no check within ten seconds: ${text}`);
        await pause(20);
      }
      const result = text;
      text = '';
      return result;
    },
    stirs: async (milliseconds) => {
      await pause(milliseconds);
      return isDone();
    },
  };
}

const misspelt = 'global_defs {\n    router_idd lb1\n}\n';
const respelt = 'global_defs {\n    router_id lb1\n}\n';

it('checks again when a file changes, is replaced, vanishes and comes back, and otherwise rests', async () => {
  const cwd = folderWith({ 'keepalived.conf': misspelt });
  const path = join(cwd, 'keepalived.conf');
  const { next, stirs } = watched(cwd, 'keepalived.conf');
  const first = await next();
  expect(first).toContain('unknown-keyword');
  // No terminal: nothing to clear.
  expect(first).not.toContain('\u001b');
  writeFileSync(path, respelt);
  expect(await next()).not.toContain('unknown-keyword');
  // As editors do it.
  writeFileSync(join(cwd, '.keepalived.conf.swp'), misspelt);
  expect(await stirs(400)).toBe(false);
  renameSync(join(cwd, '.keepalived.conf.swp'), path);
  expect(await next()).toContain('unknown-keyword');
  rmSync(path);
  expect(await next()).toContain('keepalived.conf: no such file');
  writeFileSync(path, respelt);
  expect(await next()).not.toContain('no such file');
  expect(await stirs(1500)).toBe(false);
});

it('looks at files that are included, at new ones in a folder, and at lbcheck.yaml', async () => {
  const cwd = folderWith({ 'keepalived.conf': 'include more/*.conf\n' });
  mkdirSync(join(cwd, 'more'));
  writeFileSync(join(cwd, 'more/a.conf'), respelt);
  const { next } = watched(cwd, '.');
  expect(await next()).not.toContain('unknown-keyword');
  writeFileSync(join(cwd, 'more/a.conf'), misspelt);
  expect(await next()).toContain('more/a.conf:2:5: error unknown-keyword');
  writeFileSync(join(cwd, 'more/b.conf'), 'foo_bar_baz\n');
  expect(await next()).toContain('more/b.conf:1:1: error unknown-keyword');
  writeFileSync(join(cwd, 'lbcheck.yaml'), 'rules: { unknown-keyword: off }\n');
  expect(await next()).not.toContain('unknown-keyword');
});

it('ends at Ctrl-C', async () => {
  const { child, next } = watched(folderWith({ 'keepalived.conf': respelt }), 'keepalived.conf');
  await next();
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  child.kill('SIGINT');
  expect(await ended).toBe('SIGINT');
}, 30_000);

it('does not go with --fix and standard input', () => {
  for (const args of [
    ['--watch', '--fix', '.'],
    ['--watch', '-'],
  ]) {
    const { code, err } = lbcheck(args);
    expect(code).toBe(2);
    expect(err).toContain('--watch does not go with');
  }
});

const hasScript = spawnSync('script', ['--version']).status === 0;
it.skipIf(!hasScript)(
  'a long run tells a terminal what it is at, and takes that away; a pipe sees none of it',
  () => {
    const cwd = folderWith({
      'keepalived.conf': `${'vrrp_script a {\n    script "/bin/true"\n}\n'.repeat(40_000)}`,
    });
    const command = `"${process.execPath}" "${bin}" --exit-zero --quiet keepalived.conf`;
    const onTerminal = spawnSync('script', ['-qec', command, '/dev/null'], { cwd, encoding: 'utf8' }).stdout;
    expect(onTerminal).toMatch(/\r\u001b\[K(?:reading|checking), /);
    expect(onTerminal.lastIndexOf(', rule ')).toBeLessThan(onTerminal.lastIndexOf('\r\u001b[K'));
    expect(spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' }).stderr).not.toMatch(/[\r\u001b]/);
  },
);
