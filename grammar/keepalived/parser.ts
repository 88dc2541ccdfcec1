/** Lines of a keepalived file. Flat: the grower nests them, so every sequence of tokens is legal. */
import {
  EmbeddedActionsParser,
  type IToken,
  type Lexed,
  nothing,
  parserOptions,
  type Token,
} from '../chevrotain.ts';
import { type Grown, grower, sharing } from '../grow.ts';
import type { Source, Span } from '../text.ts';
import type { Oddity, Word } from '../tree.ts';
import { Close, Newline, Open, vocabulary, Word as WordToken } from './tokens.ts';

/** Where an offset of the parsed text stands in a file: the two differ once definitions and includes are expanded. */
export type Locate = (start: number, end: number) => Span;

class KeepalivedParser extends EmbeddedActionsParser {
  private text = '';
  private lexed = nothing;
  /** Tokens that were consumed. */
  private count = 0;
  private locate!: Locate;
  private tree = grower();
  private shared = sharing();
  private oddities: Oddity[] = [];

  constructor() {
    super(vocabulary, parserOptions);
    this.performSelfAnalysis();
  }

  /** The lines of `lexed`, which was cut from `text`. */
  parse(text: string, lexed: Lexed, locate: Locate): { grown: Grown; oddities: Oddity[] } {
    this.text = text;
    this.lexed = lexed;
    this.count = 0;
    this.locate = locate;
    this.tree = grower();
    this.shared = sharing();
    this.oddities = [];
    this.input = lexed.tokens as Token[]; // to which it adds an end for as long as it parses
    this.file();
    const error = this.errors[0];
    if (error) throw new Error(`grammar is not total: ${error.message}`);
    const result = { grown: this.tree.finish(), oddities: this.oddities };
    // The parser outlives what it read.
    this.input = [];
    this.lexed = nothing;
    this.shared = sharing();
    return result;
  }

  // A file has a line every twenty characters: the alternatives are made once, and no action is a closure.
  private readonly parts = [
    { ALT: () => this.SUBRULE(this.line) },
    { ALT: () => this.ended(this.CONSUME(Newline)) },
    // Also on a later line than its keyword: comments and blank lines between them are skipped.
    { ALT: () => this.opened(this.CONSUME(Open)) },
    { ALT: () => this.closed(this.CONSUME(Close)) },
  ];
  private readonly part = (): void => this.OR(this.parts);
  private readonly file = this.RULE('file', () => this.MANY(this.part));

  private words: Word[] = [];
  private first: Source | undefined;
  private readonly word = (): void => this.read(this.CONSUME(WordToken));
  private readonly line = this.RULE('line', () => {
    this.words = [];
    this.first = undefined;
    this.AT_LEAST_ONE(this.word);
    this.stated();
  });

  // Every action takes the token it is about, which is the next of the file: each is consumed once, in order.

  private opened(_: IToken): void {
    if (this.RECORDING_PHASE) return;
    const { source, start } = this.next();
    this.tree.open(source, start);
  }

  private closed(_: IToken): void {
    if (this.RECORDING_PHASE) return;
    const { source, start } = this.next();
    this.tree.close(source, start);
  }

  private ended(_: IToken): void {
    if (!this.RECORDING_PHASE) this.count++;
  }

  private stated(): void {
    if (!this.RECORDING_PHASE) this.tree.statement(this.first!, this.words, -1);
  }

  private read(token: IToken): void {
    if (this.RECORDING_PHASE) return;
    const written = this.text.slice(this.lexed.starts[this.count], this.lexed.ends[this.count]);
    const { source, start, end } = this.next();
    this.first ??= source;
    this.words.push(
      (token as Token).quote
        ? this.quoted(written, { source, start, end })
        : { text: this.shared(written), start, end, quote: '' },
    );
  }

  /** Where the next token stands. */
  private next(): Span {
    const at = this.count++;
    return this.locate(this.lexed.starts[at]!, this.lexed.ends[at]!);
  }

  private quoted(written: string, { source, start, end }: Span): Word {
    const closed = written.length > 1 && written.endsWith('"');
    if (!closed) {
      this.oddities.push({ kind: 'quote-never-closed', at: { source, start, end: start + 1 }, what: '"' });
    }
    // The brace behind a name that lost its quote is none of it: `vrrp_script "chk {`.
    const text = closed ? written.slice(1, -1) : written.slice(1).replace(/[ \t\r]*\{[ \t\r]*$/, '');
    return { text, start, end, quote: '"' };
  }
}

let parser: KeepalivedParser | undefined;

/** The one parser, made when the first keepalived file is read. */
export const keepalivedParser = (): KeepalivedParser => {
  parser ??= new KeepalivedParser();
  return parser;
};
