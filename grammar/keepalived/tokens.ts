/** The tokens of keepalived's configuration language (lib/parser.c: decomment(), read_line(), alloc_strvec_r()). */
import { createToken, Lexer, lexerOptions, startingWith } from '../chevrotain.ts';

const Blank = createToken({
  name: 'Blank',
  pattern: /[ \t\r\f\v]+/,
  group: Lexer.SKIPPED,
  start_chars_hint: [...' \t\r\f\v'],
});
/** A statement is a line. */
export const Newline = createToken({
  name: 'Newline',
  pattern: /\n/,
  line_breaks: true,
  start_chars_hint: ['\n'],
});
/** `#` and `!` start a comment anywhere outside double quotes, also in the middle of a word. */
const CommentToken = createToken({
  name: 'Comment',
  pattern: /[#!][^\n]*/,
  group: 'comments',
  start_chars_hint: ['#', '!'],
});
export const Open = createToken({ name: 'Open', pattern: '{' });
export const Close = createToken({ name: 'Close', pattern: '}' });
/** A quote must close on its line; there is no escape. */
export const Quoted = createToken({ name: 'Quoted', pattern: /"[^"\n]*"?/, start_chars_hint: ['"'] });
/** A double quote ends a bare word, as braces and comments do; single quotes and backslashes are letters. */
export const Bare = createToken({
  name: 'Bare',
  pattern: /[^ \t\r\n\f\v{}"#!]+/,
  start_chars_hint: startingWith(' \t\r\n\f\v{}"#!'),
});

export const vocabulary = [Blank, Newline, CommentToken, Open, Close, Quoted, Bare];

let made: Lexer | undefined;

/** The one lexer, made when the first file is read. */
export const lexer = (): Lexer => {
  made ??= new Lexer(vocabulary, lexerOptions);
  return made;
};
