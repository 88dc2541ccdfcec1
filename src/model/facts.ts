/** What the operator states of a machine, because no file of it tells. */
import type { Version } from './version.ts';

/** Undefined where nothing is stated. */
export interface Facts {
  readonly keepalived: Version;
  readonly nginx: Version;
  /** The host's net.ipv4.ip_nonlocal_bind and net.ipv6.ip_nonlocal_bind: a daemon may listen on addresses it has not. */
  readonly ipNonlocalBind: boolean | undefined;
}

/** Nothing is stated. */
export const noFacts: Facts = { keepalived: undefined, nginx: undefined, ipNonlocalBind: undefined };
