/** Where the passwords and keys of a run's files stand. No line is shown before they are masked. */
import type { Source, Span } from '../../grammar/text.ts';
import { secretsIn } from '../model/host/index.ts';
import { secretsOf as keepalivedSecrets } from '../model/keepalived/secrets.ts';
import { secretsOf as nginxSecrets } from '../model/nginx/secrets.ts';
import type { Syntax } from '../model/syntax.ts';

/** Gives the secrets of a file in the order of the text. */
export type Secrets = (source: Source) => readonly Span[];

/**
 * The secrets of all files, looked for when the first finding is shown; `others` are files in neither language. Messages are not searched for them: a mask in a
 * sentence of ours would tell that the word it hides is a password. That no rule prints one is the rules' own promise.
 */
export function secretsOf(syntaxes: Iterable<Syntax>, others: ReadonlySet<Source>): Secrets {
  let found: ReadonlyMap<Source, readonly Span[]> | undefined;
  return (source) => {
    if (others.has(source)) return secretsIn(source);
    found ??= collected(syntaxes);
    return found.get(source) ?? [];
  };
}

function collected(syntaxes: Iterable<Syntax>): ReadonlyMap<Source, readonly Span[]> {
  const lists = new Map<Source, Span[]>();
  for (const { language, file } of syntaxes) {
    for (const span of (language === 'keepalived' ? keepalivedSecrets : nginxSecrets)(file.items)) {
      const list = lists.get(span.source) ?? [];
      lists.set(span.source, list);
      list.push(span);
    }
  }
  for (const list of lists.values()) list.sort((a, b) => a.start - b.start);
  return lists;
}
