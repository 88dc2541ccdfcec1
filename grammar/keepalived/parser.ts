/** Lines of a keepalived file. Flat: the grower nests them, so every sequence of tokens is legal. */
import { EmbeddedActionsParser, type IToken, parserOptions, type Token } from '../chevrotain.ts';
import { type Grown, grower } from '../grow.ts';
import type { Source, Span } from '../text.ts';
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

  // A file has a line every twenty characters: the alternatives are made once, and no action is a closure.
  private readonly parts = [
    { ALT: () => this.SUBRULE(this.line) },
    { ALT: () => this.CONSUME(Newline) },
    // Also on a later line than its keyword: comments and blank lines between them are skipped.
    { ALT: () => this.opened(this.CONSUME(Open)) },
    { ALT: () => this.closed(this.CONSUME(Close)) },
  ];
  private readonly part = (): unknown => this.OR<unknown>(this.parts);
  private readonly file = this.RULE('file', () => this.MANY(this.part));

  private words: Word[] = [];
  private first: Source | undefined;
  private readonly word = (): void => this.read(this.CONSUME(WordToken) as Token);
  private readonly line = this.RULE('line', () => {
    this.words = [];
    this.first = undefined;
    this.AT_LEAST_ONE(this.word);
    this.ended();
  });

  private opened({ startOffset }: IToken): void {
    if (this.RECORDING_PHASE) return;
    const { source, start } = this.locate(startOffset, startOffset + 1);
    this.tree.open(source, start);
  }

  private closed({ startOffset }: IToken): void {
    if (this.RECORDING_PHASE) return;
    const { source, start } = this.locate(startOffset, startOffset + 1);
    this.tree.close(source, start);
  }

  private ended(): void {
    if (!this.RECORDING_PHASE) this.tree.statement(this.first!, this.words, -1);
  }

  private read({ image, quote, startOffset }: Token): void {
    if (this.RECORDING_PHASE) return;
    const { source, start, end } = this.locate(startOffset, startOffset + image.length);
    this.first ??= source;
    this.words.push(
      quote ? this.quoted(image, { source, start, end }) : { text: image, start, end, quote: '' },
    );
  }

  private quoted(image: string, { source, start, end }: Span): Word {
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
