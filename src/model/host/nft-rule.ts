/**
 * One rule of nftables: tests of what the packet has, then what is done with it. An expression that is not understood makes its
 * test unknown, a verdict that is not understood anything.
 */
import type { Span } from '../../../grammar/text.ts';
import type { Family } from '../net.ts';
import { parseAddress, parsePrefixed } from '../net.ts';
import { matchesAddress } from './address-match.ts';
import {
  type Action,
  every,
  type FirewallRule,
  hasDestinationType,
  hasPacketType,
  hasProtocol,
  hasStatus,
  inState,
  not,
  onInterface,
  type Packet,
  some,
  type Truth,
  toPort,
} from './firewall.ts';

/** A word, a string without its quotes, or a sign. */
export interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly at: Span;
}

/** A set or map with a name: what is written into it, and whether others put more in while it runs. */
export interface NamedSet {
  readonly type: string;
  readonly elements: Token[];
  readonly grows: boolean;
}

/** How many words of definitions and sets are still looked into: what is used again and again grows with every use. */
export interface Room {
  words: number;
}

type Test = (packet: Packet) => Truth;

/** What is compared: which packets have it at all, and whether it is a value. */
interface Expression {
  readonly has: Test;
  readonly is: (packet: Packet, value: string) => Truth;
}

/** An element of a set or map: a value for each part of a concatenation, and what is done. */
interface Element {
  readonly values: readonly string[];
  readonly verdict: readonly Token[];
}

const all: Test = () => true;
const unknown: Expression = { has: all, is: () => undefined };
const ofProtocol = (name: string): Expression => ({
  has: (packet) => hasProtocol(packet, name),
  is: () => undefined,
});

/** The rules that a statement is: one, or one for each element of a verdict map. */
export function nftRules(
  tokens: readonly Token[],
  at: Span,
  sets: ReadonlyMap<string, NamedSet>,
  room: Room,
): readonly FirewallRule[] {
  const tests: Test[] = [];
  let next = 0;
  const peek = (): string => (tokens[next]?.quoted ? '"' : (tokens[next]?.text ?? ''));
  const take = (): string => tokens[next++]?.text ?? '';
  const rule = (action: Action, ...more: readonly Test[]): FirewallRule => {
    const own = [...tests, ...more];
    return { at, matches: (packet) => every(own.map((test) => test(packet))), action };
  };
  /** The rule with all that is understood of it, where an expression or a statement is not. */
  const rest = (): FirewallRule => rule(verdictAtEnd(tokens), () => undefined);
  while (next < tokens.length) {
    const verdict = verdictOf(tokens.slice(next));
    if (verdict) return [rule(verdict, answers(tokens.slice(next)))];
    switch (peek()) {
      case 'counter':
        take();
        if (peek() === 'packets') next += 4;
        else if (peek() === 'name') next += 2;
        else if (peek() === '"') next++;
        continue;
      case 'log':
        take();
        while (/^(?:prefix|level|group|snaplen|queue-threshold)$/.test(peek())) next += 2;
        if (peek() === 'flags') {
          take();
          while (/^(?:all|tcp|ip|ether|skuid|sequence|options|,)$/.test(peek())) next++;
        }
        continue;
      case 'comment':
        next += 2;
        continue;
      case 'limit':
        take();
        tests.push(() => undefined);
        if (peek() === 'name') next += 2;
        while (/^(?:rate|over|burst|packets|k?m?bytes|\d+|\d+\/\w+|k?m?bytes\/\w+)$/.test(peek())) next++;
        continue;
    }
    const parts: Expression[] = [];
    do {
      if (parts.length > 0) next++;
      const part = expression();
      if (!part) return [rest()];
      parts.push(part);
    } while (peek() === '.');
    const has: Test = (packet) => every(parts.map((part) => part.has(packet)));
    tests.push(has);
    const isElement = (packet: Packet, { values }: Element): Truth =>
      values.length === parts.length
        ? every(parts.map(({ is }, index) => valueIs(is, packet, values[index]!)))
        : values.length === 1 && values[0] === '*'
          ? true
          : undefined;
    if (peek() === 'vmap') {
      take();
      const map = setAt();
      if (!map) return [rest()];
      const { elements, grows } = map;
      // What an unknown element does comes first, so that nothing behind it is certain.
      const open = grows ? [rule({ kind: 'unknown' }, () => undefined)] : [];
      const inOrder = [...elements].sort((a, b) => Number(a.values[0] === '*') - Number(b.values[0] === '*'));
      const verdicts = inOrder.map((element) =>
        rule(verdictOf(element.verdict) ?? { kind: 'unknown' }, (packet) => isElement(packet, element)),
      );
      return [...open, ...verdicts];
    }
    if (peek() === '&' || peek() === 'and') {
      // `& MASK == VALUE`.
      next++;
      group();
      if (/^(?:[!=<>]=?|eq|ne|==)$/.test(peek())) next++;
      group();
      tests.push(() => undefined);
      continue;
    }
    const operator = /^(?:[!=]=|!|[<>]=?|eq|ne|lt|gt|le|ge)$/.test(peek()) ? take() : '';
    const isList = peek() === '{' || tokens[next + 1]?.text !== ',';
    if (next >= tokens.length || /^(?:set|map|\||\^|<<|>>)$/.test(peek())) return [rest()];
    const set = setAt();
    if (!set) return [rest()];
    if (peek() === '/' || /^(?:[|&^]|or|and)$/.test(peek())) {
      // `tcp flags syn / syn,ack`.
      next++;
      setAt();
      tests.push(() => undefined);
      continue;
    }
    // With an operator, `new,established` is one value of two bits in some releases.
    if (operator && !isList) {
      tests.push(() => undefined);
      continue;
    }
    if (/^(?:[<>]=?|lt|gt|le|ge)$/.test(operator)) {
      const value = set.elements[0]?.values[0] ?? '';
      const range = rangeOf(operator, value);
      tests.push((packet) => (range === undefined ? undefined : valueIs(parts[0]!.is, packet, range)));
      continue;
    }
    const isIn: Test = (packet) => {
      const found = some(set.elements.map((element) => isElement(packet, element)));
      return set.grows && found === false ? undefined : found;
    };
    tests.push(/^(?:!=?|ne)$/.test(operator) ? (packet) => not(isIn(packet)) : isIn);
  }
  return [
    rule({ kind: tokens.some(({ text, quoted }) => text === 'notrack' && !quoted) ? 'untrack' : 'none' }),
  ];

  /** Steps over a value, which may be in parentheses. */
  function group(): void {
    if (!take().startsWith('(')) return;
    while (next < tokens.length && !tokens[next - 1]!.text.endsWith(')')) next++;
  }

  /** `VALUE`, `VALUE,VALUE`, `{ … }` or `@NAME`. */
  function setAt(): { elements: readonly Element[]; grows: boolean } | undefined {
    if (peek().startsWith('@')) {
      const set = sets.get(take().slice(1));
      if (!set) return undefined;
      room.words -= set.elements.length;
      const elements = room.words < 0 ? [] : elementsOf(set.elements);
      // Addresses come and go while the host runs, and an empty set is for others to fill.
      return { elements, grows: set.grows || elements.length === 0 || /addr/.test(set.type) };
    }
    if (peek() === '{') {
      const from = ++next;
      for (let depth = 1; next < tokens.length && depth > 0; next++) {
        if (peek() === '{') depth++;
        else if (peek() === '}') depth--;
      }
      return { elements: elementsOf(tokens.slice(from, next - 1)), grows: false };
    }
    const from = next++;
    if (peek() === '-') next += 2;
    while (peek() === ',' || peek() === '.') next += 2;
    return { elements: elementsOf(tokens.slice(from, next)), grows: false };
  }

  /** What stands left of a comparison; undefined where it is not understood. */
  function expression(): Expression | undefined {
    const word = peek();
    next++;
    switch (word) {
      case 'meta': {
        const key = take();
        return metaKeys.get(key) ?? (/^[a-z]+$/.test(key) ? unknown : undefined);
      }
      case 'ip':
      case 'ip6':
        return headerField(word === 'ip' ? 'inet' : 'inet6', take());
      case 'ct': {
        const key = take();
        if (key === 'state') return { has: all, is: (packet, state) => inState(packet, [state]) };
        if (key === 'status') return { has: all, is: hasStatus };
        return /^(?:mark|direction|zone|label|expiration|id|event|secmark)$/.test(key) ? unknown : undefined;
      }
      case 'fib': {
        const of = peek();
        while (next < tokens.length && !/^(?:type|oif|oifname)$/.test(peek())) next++;
        const isType = take() === 'type' && of === 'daddr';
        return isType ? { has: all, is: (packet, type) => hasDestinationType(packet, [type]) } : unknown;
      }
      case 'tcp':
      case 'udp':
      case 'sctp':
      case 'dccp':
      case 'udplite':
        return take() === 'dport' ? { ...ofProtocol(word), is: port } : ofProtocol(word);
      case 'th':
        // It reads what stands where TCP has its ports, whatever the protocol is.
        return take() === 'dport'
          ? {
              has: ({ port }) => port !== undefined || undefined,
              is: (packet, value) => (packet.port === undefined ? undefined : port(packet, value)),
            }
          : { has: () => undefined, is: () => undefined };
      case 'icmp':
      case 'icmpv6':
      case 'igmp':
      case 'esp':
      case 'ah':
      case 'comp':
        next++;
        return ofProtocol(word);
      case 'ether':
        return take() === 'type' ? metaKeys.get('protocol') : unknown;
      case 'socket':
      case 'exthdr':
        next++;
        return unknown;
      default:
        return metaKeys.get(word);
    }
  }
}

const port: Expression['is'] = (packet, value) => toPort(packet, [value]);

const onSide =
  (direction: Packet['direction']): Expression['is'] =>
  (packet, name) =>
    packet.direction === direction ? onInterface(packet, name) : undefined;

/** Those that are listed without `meta`, too, where that leaves no doubt. */
const metaKeys: ReadonlyMap<string, Expression> = new Map(
  Object.entries<Expression['is']>({
    l4proto: hasProtocol,
    protocol: ({ family }, name) =>
      /^(?:ip6?|arp)$/.test(name) ? name === (family === 'inet' ? 'ip' : 'ip6') : undefined,
    nfproto: ({ family }, name) =>
      name === 'ipv4' ? family === 'inet' : name === 'ipv6' ? family === 'inet6' : undefined,
    iif: onSide('in'),
    iifname: onSide('in'),
    oif: onSide('out'),
    oifname: onSide('out'),
    pkttype: hasPacketType,
  }).map(([name, is]) => [name, { has: all, is }]),
);

function headerField(family: Family, name: string): Expression | undefined {
  const has: Test = (packet) => packet.family === family;
  switch (name) {
    case 'saddr':
      return {
        has,
        is: (packet, value) => addressIs(packet.source, value, packet.multicast ? 'unicast' : undefined),
      };
    case 'daddr':
      return { has, is: (packet, value) => addressIs(packet.destination, value, undefined) };
    case 'protocol':
    case 'nexthdr':
      return { has, is: hasProtocol };
    case 'ttl':
    case 'hoplimit':
    case 'dscp':
    case 'ecn':
    case 'length':
    case 'id':
    case 'version':
    case 'frag-off':
    case 'flowlabel':
      return { has, is: () => undefined };
    default:
      return undefined;
  }
}

/** Names that are not defined here mean anything. */
const valueIs = (is: Expression['is'], packet: Packet, value: string): Truth =>
  /^(?:$|[@$?])/.test(value) ? undefined : is(packet, value);

/** `>= 1024` as `1024-65535`; undefined where it is no comparison of numbers. */
function rangeOf(operator: string, value: string): string | undefined {
  if (!/^\d{1,5}$/.test(value)) return undefined;
  const number = Number(value);
  switch (operator) {
    case '<':
    case 'lt':
      return number === 0 ? undefined : `0-${number - 1}`;
    case '<=':
    case 'le':
      return `0-${number}`;
    case '>':
    case 'gt':
      return `${number + 1}-65535`;
    default:
      return `${number}-65535`;
  }
}

/** `KEY`, `KEY . KEY`, each with `: VERDICT` in a map; sets in sets are one. */
function elementsOf(tokens: readonly Token[]): readonly Element[] {
  const elements: Element[] = [];
  let words: Token[] = [];
  const end = (): void => {
    const colon = words.findIndex(({ text, quoted }) => text === ':' && !quoted);
    const key = colon < 0 ? words : words.slice(0, colon);
    const options = key.findIndex(
      ({ text, quoted }) => !quoted && /^(?:timeout|expires|counter|comment|limit|quota)$/.test(text),
    );
    const values: string[] = [''];
    for (const { text, quoted } of options < 0 ? key : key.slice(0, options)) {
      if (text === '.' && !quoted) values.push('');
      // `A - B`; of anything else there is one word.
      else
        values.push(
          values.at(-1) === '' || text === '-' || values.at(-1)!.endsWith('-')
            ? `${values.pop()}${text}`
            : `?${values.pop()}`,
        );
    }
    if (words.length > 0) elements.push({ values, verdict: colon < 0 ? [] : words.slice(colon + 1) });
    words = [];
  };
  for (const token of tokens) {
    if (!token.quoted && /^[{},]$/.test(token.text)) end();
    else if (token.quoted || token.text !== '\n') words.push(token);
  }
  end();
  return elements;
}

/** The verdict that words begin with. */
function verdictOf(tokens: readonly Token[]): Action | undefined {
  const [first, second] = tokens;
  if (!first || first.quoted) return undefined;
  switch (first.text) {
    case 'accept':
    case 'drop':
    case 'return':
      return { kind: first.text };
    case 'reject':
      return { kind: 'drop' };
    case 'continue':
      return { kind: 'none' };
    case 'jump':
    case 'goto':
      return { kind: first.text, chain: second?.text ?? '' };
    case 'dnat':
    case 'redirect':
    case 'tproxy':
      return { kind: 'redirect' };
    case 'snat':
    case 'masquerade':
      return { kind: 'accept' };
    case 'notrack':
      return { kind: 'untrack' };
    case 'queue':
    case 'fwd':
    case 'synproxy':
      return { kind: 'unknown' };
    default:
      return undefined;
  }
}

/** `reject with icmp …` is for IPv4 alone, and so on: nft lists no other test for that. */
function answers([verdict, , how]: readonly Token[]): Test {
  const family = how?.text === 'icmp' ? 'inet' : how?.text === 'icmpv6' ? 'inet6' : undefined;
  if (verdict?.text !== 'reject') return all;
  if (how?.text === 'tcp') return (packet) => hasProtocol(packet, 'tcp');
  return (packet) => family === undefined || packet.family === family;
}

/** The last verdict of a rule, whatever stands before it; what has none changes something of the packet or of a set. */
function verdictAtEnd(tokens: readonly Token[]): Action {
  let depth = 0;
  for (let at = tokens.length - 1; at >= 0; at--) {
    const { text, quoted } = tokens[at]!;
    if (quoted) continue;
    if (text === '}') depth++;
    else if (text === '{') depth--;
    if (depth > 0) continue;
    if (text === 'vmap') return { kind: 'unknown' };
    const verdict = verdictOf(tokens.slice(at, at + 2));
    if (verdict) return verdict;
  }
  return { kind: tokens.some(({ text }) => text === 'set') ? 'none' : 'unknown' };
}

/** An address, a network, or `A-B`. */
function addressIs(address: Packet['source'], written: string, sort: 'unicast' | undefined): Truth {
  if (parsePrefixed(written)) return matchesAddress(address, written, sort);
  const [first, last] = written.split('-').map((part) => parseAddress(part));
  if (!first || !last || !address || first.family !== 'inet' || address.family !== 'inet') return undefined;
  const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return number(first.text) <= number(address.text) && number(address.text) <= number(last.text);
}
