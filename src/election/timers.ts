/** The timers of RFC 3768 and RFC 5798, section 6.1, as keepalived runs them (vrrp.h). All times in seconds. */
import type { Candidate } from './candidates.ts';

/** Skew_Time: who has the higher priority waits less. Version 2 counts in seconds, version 3 in the master's intervals. */
export const skewTime = ({ version }: Candidate, priority: number, masterAdvert: number): number =>
  ((256 - priority) / 256) * (version === 3 ? masterAdvert : 1);

/** Master_Down_Interval: so long without an advert, and a backup takes over. */
export const masterDownInterval = (candidate: Candidate, priority: number, masterAdvert: number): number =>
  candidate.missedAdverts * masterAdvert + skewTime(candidate, priority, masterAdvert);
