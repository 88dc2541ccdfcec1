/** The one door to chevrotain: nothing else in the house imports the package. */
import {
  Alternation,
  createToken,
  EmbeddedActionsParser,
  type ILookaheadStrategy,
  type IProduction,
  type IToken,
  LLkLookaheadStrategy,
  NonTerminal,
  Repetition,
  RepetitionMandatory,
  type Rule,
  Terminal,
  type TokenType,
} from 'chevrotain';

export { createToken, EmbeddedActionsParser, type IToken, type TokenType };

/** What a token is, one object for all that are alike: where each stands is told apart. */
export interface Token extends IToken {
  /** The quote that a word begins with, or empty: also for what is no word. */
  readonly quote: '' | '"' | "'";
}

/**
 * A text cut into tokens, column by column: a file has one every ten characters, and to make an object of each took longer
 * than to read it.
 */
export interface Lexed {
  readonly tokens: readonly Token[];
  /** The offset of each; longer than the file has tokens. */
  readonly starts: Int32Array;
  /** The offset after each. */
  readonly ends: Int32Array;
  readonly comments: readonly { readonly start: number; readonly end: number }[];
}

/**
 * The token that all of a type share. Both lexers are scanners of our own: the daemons' rules are a few lines of code, as
 * regular expressions they are hard to read, and chevrotain's lexer takes longer to be made than a small file to be read.
 */
export function token(tokenType: TokenType, quote: Token['quote'] = ''): Token {
  return {
    tokenType,
    tokenTypeIdx: tokenType.tokenTypeIdx!,
    image: tokenType.name,
    startOffset: Number.NaN,
    quote,
  };
}

/** Takes the tokens of a text of so many characters, in its order. */
export function collector(length: number): {
  readonly add: (token: Token, start: number, end: number) => void;
  readonly lexed: (comments: Lexed['comments']) => Lexed;
} {
  const tokens: Token[] = [];
  let starts = new Int32Array(64 + (length >> 3));
  let ends = new Int32Array(starts.length);
  return {
    add: (token, start, end) => {
      const index = tokens.push(token) - 1;
      if (index === starts.length) {
        starts = doubled(starts);
        ends = doubled(ends);
      }
      starts[index] = start;
      ends[index] = end;
    },
    lexed: (comments) => ({ tokens, starts, ends, comments }),
  };
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * column.length);
  longer.set(column);
  return longer;
}

/** No text at all. */
export const nothing: Lexed = collector(0).lexed([]);

/** What a production is made of; nothing for a terminal. */
const partsOf = (production: IProduction): readonly IProduction[] =>
  (production as Partial<Rule>).definition ?? [];

/** The token types that a sequence may begin with; `undefined` among them where it may be empty. */
function firsts(sequence: readonly IProduction[]): Set<number | undefined> {
  const found = new Set<number | undefined>();
  for (const production of sequence) {
    const own = firstsOf(production);
    for (const type of own) if (type !== undefined) found.add(type);
    if (!own.has(undefined)) return found;
  }
  return found.add(undefined);
}

function firstsOf(production: IProduction): Set<number | undefined> {
  if (production instanceof Terminal) return new Set([production.terminalType.tokenTypeIdx]);
  if (production instanceof NonTerminal) return firsts(production.referencedRule.definition);
  if (production instanceof Repetition) return firsts(production.definition).add(undefined);
  if (production instanceof RepetitionMandatory) return firsts(production.definition);
  if (production instanceof Alternation)
    return new Set(production.definition.flatMap((alternative) => [...firsts(partsOf(alternative))]));
  throw new Error('a production that no grammar here has');
}

/** The production of a rule that one call of OR, MANY or AT_LEAST_ONE stands for. */
function productionOf<P extends Alternation | Repetition | RepetitionMandatory>(
  rule: Rule,
  occurrence: number,
  kind: abstract new (...options: never[]) => P,
): P {
  const open: IProduction[] = [...rule.definition];
  for (let production = open.pop(); production; production = open.pop()) {
    if (production instanceof kind && production.idx === occurrence) return production;
    if (!(production instanceof NonTerminal)) open.push(...partsOf(production));
  }
  throw new Error(`no production ${occurrence} in ${rule.name}`);
}

interface Reader {
  LA(howMuch: number): IToken;
}

/** What chevrotain works out for any number of tokens, for one: in less time than a small file takes to be read. */
const oneToken: ILookaheadStrategy = {
  validate: (grammar) => new LLkLookaheadStrategy({ maxLookahead: 1 }).validate(grammar),
  buildLookaheadForAlternation({ rule, prodOccurrence }) {
    const choices: number[] = [];
    let otherwise: number | undefined;
    const alternatives = productionOf(rule, prodOccurrence, Alternation).definition;
    for (const [index, alternative] of alternatives.entries()) {
      for (const type of firsts(partsOf(alternative))) {
        if (type === undefined) otherwise = index;
        else choices[type] = index;
      }
    }
    return function (this: Reader) {
      return choices[this.LA(1).tokenTypeIdx] ?? otherwise;
    } as () => number | undefined;
  },
  buildLookaheadForOptional({ rule, prodOccurrence, prodType }) {
    const kind = prodType === 'Repetition' ? Repetition : RepetitionMandatory;
    const begins = firsts(
      productionOf<Repetition | RepetitionMandatory>(rule, prodOccurrence, kind).definition,
    );
    return function (this: Reader) {
      return begins.has(this.LA(1).tokenTypeIdx);
    } as () => boolean;
  },
};

/** Options of every parser here: LL(1), no recovery because every malformed shape is a legal alternative. */
export const parserOptions = {
  maxLookahead: 1,
  lookaheadStrategy: oneToken,
  recoveryEnabled: false,
  // Validation of the grammar runs in tests; in the bundle it can only cost time.
  skipValidations: import.meta.env.PROD,
} as const;
