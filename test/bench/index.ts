/**
 * `npm run bench -- [WORKLOAD]... [--rounds N]`: how long the built command takes and how much memory, beside what the
 * daemon or an empty Node takes for the same; and the same table of the run before. docs/performance.md reads it.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { build } from 'vite';
import { type Command, type Measured, measure } from './measure.ts';
import { workloads, write } from './workloads.ts';

/** One row: a workload, what it is held against, and how often what it is held against fits into it. */
interface Row {
  readonly name: string;
  readonly against: string;
  readonly ours: Measured;
  readonly theirs: Measured | undefined;
}

/** What must hold: our time, or our memory, by that of the other side, at most. */
interface Target {
  readonly ratio: number;
  readonly memory?: number;
}

const targets: ReadonlyMap<string, Target> = new Map([
  ['article', { ratio: 1.8 }],
  ['nginx-1m', { ratio: 2.5 }],
  ['nginx-10m', { ratio: 0.9, memory: 1 }],
  ['tree', { ratio: 1.1 }],
  ['keepalived-10m', { ratio: 2.5 }],
  ['fleet', { ratio: 25 }],
]);

/** How many times longer ten times the text may take. */
const mostGrowth = 11;

/** What the run before measured on this machine, by workload: ms, and the ratio to what it was held against. */
type Last = Record<string, { readonly median: number; readonly ratio: number | undefined }>;

const root = resolve(import.meta.dirname, '../..');
const store = join(import.meta.dirname, 'last.json');

const nic = Object.entries(networkInterfaces()).find(([, list]) => list?.some((each) => !each.internal))?.[0];
const last: Last = existsSync(store) ? JSON.parse(readFileSync(store, 'utf8')) : {};

function argumentsOf(args: readonly string[]): { names: readonly string[]; rounds: number } {
  const at = args.indexOf('--rounds');
  const rounds = at < 0 ? 9 : Number(args[at + 1]);
  const names = args.filter((_, index) => at < 0 || (index !== at && index !== at + 1));
  const all = ['article', ...workloads.keys()];
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined || !(rounds >= 1)) {
    process.stderr.write(`usage: npm run bench -- [--rounds N] [${all.join(' | ')}]...\n`);
    process.exit(2);
  }
  return { names: names.length > 0 ? names : all, rounds };
}

const lbcheck = (bundle: string, cwd: string, args: readonly string[]): Command => ({
  program: process.execPath,
  // Nothing but paths, as people type it; an option would load more of the program.
  args: [join(bundle, 'lbcheck.cjs'), ...args],
  cwd,
  codes: [0, 1],
});

function measured(name: string, rounds: number, temp: string): Row {
  const folder = name === 'article' ? join(root, 'fixtures/clusters/article') : join(temp, name);
  const files = workloads.get(name)?.(nic ?? 'eth0');
  if (files) write(files, folder);
  const ours = lbcheck(join(temp, 'dist'), folder, files?.has('lbcheck.yaml') ? [] : argumentFor(name));
  const [against, theirs] = rivalOf(name, folder);
  const results = measure(theirs ? [ours, theirs] : [ours], rounds);
  if (files) rmSync(folder, { recursive: true });
  return { name, against, ours: results[0]!, theirs: results[1] };
}

const argumentFor = (name: string): readonly string[] =>
  name === 'article'
    ? ['master/keepalived.conf', 'backup/keepalived.conf']
    : name.startsWith('keepalived')
      ? ['keepalived.conf']
      : name === 'fleet'
        ? ['.']
        : ['nginx.conf'];

/** What does the same work, or as little as a program of Node can do. */
function rivalOf(name: string, cwd: string): readonly [string, Command | undefined] {
  if (name.startsWith('keepalived')) {
    const args = ['-t', '-f', join(cwd, 'keepalived.conf')];
    // It complains of what a loopback address cannot do and says 1 then.
    const daemon = nic === undefined ? undefined : installed('keepalived');
    return [
      'keepalived -t',
      daemon === undefined ? undefined : { program: daemon, args, cwd, codes: [0, 1] },
    ];
  }
  if (name.startsWith('nginx') || name === 'tree') {
    const daemon = installed('nginx');
    const args = ['-t', '-q', '-p', `${cwd}/`, '-c', 'nginx.conf'];
    return ['nginx -t', daemon === undefined ? undefined : { program: daemon, args, cwd, codes: [0] }];
  }
  return ['node -e 0', { program: process.execPath, args: ['-e', '0'], cwd, codes: [0] }];
}

const installed = (daemon: string): string | undefined =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
    .map((folder) => join(folder, daemon))
    .find(existsSync);

function ratioOf({ ours, theirs }: Row): number | undefined {
  return theirs && ours.median / theirs.median;
}

function table(rows: readonly Row[]): string[] {
  const ms = (value: number): string => value.toFixed(value < 1000 ? 1 : 0);
  const body = rows.map((row) => {
    const { name, against, ours, theirs } = row;
    const before = last[name];
    const ratio = ratioOf(row);
    return [
      name,
      ms(ours.median),
      `${ms(ours.quarters[0])}–${ms(ours.quarters[1])}`,
      against,
      theirs ? ms(theirs.median) : 'not installed',
      ratio?.toFixed(2) ?? '',
      targetOf(row),
      ours.memory?.toFixed(0) ?? '',
      theirs?.memory?.toFixed(0) ?? '',
      before?.ratio?.toFixed(2) ?? '',
      // Ratios shake less than times do when the machine has other things to do.
      before
        ? changeOf(ratio ?? ours.median, (ratio === undefined ? undefined : before.ratio) ?? before.median)
        : '',
    ];
  });
  const head = [
    'workload',
    'ms',
    'half of the runs',
    'against',
    'ms',
    'ratio',
    'target',
    'MiB',
    'its MiB',
    'ratio before',
    'change',
  ];
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
}

/** A bound, and whether it was kept. */
const bound = (value: number, most: number): string =>
  value <= most ? `≤ ${most}` : `**≤ ${most}, and is ${value.toFixed(2)}**`;

/** The targets of a row; empty where it has none, or nothing to be held against. */
function targetOf(row: Row): string {
  const target = targets.get(row.name);
  const ratio = ratioOf(row);
  if (!target || ratio === undefined) return '';
  const [ours, theirs] = [row.ours.memory, row.theirs?.memory];
  const memory =
    target.memory === undefined || ours === undefined || theirs === undefined
      ? []
      : [`memory ${bound(ours / theirs, target.memory)}`];
  return [bound(ratio, target.ratio), ...memory].join(', ');
}

/** How the time grows from 1 MB to 10 MB, for each language of which both were measured. */
function growth(rows: readonly Row[]): string[] {
  return ['nginx', 'keepalived'].flatMap((language) => {
    const [small, large] = ['1m', '10m'].map((size) =>
      rows.find(({ name }) => name === `${language}-${size}`),
    );
    if (!small || !large) return [];
    const times = large.ours.median / small.ours.median;
    const bold = times <= mostGrowth ? '' : '**';
    return [`${language}, 1 MB to 10 MB: ${bold}${times.toFixed(1)} times${bold} (≤ ${mostGrowth})`];
  });
}

const changeOf = (now: number, before: number): string => {
  const percent = Math.round((now / before - 1) * 100);
  return percent === 0 ? '=' : `${percent > 0 ? '+' : ''}${percent} %`;
};

const { names, rounds } = argumentsOf(process.argv.slice(2));
const temp = mkdtempSync(join(tmpdir(), 'lbcheck-bench-'));
const rows: Row[] = [];
try {
  // As it is published: one bundle with its code caches.
  await build({ root, logLevel: 'error', build: { outDir: join(temp, 'dist') } });
  for (const name of names) {
    rows.push(measured(name, rounds, temp));
    process.stderr.write(`${name} `);
  }
} finally {
  rmSync(temp, { recursive: true, force: true });
}
process.stderr.write('\n');
process.stdout.write(`${[...table(rows), '', ...growth(rows)].join('\n').trimEnd()}\n`);
const now = rows.map((row) => [row.name, { median: row.ours.median, ratio: ratioOf(row) }]);
writeFileSync(store, `${JSON.stringify({ ...last, ...Object.fromEntries(now) }, null, 2)}\n`);
