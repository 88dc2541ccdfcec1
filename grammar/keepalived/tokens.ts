/** The tokens of keepalived's configuration language (lib/parser.c: decomment(), read_line(), alloc_strvec_r()). */
import { collector, createToken, type Lexed, type Token, token } from '../chevrotain.ts';
import { lineEnd } from '../text.ts';

/** A bare or quoted word. A quote that never closes is a token too. */
export const Word = createToken({ name: 'Word' });
/** A statement is a line. */
export const Newline = createToken({ name: 'Newline' });
export const Open = createToken({ name: 'Open' });
export const Close = createToken({ name: 'Close' });

export const vocabulary = [Word, Newline, Open, Close];

const [tab, lineFeed, verticalTab, formFeed, carriageReturn, space] = [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20];
const [exclamation, doubleQuote, hash, open, close] = [0x21, 0x22, 0x23, 0x7b, 0x7d];

/** The tokens of any text. */
export function lex(text: string): Lexed {
  const marks = {
    word: token(Word),
    quoted: token(Word, '"'),
    newline: token(Newline),
    open: token(Open),
    close: token(Close),
  };
  const found = collector(text.length);
  const comments: { start: number; end: number }[] = [];
  for (let at = 0; at < text.length; ) {
    const start = at;
    let each: Token;
    switch (text.charCodeAt(at)) {
      case space:
      case tab:
      case carriageReturn:
      case formFeed:
      case verticalTab:
        at++;
        continue;
      case lineFeed:
        each = marks.newline;
        at++;
        break;
      // `#` and `!` start a comment anywhere outside double quotes, also in the middle of a word.
      case hash:
      case exclamation:
        at = lineEnd(text, at);
        comments.push({ start, end: at });
        continue;
      case open:
        each = marks.open;
        at++;
        break;
      case close:
        each = marks.close;
        at++;
        break;
      case doubleQuote:
        each = marks.quoted;
        at = quotedEnd(text, at);
        break;
      default:
        at = bareEnd(text, at);
        if (at === start) {
          at = lineEnd(text, at);
          comments.push({ start, end: at });
          continue;
        }
        each = marks.word;
    }
    found.add(each, start, at);
  }
  return found.lexed(comments);
}

/** Offset after the quoted word that begins at `start`. The quote must close on its line; there is no escape. */
function quotedEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === doubleQuote) return at + 1;
    if (code === lineFeed) return at;
  }
  return text.length;
}

/**
 * Offset after the unquoted word that begins at `start`. Single quotes and backslashes are letters, but for a backslash
 * that stands before the sign of a comment: it is taken away, and the sign is still one as the line is read again.
 */
function bareEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case exclamation:
      case hash:
        return isEscaped(text, at) ? at - 1 : at;
      case space:
      case tab:
      case carriageReturn:
      case lineFeed:
      case formFeed:
      case verticalTab:
      case doubleQuote:
      case open:
      case close:
        return at;
    }
  }
  return text.length;
}

/** Whether an odd number of backslashes stands right before an offset: each two of them are letters (decomment()). */
export function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text[from - 1] === '\\') from--;
  return (at - from) % 2 === 1;
}
