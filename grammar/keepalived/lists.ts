/** Lists of which only the lines are there: members of a sync group, addresses and scripts that stand without a block around them. */
import { remembered } from '../remembered.ts';
import { keyword } from '../tables/keywords.ts';
import { lineStart, startsLine } from '../text.ts';
import type { Directive, Edit, Oddity } from '../tree.ts';

/** A list that a block may have, and which lines can only be of it. */
interface List {
  readonly name: string;
  readonly has: (line: Directive) => boolean;
}

/** The tree with those lists around their lines, and an oddity for each. */
export function wrapLists(items: readonly Directive[]): {
  items: readonly Directive[];
  oddities: readonly Oddity[];
} {
  const oddities: Oddity[] = [];
  const named = remembered(
    (kind: string): ReadonlySet<string> =>
      new Set(items.flatMap(({ name, args }) => (name.text === kind && args[0] ? args[0].text : []))),
  );
  const mended = items.map((block) => {
    const { body, name } = block;
    const lists = body && listsOf(name.text, body, named);
    const wrapped = lists && wrap(body, name.text, lists, oddities);
    return wrapped ? { ...block, body: wrapped } : block;
  });
  return { items: oddities.length > 0 ? mended : items, oddities };
}

function listsOf(
  block: string,
  body: readonly Directive[],
  named: (kind: string) => ReadonlySet<string>,
): readonly List[] | undefined {
  if (body.every(({ name }) => keyword(block, name.text))) return undefined;
  if (block === 'vrrp_sync_group') {
    const instances = named('vrrp_instance');
    return [{ name: 'group', has: ({ name, args }) => args.length === 0 && instances.has(name.text) }];
  }
  if (block !== 'vrrp_instance') return undefined;
  const scripts = named('vrrp_script');
  // Without a prefix it may be a peer's, where the instance has addresses of its own.
  const isBare = !body.some(({ name }) => name.text === 'virtual_ipaddress');
  return [
    { name: 'virtual_routes', has: ({ args }) => args.some(({ text }) => text === 'via') },
    { name: 'virtual_rules', has: ({ name, args }) => name.text === 'from' && args.length > 1 },
    {
      name: 'virtual_ipaddress',
      has: ({ name: { text } }) => (isBare || text.includes('/')) && address.test(text),
    },
    {
      name: 'track_script',
      has: ({ name, args: [option] }) => scripts.has(name.text) && (!option || option.text === 'weight'),
    },
  ];
}

const address = /^(?:\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*)(?:\/\d+)?$/i;

/** A block's body with each run of a list's lines as that list; undefined where there is none. */
function wrap(
  body: readonly Directive[],
  context: string,
  lists: readonly List[],
  oddities: Oddity[],
): readonly Directive[] | undefined {
  const found: Directive[] = [];
  const before = oddities.length;
  for (let at = 0; at < body.length; at++) {
    const line = body[at]!;
    const list = isUnknown(line, context) ? lists.find(({ has }) => has(line)) : undefined;
    if (!list) {
      found.push(line);
      continue;
    }
    const run = [line];
    for (let next = body[at + 1]; next && isUnknown(next, context) && list.has(next); next = body[at + 1]) {
      run.push(next);
      at++;
    }
    found.push(blockOf(list.name, run));
    oddities.push(oddityOf(list.name, run));
  }
  return oddities.length > before ? found : undefined;
}

const isUnknown = ({ name, body }: Directive, context: string): boolean =>
  body === undefined && !name.quote && keyword(context, name.text) === undefined;

/** The list as if it had been written: its head is where its first line begins. */
function blockOf(name: string, run: readonly Directive[]): Directive {
  const { source, name: first } = run[0]!;
  const { start } = first;
  return {
    source,
    name: { ...first, text: name, end: start },
    args: [],
    body: run,
    open: start,
    close: endOf(run.at(-1)!),
    raw: undefined,
  };
}

const endOf = ({ name, args }: Directive): number => (args.at(-1) ?? name).end;

function oddityOf(name: string, run: readonly Directive[]): Oddity {
  const [first, last] = [run[0]!, run.at(-1)!];
  const { source } = first;
  const at = { source, start: first.name.start, end: endOf(first) };
  const isPlain = run.every((each) => each.source === source && startsLine(source.text, each.name.start));
  return {
    kind: 'block-never-opened',
    at,
    what: name,
    other: { source, start: at.start, end: last.source === source ? endOf(last) : at.end },
    ...(isPlain ? { edits: editsFor(name, run) } : {}),
  };
}

/** The head before the first line, the brace after the last, and what is between them moved in. */
function editsFor(name: string, run: readonly Directive[]): readonly Edit[] {
  const { source } = run[0]!;
  const { text } = source;
  const { start } = run[0]!.name;
  const indent = text.slice(lineStart(text, start), start);
  const step = indent.includes('\t') ? '\t' : indent === '' ? '    ' : ' '.repeat(Math.min(indent.length, 4));
  const end = endOf(run.at(-1)!);
  return [
    ...run.map((line, index): Edit => {
      const head = index === 0 ? `${name} {\n${indent}` : '';
      return { source, start: line.name.start, end: line.name.start, text: `${head}${step}` };
    }),
    { source, start: end, end, text: `\n${indent}}` },
  ];
}
