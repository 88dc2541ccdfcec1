/** What a run found, as plain data: every format is written from this and nothing else. */
import type { Severity } from './rule.ts';

/** A stretch of a file as a person or an editor finds it: 1-based, columns in UTF-16 code units, end exclusive. */
interface Stretch {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Undefined where the line is too long to count in. */
  readonly bytes: ByteColumns | undefined;
}

/** A stretch, whose it is and what stands there. */
export interface Place extends Stretch {
  /** The name it has in the configuration file; undefined without one, or where the file belongs to several clusters. */
  readonly cluster: string | undefined;
  /** Undefined where the file belongs to several nodes. */
  readonly node: string | undefined;
  /**
   * The blocks around it and its own first word: `vrrp_instance VI_1 > priority`; empty for the file itself. Not worked out
   * before it is asked for, which people who read a report never do.
   */
  readonly object: () => string;
  readonly frame: Frame;
}

/** The first line of a stretch as it may be shown, with the stretch's 0-based columns in it. */
export interface Frame {
  readonly text: string;
  readonly column: number;
  readonly endColumn: number;
}

export interface Related extends Place {
  readonly message: string;
}

/** 1-based columns counted in bytes of the file, end exclusive. */
export interface ByteColumns {
  readonly column: number;
  readonly endColumn: number;
}

/** One replacement of a fix. */
export interface TextEdit extends Stretch {
  readonly text: string;
}

export interface Diagnostic extends Place {
  /** The node it is about, after its cluster; or the cluster, or its nodes, where it is about several. */
  readonly whom: string;
  /** It is about several nodes, and which of them leads it depends on their order. */
  readonly isShared: boolean;
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly label: string | undefined;
  readonly related: readonly Related[];
  readonly help: string | undefined;
  readonly url: string;
  readonly fix:
    | { readonly title: string; readonly safe: boolean; readonly edits: readonly TextEdit[] }
    | undefined;
}

export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly suppressed: number;
  readonly baselined: number;
  readonly files: number;
  readonly nodes: number;
}

/** A rule that broke: the other rules' findings stand. */
export interface InternalError {
  readonly rule: string;
  readonly message: string;
}

export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly skipped: readonly { readonly file: string; readonly reason: string; readonly named: boolean }[];
  readonly summary: Summary;
  readonly internalErrors: readonly InternalError[];
  /** Tells a finding of this report from all others, in this run and in later ones: no line numbers, no order of nodes. */
  readonly keyOf: (diagnostic: Diagnostic) => string;
  /** The names of all nodes, with their cluster's before a `/` where it has one. */
  readonly nodes: readonly string[];
  /** Rules that found more than a report holds: the rest of their findings is left out. */
  readonly flooded: readonly string[];
  /** The lines of a file that hold secrets, as they may be shown, by their numbers from 1 on. */
  readonly maskedIn: (file: string) => ReadonlyMap<number, string>;
  /** Where the files lie, as far as they have a place of their own: absolute paths, or `-`, by the name that is shown. */
  readonly origins: ReadonlyMap<string, string>;
  /** Names of the nodes of each cluster, where those of one run turn out to be several; else none. */
  readonly strangers: readonly (readonly string[])[];
}

/** Diagnostics that say the same of several places, the first of them leading. */
export type Fold = readonly [Diagnostic, ...Diagnostic[]];

/** Folds diagnostics of one rule with one message: nodes copy each other, and so do their mistakes. */
export function fold(diagnostics: readonly Diagnostic[]): readonly Fold[] {
  const folds: [Diagnostic, ...Diagnostic[]][] = [];
  const alike = new Map<string, [Diagnostic, ...Diagnostic[]]>();
  for (const each of diagnostics) {
    // What relates two places is about these two; it stands alone.
    const key =
      each.related.length > 0 ? undefined : JSON.stringify([each.rule, each.severity, each.message]);
    const known = key === undefined ? undefined : alike.get(key);
    if (known) {
      known.push(each);
      continue;
    }
    const fold: [Diagnostic] = [each];
    folds.push(fold);
    if (key !== undefined) alike.set(key, fold);
  }
  return folds;
}
