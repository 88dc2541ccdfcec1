/** ufw: its rules are iptables' below chains of its own; whether they are in force stands in its settings. */
import type { HostFile } from '../../load/loaded.ts';
import type { Family } from '../net.ts';
import { matchesAddress } from './address-match.ts';
import {
  type BaseChain,
  every,
  type FirewallRule,
  hasProtocol,
  inState,
  not,
  type Packet,
  type Truth,
  toPort,
} from './firewall.ts';
import { familyOf, tablesOf } from './iptables.ts';
import { entriesOf, linesOf } from './lines.ts';

const isRules = ({ source }: HostFile): boolean => /\.rules$/.test(source.path);

/** Where adverts meet ufw's rules; nothing where it is not known to be on. */
export function ufwChainsOf(files: readonly HostFile[]): readonly BaseChain[] {
  const status = files.filter(({ source }) => /^Status: /m.test(source.text));
  if (status.length > 0) return status.flatMap(statusChains);
  const settings = files.filter((file) => !isRules(file)).flatMap(({ source }) => entriesOf(source));
  const setting = (name: string) => settings.findLast(({ key }) => key === name)?.value;
  const policy = setting('DEFAULT_INPUT_POLICY');
  if (setting('ENABLED')?.value.toLowerCase() !== 'yes' || !policy) return [];
  const drops = /^(?:DROP|REJECT)$/i.test(policy.value);
  return (['inet', 'inet6'] as const).flatMap((family): BaseChain[] => {
    const rules = files.filter((file) => isRules(file) && familyOf(file.source) === family);
    const tables = rules.flatMap(({ source }) => tablesOf(source).filter(({ name }) => name === 'filter'));
    const chains = new Map(tables.flatMap((table) => [...table.chains]));
    const prefix = family === 'inet' ? 'ufw' : 'ufw6';
    const user = chains.get(`${prefix}-user-input`);
    // Without the operator's own rules nothing can be said.
    if (!user || !drops) return [];
    const jump = (name: string): FirewallRule[] =>
      chains.has(name) ? [{ at: policy.at, matches: () => true, action: { kind: 'jump', chain: name } }] : [];
    const before = jump(`${prefix}-before-input`);
    const shipped: FirewallRule[] = [
      established({ at: policy.at }),
      { at: policy.at, matches: () => true, action: { kind: 'jump', chain: `${prefix}-user-input` } },
    ];
    return [
      {
        name: `${prefix} INPUT`,
        direction: 'in',
        remedy: remedies[family],
        families: [family],
        rules: [...(before.length > 0 ? before : shipped), ...jump(`${prefix}-after-input`)],
        policy: { kind: 'drop', at: policy.at },
        chains,
      },
    ];
  });
}

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
function statusChains({ source }: HostFile): readonly BaseChain[] {
  if (!/^Status: active/m.test(source.text)) return [];
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
  const first = established({ at: policy.at });
  return [
    {
      name: 'ufw',
      direction: 'in',
      remedy: remedies.inet,
      families: ['inet', 'inet6'],
      rules: [
        first,
        ...rules,
        {
          at: policy.at,
          // A line that is not understood may be for adverts; one for ports is.
          matches: (packet) => (packet.port === undefined ? not(packet.multicast) && undefined : false),
          action: { kind: 'accept' },
        },
      ],
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
