/** The tokens of nginx's configuration language, as ngx_conf_read_token() cuts them. */
import { createToken, Lexer, lexerOptions, startingWith } from '../chevrotain.ts';
import { luaBody } from './lua.ts';

/** Exactly these four are blanks to nginx; a no-break space is a letter. */
const Blank = createToken({
  name: 'Blank',
  pattern: /[ \t\r\n]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
  start_chars_hint: [...' \t\r\n'],
});
/** Only where a token could start; elsewhere `#` is an ordinary character. */
const CommentToken = createToken({
  name: 'Comment',
  pattern: /#[^\n]*/,
  group: 'comments',
  start_chars_hint: ['#'],
});
export const Semicolon = createToken({ name: 'Semicolon', pattern: ';' });
export const Open = createToken({ name: 'Open', pattern: '{' });
export const Close = createToken({ name: 'Close', pattern: '}' });
export const Lua = createToken({
  name: 'Lua',
  pattern: luaBody,
  start_chars_hint: ['{'],
  line_breaks: true,
});
/** The closing quote is optional: a quote that never closes is a token too. */
export const Quoted = createToken({
  name: 'Quoted',
  pattern: /"(?:[^"\\]|\\[\s\S]?)*"?|'(?:[^'\\]|\\[\s\S]?)*'?/,
  line_breaks: true,
  start_chars_hint: ['"', "'"],
});
/**
 * A backslash protects the next character, `${` opens no block, and neither quotes nor `}` end an unquoted word. `{2,3}`
 * glued to a word is a part of a regular expression: nginx takes its brace for a block's, which nobody can have meant.
 */
export const Bare = createToken({
  name: 'Bare',
  pattern: /(?:\$\{|\\[\s\S]?|[^ \t\r\n;{}"'#\\])(?:\$\{|\\[\s\S]?|\{\d+(?:,\d*)?\}|[^ \t\r\n;{\\])*/,
  line_breaks: true,
  start_chars_hint: startingWith(' \t\r\n;{}"\'#'),
});

// Lua stands before Open: both start with `{`, and the matcher refuses unless a Lua directive is waiting for it.
export const vocabulary = [Blank, CommentToken, Lua, Open, Close, Semicolon, Quoted, Bare];

let made: Lexer | undefined;

/** The one lexer, made when the first file is read. */
export const lexer = (): Lexer => {
  made ??= new Lexer(vocabulary, lexerOptions);
  return made;
};
