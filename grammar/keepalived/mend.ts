/** keepalived's tree as it was meant, where only the meaning of the words tells: blocks that lost their `{`. */
import { events, type Knowledge, type Path } from '../balance.ts';
import { type Grown, grower } from '../grow.ts';
import { contextsOf, keyword } from '../tables/keywords.ts';
import { lineStart, type Source, type Span, startsLine } from '../text.ts';
import { type Directive, isOpenQuote, type Oddity, type Word } from '../tree.ts';

/** The context of a list block: its lines are items, not keywords. */
const list = 'list';

/** The context that a statement's braces open; undefined where the tables do not know the statement. */
function opened(context: string | undefined, name: string): string | undefined {
  const known = context === undefined || context === list ? undefined : keyword(context, name);
  return known?.items ? list : known?.opens;
}

/** How many words a keyword takes before its braces. */
function takenBy(context: string | undefined, name: string): number {
  const args = (context === undefined ? undefined : keyword(context, name))?.args ?? [];
  return args.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : args.length;
}

/** The first line of a block that a comment sign took away. */
interface Hidden {
  readonly source: Source;
  readonly words: readonly Word[];
  readonly open: number;
  readonly context: string;
  readonly oddity: Oddity;
}

const hiddenHead = /^[ \t]*([#!]+ ?)[ \t]*([A-Za-z_]\w*(?:[ \t]+[^\s{}#!"]+)*)[ \t]*\{[ \t\r]*$/;

/** The head that is all of the comment right above a statement, where only in its block the statement has a meaning. */
function hiddenAbove({ source, name }: Directive, context: string | undefined): Hidden | undefined {
  const { text } = source;
  if (context === undefined || !startsLine(text, name.start)) return undefined;
  let end = lineStart(text, name.start) - 1;
  while (end > 0 && text.slice(lineStart(text, end), end).trim() === '') end = lineStart(text, end) - 1;
  if (end <= 0) return undefined;
  const start = lineStart(text, end);
  const match = hiddenHead.exec(text.slice(start, end));
  if (!match) return undefined;
  const [line, sign, head] = match as unknown as [string, string, string];
  const from = start + line.indexOf(head, line.indexOf(sign) + sign.length);
  const words = wordsIn(head, from);
  const inner = opened(context, words[0]!.text);
  const isOwn = inner !== undefined && inner !== list && keyword(inner, name.text) !== undefined;
  if (
    keyword(context, name.text) ||
    !(isOwn || inner === list) ||
    words.length > 1 + takenBy(context, words[0]!.text)
  )
    return undefined;
  const at = { source, start: start + line.indexOf(sign), end: start + line.trimEnd().length };
  return {
    source,
    words,
    open: at.end - 1,
    context: inner!,
    oddity: {
      kind: 'head-in-comment',
      at,
      what: words[0]!.text,
      edits: [{ source, start: at.start, end: at.start + sign.length, text: '' }],
    },
  };
}

/** The words of a comment that begins at an offset. */
const wordsIn = (text: string, from: number): readonly Word[] =>
  Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => {
    return { text: word, start: from + index, end: from + index + word.length, quote: '' };
  });

const hiddenTail = /(?<blank>[ \t]*)(?<sign>[#!]+[ \t]*)(?<words>[^\n{}#!"']*?)[ \t]*\{[ \t\r]*(?=\n|$)/y;

/** The rest of a block's first line that is a comment: `vrrp_instance #VI_1 {`. */
function hiddenBehind(source: Source, end: number, context: string, what: string): Hidden | undefined {
  hiddenTail.lastIndex = end;
  const match = hiddenTail.exec(source.text);
  const { blank = '', sign = '', words = '' } = match?.groups ?? {};
  // Of `nginx#1 {` the sign was typed into a word.
  if (!match || (blank === '' && !/\s/.test(sign) && words !== '')) return undefined;
  const start = end + blank.length;
  const from = start + sign.length;
  const at = { source, start, end: source.text.indexOf('{', from) + 1 };
  const edits = [{ source, start, end: from, text: blank === '' ? ' ' : '' }];
  return {
    source,
    words: wordsIn(words, from),
    open: at.end - 1,
    context,
    oddity: { kind: 'head-in-comment', at, what, edits },
  };
}

/**
 * Gives a `{` to block keywords that have none, as long as some `}` has no partner: the keyword is where it lost it, or a
 * comment holds both. Two such oddities never come from one slip.
 */
export function openBlocks(grown: Grown): { grown: Grown; oddities: Oddity[] } {
  let extra = grown.strays.filter(({ source, start }) => source.text[start] === '}').length;
  const oddities: Oddity[] = [];
  if (extra === 0) return { grown, oddities };
  const tree = grower();
  const contexts: (string | undefined)[] = ['root'];
  let pending: string | undefined;
  for (const event of events(grown)) {
    if (event.kind === 'open') {
      contexts.push(pending);
      tree.open(event.source, event.at);
    } else if (event.kind === 'close') {
      if (contexts.length > 1) contexts.pop();
      else extra--; // it has no partner before it, so none that is missing after it
      tree.close(event.source, event.at);
    } else {
      const { directive } = event;
      const words = [directive.name, ...directive.args];
      const { source } = directive;
      const hidden = extra > 0 ? hiddenAbove(directive, contexts.at(-1)) : undefined;
      if (hidden) {
        extra--;
        oddities.push(hidden.oddity);
        tree.statement(hidden.source, hidden.words, -1);
        tree.open(hidden.source, hidden.open);
        contexts.push(hidden.context);
      }
      const context = contexts.at(-1);
      pending = opened(context, directive.name.text);
      if (directive.body || pending === undefined || extra <= 0) {
        tree.statement(source, words, directive.body ? -1 : directive.close, directive.raw);
        continue;
      }
      extra--;
      // Words that the keyword does not take were meant to stand inside.
      const taken = takenBy(context, directive.name.text);
      const head = words.slice(0, 1 + taken);
      const inside = words.slice(head.length);
      const end = head.at(-1)!.end;
      const behind =
        inside.length === 0 ? hiddenBehind(source, end, pending, directive.name.text) : undefined;
      if (behind && head.length + behind.words.length === 1 + taken) {
        oddities.push(behind.oddity);
        tree.statement(source, [...head, ...behind.words], -1);
        tree.open(source, behind.open);
        contexts.push(pending);
        continue;
      }
      // Behind a quote that never closes a brace is a part of the text, and the quote has its finding.
      if (
        !words.some(
          (word) => isOpenQuote(source, word) && source.text.slice(word.start, word.end).includes('{'),
        )
      ) {
        oddities.push({
          kind: 'block-never-opened',
          at: { source, start: directive.name.start, end },
          what: directive.name.text,
          ...(words.some((word) => isOpenQuote(source, word))
            ? {}
            : { edits: [{ source, start: end, end, text: ' {' }] }),
        });
      }
      tree.statement(source, head, -1);
      tree.open(source, end);
      if (inside.length > 0) tree.statement(source, inside, -1);
      contexts.push(pending);
    }
  }
  return { grown: tree.finish(), oddities };
}

/** The `{` of keywords that open no block: keepalived ignores it, but not the `}` that belongs to it. */
export function uselessBraces(items: readonly Directive[]): Oddity[] {
  const found = new Map<string, Oddity>();
  const levels = [{ items, context: 'root' }];
  for (let level = levels.pop(); level; level = levels.pop()) {
    for (const { source, name, args, body, open, close } of level.items) {
      const known = body && keyword(level.context, name.text);
      if (!known) continue;
      // A block on the line of another keyword has its finding, too.
      const opens = ({ text }: Word): boolean => opened(level.context, text) !== undefined;
      if (known.items === undefined && args.slice(known.args.length).some(opens)) continue;
      if (known.opens !== undefined) levels.push({ items: body, context: known.opens });
      // One that is never closed has its finding.
      else if (known.items === undefined && source.text[open] === '{' && source.text[close] === '}') {
        const at = { source, start: open, end: open + 1 };
        // What repetitions make of a line is one slip.
        found.set(`${source.path} ${open}`, { kind: 'stray-brace', at, what: '{' });
      }
    }
  }
  return [...found.values()];
}

/** What is known of the statements of a file, for finding braces that are missing or too many. */
export const knowledge: Knowledge = { fits, opensNothing, isAstray };

/** Whether a statement may stand in the blocks around it. */
function fits(path: Path | undefined, { name }: Directive): boolean | undefined {
  const context = contextOf(path);
  if (context === undefined) return undefined;
  if (context !== list) return keyword(context, name.text) !== undefined;
  // Any word may be an item; a keyword of the block around the list hardly is.
  const around = contextOf(path?.outer);
  return around !== undefined && keyword(around, name.text) ? false : undefined;
}

/** What is odd about a brace after a statement that is no block. */
function opensNothing(path: Path | undefined, { name }: Directive, at: Span): Oddity | undefined {
  const context = contextOf(path);
  if (context === undefined) return undefined;
  const known = context === list ? undefined : keyword(context, name.text);
  const isLeaf = known !== undefined && known.opens === undefined && known.items === undefined;
  return isLeaf || context === list ? { kind: 'stray-brace', at, what: '{' } : undefined;
}

/** Whether a statement means something in another block only: a keyword of others, an address, a member of a group. */
function isAstray(path: Path | undefined, { name, args, body }: Directive): boolean {
  const context = contextOf(path);
  if (context === undefined || context === list || name.quote || keyword(context, name.text)) return false;
  if (context === 'vrrp_sync_group' && args.length === 0 && !body) return true;
  return /[.:@]/.test(name.text) || contextsOf(name.text).length > 0;
}

const contexts = new WeakMap<Path, string>();
const unknown = 'unknown';

/** The context inside the blocks of a path: worked out once for each, as blocks may be nested without bound. */
function contextOf(path: Path | undefined): string | undefined {
  const todo: Path[] = [];
  let at = path;
  for (; at && !contexts.has(at); at = at.outer) todo.push(at);
  let context = at ? contexts.get(at)! : 'root';
  for (const each of todo.reverse()) {
    context = opened(context, each.block.name.text) ?? unknown;
    contexts.set(each, context);
  }
  return context === unknown ? undefined : context;
}
