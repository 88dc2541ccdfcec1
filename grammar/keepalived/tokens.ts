/** The tokens of keepalived's configuration language (lib/parser.c: decomment(), read_line(), alloc_strvec_r()). */
import { createToken, Lexer, lexerOptions } from '../chevrotain.ts';

const Blank = createToken({ name: 'Blank', pattern: /[ \t\r\f\v]+/, group: Lexer.SKIPPED });
/** A statement is a line. */
export const Newline = createToken({ name: 'Newline', pattern: /\n/, line_breaks: true });
/** `#` and `!` start a comment anywhere outside double quotes, also in the middle of a word. */
const CommentToken = createToken({ name: 'Comment', pattern: /[#!][^\n]*/, group: 'comments' });
export const Open = createToken({ name: 'Open', pattern: '{' });
export const Close = createToken({ name: 'Close', pattern: '}' });
/** A quote must close on its line; there is no escape. */
export const Quoted = createToken({ name: 'Quoted', pattern: /"[^"\n]*"?/ });
/** A double quote ends a bare word, as braces and comments do; single quotes and backslashes are letters. */
export const Bare = createToken({
  name: 'Bare',
  pattern: /[\x00-\x08\x0e-\x1f$-z|~-\uffff][^ \t\r\n\f\v{}"#!]*/,
});

export const vocabulary = [Blank, Newline, CommentToken, Open, Close, Quoted, Bare];

let made: Lexer | undefined;

/** The one lexer, made when the first file is read. */
export const lexer = (): Lexer => {
  made ??= new Lexer(vocabulary, lexerOptions);
  return made;
};
