/** Growing a tree from flat statements: nesting is kept on an explicit stack, so depth costs no call stack. */
import { indentation, type Source, type Span } from './text.ts';
import type { Directive, Word } from './tree.ts';

type Growing = { -readonly [K in keyof Directive]: Directive[K] } & { body: Growing[] | undefined };

/** What a parser's actions call, in the order of the text. */
export interface Grower {
  /** A statement; `close` is the offset of its terminator or -1. */
  statement(source: Source, words: readonly Word[], close: number, raw?: Word): void;
  /** A `{` that belongs to the last statement. Without one that can take it, it is stray. */
  open(source: Source, at: number): void;
  /** A `}`. */
  close(source: Source, at: number): void;
}

/** A tree as it grew, with what did not fit. */
export interface Grown {
  readonly items: readonly Directive[];
  /** Blocks without `}`, outermost first. */
  readonly unclosed: readonly Directive[];
  /** `}` that close nothing, and `{` that open nothing. */
  readonly strays: readonly Stray[];
  /** Those, and the `}` that such a `{` took, in the order of the text. */
  readonly loose: readonly Stray[];
  /** A block that is indented holds one that stands under its own head: their braces may be others than they seem. */
  readonly isSkewed: boolean;
}

/** A brace without a statement or block of its own. */
export interface Stray extends Span {
  /** How many statements stand before it: what tells its place where files include others. */
  readonly after?: number;
  /** Offset of the `}` that a `{` took, where both stand in one file. */
  partner?: number;
}

/** Whether every brace has its partner, and the one that the indentation tells. */
export const isSound = ({ unclosed, strays, isSkewed }: Grown): boolean =>
  unclosed.length + strays.length === 0 && !isSkewed;

/** Gives one string for all that are equal. A file has few words, each many times: so they are told apart and looked up faster. */
export function sharing(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const first = known.get(text);
    if (first === undefined) known.set(text, text);
    return first ?? text;
  };
}

/** An open block; a stray `{` is one whose statements go to the list around it. */
interface Frame {
  readonly block: Growing | undefined;
  readonly stray?: Stray;
  readonly items: Growing[];
  /** Of the block's head. */
  readonly indent?: number | undefined;
}

export function grower(): Grower & { finish(): Grown } {
  const root: Growing[] = [];
  const frames: Frame[] = [];
  const strays: Stray[] = [];
  const loose: Stray[] = [];
  let after = 0;
  let items = root;
  /** The statement that a `{` may still belong to. */
  let waiting: Growing | undefined;
  let isSkewed = false;
  return {
    statement(source, words, close, raw) {
      const directive: Growing = {
        source,
        name: words[0]!,
        args: words.slice(1),
        body: raw ? [] : undefined,
        open: raw ? raw.start - 1 : -1,
        close,
        raw,
      };
      items.push(directive);
      after++;
      waiting = close < 0 && !raw ? directive : undefined;
    },
    open(source, at) {
      if (waiting) {
        // The brace may stand in another file than its keyword, or in the same one that is included again.
        const { end } = waiting.args.at(-1) ?? waiting.name;
        waiting.open = waiting.source === source && at >= end ? at : end;
        waiting.body = [];
        const indent = indentation(waiting.source, waiting.name.start);
        const outer = frames.at(-1);
        isSkewed ||= outer?.block !== undefined && outer.indent === indent && isIndented(outer);
        frames.push({ block: waiting, items, indent });
        items = waiting.body;
      } else {
        const stray: Stray = { source, start: at, end: at + 1, after };
        strays.push(stray);
        loose.push(stray);
        frames.push({ block: undefined, stray, items });
      }
      waiting = undefined;
    },
    close(source, at) {
      waiting = undefined;
      const frame = frames.pop();
      if (!frame) {
        const stray: Stray = { source, start: at, end: at + 1, after };
        strays.push(stray);
        loose.push(stray);
        return;
      }
      // keepalived lets a block end in another file than it began in, or in the same one that is included again.
      const { block, stray } = frame;
      if (stray?.source === source) stray.partner = at;
      if (stray) loose.push({ source, start: at, end: at + 1, after });
      if (block) block.close = block.source === source && at >= block.open ? at : block.source.text.length;
      items = frame.items;
    },
    finish() {
      const unclosed = frames.flatMap((frame) => frame.block ?? []);
      return { items: root, unclosed, strays, loose, isSkewed };
    },
  };
}

function isIndented({ block, indent }: Frame): boolean {
  const first = block!.body![0]!;
  const inner = indentation(first.source, first.name.start);
  return indent !== undefined && inner !== undefined && inner > indent;
}

/** The words of a block's head with its `{`. */
export const opener = (block: Directive): Span => ({
  source: block.source,
  start: block.name.start,
  // A `{` that is only meant to be there takes no room.
  end: block.source.text[block.open] === '{' ? block.open + 1 : (block.args.at(-1) ?? block.name).end,
});
