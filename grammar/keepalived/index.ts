/** keepalived's configuration language: text to tree. */
import { balance } from '../balance.ts';
import { tokenize } from '../chevrotain.ts';
import { type Dialect, type Lexed, type Repaired, repair } from '../repair.ts';
import type { Source, Span } from '../text.ts';
import type { Comment, File, Oddity } from '../tree.ts';
import { fits, openBlocks } from './mend.ts';
import { keepalivedParser, type Locate } from './parser.ts';
import { type Environment, expand, needsExpanding } from './preprocess.ts';
import { lexer } from './tokens.ts';

function lex(text: string): Lexed {
  const { tokens, groups } = tokenize(lexer(), text);
  return { tokens, comments: groups.comments ?? [] };
}

/** What decides how a file reads besides its text. */
export interface KeepalivedOptions {
  /** The daemon's `--config-id`, for `@id` lines. */
  readonly configId?: string | undefined;
  /** The files that an include names, in the daemon's order; without it includes are left out. */
  readonly include?: (pattern: string, at: Span) => readonly Source[];
}

/** The tree of a keepalived file and all that it includes, as one: a block may begin in one file and end in another. */
export function parseKeepalived(source: Source, options: KeepalivedOptions = {}): File {
  const comments: Comment[] = [];
  const oddities: Oddity[] = [];
  const definitions: Environment['definitions'] = new Map();
  const read = (source: Source): Repaired => {
    const repaired = repair(source, dialectWith(definitions));
    oddities.push(...repaired.oddities);
    for (const { startOffset: start, image } of repaired.comments) {
      comments.push({ source, start, end: start + image.length });
    }
    return repaired;
  };

  const main = read(source);
  let tokens = main.tokens;
  let locate: Locate = (start, end) => ({ source, start, end });
  if (needsExpanding(main.text)) {
    const { include } = options;
    const expanded = expand(
      { source, text: main.text },
      {
        configId: options.configId,
        definitions,
        include: (pattern, at) =>
          include?.(pattern, at).map((source) => ({ source, text: read(source).text })) ?? [],
      },
    );
    tokens = lex(expanded.text).tokens;
    locate = expanded.locate;
  }
  const parsed = keepalivedParser().parse([...tokens], locate);
  const mended = openBlocks(parsed.grown);
  const balanced = balance(mended.grown, fits);
  return {
    source,
    items: balanced.items,
    comments,
    oddities: [...oddities, ...parsed.oddities, ...mended.oddities, ...balanced.oddities],
  };
}

const dialectWith = (definitions: Environment['definitions']): Dialect => ({
  lex,
  opaque: new Set(),
  quotesSpanLines: false,
  semicolonComments: true,
  isUndefined: (name, text) =>
    !definitions.has(name) &&
    !new RegExp(`^[ \\t]*(?:@\\S+[ \\t]+)?\\$${name}=|~(?:SEQx?|LST)[ \\t]*\\([^)]*\\b${name}\\b`, 'm').test(
      text,
    ),
});
