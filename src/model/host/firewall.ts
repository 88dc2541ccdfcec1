/** What a packet filter does with a packet, as far as its rules tell: in three values, so that a guess is never a verdict. */
import type { Span } from '../../../grammar/text.ts';
import type { Address, Family } from '../net.ts';

/** A VRRP advert on its way, or the first packet of a connection, as far as it is known. */
export interface Packet {
  readonly direction: 'in' | 'out';
  readonly family: Family;
  /** 112 for VRRP, 51 when it is wrapped in an authentication header; 6 and 17 for TCP and UDP. */
  readonly protocol: number;
  readonly source: Address | undefined;
  readonly destination: Address | undefined;
  /** The interface that it comes in or goes out by. */
  readonly interface: string | undefined;
  readonly multicast: boolean;
  /** The port that it goes to; an advert has none. */
  readonly port?: number;
  /** Whether the connection tracker has seen it: not before a hook's priority of -200, and perhaps not where a rule hides it. */
  readonly tracked?: 'perhaps' | 'no';
  /** False where the host's rules for translating addresses are known and leave it as it is. */
  readonly translated?: false;
}

/** Yes, no, or nobody knows. */
export type Truth = boolean | undefined;

/** What a rule does: `untrack` hides the packet from the connection tracker, `redirect` sends it elsewhere. */
export type Action =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'none' | 'unknown' | 'untrack' | 'redirect' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/** One rule: where it stands, which packets it is for, what it does with them. */
export interface FirewallRule {
  readonly at: Span;
  readonly matches: (packet: Packet) => Truth;
  readonly action: Action;
}

/** Where the kernel enters the rules. */
export interface BaseChain {
  /** As the tool names it: `INPUT`, `inet filter input`. */
  readonly name: string;
  readonly direction: Packet['direction'];
  readonly families: readonly Family[];
  readonly rules: readonly FirewallRule[];
  /** How adverts are let through there, as an instruction. */
  readonly remedy: string;
  /** What becomes of a packet that no rule decides on; undefined where it is not known. */
  readonly policy: { readonly kind: 'accept' | 'drop'; readonly at: Span } | undefined;
  /** The chains that its rules can jump to. */
  readonly chains: ReadonlyMap<string, readonly FirewallRule[]>;
  /** The kernel enters it before the connection tracker. */
  readonly early?: boolean;
  /** The rules of its table that hide packets from the connection tracker. */
  readonly untracks?: readonly FirewallRule[];
  /** It translates addresses: its verdicts are about that alone. */
  readonly redirects?: boolean;
}

/** The rule or policy that drops a packet for certain. */
export interface Drop {
  readonly at: Span;
  readonly chain: BaseChain;
}

/** What can become of a packet in a chain. */
interface Outcome {
  readonly accept: boolean;
  /** It can go elsewhere than it was meant to. */
  readonly elsewhere: boolean;
  /** It can leave the chain undecided. */
  readonly pass: boolean;
  readonly drops: readonly Span[];
}

const anything: Outcome = { accept: true, elsewhere: true, pass: true, drops: [] };

/** Where `packet` is dropped whatever is unknown; undefined where it may get through. Every base chain must let it pass. */
export function dropOf(chains: readonly BaseChain[], meant: Packet): Drop | undefined {
  const met = chains.filter(
    ({ direction, families }) => direction === meant.direction && families.includes(meant.family),
  );
  const hides = ({ matches }: FirewallRule): boolean => matches(meant) !== false;
  const tracked = met.some(({ untracks }) => untracks?.some(hides)) ? 'perhaps' : undefined;
  const outcome = ({ rules, chains, early }: BaseChain): Outcome => {
    const packet: Packet = {
      ...meant,
      ...(early ? { tracked: 'no' } : tracked && { tracked }),
      ...(met.some(({ redirects }) => redirects) && { translated: false }),
    };
    return outcomeOf(rules, packet, chains, new Map(), 0);
  };
  if (met.some((base) => base.redirects && outcome(base).elsewhere)) return undefined;
  for (const base of met) {
    if (base.redirects) continue;
    const { accept, pass, drops } = outcome(base);
    const byPolicy = pass && base.policy?.kind === 'drop' ? base.policy.at : undefined;
    if (accept || (pass && !byPolicy)) continue;
    const at = byPolicy ?? drops.at(-1);
    if (at) return { at, chain: base };
  }
  return undefined;
}

/** Deeper jumps than the kernel allows are a loop. */
const deepest = 64;

function outcomeOf(
  rules: readonly FirewallRule[],
  packet: Packet,
  chains: BaseChain['chains'],
  known: Map<string, Outcome>,
  depth: number,
): Outcome {
  let accept = false;
  let elsewhere = false;
  let pass = false;
  const drops: Span[] = [];
  for (const { at, matches, action } of rules) {
    const match = matches(packet);
    if (match === false || action.kind === 'none' || action.kind === 'untrack') continue;
    const through = (): Outcome => {
      switch (action.kind) {
        case 'accept':
        case 'redirect':
          return { accept: true, elsewhere: action.kind === 'redirect', pass: false, drops: [] };
        case 'drop':
          return { accept: false, elsewhere: false, pass: false, drops: [at] };
        case 'jump':
        case 'goto':
          return jumped(action.chain);
        default:
          return anything;
      }
    };
    if (action.kind === 'return') {
      pass = true;
      if (match) return { accept, elsewhere, pass, drops };
      continue;
    }
    const result = through();
    accept ||= result.accept;
    elsewhere ||= result.elsewhere;
    drops.push(...result.drops);
    // What comes back from a chain that was gone to has left this one, too.
    if (action.kind === 'goto' && result.pass) pass = true;
    if (match && (action.kind === 'goto' || !result.pass)) return { accept, elsewhere, pass, drops };
  }
  return { accept, elsewhere, pass: true, drops };

  function jumped(name: string): Outcome {
    const done = known.get(name);
    if (done) return done;
    const target = chains.get(name);
    if (!target || depth >= deepest) return anything;
    // Asked for again from within itself, it is a loop, which the kernel refuses.
    known.set(name, anything);
    const result = outcomeOf(target, packet, chains, known, depth + 1);
    known.set(name, { ...result, drops: result.drops.slice(-1) });
    return result;
  }
}

/** Whether all of `tests` hold: false as soon as one does not, whatever the others are. */
export function every(tests: readonly Truth[]): Truth {
  if (tests.includes(false)) return false;
  return tests.includes(undefined) ? undefined : true;
}

/** Whether one of `tests` holds. */
export function some(tests: readonly Truth[]): Truth {
  if (tests.includes(true)) return true;
  return tests.includes(undefined) ? undefined : false;
}

export const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

/**
 * Whether the connection tracker sees the packet in one of these states. A multicast advert is never answered, so its
 * connection stays new; the first packet of one is new by its name. Adverts between two addresses may meet those of the
 * other side and count as established.
 */
export function inState(packet: Packet, states: readonly string[]): Truth {
  const { multicast, port, tracked } = packet;
  const isNew = multicast || port !== undefined;
  return some(
    states.map((state) => {
      const name = state.toLowerCase();
      // Without an entry of the tracker a packet counts as invalid (nft_ct_get_eval, xt_conntrack).
      if (tracked === 'no') return name === 'untracked' ? undefined : name === 'invalid';
      if (name === 'new') return isNew && !tracked ? true : undefined;
      if (name === 'established') return isNew ? false : undefined;
      if (name === 'untracked') return tracked ? undefined : false;
      return name === 'invalid' || name === 'related' ? false : hasStatus(packet, name);
    }),
  );
}

/** Whether the connection tracker knows the packet's connection as translated. */
export const hasStatus = ({ multicast, translated }: Packet, status: string): Truth =>
  /^[sd]nat$/.test(status) && (multicast || translated === false) ? false : undefined;

/** Whether the destination is of one of these types. What comes in to a single address was sent to one of the host. */
export const hasDestinationType = (
  { direction, family, multicast }: Packet,
  types: readonly string[],
): Truth =>
  some(
    types.map((type) => {
      const name = type.toLowerCase();
      if (multicast) return name === 'multicast';
      if (name === 'multicast' || name === 'broadcast') return false;
      if (direction === 'out') return undefined;
      // xt_addrtype counts the host's own addresses of IPv6 among the unicast ones, nft_fib does not.
      return name === 'local' ? true : name === 'unicast' && family === 'inet6' ? undefined : false;
    }),
  );

/** Whether the packet came in a frame of this type; what goes out has none yet. */
export function hasPacketType({ direction, multicast }: Packet, type: string): Truth {
  if (direction === 'out') return undefined;
  return multicast ? type === 'multicast' : type === 'unicast' || type === 'host';
}

/** Numbers of the protocols that rules name (/etc/protocols). */
const numbers: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({
    icmp: 1,
    igmp: 2,
    ipencap: 4,
    ipip: 4,
    tcp: 6,
    udp: 17,
    ipv6: 41,
    gre: 47,
    esp: 50,
    ah: 51,
    icmpv6: 58,
    'ipv6-icmp': 58,
    eigrp: 88,
    ospf: 89,
    pim: 103,
    ipcomp: 108,
    vrrp: 112,
    l2tp: 115,
    sctp: 132,
    udplite: 136,
    dccp: 33,
  }),
);

/** Whether the packet is of a protocol, given by name, by number or as `112-115`. */
export function hasProtocol({ protocol }: Packet, name: string): Truth {
  const [first, last = first] = name
    .split(/-(?=\d)/)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : numbers.get(part.toLowerCase())));
  return first === undefined || last === undefined ? undefined : first <= protocol && protocol <= last;
}

/** Whether the packet's interface is `name`, in which a last `+` or `*` stands for anything. */
export function onInterface(packet: Packet, name: string): Truth {
  if (/^[+*]$/.test(name)) return true;
  if (packet.interface === undefined) return name === 'lo' ? false : undefined;
  return /[+*]$/.test(name) ? packet.interface.startsWith(name.slice(0, -1)) : packet.interface === name;
}

/** Ports of services by the names that rules use (/etc/services). */
const services: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ ssh: 22, smtp: 25, domain: 53, http: 80, https: 443, 'http-alt': 8080 }),
);

/** Whether the packet goes to one of these ports: `80`, `https`, `8000:8100` or `8000-8100`. */
export const toPort = ({ port }: Packet, written: readonly string[]): Truth =>
  port === undefined
    ? false
    : some(
        written.map((text) => {
          const [first, last = first] = text
            .split(/[:-](?=\d)/)
            .map((part) => (/^\d+$/.test(part) ? Number(part) : services.get(part.toLowerCase())));
          return first === undefined || last === undefined ? undefined : first <= port && port <= last;
        }),
      );
