/**
 * The output of `nft list ruleset`, and files in the same language: only what an advert meets. A word that is not understood
 * makes its rule one that may do anything, and so no verdict hangs on it.
 */
import type { Source, Span } from '../../../grammar/text.ts';
import type { Family } from '../net.ts';
import { parseAddress, parsePrefixed } from '../net.ts';
import { matchesAddress } from './address-match.ts';
import {
  type Action,
  type BaseChain,
  every,
  type FirewallRule,
  hasDestinationType,
  hasProtocol,
  inState,
  not,
  onInterface,
  type Packet,
  some,
  type Truth,
  toPort,
} from './firewall.ts';
import { longest } from './lines.ts';

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

/** Words, strings, and signs that stand alone; `\n` and `;` both end a statement. */
function tokensOf({ text }: Source): readonly Token[] {
  const sign = /#[^\n]*|"([^"\n]*)"|\\\r?\n|[{};,\n]|!=|==|[^\s"{};,#!=]+|[!=]/g;
  const tokens: Token[] = [];
  for (const match of text.slice(0, longest).matchAll(sign)) {
    const [word, string] = match;
    if (word.startsWith('#') || word.startsWith('\\')) continue;
    tokens.push({
      text: string ?? word,
      quoted: string !== undefined,
      start: match.index,
      end: match.index + word.length,
    });
  }
  return tokens;
}

const families: ReadonlyMap<string, readonly Family[]> = new Map(
  Object.entries<readonly Family[]>({
    ip: ['inet'],
    ip6: ['inet6'],
    inet: ['inet', 'inet6'],
  }),
);
const hooks: ReadonlyMap<string, Packet['direction']> = new Map(
  Object.entries<Packet['direction']>({
    prerouting: 'in',
    input: 'in',
    output: 'out',
    postrouting: 'out',
  }),
);

/** Where adverts meet the rules; none where some of the rules may be elsewhere. */
export function nftChainsOf(source: Source): readonly BaseChain[] {
  const tokens = tokensOf(source);
  const chains: BaseChain[] = [];
  let at = 0;
  const peek = (ahead = 0): string => tokens[at + ahead]?.text ?? '';
  /** Steps over a block; `at` is at its `{`. */
  const skipBlock = (): void => {
    let depth = 0;
    for (; at < tokens.length; at++) {
      const { text, quoted } = tokens[at]!;
      if (quoted) continue;
      if (text === '{') depth++;
      else if (text === '}' && --depth === 0) {
        at++;
        return;
      }
    }
  };
  while (at < tokens.length) {
    const word = peek();
    if (word === '\n' || word === ';') at++;
    else if (word === 'flush' || word === 'define' || word === 'delete' || word === 'destroy') {
      while (at < tokens.length && peek() !== '\n' && peek() !== ';') {
        if (peek() === '{') skipBlock();
        else at++;
      }
    } else if (word === 'table') {
      at++;
      const family = families.has(peek()) || /^(?:arp|bridge|netdev)$/.test(peek()) ? peek() : 'ip';
      if (family === peek()) at++;
      const name = peek();
      at++;
      if (peek() !== '{') continue;
      at++;
      chains.push(...tableChains(family, name));
    } else return [];
  }
  return chains;

  function tableChains(family: string, table: string): readonly BaseChain[] {
    const own = new Map<string, FirewallRule[]>();
    const bases: {
      name: string;
      direction: Packet['direction'];
      policy: BaseChain['policy'];
      nat: boolean;
    }[] = [];
    let untracks = false;
    while (at < tokens.length && peek() !== '}') {
      if (peek() === 'chain' && peek(2) === '{') {
        const name = peek(1);
        at += 3;
        readChain(name);
      } else if (peek() === '{') skipBlock();
      else at++;
    }
    at++;
    const known = families.get(family);
    if (!known) return [];
    const shown = untracks
      ? new Map(
          [...own].map(([name, rules]) => [
            name,
            rules.map((rule) => ({ ...rule, matches: () => undefined })),
          ]),
        )
      : own;
    return bases
      .filter(({ nat }) => !nat)
      .map(({ name, direction, policy }) => ({
        name: `${family} ${table} ${name}`,
        direction,
        families: known,
        remedy: 'write `meta l4proto vrrp accept` above it',
        rules: shown.get(name) ?? [],
        policy,
        chains: shown,
      }));

    function readChain(name: string): void {
      const rules: FirewallRule[] = [];
      own.set(name, rules);
      let direction: Packet['direction'] | undefined;
      let nat = false;
      let policy: BaseChain['policy'];
      let opening: Span | undefined;
      while (at < tokens.length && peek() !== '}') {
        const statement: Token[] = [];
        let depth = 0;
        for (; at < tokens.length; at++) {
          const token = tokens[at]!;
          if (!token.quoted) {
            if (depth === 0 && (token.text === '\n' || token.text === ';' || token.text === '}')) break;
            if (token.text === '{') depth++;
            if (token.text === '}') depth--;
            if (token.text === '\n') continue;
          }
          statement.push(token);
        }
        if (peek() !== '}') at++;
        const [first] = statement;
        if (!first) continue;
        const span: Span = { source, start: first.start, end: statement.at(-1)!.end };
        if (first.text === 'type') {
          nat = statement[1]?.text !== 'filter';
          const hook = statement[statement.findIndex(({ text }) => text === 'hook') + 1]?.text ?? '';
          direction = hooks.get(hook);
          opening = span;
          policy = { kind: 'accept', at: span };
        } else if (first.text === 'policy') {
          const kind = statement[1]?.text;
          policy = kind === 'drop' || kind === 'accept' ? { kind, at: span } : undefined;
        } else if (first.text !== 'comment' && first.text !== 'flags') {
          if (statement.some(({ text, quoted }) => text === 'notrack' && !quoted)) untracks = true;
          rules.push({ at: span, ...ruleOf(statement) });
        }
      }
      at++;
      if (direction && opening) bases.push({ name, direction, policy, nat });
    }
  }
}

type Test = (packet: Packet) => Truth;
const unknown: Test = () => undefined;

/** A rule's words: tests first, then what is done; undefined words make both unknown. */
function ruleOf(statement: readonly Token[]): Pick<FirewallRule, 'matches' | 'action'> {
  const tests: Test[] = [];
  let action: Action = { kind: 'none' };
  let at = 0;
  const next = (): string => statement[at++]?.text ?? '';
  const peek = (): string => statement[at]?.text ?? '';
  while (at < statement.length) {
    const word = next();
    switch (word) {
      case 'accept':
      case 'drop':
      case 'return':
        action = { kind: word };
        break;
      case 'reject':
        action = { kind: 'drop' };
        at = statement.length;
        break;
      case 'jump':
      case 'goto':
        action = { kind: word, chain: next() };
        break;
      case 'continue':
        break;
      case 'counter':
        if (peek() === 'packets') at += 4;
        else if (peek() === 'name') at += 2;
        break;
      case 'log':
        while (/^(?:prefix|level|group|snaplen|queue-threshold)$/.test(peek())) at += 2;
        if (peek() === 'flags') {
          at++;
          while (/^(?:all|tcp|ip|ether|skuid|sequence|options|,)$/.test(peek())) at++;
        }
        break;
      case 'comment':
        at++;
        break;
      case 'limit':
        tests.push(unknown);
        while (
          at < statement.length &&
          /^(?:name|rate|over|burst|packets|bytes|\d+|[\d\w]+\/\w+)$/.test(peek()) &&
          !statement[at]!.quoted
        )
          at++;
        break;
      case 'iif':
      case 'iifname':
      case 'oif':
      case 'oifname':
      case 'pkttype':
      case 'nfproto':
      case 'l4proto':
        // Listed without `meta` where that leaves no doubt.
        at--;
        metaTest();
        break;
      case 'meta':
        metaTest();
        break;
      case 'ip':
      case 'ip6':
        headerTest(word === 'ip' ? 'inet' : 'inet6');
        break;
      case 'ct':
        trackerTest();
        break;
      case 'fib':
        fibTest();
        break;
      case 'icmp':
      case 'icmpv6':
      case 'igmp':
        // Asking for a field of another protocol's header leaves the packet out; the verdict behind it matters no more.
        return { matches: () => false, action: { kind: 'none' } };
      case 'tcp':
      case 'udp':
      case 'sctp':
      case 'dccp':
      case 'udplite':
      case 'th': {
        // `th` reads what stands where TCP has its ports, whatever the protocol is.
        const isRead: Test = (packet) =>
          word === 'th' ? packet.port !== undefined || undefined : hasProtocol(packet, word);
        if (next() !== 'dport' || peek() === 'vmap') {
          return { matches: (packet) => isRead(packet) && undefined, action: { kind: 'unknown' } };
        }
        const isPort = compared((packet, port) => toPort(packet, [port]));
        tests.push((packet) => isRead(packet) && isPort(packet));
        break;
      }
      default:
        return {
          matches: (packet) => every([...tests.map((test) => test(packet)), undefined]),
          action: { kind: 'unknown' },
        };
    }
  }
  return { matches: (packet) => every(tests.map((test) => test(packet))), action };

  /** `VALUE`, `!= VALUE`, `{ VALUE, VALUE }`; a named set, a range that is not understood: unknown. */
  function compared(test: (packet: Packet, value: string) => Truth): Test {
    const negated = peek() === '!=' || peek() === '!';
    if (negated || peek() === '==') at++;
    const values: string[] = [];
    if (peek() === '{') {
      at++;
      while (at < statement.length && peek() !== '}') {
        const value = next();
        if (value !== ',') values.push(value);
      }
      at++;
    } else {
      values.push(next());
      while (peek() === ',') {
        at++;
        values.push(next());
      }
    }
    const result: Test = (packet) =>
      some(values.map((value) => (/^[@$]/.test(value) ? undefined : test(packet, value))));
    return negated ? (packet) => not(result(packet)) : result;
  }

  function metaTest(): void {
    switch (next()) {
      case 'l4proto':
      case 'protocol':
        tests.push(compared((packet, name) => protocolName(packet, name)));
        break;
      case 'nfproto':
        tests.push(
          compared(({ family }, name) =>
            name === 'ipv4' ? family === 'inet' : name === 'ipv6' ? family === 'inet6' : undefined,
          ),
        );
        break;
      case 'iif':
      case 'iifname':
        tests.push(
          compared((packet, name) => (packet.direction === 'in' ? onInterface(packet, name) : undefined)),
        );
        break;
      case 'oif':
      case 'oifname':
        tests.push(
          compared((packet, name) => (packet.direction === 'out' ? onInterface(packet, name) : undefined)),
        );
        break;
      case 'pkttype':
        tests.push(
          compared(({ direction, multicast }, type) => {
            if (direction === 'out') return undefined;
            return multicast
              ? type === 'multicast'
              : type === 'broadcast' || type === 'multicast'
                ? false
                : undefined;
          }),
        );
        break;
      case 'mark':
      case 'priority':
      case 'nftrace':
        if (peek() === 'set') at += 2;
        else tests.push(compared(() => undefined));
        break;
      default:
        tests.push(unknown);
        action = { kind: 'unknown' };
        at = statement.length;
    }
  }

  function headerTest(family: Family): void {
    const ofFamily: Test = (packet) => packet.family === family;
    tests.push(ofFamily);
    switch (next()) {
      case 'saddr':
        tests.push(
          compared((packet, value) =>
            addressTest(packet.source, value, packet.multicast ? 'unicast' : undefined),
          ),
        );
        break;
      case 'daddr':
        tests.push(compared((packet, value) => addressTest(packet.destination, value, undefined)));
        break;
      case 'protocol':
      case 'nexthdr':
        tests.push(compared((packet, name) => hasProtocol(packet, name)));
        break;
      case 'ttl':
      case 'hoplimit':
        tests.push(compared(() => undefined));
        break;
      default:
        tests.push(unknown);
        action = { kind: 'unknown' };
        at = statement.length;
    }
  }

  function trackerTest(): void {
    if (next() !== 'state') {
      tests.push(unknown);
      action = { kind: 'unknown' };
      at = statement.length;
      return;
    }
    if (peek() === 'vmap') {
      at++;
      const states: string[] = [];
      const verdicts = new Set<string>();
      if (peek() === '{') {
        // `{ established : accept, related : accept, invalid : drop }`
        const words: string[] = [];
        at++;
        while (at < statement.length && peek() !== '}') words.push(next());
        at++;
        for (const pair of words.join(' ').split(',')) {
          const [state = '', verdict = ''] = pair.split(':').map((part) => part.trim());
          states.push(state);
          verdicts.add(verdict);
        }
      }
      const only =
        verdicts.size > 0 && [...verdicts].every((verdict) => verdict === 'accept' || verdict === 'drop');
      tests.push((packet) => (inState(packet, states, false) === false ? false : undefined));
      action =
        only && verdicts.size === 1 && verdicts.has('accept') ? { kind: 'accept' } : { kind: 'unknown' };
      return;
    }
    tests.push(compared((packet, state) => inState(packet, [state], false)));
  }

  function fibTest(): void {
    if (next() !== 'daddr' || next() !== 'type') {
      tests.push(unknown);
      action = { kind: 'unknown' };
      at = statement.length;
      return;
    }
    tests.push(compared((packet, type) => hasDestinationType(packet, [type])));
  }
}

/** `vrrp`, `112`, or the protocol of the network for `meta protocol`. */
function protocolName(packet: Packet, name: string): Truth {
  if (name === 'ip') return packet.family === 'inet';
  if (name === 'ip6') return packet.family === 'inet6';
  if (name === 'arp' || name === 'vlan') return false;
  return hasProtocol(packet, name);
}

/** An address, a network, or `A-B`. */
function addressTest(address: Packet['source'], written: string, sort: 'unicast' | undefined): Truth {
  if (parsePrefixed(written)) return matchesAddress(address, written, sort);
  const [first, last] = written.split('-').map((part) => parseAddress(part));
  if (!first || !last || !address || first.family !== 'inet' || address.family !== 'inet') return undefined;
  const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return number(first.text) <= number(address.text) && number(address.text) <= number(last.text);
}
