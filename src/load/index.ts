/** The door of loading: arguments to nodes with parsed files. */
import { posix } from 'node:path';
import { type Facts, noFacts } from '../model/facts.ts';
import type { Language } from '../model/syntax.ts';
import type { DeclaredCluster, DeclaredNode } from './declared.ts';
import { type FileSystem, isUnread, memory } from './disk.ts';
import { dumpParts } from './dump.ts';
import { dumpedKind, hostFolder, hostKindOf } from './host-files.ts';
import { idsOf, nodesOf } from './ids.ts';
import { readKeepalived } from './include-keepalived.ts';
import { type NginxRead, readNginx } from './include-nginx.ts';
import { isForeign, isMain, languageByName, languageOf } from './language.ts';
import { type Input, layout, type Plan } from './layout.ts';
import type { HostFile, KeepalivedFiles, Loaded, LoadedNode, Skipped } from './loaded.ts';
import { homeOf, labelOf } from './names.ts';
import type { Home } from './place.ts';
import { type Reader, reader, shownBy } from './reader.ts';
import { hostLabel, scan } from './scan.ts';
import { scriptsOf } from './scripts.ts';

/** What decides how arguments are read. */
export interface LoadOptions {
  readonly fs: FileSystem;
  /** The working directory, absolute, with `/`. */
  readonly cwd: string;
  /** The language of the files that are named, whatever they look like. */
  readonly lang?: Language | undefined;
  /** One node for each, from the keepalived file with `@id` lines. */
  readonly configIds?: readonly string[] | undefined;
  /** The context that fragments of nginx stand in (a word of nginx.tsv), where guessing cannot tell. */
  readonly context?: string | undefined;
  /** The folder that nginx's relative includes start from; without it that of the main file. */
  readonly nginxPrefix?: string | undefined;
  /** Gives all of standard input, for the argument `-`. */
  readonly stdin?: (() => Uint8Array) | undefined;
  /** The name that standard input is shown and judged by. */
  readonly stdinFilename?: string | undefined;
  /** What is stated of every machine; a declared node states its own. */
  readonly facts?: Facts | undefined;
}

/** A file with the reader that knows it; for an `nginx -T` dump one over its parts. */
interface LoadInput extends Input {
  readonly home: string;
  readonly place: Home;
  /** The file to read: for a dump its first part. */
  readonly start: string;
}

/** Reads the files and folders that `args` (`PATH`, `NODE=PATH` or `-`) name. Bad input gives `skipped`, never a throw. */
export function load(args: readonly string[], options: LoadOptions): Loaded {
  const parsed = args.map((arg) => nodeAndPath(arg, options));
  const paths = parsed.map(({ path }) => path);
  const loader = loaderOf(paths, options);
  const found = parsed.flatMap(({ node, path }) =>
    inputsOf(node, path, loader.files, options, loader.skipped),
  );
  return { clusters: undefined, nodes: nodesFrom(found, loader, options), skipped: loader.finish() };
}

/** Reads clusters that the operator declares; their paths are relative to `folder`. */
export function loadClusters(
  clusters: readonly DeclaredCluster[],
  folder: string,
  options: LoadOptions,
): Loaded {
  const loader = loaderOf([posix.relative(options.cwd, folder)], options);
  const read = (declared: readonly DeclaredNode[]): readonly LoadedNode[] => {
    const found = declared.flatMap(({ name, files }) =>
      files.flatMap((file) => inputsOf(name, file, loader.files, options, loader.skipped)),
    );
    const nodes = new Map(nodesFrom(found, loader, options).map((node) => [node.name, node]));
    return declared.flatMap(({ name, addresses, facts }) => {
      const node = nodes.get(name);
      return node ? [{ ...node, addresses, facts }] : [];
    });
  };
  const loaded = clusters.map((each) => ({
    ...each,
    nodes: read(each.nodes),
    backends: read(each.backends),
  }));
  return {
    clusters: loaded,
    nodes: loaded.flatMap(({ nodes, backends }) => [...nodes, ...backends]),
    skipped: loader.finish(),
  };
}

/** One run's files, each read and parsed once. */
interface Loader {
  readonly files: Reader;
  readonly skipped: Skipped[];
  readonly treeOf: (input: LoadInput) => NginxRead | undefined;
  /** All that was skipped. */
  readonly finish: () => readonly Skipped[];
}

function loaderOf(paths: readonly string[], options: LoadOptions): Loader {
  const trees = new Map<string, NginxRead | undefined>();
  const skipped: Skipped[] = [];
  return {
    files: reader(options.fs, options.cwd, shownWith(options, paths), { context: options.context }),
    skipped,
    treeOf: (input) => {
      if (!trees.has(input.path)) trees.set(input.path, nginxOf(input));
      return trees.get(input.path);
    },
    finish: () => {
      const absent = new Set([...trees.values()].flatMap((tree) => tree?.absent ?? []));
      for (const file of absent) {
        skipped.push({ file, reason: 'included, but not among the given files', named: false });
      }
      return skipped;
    },
  };
}

/** The nodes that configurations make. */
function nodesFrom(
  inputs: readonly LoadInput[],
  { files, skipped, treeOf }: Loader,
  options: LoadOptions,
): readonly LoadedNode[] {
  const { plans, surplus } = layout(withIds(onlyMains(onceEach(inputs), treeOf), options, skipped));
  for (const { path, node, met } of surplus) {
    skipped.push({
      file: files.shown(path),
      reason: `node ${node} has a keepalived file already`,
      named: !met,
    });
  }
  return plans.map((plan) => ({
    name: plan.name,
    keepalived: keepalivedOf(plan),
    nginx: plan.nginx.flatMap((input) => treeOf(input)?.nginx ?? []),
    addresses: undefined,
    facts: options.facts ?? noFacts,
    host: plan.host.flatMap(hostFileOf),
  }));
}

/** The path that an argument names. */
export const pathOf = (arg: string, options: Pick<LoadOptions, 'fs' | 'cwd'>): string =>
  nodeAndPath(arg, options).path;

const stdinPath = '/dev/stdin';

/** The caller's standard input; empty where it fails. */
function bytesOf(stdin: () => Uint8Array): Uint8Array {
  try {
    return stdin();
  } catch {
    return new Uint8Array();
  }
}

/** `NODE=PATH`, unless that is a file's name or its left side is a path. */
function nodeAndPath(
  arg: string,
  { fs, cwd }: Pick<LoadOptions, 'fs' | 'cwd'>,
): { node: string | undefined; path: string } {
  const match = /^([^=/]+)=(.+)$/.exec(arg);
  if (!match || fs.status(posix.resolve(cwd, arg)).kind !== 'missing') return { node: undefined, path: arg };
  return { node: match[1]!, path: match[2]! };
}

function shownWith({ cwd, stdinFilename }: LoadOptions, given: readonly string[]): (path: string) => string {
  const shown = shownBy(cwd, stdinFilename === undefined ? given : [...given, stdinFilename]);
  return (path) => (path === stdinPath ? '<stdin>' : shown(path));
}

/** The configurations that one argument names. */
function inputsOf(
  node: string | undefined,
  given: string,
  files: Reader,
  options: LoadOptions,
  skipped: Skipped[],
): readonly LoadInput[] {
  const { fs, cwd, stdin, stdinFilename } = options;
  const skip = (path: string, reason: string, named = true): readonly LoadInput[] => {
    skipped.push({ file: files.shown(path), reason, named });
    return [];
  };
  if (given === '') return skip('', 'an empty name');
  let path = posix.resolve(cwd, given);
  if (given === '-') {
    path = stdinFilename === undefined ? stdinPath : posix.resolve(cwd, stdinFilename);
    if (!stdin) return skip(path, 'there is no standard input to read');
    if (!files.seeded(path)) files.seed(path, bytesOf(stdin));
  }
  const { kind, reason } = files.seeded(path) ? { kind: 'file', reason: '' } : fs.status(path);
  if (kind === 'directory') {
    const { found, skipped: unused } = scan(files, path);
    for (const each of unused) skip(each.path, each.reason, false);
    if (found.length === 0) return skip(path, lookedFor);
    return found.map((each) => ({
      ...each,
      node,
      ids: [],
      ...startOf(each.path, each.path, files, options),
    }));
  }
  if (kind !== 'file' && kind !== 'stream') return skip(path, reason);
  const text = files.text(path, true);
  if (isUnread(text)) return skip(path, text.reason);
  if (options.lang === undefined && hostKind(path, text.text)) {
    const home = homeOf(hostFolder(path), cwd);
    const found = {
      path,
      language: 'host' as const,
      main: false,
      home,
      label: hostLabel(path),
      met: false,
      own: false,
    };
    return [{ ...found, node, ids: [], ...startOf(path, path, files, options) }];
  }
  const isDump = options.lang !== 'keepalived' && dumpParts(text).length > 0;
  const language = isDump ? 'nginx' : (options.lang ?? languageOf(path, text.text, false));
  if (!language) return skip(path, isForeign(posix.basename(path)) ? foreign : neither);
  // What came through a pipe lies nowhere.
  const lies = kind === 'stream' || /^\/(?:dev|proc)\//.test(path) ? undefined : path;
  return [
    {
      path,
      language,
      main: language === 'keepalived' || isMain(path, text.text),
      home: homeOf(lies === undefined ? cwd : posix.dirname(lies), cwd),
      label: path === stdinPath ? 'stdin' : labelOf(path),
      met: false,
      own: false,
      node,
      ids: [],
      ...startOf(path, lies, files, options),
    },
  ];
}

const lookedFor =
  'no configuration in it or one folder below: looked for keepalived and nginx files by name and content, also in etc/keepalived and etc/nginx';
const foreign = 'not a configuration of nginx or keepalived, by its name';
const neither = 'neither nginx nor keepalived by name or content; --lang says which it is';

/** Where the reading of an input starts; `lies` is undefined for what lies nowhere. */
function startOf(
  path: string,
  lies: string | undefined,
  files: Reader,
  { nginxPrefix, cwd }: LoadOptions,
): Pick<LoadInput, 'start' | 'place'> {
  const text = files.text(path, true);
  const parts = isUnread(text) ? [] : dumpParts(text);
  const start = parts[0]?.path;
  if (start !== undefined) {
    const bytes = Object.fromEntries([...parts].reverse().map((part) => [part.path, part.bytes]));
    const inner = reader(memory(bytes), '/', (path) => path, { onDisk: false });
    return { start, place: { reader: inner, main: start, folder: posix.dirname(start), whole: true } };
  }
  const own = lies === undefined ? undefined : posix.dirname(lies);
  const folder = nginxPrefix === undefined ? own : posix.resolve(cwd, nginxPrefix);
  return { start: path, place: { reader: files, main: lies, folder } };
}

/** What a file tells of its host, by its name or, where that tells nothing, as the dump of a firewall. */
const hostKind = (path: string, text: string): HostFile['kind'] | undefined =>
  hostKindOf(path, text) ?? (languageByName(path) === undefined ? dumpedKind(text) : undefined);

/** Each node reads its host's files anew, so that a place in them tells the node. */
function hostFileOf({ place, path }: LoadInput): readonly HostFile[] {
  const source = place.reader.source(path);
  const kind = isUnread(source) ? undefined : hostKind(path, source.text);
  return isUnread(source) || !kind ? [] : [{ kind, source }];
}

/** A file that is named twice is one input, unless two nodes share it. */
function onceEach(inputs: readonly LoadInput[]): readonly LoadInput[] {
  const seen = new Map<string, LoadInput>();
  for (const input of inputs) {
    const key = `${input.node ?? ''}\n${input.path}`;
    if (!seen.has(key)) seen.set(key, input);
  }
  return [...seen.values()];
}

/** The inputs that no other input includes; of two that include each other the first. */
function onlyMains(
  inputs: readonly LoadInput[],
  treeOf: (input: LoadInput) => NginxRead | undefined,
): readonly LoadInput[] {
  if (inputs.length < 2) return inputs;
  const real = ({ place, start }: LoadInput): string => place.reader.fs.realPath(start);
  const dropped = new Set<LoadInput>();
  for (const input of inputs) {
    if (dropped.has(input)) continue;
    if (input.language === 'host') continue;
    const included = input.language === 'nginx' ? treeOf(input)?.included : includedBy(input);
    if (!included || included.size === 0) continue;
    for (const each of inputs) {
      const same = each.language === input.language && each.place.reader === input.place.reader;
      if (same && included.has(real(each))) dropped.add(each);
    }
  }
  return inputs.filter((input) => !dropped.has(input));
}

function includedBy({ place, start }: LoadInput): ReadonlySet<string> | undefined {
  const source = place.reader.source(start);
  if (isUnread(source) || !source.text.includes('include')) return undefined;
  return readKeepalived(keepalivedHome(place), start, source, undefined).included;
}

/** Nodes that the ids of one file can make. */
const mostNodes = 1000;

/** Gives the one keepalived file, or those that mention them, the ids that make nodes of it. */
function withIds(
  inputs: readonly LoadInput[],
  { configIds = [] }: LoadOptions,
  skipped: Skipped[],
): readonly LoadInput[] {
  const alone = inputs.filter(({ language }) => language === 'keepalived').length === 1;
  return inputs.map((input) => {
    const text = input.language === 'keepalived' ? input.place.reader.text(input.start, true) : undefined;
    if (!text || isUnread(text) || input.node !== undefined) return input;
    const mentioned = idsOf(text.text);
    if (!alone) return { ...input, ids: configIds.filter((id) => mentioned.all.includes(id)) };
    if (configIds.length > 0) return { ...input, ids: [...new Set(configIds)] };
    const nodes = nodesOf(mentioned);
    // Each reads the whole file.
    const room = Math.max(2, Math.min(mostNodes, Math.floor((32 * 1024 * 1024) / text.text.length)));
    if (nodes.length > room) {
      const reason = `${nodes.length} ids; only the first ${room} are taken for nodes`;
      skipped.push({ file: input.place.reader.shown(input.path), reason, named: true });
    }
    return { ...input, ids: nodes.slice(0, room) };
  });
}

function nginxOf({ place, start }: LoadInput): NginxRead | undefined {
  const file = place.reader.nginx(start);
  return isUnread(file) ? undefined : readNginx(place, start, file);
}

/** `--nginx-prefix` means nothing to keepalived. */
const keepalivedHome = (place: Home): Home => ({
  ...place,
  folder: place.main === undefined ? undefined : posix.dirname(place.main),
});

/** Each node reads its keepalived file anew, so that a place in it tells the node. */
function keepalivedOf({ keepalived: input, configId, name }: Plan<LoadInput>): KeepalivedFiles | undefined {
  if (!input) return undefined;
  const read = (id: string | undefined): KeepalivedFiles | undefined => {
    const source = input.place.reader.source(input.start);
    if (isUnread(source)) return undefined;
    const home = keepalivedHome(input.place);
    const files = readKeepalived(home, input.start, source, id).keepalived;
    return { ...files, scripts: scriptsOf(home, files.syntax.file) };
  };
  const result = read(configId);
  // The daemon's own id is the host's name, and the node's name is the best guess at that.
  const mentioned =
    configId === undefined && result?.sources.some(({ text }) => idsOf(text).all.includes(name));
  return mentioned ? read(name) : result;
}
