/** Statements of an nginx file. Flat: the grower nests them, so every sequence of tokens is legal. */
import { EmbeddedActionsParser, parserOptions, type Token } from '../chevrotain.ts';
import { type Grown, grower } from '../grow.ts';
import type { Source } from '../text.ts';
import type { Oddity, Word } from '../tree.ts';
import { Close, Lua, Open, Semicolon, vocabulary, Word as WordToken } from './tokens.ts';
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
  parse(source: Source, text: string, tokens: readonly Token[]): { grown: Grown; oddities: Oddity[] } {
    this.source = source;
    this.text = text;
    this.tree = grower();
    this.oddities = [];
    this.input = tokens as Token[]; // to which it adds an end for as long as it parses
    this.file();
    const error = this.errors[0];
    if (error) throw new Error(`grammar is not total: ${error.message}`);
    const result = { grown: this.tree.finish(), oddities: this.oddities };
    // The parser outlives the tokens, which take as much memory as the tree.
    this.input = [];
    return result;
  }

  private readonly file = this.RULE('file', () => {
    this.MANY(() => {
      this.OR([
        { ALT: () => this.SUBRULE(this.statement) },
        {
          ALT: () => {
            const token = this.CONSUME(Open) as Token;
            this.ACTION(() => this.tree.open(this.source, token.startOffset));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(Close) as Token;
            this.ACTION(() => this.tree.close(this.source, token.startOffset));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(Semicolon) as Token;
            this.ACTION(() => this.straySemicolon(token));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(Lua) as Token;
            this.ACTION(() => this.strayLua(token));
          },
        },
      ]);
    });
  });

  private readonly statement = this.RULE('statement', () => {
    const words: Word[] = [];
    this.AT_LEAST_ONE(() => {
      const token = this.CONSUME(WordToken) as Token;
      this.ACTION(() => words.push(this.word(token)));
    });
    this.OR([
      {
        ALT: () => {
          const token = this.CONSUME(Semicolon) as Token;
          this.ACTION(() => this.tree.statement(this.source, words, token.startOffset));
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(Lua) as Token;
          this.ACTION(() => this.lua(words, token));
        },
      },
      { ALT: () => this.ACTION(() => this.tree.statement(this.source, words, -1)) },
    ]);
  });

  private straySemicolon(token: Token): void {
    const at = { source: this.source, start: token.startOffset, end: token.startOffset + 1 };
    this.oddities.push({ kind: 'stray-semicolon', at, what: ';', edits: [{ ...at, text: '' }] });
  }

  /** A Lua block that lost its directive, when a brace glued to it turned out to be none of its words. */
  private strayLua({ startOffset: start, image }: Token): void {
    this.tree.open(this.source, start);
    if (image.length > 1 && image.endsWith('}')) this.tree.close(this.source, start + image.length - 1);
  }

  private word(token: Token): Word {
    const word = wordOf(token);
    const { end, quote } = word;
    if (!quote) return word;
    if (!isClosed(token.image)) {
      const at = { source: this.source, start: word.start, end: word.start + 1 };
      this.oddities.push({ kind: 'quote-never-closed', at, what: quote });
    } else if (/[^ \t\r\n;{)]/.test(this.text[end] ?? ' ')) {
      const at = { source: this.source, start: end, end: end + 1 };
      this.oddities.push({ kind: 'text-after-quote', at, what: this.text[end]! });
    }
    return word;
  }

  private lua(words: readonly Word[], token: Token): void {
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
