/** From what a rule finds to a diagnostic: whose it is, what it is about, what is shown of it. */
import { byteColumn, position, type Source, type Span } from '../../grammar/text.ts';
import type { Edit } from '../../grammar/tree.ts';
import type { Loaded, LoadedNode } from '../load/loaded.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Syntax } from '../model/syntax.ts';
import type { Diagnostic, Place, Related, TextEdit } from './diagnostic.ts';
import { frameOf, hiddenAround, hushed, isTelltale } from './frame.ts';
import { objectsOf } from './object.ts';
import type { Finding, Rule, Severity } from './rule.ts';
import type { Secrets } from './secrets.ts';

/** Where each rule is explained. */
const pageOf = (rule: Pick<Rule, 'scope' | 'id'>): string =>
  `https://github.com/lbcheck/lbcheck/blob/main/rules/${rule.scope}/${rule.id}.md`;

/** Makes the diagnostics of a rule's findings, each place worked out once; `wanted` is the operator's word on the severity. */
export function diagnoser(
  loaded: Loaded,
  clusters: readonly Cluster[],
  syntaxes: ReadonlySet<Syntax>,
  secrets: Secrets,
): (rule: Rule, wanted: Severity | undefined) => (finding: Finding) => Diagnostic {
  const objectOf = objectsOf(syntaxes, secrets);
  const owners = ownersOf(loaded);
  const stretch = ({ source, start, end }: Span): Omit<TextEdit, 'text'> => {
    const { line, column } = position(source, start);
    const { line: endLine, column: endColumn } = position(source, end);
    const [from, to] = [byteColumn(source, start, column), byteColumn(source, end, endColumn)];
    const bytes = from === undefined || to === undefined ? undefined : { column: from, endColumn: to };
    return { file: source.path, line, column, endLine, endColumn, bytes };
  };
  const madePlace = (span: Span): Place => {
    const { cluster, node } = owners.get(span.source)!;
    const { file, line, column, endLine, endColumn, bytes } = stretch(span);
    const frame = frameOf(span, secrets);
    const object = (): string => objectOf(span);
    return { file, line, column, endLine, endColumn, bytes, cluster, node, object, frame };
  };
  // What differs between one node and all others is shown there again and again.
  const made = new Map<Source, Map<string, Place>>();
  const place = (span: Span): Place => {
    const places = made.get(span.source) ?? new Map<string, Place>();
    made.set(span.source, places);
    const key = `${span.start} ${span.end}`;
    const known = places.get(key) ?? madePlace(span);
    places.set(key, known);
    return known;
  };
  const textEdit = (edit: Edit): TextEdit => ({ ...stretch(edit), text: edit.text });
  const teams = teamsOf(clusters);
  return (rule, wanted) =>
    ({ at, message, label, related: others = [], help, fix, severity }) => {
      const main = place(at);
      const hidden = new Map(
        [at, ...others.map(({ at }) => at)].flatMap((each) => hiddenAround(each, place(each).frame, secrets)),
      );
      const said = <T extends string | undefined>(text: T): T =>
        hidden.size > 0 && text ? (hushed(text, hidden) as T) : text;
      const related = others.map(({ at, note }): Related => ({ ...place(at), message: said(note) }));
      const cluster = main.cluster || related.find((each) => each.cluster)?.cluster;
      // Which node leads a finding about several depends on the order of the nodes.
      const isShared =
        rule.scope === 'cluster' || rule.scope === 'fleet' || related.some(({ node }) => node !== main.node);
      const team = (): string =>
        teams.get(main.node) || teams.get(related.find(({ node }) => teams.get(node))?.node) || '';
      const { file, line, column, endLine, endColumn, bytes, node, object, frame } = main;
      // Each property by its name: what is spread into an object is copied once more for every few that follow.
      return {
        file,
        line,
        column,
        endLine,
        endColumn,
        bytes,
        cluster,
        node,
        object,
        frame,
        rule: rule.id,
        whom: isShared ? (cluster ?? team()) : [cluster, node].filter(Boolean).join(' '),
        isShared,
        severity: wanted ?? severity ?? rule.severity,
        message: said(message),
        label: said(label),
        related,
        help: said(help),
        url: pageOf(rule),
        fix:
          fix && !fix.edits.some((edit) => said(edit.text) !== edit.text || isTelltale(edit, secrets))
            ? { title: said(fix.title), safe: fix.safe, edits: fix.edits.map(textEdit) }
            : undefined,
      };
    };
}

/** The balancers of each node's cluster: what tells a cluster without a name from another. */
function teamsOf(clusters: readonly Cluster[]): ReadonlyMap<string | undefined, string> {
  const teams = new Map<string | undefined, string>();
  for (const { balancers } of clusters) {
    const team = balancers
      .map(({ name }) => name)
      .sort()
      .join(' ');
    for (const { name } of balancers) teams.set(name, team);
  }
  return teams;
}

/** The node and the cluster that a file belongs to, undefined where several share it. */
function ownersOf({ clusters, nodes }: Loaded): ReadonlyMap<Source, Pick<Place, 'cluster' | 'node'>> {
  const owners = new Map<Source, Pick<Place, 'cluster' | 'node'>>();
  const own = (cluster: string | undefined, list: readonly LoadedNode[]): void => {
    for (const { name, keepalived, nginx, host } of list) {
      const sources = new Set([
        ...(keepalived?.sources ?? []),
        ...[...(keepalived?.scripts.values() ?? [])].flatMap(({ source }) => source ?? []),
        ...nginx.flatMap(({ files }) => files.map(({ file }) => file.source)),
        ...host.map(({ source }) => source),
      ]);
      for (const source of sources) {
        const known = owners.get(source) ?? { cluster, node: name };
        owners.set(source, {
          cluster: known.cluster === cluster ? cluster : undefined,
          node: known.cluster === cluster && known.node === name ? name : undefined,
        });
      }
    }
  };
  if (!clusters) own(undefined, nodes);
  for (const each of clusters ?? []) own(each.name, [...each.nodes, ...each.backends]);
  return owners;
}
