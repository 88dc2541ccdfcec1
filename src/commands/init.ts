/** `lbcheck init`: writes an lbcheck.yaml for the nodes of the working directory. */
import { existsSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { Command } from 'commander';
import { check } from '../check.ts';
import { configName } from '../config/find.ts';
import { type StarterCluster, type StarterNode, starter } from '../config/starter.ts';
import { disk } from '../load/disk.ts';
import { load, loadClusters } from '../load/index.ts';
import type { LoadedNode } from '../load/loaded.ts';
import { homeOf } from '../load/names.ts';
import { isBelow } from '../load/reader.ts';
import { noFacts } from '../model/facts.ts';
import { type Commander, type Context, complain, exit, stdout, write } from './terminal.ts';

/** Writes the file; gives the exit code. */
function runInit(): number {
  const cwd = process.cwd();
  if (existsSync(configName)) {
    complain(`${configName} is here already and stays as it is`);
    return exit.failure;
  }
  const { nodes } = load(['.'], { fs: disk, cwd });
  if (nodes.length === 0) {
    complain('no configuration found to write an lbcheck.yaml for');
    return exit.failure;
  }
  const clusters = clustersFor(nodes, cwd);
  try {
    writeFileSync(configName, starter(clusters), { flag: 'wx' });
  } catch (error) {
    complain(`${configName}: ${(error as Error).message}`);
    return exit.failure;
  }
  const names = clusters.map(({ name, nodes }) => `${name} (${nodes.map((node) => node.name).join(', ')})`);
  write(stdout, `${configName} is written: ${names.join(', ')}\n`);
  return exit.clean;
}

/** The clusters that a check of the folder finds. */
function clustersFor(nodes: readonly LoadedNode[], cwd: string): readonly StarterCluster[] {
  const { strangers } = check(['.'], { cwd });
  const files = new Map(startersFor(nodes, cwd).map((node) => [node.name, node]));
  const isBalancer = ({ keepalived }: LoadedNode): boolean => keepalived !== undefined;
  const own = (list: readonly LoadedNode[]): readonly StarterNode[] =>
    list.map(({ name }) => files.get(name)!);
  const balancers = nodes.filter(isBalancer);
  const others = balancers.length > 0 ? nodes.filter((node) => !isBalancer(node)) : [];
  if (strangers.length === 0) {
    const name = posix.basename(cwd) || 'cluster';
    return [{ name, nodes: own(balancers.length > 0 ? balancers : nodes), backends: own(others) }];
  }
  return strangers.map((names) => ({
    name: names.join('-'),
    nodes: own(nodes.filter(({ name }) => names.includes(name))),
    backends: own(others),
  }));
}

/** Each node with its folder, where that alone gives the same files, else with its main files. */
function startersFor(nodes: readonly LoadedNode[], cwd: string): readonly StarterNode[] {
  const mains = new Map(
    nodes.map((node) => [node.name, mainsOf(node).map((path) => posix.resolve(cwd, path))]),
  );
  return nodes.map((node): StarterNode => {
    const own = mains.get(node.name)!;
    const home = homeOf(posix.dirname(own[0] ?? cwd), cwd);
    const isOwn = [...mains].every(
      ([name, paths]) => name === node.name || !paths.some((path) => isBelow(home, path)),
    );
    const again = (files: readonly string[]): boolean =>
      same(node, loadClusters([declared(node.name, files)], cwd, { fs: disk, cwd }).nodes[0]);
    const files = home !== cwd && isOwn && again([home]) ? [home] : own;
    return { name: node.name, files: files.map((path) => posix.relative(cwd, path)) };
  });
}

const declared = (name: string, files: readonly string[]): Parameters<typeof loadClusters>[0][number] => ({
  name,
  nodes: [{ name, files, addresses: undefined, facts: noFacts }],
  backends: [],
  segment: undefined,
  allowDifferences: new Set(),
});

const mainsOf = ({ keepalived, nginx, host }: LoadedNode): readonly string[] =>
  [
    ...(keepalived ? [keepalived.syntax.file.source] : []),
    ...nginx.map(({ files }) => files[0].file.source),
    ...host.map(({ source }) => source),
  ].map(({ path }) => path);

const same = (a: LoadedNode, b: LoadedNode | undefined): boolean =>
  b !== undefined && [...mainsOf(a)].sort().join('\n') === [...mainsOf(b)].sort().join('\n');

/** The command for commander's tree. */
export const initCommand = ({ Command }: Commander, { done }: Context): Command =>
  new Command('init')
    .description('write an lbcheck.yaml for the nodes found here')
    .action(() => done(runInit()));
