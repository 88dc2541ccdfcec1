/**
 * Text that is no configuration: pasted prompts, conflict markers, foreign comments, lookalike characters, template
 * tags, a quote that never closes. Each is reported once as an oddity and masked by as many characters of what was
 * meant (or blanks), so that the rest of the file is read as if it were mended and no second complaint is born.
 * Offsets never move.
 */
import type { Lexed } from '../chevrotain.ts';
import type { Source } from '../text.ts';
import type { Edit, Oddity } from '../tree.ts';
import { earlySemicolons, foreignMarks, turnedBraces, wrongMarks } from './braces.ts';
import { byteOrderMark, lookalikes, openQuotes } from './characters.ts';
import { conditions } from './conditions.ts';
import { definitions } from './definitions.ts';
import { continuations, foreignComments, semicolonComments, wrappedComments } from './lines.ts';
import { macros } from './macros.ts';
import { conflicts, fences, foreignSections, links, manifests, pages } from './pasted.ts';
import type { Dialect, Finder, Found, Scene } from './scene.ts';
import { heredocs, prompts, scripts } from './shell.ts';
import { templates } from './templates.ts';

export { foreignMark } from './lines.ts';
export { isPlaceholder, placeholder } from './placeholder.ts';
export type { Dialect } from './scene.ts';

/** A text as it was meant, its tokens, and what was mended. */
export interface Repaired extends Lexed {
  readonly text: string;
  readonly oddities: readonly Oddity[];
}

/** Mending one thing can uncover another (a quote that hid a line); a few rounds reach all that a person would find. */
const maxRounds = 12;

/** Reads `source` as it was meant. A regular file costs one lexing and a few regular expressions. */
export function repair(source: Source, dialect: Dialect): Repaired {
  const oddities: Oddity[] = [];
  let text = source.text;
  let lexed = dialect.lex(text);
  for (let round = 0; round < maxRounds; round++) {
    const scene: Scene = { source, text, lexed, dialect };
    const found: Found[] = [];
    for (const find of finders) {
      found.push(...find(scene));
      // A quote in a tag or a comment is not the daemon's: it goes before the others look.
      if (hiding.has(find) && found.length > 0) break;
    }
    if (found.length === 0) break;
    for (const { oddity } of found) if (oddity) oddities.push(oddity);
    text = masked(
      text,
      found.flatMap(({ masks }) => masks),
    );
    lexed = dialect.lex(text);
  }
  return { text, ...lexed, oddities: onceEach(oddities) };
}

function masked(text: string, masks: readonly Edit[]): string {
  let result = '';
  let done = 0;
  for (const { start, end, text: mask } of [...masks].sort((a, b) => a.start - b.start)) {
    if (start < done) continue;
    result += text.slice(done, start) + mask;
    done = end;
  }
  return result + text.slice(done);
}

/** A template is one fact about a file, however many tags it has. */
function onceEach(oddities: readonly Oddity[]): Oddity[] {
  let template = false;
  return oddities.filter(({ kind }) => {
    if (kind !== 'template-placeholder') return true;
    const first = !template;
    template = true;
    return first;
  });
}

/** What they find may hold quotes that the others would take for open ones. */
const hiding: ReadonlySet<Finder> = new Set([
  manifests,
  foreignSections,
  pages,
  scripts,
  definitions,
  macros,
  templates,
  foreignComments,
  semicolonComments,
  wrappedComments,
]);

const finders: readonly Finder[] = [
  byteOrderMark,
  manifests,
  foreignSections,
  pages,
  scripts,
  heredocs,
  definitions,
  macros,
  templates,
  conflicts,
  prompts,
  fences,
  links,
  continuations,
  conditions,
  foreignComments,
  semicolonComments,
  wrappedComments,
  lookalikes,
  wrongMarks,
  foreignMarks,
  earlySemicolons,
  turnedBraces,
  openQuotes,
];
