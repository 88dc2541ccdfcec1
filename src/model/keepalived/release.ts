/** What changed with a release of keepalived, apart from keywords, which the tables date. */
import type { Keyword } from '../../../grammar/tables/keywords.ts';
import { atLeast, showVersion, type Version } from '../version.ts';

/** Whether adverts that carry other addresses than one's own are dropped (vrrp_check_packet()); later they are logged. */
export const dropsOtherAddresses = (version: Version): boolean | undefined => before(version, '2.3.3');

/** Whether the second of two equal addresses or peers of an instance is dropped (vip_is_duplicate()). */
export const dropsRepeatedAddresses = (version: Version): boolean | undefined => atLeast(version, '2.3.3');

/** Whether what is beyond the buffer of a line is dropped; before, it is read as the next line (read_line()). */
export const dropsLongLines = (version: Version): boolean | undefined => atLeast(version, '2.4.0');

/** Whether an instance with unicast peers and a source needs an interface all the same (chk_min_cfg()). */
export const needsInterfaceForUnicast = (version: Version): boolean | undefined => before(version, '2.2.8');

/** Whether an address that somebody else takes away is noticed, and the election run anew. */
export const noticesLostAddresses = (version: Version): boolean | undefined => atLeast(version, '2.0.0');

/** Whether a script that an instance and its sync group both track keeps the instance in FAULT for good; tried with this release only. */
export const awaitsScriptsTwice = (version: Version): boolean | undefined =>
  version && (showVersion(version) === '2.2.7' ? true : undefined);

/** Whether a switch is on whatever word stands behind it: those of global_defs read theirs from 2.3.0 on, others never have. */
export function readsNoWord({ name, context, flags }: Keyword, version: Version): boolean | undefined {
  if (!flags.has('off-is-on') || name === 'v3_checksum_as_v2') return false;
  return context === 'global_defs' ? before(version, '2.3.0') : true;
}

function before(version: Version, bound: string): boolean | undefined {
  const isLater = atLeast(version, bound);
  return isLater === undefined ? undefined : !isLater;
}
