/** One machine: its keepalived, its nginx, and what is known of the host. */
import type { Facts } from './facts.ts';
import type { Host } from './host/index.ts';
import type { KeepalivedModel } from './keepalived/index.ts';
import type { Prefixed } from './net.ts';
import type { NginxModel } from './nginx/index.ts';

export interface Node {
  readonly name: string;
  readonly keepalived: KeepalivedModel | undefined;
  /** Its main configuration, or the fragments given without one. */
  readonly nginx: readonly NginxModel[];
  /** All its interfaces with their permanent addresses, as stated; undefined where nothing is. */
  readonly addresses: ReadonlyMap<string, readonly Prefixed[]> | undefined;
  readonly facts: Facts;
  readonly host: Host;
}

/** Everything of the node could be read. */
export const isComplete = ({ keepalived, nginx }: Node): boolean =>
  (keepalived?.complete ?? true) && nginx.every(({ complete }) => complete);
