/** What is known of a host: its kernel settings, its packet filter and its interfaces. */
import type { HostFile, HostKind } from '../../load/loaded.ts';
import type { Prefixed } from '../net.ts';
import type { BaseChain } from './firewall.ts';
import { zoneChainsOf } from './firewalld.ts';
import { type HostNetwork, networkOf } from './interfaces.ts';
import { baseChainsOf } from './iptables.ts';
import { entriesOf } from './lines.ts';
import { nftChainsOf } from './nftables.ts';
import { type Sysctl, sysctlOf } from './sysctl.ts';
import { ufwChainsOf } from './ufw.ts';

export { type BaseChain, type Drop, dropOf, type Packet } from './firewall.ts';
export type { HostAddress, HostInterface, HostNetwork } from './interfaces.ts';
export type { Sysctl, SysctlValue } from './sysctl.ts';

/** A host, as far as the given files tell; nothing is read before it is asked for. */
export interface Host {
  readonly files: readonly HostFile[];
  readonly sysctl: Sysctl;
  /** Where packets meet a filter, whichever program wrote it. */
  readonly firewall: readonly BaseChain[];
  readonly network: HostNetwork;
}

/**
 * What a host's files mean; `addresses` are all its interfaces with their permanent addresses, as stated, and `isShared` tells
 * those that come and go with keepalived.
 */
export function hostModel(
  files: readonly HostFile[],
  addresses?: ReadonlyMap<string, readonly Prefixed[]>,
  isShared: (address: Prefixed) => boolean = () => false,
): Host {
  const of = (...kinds: HostKind[]): readonly HostFile[] => files.filter(({ kind }) => kinds.includes(kind));
  // Where both drop a packet, the file that is loaded at the next start is the one to mend, not a dump.
  const loadedFirst = (kind: HostKind): readonly HostFile[] =>
    [...of(kind)].sort((a, b) => Number(isLoaded(b)) - Number(isLoaded(a)));
  let sysctl: Sysctl | undefined;
  let firewall: readonly BaseChain[] | undefined;
  let network: HostNetwork | undefined;
  return {
    files,
    get sysctl() {
      sysctl ??= sysctlOf(of('sysctl'));
      return sysctl;
    },
    get firewall() {
      firewall ??= [
        ...loadedFirst('iptables').flatMap(({ source }) => baseChainsOf(source)),
        ...(of('nftables').length > 0
          ? nftChainsOf(loadedFirst('nftables').map(({ source }) => source))
          : []),
        ...(of('firewalld').length > 0 ? zoneChainsOf(of('firewalld'), hasZones(files)) : []),
        ...(of('ufw').length > 0 ? ufwChainsOf(of('ufw')) : []),
      ];
      return firewall;
    },
    get network() {
      network ??= networkOf(
        of('netplan', 'networkd', 'ifcfg', 'network-manager', 'interfaces', 'ip-addr'),
        addresses,
        isShared,
      );
      return network;
    },
  };
}

const isLoaded = ({ source }: HostFile): boolean => /(?:^|\/)etc\//.test(source.path);

/** Whether some interface is given its zone by its own settings. */
const hasZones = (files: readonly HostFile[]): boolean =>
  files.some(
    ({ kind, source }) =>
      (kind === 'ifcfg' || kind === 'network-manager') &&
      entriesOf(source).some(({ key }) => key.toLowerCase() === 'zone'),
  );
