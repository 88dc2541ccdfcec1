// The GitHub Action, run as GitHub runs it: its steps by bash, its inputs as environment, its files in temporary folders.
import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bin, root } from './command.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { description: string; value: string }>;
  runs: {
    using: string;
    steps: { id: string; shell: string; env?: Record<string, string>; run: string; uses?: string }[];
  };
}
const action: Action = parse(read('action.yml'));
const article = join(root, 'fixtures/clusters/article');

const temporary = mkdtempSync(join(tmpdir(), 'lbcheck-action-'));
afterAll(() => rmSync(temporary, { recursive: true }));
let folders = 0;
function folder(): string {
  const path = join(temporary, String(++folders));
  mkdirSync(path);
  return path;
}

/** A checkout of the action as it is once built; `cli` stands for the real thing. */
function checkout(cli?: string): string {
  const path = folder();
  cpSync(join(root, 'package.json'), join(path, 'package.json'));
  if (cli !== undefined) {
    mkdirSync(join(path, 'dist'));
    writeFileSync(join(path, 'dist/lbcheck.cjs'), cli);
  }
  return path;
}

/** Puts a program of this name before all others. */
function program(name: string, script: string): string {
  const path = folder();
  writeFileSync(join(path, name), `#!/usr/bin/env bash\n${script}\n`, { mode: 0o755 });
  return `${path}:${process.env.PATH}`;
}

interface Run {
  code: number;
  log: string;
  summary: string;
  outputs: Record<string, string>;
}

async function use(
  inputs: Record<string, string>,
  where: { action: string; workspace?: string; PATH?: string },
): Promise<Run> {
  const temp = folder();
  const files = { GITHUB_OUTPUT: join(temp, 'output'), GITHUB_STEP_SUMMARY: join(temp, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const value = (name: string) => inputs[name] ?? action.inputs[name]!.default;
  const evaluated = (text: string, known: Record<string, (name: string) => string>) =>
    text.replace(/\$\{\{ (.*?)([\w-]+) \}\}/g, (_, scope, name) => known[scope]!(name));

  const result = { code: 0, log: '' };
  for (const step of action.runs.steps) {
    const env = Object.entries(step.env ?? {}).map(([name, text]) => [
      name,
      evaluated(text, { 'inputs.': value }),
    ]);
    const script = join(temp, 'step.sh');
    writeFileSync(script, step.run);
    expect(step.shell).toBe('bash');
    await new Promise<void>((resolve) => {
      const options = {
        cwd: where.workspace ?? article,
        env: {
          HOME: process.env.HOME,
          PATH: where.PATH ?? process.env.PATH,
          GITHUB_ACTIONS: 'true',
          GITHUB_ACTION_PATH: where.action,
          GITHUB_SERVER_URL: 'https://github.example',
          GITHUB_REPOSITORY: 'ops/lb',
          GITHUB_SHA: 'abc123',
          RUNNER_TEMP: temp,
          ...files,
          ...Object.fromEntries(env),
        },
      };
      execFile(
        'bash',
        ['--noprofile', '--norc', '-eo', 'pipefail', script],
        options,
        (error, stdout, stderr) => {
          result.code = typeof error?.code === 'number' ? error.code : 0;
          result.log += stdout + stderr;
          resolve();
        },
      );
    });
  }
  const said = Object.fromEntries(
    readFileSync(files.GITHUB_OUTPUT, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('=', 2)),
  );
  const outputs = Object.fromEntries(
    Object.entries(action.outputs).map(([name, output]) => [
      name,
      evaluated(output.value, { 'steps.lbcheck.outputs.': (key) => said[key] ?? '' }),
    ]),
  );
  return { ...result, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'), outputs };
}

describe('action.yml', () => {
  test('inputs reach the scripts as environment, never as text', () => {
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{');
  });

  test('it uses no action of others', () => {
    for (const { uses } of action.runs.steps) expect(uses).toBeUndefined();
  });

  test('each input is described, and used', () => {
    const used = JSON.stringify(action.runs.steps.map((step) => step.env));
    for (const [name, { description }] of Object.entries(action.inputs)) {
      expect(description).toMatch(/\w/);
      expect(used).toContain(`\${{ inputs.${name} }}`);
    }
  });
});

describe('the action on the article', () => {
  let built: string;
  beforeAll(() => {
    built = checkout();
    cpSync(dirname(bin), join(built, 'dist'), { recursive: true });
  });

  test('two nodes with different virtual_router_ids fail it, with annotations and a summary', async () => {
    const run = await use({ paths: 'master backup' }, { action: built });
    expect(run.code).toBe(1);
    expect(run.outputs['exit-code']).toBe('1');
    expect(Number(run.outputs.errors)).toBeGreaterThanOrEqual(4);
    expect(run.log).toMatch(/^::error .*file=(master|backup)\/keepalived\.conf,line=\d+/m);
    expect(run.summary).toMatch(new RegExp(`^### lbcheck: ${run.outputs.errors} errors, `));
    expect(run.summary).toMatch(
      /^\| error \| \[backup\/keepalived\.conf:13\]\(<https:\/\/github\.example\/ops\/lb\/blob\/abc123\/backup\/keepalived\.conf#L13>\) \|.*\bvirtual\\?_router\\?_id\b/m,
    );
    expect(run.summary).not.toContain('1234'); // auth_pass
  });

  test('it fails for what fail-on says', async () => {
    const run = await use({ paths: 'master\nbackup\n', 'fail-on': 'never' }, { action: built });
    expect(run.code).toBe(0);
    expect(run.outputs['exit-code']).toBe('0');
    expect(Number(run.outputs.errors)).toBeGreaterThanOrEqual(4);
  });

  test('what cannot be checked fails it, and the summary says so', async () => {
    const run = await use({ paths: 'nowhere' }, { action: built });
    expect(run).toMatchObject({ code: 2, outputs: { 'exit-code': '2', errors: '' } });
    expect(run.summary).toMatch(
      /^### lbcheck: nothing could be checked\n\nThis could not be checked:\n\n- nowhere/,
    );
    expect(run.log).toMatch(/^::error title=lbcheck::nowhere: no such file/m);
  });

  test('so does an input that lbcheck does not understand', async () => {
    const run = await use({ 'fail-on': 'sometimes' }, { action: built });
    expect(run).toMatchObject({ code: 2, outputs: { 'exit-code': '2', errors: '' } });
    expect(run.summary).toMatch(/^### lbcheck could not check/);
  });

  test('SARIF and JUnit in one run', async () => {
    const reports = folder();
    const format = `sarif:${join(reports, 'lbcheck.sarif')}\njunit:${join(reports, 'lbcheck.xml')}`;
    await use({ paths: 'master backup', format }, { action: built });
    expect(JSON.parse(readFileSync(join(reports, 'lbcheck.sarif'), 'utf8')).version).toBe('2.1.0');
    expect(readFileSync(join(reports, 'lbcheck.xml'), 'utf8')).toMatch(/^<\?xml .*\n<testsuites /);
  });

  test('further reports are written', async () => {
    const report = join(folder(), 'lbcheck.json');
    await use({ paths: 'master backup', format: `json:${report}` }, { action: built });
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ version: 1 });
  });

  test('shell text in an input is not run', async () => {
    const workspace = folder();
    const trap = '$(touch ran) `touch ran` ; touch ran ; "; touch ran; #';
    for (const input of Object.keys(action.inputs)) {
      if (input !== 'version') await use({ [input]: trap }, { action: built, workspace });
    }
    expect(existsSync(join(workspace, 'ran'))).toBe(false);
  });
});

describe('the action around lbcheck', () => {
  /** A program in the place of lbcheck that found nothing. */
  const cli = `
    const target = process.argv.find((a) => a.startsWith('json:')).slice(5);
    const summary = { errors: 0, warnings: 0, infos: 0, nodes: 1 };
    require('node:fs').writeFileSync(target, JSON.stringify({ summary }));`;

  test('with a version, that version of the package is run', async () => {
    const PATH = program('npx', 'printf "npx %s\\n" "$*"');
    const { log } = await use({ version: '1.2.3', paths: 'lb1 lb2' }, { action: checkout(), PATH });
    expect(log).toMatch(
      /^npx --yes -- lbcheck@1\.2\.3 check --fail-on error --format github .* -- lb1 lb2$/m,
    );
  });

  test('without one, its own checkout is built, once', async () => {
    const fresh = checkout();
    const source = checkout(cli);
    const PATH = program('npm', `printf "npm %s\\n" "$*"; cp -r ${source}/dist ${fresh}`);
    const first = await use({}, { action: fresh, PATH });
    expect(first.code).toBe(0);
    expect(first.log).toContain(`npm ci --prefix ${fresh} --include=dev`);
    expect((await use({}, { action: fresh, PATH })).log).not.toContain('npm ci');
  });
});

describe('continuous integration', () => {
  test('runs what a developer can run, on each supported Node, and may only read', () => {
    const workflow = parse(read('.github/workflows/ci.yml'));
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.test.strategy.matrix.node).toEqual([20, 22, 24]);
    expect(workflow.jobs.test.steps.at(-1).run).toMatch(/ \.ci\/run$/);
    for (const { run = '' } of workflow.jobs.test.steps) expect(run).not.toContain('${{');
    accessSync(join(root, '.ci/run'), constants.X_OK);
  });
});
