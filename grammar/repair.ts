/**
 * Text that is no configuration: pasted prompts, conflict markers, foreign comments, lookalike characters, template
 * tags, a quote that never closes. Each is reported once as an oddity and masked by as many characters of what was
 * meant (or blanks), so that the rest of the file is read as if it were mended and no second complaint is born.
 * Offsets never move.
 */
import type { Lexed, Token } from './chevrotain.ts';
import { lineEnd, lineStart, type Source, type Span, startsLine } from './text.ts';
import type { Edit, Oddity, OddityKind } from './tree.ts';

/** Stands for every character of a value that only a template engine or the operator can fill in. */
const mark = '\uE000';

/** Most runs never make one, and need not look for it in every word. */
let isMade = false;

/** What stands for so many characters. */
export function placeholder(length: number): string {
  isMade = true;
  return mark.repeat(length);
}

/** Whether a value is, or holds, something that only a template engine or the operator knows. */
export const isPlaceholder = (text: string): boolean => isMade && text.includes(mark);

/** What differs between the languages here. */
export interface Dialect {
  readonly lex: (text: string) => Lexed;
  /** A quoted word may hold line feeds. */
  readonly quotesSpanLines: boolean;
  /** `;` starts no statement and no comment, so a line that begins with it was meant as one. */
  readonly semicolonComments: boolean;
  /** What of a line is no comment, in a language whose statements are lines. */
  readonly codeOf?: (line: string) => string;
  /** Finds what only this language lets the operator leave blank; a first group is a name that must be undefined. */
  readonly blanks?: RegExp;
  /** Tells of a text whether nothing the daemon knows of gives `${name}` a value, so that a template engine was meant to. */
  readonly undefinedIn: (text: string) => (name: string) => boolean;
}

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

interface Scene {
  readonly source: Source;
  readonly text: string;
  readonly lexed: Lexed;
  readonly dialect: Dialect;
}

/** `masks` have the length of what they replace. */
interface Found {
  readonly oddity?: Oddity;
  readonly masks: readonly Edit[];
}

type Finder = (scene: Scene) => Iterable<Found>;

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

const span = (source: Source, start: number, end: number): Span => ({ source, start, end });
const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ');
const mask = (scene: Scene, start: number, end: number): Edit => ({
  ...span(scene.source, start, end),
  text: blank(scene.text.slice(start, end)),
});

/** One token with what is written there. */
interface Piece {
  readonly index: number;
  readonly image: string;
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

/** The tokens that pass a test, which is asked of all and should be quick. */
function pieces(
  { text, lexed: { tokens, starts, ends } }: Scene,
  isMeant: (token: Token, start: number, end: number) => boolean,
): readonly Piece[] {
  const found: Piece[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const each = tokens[index]!;
    const start = starts[index]!;
    const end = ends[index]!;
    if (isMeant(each, start, end))
      found.push({ index, image: text.slice(start, end), start, end, quote: each.quote });
  }
  return found;
}

/** A token that a finder may judge: neither a quoted word nor a Lua block. */
const isBare = ({ tokenType, quote }: Token): boolean => !quote && tokenType.name === 'Word';

function* byteOrderMark(scene: Scene): Iterable<Found> {
  if (scene.text.charCodeAt(0) !== 0xfeff) return;
  const at = span(scene.source, 0, 1);
  const utf16 = scene.source.encoding.startsWith('utf-16');
  yield {
    oddity: {
      kind: 'byte-order-mark',
      at,
      what: utf16 ? 'UTF-16' : 'UTF-8',
      // Changing the encoding of a whole file is more than taking three bytes away.
      ...(utf16 ? {} : { edits: [{ ...at, text: '' }] }),
    },
    masks: [{ ...at, text: ' ' }],
  };
}

/** Full-width forms lie at a fixed distance from ASCII. */
const fullWidth = 0xfee0;
const wide = /[\uff01-\uff5e]/;
const lookalike =
  /[\u00a0\u02c6\u02dc\u2000-\u200d\u2010-\u2015\u2018-\u201f\u202f\u205f\u2060\u2212\u2217\u223c\u3000\ufeff\uff01-\uff5e]/;
/** `~`, `~*`, `^~` and `=` before the URI of a location, some of it from another keyboard. */
const modifier = /^[~*^=\u02c6\u02dc\u2217\u223c\uff0a\uff1d\uff3e\uff5e]{1,2}$/;
const signs: ReadonlyMap<string, string> = new Map([
  ['\u02c6', '^'],
  ['\u02dc', '~'],
  ['\u2217', '*'],
  ['\u223c', '~'],
]);
const ascii = /[0-9A-Za-z]/;

/** The character that was meant by the lookalike at `at` of a bare word, or undefined where it may stand as it is. */
function meant(text: string, at: number, word: { start: number; end: number }): string | undefined {
  const character = text[at]!;
  const before = at > word.start ? text[at - 1]! : '';
  const after = at + 1 < word.end ? text[at + 1]! : '';
  if (/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/.test(character)) return ' ';
  if (/[\u200b-\u200d\u2060\ufeff]/.test(character)) return '';
  if (/[\u201c-\u201f\uff02]/.test(character)) return '"';
  // An apostrophe inside a word is text; at its edge it was meant to quote.
  if (/[\u2018-\u201b\uff07]/.test(character)) return before && after && before !== '=' ? undefined : "'";
  if (/[\u2010-\u2015\u2212]/.test(character)) return !before && /\d/.test(after) ? '-' : undefined;
  const isModifier = word.end - word.start < 3 && modifier.test(text.slice(word.start, word.end));
  if (!wide.test(character)) return isModifier ? signs.get(character) : undefined;
  const plain = String.fromCharCode(character.charCodeAt(0) - fullWidth);
  if (isModifier || /[;{}0-9A-Za-z]/.test(plain)) return plain;
  if (/[#!]/.test(plain)) return before ? undefined : plain;
  // Chinese punctuation inside Chinese words is text; between ASCII letters it was meant for the machine.
  return ascii.test(before) && ascii.test(after) ? plain : undefined;
}

/** One oddity for a line: a person who typed one with the wrong keyboard typed all of them so. */
function* lookalikes(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!lookalike.test(text)) return;
  const lines = new Map<number, { first: number; edits: Edit[]; masks: Edit[] }>();
  for (const word of pieces(scene, isBare)) {
    if (!lookalike.test(word.image)) continue;
    for (let at = word.start; at < word.end; at++) {
      const plain = lookalike.test(text[at]!) ? meant(text, at, word) : undefined;
      if (plain === undefined) continue;
      const line = lineStart(text, at);
      const entry = lines.get(line) ?? { first: at, edits: [], masks: [] };
      lines.set(line, entry);
      entry.edits.push({ ...span(source, at, at + 1), text: plain });
      // Nothing at all cannot be masked by one character: at an edge a blank does, inside a word the value is unknown.
      const inside = at > word.start && at + 1 < word.end;
      entry.masks.push({ ...span(source, at, at + 1), text: plain || (inside ? placeholder(1) : ' ') });
    }
  }
  for (const { first, edits, masks } of lines.values()) {
    const at = span(source, first, first + 1);
    yield { oddity: { kind: 'smart-punctuation', at, what: source.text[first]!, edits }, masks };
  }
}

const conflict = /^(?:<{7}|={7}|>{7}|\|{7})(?=[ \r\n]|$)/;

/** One finding for the whole conflict; the first of the two texts is read. */
function* conflicts(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!/^<{7}[ \r\n]/m.test(text)) return;
  let from: number | undefined;
  let drop: number | undefined;
  let masks: Edit[] = [];
  const isMarker = (token: Token, start: number): boolean => isBare(token) && '<=>|'.includes(text[start]!);
  for (const { start, image } of pieces(scene, isMarker)) {
    if (lineStart(text, start) !== start || !conflict.test(image)) continue;
    const end = lineEnd(text, start);
    if (image[0] === '<') {
      from ??= start;
      masks.push(mask(scene, start, end));
    } else if (from !== undefined) {
      if (image[0] !== '>') drop ??= start;
      else {
        masks.push(mask(scene, drop ?? start, end));
        const other = span(source, start, end);
        yield {
          oddity: {
            kind: 'merge-conflict-marker',
            at: span(source, from, lineEnd(text, from)),
            what: '<<<<<<<',
            other,
          },
          masks,
        };
        from = undefined;
        drop = undefined;
        masks = [];
      }
    }
  }
  if (from !== undefined) {
    const at = span(source, from, lineEnd(text, from));
    yield { oddity: { kind: 'merge-conflict-marker', at, what: '<<<<<<<' }, masks };
  }
}

const prompt = /^[ \t]*(?:\[[\w.-]+@[\w.-][^\]\n]*\][#$%]|[\w.-]+@[\w.-]+:[^\s#$]*[#$])(?=\s|$)[^\n]*/;

/** Where the lines begin that look like a prompt, by the `@` that few files have. */
function promptLines(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = text.indexOf('@'), end = 0; at >= 0; at = text.indexOf('@', end)) {
    const start = lineStart(text, at);
    end = lineEnd(text, at);
    if (prompt.test(text.slice(start, end))) found.add(start);
  }
  return found;
}

/** A shell's prompt and the command after it, pasted with the file. One finding for a stretch of such lines. */
function* prompts(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  const lines = promptLines(text);
  if (lines.size === 0) return;
  let stretch: { start: number; end: number; what: string; masks: Edit[] } | undefined;
  const report = function* (): Iterable<Found> {
    if (!stretch) return;
    const { start, end, what, masks } = stretch;
    const at = span(source, start, end);
    const after = text[end] === '\n' ? end + 1 : end;
    const edits = [{ ...span(source, lineStart(text, start), after), text: '' }];
    yield { oddity: { kind: 'pasted-prompt', at, what, edits }, masks };
  };
  const isFirst = (token: Token, start: number): boolean => isBare(token) && startsLine(text, start);
  for (const { start } of pieces(scene, isFirst)) {
    if (!lines.has(lineStart(text, start))) continue;
    const line = text.slice(start, lineEnd(text, start)).replace(/\r$/, '');
    const end = start + line.length;
    if (stretch && text.slice(stretch.end, start).trim() === '') {
      stretch.end = end;
      stretch.masks.push(mask(scene, start, end));
      continue;
    }
    yield* report();
    stretch = { start, end, what: line, masks: [mask(scene, start, end)] };
  }
  yield* report();
}

const pageStart = /^<(?:!doctype\s+html\b|html\b[^<>\n]*>)/i;
const pageLine =
  /^(?:<\/?(?:html|head|body|style|script|pre|ul|ol|table|div|p|br|hr)\b[^<>\n]*>.*|<(\w+)\b[^<>\n]*>.*<\/\1>.*)$/i;

/** Lines of an HTML page: one saved in place of the file, or some copied with it. One finding for a stretch of them. */
function* pages(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!text.includes('<') || !/^[ \t]*<(?:!doctype|\/?\w+\b[^<>\n]*>)/im.test(text)) return;
  let stretch: { start: number; end: number } | undefined;
  let lower: string | undefined;
  const report = ({ start, end }: { start: number; end: number }): Found => {
    const after = text[end] === '\n' ? end + 1 : end;
    const edits = [{ ...span(source, lineStart(text, start), after), text: '' }];
    return {
      oddity: { kind: 'pasted-page', at: span(source, start, lineEnd(text, start)), what: 'HTML', edits },
      masks: [mask(scene, start, end)],
    };
  };
  const isFirst = (token: Token, start: number): boolean =>
    text[start] === '<' && isBare(token) && startsLine(text, start);
  for (const { start } of pieces(scene, isFirst)) {
    if (stretch && start < stretch.end) continue;
    const line = text.slice(start, lineEnd(text, start)).trimEnd();
    const isPage = pageStart.test(line);
    if (!isPage && !pageLine.test(line)) continue;
    // Without an end no page after this one has one either.
    lower ??= isPage ? text.toLowerCase() : undefined;
    const close = isPage && lower ? lower.indexOf('</html>', start) : -1;
    if (isPage && close < 0) lower = '';
    const end = close < 0 ? start + line.length : close + '</html>'.length;
    if (stretch && text.slice(stretch.end, start).trim() === '') stretch.end = end;
    else {
      if (stretch) yield report(stretch);
      stretch = { start, end };
    }
  }
  if (stretch) yield report(stretch);
}

const fence = /^(?:`{3,}|~{3,})[ \t]*\w*[ \t\r]*$/;

/** The lines that fence an example off in a page of Markdown: one finding for the two of a pair. */
function* fences(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!text.includes('```') && !text.includes('~~~')) return;
  let open: { at: Span; edits: Edit[]; masks: Edit[] } | undefined;
  const isFirst = (token: Token, start: number): boolean =>
    '`~'.includes(text[start]!) && isBare(token) && startsLine(text, start);
  for (const { start } of pieces(scene, isFirst)) {
    const end = lineEnd(text, start);
    if (!fence.test(text.slice(start, end))) continue;
    const edit = { ...span(source, lineStart(text, start), Math.min(end + 1, text.length)), text: '' };
    const isSecond = open !== undefined;
    open ??= {
      at: span(source, start, start + text.slice(start, end).trimEnd().length),
      edits: [],
      masks: [],
    };
    open.edits.push(edit);
    open.masks.push(mask(scene, start, end));
    if (!isSecond) continue;
    yield {
      oddity: { kind: 'pasted-page', at: open.at, what: 'fence', edits: open.edits },
      masks: open.masks,
    };
    open = undefined;
  }
  if (open)
    yield {
      oddity: { kind: 'pasted-page', at: open.at, what: 'fence', edits: open.edits },
      masks: open.masks,
    };
}

const link = /^([^\s[\]]*)\[([^\s[\]]+)\]\((?:https?:\/\/|mailto:)([^\s()]+)\)(.*)$/;

/** `[www.example.com](https://www.example.com)`: what a page or a chat made of a name. */
function* links(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  if (!/\]\((?:http|mailto)/.test(text)) return;
  const isMeant = (token: Token, start: number, end: number): boolean =>
    isBare(token) && text.slice(start, end).includes('](');
  for (const { image, start, end } of pieces(scene, isMeant)) {
    const [, before = '', name, target, after = ''] = link.exec(image) ?? [];
    if (name === undefined || !target?.startsWith(name.replace(/^https?:\/\//, ''))) continue;
    const at = span(source, start, end);
    const plain = `${before}${name}${after}`;
    yield {
      oddity: { kind: 'pasted-page', at, what: 'link', edits: [{ ...at, text: plain }] },
      masks: [{ ...at, text: plain.padStart(end - start) }],
    };
  }
}

const shebang = /^[ \t]*#![ \t]*\/\S*\/(?:env[ \t]+)?(?:(?:ba|da|k|z)?sh|perl|python[\d.]*)\b.*$/gm;
const scriptLine =
  /^\s*(?:\w+=|(?:if|elif|while|until)[ \t]+(?:!|\[|\w)|for[ \t]+\w+[ \t]+in\b|case[ \t]|(?:import|from|function)[ \t]+\w|\w+[ \t]*\(\)|\[|(?:echo|exit|export|killall|pidof|ping|ps|source|systemctl|use|curl|\/\S+)[ \t]|set[ \t]+-)/;
/** A line at the margin that opens a block of a configuration, as no shell does. */
const opener = /^(?!function\b)\w+(?:[ \t]+[^\s(){}]+)*[ \t]*\{[ \t]*\r?$/m;

/** Where the next line begins that is neither blank nor comment; asked from top to bottom. */
function nextCode(text: string): (from: number) => number {
  const code = /^[ \t]*[^\s#!]/gm;
  let found = -1;
  return (from) => {
    if (found >= from) return found;
    code.lastIndex = from;
    found = code.exec(text)?.index ?? text.length;
    return found;
  };
}

/** Where the next block of a configuration begins, or the text ends but for blanks. */
function nextBlock(text: string, from: number): number {
  const next = opener.exec(text.slice(from))?.index;
  return next === undefined ? Math.max(from, text.trimEnd().length) : from + next;
}

/** A script that a page showed below the file, and that was copied with it: from its first line, to the next block or the end. */
function* scripts(scene: Scene): Iterable<Found> {
  const { source, text, lexed } = scene;
  if (!text.includes('#!')) return;
  const codeFrom = nextCode(text);
  const top = nextCode(text)(0);
  let done = 0;
  let token = 0;
  for (const { index: start, 0: line } of text.matchAll(shebang)) {
    if (start < Math.max(top, done)) continue;
    const body = start + line.length;
    const first = codeFrom(body);
    if (!scriptLine.test(text.slice(first, lineEnd(text, first)))) continue;
    while (token < lexed.ends.length && lexed.ends[token]! <= start) token++;
    if (lexed.starts[token]! <= start) continue;
    const end = nextBlock(text, body);
    done = end;
    const at = span(source, start + line.length - line.trimStart().length, body);
    const edits = [{ ...span(source, start, end), text: '' }];
    yield {
      oddity: { kind: 'pasted-script', at, what: 'script', edits },
      masks: [mask(scene, start, end)],
    };
  }
}

const heredoc =
  /^[ \t]*(?:[$#][ \t]+)?(?:sudo[ \t]+)?(?:cat|tee)\b[^\n<]*<<-?[ \t]*(["']?)([A-Za-z_]\w*)\1[^\n]*$/m;

/** `cat > FILE <<EOF` before the file and `EOF` after it, with what else the script does there: one finding. */
function* heredocs(scene: Scene): Iterable<Found> {
  const { source, text, dialect } = scene;
  const [line, quote, word] = (text.includes('<<') && heredoc.exec(text)) || [];
  if (!dialect.codeOf || line === undefined || word === undefined) return;
  const start = text.indexOf(line);
  const end = start + line.length;
  const top = nextCode(text)(0);
  const isHead = top >= start || scriptLine.test(text.slice(top, lineEnd(text, top)));
  const close = new RegExp(`^\\t*${word}[ \\t]*\\r?$`, 'm').exec(text.slice(end))?.index;
  const stretches = [[isHead ? Math.min(top, start) : start, end] as const];
  const last = close === undefined ? text.length : end + close;
  if (close !== undefined) stretches.push([last, nextBlock(text, last)]);
  // Without quotes around its word the shell fills in what begins with a dollar.
  const blanks = [...text.slice(end, last).matchAll(/(?<!\\)\$(?:\w+|\{\w+\})(?!\w*=)/g)];
  yield {
    oddity: {
      kind: 'pasted-script',
      at: span(source, start + line.length - line.trimStart().length, start + line.trimEnd().length),
      what: 'heredoc',
      edits: stretches.map(([from, to]) => ({
        ...span(source, from, text[to] === '\n' ? to + 1 : to),
        text: '',
      })),
    },
    masks: [
      ...stretches.map(([from, to]) => mask(scene, from, to)),
      ...(quote
        ? []
        : blanks.map(({ index, 0: name }) => ({
            ...span(source, end + index, end + index + name.length),
            text: placeholder(name.length),
          }))),
    ],
  };
}

const lastBackslash = /(?<!\\)(?:\\\\)*\\(?=\r?$)/;

/** A `\` at the end of a line that is no part of a definition: keepalived joins no lines (decomment() keeps it, even of a comment). */
function* continuations(scene: Scene): Iterable<Found> {
  const { source, text, dialect } = scene;
  if (!dialect.codeOf || !/\\\r?(?:\n|$)/.test(text)) return;
  let defines = false;
  for (let start = 0; start < text.length; start = lineEnd(text, start) + 1) {
    const line = text.slice(start, lineEnd(text, start));
    const from = lastBackslash.exec(line)?.index;
    defines = from !== undefined && (defines || /^[ \t]*(?:@\S+[ \t]+)?\$\w+=/.test(line));
    if (from === undefined || defines) continue;
    const at = line.lastIndexOf('\\');
    const code = dialect.codeOf(line.slice(0, at)).trim();
    const isAlone = code === '' || /[{}]$/.test(code);
    const place = span(source, start + at, start + at + 1);
    const blanks = line.length - line.slice(0, at).trimEnd().length - (line.length - at);
    yield {
      oddity: {
        kind: 'trailing-backslash',
        at: place,
        what: isAlone ? 'alone' : 'glued',
        edits: [{ ...place, start: place.start - blanks, text: '' }],
      },
      masks: [mask(scene, place.start, place.end)],
    };
  }
}

/** Comments in another language's manner, where a statement would begin. */
function* foreignComments(scene: Scene): Iterable<Found> {
  const { source, text, dialect, lexed } = scene;
  if (!dialect.semicolonComments && !['//', '/*', '--'].some((mark) => text.includes(mark))) return;
  let done = 0;
  const isMark = (token: Token, start: number): boolean => '/-;<'.includes(text[start]!) && isBare(token);
  for (const { index, image, start } of pieces(scene, isMark)) {
    if (start < done || !/^(?:\/\/|\/\*|--|;|<!--)/.test(image)) continue;
    const first = startsLine(text, start);
    const previous = lexed.tokens[index - 1];
    if (!first && (!previous || isBare(previous)) && image !== '//') continue;
    const what = image.startsWith(';') ? ';' : image.startsWith('<') ? '<!--' : image.slice(0, 2);
    if (what === ';' && !(dialect.semicolonComments && first)) continue;
    const closing = what === '/*' ? '*/' : what === '<!--' ? '-->' : undefined;
    if (closing && !first) continue;
    if (what === '--' && !/^--(?:[ \t>]|[A-Za-z]|-|$)/.test(text.slice(start, lineEnd(text, start))))
      continue;
    // The slashes of `root //;` and `location // {` are a path.
    if (!first && image === '//' && /^\/\/[ \t]*[;{]/.test(text.slice(start, lineEnd(text, start)))) continue;
    // A word like //cdn.example.com that goes on a list of the line before is a value.
    if (what === '//' && image !== '//' && !startsStatement(lexed.tokens, index)) continue;
    let end = lineEnd(text, start);
    if (closing) {
      const close = text.indexOf(closing, start + 2);
      end = close < 0 ? end : close + closing.length;
    }
    if (text[end - 1] === '\r') end--;
    done = end;
    const at = span(source, start, start + what.length);
    const multiline = text.slice(start, end).includes('\n');
    const edits = multiline ? undefined : [{ ...at, text: '#' }];
    yield {
      oddity: {
        kind: 'not-a-comment',
        at,
        what,
        other: span(source, start, end),
        ...(edits ? { edits } : {}),
      },
      masks: [mask(scene, start, end)],
    };
  }
}

const terminators = new Set(['Semicolon', 'Open', 'Close', 'Newline', 'Lua']);

/** Whether the token at `index` is the first word of a statement. */
function startsStatement(tokens: readonly Token[], index: number): boolean {
  const previous = tokens[index - 1];
  return !previous || terminators.has(previous.tokenType.name);
}

/** What was meant by a bracket in a brace's place. */
const braceFor: Readonly<Record<string, string>> = { '(': '{', '[': '{', ')': '}', ']': '}' };

/** A bracket where a line can only have a brace, and a `,` or `:` after a closing quote, where nginx can only have a `;`. */
function* wrongMarks(scene: Scene): Iterable<Found> {
  const { source, text, lexed, dialect } = scene;
  if (!/[ \t\n;"'][([\]),:][ \t\r]*(?:[#!\n]|$)/.test(text) && !/^[ \t]*\w+[([][ \t\r]*$/m.test(text)) return;
  const isMark = (token: Token, _: number, end: number): boolean =>
    '([)],:'.includes(text[end - 1]!) && isBare(token);
  for (const { index, image, start, end } of pieces(scene, isMark)) {
    if (!isLast(scene, index)) continue;
    const mark = image.at(-1)!;
    const at = span(source, end - 1, end);
    const previous = lexed.tokens[index - 1];
    const isFirst = startsLine(text, start);
    if (mark === ',' || mark === ':') {
      if (image.length > 1 || !previous?.quote || lexed.ends[index - 1] !== start || !dialect.quotesSpanLines)
        continue;
      const edits = [{ ...at, text: ';' }];
      yield { oddity: { kind: 'missing-semicolon', at, what: mark, edits }, masks: edits };
      continue;
    }
    const isAlone = image.length === 1;
    const opens = braceFor[mark] === '{';
    if (!isAlone && !(opens && isFirst && /^[a-z_]+.$/.test(image))) continue;
    const before = isFirst && previous?.tokenType.name === 'Newline' ? lexed.tokens[index - 2] : previous;
    // The parenthesis of an `if` may have a line to itself, and so may the one that closes it.
    const isMeant = opens
      ? !isAlone ||
        (before?.tokenType.name === 'Word' &&
          !/(?:^|[\s;{}])if\s*$/.test(text.slice(Math.max(0, start - 9), start)))
      : isFirst
        ? startsStatement(lexed.tokens, index)
        : previous !== undefined && !isBare(previous) && startsStatement(lexed.tokens, index);
    if (!isMeant) continue;
    const edits = [{ ...at, text: braceFor[mark]! }];
    yield { oddity: { kind: 'stray-brace', at, what: mark, edits }, masks: edits };
  }
}

/** How much deeper the lines below or above stand: the columns of blanks before the first word of a place's line. */
const margin = (text: string, at: number): number => {
  const start = lineStart(text, at);
  return /^[ \t]*/.exec(restOf(text, start))![0].replaceAll('\t', '        ').length;
};

/** Where braces do not add up by two: one that points the other way than the indentation. By one: a head that stands twice. */
function* turnedBraces(scene: Scene): Iterable<Found> {
  const { source, text, lexed } = scene;
  const { tokens, starts, ends } = lexed;
  let surplus = 0;
  for (const { tokenType } of tokens)
    surplus += tokenType.name === 'Open' ? 1 : tokenType.name === 'Close' ? -1 : 0;
  if (surplus === 0 || surplus === -1) return;
  const isBrace = ({ tokenType: { name } }: Token): boolean => name === 'Open' || name === 'Close';
  for (const { index, image, start, end } of pieces(scene, isBrace)) {
    if (!isLast(scene, index)) continue;
    const at = span(source, start, end);
    const isFirst = startsLine(text, start);
    const before = tokens[index - 1]?.tokenType.name === 'Newline' ? index - 2 : index - 1;
    const after = tokens[index + 1]?.tokenType.name === 'Newline' ? index + 2 : index + 1;
    if (image === '{' && surplus > 0) {
      const line = lineStart(text, start);
      const next = Math.min(lineEnd(text, start) + 1, text.length);
      const head = text.slice(line, lineEnd(text, start)).trim();
      const isTwice = !isFirst && head === restOf(text, next).trim();
      if (isTwice && surplus % 2 === 1) {
        const nextEnd = lineEnd(text, next);
        const name = text.slice(line, start).trimStart();
        const from = start - name.length;
        const edits = [{ ...span(source, next, Math.min(nextEnd + 1, text.length)), text: '' }];
        const what = /^\S*/.exec(name)![0];
        const masks = [mask(scene, next, nextEnd)];
        yield { oddity: { kind: 'block-never-closed', at: span(source, from, end), what, edits }, masks };
        surplus--;
        return; // the tokens of the next line are gone
      }
      const isTurned = isFirst
        ? before >= 0 && margin(text, starts[before]!) > margin(text, start)
        : tokens[before]?.tokenType.name === 'Semicolon';
      if (!isTurned || surplus < 2) continue;
      const edits = [{ ...at, text: '}' }];
      yield { oddity: { kind: 'stray-brace', at, what: '{', edits }, masks: edits };
      surplus -= 2;
    } else if (image === '}' && surplus <= -2 && !isFirst) {
      let first = index - 1;
      while (first >= 0 && tokens[first]!.tokenType.name === 'Word' && ends[first]! > lineStart(text, start))
        first--;
      const isHead = startsLine(text, starts[first + 1]!) && first + 1 < index;
      const isDeeper = after < tokens.length && margin(text, starts[after]!) > margin(text, start);
      if (!isHead || !isDeeper) continue;
      const edits = [{ ...at, text: '{' }];
      yield { oddity: { kind: 'stray-brace', at, what: '}', edits }, masks: edits };
      surplus += 2;
    }
  }
}

/** Whether no other token stands behind this one on its line. */
function isLast({ text, lexed: { tokens, starts, ends } }: Scene, index: number): boolean {
  const next = tokens[index + 1];
  return (
    !next || next.tokenType.name === 'Newline' || text.slice(ends[index]!, starts[index + 1]!).includes('\n')
  );
}

const restOf = (text: string, at: number): string => text.slice(at, lineEnd(text, at));

/** A quote that swallows the lines below it: it never closes, or closes where another word was meant to open. */
function* openQuotes(scene: Scene): Iterable<Found> {
  if (!scene.dialect.quotesSpanLines) return;
  const { source, text } = scene;
  const spansLines = ({ quote }: Token, start: number, end: number): boolean =>
    quote !== '' && lineEnd(text, start) < end;
  for (const { image, start } of pieces(scene, spansLines)) {
    const line = image.indexOf('\n');
    const closed = image.length > 1 && image.endsWith(image[0]!) && !/(?:^|[^\\])(?:\\\\)*\\.$/s.test(image);
    const next = text[start + image.length] ?? ' ';
    if (closed && /[ \t\r\n;{)]/.test(next)) continue;
    const at = span(source, start, start + 1);
    const kind: OddityKind = 'quote-never-closed';
    // Where it was meant to end is before the semicolon of its line, if there is one.
    const semicolon = start + image.slice(0, line).trimEnd().length - 1;
    const certain = text[semicolon] === ';' && !/\s/.test(image.slice(1, semicolon - start));
    yield {
      oddity: {
        kind,
        at,
        what: image[0]!,
        ...(certain ? { edits: [{ ...span(source, semicolon, semicolon), text: image[0]! }] } : {}),
      },
      masks: [{ ...at, text: ' ' }],
    };
    return; // Everything after it was read in the wrong state; the next round sees it aright.
  }
}

/** Bounded, for every opening would be sought a closing to the end. */
const tags =
  /\{\{-?\s*[a-z_][\w.]*\([^{}]{0,999}\)\s*-?\}\}|\{\{[-~#^/!>&]?\s*[\w.$'"(][^{}\n]*\}\}\}?|\{\{-?\s*\/\*[^\n]{0,999}?\*\/\s*-?\}\}|\{%[^\n]{0,999}?%\}|\{#[^\n]{0,999}?#\}|%\{~?[ \t]*(?:if|else|endif|for|endfor)\b[^{}\n]*\}|<%[\s\S]{0,9999}?%>|<\?(?:php\b|=)[\s\S]{0,9999}?\?>|(?<![^\n])> (?:if|elseif|else|for|while|repeat|until|local|end)\b[^\n]{0,999}/g;
const blanks =
  /^(?:<[A-Za-z_][\w-]*>|CHANGE_?ME|REPLACE_?ME|YOUR_[A-Z_]+|__[A-Z][A-Z_0-9]*__|@[A-Z][A-Z_0-9]*@|%[A-Z][A-Z_0-9]*%)/;

/** Tags of template engines, and blanks that the operator is meant to fill in. */
function* templates(scene: Scene): Iterable<Found> {
  const { source, text, lexed, dialect } = scene;
  const oddity = (start: number, end: number): Oddity => ({
    kind: 'template-placeholder',
    at: span(source, start, end),
    what: brief(source.text.slice(start, end)),
  });
  const doubled = [...doubledBraces(scene)];
  if (doubled.length > 0) {
    const { start, end } = doubled[0]!;
    yield { oddity: oddity(start - 1, end), masks: doubled };
    return; // What is one brace now was a tag before.
  }
  if (['{{', '{%', '%{', '<%', '<?', '{#', '\n> '].some((tag) => text.includes(tag))) {
    // In a Lua block every character is the operator's own business.
    const opaque = pieces(scene, ({ tokenType }) => tokenType.name === 'Lua');
    const isHidden = within([...lexed.comments, ...opaque]);
    for (const { start, end, alternatives } of tagged(text)) {
      if (isHidden(start)) continue;
      const tag = text.slice(start, end);
      const isValue = alternatives || /^(?:\{\{(?!-?\s*\/\*)|\{%-?\s*\$|<%=|<\?(?:=|php\s+echo\b))/.test(tag);
      yield {
        oddity: oddity(start, end),
        masks: [{ ...span(source, start, end), text: isValue ? placeholder(end - start) : blank(tag) }],
      };
    }
  }
  const [isUndefined, isComment] = text.includes('${')
    ? [dialect.undefinedIn(text), within(lexed.comments)]
    : [() => false, () => false];
  yield* ownBlanks(scene);
  for (const match of text.includes('${')
    ? text.matchAll(/\$\{([A-Za-z]\w*)(?::?[-+=?][^{}\n]{0,200})?\}/g)
    : []) {
    const start = match.index;
    const end = start + match[0].length;
    if (!isUndefined(match[1]!) || isComment(start)) continue;
    yield {
      // Not the default, which may be a password.
      oddity: { ...oddity(start, end), what: `\${${match[1]}}` },
      masks: [{ ...span(source, start, end), text: placeholder(end - start) }],
    };
  }
  const mayBeBlank = (token: Token, at: number): boolean =>
    token.quote ? /[\s<CRY_@%]/.test(text[at + 1] ?? '') : '<CRY_@%'.includes(text[at]!) && isBare(token);
  for (const { quote, image, start: at } of pieces(scene, mayBeBlank)) {
    const match = blanks.exec(quote ? image.slice(1).trim() : image);
    // A page in quotes has tags of its own.
    if (!match || (quote && match[0][0] === '<' && image.includes('</'))) continue;
    const start = at + image.indexOf(match[0]);
    const end = start + match[0].length;
    yield {
      oddity: oddity(start, end),
      masks: [{ ...span(source, start, end), text: placeholder(end - start) }],
    };
  }
}

/** The second brace of each pair, where formatting of text is to make one of two: `events {{` and, alone, `}}`. */
function* doubledBraces({ source, text, dialect }: Scene): Iterable<Edit> {
  if (!dialect.quotesSpanLines || !/^[ \t]*\}\}[ \t\r]*$/m.test(text)) return;
  if (!/^[ \t]*[a-z_]+[^\n{]*[ \t]\{\{[ \t\r]*$/m.test(text)) return;
  for (const { index } of text.matchAll(/\{\{|\}\}/g)) {
    yield { ...span(source, index + 1, index + 2), text: ' ' };
  }
}

/** What a message can show of a tag, which may have many lines. */
function brief(tag: string): string {
  const [start] = /^[^\r\n]{0,60}/.exec(tag)!;
  return start === tag ? tag : `${start.trimEnd()}…`;
}

/** The blanks that only this language has. */
function* ownBlanks(scene: Scene): Iterable<Found> {
  const { source, text, lexed, dialect } = scene;
  let hidden: ((offset: number) => boolean) | undefined;
  let isUndefined: ((name: string) => boolean) | undefined;
  for (const match of dialect.blanks && /[<${@%]/.test(text) ? text.matchAll(dialect.blanks) : []) {
    const start = match.index;
    const end = start + match[0].length;
    hidden ??= within([
      ...lexed.comments,
      ...pieces(scene, ({ quote, tokenType }) => quote !== '' || tokenType.name === 'Lua'),
    ]);
    if (hidden(start)) continue;
    isUndefined ??= dialect.undefinedIn(text);
    if (match[1] !== undefined && !isUndefined(match[1])) continue;
    const at = span(source, start, end);
    yield {
      oddity: {
        kind: 'template-placeholder',
        at,
        // Not what an expression quotes, which may be a password.
        what: source.text.slice(start, end).replace(/["'].*/, '…}'),
      },
      masks: [{ ...at, text: placeholder(end - start) }],
    };
  }
}

interface Tagged {
  readonly start: number;
  readonly end: number;
  /** Texts of which the engine takes one: `{% if first %}MASTER{% else %}BACKUP{% endif %}`. */
  readonly alternatives: boolean;
}

const opening =
  /^(?:\{%[-+~]?\s*(?:if|for|unless)\b|%\{~?\s*(?:if|for)\b|<%-?\s*(?:if|unless)\b|\{\{-?\s*(?:if|range|with)\b)/;
const closing = /^(?:\{%[-+~]?|%\{~?|<%-?|\{\{-?)\s*end/;

/** The tags of a text; those that choose a value on one line, with what is between them, as one. */
function* tagged(text: string): Iterable<Tagged> {
  const all = [...text.matchAll(tags)];
  for (let first = 0; first < all.length; first++) {
    const { index: start, 0: tag } = all[first]!;
    let last = first;
    if (opening.test(tag) && text.slice(lineStart(text, start), start).trim() !== '') {
      for (let depth = 1, next = first + 1; next < all.length && next < first + 32; next++) {
        const before = all[next - 1]!;
        const { index, 0: other } = all[next]!;
        if (/[\n;{}]/.test(text.slice(before.index + before[0].length, index))) break;
        depth += opening.test(other) ? 1 : closing.test(other) ? -1 : 0;
        if (depth > 0) continue;
        last = next;
        break;
      }
    }
    const end = all[last]!.index + all[last]![0].length;
    yield { start, end, alternatives: last > first };
    first = last;
  }
}

/** Whether an offset lies in one of `stretches`. */
function within(stretches: readonly Pick<Span, 'start' | 'end'>[]): (offset: number) => boolean {
  const sorted = [...stretches].sort((a, b) => a.start - b.start);
  return (offset) => {
    let low = 0;
    let high = sorted.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { start, end } = sorted[middle]!;
      if (offset < start) high = middle - 1;
      else if (offset >= end) low = middle + 1;
      else return true;
    }
    return false;
  };
}

/** What they find may hold quotes that the others would take for open ones. */
const hiding: ReadonlySet<Finder> = new Set([pages, scripts, templates, foreignComments]);

const finders: readonly Finder[] = [
  byteOrderMark,
  pages,
  scripts,
  heredocs,
  templates,
  conflicts,
  prompts,
  fences,
  links,
  continuations,
  foreignComments,
  lookalikes,
  wrongMarks,
  turnedBraces,
  openQuotes,
];
