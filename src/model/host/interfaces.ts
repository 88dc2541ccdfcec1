/** The interfaces of a host and the addresses they have for good, from the files of whoever manages them. */
import type { Source, Span } from '../../../grammar/text.ts';
import type { HostFile } from '../../load/loaded.ts';
import { type Located, located } from '../located.ts';
import { type Prefixed, parsePrefixed } from '../net.ts';
import { prefixLength } from './address-match.ts';
import { shownNetwork } from './ip-addr.ts';
import { type Entry, entriesOf, linesOf } from './lines.ts';
import { netplanInterfaces } from './netplan.ts';

/** Who sets an interface up. */
export type Manager = 'networkd' | 'network-manager' | 'ifcfg' | 'interfaces' | 'stated' | 'kernel';

/** An address and where it is written, which is nowhere for what the operator states. */
export interface HostAddress {
  readonly value: Prefixed;
  readonly at: Span | undefined;
}

export interface HostInterface {
  readonly name: string;
  /** Where it is named, or where its file begins; undefined for what the operator states. */
  readonly at: Span | undefined;
  readonly manager: Manager;
  /** Those that it has for good. */
  readonly addresses: readonly HostAddress[];
  /** Whether its manager leaves addresses that others add alone; undefined where it is not known. */
  readonly keepsAddresses: boolean | undefined;
}

export interface HostNetwork {
  readonly interfaces: readonly HostInterface[];
  /** The names of all of them are known: none is only described by a pattern. */
  readonly complete: boolean;
}

/** What the files tell of the network of a host. */
export function networkOf(
  files: readonly HostFile[],
  stated: ReadonlyMap<string, readonly Prefixed[]> | undefined,
  isShared: (address: Prefixed) => boolean,
): HostNetwork {
  // The operator has the last word: these are all there are.
  if (stated) {
    const interfaces = [...stated].map(([name, own]): HostInterface => {
      const addresses = own.map((value) => ({ value, at: undefined }));
      return { name, at: undefined, manager: 'stated', addresses, keepsAddresses: undefined };
    });
    return { interfaces, complete: true };
  }
  const told = files.map((file): HostNetwork => {
    switch (file.kind) {
      case 'networkd':
        return networkd(file, files);
      case 'ifcfg':
        return ifcfg(file);
      case 'network-manager':
        return keyfile(file);
      case 'interfaces':
        return ifupdown(file);
      case 'ip-addr':
        return shownNetwork(file, isShared);
      default:
        return { interfaces: [], complete: true };
    }
  });
  const plans = files.filter(({ kind }) => kind === 'netplan');
  // netplan writes networkd's files, and their names are known.
  const keepsBeside = (id: string): boolean =>
    keeps(dropInsOf(`10-netplan-${id}.network`, files).flatMap(entriesOf));
  const all = plans.length > 0 ? [...told, netplanInterfaces(plans, keepsBeside)] : told;
  // What the kernel shows are all, however the files describe them.
  const isShown = files.some(({ kind }, index) => kind === 'ip-addr' && told[index]!.complete);
  return {
    interfaces: all.flatMap(({ interfaces }) => interfaces),
    complete: isShown || all.every(({ complete }) => complete),
  };
}

/** `10.0.0.1` with a length or a netmask from elsewhere. */
const withLength = ({ value, at }: Located<string>, written: string | undefined): Located<Prefixed>[] => {
  const length = written === undefined || value.includes('/') ? undefined : prefixLength(written, 'inet');
  return prefixed(located(length === undefined ? value : `${value}/${length}`, at));
};

/** Interfaces that a file names as parts of another one, and tells nothing more of. */
const parts = (names: readonly Located<string>[], manager: Manager): readonly HostInterface[] =>
  names
    .filter(({ value }) => /^[a-zA-Z][\w.@-]*$/.test(value) && value !== 'none')
    .map(({ value: name, at }) => ({ name, at, manager, addresses: [], keepsAddresses: undefined }));

const wordsIn = ({ value, at }: Located<string>): readonly Located<string>[] =>
  value.split(/\s+/).map((word) => located(word, at));

const prefixed = ({ value, at }: Located<string>): Located<Prefixed>[] => {
  const address = parsePrefixed(value);
  return address ? [located(address, at)] : [];
};

/** The files that change parts of one of networkd's, by its name: `10-eth0.network.d/keep.conf`, in their order. */
const dropInsOf = (name: string, files: readonly HostFile[]): readonly Source[] =>
  files
    .flatMap(({ kind, source }) =>
      kind === 'networkd' && source.path.split('/').at(-2) === `${name}.d` ? source : [],
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** Whether networkd leaves an interface what is not its own: the last word of its settings; CriticalConnection is the old one. */
const keeps = (entries: readonly Entry[]): boolean => {
  const said = (...names: string[]): string | undefined =>
    entries.findLast(({ section, key }) => names.includes(`${section} ${key}`))?.value.value;
  const isOn = (word: string | undefined): boolean => /^(?:yes|true|1|on)$/i.test(word ?? '');
  const keep = said('Network KeepConfiguration');
  return (
    keep === 'static' ||
    isOn(keep ?? said('DHCP CriticalConnection', 'DHCPv4 CriticalConnection')) ||
    isOn(said('Link Unmanaged'))
  );
};

/** systemd.network(5): without KeepConfiguration networkd takes away what it did not configure when it starts anew. */
function networkd({ source }: HostFile, files: readonly HostFile[]): HostNetwork {
  const own = source.path.slice(source.path.lastIndexOf('/') + 1);
  const entries = [source, ...dropInsOf(own, files)].flatMap(entriesOf);
  const values = (section: string, key: string): Located<string>[] =>
    entries.flatMap((each) => (each.section === section && each.key === key ? [each.value] : []));
  if (source.path.endsWith('.netdev')) {
    const [name] = values('NetDev', 'Name');
    const unmanaged = { manager: 'networkd' as const, addresses: [], keepsAddresses: undefined };
    return { interfaces: name ? [{ name: name.value, at: name.at, ...unmanaged }] : [], complete: true };
  }
  if (!source.path.endsWith('.network')) return { interfaces: [], complete: true };
  const matched = values('Match', 'Name').flatMap(({ value, at }) =>
    value.split(/\s+/).map((name) => located(name, at)),
  );
  const names = matched.filter(({ value }) => /^[\w.@-]+$/.test(value));
  const addresses = [...values('Network', 'Address'), ...values('Address', 'Address')].flatMap(prefixed);
  return {
    interfaces: names.map(({ value: name, at }) => ({
      name,
      at,
      manager: 'networkd',
      addresses,
      keepsAddresses: keeps(entries),
    })),
    complete: names.length > 0 && names.length === matched.length,
  };
}

function ifcfg({ source }: HostFile): HostNetwork {
  const entries = entriesOf(source);
  const setting = (key: string): Located<string> | undefined =>
    entries.findLast((each) => each.key === key)?.value;
  const byName = /ifcfg-([^/]+)$/.exec(source.path)?.[1] ?? '';
  const device = setting('DEVICE')?.value ?? byName;
  const home = { source, start: 0, end: 0 };
  // `IPADDR1` of Red Hat, `IPADDR_1` of SUSE.
  const addresses = entries.flatMap(({ key, value }) => {
    const [, number] = /^IPADDR(_?\w*)$/.exec(key) ?? [];
    if (number !== undefined) {
      const own = setting(`PREFIX${number}`) ?? setting(`PREFIXLEN${number}`) ?? setting(`NETMASK${number}`);
      return withLength(value, (own ?? setting('PREFIX') ?? setting('NETMASK'))?.value);
    }
    return /^IPV6ADDR$/.test(key) ? prefixed(value) : [];
  });
  const others = entries.flatMap(({ key, value }) =>
    /^(?:BRIDGE_PORTS|BONDING_SLAVE_?\d+|ETHERDEVICE|PHYSDEV)$/.test(key) ? wordsIn(value) : [],
  );
  // `eth0:1` is a label of eth0.
  const name = device.split(':')[0]!;
  const at = setting('DEVICE')?.at ?? home;
  return {
    interfaces: [
      { name, at, manager: 'ifcfg', addresses, keepsAddresses: undefined },
      ...parts(others, 'ifcfg'),
    ],
    // Without DEVICE the file's name may be that of a connection.
    complete: setting('DEVICE') !== undefined || (setting('HWADDR') ?? setting('UUID')) === undefined,
  };
}

/** nm-settings-keyfile(5). */
function keyfile({ source }: HostFile): HostNetwork {
  const entries = entriesOf(source);
  const name = entries.find(
    ({ section, key }) => section === 'connection' && key === 'interface-name',
  )?.value;
  if (!name) return { interfaces: [], complete: false };
  const addresses = entries.flatMap(({ section, key, value }) => {
    if (!/^ipv[46]$/.test(section) || !/^address(?:es|\d+)$/.test(key)) return [];
    return value.value.split(';').flatMap((part) => prefixed(located(part.split(',')[0]!.trim(), value.at)));
  });
  return {
    interfaces: [
      { name: name.value, at: name.at, manager: 'network-manager', addresses, keepsAddresses: undefined },
    ],
    complete: true,
  };
}

/** interfaces(5) of ifupdown. */
function ifupdown({ source }: HostFile): HostNetwork {
  const found: { name: Located<string>; addresses: Located<Prefixed>[] }[] = [];
  const others: Located<string>[] = [];
  let complete = true;
  for (const { text, start } of linesOf(source)) {
    const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) =>
      located(word, { source, start: start + index, end: start + index + word.length }),
    );
    const [keyword, first] = words;
    if (!keyword || !first || keyword.value.startsWith('#')) continue;
    if (/^(?:source|source-directory|mapping|template)$/.test(keyword.value)) {
      // Debian's own line for a folder that is empty as a rule.
      if (!/interfaces\.d/.test(first.value)) complete = false;
    } else if (keyword.value === 'iface') {
      const name = first.value.split(':')[0]!;
      if (/[*?[\]/]/.test(name)) complete = false;
      else found.push({ name: located(name, first.at), addresses: [] });
    } else if (keyword.value === 'address') {
      const own = found.at(-1)?.addresses;
      own?.push(...prefixed(first));
    } else if (keyword.value === 'netmask') {
      const own = found.at(-1)?.addresses;
      const address = own?.at(-1);
      if (own && address && !address.value.explicit)
        own.splice(-1, 1, ...withLength(located(address.value.text, address.at), first.value));
    } else if (
      /^(?:auto|allow-\w+|bridge[-_]ports|(?:bond[-_])?slaves|vlan[-_]raw[-_]device)$/.test(keyword.value)
    ) {
      others.push(...words.slice(1));
    }
  }
  return {
    interfaces: [
      ...found.map(({ name, addresses }) => ({
        name: name.value,
        at: name.at,
        addresses,
        manager: 'interfaces' as const,
        keepsAddresses: undefined,
      })),
      ...parts(
        others.filter(({ value }) => !found.some(({ name }) => name.value === value)),
        'interfaces',
      ),
    ],
    complete,
  };
}
