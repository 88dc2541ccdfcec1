/** Runs rules over nodes and clusters, and makes plain diagnostics of what they find. It knows no rule by name. */
import type { Source, Span } from '../../grammar/text.ts';
import type { Loaded, LoadedNode } from '../load/loaded.ts';
import type { Cluster } from '../model/cluster.ts';
import { isComplete, type Node } from '../model/node.ts';
import type { Syntax } from '../model/syntax.ts';
import { understand, type Versions } from '../model/understand.ts';
import type { Version } from '../model/version.ts';
import { type Told, unexplained } from './causes.ts';
import { diagnoser } from './diagnose.ts';
import type { Diagnostic, InternalError, Related, Report } from './diagnostic.ts';
import { maskedLines } from './frame.ts';
import { keysOf } from './object.ts';
import { type Finding, type Rule, type Scope, type Severity, type Subjects, weights } from './rule.ts';
import { secretsOf } from './secrets.ts';
import { type Allow, allowsIn, type Book, bookOf, suppressionsOf } from './suppression.ts';

export interface RunOptions {
  readonly versions?: Versions;
  /** A rule's severity where the operator changed it. */
  readonly severities?: ReadonlyMap<string, Severity | 'off'>;
  /** Only these rules, when any are named. */
  readonly only?: ReadonlySet<string>;
  /** Told before each question of a rule to a file, a node or a cluster: how many were asked, of how many. */
  readonly onQuestion?: (done: number, total: number) => void;
}

/** Findings of one rule that a report holds. Nobody reads more, and a file of megabytes can make millions. */
export const mostFindings = 20_000;

/** The rules of each scope. */
export type RulesOf = { readonly [S in Scope]: () => readonly Rule[] };

/** Everything that the rules find in `loaded`. A rule that throws loses its own findings only. */
export function run(loaded: Loaded, rulesOf: RulesOf, options: RunOptions = {}): Report {
  const { clusters, subjects } = understood(loaded, options);
  const allows = allowsIn(new Set([...syntaxesOf(loaded.nodes)].map(({ file }) => file)));
  const book = bookOf(allows);
  const syntaxes = new Set(syntaxesOf(loaded.nodes));
  const secrets = secretsOf(syntaxes, new Set(hostSources(loaded.nodes)));
  const diagnosticsOf = diagnoser(loaded, clusters, syntaxes, secrets);
  const newcomers = sieves();
  const told: Told[] = [];
  const internalErrors: InternalError[] = [];
  const flooded: string[] = [];
  const judgeOf = (rule: Rule): ((subject: Subject) => void) => {
    const wanted = options.severities?.get(rule.id);
    const toDiagnostic = diagnosticsOf(rule, wanted === 'off' ? undefined : wanted);
    let isNew: ((finding: Finding) => boolean) | undefined;
    let found = 0;
    let isOver = false;
    return (subject) => {
      if (isOver) return;
      try {
        for (const finding of findings(rule, subject)) {
          isNew ??= newcomers();
          if (subject.isMoot?.(finding) || !isNew(finding)) continue;
          if (++found > mostFindings) {
            isOver = true;
            flooded.push(rule.id);
            break;
          }
          const places = placesOf(finding);
          const isAllowed = allows.length > 0 && book.hides(rule.id, places);
          told.push({ rule, places, grounds: finding.grounds, isAllowed, diagnostic: toDiagnostic(finding) });
        }
      } catch (error) {
        isOver = true;
        const message = error instanceof Error ? error.message : String(error);
        internalErrors.push({ rule: rule.id, message });
      }
    };
  };
  const questions = questionsOf(subjects, rulesOf, options);
  const total = questions.reduce((sum, { rules, subjects }) => sum + rules.length * subjects.length, 0);
  let asked = 0;
  for (const { rules, subjects } of questions) {
    const judges = rules.map(judgeOf);
    // All of what is known of one file is asked for while it is at hand.
    for (const subject of subjects) {
      for (const judge of judges) {
        options.onQuestion?.(asked++, total);
        judge(subject);
      }
    }
  }
  if (allows.length > 0) {
    const suppression = judged(allows, book, { loaded, rulesOf, options, subjects, internalErrors });
    for (const { rules } of questionsOf({ suppression }, rulesOf, options)) {
      for (const judge of rules.map(judgeOf)) suppression.forEach(judge);
    }
  }
  const causes = unexplained(told);
  const shown = (isAllowed: boolean): Diagnostic[] =>
    distinct(causes.filter((each) => each.isAllowed === isAllowed).map(({ diagnostic }) => diagnostic));
  const sorted = shown(false).sort(byWeightAndPlace(loaded));
  let keys: ReadonlyMap<Diagnostic, string> | undefined;
  const count = (severity: Severity): number => sorted.filter((each) => each.severity === severity).length;
  return {
    diagnostics: sorted,
    skipped: loaded.skipped,
    flooded,
    internalErrors,
    keyOf: (diagnostic) => {
      keys ??= keysOf(sorted);
      return keys.get(diagnostic)!;
    },
    origins: originsOf(loaded.nodes),
    maskedIn: (file) =>
      new Map(
        [...everySource(loaded.nodes)].flatMap((source) =>
          source.path === file ? [...maskedLines(source, secrets)] : [],
        ),
      ),
    nodes: [
      ...new Set(
        clusters.flatMap(({ name, nodes, backends }) =>
          [...nodes, ...backends].map((node) => (name === undefined ? node.name : `${name}/${node.name}`)),
        ),
      ),
    ],
    strangers: loaded.clusters ? [] : strangers(clusters),
    summary: {
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      suppressed: shown(true).length,
      baselined: 0,
      files: new Set(sourcesOf(loaded.nodes).map(({ path }) => path)).size,
      nodes: loaded.nodes.length,
    },
  };
}

/** Makes for each rule what tells findings from those before: a file that is included often says the same again each time. */
function sieves(): () => (finding: Finding) => boolean {
  const numbers = new Map<Source, number>();
  const numberOf = (source: Source): number => {
    const known = numbers.get(source) ?? numbers.size;
    numbers.set(source, known);
    return known;
  };
  return () => {
    const seen = new Set<string>();
    return (finding) => {
      const places = placesOf(finding).map(({ source, start, end }) => `${numberOf(source)} ${start} ${end}`);
      const key = `${places.join()} ${finding.message}`;
      return !seen.has(key) && seen.add(key) !== undefined;
    };
  };
}

/** A name that stands for two files, as in two dumps of `nginx -T`, leads to none. */
function originsOf(nodes: readonly LoadedNode[]): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  const torn = new Set<string>();
  for (const { path, origin } of everySource(nodes)) {
    if (origin === undefined || (origins.get(path) ?? origin) !== origin) torn.add(path);
    else origins.set(path, origin);
  }
  for (const path of torn) origins.delete(path);
  return origins;
}

/** Names of the nodes of each cluster, where the nodes of one run turn out to be several. */
const strangers = (clusters: readonly Cluster[]): Report['strangers'] =>
  clusters.length < 2
    ? []
    : clusters.map(({ routers }) => [
        ...new Set(routers.flatMap(({ members }) => members.map(({ node }) => node.name))),
      ]);

const isLeftOut = ({ id }: Rule, { only, severities }: RunOptions): boolean =>
  (only !== undefined && only.size > 0 && !only.has(id)) || severities?.get(id) === 'off';

const placesOf = ({ at, related = [] }: Finding): readonly Span[] => [at, ...related.map(({ at }) => at)];

interface Understood {
  readonly clusters: readonly Cluster[];
  readonly subjects: AllSubjects;
}

function understood(loaded: Loaded, { versions }: RunOptions): Understood {
  const { nodes, clusters } = understand(loaded, versions);
  return { clusters, subjects: subjectsOf(nodes, clusters) };
}

/** What the judgement of allows rests on. */
interface Trial {
  readonly loaded: Loaded;
  readonly rulesOf: RulesOf;
  readonly options: RunOptions;
  readonly subjects: AllSubjects;
  readonly internalErrors: readonly InternalError[];
}

/** The allows of a run, after it: what each was good for. */
function judged(
  allows: readonly Allow[],
  book: Book,
  { loaded, rulesOf, options, subjects, internalErrors }: Trial,
): AllSubjects['suppression'] {
  const rules = new Map(
    Object.values(rulesOf)
      .flatMap((list) => list())
      .map((rule) => [rule.id, rule]),
  );
  const hadChance = (rule: Rule): boolean =>
    rule.scope !== 'suppression' &&
    !isLeftOut(rule, options) &&
    !internalErrors.some((each) => each.rule === rule.id) &&
    (!rule.absence || subjects[rule.scope].every(({ complete }) => complete)) &&
    // Whoever checks one file of several is not told of what only all of them show.
    (rule.scope !== 'cluster' || subjects.cluster.every(({ subject }) => subject.nodes.length > 1)) &&
    (rule.scope !== 'fleet' || subjects.fleet.length > 0) &&
    (rule.scope !== 'node' ||
      subjects.node.every(({ subject }) => subject.keepalived && subject.nginx.length > 0));
  const isIdle = (allow: Allow, id: string): boolean => {
    const rule = rules.get(id);
    return rule !== undefined && allow.cover !== undefined && !book.isUsed(allow, id) && hadChance(rule);
  };
  const idle = new Set(
    allows.flatMap((allow) => allow.rules.map(({ id }) => id).filter((id) => isIdle(allow, id))),
  );
  const elsewhere = bookOf(allows);
  if (idle.size > 0) {
    for (const version of otherVersions) {
      const other = understood(loaded, { ...options, versions: { keepalived: version, nginx: version } });
      for (const id of idle) {
        try {
          const rule = rules.get(id)!;
          for (const subject of other.subjects[rule.scope]) {
            for (const finding of findings(rule, subject)) {
              if (!subject.isMoot?.(finding)) elsewhere.hides(id, placesOf(finding));
            }
          }
        } catch {
          // It did not break under the version that counts.
        }
      }
    }
  }
  return suppressionsOf(allows, [...rules.keys()], (allow, id) => {
    if (book.isUsed(allow, id)) return 'used';
    return isIdle(allow, id) && !elsewhere.isUsed(allow, id) ? 'unused' : 'dormant';
  }).map((subject) => ({ subject, complete: true }));
}

/**
 * Not stated, ancient, yet to come, and two of nginx that have most of its flaws between them: what a rule finds under one of
 * them is dormant under another.
 */
const otherVersions: readonly Version[] = [
  undefined,
  ...[
    [0, 0, 1],
    [99, 0, 0],
    [1, 12, 0],
    [1, 29, 4],
  ].map((numbers) => ({ numbers, build: '' })),
];

/** Every file of the nodes, those read through includes too. */
function* syntaxesOf(nodes: readonly LoadedNode[]): Generator<Syntax> {
  for (const { keepalived, nginx } of nodes) {
    if (keepalived) yield keepalived.syntax;
    for (const { files } of nginx) yield* files;
  }
}

/** The files in neither language: those of the hosts, and scripts. */
const hostSources = (nodes: readonly LoadedNode[]): readonly Source[] => [
  ...nodes.flatMap(({ host }) => host.map(({ source }) => source)),
  ...nodes.flatMap(({ keepalived }) =>
    [...(keepalived?.scripts.values() ?? [])].flatMap(({ source }) => source ?? []),
  ),
];

/** The text of every file that was read, in the order in which findings are shown. */
const sourcesOf = (nodes: readonly LoadedNode[]): readonly Source[] => [
  ...[...syntaxesOf(nodes)].map(({ file }) => file.source),
  ...hostSources(nodes),
];

/** The same with the files that those of keepalived include, each once. */
const everySource = (nodes: readonly LoadedNode[]): ReadonlySet<Source> =>
  new Set([...sourcesOf(nodes), ...nodes.flatMap(({ keepalived }) => keepalived?.sources ?? [])]);

/** What a rule is asked about. */
interface Subject<S extends Scope = Scope> {
  readonly subject: Subjects[S];
  readonly complete: boolean;
  /** Whether a finding only follows from another one. */
  readonly isMoot?: (finding: Finding) => boolean;
}

type AllSubjects = { readonly [S in Scope]: readonly Subject<S>[] };

/** What there is to check, each thing once: nodes may share a file. */
function subjectsOf(nodes: readonly Node[], clusters: readonly Cluster[]): AllSubjects {
  const unique = <T>(list: Iterable<T>): T[] => [...new Set(list)];
  const keepalived = nodes.flatMap((node) => node.keepalived ?? []);
  const nginx = nodes.flatMap((node) => node.nginx);
  return {
    syntax: unique([...keepalived.map(({ syntax }) => syntax), ...nginx.flatMap(({ syntax }) => syntax)]).map(
      (subject) => ({ subject, complete: true }),
    ),
    keepalived: keepalived.map((subject) => ({
      subject,
      complete: subject.complete,
      isMoot: ({ at }) => subject.isMoot(at),
    })),
    nginx: unique(nginx).map((subject) => ({
      subject,
      complete: subject.complete,
      isMoot: ({ at }) => subject.isRefused(at),
    })),
    node: nodes.map((subject) => ({
      subject,
      complete: isComplete(subject),
    })),
    cluster: clusters.map((subject) => ({ subject, complete: subject.complete })),
    fleet: clusters.length > 1 ? [{ subject: { clusters }, complete: true }] : [],
    suppression: [],
  };
}

/** The rules of each scope that has something to look at, with that. */
const questionsOf = (
  subjects: Partial<AllSubjects>,
  rulesOf: RulesOf,
  options: RunOptions,
): readonly { readonly rules: readonly Rule[]; readonly subjects: readonly Subject[] }[] =>
  (Object.keys(rulesOf) as Scope[]).flatMap((scope) => {
    const list: readonly Subject[] = subjects[scope] ?? [];
    if (list.length === 0) return [];
    return [{ rules: rulesOf[scope]().filter((rule) => !isLeftOut(rule, options)), subjects: list }];
  });

/** What a rule says of a subject. What is absent is proven only where all was read. */
const findings = (rule: Rule, { subject, complete }: Subject): Iterable<Finding> =>
  rule.absence && !complete ? [] : rule.check(subject as never);

/**
 * The same words about the same place are one finding, whichever way a rule came to it, and however many nodes share the
 * file; it leads to the places of all of them.
 */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const found = new Map<string, { first: Diagnostic; readonly related: Map<string, Related> }>();
  for (const each of diagnostics) {
    const { rule, cluster, file, line, column, message, severity } = each;
    const key = [rule, cluster, file, line, column, message].join('\0');
    const known = found.get(key) ?? { first: each, related: new Map<string, Related>() };
    found.set(key, known);
    if (weights[severity] < weights[known.first.severity]) known.first = each;
    for (const other of each.related) {
      if (known.first !== each && known.related.size >= mostPlaces) break;
      known.related.set(`${other.line} ${other.column} ${other.file} ${other.message}`, other);
    }
  }
  return Array.from(found.values(), ({ first, related }) =>
    related.size > first.related.length ? { ...first, related: [...related.values()] } : first,
  );
}

/** Of more nodes that share a file nobody reads the places. */
const mostPlaces = 8;

/** Errors first, then in the order in which the files were given, from top to bottom. */
function byWeightAndPlace(loaded: Loaded): (a: Diagnostic, b: Diagnostic) => number {
  const order = new Map<string, number>();
  for (const { path } of sourcesOf(loaded.nodes)) if (!order.has(path)) order.set(path, order.size);
  const rank = ({ file }: Diagnostic): number => order.get(file) ?? order.size;
  return (a, b) =>
    weights[a.severity] - weights[b.severity] ||
    rank(a) - rank(b) ||
    a.line - b.line ||
    a.column - b.column ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
}
