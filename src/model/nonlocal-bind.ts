/** Whether the kernel of a node lets its daemons use addresses that it has not. */
import type { Span } from '../../grammar/text.ts';
import type { Family } from './net.ts';
import type { Node } from './node.ts';

/** The switch, as far as the files of the host or the operator tell. */
export interface NonlocalBind {
  /** Undefined where the files say several things. */
  readonly on: boolean | undefined;
  /** Files of settings are at hand, or the operator states it; else `on` is the kernel's default. */
  readonly known: boolean;
  /** Where it is set. */
  readonly at: Span | undefined;
}

/** The switch of a family. */
export function nonlocalBind({ host, facts }: Node, family: Family): NonlocalBind {
  if (facts.ipNonlocalBind !== undefined) return { on: facts.ipNonlocalBind, known: true, at: undefined };
  const value = host.sysctl.value(`net.${family === 'inet' ? 'ipv4' : 'ipv6'}.ip_nonlocal_bind`);
  if (value === 'unknown') return { on: undefined, known: false, at: undefined };
  if (value === 'unset') return { on: false, known: host.sysctl.given, at: undefined };
  return { on: Number(value.value) !== 0, known: true, at: value.at };
}
