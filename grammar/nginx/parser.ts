/** Statements of an nginx file. Flat: the grower nests them, so every sequence of tokens is legal. */
import { EmbeddedActionsParser, type IToken, parserOptions } from '../chevrotain.ts';
import { type Grown, grower } from '../grow.ts';
import type { Source } from '../text.ts';
import type { Oddity, Word } from '../tree.ts';
import { Bare, Close, Lua, Open, Quoted, Semicolon, vocabulary } from './tokens.ts';
import { wordOf } from './words.ts';

class NginxParser extends EmbeddedActionsParser {
  private source!: Source;
  private text = '';
  private tree = grower();
  private oddities: Oddity[] = [];

  constructor() {
    super(vocabulary, parserOptions);
    this.performSelfAnalysis();
  }

  /** The statements of `tokens`, which were cut from `text`: that of `source`, as it was meant. */
  parse(source: Source, text: string, tokens: IToken[]): { grown: Grown; oddities: Oddity[] } {
    this.source = source;
    this.text = text;
    this.tree = grower();
    this.oddities = [];
    this.input = tokens;
    this.file();
    const error = this.errors[0];
    if (error) throw new Error(`grammar is not total: ${error.message}`);
    return { grown: this.tree.finish(), oddities: this.oddities };
  }

  private readonly file = this.RULE('file', () => {
    this.MANY(() => {
      this.OR([
        { ALT: () => this.SUBRULE(this.statement) },
        {
          ALT: () => {
            const token = this.CONSUME(Open);
            this.ACTION(() => this.tree.open(this.source, token.startOffset));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(Close);
            this.ACTION(() => this.tree.close(this.source, token.startOffset));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(Semicolon);
            this.ACTION(() => this.straySemicolon(token));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(Lua);
            this.ACTION(() => this.strayLua(token));
          },
        },
      ]);
    });
  });

  private readonly statement = this.RULE('statement', () => {
    const words: Word[] = [];
    this.AT_LEAST_ONE(() => {
      this.OR([
        {
          ALT: () => {
            const token = this.CONSUME(Bare);
            this.ACTION(() => words.push(wordOf(token, '')));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(Quoted);
            this.ACTION(() => words.push(this.quoted(token)));
          },
        },
      ]);
    });
    this.OR1([
      {
        ALT: () => {
          const token = this.CONSUME(Semicolon);
          this.ACTION(() => this.tree.statement(this.source, words, token.startOffset));
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(Lua);
          this.ACTION(() => this.lua(words, token));
        },
      },
      { ALT: () => this.ACTION(() => this.tree.statement(this.source, words, -1)) },
    ]);
  });

  private straySemicolon(token: IToken): void {
    const at = { source: this.source, start: token.startOffset, end: token.startOffset + 1 };
    this.oddities.push({ kind: 'stray-semicolon', at, what: ';', edits: [{ ...at, text: '' }] });
  }

  /** A Lua block that lost its directive, when a brace glued to it turned out to be none of its words. */
  private strayLua({ startOffset: start, image }: IToken): void {
    this.tree.open(this.source, start);
    if (image.length > 1 && image.endsWith('}')) this.tree.close(this.source, start + image.length - 1);
  }

  private quoted(token: IToken): Word {
    const quote = token.image[0] as '"' | "'";
    const word = wordOf(token, quote);
    const end = word.end;
    if (!isClosed(token.image)) {
      const at = { source: this.source, start: word.start, end: word.start + 1 };
      this.oddities.push({ kind: 'quote-never-closed', at, what: quote });
    } else if (/[^ \t\r\n;{)]/.test(this.text[end] ?? ' ')) {
      const at = { source: this.source, start: end, end: end + 1 };
      this.oddities.push({ kind: 'text-after-quote', at, what: this.text[end]! });
    }
    return word;
  }

  private lua(words: readonly Word[], token: IToken): void {
    const start = token.startOffset + 1;
    const closed = token.image.length > 1 && token.image.endsWith('}');
    const end = token.startOffset + token.image.length - (closed ? 1 : 0);
    const raw: Word = { text: this.text.slice(start, end), start, end, quote: '' };
    this.tree.statement(this.source, words, closed ? end : -1, raw);
    if (closed) return;
    const at = { source: this.source, start: words[0]!.start, end: start };
    this.oddities.push({ kind: 'block-never-closed', at, what: words[0]!.text });
  }
}

/** Whether a quoted token ends with its own, unprotected quote. */
function isClosed(image: string): boolean {
  if (image.length < 2 || image.at(-1) !== image[0]) return false;
  let backslashes = 0;
  while (image.at(-2 - backslashes) === '\\') backslashes++;
  return backslashes % 2 === 0;
}

let parser: NginxParser | undefined;

/** The one parser, made when the first nginx file is read. */
export const nginxParser = (): NginxParser => {
  parser ??= new NginxParser();
  return parser;
};
