/** The door of the configuration file, lbcheck.yaml: what it declares, or what is wrong with it. */
import { posix } from 'node:path';
import { type Source, source } from '../../grammar/text.ts';
import type { Severity } from '../lint/rule.ts';
import type { DeclaredCluster, DeclaredNode } from '../load/declared.ts';
import type { FileSystem } from '../load/disk.ts';
import { type Facts, noFacts } from '../model/facts.ts';
import { type Prefixed, parsePrefixed } from '../model/net.ts';
import { suggest } from '../model/suggest.ts';
import { parseVersion } from '../model/version.ts';
import { problemsOf } from './check.ts';
import { configuration } from './shape.ts';
import { type Entry, isProblem, type Problem, readYaml, type Value } from './yaml.ts';

export { problemsOf } from './check.ts';
export type { Shape } from './shape.ts';
export { type Problem, readYaml, type Value } from './yaml.ts';

/** What a configuration file says. */
export interface Config {
  /** Where it lies, absolute. */
  readonly folder: string;
  readonly clusters: readonly DeclaredCluster[];
  /** What holds for files that no cluster of it names. */
  readonly facts: Facts;
  readonly severities: ReadonlyMap<string, Severity | 'off'>;
}

/** What a configuration file is read with. */
export interface ConfigOptions {
  readonly fs: FileSystem;
  /** Where the file lies, absolute: its paths start there. */
  readonly folder: string;
  readonly ruleIds: readonly string[];
}

/** Reads the text of a configuration file; its problems, from top to bottom, when it has any. */
export function readConfig(text: Source, options: ConfigOptions): Config | readonly Problem[] {
  // A byte-order mark is no part of the text.
  const root = readYaml(text.text.startsWith('\ufeff') ? source(text.path, text.text.slice(1)) : text);
  if (isProblem(root)) return [root];
  const isEmpty = root.content.kind === 'nothing';
  const problems = isEmpty ? [] : [...problemsOf(configuration(options.ruleIds), root)];
  if (problems.length === 0) for (const problem of contradictions(root, options)) problems.push(problem);
  return problems.length > 0 ? problems.sort((a, b) => a.at.start - b.at.start) : configOf(root, options);
}

/** What the shape of the file cannot tell: files that are not there, a name of two machines. */
function* contradictions(root: Value, options: ConfigOptions): Generator<Problem> {
  for (const { value: cluster } of entries(field(root, 'clusters'))) {
    const [nodes, backends] = [entries(field(cluster, 'nodes')), entries(field(cluster, 'backends'))];
    for (const { key, at } of backends) {
      if (nodes.some((node) => node.key === key))
        yield { at, message: `${key} is the name of a node already` };
    }
    for (const { value } of [...nodes, ...backends]) {
      for (const item of items(filesOf(value))) yield* missing(item, options);
      for (const { value: addresses } of entries(field(value, 'addresses'))) {
        for (const item of items(addresses)) {
          if (!parsePrefixed(word(item)!)) yield { at: item.at, message: `${word(item)} is not an address` };
        }
      }
    }
  }
}

function* missing(item: Value, { fs, folder }: ConfigOptions): Generator<Problem> {
  const path = posix.resolve(folder, word(item)!);
  const { kind, reason } = fs.status(path);
  if (kind === 'file' || kind === 'directory') return;
  const near = kind === 'missing' ? suggest(posix.basename(path), fs.list(posix.dirname(path))) : undefined;
  yield {
    at: item.at,
    message: `${word(item)}: ${reason}`,
    label: near && `did you mean ${posix.join(posix.dirname(word(item)!), near.word)}?`,
  };
}

function configOf(root: Value, { folder }: ConfigOptions): Config {
  const facts = factsOf(field(root, 'facts'), noFacts);
  const node =
    (above: Facts) =>
    ({ key, value }: Entry): DeclaredNode => {
      const addresses = field(value, 'addresses');
      return {
        name: key,
        files: items(filesOf(value)).map((item) => posix.resolve(folder, word(item)!)),
        addresses:
          addresses && new Map(entries(addresses).map(({ key, value }) => [key, addressesIn(value)])),
        facts: factsOf(field(value, 'facts'), above),
      };
    };
  const clusters = entries(field(root, 'clusters')).map(({ key, value }): DeclaredCluster => {
    const own = factsOf(field(value, 'facts'), facts);
    return {
      name: key,
      nodes: entries(field(value, 'nodes')).map(node(own)),
      backends: entries(field(value, 'backends')).map(node(own)),
      segment: word(field(value, 'segment')),
      allowDifferences: new Set(items(field(value, 'allow-differences')).map((item) => word(item)!)),
    };
  });
  const severities = entries(field(root, 'rules')).map(
    ({ key, value }) => [key, word(value) as Severity | 'off'] as const,
  );
  return { folder, clusters, facts, severities: new Map(severities) };
}

function factsOf(value: Value | undefined, above: Facts): Facts {
  const version = (name: string): Facts['nginx'] => {
    const text = word(field(value, name));
    return text === undefined ? undefined : parseVersion(text);
  };
  const nonlocal = word(field(value, 'ip_nonlocal_bind'));
  return {
    keepalived: version('keepalived') ?? above.keepalived,
    nginx: version('nginx') ?? above.nginx,
    ipNonlocalBind: nonlocal === undefined ? above.ipNonlocalBind : nonlocal === 'true',
  };
}

const addressesIn = (value: Value): readonly Prefixed[] =>
  items(value).flatMap((item) => parsePrefixed(word(item)!) ?? []);

/** A node is a list of files, or says so under a key. */
const filesOf = (node: Value): Value | undefined =>
  node.content.kind === 'list' ? node : field(node, 'files');

const entries = (value: Value | undefined): readonly Entry[] =>
  value?.content.kind === 'map' ? value.content.entries : [];

const field = (value: Value | undefined, name: string): Value | undefined =>
  entries(value).find(({ key }) => key === name)?.value;

const items = (value: Value | undefined): readonly Value[] =>
  value?.content.kind === 'list' ? value.content.items : [];

const word = (value: Value | undefined): string | undefined =>
  value && 'text' in value.content ? value.content.text : undefined;
