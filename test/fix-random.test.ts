/** Fixes of a thousand damaged files: they settle, stay settled, and leave alone what is none of their business. */
import { expect, it } from 'vitest';
import { type Fixed, fix } from '../src/fix/index.ts';
import { loneFile } from '../src/format/explain.ts';
import { check, type FileSystem, memory, type Report, rules } from '../src/index.ts';
import { marked } from '../src/lint/example.ts';

/** Repeatable randomness (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Every example there is, each a set of files. */
const seeds = rules.flatMap((rule) =>
  [...rule.bad, ...rule.good].map(({ files }) => marked(files, loneFile(rule)).files),
);

type Random = () => number;
const below = (bound: number, next: Random): number => Math.floor(next() * bound);
const pick = <T>(list: readonly T[], next: Random): T => list[below(list.length, next)]!;

/** One slip of the kind that people make. */
const slips: readonly ((text: string, next: Random) => string)[] = [
  // In a word: a letter lost, doubled, or swapped with its neighbour.
  (text, next) => inWord(text, next, (word, at) => word.slice(0, at) + word.slice(at + 1)),
  (text, next) => inWord(text, next, (word, at) => word.slice(0, at) + word[at] + word.slice(at)),
  (text, next) =>
    inWord(
      text,
      next,
      (word, at) => word.slice(0, at) + (word[at + 1] ?? '') + word[at] + word.slice(at + 2),
    ),
  (text, next) => without(text, next, /;/g),
  (text, next) => without(text, next, /[{}]/g),
  (text, next) => without(text, next, /["']/g),
  (text, next) => onLine(text, next, (line) => line.replace(/"([^"]*)"/, '“$1”').replace(/;$/, '；')),
  (text, next) => onLine(text, next, (line) => `[root@lb1 ~]# ${line}`),
  (text, next) => onLine(text, next, (line) => `// ${line}`),
  (text, next) => onLine(text, next, (line) => `${line};`),
  (text, next) => onLine(text, next, (line) => `${line}\n${line}`),
  (text) => `\ufeff${text}`,
  (text) => text.replaceAll('\n', '\r\n'),
];

function inWord(text: string, next: Random, change: (word: string, at: number) => string): string {
  const words = [...text.matchAll(/[A-Za-z_]{4,}/g)];
  if (words.length === 0) return text;
  const { 0: word, index } = pick(words, next);
  return text.slice(0, index) + change(word, below(word.length, next)) + text.slice(index + word.length);
}

function without(text: string, next: Random, what: RegExp): string {
  const places = [...text.matchAll(what)];
  if (places.length === 0) return text;
  const { index } = pick(places, next);
  return text.slice(0, index) + text.slice(index + 1);
}

function onLine(text: string, next: Random, change: (line: string) => string): string {
  const lines = text.split('\n');
  const at = below(lines.length, next);
  lines[at] = change(lines[at]!);
  return lines.join('\n');
}

/** A byte that is no UTF-8, in a comment that nobody has a reason to touch. */
const mark = (n: number): string => `# ${n} \xb5\xff`;

type Texts = Readonly<Record<string, Uint8Array>>;

/** A set of files with some slips, and marks between its lines. */
function damaged(seed: number): Texts {
  const next = random(seed);
  let marks = 0;
  const texts = pick(seeds, next);
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      let result = text;
      for (let slip = below(4, next); slip >= 0; slip--) result = pick(slips, next)(result, next);
      const isLatin = next() < 0.5;
      if (isLatin && !/lua|["']/.test(result)) {
        result = result
          .split('\n')
          .map((line) => (/;\r?$/.test(line) && next() < 0.3 ? `${line}\n${mark(marks++)}` : line))
          .join('\n');
      }
      return [name, Buffer.from(result, /[^\0-\xff]/.test(result) ? 'utf8' : 'latin1')];
    }),
  );
}

const fixed = (files: Texts, unsafe: boolean): Fixed =>
  fix({
    unsafe,
    fs: memory(files),
    stdin: undefined,
    roots: ['/'],
    check: (fs) => checked(files, fs),
  });

const checked = (files: Texts, fs: FileSystem = memory(files)): Report =>
  check(Object.keys(files).length === 1 ? Object.keys(files) : ['.'], { fs });

const marksOf = (bytes: Uint8Array): string[] =>
  Buffer.from(bytes)
    .toString('latin1')
    .match(/# \d+ \xb5\xff/g) ?? [];

/** What goes wrong with the fixes of these files, in words. */
function faults(files: Texts, unsafe: boolean): string[] {
  const result = fixed(files, unsafe);
  const after: Record<string, Uint8Array> = { ...files };
  for (const { origin, after: bytes } of result.changes) after[origin.slice(1)] = bytes;
  const wrong: string[] = [];
  if (result.restless) wrong.push('does not settle');
  if (fixed(after, unsafe).changes.length > 0) wrong.push('changes again');
  for (const [name, bytes] of Object.entries(files)) {
    if (marksOf(bytes).join() !== marksOf(after[name]!).join()) wrong.push('touches a comment');
  }
  return wrong;
}

it.each([
  ['--fix', false],
  ['--unsafe-fixes', true],
])(
  '%s',
  (_, unsafe) => {
    const found: string[] = [];
    let changed = 0;
    for (let seed = 0; seed < 500; seed++) {
      const texts = damaged(seed + (unsafe ? 1000 : 0));
      if (fixed(texts, unsafe).changes.length > 0) changed++;
      for (const fault of faults(texts, unsafe)) found.push(`${seed}: ${fault}`);
    }
    // Most of the damage can be mended, or this would prove little.
    expect(changed).toBeGreaterThan(200);
    expect(found).toEqual([]);
  },
  120_000,
);
