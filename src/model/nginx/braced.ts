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
    for (const { directive } of model.named(name)) {
      for (const word of directive.args) if (isBraced(word)) yield { directive, word };
    }
  }
  for (const statement of model.named('map')) {
    for (const directive of entries(statement, model.files.included)) {
      for (const word of [directive.name, ...directive.args]) if (isBraced(word)) yield { directive, word };
    }
  }
}

const isBraced = ({ text, quote }: Word): boolean =>
  !quote && text.includes('{') && /(?:^|[^$\\])\{\d+(?:,\d*)?\}/.test(text);
