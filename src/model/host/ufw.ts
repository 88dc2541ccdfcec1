/** ufw: its rules are iptables' below chains of its own; whether they are in force stands in its settings. */
import type { Span } from '../../../grammar/text.ts';
import type { HostFile } from '../../load/loaded.ts';
import type { Family } from '../net.ts';
import { matchesAddress } from './address-match.ts';
import {
  type BaseChain,
  every,
  type FirewallRule,
  hasProtocol,
  inState,
  type Packet,
  type Truth,
  toPort,
} from './firewall.ts';
import { baseChainsOf, familyOf, tablesOf } from './iptables.ts';
import { entriesOf, linesOf } from './lines.ts';

const isRules = ({ source }: HostFile): boolean => /\.rules$/.test(source.path);

const isActive = ({ source }: HostFile): boolean => /^Status: active/m.test(source.text);

/** What ufw calls the policy of a direction, and the ends of the names of its chains. */
const directions = {
  in: ['DEFAULT_INPUT_POLICY', 'input'],
  out: ['DEFAULT_OUTPUT_POLICY', 'output'],
} as const;

/** Where packets meet ufw's rules, as ufw-init sets them up; nothing where it is not known to be on. */
export function ufwChainsOf(files: readonly HostFile[]): readonly BaseChain[] {
  const settings = files.filter((file) => !isRules(file)).flatMap(({ source }) => entriesOf(source));
  const setting = (name: string) => settings.findLast(({ key }) => key === name)?.value;
  const rules = files.filter(isRules);
  const status = files.filter(({ source }) => /^Status: /m.test(source.text));
  if (rules.length === 0) return status.flatMap(statusChains);
  const isOn = status.some(isActive) || setting('ENABLED')?.value.toLowerCase() === 'yes';
  if (!isOn || status.some((file) => !isActive(file))) return [];
  const translating = rules.flatMap(({ source }) =>
    baseChainsOf(source).filter(({ redirects }) => redirects),
  );
  return [...translating, ...(['in', 'out'] as const).flatMap(chainsOf)];

  function chainsOf(direction: 'in' | 'out'): readonly BaseChain[] {
    const [key, end] = directions[direction];
    const policy = setting(key);
    const drops = policy && /^(?:DROP|REJECT)$/i.test(policy.value);
    return (['inet', 'inet6'] as const).flatMap((family): BaseChain[] => {
      const prefix = family === 'inet' ? 'ufw' : 'ufw6';
      const common = { name: `${prefix} ${end.toUpperCase()}`, direction, families: [family] };
      const off = family === 'inet6' ? setting('IPV6') : undefined;
      // It does not leave IPv6 alone then: nothing but the loopback is let through.
      if (off?.value.toLowerCase() === 'no')
        return [
          {
            ...common,
            remedy: 'write `IPV6=yes`',
            rules: [],
            policy: { kind: 'drop', at: off.at },
            chains: new Map(),
          },
        ];
      const tables = rules
        .filter(({ source }) => familyOf(source) === family)
        .flatMap(({ source }) => tablesOf(source).filter(({ name }) => name === 'filter'));
      const chains = new Map(tables.flatMap((table) => [...table.chains]));
      // Without the operator's own rules nothing can be said.
      if (!drops || !chains.has(`${prefix}-user-${end}`)) return [];
      const at = policy.at;
      const jump = (name: string): FirewallRule[] =>
        chains.has(name) ? [{ at, matches: () => true, action: { kind: 'jump', chain: name } }] : [];
      const before = `${prefix}-before-${end}`;
      return [
        {
          ...common,
          remedy: remedies[family],
          rules: [
            ...(chains.has(before) ? jump(before) : shipped(at)),
            // ufw-init puts it at the end of the rules before.
            ...jump(`${prefix}-user-${end}`),
            ...jump(`${prefix}-after-${end}`),
          ],
          policy: { kind: 'drop', at },
          chains,
        },
      ];
    });
  }
}

/** What is known of the rules before the operator's own where they are not at hand: many let VRRP through there. */
const shipped = (at: Span): readonly FirewallRule[] => [
  established({ at }),
  {
    at,
    matches: ({ port }) => (port === undefined ? undefined : false),
    action: { kind: 'accept' },
  },
];

const remedies: Readonly<Record<Family, string>> = {
  inet: 'let them through with `ufw allow to 224.0.0.18`',
  inet6: 'let them through with `ufw allow to ff02::12`',
};

const established = ({ at }: Pick<FirewallRule, 'at'>): FirewallRule => ({
  at,
  matches: (packet) => inState(packet, ['ESTABLISHED', 'RELATED']),
  action: { kind: 'accept' },
});

/** The output of `ufw status verbose`; without `verbose` it does not tell what becomes of the rest. */
function statusChains(file: HostFile): readonly BaseChain[] {
  const { source } = file;
  if (!isActive(file)) return [];
  const rules: FirewallRule[] = [];
  let policy: BaseChain['policy'];
  for (const { text, start } of linesOf(source)) {
    const span = { source, start, end: start + text.length };
    const [, incoming] = /^Default: (deny|reject|allow) \(incoming\)/.exec(text) ?? [];
    if (incoming) policy = { kind: incoming === 'allow' ? 'accept' : 'drop', at: span };
    // To, action and from stand in columns.
    const [, to = '', action = '', from = ''] =
      /^(\S.*?)(?<!\s)\s{2,}(ALLOW|LIMIT|DENY|REJECT)(?: IN)?\s{2,}(\S.*?)(?<!\s)\s*$/.exec(text) ?? [];
    if (action !== 'ALLOW' && action !== 'LIMIT') continue;
    // A port, a range of ports or the name of an application in place of an address.
    const port =
      /^(?:[\d:,]+(?:\/(?:tcp|udp))?|[A-Za-z][\w .-]*)(?: \(v6\))?$/.test(to) && !/^Anywhere/.test(to);
    const six = /\(v6\)|:/.test(`${to} ${from}`);
    const family: Family = six ? 'inet6' : 'inet';
    const address = /^[\da-fA-F.:]+(?:\/\d+)?$/.exec(to)?.[0];
    rules.push({
      at: span,
      matches: (packet) => {
        if (port) return toWritten(packet, to);
        if (packet.family !== family && !address) return false;
        return address && matchesAddress(packet.destination, address, undefined) === false
          ? false
          : undefined;
      },
      action: { kind: 'accept' },
    });
  }
  if (!policy) return [];
  return [
    {
      name: 'ufw',
      direction: 'in',
      remedy: remedies.inet,
      families: ['inet', 'inet6'],
      rules: [...shipped(policy.at), ...rules],
      policy,
      chains: new Map(),
    },
  ];
}

/** Whether a packet goes to `80,443/tcp`; of the ports of an application nothing is known. */
function toWritten(packet: Packet, to: string): Truth {
  if (packet.port === undefined) return false;
  const [, ports, protocol] = /^([\d:,]+)(?:\/(tcp|udp))?(?: \(v6\))?$/.exec(to) ?? [];
  if (ports === undefined) return undefined;
  // From whom it may come is not looked at.
  const isIts = every([
    protocol === undefined || hasProtocol(packet, protocol),
    toPort(packet, ports.split(',')),
  ]);
  return isIts === false ? false : undefined;
}
