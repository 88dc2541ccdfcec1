/** Where on a machine the files of a host beside the daemons' own lie. */
import { posix } from 'node:path';

/** Where the files of a host lie, below the folder of a machine, and the names they have there. */
export const hostPlaces: readonly (readonly [folder: string, names: RegExp])[] = [
  ...['.', 'etc', 'host'].map((folder) => [folder, /./] as const),
  ...['etc', 'run', 'usr/lib', 'usr/local/lib', 'lib', '.'].map(
    (folder) => [posix.join(folder, 'sysctl.d'), /\.conf$/] as const,
  ),
  ...['etc/iptables', 'iptables', 'etc/sysconfig', 'etc/nftables', 'etc/nftables.d'].map(
    (folder) => [folder, /./] as const,
  ),
  ...['etc/firewalld', 'firewalld'].flatMap((folder) =>
    [folder, `${folder}/zones`, `${folder}/policies`].map((each) => [each, /\.(?:xml|conf)$/] as const),
  ),
  ...['etc/ufw', 'ufw', 'lib/ufw', 'etc/default', 'default'].map((folder) => [folder, /./] as const),
  ...['etc/netplan', 'netplan'].map((folder) => [folder, /\.ya?ml$/] as const),
  ...['etc/systemd', 'etc/systemd/network', 'systemd/network', 'run/systemd/network'].map(
    (folder) => [folder, /\.(?:network(?:\.d)?|netdev)$|^networkd\.conf$/] as const,
  ),
  ...['etc/sysconfig/network-scripts', 'network-scripts'].map((folder) => [folder, /^ifcfg-/] as const),
  ...['etc/NetworkManager/system-connections', 'NetworkManager/system-connections', 'system-connections'].map(
    (folder) => [folder, /./] as const,
  ),
  ...['etc/network', 'etc/network/interfaces.d'].map((folder) => [folder, /./] as const),
];
