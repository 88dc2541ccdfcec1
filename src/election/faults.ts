/** Faults and how they are written: `crash lb1`, `fail lb1 chk_nginx & block lb1->lb2`. */
import type { Cluster } from '../model/cluster.ts';
import type { KeepalivedModel } from '../model/keepalived/index.ts';
import type { Node } from '../model/node.ts';
import { suggest } from '../model/suggest.ts';
import type { Action, Step } from './types.ts';

/** What was read of a text, or why it cannot be. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** What faults can name. */
interface Names {
  readonly nodes: readonly string[];
  readonly interfaces: ReadonlyMap<string, readonly string[]>;
  readonly checks: ReadonlyMap<string, readonly string[]>;
}

/** The nodes of a cluster, with the interfaces and checks that their configurations name. */
export function namesOf({ balancers }: Cluster): Names {
  return {
    nodes: balancers.map(({ name }) => name),
    interfaces: new Map(balancers.map((node) => [node.name, interfacesOf(node)])),
    checks: new Map(balancers.map(({ name, keepalived }) => [name, checksOf(keepalived!)])),
  };
}

const distinct = (names: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(names.flatMap((name) => name ?? [])),
];

function interfacesOf({ keepalived, addresses }: Node): readonly string[] {
  const { instances, syncGroups } = keepalived!;
  return distinct([
    ...instances.map((each) => each.interface.value),
    ...[...instances, ...syncGroups].flatMap(({ trackers }) =>
      trackers.flatMap(({ kind, name }) => (kind === 'interface' ? [name.value] : [])),
    ),
    ...(addresses?.keys() ?? []),
  ]);
}

const checksOf = ({ instances, syncGroups, tracked }: KeepalivedModel): readonly string[] =>
  distinct([
    ...[...instances, ...syncGroups].flatMap(({ trackers }) =>
      trackers.flatMap(({ kind, name }) => (kind === 'interface' ? [] : [name.value])),
    ),
    ...tracked.map(({ name }) => name?.value),
  ]);

/** A word of its own or in double quotes, where a backslash protects the next character; an arrow; what parts steps and actions. */
const word = /"((?:[^"\\]|\\[\s\S])*)"|->|[;&\n]|(?:(?!->)[^\s;&"])+|"/g;

/** The words of each action of each step: steps are parted by `;` or line ends, actions of one moment by `&`. */
function sequenceIn(text: string): readonly (readonly (readonly string[])[])[] {
  let actions: string[][] = [[]];
  const steps = [actions];
  for (const [token, quoted] of text.matchAll(word)) {
    if (token === ';' || token === '\n') {
      actions = [[]];
      steps.push(actions);
    } else if (token === '&') actions.push([]);
    else actions.at(-1)!.push(quoted === undefined ? token : quoted.replace(/\\([\s\S])/g, '$1'));
  }
  return steps.filter((step) => step.some(({ length }) => length > 0));
}

/** The words of each action of a step, as showStep() writes it; an arrow is a word. */
export const actionsIn = (step: string): readonly (readonly string[])[] => sequenceIn(step)[0] ?? [];

/** A name as it can be read again. */
const written = (name: string): string =>
  /^(?:(?!->)[^\s;&"])+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;

/** Reads `crash lb1; fail lb2 chk & block lb1->lb2`. */
export function parseSteps(text: string, cluster: Cluster): Parsed<readonly Step[]> {
  const names = namesOf(cluster);
  const steps: Step[] = [];
  for (const part of sequenceIn(text)) {
    const actions: Action[] = [];
    for (const each of part) {
      const action = parseAction(each, names);
      if ('problem' in action) return action;
      actions.push(action.value);
    }
    steps.push(actions);
  }
  return { value: steps };
}

/** Reads `lb2; lb1` or `lb1 & lb2; lb3`: the order in which nodes are started. */
export function parseStart(text: string, cluster: Cluster): Parsed<readonly (readonly string[])[]> {
  const { nodes } = namesOf(cluster);
  const groups: string[][] = [];
  for (const part of sequenceIn(text)) {
    const group = part.map((words) => words.join(' '));
    for (const name of group) {
      const known = named(name, 'node', nodes);
      if ('problem' in known) return known;
      if (groups.flat().includes(name)) return { problem: `${name} is started twice` };
    }
    groups.push(group);
  }
  return { value: groups };
}

const forms: Readonly<Record<Action['verb'], string>> = {
  crash: 'crash NODE',
  kill: 'kill NODE',
  stop: 'stop NODE',
  start: 'start NODE',
  'link-down': 'link-down NODE [INTERFACE]',
  'link-up': 'link-up NODE [INTERFACE]',
  isolate: 'isolate NODE [INTERFACE]',
  rejoin: 'rejoin NODE [INTERFACE]',
  fail: 'fail NODE CHECK',
  pass: 'pass NODE CHECK',
  block: 'block NODE->NODE',
  unblock: 'unblock NODE->NODE',
};

function parseAction(words: readonly string[], names: Names): Parsed<Action> {
  const [word = '', ...rest] = words;
  const known = named(word, 'action', Object.keys(forms));
  if ('problem' in known) return known;
  const verb = word as Action['verb'];
  const wrong = { problem: `'${words.join(' ')}' should read '${forms[verb]}'` };
  if (verb === 'block' || verb === 'unblock') return parseBlock(verb, rest, names) ?? wrong;
  const [node, object, ...more] = rest;
  if (node === undefined || more.length > 0) return wrong;
  const host = named(node, 'node', names.nodes);
  if ('problem' in host) return host;
  if (verb === 'fail' || verb === 'pass') {
    if (object === undefined) return wrong;
    const check = named(object, `check of ${node}`, names.checks.get(node) ?? []);
    return 'problem' in check ? check : { value: { verb, node, check: object } };
  }
  if (verb === 'crash' || verb === 'kill' || verb === 'stop' || verb === 'start') {
    return object === undefined ? { value: { verb, node } } : wrong;
  }
  if (object !== undefined) {
    const link = named(object, `interface of ${node}`, names.interfaces.get(node) ?? []);
    if ('problem' in link) return link;
  }
  return { value: { verb, node, interface: object } };
}

function parseBlock(
  verb: 'block' | 'unblock',
  words: readonly string[],
  names: Names,
): Parsed<Action> | undefined {
  const [from, arrow, to] = words;
  if (from === undefined || to === undefined || arrow !== '->' || words.length > 3) return undefined;
  for (const name of [from, to]) {
    const known = name === '*' ? { value: name } : named(name, 'node', names.nodes);
    if ('problem' in known) return known;
  }
  return from === to && from !== '*'
    ? { problem: `'${verb} ${from}->${to}' names one node twice` }
    : { value: { verb, from, to } };
}

/** The name itself where it is one of `all`. */
function named(name: string, what: string, all: readonly string[]): Parsed<string> {
  if (all.includes(name)) return { value: name };
  const near = suggest(name, all)?.word;
  const advice = near
    ? `did you mean ${near}?`
    : all.length > 0
      ? `there are ${all.join(', ')}`
      : 'there is none';
  return { problem: `no ${what} '${name}': ${advice}` };
}

/** An action as it is written. */
function showAction(action: Action): string {
  if ('from' in action) return `${action.verb} ${written(action.from)}->${written(action.to)}`;
  const object = 'check' in action ? action.check : 'interface' in action ? action.interface : undefined;
  const words = [action.node, ...(object === undefined ? [] : [object])];
  return [action.verb, ...words.map(written)].join(' ');
}

/** A step as it is written. */
export const showStep = (step: Step): string => step.map(showAction).join(' & ');

/** A fault and what ends it. */
export interface Fault {
  readonly step: Step;
  readonly end: Step;
}

/** Every single fault that `lbcheck failover` tries: of nodes, links and checks, of VRRP in each direction, and the partition. */
export function singleFaults(cluster: Cluster): readonly Fault[] {
  const { nodes, interfaces, checks } = namesOf(cluster);
  const faults: Fault[] = [];
  const add = (step: Action, end: Action): void => {
    faults.push({ step: [step], end: [end] });
  };
  for (const node of nodes) {
    add({ verb: 'crash', node }, { verb: 'start', node });
    add({ verb: 'stop', node }, { verb: 'start', node });
    for (const link of interfaces.get(node) ?? []) {
      add({ verb: 'link-down', node, interface: link }, { verb: 'link-up', node, interface: link });
    }
    for (const check of checks.get(node) ?? [])
      add({ verb: 'fail', node, check }, { verb: 'pass', node, check });
  }
  for (const from of nodes) {
    for (const to of nodes) if (from !== to) add({ verb: 'block', from, to }, { verb: 'unblock', from, to });
  }
  for (const node of nodes) {
    add({ verb: 'isolate', node, interface: undefined }, { verb: 'rejoin', node, interface: undefined });
  }
  return faults;
}
