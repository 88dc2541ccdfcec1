/** What a prediction is made of: plain data, in the words of `lbcheck failover`. */
import type { Cluster } from '../model/cluster.ts';

/** What can be said of one moment: every address held once, twice, by nobody, by the wrong one; or real daemons race. */
export type Verdict = 'ok' | 'split-brain' | 'nobody' | 'stays-on-broken-node' | 'undetermined';

/** Seconds without a holder; `max` is null where an address stays without one. */
export interface Window {
  readonly min: number;
  readonly max: number | null;
}

/** How things stand once the last of some steps has settled. */
export interface Result {
  /** What happened since the healthy start, one step after the other; several actions of one step are joined by ` & `. */
  readonly steps: readonly string[];
  /** The nodes that carry each address; where daemons race, the likeliest. */
  readonly holders: Readonly<Record<string, readonly string[]>>;
  readonly verdict: Verdict;
  readonly unserved: Window;
  /** One sentence: what decides it. */
  readonly why: string;
  /** The lines that decide it, such as `lb1/keepalived.conf:13`. */
  readonly lines?: readonly string[];
  /** The sets of nodes that may carry an address, where real daemons race. */
  readonly possible?: readonly (readonly string[])[];
  /** It happens to every set of VRRP routers, whatever they are configured to: a cut network cannot be told from a dead peer. */
  readonly inherent?: true;
}

/** One virtual router through all steps. */
export interface RouterPrediction {
  readonly addresses: readonly string[];
  readonly nodes: readonly string[];
  readonly results: readonly Result[];
  /** For every two nodes whether one accepts what the other sends, while all is well. */
  readonly hearing: readonly Hearing[];
}

/** Whether a node accepts the adverts of another one. */
export interface Hearing {
  readonly from: string;
  readonly to: string;
  readonly heard: boolean;
  /** Why not, in a few words such as `virtual_router_id is 51 and 52`; empty where it does. */
  readonly why: string;
}

/** What was predicted, and how much of what was asked. */
export interface Prediction {
  readonly routers: readonly RouterPrediction[];
  /** Sequences of steps that were played, and those that there are; they differ where a bound cut them. */
  readonly played: number;
  readonly of: number;
}

export type Action =
  | { readonly verb: 'crash' | 'kill' | 'stop' | 'start'; readonly node: string }
  | {
      readonly verb: 'link-down' | 'link-up' | 'isolate' | 'rejoin';
      readonly node: string;
      /** Undefined for all of the node's. */
      readonly interface: string | undefined;
    }
  | { readonly verb: 'fail' | 'pass'; readonly node: string; readonly check: string }
  /** VRRP only; `*` is every other node. */
  | { readonly verb: 'block' | 'unblock'; readonly from: string; readonly to: string };

/** Actions at one moment. */
export type Step = readonly Action[];

/** How to predict. */
export interface Options {
  /** One sequence of steps to play; without it every fault is tried. */
  readonly steps?: readonly Step[] | undefined;
  /** The order in which the nodes are started, those of one group at once; without it all at once. */
  readonly start?: readonly (readonly string[])[] | undefined;
  /** Up to so many faults at a time, where no steps are given; 1 without it. */
  readonly faults?: number | undefined;
}

/** Who holds each address of `cluster` after each fault, or after each of the steps that are given. */
export type Predict = (cluster: Cluster, options?: Options) => Prediction;
