/** Configurations made wrong in the ways of people and of attackers: pieces of the corpus dropped, doubled, swapped, spliced. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from '../bench/workloads.ts';

const root = join(import.meta.dirname, '../..');

/** The files of our stories and of the corpus, by kind. */
export function corpus(): { readonly nginx: readonly string[]; readonly keepalived: readonly string[] } {
  const names = ['clusters', 'corpus'].flatMap((folder) =>
    readdirSync(join(root, 'fixtures', folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(root, 'fixtures', folder, name),
    ),
  );
  const read = (kind: RegExp): string[] =>
    names
      .filter((name) => kind.test(name))
      .sort()
      .map((name) => readFileSync(name, 'utf8'));
  return { nginx: read(/nginx[^/]*\.conf$/), keepalived: read(/keepalived[^/]*\.conf$/) };
}

const nasty = [
  '{',
  '}',
  ';',
  '"',
  "'",
  '\\',
  '#',
  '!',
  '$',
  '${',
  '${x}',
  '@a ',
  '~SEQ(n, 1, 9) ',
  '$A=',
  '$A',
  '{{ x }}',
  '<%',
  '{%',
  '\0',
  '\u001b[31m',
  '\u202e',
  '\ud800',
  '\ufeff',
  '\r',
  '\u2028',
  '“',
  '；',
  '__proto__',
  'constructor',
  '-1',
  '99999999999999999999',
  '1e9',
  '0x10',
  '10.0.0.1/99',
  '::',
  '::1/129',
  '255',
  '# lbcheck: allow unknown-keyword -- x',
  'include *.conf',
  'include a.conf',
  '~^(a+)+$',
];

/** A text with a few things changed. `others` are texts to take pieces from. */
export function mutated(text: string, others: readonly string[], roll: Dice): string {
  let result = text;
  for (let n = roll.between(1, 5); n > 0; n--) result = changed(result, others, roll);
  return result;
}

function changed(text: string, others: readonly string[], roll: Dice): string {
  const isByLine = roll.often(40);
  const pieces = isByLine ? text.split(/(?<=\n)/) : text.split(/(?<=[\s;{}])|(?=[;{}])/);
  const at = (): number => roll.between(0, Math.max(0, pieces.length - 1));
  const [a, b] = [at(), at()];
  switch (roll.between(0, 6)) {
    case 0:
      pieces.splice(a, roll.between(1, 3));
      break;
    case 1:
      pieces.splice(b, 0, pieces[a] ?? '');
      break;
    case 2:
      [pieces[a], pieces[b]] = [pieces[b] ?? '', pieces[a] ?? ''];
      break;
    case 3: {
      const other = roll.one(others);
      const from = roll.between(0, other.length);
      pieces.splice(a, 0, other.slice(from, from + roll.between(0, 400)));
      break;
    }
    case 4:
      pieces.splice(a, 0, roll.one(nasty));
      break;
    case 5:
      pieces.splice(a, 0, ...Array.from({ length: roll.between(2, 40) }, () => pieces[a] ?? ''));
      break;
    default: {
      // A slip of the finger.
      const piece = pieces[a] ?? '';
      const slip = roll.between(0, piece.length);
      pieces[a] =
        piece.slice(0, slip) +
        roll.one(['', 'x', '0', ' ', piece.slice(slip, slip + 1).repeat(2)]) +
        piece.slice(slip + 1);
    }
  }
  return pieces.join('');
}
