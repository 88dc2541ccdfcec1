/** Lines of a keepalived file. Flat: the grower nests them, so every sequence of tokens is legal. */
import { EmbeddedActionsParser, parserOptions, type Token } from '../chevrotain.ts';
import { type Grown, grower } from '../grow.ts';
import type { Span } from '../text.ts';
import type { Oddity, Word } from '../tree.ts';
import { Close, Newline, Open, vocabulary, Word as WordToken } from './tokens.ts';

/** Where an offset of the parsed text stands in a file: the two differ once definitions and includes are expanded. */
export type Locate = (start: number, end: number) => Span;

class KeepalivedParser extends EmbeddedActionsParser {
  private locate!: Locate;
  private tree = grower();
  private oddities: Oddity[] = [];

  constructor() {
    super(vocabulary, parserOptions);
    this.performSelfAnalysis();
  }

  /** The lines of `tokens`. */
  parse(tokens: readonly Token[], locate: Locate): { grown: Grown; oddities: Oddity[] } {
    this.locate = locate;
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
        { ALT: () => this.SUBRULE(this.line) },
        { ALT: () => this.CONSUME(Newline) },
        {
          // Also on a later line than its keyword: comments and blank lines between them are skipped.
          ALT: () => {
            const token = this.CONSUME(Open);
            this.ACTION(() => {
              const at = this.locate(token.startOffset, token.startOffset + 1);
              this.tree.open(at.source, at.start);
            });
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(Close);
            this.ACTION(() => {
              const at = this.locate(token.startOffset, token.startOffset + 1);
              this.tree.close(at.source, at.start);
            });
          },
        },
      ]);
    });
  });

  private readonly line = this.RULE('line', () => {
    const words: Word[] = [];
    let first: Span | undefined;
    this.AT_LEAST_ONE(() => {
      const token = this.CONSUME(WordToken) as Token;
      this.ACTION(() => {
        const at = this.locate(token.startOffset, token.startOffset + token.image.length);
        first ??= at;
        words.push(this.word(token, at));
      });
    });
    this.ACTION(() => this.tree.statement(first!.source, words, -1));
  });

  private word({ image, quote }: Token, { source, start, end }: Span): Word {
    if (!quote) return { text: image, start, end, quote: '' };
    const closed = image.length > 1 && image.endsWith('"');
    if (!closed) {
      this.oddities.push({ kind: 'quote-never-closed', at: { source, start, end: start + 1 }, what: '"' });
    }
    return { text: image.slice(1, closed ? -1 : undefined), start, end, quote: '"' };
  }
}

let parser: KeepalivedParser | undefined;

/** The one parser, made when the first keepalived file is read. */
export const keepalivedParser = (): KeepalivedParser => {
  parser ??= new KeepalivedParser();
  return parser;
};
