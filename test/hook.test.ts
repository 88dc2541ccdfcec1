// The hooks of .pre-commit-hooks.yaml, installed by the real pre-commit into a repository of configurations.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from './daemons/harness.ts';

const project = fileURLToPath(new URL('..', import.meta.url));

describeWith(['pre-commit', 'git'], 'pre-commit', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'lbcheck-hook-'));
  const ours = join(temporary, 'lbcheck');
  const theirs = join(temporary, 'infrastructure');
  afterAll(() => rmSync(temporary, { recursive: true, force: true }));

  // Started from a hook, the tests inherit variables that would lead git to the wrong repository.
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
    PRE_COMMIT_HOME: join(temporary, 'cache'),
  };
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
      cwd,
      env,
      encoding: 'utf8',
    }).trim();
  const commit = (folder: string) => {
    git(folder, 'init', '--quiet');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--no-verify', '--message', 'x');
  };
  const preCommit = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('pre-commit', args, { cwd: theirs, env, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };

  beforeAll(() => {
    const left = new Set(['.git', 'node_modules', 'dist', 'coverage']);
    cpSync(project, ours, { recursive: true, filter: (path) => !left.has(relative(project, path)) });
    commit(ours);

    cpSync(join(project, 'fixtures/clusters/article'), join(theirs, 'hosts'), { recursive: true });
    writeFileSync(join(theirs, 'README.md'), '# Our load balancers\n');
    const config = `
repos:
  - repo: ${ours}
    rev: ${git(ours, 'rev-parse', 'HEAD')}
    hooks:
      - id: lbcheck
        args: [hosts]
      - id: lbcheck-files
`;
    writeFileSync(join(theirs, '.pre-commit-config.yaml'), config);
    mkdirSync(env.PRE_COMMIT_HOME);
    commit(theirs);
    const { status, output } = preCommit('install-hooks');
    expect(status, output).toBe(0);
  }, 300_000);

  test('our hooks are what it understands', () => {
    expect(preCommit('validate-manifest', join(ours, '.pre-commit-hooks.yaml'))).toEqual({
      status: 0,
      output: '',
    });
  });

  test('lbcheck compares all nodes when one of them changes', () => {
    const { status, output } = preCommit('run', 'lbcheck', '--files', 'hosts/backup/keepalived.conf');
    expect(status).toBe(1);
    expect(output).toContain('exit code: 1');
    expect(output).toContain('hosts/backup/keepalived.conf');
    expect(output).toContain('hosts/master/keepalived.conf');
  });

  test('lbcheck does not run when no configuration changes', () => {
    const { status, output } = preCommit('run', 'lbcheck', '--files', 'README.md');
    expect(status).toBe(0);
    expect(output).toContain('(no files to check)');
  });

  test('lbcheck-files reads the files that change, and no others', () => {
    const { status, output } = preCommit('run', 'lbcheck-files', '--files', 'hosts/backup/keepalived.conf');
    expect(status).toBe(1);
    expect(output).toContain('exit code: 1');
    expect(output).toContain('hosts/backup/keepalived.conf');
    expect(output).not.toContain('hosts/master');
  });
});
