/** Every snippet of docs/ci.md and of the README is run, or held against what it is written for. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatNames } from '../src/index.ts';
import { bin, folderWith, root } from './command.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const folder = folderWith();

/** Programs that the snippets call: ours for real, those of others as far as the snippet needs them. */
const programs: Readonly<Record<string, string>> = {
  lbcheck: `exec '${process.execPath}' '${bin}' "$@"`,
  npx: 'while [[ $1 == --yes || $1 == lbcheck* ]]; do shift; done; exec lbcheck "$@"',
  npm: `mkdir -p node_modules/lbcheck; cp '${root}/problem-matcher.json' node_modules/lbcheck/`,
  ssh: 'cat "hosts/$1/keepalived.conf"',
  reviewdog: 'printf "%s\\n" "$*" >reviewdog.args; cat >reviewdog.in',
};

beforeAll(() => {
  mkdirSync(join(folder, 'bin'));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, 'bin', name), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
});

let workspaces = 0;
/** A repository as the page describes it, and the files that the README names. */
function workspace(): string {
  const path = join(folder, `workspace${++workspaces}`);
  const article = join(root, 'fixtures/clusters/article');
  const nodes = { lb1: 'master', lb2: 'backup' };
  for (const [name, from] of Object.entries(nodes)) {
    cpSync(join(article, from), join(path, 'hosts', name), { recursive: true });
    cpSync(join(article, from), join(path, name), { recursive: true });
    cpSync(join(article, from, 'keepalived.conf'), join(path, `${from}.conf`));
  }
  mkdirSync(join(path, 'web1'));
  writeFileSync(join(path, 'web1/nginx.conf'), 'events {}\n');
  cpSync(article, join(path, 'fixtures/clusters/article'), { recursive: true });
  return path;
}

function bash(script: string, cwd: string, input = ''): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-euo', 'pipefail', '-c', script],
    {
      cwd,
      input,
      encoding: 'utf8',
      env: { HOME: folder, PATH: `${folder}/bin:${process.env.PATH}` },
    },
  );
  return { code: status, out: stdout, err: stderr };
}

interface Snippet {
  readonly language: string;
  readonly text: string;
}
const snippets = (path: string): readonly Snippet[] =>
  [...read(path).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }));
const page = snippets('docs/ci.md');
const yaml = page.filter(({ language }) => language === 'yaml').map(({ text }) => parse(text));
const shell = page.filter(({ language }) => language === 'sh').map(({ text }) => text);

/** What a report must be, by the name of its file. */
function expectReport(cwd: string, file: string): void {
  const text = readFileSync(join(cwd, file), 'utf8');
  if (file.endsWith('.sarif')) expect(JSON.parse(text).runs[0].results.length).toBeGreaterThan(5);
  else if (file.endsWith('.json')) expect(JSON.parse(text).length).toBeGreaterThan(5);
  else expect(text).toMatch(/^<\?xml [\s\S]*<testcase /);
}

const sha = /^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/;

describe('GitHub workflows', () => {
  const action = parse(read('action.yml'));
  const workflows = yaml.filter((each) => each.jobs);
  const steps = workflows.flatMap((each) =>
    Object.values<{ steps: never[] }>(each.jobs).flatMap((job) => job.steps),
  );
  interface Step {
    readonly uses?: string;
    readonly with?: Readonly<Record<string, string>>;
    readonly run?: string;
    readonly if?: string;
    readonly env?: Readonly<Record<string, string>>;
  }
  const all: readonly Step[] = steps;

  it('there are some, and they may do no more than they need', () => {
    expect(workflows.length).toBe(3);
    for (const { permissions, on } of workflows) {
      expect(permissions.contents).toBe('read');
      expect(on).toBeTruthy();
    }
  });

  it('actions of others are pinned, ours is given inputs that it has', () => {
    for (const { uses, with: inputs = {} } of all.filter((each) => each.uses)) {
      if (!uses!.startsWith('lbcheck/')) expect(uses).toMatch(sha);
      else for (const name of Object.keys(inputs)) expect(Object.keys(action.inputs)).toContain(name);
    }
  });

  it('outputs that are used exist', () => {
    const used = [...JSON.stringify(all).matchAll(/steps\.lbcheck\.outputs\.([\w-]+)/g)].map(
      ([, name]) => name!,
    );
    expect(used.length).toBeGreaterThan(0);
    for (const name of used) expect(Object.keys(action.outputs)).toContain(name);
  });

  it('the report that is uploaded is the one that is written', () => {
    const written = all.flatMap((each) => each.with?.format ?? []).map((each) => each.split(':')[1]);
    for (const { with: inputs } of all.filter((each) => each.with?.sarif_file)) {
      expect(written).toContain(inputs!.sarif_file);
    }
  });

  it('what they run runs, and the problem matcher reads it', () => {
    const cwd = workspace();
    const runs = all.flatMap(({ run }) => run ?? []).map((run) => bash(`ERRORS=8; ${run}`, cwd));
    for (const { code, err } of runs) expect({ code, err }).toEqual({ code: 0, err: '' });
    const { out } = runs.find((each) => each.out.includes('::add-matcher::'))!;
    const [first, ...found] = out.trimEnd().split('\n');
    const file = first!.replace('::add-matcher::', '');
    const [{ pattern }] = JSON.parse(readFileSync(join(cwd, file), 'utf8')).problemMatcher;
    expect(found.length).toBeGreaterThan(5);
    for (const line of found) {
      const match = new RegExp(pattern[0].regexp).exec(line)!;
      expect(match[pattern[0].file]).toMatch(/^hosts\/lb[12]\/\w+\.conf$/);
      expect(match[pattern[0].code]).toMatch(/^[a-z0-9-]+$/);
    }
  });

  it('the package has the problem matcher', () => {
    expect(JSON.parse(read('package.json')).files).toContain('problem-matcher.json');
  });
});

describe('the other systems', () => {
  it('GitLab: the script writes the report that is collected', () => {
    const { lbcheck: job } = yaml.find((each) => each.lbcheck)!;
    const cwd = workspace();
    const { code, out } = bash(job.script.join('\n'), cwd);
    expect(code).toBe(1);
    expect(out).toContain('error[virtual-router-id-mismatch]');
    expectReport(cwd, job.artifacts.reports.codequality);
  });

  it('Jenkins: the step writes the results that are collected', () => {
    const { text } = page.find(({ language }) => language === 'groovy')!;
    const cwd = workspace();
    const { code } = bash(/sh '([^']+)'/.exec(text)![1]!, cwd);
    expect(code).toBe(0);
    expectReport(cwd, /junit '([^']+)'/.exec(text)![1]!);
  });

  it('pre-commit: the hooks exist', () => {
    const { repos } = yaml.find((each) => each.repos)!;
    const ids = parse(read('.pre-commit-hooks.yaml')).map(({ id }: { id: string }) => id);
    expect(repos[0].hooks.length).toBe(2);
    for (const { id } of repos[0].hooks) expect(ids).toContain(id);
  });

  it('Ansible: the file is judged under its temporary name', () => {
    const task = yaml.find((each) => Array.isArray(each))![0]['ansible.builtin.template'];
    const cwd = workspace();
    cpSync(join(cwd, 'hosts/lb1/keepalived.conf'), join(cwd, 'tmp4x7q'));
    writeFileSync(join(cwd, 'tmp8z2p'), 'global_defs {\n    router_id lb1\n}\n');
    const validated = (file: string) => bash(task.validate.replace('%s', file), cwd).code;
    expect([validated('tmp4x7q'), validated('tmp8z2p')]).toEqual([1, 0]);
  });
});

describe('shell', () => {
  it('one run, several reports', () => {
    const cwd = workspace();
    const { code, out } = bash(shell[0]!, cwd);
    expect(code).toBe(0);
    expect(out).toContain('error[virtual-router-id-mismatch]');
    for (const file of ['lbcheck.sarif', 'lbcheck.xml']) expectReport(cwd, file);
  });

  it('reviewdog is given what it reads', () => {
    const cwd = workspace();
    expect(bash(shell.find((text) => text.includes('reviewdog'))!, cwd).code).toBe(0);
    expect(readFileSync(join(cwd, 'reviewdog.args'), 'utf8')).toContain('-f=rdjson');
    const { diagnostics } = JSON.parse(readFileSync(join(cwd, 'reviewdog.in'), 'utf8'));
    expect(diagnostics.length).toBeGreaterThan(5);
  });

  it('git refuses to push what is broken, whatever the working tree holds', () => {
    const hook = shell.find((text) => text.startsWith('#!/bin/sh'))!;
    const cwd = workspace();
    const path = join(cwd, '.git/hooks/pre-push');
    const git = 'git -c user.name=t -c user.email=t@example.com';
    expect(bash('git init -q; git init -q --bare ../remote.git; git checkout -q -b main', cwd).code).toBe(0);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, hook, { mode: 0o755 });
    const push = `${git} add hosts; ${git} commit -qm x; git push -q ../remote.git main`;
    const broken = bash(push, cwd);
    expect(broken.code).not.toBe(0);
    expect(broken.out + broken.err).toContain('virtual-router-id-mismatch');
    const mend =
      'for each in lb1 lb2; do printf "! nothing\\n" >hosts/$each/keepalived.conf; rm -f hosts/$each/nginx.conf; done';
    expect(bash(`${mend}; ${push}`, cwd)).toMatchObject({ code: 0 });
    expect(
      bash('printf "nonsense here\\n" >>hosts/lb1/keepalived.conf; git push -q ../remote.git main:other', cwd)
        .code,
    ).toBe(0);
    expect(bash('git push -q ../remote.git :other', cwd).code).toBe(0);
  });
});

it('docs/ci.md: no snippet is left out, every format is told', () => {
  expect(new Set(page.map(({ language }) => language))).toEqual(new Set(['sh', 'yaml', 'groovy']));
  expect(yaml).toHaveLength(6);
  expect(shell).toHaveLength(3);
  for (const name of formatNames) expect(read('docs/ci.md')).toContain(`\`${name}\``);
});

describe('README.md', () => {
  const blocks = snippets('README.md');
  it('every command runs', () => {
    const cwd = workspace();
    const lines = blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.trim().split('\n'));
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines.filter((each) => each.trim() !== '')) {
      const { code, err } = bash(line, cwd);
      expect([0, 1], `${line}: ${err}`).toContain(code);
      expect(err.replace(/^(?:lbcheck: .* share no virtual router.*|Would fix .*)$/gm, '').trim(), line).toBe(
        '',
      );
    }
  });

  it('its snippets of YAML are what they are for', () => {
    const hooks = parse(read('.pre-commit-hooks.yaml')).map(({ id }: { id: string }) => id);
    const inputs = Object.keys(parse(read('action.yml')).inputs);
    const found = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => parse(text));
    for (const each of found) {
      for (const { id } of each.repos?.[0].hooks ?? []) expect(hooks).toContain(id);
      for (const step of Array.isArray(each) ? each : []) {
        for (const name of Object.keys(step.with ?? {})) expect(inputs).toContain(name);
      }
    }
    expect(found.length).toBeGreaterThan(1);
  });
});

it.each(['README.md', 'docs/ci.md'])('%s links to what is there', (path) => {
  for (const [, target] of read(path).matchAll(/\]\((?!https?:)([^)#\s]+)/g)) {
    expect(existsSync(join(root, dirname(path), target!)), target).toBe(true);
  }
});
