/**
 * File name patterns as glob(3) reads them for both daemons: one path segment at a time, `*` and `?` skip a leading dot,
 * matches in byte order. (picomatch differs: `**`, extglobs, brackets, and it sorts nothing.)
 */
import { posix } from 'node:path';
import { byBytes, type FileSystem } from './disk.ts';

/** Whether a name is a pattern at all (nginx: ngx_conf_include(), strpbrk "*?["). */
export const isPattern = (name: string): boolean => /[*?[]/.test(name);

/** Folders and files that a pattern can match, one more than an include may read: links that lead upwards multiply. */
const most = 10_001;

/** Existing paths that an absolute pattern matches, sorted as glob(3) sorts them in the C locale. */
export function glob(fs: FileSystem, pattern: string): readonly string[] {
  // PATH_MAX
  if (pattern.length > 4096) return [];
  let paths = ['/'];
  const segments = pattern.split('/').filter((segment) => segment !== '');
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    paths = paths.slice(0, most).flatMap((folder) => {
      if (!isPattern(segment)) {
        const path = posix.join(folder, unescaped(segment));
        // A link that leads nowhere is a match, too.
        return !last || fs.status(path).kind !== 'missing' || fs.link(path) !== undefined ? [path] : [];
      }
      const names = fs.list(folder).filter(matcher(segment));
      const found = names.map((name) => posix.join(folder, name));
      return last ? found : found.filter((path) => fs.status(path).kind === 'directory');
    });
  }
  return paths.sort(byBytes).slice(0, most);
}

/** The folder above the first pattern of a path. */
export function fixedFolder(path: string): string {
  const segments = posix.dirname(path).split('/');
  const first = segments.findIndex(isPattern);
  return segments.slice(0, first < 0 ? segments.length : first).join('/') || '/';
}

/** glob(3): a backslash takes the next character as it is. */
export const unescaped = (name: string): string => name.replace(/\\(.)/g, '$1');

/** Alternatives of `{a,b}`, in the order they are written (glob(3) with GLOB_BRACE sorts within each, not across). */
export function alternatives(pattern: string, limit = 1000): readonly string[] {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0 && done.length + open.length <= limit) {
    const next = open.shift()!;
    const brace = firstBrace(next);
    if (!brace) done.push(next);
    else
      open.unshift(...brace.parts.map((part) => next.slice(0, brace.start) + part + next.slice(brace.end)));
  }
  return [...done, ...open];
}

function firstBrace(text: string): { start: number; end: number; parts: string[] } | undefined {
  const start = text.indexOf('{');
  if (start < 0) return undefined;
  const parts: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}') depth--;
    if ((text[at] === ',' && depth === 1) || depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
    if (depth === 0) return { start, end: at + 1, parts };
  }
  return undefined;
}

type Piece = '*' | ((character: string) => boolean);

/**
 * Whether a name matches a segment. Only the last `*` is ever tried again, so the work is at most the product of the two
 * lengths; a regular expression of many `.*` has no such bound.
 */
export function matcher(segment: string): (name: string) => boolean {
  const pieces = compile(segment);
  const dots = segment.startsWith('.') || segment.startsWith('\\.');
  return (name) => {
    if (name.startsWith('.') && !dots) return false;
    const characters = [...name];
    let piece = 0;
    let star = -1;
    let from = 0;
    for (let at = 0; at < characters.length; ) {
      const want = pieces[piece];
      if (want === '*') {
        star = piece++;
        from = at;
      } else if (want?.(characters[at]!)) {
        piece++;
        at++;
      } else if (star >= 0) {
        piece = star + 1;
        at = ++from;
      } else return false;
    }
    return pieces.slice(piece).every((each) => each === '*');
  };
}

function compile(segment: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < segment.length; ) {
    const set = segment[at] === '[' ? bracket.exec(segment.slice(at)) : null;
    if (set) {
      pieces.push(members(set[2]!, set[1] !== ''));
      at += set[0].length;
      continue;
    }
    let character = String.fromCodePoint(segment.codePointAt(at)!);
    at += character.length;
    if (character === '*') pieces.push('*');
    else if (character === '?') pieces.push(() => true);
    else {
      if (character === '\\' && at < segment.length) {
        character = String.fromCodePoint(segment.codePointAt(at)!);
        at += character.length;
      }
      const literal = character;
      pieces.push((each) => each === literal);
    }
  }
  return pieces;
}

/** `[abc]`, `[!a-z]`, `[]x]`, `[[:digit:]]`; without its end a bracket is a character like any other. */
const bracket = /^\[([!^]?)(\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*)\]/;
const classes: ReadonlyMap<string, RegExp> = new Map(
  Object.entries<RegExp>({
    alnum: /[0-9A-Za-z]/,
    alpha: /[A-Za-z]/,
    digit: /[0-9]/,
    lower: /[a-z]/,
    upper: /[A-Z]/,
    punct: /[!-/:-@[-`{-~]/,
    space: /\s/,
    xdigit: /[0-9A-Fa-f]/,
  }),
);

function members(inner: string, negated: boolean): (character: string) => boolean {
  const tests: ((character: string) => boolean)[] = [];
  for (const match of inner.matchAll(/\[:([a-z]+):\]|\\?(.)(?:-\\?(.))?/gsu)) {
    const [, name, low, high] = match;
    if (name !== undefined) tests.push((each) => classes.get(name)?.test(each) ?? false);
    else tests.push((each) => each >= low! && each <= (high ?? low!));
  }
  return (character) => tests.some((test) => test(character)) !== negated;
}
