/** How a node's nginx and its virtual addresses go together: which address is listened on, and by what. */
import { remembered } from '../../grammar/remembered.ts';
import type { Span } from '../../grammar/text.ts';
import { type Instance, ownsAddress, sourceOf, type VirtualAddress } from './keepalived/index.ts';
import { lookup } from './lookup.ts';
import { type Family, isAddress, isLinkLocal } from './net.ts';
import {
  isLocal,
  type Listen,
  type NginxModel,
  protocolOf,
  type Server,
  socketOptionsOf,
} from './nginx/index.ts';
import type { Node } from './node.ts';

/** A listen that other machines may reach, with what it is part of. */
export interface Door {
  readonly model: NginxModel;
  readonly server: Server;
  readonly listen: Listen;
  /** `*` or `::` for every address, or one address; undefined where only a name, a variable or a template tells. */
  readonly host: string | undefined;
}

/** The sockets of a node's nginx that are more than local. */
export function doorsOf({ nginx }: Node): readonly Door[] {
  return nginx.flatMap((model) =>
    model.servers.flatMap((server) =>
      server.listens.flatMap((listen): Door[] => {
        const { host } = listen.value;
        if (host !== undefined && isLocal(host)) return [];
        const known = host === '*' || (host !== undefined && isAddress(host));
        return [{ model, server, listen, host: known ? host : undefined }];
      }),
    ),
  );
}

/** An address to which somebody connects. */
type Target = Pick<NonNullable<VirtualAddress['address']>, 'family' | 'text'>;

/** The doors that are known to answer on an address: those on it, then those on every one. */
export const doorsTo = (doors: readonly Door[], { family, text }: Target): readonly Door[] => [
  ...doorsBy(doors, text),
  ...doorsBy(doors, `every ${family}`),
];

/** The first of them. */
export const doorTo = (doors: readonly Door[], { family, text }: Target): Door | undefined =>
  doorsBy(doors, text)[0] ?? doorsBy(doors, `every ${family}`)[0];

/** The families of which a listen answers on every address. */
function wholeFamilies({ host, listen }: Door): readonly Family[] {
  if (host === '*') return ['inet'];
  if (host !== '::') return [];
  return listen.parameters.some(({ value }) => value === 'ipv6only=off') ? ['inet', 'inet6'] : ['inet6'];
}

/** A virtual address with its instance. */
export interface Held {
  readonly instance: Instance;
  readonly virtual: VirtualAddress;
  readonly address: NonNullable<VirtualAddress['address']>;
}

/** The addresses that move, as far as they can be read. */
export const virtualAddressesOf = ({ keepalived }: Node): readonly Held[] =>
  (keepalived?.instances ?? []).flatMap((instance) =>
    [...instance.addresses, ...instance.excluded].flatMap((virtual) =>
      virtual.address ? [{ instance, virtual, address: virtual.address }] : [],
    ),
  );

/** An address that a node has for good. */
export interface Owned {
  readonly text: string;
  /** Where it is said; undefined where the operator stated it. */
  readonly at: Span | undefined;
}

/** The addresses that stay, as far as the files tell: those of the interfaces, and those that adverts come from. */
export const ownAddressesOf = ({ host, keepalived }: Node): readonly Owned[] => [
  ...host.network.interfaces.flatMap(({ addresses }) =>
    addresses.map(({ value, at }) => ({ text: value.text, at })),
  ),
  ...(keepalived?.instances ?? []).flatMap((instance) => {
    const source = sourceOf(instance);
    return source ? [{ text: source.value.text, at: source.at }] : [];
  }),
];

/** An address that no socket of nginx answers on. */
export interface Unserved extends Held {
  /** A listen of the same family, on another address. */
  readonly nearest: Door;
  /** Listens on addresses that do not move: one of them may have been meant to be on this one. */
  readonly astray: readonly Door[];
  /** Some other virtual address of the node is listened on, so this one may be for something else. */
  readonly othersServed: boolean;
}

/** Virtual addresses without a listen, where nginx serves addresses of their family, or none that moves. */
export function unservedAddresses(node: Node): readonly Unserved[] {
  const doors = doorsOf(node);
  // What the kernel balances needs no socket.
  if (!node.keepalived || node.keepalived.virtualServers.length > 0) return [];
  if (doors.some(({ host }) => host === undefined)) return [];
  // The first of an instance of IPv6 is link-local by its standard, for no client.
  const held = virtualAddressesOf(node).filter(({ address }) => !isLinkLocal(address));
  const served = new Set(held.filter(({ address }) => doorTo(doors, address)));
  const moving = new Set(held.map(({ address }) => address.text));
  const astray = doors.filter(({ host }) => !moving.has(host!)).slice(0, mostAstray);
  return held.flatMap((each): Unserved[] => {
    if (served.has(each)) return [];
    const { family, text } = each.address;
    const nearest =
      doorsBy(doors, surroundings(text))[0] ??
      doorsBy(doors, family)[0] ??
      (served.size === 0 ? doors[0] : undefined);
    return nearest ? [{ ...each, nearest, astray, othersServed: served.size > 0 }] : [];
  });
}

/** Of more nobody can say which was meant. */
const mostAstray = 8;

/** Doors by their address, its surroundings and its family, and by the families of which they answer on every address. */
const doorsBy = lookup<Door>((door) => {
  const { host } = door;
  return host === undefined
    ? []
    : [
        host,
        surroundings(host),
        host.includes(':') ? 'inet6' : 'inet',
        ...wholeFamilies(door).map((family) => `every ${family}`),
      ];
});

/** An address but for its last part. */
const surroundings = (address: string): string => `near ${address.replace(/[^.:]*$/, '')}`;

/** A listen on an address that the node may not hold. */
export interface Borrowed {
  readonly door: Door;
  readonly held: Held;
}

/** Listens that nginx binds to a virtual address by itself, which fails while another node holds it. */
export function borrowedListens(node: Node): readonly Borrowed[] {
  const { keepalived } = node;
  if (!keepalived) return [];
  const held = new Map(
    virtualAddressesOf(node)
      .map((each) => [each.address.text, each] as const)
      .toReversed(),
  );
  const doors = doorsOf(node);
  const permanent = new Set(
    node.host.network.interfaces.flatMap(({ addresses }) => addresses.map(({ value }) => value.text)),
  );
  const owns = remembered((instance: Instance) => ownsAddress(keepalived, instance));
  return doors.flatMap((door): Borrowed[] => {
    const own = door.host === undefined ? undefined : held.get(door.host);
    if (!own || permanent.has(own.address.text) || owns(own.instance)) return [];
    return isBoundApart(door, doors) ? [{ door, held: own }] : [];
  });
}

/**
 * Whether nginx binds a listen by itself: it leaves out an address beside a wildcard of the same port and module, unless it
 * has options of a socket (ngx_http_init_listening()).
 */
export function isBoundApart(door: Door, doors: readonly Door[]): boolean {
  const { listen, server, model, host } = door;
  if (socketOptionsOf(listen).length > 0) return true;
  const wildcard = host!.includes(':') ? '::' : '*';
  return ![wildcard, undefined].some((any) =>
    doorsAt(doors, socketWords({ listen, server, host: any })).some((other) => other.model === model),
  );
}

const socketWords = ({ listen, server, host }: Pick<Door, 'listen' | 'server' | 'host'>): string => {
  const { port, lastPort } = listen.value;
  return [server.module, protocolOf(listen), host, port, lastPort].join(' ');
};

const doorsAt = lookup<Door>((door) => [socketWords(door)]);
