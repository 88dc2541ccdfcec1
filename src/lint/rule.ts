/** What a rule is: one frozen object in one file. Its examples are its tests and its page. */
import type { Span } from '../../grammar/text.ts';
import type { Edit } from '../../grammar/tree.ts';
import type { Cluster } from '../model/cluster.ts';
import type { KeepalivedModel } from '../model/keepalived/index.ts';
import type { Ground } from '../model/located.ts';
import type { NginxModel } from '../model/nginx/index.ts';
import type { Node } from '../model/node.ts';
import type { Fleet } from '../model/segment.ts';
import type { Syntax } from '../model/syntax.ts';
import type { Suppression } from './suppression.ts';

/** What check() receives, by scope; the scope is also the rule's folder. */
export interface Subjects {
  syntax: Syntax;
  keepalived: KeepalivedModel;
  nginx: NginxModel;
  node: Node;
  cluster: Cluster;
  /** All clusters of a run that has several. */
  fleet: Fleet;
  suppression: Suppression;
}
export type Scope = keyof Subjects;

export type Severity = 'error' | 'warning' | 'info';

/** Severities from the heaviest on. */
export const weights: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** A change that mends a finding. */
export interface Fix {
  /** An instruction: `replace it by vrrp_instance`. */
  readonly title: string;
  /** The file then means what it was evidently meant to mean; else the change needs a person's eye. */
  readonly safe: boolean;
  readonly edits: readonly Edit[];
}

/** What a rule reports. */
export interface Finding {
  /** The one place to look first. */
  readonly at: Span;
  /** What is wrong, with the values in it: a fact, at most about 90 characters, no full stop. */
  readonly message: string;
  /** A few words under the carets, where the message alone does not say what they point at. */
  readonly label?: string;
  /** The other half of a cross-check. */
  readonly related?: readonly { readonly at: Span; readonly note: string }[];
  /** What happens because of it, or what to do, where there is no fix to say it. */
  readonly help?: string;
  readonly fix?: Fix;
  /**
   * What each part of it rests on, on whichever node, where its places do not say that: of findings that rest on the same
   * words, or on the lack of the same, one is told.
   */
  readonly grounds?: readonly (readonly Ground[])[];
  /** Where the same mistake weighs differently: by version, by what else is at hand. */
  readonly severity?: Severity;
}

/** One text of the rule's language, or several files by path: `lb1/nginx.conf`. */
export type Files = string | Readonly<Record<string, string>>;

/** Configuration that shows a rule; a line of blanks and carets under a line marks a finding and its message. */
export interface Example {
  readonly title: string;
  readonly files: Files;
  /** The files after the fix. */
  readonly fixed?: Files;
  /** What the operator stated besides: `keepalived: '2.2.7'`. */
  readonly facts?: { readonly keepalived?: string; readonly nginx?: string };
}

export interface Rule<S extends Scope = Scope> {
  readonly scope: S;
  /** The bad pattern, in kebab case; equals the file's name. */
  readonly id: string;
  readonly severity: Severity;
  /** One sentence, present tense. */
  readonly summary: string;
  /** Markdown: what the operator will see when it bites, and what to do. */
  readonly why: string;
  /** Documentation section, source function, RFC: why we believe it. */
  readonly sources: readonly string[];
  /** It claims that something is missing, so it is silent when not everything could be read. */
  readonly absence?: true;
  /** How bad it is when somebody makes use of it, on the scale of CVSS from 0.1 to 10; only rules about security have it. */
  readonly risk?: number;
  readonly bad: readonly [Example, ...Example[]];
  /** At least one tempting false positive. */
  readonly good: readonly [Example, ...Example[]];
  check(subject: Subjects[S]): Iterable<Finding>;
}

/** A rule, frozen. */
export const rule = <const S extends Scope>(r: Rule<S>): Rule<S> => Object.freeze(r);
