/** The one door to chevrotain: nothing else in the house imports the package. */
import { createToken, EmbeddedActionsParser, type IToken, type TokenType } from 'chevrotain';

export { createToken, EmbeddedActionsParser, type TokenType };

/** A token of either language, as far as chevrotain's parser and we look at it. */
export interface Token extends IToken {
  /** The quote that a word begins with, or empty: also for what is no word. */
  readonly quote: '' | '"' | "'";
}

/** A text cut into tokens, comments apart. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly comments: readonly { readonly start: number; readonly end: number }[];
}

/**
 * A token. Both lexers are scanners of our own: the daemons' rules are a few lines of code, as regular expressions they
 * are hard to read, and chevrotain's lexer takes longer to be made than a small file to be read.
 */
export function token(
  tokenType: TokenType,
  image: string,
  startOffset: number,
  quote: Token['quote'] = '',
): Token {
  return { tokenType, tokenTypeIdx: tokenType.tokenTypeIdx!, image, startOffset, quote };
}

/** Options of every parser here: LL(1), no recovery because every malformed shape is a legal alternative. */
export const parserOptions = {
  maxLookahead: 1,
  recoveryEnabled: false,
  // Validation of the grammar runs in tests; in the bundle it can only cost time.
  skipValidations: import.meta.env.PROD,
} as const;
