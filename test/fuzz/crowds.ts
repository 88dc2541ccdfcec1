/** One line or block of an example, or all of it, many times over: work grows with their number, not with its square. */
import { allRules } from '../../rules/index.ts';
import { loneFile } from '../../src/format/explain.ts';
import { marked } from '../../src/lint/example.ts';
import type { Dice } from '../bench/workloads.ts';
import { growth, tooMuch } from '../growth.ts';
import { checked } from './invariants.ts';
import type { Files, Kind } from './kind.ts';

/** Stands in a file where the crowd comes, and in what it is made of where each has a number of its own. */
const [place, number] = ['# here\n', '<n>'];
const member = 'member';
/** How many there are at first. */
const few = 500;

const examples: readonly Files[] = allRules().flatMap((rule) =>
  [...rule.bad, ...rule.good].map((example) => marked(example.files, loneFile(rule)).files),
);

/** A line with the block that it opens. */
function pieceAt(lines: readonly string[], at: number): string {
  let end = at + 1;
  for (let depth = depthOf(lines[at]!); depth > 0 && end < lines.length; end++) depth += depthOf(lines[end]!);
  return lines
    .slice(at, end)
    .map((line) => `${line}\n`)
    .join('');
}

/** All lines up to the end of the block that they are in. */
function restOf(lines: readonly string[], at: number): string {
  let end = at;
  for (let depth = 0; end < lines.length; end++) {
    depth += depthOf(lines[end]!);
    if (depth < 0) break;
  }
  return lines
    .slice(at, end)
    .map((line) => `${line}\n`)
    .join('');
}

const depthOf = (line: string): number => line.split('{').length - line.split('}').length;

/** The same with a number at one of its words. */
function numbered(piece: string, roll: Dice): string {
  const ends = Array.from(piece.matchAll(/[a-z\d](?=[\s;"'])/gi), ({ index }) => index + 1);
  if (ends.length === 0) return piece;
  const at = roll.one(ends);
  return piece.slice(0, at) + number + piece.slice(at);
}

export const crowds: Kind = {
  files: (roll) => {
    const files = roll.one(examples);
    const path = roll.one(
      Object.keys(files)
        .filter((name) => name.endsWith('.conf'))
        .sort(),
    );
    const lines = (files[path] ?? '').split('\n');
    const isWhole = roll.often(20);
    const at = isWhole
      ? lines.findIndex((line) => line.trim() === 'http {') + 1
      : roll.between(0, lines.length - 1);
    const piece = isWhole ? restOf(lines, at) : roll.often(70) ? pieceAt(lines, at) : `${lines[at]}\n`;
    const around = [...lines.slice(0, at), place.trimEnd(), ...lines.slice(at)].join('\n');
    return { ...files, [path]: around, [member]: roll.often(60) ? numbered(piece, roll) : piece };
  },
  *faults({ [member]: piece = '', ...files }) {
    const work = (size: number): unknown => {
      const crowd = Array.from({ length: size }, (_, n) => piece.replaceAll(number, `${n}`)).join('');
      const filled = Object.entries(files).map(([path, text]) => [path, text.replace(place, () => crowd)]);
      return checked(Object.fromEntries(filled));
    };
    const times = growth(work, few);
    if (times >= tooMuch) yield `four times as many take ${times.toFixed(0)} times as long`;
  },
};
