/** Statements of an nginx file. Flat: the grower nests them, so every sequence of tokens is legal. */
import {
  EmbeddedActionsParser,
  type IToken,
  type Lexed,
  nothing,
  parserOptions,
  type Token,
} from '../chevrotain.ts';
import { type Grown, grower, sharing } from '../grow.ts';
import type { Source } from '../text.ts';
import type { Oddity, Word } from '../tree.ts';
import { Close, Lua, Open, Semicolon, vocabulary, Word as WordToken } from './tokens.ts';
import { textOf } from './words.ts';

class NginxParser extends EmbeddedActionsParser {
  private source!: Source;
  private text = '';
  private lexed = nothing;
  /** Tokens that were consumed. */
  private count = 0;
  private tree = grower();
  private shared = sharing();
  private oddities: Oddity[] = [];

  constructor() {
    super(vocabulary, parserOptions);
    this.performSelfAnalysis();
  }

  /** The statements of `lexed`, which was cut from `text`: that of `source`, as it was meant. */
  parse(source: Source, text: string, lexed: Lexed): { grown: Grown; oddities: Oddity[] } {
    this.source = source;
    this.text = text;
    this.lexed = lexed;
    this.count = 0;
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
  private readonly word = (): void => this.read(this.CONSUME(WordToken));
  private readonly ends = [
    { ALT: () => this.ended(this.CONSUME(Semicolon)) },
    { ALT: () => this.lua(this.CONSUME(Lua)) },
    { ALT: () => this.unended() },
  ];
  private readonly statement = this.RULE('statement', () => {
    this.words = [];
    this.AT_LEAST_ONE(this.word);
    this.OR(this.ends);
  });

  // Every action takes the token it is about, which is the next of the file: each is consumed once, in order.

  private opened(_: IToken): void {
    if (!this.RECORDING_PHASE) this.tree.open(this.source, this.lexed.starts[this.count++]!);
  }

  private closed(_: IToken): void {
    if (!this.RECORDING_PHASE) this.tree.close(this.source, this.lexed.starts[this.count++]!);
  }

  private ended(_: IToken): void {
    if (!this.RECORDING_PHASE) this.tree.statement(this.source, this.words, this.lexed.starts[this.count++]!);
  }

  private unended(): void {
    if (!this.RECORDING_PHASE) this.tree.statement(this.source, this.words, -1);
  }

  private straySemicolon(_: IToken): void {
    if (this.RECORDING_PHASE) return;
    const start = this.lexed.starts[this.count++]!;
    const at = { source: this.source, start, end: start + 1 };
    this.oddities.push({ kind: 'stray-semicolon', at, what: ';', edits: [{ ...at, text: '' }] });
  }

  /** A Lua block that lost its directive, when a brace glued to it turned out to be none of its words. */
  private strayLua(_: IToken): void {
    if (this.RECORDING_PHASE) return;
    const [start, end, isClosed] = this.luaBlock();
    this.tree.open(this.source, start);
    if (isClosed) this.tree.close(this.source, end - 1);
  }

  /** Where a Lua block starts and ends, braces included, and whether the last one is there. */
  private luaBlock(): [start: number, end: number, isClosed: boolean] {
    const start = this.lexed.starts[this.count]!;
    const end = this.lexed.ends[this.count++]!;
    return [start, end, end - start > 1 && this.text[end - 1] === '}'];
  }

  private read(token: IToken): void {
    if (this.RECORDING_PHASE) return;
    const start = this.lexed.starts[this.count]!;
    const end = this.lexed.ends[this.count++]!;
    const { quote } = token as Token;
    const written = this.text.slice(start, end);
    this.words.push({ text: this.shared(textOf(written, quote)), start, end, quote });
    if (!quote) return;
    if (!isClosed(written)) {
      const at = { source: this.source, start, end: start + 1 };
      this.oddities.push({ kind: 'quote-never-closed', at, what: quote });
    } else if (/[^ \t\r\n;{)]/.test(this.text[end] ?? ' ')) {
      const at = { source: this.source, start: end, end: end + 1 };
      this.oddities.push({ kind: 'text-after-quote', at, what: this.text[end]! });
    }
  }

  private lua(_: IToken): void {
    if (this.RECORDING_PHASE) return;
    const { words } = this;
    const [open, after, isClosed] = this.luaBlock();
    const start = open + 1;
    const end = after - (isClosed ? 1 : 0);
    const raw: Word = { text: this.text.slice(start, end), start, end, quote: '' };
    this.tree.statement(this.source, words, isClosed ? end : -1, raw);
    if (isClosed) return;
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
