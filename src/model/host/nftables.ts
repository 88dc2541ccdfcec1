/**
 * The output of `nft list ruleset`, and files in the same language, as nft(8) runs them line by line: definitions, includes, tables,
 * chains, sets and their elements. Where a command is not understood, nothing is known of the rules that it may have changed.
 */
import type { Source, Span } from '../../../grammar/text.ts';
import type { Family } from '../net.ts';
import { type BaseChain, type FirewallRule, not, onInterface, type Packet, some } from './firewall.ts';
import { longest } from './lines.ts';
import { type NamedSet, nftRules, type Room, type Token } from './nft-rule.ts';

/** What the words of a file were cut into: strings, and signs that stand alone; `\n` and `;` both end a statement. */
function tokensOf(source: Source): readonly Token[] {
  // Older releases list what only iptables knows as `# match-set admins src counter packets 0 bytes 0 accept`: no comment.
  const sign =
    /(#)(?=.{1,200} counter packets \d+ bytes \d+)|#[^\n]*|"([^"\n]*)"|\\\r?\n|[{};,\n]|[!=<>]=|[^\s"{};,#!=<>]+|[!=<>]/g;
  const tokens: Token[] = [];
  for (const match of source.text.slice(0, longest).matchAll(sign)) {
    const [word, foreign, string] = match;
    if ((word.startsWith('#') && !foreign) || word.startsWith('\\')) continue;
    const at = { source, start: match.index, end: match.index + word.length };
    // `80:accept`, `new: jump x`.
    const glued = string === undefined ? /^([\w./-]+|.*[^:]):([a-z]*)$/.exec(word) : null;
    if (glued) {
      const colon = at.start + glued[1]!.length;
      tokens.push({ text: glued[1]!, quoted: false, at: { ...at, end: colon } });
      tokens.push({ text: ':', quoted: false, at: { source, start: colon, end: colon + 1 } });
      if (glued[2]) tokens.push({ text: glued[2], quoted: false, at: { ...at, start: colon + 1 } });
    } else tokens.push({ text: string ?? word, quoted: string !== undefined, at });
  }
  return tokens;
}

interface Hook {
  readonly name: string;
  readonly type: string;
  readonly priority: number | undefined;
  /** The interfaces that it is at, where that is not all of them. */
  readonly devices: readonly string[];
  readonly at: Span;
}

interface Chain {
  readonly statements: { readonly tokens: readonly Token[]; readonly at: Span }[];
  hook: Hook | undefined;
  policy: BaseChain['policy'];
}

interface Table {
  readonly family: string;
  readonly name: string;
  readonly chains: Map<string, Chain>;
  readonly sets: Map<string, NamedSet>;
  dormant: boolean;
}

const families: ReadonlyMap<string, readonly Family[]> = new Map(
  Object.entries<readonly Family[]>({
    ip: ['inet'],
    ip6: ['inet6'],
    inet: ['inet', 'inet6'],
    netdev: ['inet', 'inet6'],
  }),
);
const hooks: ReadonlyMap<string, Packet['direction']> = new Map(
  Object.entries<Packet['direction']>({
    ingress: 'in',
    prerouting: 'in',
    input: 'in',
    output: 'out',
    postrouting: 'out',
    egress: 'out',
  }),
);
/** More words of definitions and sets, or more characters of included files, are no configuration. */
const mostWords = 50_000;
const mostIncluded = 2 * longest;

/** Where packets meet the rules of a host's files; a file that another one includes is a part of that. */
export function nftChainsOf(sources: readonly Source[]): readonly BaseChain[] {
  const included = new Set<Source>();
  return sources
    .map((source) => ({ source, chains: chainsOf(source, sources, included) }))
    .flatMap(({ source, chains }) => (included.has(source) ? [] : chains));
}

/** None where some of the rules may be elsewhere. */
function chainsOf(main: Source, sources: readonly Source[], included: Set<Source>): readonly BaseChain[] {
  const tables = new Map<string, Table>();
  const definitions = new Map<string, readonly Token[]>();
  let certain = true;
  let unread = mostIncluded;
  const room: Room = { words: mostWords };

  for (const statement of statementsOf(tokensOf(main))) run(statement);
  return certain ? [...tables.values()].flatMap((table) => baseChains(table, room)) : [];

  /** Statements at one level, those of included files in their place. */
  function* statementsOf(tokens: readonly Token[]): Generator<readonly Token[]> {
    let depth = 0;
    let start = 0;
    for (let at = 0; at <= tokens.length; at++) {
      const { text = '\n', quoted = false } = tokens[at] ?? {};
      if (quoted) continue;
      if (text === '{') depth++;
      else if (text === '}') depth--;
      if (at < tokens.length && (depth > 0 || (text !== '\n' && text !== ';'))) continue;
      // nft refuses a file whose braces do not match.
      if (depth !== 0) certain = false;
      const statement = tokens.slice(start, at);
      start = at + 1;
      if (statement.length === 0) continue;
      const files = statement[0]!.text === 'include' ? filesOf(statement[1]?.text ?? '') : undefined;
      if (!files) yield statement;
      else for (const file of files) yield* statementsOf(tokensOf(file));
    }
  }

  /** The files that an include names; undefined where they are not at hand. */
  function filesOf(path: string): readonly Source[] | undefined {
    const end = path.replace(/^\.?\/*(?:etc\/)?/, '/').split('*');
    const found = sources.filter((source) => {
      const own = `/${source.path}`;
      if (end.length === 1) return own.endsWith(end[0]!);
      const folder = own.lastIndexOf(end[0]!);
      const rest = own.slice(folder + end[0]!.length);
      return end.length === 2 && folder >= 0 && rest.endsWith(end[1]!) && !rest.includes('/');
    });
    for (const { text } of found) unread -= text.length + 1024;
    if (found.length === 0 || found.includes(main) || unread < 0) return undefined;
    for (const source of found) included.add(source);
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The words of a statement with `$NAME` replaced by what it is defined as. */
  function defined(tokens: readonly Token[]): readonly Token[] {
    if (!tokens.some(({ text, quoted }) => !quoted && text.startsWith('$'))) return tokens;
    const words: Token[] = [];
    for (const token of tokens) {
      const value = token.quoted ? undefined : definitions.get(token.text.slice(1));
      if (value && token.text.startsWith('$')) room.words -= value.length;
      if (value && token.text.startsWith('$') && room.words >= 0) words.push(...value);
      else words.push(token);
    }
    return words;
  }

  function run(statement: readonly Token[]): void {
    const words = statement.map(({ text }) => text);
    const [command = ''] = words;
    if (/^(?:re)?define$/.test(command)) {
      definitions.set(
        words[1] ?? '',
        defined(statement.slice(3)).filter(({ text }) => text !== '\n'),
      );
      return;
    }
    if (command === 'undefine') {
      definitions.delete(words[1] ?? '');
      return;
    }
    const verb = /^(?:add|create|insert|flush|delete|destroy)$/.test(command) ? command : undefined;
    let at = verb ? 1 : 0;
    const object = words[at++] ?? '';
    if (verb === 'flush' && object === 'ruleset') {
      for (const [key, { family }] of tables)
        if (words[at] === undefined || words[at] === family) tables.delete(key);
      return;
    }
    if (/^(?:counter|quota|limit|flowtable|ct|secmark|synproxy)s?$/.test(object)) return;
    const family = families.has(words[at]!) || /^(?:arp|bridge)$/.test(words[at]!) ? words[at++]! : 'ip';
    const name = words[at++] ?? '';
    const key = `${family} ${name}`;
    const adds = verb === undefined || verb === 'add' || verb === 'create';
    if (object === 'table') {
      if (adds) readTable(tableOf(family, name), statement.slice(at));
      else if (verb === 'flush')
        for (const { statements } of tables.get(key)?.chains.values() ?? []) statements.length = 0;
      else tables.delete(key);
      return;
    }
    const table = adds ? tableOf(family, name) : tables.get(key);
    const part = words[at++] ?? '';
    const rest = statement.slice(at);
    if (!table) return;
    if (object === 'chain' && adds) readChain(table, chainOf(table, part), rest);
    else if (object === 'chain' && verb === 'flush') chainOf(table, part).statements.length = 0;
    else if (object === 'chain') table.chains.delete(part);
    else if (
      object === 'rule' &&
      (adds || verb === 'insert') &&
      !/^(?:position|index|handle)$/.test(words[at] ?? '')
    ) {
      const each = ruleIn(table, rest);
      if (verb === 'insert') chainOf(table, part).statements.unshift(each);
      else chainOf(table, part).statements.push(each);
    } else if ((object === 'set' || object === 'map') && adds) readSet(table, part, rest);
    else if (object === 'element' && adds) {
      const set = table.sets.get(part);
      if (set) addElements(set.elements, inner(defined(rest)));
    } else certain = false;
  }

  function tableOf(family: string, name: string): Table {
    const key = `${family} ${name}`;
    const table = tables.get(key) ?? { family, name, chains: new Map(), sets: new Map(), dormant: false };
    tables.set(key, table);
    return table;
  }

  function readTable(table: Table, block: readonly Token[]): void {
    for (const statement of statementsOf(inner(block))) {
      const [word = '', name = ''] = statement.map(({ text }) => text);
      const rest = statement.slice(2);
      if (word === 'chain') readChain(table, chainOf(table, name), rest);
      else if (word === 'set' || word === 'map') readSet(table, name, rest);
      else if (word === 'flags') table.dormant = statement.some(({ text }) => text === 'dormant');
      else if (/^(?:re|un)?define$/.test(word)) run(statement);
      else if (!/^(?:counter|quota|limit|flowtable|ct|secmark|synproxy|comment)$/.test(word)) certain = false;
    }
  }

  function readChain(table: Table, chain: Chain, block: readonly Token[]): void {
    for (const statement of statementsOf(inner(block))) {
      const [first] = statement;
      const words = defined(statement).map(({ text }) => text);
      const at = spanOf(statement);
      if (first!.text === 'type') {
        const [hook, priority] = [words.indexOf('hook'), words.indexOf('priority')];
        chain.hook = {
          type: words[1] ?? '',
          name: words[hook + 1] ?? '',
          priority: priorityOf(words.slice(priority + 1)),
          devices: words.slice(hook + 2, priority).filter((word) => !/^(?:devices?|[={},\n])$/.test(word)),
          at,
        };
        chain.policy = { kind: 'accept', at };
      } else if (first!.text === 'policy') {
        const kind = words[1];
        chain.policy = kind === 'drop' || kind === 'accept' ? { kind, at } : undefined;
      } else if (/^(?:re|un)?define$/.test(first!.text)) run(statement);
      else if (first!.text !== 'comment' && first!.text !== 'flags' && first!.text !== 'devices')
        chain.statements.push(ruleIn(table, statement));
    }
  }

  function ruleIn(table: Table, statement: readonly Token[]): Chain['statements'][number] {
    const tokens = defined(nameBlock(table, statement)).filter(({ text, quoted }) => quoted || text !== '\n');
    return { tokens, at: spanOf(statement) };
  }

  /** `jump { … }` as a jump to a chain of the table, which no other can have the name of. */
  function nameBlock(table: Table, statement: readonly Token[]): readonly Token[] {
    const open = statement.findIndex(
      ({ text, quoted }, at) =>
        text === '{' && !quoted && /^(?:jump|goto)$/.test(statement[at - 1]?.text ?? ''),
    );
    room.words -= open < 0 ? 0 : statement.length;
    if (open < 0 || room.words < 0) return statement;
    const text = `{${table.chains.size}`;
    readChain(table, chainOf(table, text), statement.slice(open));
    const close = statement.findLastIndex(({ text, quoted }) => text === '}' && !quoted);
    return [...statement.slice(0, open), { ...statement[open]!, text }, ...statement.slice(close + 1)];
  }

  function readSet(table: Table, name: string, block: readonly Token[]): void {
    const of = table.sets.get(name);
    const elements = of?.elements ?? [];
    let type = of?.type ?? '';
    let grows = of?.grows ?? false;
    for (const statement of statementsOf(inner(block))) {
      const words = statement.map(({ text }) => text);
      if (words[0] === 'type' || words[0] === 'typeof') type = words.slice(1).join(' ');
      if (words[0] === 'elements') addElements(elements, inner(defined(statement)));
      grows ||= words[0] === 'timeout' || (words[0] === 'flags' && /dynamic|timeout/.test(words.join(' ')));
    }
    table.sets.set(name, { type, elements, grows });
  }
}

const priorities: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ raw: -300, mangle: -150, dstnat: -100, filter: 0, security: 50, srcnat: 100 }),
);

/** `-300`, `raw` or `filter - 5`. */
function priorityOf([base = '', sign, offset]: readonly string[]): number | undefined {
  const number = priorities.get(base) ?? (/^-?\d+$/.test(base) ? Number(base) : undefined);
  const more = (sign === '+' || sign === '-') && /^\d+$/.test(offset ?? '') ? Number(sign + offset) : 0;
  return number === undefined ? undefined : number + more;
}

/** Puts more elements, and a sign between, behind those of a set. */
function addElements(elements: Token[], more: readonly Token[]): void {
  const [first] = more;
  if (!first) return;
  elements.push({ text: ',', quoted: false, at: first.at });
  for (const token of more) elements.push(token);
}

/** What stands in the first braces. */
function inner(tokens: readonly Token[]): readonly Token[] {
  const open = tokens.findIndex(({ text, quoted }) => text === '{' && !quoted);
  if (open < 0) return [];
  const close = tokens.findLastIndex(({ text, quoted }) => text === '}' && !quoted);
  return tokens.slice(open + 1, close);
}

function chainOf({ chains }: Table, name: string): Chain {
  const chain: Chain = chains.get(name) ?? { statements: [], hook: undefined, policy: undefined };
  chains.set(name, chain);
  return chain;
}

function spanOf(statement: readonly Token[]): Span {
  const words = statement.filter(({ text, quoted }) => quoted || text !== '\n');
  const { source, start } = words[0]!.at;
  return { source, start, end: words.at(-1)!.at.end };
}

function baseChains({ family, name: table, chains, sets, dormant }: Table, room: Room): readonly BaseChain[] {
  const own = families.get(family);
  if (!own || dormant) return [];
  // What rules put into a set is not known.
  for (const { statements } of chains.values())
    for (const { tokens } of statements)
      tokens.forEach(({ text }, at) => {
        const set = /^(?:add|update|set)$/.test(tokens[at - 1]?.text ?? '')
          ? sets.get(text.slice(1))
          : undefined;
        if (set && text.startsWith('@')) sets.set(text.slice(1), { ...set, grows: true });
      });
  const rules = new Map<string, readonly FirewallRule[]>();
  for (const [name, { statements }] of chains)
    rules.set(
      name,
      statements.flatMap(({ tokens, at }) => nftRules(tokens, at, sets, room)),
    );
  const untracks = [...rules.values()].flat().filter(({ action }) => action.kind === 'untrack');
  return [...chains].flatMap(([name, { hook, policy }]): BaseChain[] => {
    const direction = hooks.get(hook?.name ?? '');
    if (!hook || !direction) return [];
    return [
      {
        name: `${family} ${table} ${name}`,
        direction,
        families: own,
        remedy: 'write `meta l4proto vrrp accept` above it',
        rules: [...(hook.devices.length > 0 ? [atOthers(hook)] : []), ...(rules.get(name) ?? [])],
        policy,
        chains: rules,
        untracks,
        early:
          /gress$/.test(hook.name) ||
          (hook.name !== 'input' && hook.name !== 'postrouting' && (hook.priority ?? 0) < -200),
        redirects: hook.type === 'nat',
      },
    ];
  });
}

/** What comes in or goes out elsewhere does not meet the chain. */
const atOthers = ({ devices, at }: Hook): FirewallRule => ({
  at,
  matches: (packet) => not(some(devices.map((name) => onInterface(packet, name)))),
  action: { kind: 'accept' },
});
