/** Words with a brace that nginx would take for a block's. */
import type { Directive, Word } from '../../../grammar/tree.ts';
import { entries, type Included, type Statement } from './statement.ts';

/** Directives that take regular expressions. */
const withPatterns = ['location', 'if', 'rewrite', 'server_name', 'proxy_redirect', 'proxy_cookie_path'];

/** Unquoted words that hold a repetition such as `{2,3}`, which the reader takes for a part of the word. */
export function* bracedWords(model: {
  readonly named: (name: string) => readonly Statement[];
  readonly files: { readonly included: Included };
}): Generator<{ readonly directive: Directive; readonly word: Word }> {
  for (const name of withPatterns) {
    for (const { directive } of model.named(name)) yield* braced(directive, directive.args);
  }
  for (const statement of model.named('map')) {
    for (const entry of entries(statement, model.files.included)) {
      yield* braced(entry, [entry.name, ...entry.args]);
    }
  }
}

function* braced(
  directive: Directive,
  words: readonly Word[],
): Generator<{ readonly directive: Directive; readonly word: Word }> {
  for (const word of words) {
    if (!word.quote && word.text.includes('{') && /(?:^|[^$\\])\{\d+(?:,\d*)?\}/.test(word.text)) {
      yield { directive, word };
    }
  }
}
