/** netplan(5): YAML from which files of networkd or NetworkManager are made. */
import { isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { Source } from '../../../grammar/text.ts';
import type { HostFile } from '../../load/loaded.ts';
import { type Located, located } from '../located.ts';
import { type Prefixed, parsePrefixed } from '../net.ts';
import type { HostInterface, HostNetwork } from './interfaces.ts';

/** The lists of interfaces in a file. */
const kinds =
  /^(?:ethernets|bonds|bridges|vlans|wifis|modems|tunnels|vrfs|dummy-devices|virtual-ethernets|nm-devices)$/;
/** A longer file is no network of a host: 256 KiB. */
const longest = 256 * 1024;

/** One interface, gathered from all files that speak of it. */
interface Draft {
  readonly name: Located<string>;
  readonly addresses: Located<Prefixed>[];
  critical: boolean;
  renderer: string | undefined;
}

/**
 * The interfaces of these files, later files by name adding to earlier ones; `keepsBeside` tells whether another file makes
 * networkd keep what is not its own on the interface of an entry.
 */
export function netplanInterfaces(
  files: readonly HostFile[],
  keepsBeside: (id: string) => boolean,
): HostNetwork {
  const drafts = new Map<string, Draft>();
  let complete = true;
  let renderer: string | undefined;
  const name = ({ source }: HostFile): string => source.path.slice(source.path.lastIndexOf('/') + 1);
  for (const { source } of [...files].sort((a, b) => (name(a) < name(b) ? -1 : 1))) {
    const network = networkMap(source);
    if (!network) {
      complete = false;
      continue;
    }
    renderer = textAt(network, 'renderer') ?? renderer;
    for (const { key, value } of pairs(network, source)) {
      if (!kinds.test(key.value) || !isMap(value)) continue;
      const own = textAt(value, 'renderer');
      for (const each of pairs(value, source)) {
        if (each.key.value === 'renderer' || !isMap(each.value)) continue;
        const known = nameOf(each.key, each.value);
        if (!known) complete = false;
        else add(known, each.key.value, each.value, own, source);
      }
    }
  }
  return {
    interfaces: [...drafts].map(([id, draft]): HostInterface => {
      const manager = (draft.renderer ?? renderer) === 'NetworkManager' ? 'network-manager' : 'networkd';
      return {
        name: draft.name.value,
        at: draft.name.at,
        manager,
        addresses: draft.addresses,
        keepsAddresses: manager === 'networkd' ? draft.critical || keepsBeside(id) : undefined,
      };
    }),
    complete,
  };

  function add(
    name: Located<string>,
    id: string,
    map: YAMLMap,
    own: string | undefined,
    source: Source,
  ): void {
    const draft: Draft = drafts.get(id) ?? {
      name,
      addresses: [],
      critical: false,
      renderer: undefined,
    };
    drafts.set(id, draft);
    draft.renderer = textAt(map, 'renderer') ?? own ?? draft.renderer;
    const critical = textAt(map, 'critical');
    if (critical !== undefined) draft.critical = /^(?:true|yes|on|static)$/i.test(critical);
    const list = map.get('addresses', true);
    if (!isSeq(list)) return;
    for (const item of list.items) {
      // `- 10.0.0.1/24`, or with options `- 10.0.0.1/24: { label: x }`.
      const scalar = isMap(item) ? (item.items[0] as Pair | undefined)?.key : item;
      if (!isScalar(scalar) || typeof scalar.value !== 'string' || !scalar.range) continue;
      const address = parsePrefixed(scalar.value);
      const [start, end] = scalar.range;
      if (address) draft.addresses.push(located(address, { source, start, end }));
    }
  }
}

/** The interface that an entry is for: its own name, or what `match` and `set-name` say of it. */
function nameOf(id: Located<string>, map: YAMLMap): Located<string> | undefined {
  const match = map.get('match', true);
  if (!isMap(match)) return id;
  const name = textAt(map, 'set-name') ?? textAt(match, 'name');
  return name !== undefined && /^[\w.@-]+$/.test(name) ? located(name, id.at) : undefined;
}

function networkMap(source: Source): YAMLMap | undefined {
  if (source.text.length > longest) return undefined;
  try {
    const document = parseDocument(source.text, { logLevel: 'silent', version: '1.1', uniqueKeys: false });
    // netplan refuses such a file as a whole.
    if (document.errors.length > 0) return undefined;
    const root = document.contents;
    const network = isMap(root) ? root.get('network', true) : undefined;
    return isMap(network) ? network : undefined;
  } catch {
    // The library reports nearly everything as data, and gives up on what nests too deep.
    return undefined;
  }
}

function pairs(map: YAMLMap, source: Source): { key: Located<string>; value: unknown }[] {
  return map.items.flatMap(({ key, value }) => {
    if (!isScalar(key) || !key.range) return [];
    const at = { source, start: key.range[0], end: key.range[1] };
    return [{ key: located(String(key.value), at), value }];
  });
}

/** A scalar's text; YAML 1.1's `yes` is a boolean by then. */
function textAt(map: YAMLMap, key: string): string | undefined {
  const value = map.get(key);
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : undefined;
}
