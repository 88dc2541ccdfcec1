/** Interfaces that keepalived makes for itself: VMAC and IPVLAN. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Span } from '../../../grammar/text.ts';
import { wordSpan } from '../../../grammar/tree.ts';
import { parseAddress } from '../net.ts';
import { atLeast, type Version } from '../version.ts';
import type { Instance } from './instance.ts';
import { keywordSpan, lastOf } from './settings.ts';
import type { Statement } from './statements.ts';

/** Something about such an interface that the daemon does otherwise than it is written. */
export interface VirtualInterfaceFault {
  readonly at: Span;
  readonly message: string;
  /** What it does. */
  readonly help: string;
  /** The same happens without it. */
  readonly harmless?: true;
}

/** Whether keepalived makes an interface for an instance: its addresses and adverts use that one, and not the one that it names. */
export const hasOwnInterface = ({ statement: { body } }: Instance): boolean =>
  lastOf(body, 'use_vmac') !== undefined || lastOf(body, 'use_ipvlan') !== undefined;

/** What is wrong with the interface that an instance has made for itself. */
export function* virtualInterfaceFaults(
  instance: Instance,
  version: Version,
): Generator<VirtualInterfaceFault> {
  const { body } = instance.statement;
  const [vmac, ipvlan] = [lastOf(body, 'use_vmac'), lastOf(body, 'use_ipvlan')];
  if (vmac) yield* hardwareFaults(vmac, version);
  if (ipvlan) yield* ipvlanFaults(ipvlan, instance);
  const promote = lastOf(body, 'promote_secondaries');
  if (promote && (vmac ?? ipvlan)) {
    yield {
      at: keywordSpan(promote),
      message: `promote_secondaries is on anyway with ${vmac ? 'use_vmac' : 'use_ipvlan'}`,
      help: 'keepalived reports an error; leave the line out',
      harmless: true,
    };
  }
  const vrf = lastOf(body, 'vrf');
  if (vrf && lastOf(body, 'interface')) {
    yield {
      at: keywordSpan(vrf),
      message: 'vrf stands beside interface, which has its own',
      help: 'keepalived drops this line and reports an error',
    };
  }
}

/** vrrp_vmac_handler(): a name, a MAC address with its colons, and since 2.3.0 further options. */
function* hardwareFaults({ args, directive }: Statement, version: Version): Generator<VirtualInterfaceFault> {
  const old = atLeast(version, '2.3.0') === false;
  const help = 'keepalived drops it and reports an error';
  let named = false;
  for (const [index, word] of args.entries()) {
    const { text } = word;
    if (isPlaceholder(text)) return;
    if (/^(?:name|group|netlink_notify_msg)$/.test(text)) {
      if (!old) continue;
      yield {
        at: wordSpan(directive, word),
        message: `${text} of use_vmac came with keepalived 2.3.0`,
        help: 'keepalived takes it for the name of the interface',
      };
      return;
    }
    if (!text.includes(':')) {
      if (args[index - 1]?.text === 'group') continue;
      if (named) {
        yield { at: wordSpan(directive, word), message: `use_vmac names a second interface, ${text}`, help };
      }
      named = true;
      continue;
    }
    const says = !/^[\da-f]{1,2}(?::[\da-f]{1,2}){5}$/i.test(text)
      ? `${text} is no MAC address`
      : Number.parseInt(text, 16) % 2 === 1
        ? `${text} is a multicast MAC address`
        : /^00:00:5e:00:0[12]:/i.test(text)
          ? `${text} is a MAC address of the standard, which is used without being written`
          : undefined;
    if (says !== undefined) yield { at: wordSpan(directive, word), message: says, help };
  }
}

/** vrrp_ipvlan_handler(), and vrrp_complete_instance() for the address. */
function* ipvlanFaults({ args, directive }: Statement, instance: Instance): Generator<VirtualInterfaceFault> {
  const help = 'keepalived drops it and reports an error';
  let named = false;
  let hasAddress = args.some(({ text }) => isPlaceholder(text));
  for (const [index, word] of args.entries()) {
    const { text } = word;
    if (/^(?:bridge|private|vepa|group)$/.test(text) || args[index - 1]?.text === 'group') continue;
    const address = parseAddress(text.replace(/\/\d+$/, ''));
    if (address) {
      const isOther = instance.family !== undefined && address.family !== instance.family;
      if (isOther) {
        yield {
          at: wordSpan(directive, word),
          message: `${text} is not of the family of this instance`,
          help,
        };
      }
      // One cause, one finding: what is wrong with the address is said.
      hasAddress = true;
    } else if (!named) named = true;
    else if (!isPlaceholder(text)) {
      yield { at: wordSpan(directive, word), message: `use_ipvlan names a second interface, ${text}`, help };
    }
  }
  if (hasAddress || instance.family !== 'inet') return;
  yield {
    at: wordSpan(directive, directive.name),
    message: 'use_ipvlan with IPv4 has no address to send from',
    help: 'the instance stays in FAULT; write one after use_ipvlan: other sources do not count',
  };
}
