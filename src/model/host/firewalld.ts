/** firewalld's zones: what comes in by the interfaces of a zone is rejected unless the zone lets it in (firewalld.zone(5)). */
import { XMLParser } from 'fast-xml-parser';
import type { HostFile } from '../../load/loaded.ts';
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
import { entriesOf } from './lines.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly start: number;
}

interface Zone {
  readonly name: string;
  readonly root: Element;
  readonly file: HostFile;
}

/** Services of firewalld that open ports only; any other one may be the operator's own. */
const portServices =
  /^(?:ssh|https?|http3|dhcp|dhcpv6|dhcpv6-client|dns|dns-over-tls|ntp|cockpit|mdns|samba|samba-client|nfs|ipp|ipp-client|smtp|smtps|imap|imaps|ftp|tftp|snmp|snmptrap|syslog|mysql|postgresql|redis|ldap|ldaps|kerberos|rsyncd|zabbix-agent|zabbix-server|prometheus|prometheus-node-exporter|rpc-bind|mountd|docker-registry)$/;

/** Ports of those services that are of one protocol. */
const servicePorts: ReadonlyMap<string, { readonly port: string; readonly protocol: string }> = new Map([
  ['ssh', { port: '22', protocol: 'tcp' }],
  ['http', { port: '80', protocol: 'tcp' }],
  ['https', { port: '443', protocol: 'tcp' }],
  ['http3', { port: '443', protocol: 'udp' }],
  ['cockpit', { port: '9090', protocol: 'tcp' }],
]);

function toService(packet: Packet, name: string): Truth {
  if (packet.port === undefined) return portServices.test(name) ? false : undefined;
  const known = servicePorts.get(name);
  return known && toPorts(packet, known);
}

/** Whether a packet goes to `port="8000-8100" protocol="tcp"`. */
const toPorts = (packet: Packet, { port = '', protocol = '' }: Element['attributes']): Truth =>
  every([toPort(packet, [port]), hasProtocol(packet, protocol)]);

/** Chains that do what the zones say to what comes in. What goes out is not filtered. */
export function zoneChainsOf(files: readonly HostFile[], zonesElsewhere: boolean): readonly BaseChain[] {
  const zones: Zone[] = [];
  let byDefault: string | undefined;
  for (const file of files) {
    const { path, text } = file.source;
    const name = /([^/]*)\.xml$/.exec(path)?.[1];
    if (name === undefined) {
      byDefault =
        entriesOf(file.source).findLast(({ key }) => key === 'DefaultZone')?.value.value ?? byDefault;
      continue;
    }
    const root = elementsOf(text).find(
      ({ name }) => name === 'zone' || name === 'policy' || name === 'direct',
    );
    if (!root) continue;
    // Rules of iptables' own and policies for what comes to the host may stand before the zones.
    if (root.name === 'direct' ? root.children.length > 0 : root.name === 'policy' && mayAdmit(root))
      return [];
    if (root.name !== 'zone') continue;
    zones.push({ name, root, file });
  }
  const has = (zone: Zone, child: string): boolean => zone.root.children.some((each) => each.name === child);
  // A zone of sources has the first word on packets of any interface.
  if (zones.some((zone) => has(zone, 'source') || has(zone, 'ipset'))) return [];
  // The package's default, where nothing says otherwise.
  const fallback = byDefault ?? (zones.length === 1 ? 'public' : undefined);
  const interfacesOf = ({ root }: Zone): string[] =>
    root.children.flatMap(({ name, attributes }) => (name === 'interface' ? (attributes.name ?? []) : []));
  const inZone = (zone: Zone, packet: Packet): Truth => {
    if (packet.interface === undefined) return undefined;
    const owner = zones.find((each) => interfacesOf(each).includes(packet.interface!));
    if (owner) return owner === zone;
    // A zone that names none has its interfaces from NetworkManager, and this one may be among them.
    const open = zones.some((each) => each.name !== fallback && interfacesOf(each).length === 0);
    if (zonesElsewhere || open || fallback === undefined) return undefined;
    return zone.name === fallback;
  };
  return zones.flatMap((zone): BaseChain[] => {
    const { root, file } = zone;
    const { source } = file;
    const target = root.attributes.target ?? 'default';
    if (target === 'ACCEPT') return [];
    const end = source.text.indexOf('>', root.start);
    const at = { source, start: root.start, end: end < 0 ? source.text.length : end + 1 };
    const accept = { at, action: { kind: 'accept' as const } };
    const rules: FirewallRule[] = [
      { ...accept, matches: (packet) => not(inZone(zone, packet)) },
      { ...accept, matches: (packet) => inState(packet, ['ESTABLISHED', 'RELATED']) },
      ...root.children.flatMap((child): FirewallRule[] => {
        const test = admission(child);
        return test ? [{ ...accept, matches: test }] : [];
      }),
    ];
    return [
      {
        name: `zone ${zone.name}`,
        direction: 'in',
        families: ['inet', 'inet6'],
        remedy: `let them through with \`firewall-cmd --permanent --zone=${zone.name} --add-protocol=vrrp\``,
        rules,
        policy: { kind: 'drop', at },
        chains: new Map(),
      },
    ];
  });
}

/** Whether a policy may let something but ICMP come in (firewalld.policy(5)): one for other zones than the host's is of what is forwarded. */
function mayAdmit({ attributes, children }: Element): boolean {
  const isForHost = children.some(
    ({ name, attributes: { name: zone } }) => name === 'egress-zone' && (zone === 'HOST' || zone === 'ANY'),
  );
  if (!isForHost) return false;
  if (attributes.target === 'ACCEPT') return true;
  return children.some(
    ({ name, children: parts }) =>
      !/^(?:short|description|(?:in|e)gress-zone|#\w+)$/.test(name) &&
      !(name === 'rule' && parts.some((part) => /^icmp-/.test(part.name))),
  );
}

/** Which packets an element of a zone lets in; undefined for one that lets in none. */
function admission({ name, attributes, children }: Element): ((packet: Packet) => Truth) | undefined {
  switch (name) {
    case 'protocol':
      return (packet) => hasProtocol(packet, attributes.value ?? '');
    case 'service':
      return (packet) => toService(packet, attributes.name ?? '');
    case 'port':
      return (packet) => toPorts(packet, attributes);
    case 'source-port':
    case 'forward-port':
      return (packet) => (packet.port === undefined ? false : undefined);
    case 'rule':
      return richRule(attributes, children);
    case 'short':
    case 'description':
    case 'interface':
    case 'icmp-block':
    case 'icmp-block-inversion':
    case 'masquerade':
    case 'forward':
    case '#text':
    case '#comment':
      return undefined;
    default:
      return () => undefined;
  }
}

function richRule(
  { family }: Element['attributes'],
  children: readonly Element[],
): ((packet: Packet) => Truth) | undefined {
  if (!children.some(({ name }) => name === 'accept'))
    return children.some(({ name }) => name === 'forward-port')
      ? (packet) => (packet.port === undefined ? false : undefined)
      : undefined;
  return (packet) =>
    every([
      family === undefined ? true : family === (packet.family === 'inet' ? 'ipv4' : 'ipv6'),
      ...children.map(({ name, attributes }): Truth => {
        const { address, invert } = attributes;
        const inverted = invert !== undefined && /^(?:true|yes|1)$/i.test(invert);
        switch (name) {
          case 'source':
          case 'destination': {
            if (address === undefined) return undefined;
            const end = name === 'source' ? packet.source : packet.destination;
            const sort = name === 'source' && packet.multicast ? 'unicast' : undefined;
            const match = matchesAddress(end, address, sort);
            return inverted ? not(match) : match;
          }
          case 'protocol':
            return hasProtocol(packet, attributes.value ?? '');
          case 'port':
            return toPorts(packet, attributes);
          case 'source-port':
          case 'forward-port':
            return packet.port === undefined ? false : undefined;
          case 'icmp-type':
          case 'icmp-block':
          case 'masquerade':
            return false;
          case 'service':
            return toService(packet, attributes.name ?? '');
          default:
            return /^(?:accept|log|nflog|audit|#\w+)$/.test(name) ? true : undefined;
        }
      }),
    ]);
}

/** The elements of a document; none where it cannot be read as one. */
function elementsOf(text: string): readonly Element[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    preserveOrder: true,
    captureMetaData: true,
    processEntities: false,
    parseAttributeValue: false,
  });
  try {
    return childrenOf(parser.parse(text) as unknown[]);
  } catch {
    return [];
  }
}

/** The parser bounds how deep elements nest. */
function childrenOf(nodes: readonly unknown[]): readonly Element[] {
  const place = XMLParser.getMetaDataSymbol() as unknown as symbol;
  return nodes.flatMap((node): Element[] => {
    const fields = node as Readonly<Record<string | symbol, unknown>>;
    const name = Object.keys(fields).find((key) => key !== ':@');
    if (name === undefined) return [];
    const children = fields[name];
    return [
      {
        name,
        attributes: (fields[':@'] ?? {}) as Element['attributes'],
        children: Array.isArray(children) ? childrenOf(children) : [],
        start: (fields[place] as { startIndex?: number } | undefined)?.startIndex ?? 0,
      },
    ];
  });
}
