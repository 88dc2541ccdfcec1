/** What is wrong with the words of a line: too few, too many, or not what the keyword takes. */
import { isPlaceholder } from '../../../../grammar/repair/index.ts';
import { itemKind } from '../../../../grammar/tables/keywords.ts';
import type { Version } from '../../version.ts';
import { everyStatement, type Statement } from '../statements.ts';
import { itemProblem } from './item.ts';
import { keywordProblem } from './keyword.ts';
import type { WordProblem } from './problem.ts';

export type { WordProblem } from './problem.ts';

/** Everything wrong with words of these statements, in the order of the file. One line gives at most one. */
export function* wordProblems(statements: readonly Statement[], version: Version): Generator<WordProblem> {
  let names: ReadonlySet<string> | undefined;
  /** Whether a block of the file has that name. */
  const isName = (text: string): boolean => {
    names ??= new Set(statements.flatMap(({ args }) => args[0]?.text ?? []));
    return names.has(text);
  };
  for (const statement of everyStatement(statements)) {
    const known = statement.keyword;
    if (!known) continue;
    const found = keywordProblem(statement, known, version);
    if (found) yield found;
    const kind = known.items === undefined ? undefined : itemKind(known.items);
    if (!kind) continue;
    for (const item of statement.items) {
      if (isPlaceholder(item.name.text)) continue;
      const wrong = itemProblem({ statement, item, kind, known, isName });
      if (wrong) yield wrong;
    }
  }
}
