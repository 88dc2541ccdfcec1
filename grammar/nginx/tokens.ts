/** The tokens of nginx's configuration language, as ngx_conf_read_token() cuts them. */
import { collector, createToken, type Lexed, type Token, token } from '../chevrotain.ts';
import { luaBody } from './lua.ts';

/** A bare or quoted word. A quote that never closes is a token too. */
export const Word = createToken({ name: 'Word' });
export const Semicolon = createToken({ name: 'Semicolon' });
export const Open = createToken({ name: 'Open' });
export const Close = createToken({ name: 'Close' });
/** The body of a `*_by_lua_block`, its braces included. */
export const Lua = createToken({ name: 'Lua' });

export const vocabulary = [Word, Semicolon, Open, Close, Lua];

const [tab, lineFeed, carriageReturn, space] = [0x09, 0x0a, 0x0d, 0x20];
const [doubleQuote, hash, dollar, singleQuote, semicolon] = [0x22, 0x23, 0x24, 0x27, 0x3b];
const [backslash, open, close] = [0x5c, 0x7b, 0x7d];

/** The tokens of any text. */
export function lex(text: string): Lexed {
  const marks = {
    word: token(Word),
    doubleQuoted: token(Word, '"'),
    singleQuoted: token(Word, "'"),
    semicolon: token(Semicolon),
    open: token(Open),
    close: token(Close),
    lua: token(Lua),
  };
  const found = collector(text.length);
  const comments: { start: number; end: number }[] = [];
  for (let at = 0; at < text.length; ) {
    const start = at;
    let each: Token;
    switch (text.charCodeAt(at)) {
      // Exactly these four are blanks to nginx; a no-break space is a letter.
      case space:
      case tab:
      case lineFeed:
      case carriageReturn:
        at++;
        continue;
      // A comment only where a token could start; elsewhere `#` is an ordinary character.
      case hash: {
        const end = text.indexOf('\n', at);
        at = end < 0 ? text.length : end;
        comments.push({ start, end: at });
        continue;
      }
      case semicolon:
        each = marks.semicolon;
        at++;
        break;
      case close:
        each = marks.close;
        at++;
        break;
      case open:
        if (headIsLua(text, found.lexed(comments))) {
          each = marks.lua;
          at += luaBody(text, at).length;
        } else {
          each = marks.open;
          at++;
        }
        break;
      case doubleQuote:
        each = marks.doubleQuoted;
        at = quotedEnd(text, at, doubleQuote);
        break;
      case singleQuote:
        each = marks.singleQuoted;
        at = quotedEnd(text, at, singleQuote);
        break;
      default:
        each = marks.word;
        at = bareEnd(text, at);
    }
    found.add(each, start, at);
  }
  return found.lexed(comments);
}

/** Offset after the quoted word that begins at `start`: its quote included, or the end of the text without one. */
function quotedEnd(text: string, start: number, quote: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === backslash) at++;
  }
  return text.length;
}

/**
 * Offset after the unquoted word that begins at `start`. A backslash protects the next character, `${` opens no block, and
 * neither quotes nor `}` end a word. `{2,3}` glued to a word is a part of a regular expression: nginx takes its brace for a
 * block's, which nobody can have meant.
 */
function bareEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case space:
      case tab:
      case lineFeed:
      case carriageReturn:
      case semicolon:
        return at;
      case backslash:
        at++;
        break;
      case dollar:
        if (text.charCodeAt(at + 1) === open) at++;
        break;
      case open: {
        repetition.lastIndex = at;
        if (!repetition.test(text)) return at;
        at = repetition.lastIndex - 1;
      }
    }
  }
  return text.length;
}

/** How often, in a regular expression. */
const repetition = /\{\d+(?:,\d*)?\}/y;

/** The first word of the statement being read ends in `_by_lua_block`. Statements with such names have at most one argument. */
function headIsLua(text: string, { tokens, starts, ends }: Lexed): boolean {
  for (let i = tokens.length - 1; i >= 0 && i >= tokens.length - 2; i--) {
    const { tokenType, quote } = tokens[i]!;
    if (tokenType !== Word || quote) return false;
    if (text.slice(starts[i], ends[i]).endsWith('_by_lua_block')) return true;
  }
  return false;
}
