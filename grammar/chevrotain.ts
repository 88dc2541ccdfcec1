/** The one door to chevrotain: nothing else in the house imports the package. */
import {
  createToken,
  EmbeddedActionsParser,
  type ILexingResult,
  type IToken,
  Lexer,
  type TokenType,
} from 'chevrotain';

export { createToken, EmbeddedActionsParser, type IToken, Lexer, type TokenType };

/**
 * Options of every lexer here: offsets only (lines are computed on demand), and an error at construction when a
 * pattern defeats the first-character optimisation. Validation of the token definitions runs in tests and is left
 * out of the bundle, where it can only cost time.
 */
export const lexerOptions = {
  positionTracking: 'onlyOffset',
  ensureOptimizations: true,
  skipValidations: import.meta.env.PROD,
} as const;

/** Options of every parser here: LL(1), no recovery because every malformed shape is a legal alternative. */
export const parserOptions = {
  maxLookahead: 1,
  recoveryEnabled: false,
  skipValidations: import.meta.env.PROD,
} as const;

/**
 * The tokens of `text`. The lexers here are total, so an error is a defect of the token definitions.
 * @throws Error when some character belongs to no token
 */
export function tokenize(lexer: Lexer, text: string): ILexingResult {
  const result = lexer.tokenize(text);
  const error = result.errors[0];
  if (error) throw new Error(`lexer is not total at offset ${error.offset}: ${error.message}`);
  return result;
}
