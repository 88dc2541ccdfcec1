/** Statements of an nginx file. Flat: the grower nests them, so every sequence of tokens is legal. */
import { EmbeddedActionsParser, type IToken, parserOptions, type Token } from '../chevrotain.ts';
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

  // A file has a statement every thirty characters: the alternatives are made once, and no action is a closure.
  private readonly parts = [
    { ALT: () => this.SUBRULE(this.statement) },
    { ALT: () => this.opened(this.CONSUME(Open)) },
    { ALT: () => this.closed(this.CONSUME(Close)) },
    { ALT: () => this.straySemicolon(this.CONSUME(Semicolon)) },
    { ALT: () => this.strayLua(this.CONSUME(Lua)) },
  ];
  private readonly part = (): void => this.OR(this.parts);
  private readonly file = this.RULE('file', () => this.MANY(this.part));

  private words: Word[] = [];
  private readonly word = (): void => this.read(this.CONSUME(WordToken) as Token);
  private readonly ends = [
    { ALT: () => this.ended(this.CONSUME(Semicolon).startOffset) },
    { ALT: () => this.lua(this.CONSUME(Lua)) },
    { ALT: () => this.ended(-1) },
  ];
  private readonly statement = this.RULE('statement', () => {
    this.words = [];
    this.AT_LEAST_ONE(this.word);
    this.OR(this.ends);
  });

  private opened({ startOffset }: IToken): void {
    if (!this.RECORDING_PHASE) this.tree.open(this.source, startOffset);
  }

  private closed({ startOffset }: IToken): void {
    if (!this.RECORDING_PHASE) this.tree.close(this.source, startOffset);
  }

  private ended(at: number): void {
    if (!this.RECORDING_PHASE) this.tree.statement(this.source, this.words, at);
  }

  private straySemicolon(token: IToken): void {
    if (this.RECORDING_PHASE) return;
    const at = { source: this.source, start: token.startOffset, end: token.startOffset + 1 };
    this.oddities.push({ kind: 'stray-semicolon', at, what: ';', edits: [{ ...at, text: '' }] });
  }

  /** A Lua block that lost its directive, when a brace glued to it turned out to be none of its words. */
  private strayLua({ startOffset: start, image }: IToken): void {
    if (this.RECORDING_PHASE) return;
    this.tree.open(this.source, start);
    if (image.length > 1 && image.endsWith('}')) this.tree.close(this.source, start + image.length - 1);
  }

  private read(token: Token): void {
    if (this.RECORDING_PHASE) return;
    const word = wordOf(token);
    this.words.push(word);
    const { end, quote } = word;
    if (!quote) return;
    if (!isClosed(token.image)) {
      const at = { source: this.source, start: word.start, end: word.start + 1 };
      this.oddities.push({ kind: 'quote-never-closed', at, what: quote });
    } else if (/[^ \t\r\n;{)]/.test(this.text[end] ?? ' ')) {
      const at = { source: this.source, start: end, end: end + 1 };
      this.oddities.push({ kind: 'text-after-quote', at, what: this.text[end]! });
    }
  }

  private lua(token: IToken): void {
    if (this.RECORDING_PHASE) return;
    const { words } = this;
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
