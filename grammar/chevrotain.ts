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
 * pattern defeats the first-character optimisation (so every token says which characters it begins with). Validation of the token definitions runs in tests and is left
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

/**
 * Every first character but those in `excluded`, as a token's start_chars_hint. Without it the lexer's optimiser works the
 * same out of the regular expression, which takes longer than to read a small file. Beyond Latin-1 it files characters in
 * drawers of 255, so one of each drawer is enough.
 */
export function startingWith(excluded: string): number[] {
  const codes = Array.from({ length: 256 }, (_, code) => code).filter(
    (code) => !excluded.includes(String.fromCharCode(code)),
  );
  for (let code = 256; code <= 0xffff; code += 255) codes.push(code);
  return codes;
}
