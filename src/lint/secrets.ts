/** Where the passwords and keys of a run's files stand. No line is shown before they are masked. */
import { groupBy } from '../../grammar/group-by.ts';
import { partitionPoint } from '../../grammar/partition.ts';
import { once } from '../../grammar/remembered.ts';
import type { Source, Span } from '../../grammar/text.ts';
import type { Oddity } from '../../grammar/tree.ts';
import { secretsOf as keepalivedSecrets } from '../model/keepalived/secrets.ts';
import { secretsOf as nginxSecrets } from '../model/nginx/secrets.ts';
import { secretsAround, secretsIn } from '../model/secrets.ts';
import type { Syntax } from '../model/syntax.ts';

/** Gives the secrets of a file that lie in a stretch of it, wholly or in part, in the order of the text. */
export type Secrets = (source: Source, start: number, end: number) => readonly Span[];

/**
 * The secrets of all files, looked for where a finding is shown; `others` are files in neither language. Messages are not searched for them: a mask in a
 * sentence of ours would tell that the word it hides is a password. That no rule prints one is the rules' own promise.
 */
export function secretsOf(syntaxes: Iterable<Syntax>, others: ReadonlySet<Source>): Secrets {
  const all = [...syntaxes];
  // A file of nginx's is looked through when it has a finding; one of keepalived's is read with those that it includes.
  const nginx = new Map(
    all.flatMap(({ language, file }) => (language === 'nginx' ? [[file.source, file]] : [])),
  );
  let found: ReadonlyMap<Source, readonly Span[]> | undefined;
  const lists = new Map<Source, readonly Span[]>();
  const listOf = (source: Source): readonly Span[] => {
    let list = lists.get(source);
    if (!list) {
      found ??= collected(all);
      const file = nginx.get(source);
      const own = file ? nginxSecrets(file.items) : [];
      list = joined(others.has(source) ? secretsIn(source) : [...own, ...(found.get(source) ?? [])]);
      lists.set(source, list);
    }
    return list;
  };
  return (source, start, end) => {
    const told = within(listOf(source), start, end);
    if (others.has(source)) return told;
    const more = secretsAround(source, start, end, nginx.has(source) ? 'nginx' : 'keepalived');
    return more.length > 0 ? joined([...told, ...more]) : told;
  };
}

/** Spans that overlap made one, in the order of the text. */
function joined(spans: readonly Span[]): readonly Span[] {
  const list: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = list.at(-1);
    if (last && span.start < last.end) list[list.length - 1] = { ...last, end: Math.max(last.end, span.end) };
    else list.push(span);
  }
  return list;
}

/** Those of a list without overlaps that share a character with the stretch. */
function within(list: readonly Span[], start: number, end: number): readonly Span[] {
  const found: Span[] = [];
  const first = partitionPoint(list.length, (at) => list[at]!.end <= start);
  for (let at = first; at < list.length && list[at]!.start < end; at++) found.push(list[at]!);
  return found;
}

/** Those that the tree of a keepalived file tells of, and those that came from a shell. */
function collected(syntaxes: readonly Syntax[]): ReadonlyMap<Source, readonly Span[]> {
  const spans = syntaxes.flatMap(({ language, file, oddities }) => [
    ...(language === 'keepalived' ? keepalivedSecrets(file.items) : []),
    ...oddities.flatMap(pasted),
  ]);
  return groupBy(spans, ({ source }) => source);
}

/** The secrets of a stretch that came from a shell, of which the tree holds nothing. */
const pasted = ({ kind, at: { source }, edits = [] }: Oddity): readonly Span[] =>
  kind === 'pasted-script' || kind === 'pasted-prompt'
    ? edits.flatMap((edit) =>
        within(inShell(source), edit.start, edit.end).filter(
          ({ start, end }) => edit.start <= start && end <= edit.end,
        ),
      )
    : [];

/** Asked for each stretch of a file. */
const inShell = once((source: Source) => joined(secretsIn(source)));
