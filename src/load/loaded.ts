/** What loading gives to the model: parsed files, sorted into the nodes they belong to. */
import type { Source } from '../../grammar/text.ts';
import type { Directive, File } from '../../grammar/tree.ts';
import type { Facts } from '../model/facts.ts';
import type { Syntax } from '../model/syntax.ts';
import type { DeclaredCluster, DeclaredNode } from './declared.ts';

/** An nginx configuration: one main file (or a fragment of one) and all that it includes. */
export interface NginxFiles {
  /** The main file first, then every file it includes, each once. */
  readonly files: readonly [Syntax, ...Syntax[]];
  /** The files that an include statement stands for, in nginx's order. */
  readonly included: ReadonlyMap<Directive, readonly File[]>;
  /** False when an include could not be read: then absence proves nothing. */
  readonly complete: boolean;
}

/** A keepalived configuration: the tree already holds what it includes. */
export interface KeepalivedFiles {
  readonly syntax: Syntax;
  /** Every file that was read for it, the main one first. */
  readonly sources: readonly Source[];
  /** The files that its commands name, by the path written there; only those of which something is known. */
  readonly scripts: ReadonlyMap<string, ScriptFile>;
  readonly complete: boolean;
}

/** A file that a command of keepalived names. */
export interface ScriptFile {
  /** Undefined where there is no such file, or it is no text. */
  readonly source: Source | undefined;
  /** `absent`: the folder where it belongs is at hand, and it is not in it. */
  readonly presence: 'present' | 'absent';
  /** The files at hand are the machine's own, or hold other programs beside it: then its absence is no accident. */
  readonly certain: boolean;
  /** Some execute bit is set; undefined where the files may have lost theirs on their way. */
  readonly executable: boolean | undefined;
}

/** What a file of the host tells about. */
export type HostKind =
  | 'sysctl'
  | 'iptables'
  | 'nftables'
  | 'firewalld'
  | 'ufw'
  | 'netplan'
  | 'networkd'
  | 'ifcfg'
  | 'network-manager'
  | 'interfaces'
  | 'ip-addr';

/** A file of the host, as text: nothing of it is understood before it is asked for. */
export interface HostFile {
  readonly kind: HostKind;
  readonly source: Source;
}

/** One machine's files. */
export interface LoadedNode {
  readonly name: string;
  readonly keepalived: KeepalivedFiles | undefined;
  /** Main files or fragments; usually one. */
  readonly nginx: readonly NginxFiles[];
  readonly host: readonly HostFile[];
  /** All its interfaces with their permanent addresses, as the operator states them. */
  readonly addresses: DeclaredNode['addresses'];
  readonly facts: Facts;
}

/** Nodes that the operator says belong together. */
export interface LoadedCluster extends Omit<DeclaredCluster, 'nodes' | 'backends'> {
  readonly nodes: readonly LoadedNode[];
  readonly backends: readonly LoadedNode[];
}

/** A file that was named or found, but could not be checked. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
  /** The operator named it, so not reading it is an error; else it was only met in a folder. */
  readonly named: boolean;
}

export interface Loaded {
  /** What the operator declares; without it what nodes share makes clusters of them. */
  readonly clusters: readonly LoadedCluster[] | undefined;
  /** All of them. */
  readonly nodes: readonly LoadedNode[];
  readonly skipped: readonly Skipped[];
}
