/** Clusters as the operator declares them. */
import type { Facts } from '../model/facts.ts';
import type { Prefixed } from '../model/net.ts';

export interface DeclaredNode {
  readonly name: string;
  /** Files and folders, absolute, with `/`. */
  readonly files: readonly string[];
  /** All its interfaces with their permanent addresses; undefined where nothing is said of them. */
  readonly addresses: ReadonlyMap<string, readonly Prefixed[]> | undefined;
  readonly facts: Facts;
}

export interface DeclaredCluster {
  readonly name: string;
  readonly nodes: readonly DeclaredNode[];
  /** Web servers behind the nodes. */
  readonly backends: readonly DeclaredNode[];
  /** The network segment (VLAN) that its virtual routers live in. */
  readonly segment: string | undefined;
  /** Names of directives and objects in which its nodes may differ. */
  readonly allowDifferences: ReadonlySet<string>;
}
