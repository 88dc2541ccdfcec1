/** Configurations made wrong in the ways of people and of attackers: by their characters, and by their statements. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseKeepalived } from '../../grammar/keepalived/index.ts';
import { parseNginx } from '../../grammar/nginx/index.ts';
import { source } from '../../grammar/text.ts';
import type { Directive } from '../../grammar/tree.ts';
import type { Dice } from '../bench/workloads.ts';

export type Language = 'nginx' | 'keepalived';
type Corpus = Readonly<Record<Language, readonly string[]>>;

export const root = join(import.meta.dirname, '../..');

let read: Corpus | undefined;

/** The files of our stories and of the corpus, by language. */
export function corpus(): Corpus {
  if (read) return read;
  const names = ['clusters', 'corpus'].flatMap((folder) =>
    readdirSync(join(root, 'fixtures', folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(root, 'fixtures', folder, name),
    ),
  );
  const texts = (kind: RegExp): string[] =>
    names
      .filter((name) => kind.test(name))
      .sort()
      .map((name) => readFileSync(name, 'utf8'));
  read = { nginx: texts(/nginx[^/]*\.conf$/), keepalived: texts(/keepalived[^/]*\.conf$/) };
  return read;
}

/** Words that hurt, somewhere. */
export const nasty = [
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
  'toString',
  '-1',
  '0',
  '256',
  '99999999999999999999',
  '1e9',
  '0x10',
  'NaN',
  '10.0.0.1/99',
  '::',
  '::1/129',
  '255',
  '# lbcheck: allow unknown-keyword -- x',
  'include a.conf',
  '~^(a+)+$',
  '[',
  '(?<a>',
  '*',
];

/** A text with a few things changed; what is put in comes from the corpus. */
export function mutated(text: string, language: Language, roll: Dice): string {
  const others = corpus()[language];
  let result = text;
  for (let n = roll.between(1, 5); n > 0; n--)
    result = roll.often(50) ? scratched(result, others, roll) : grafted(result, language, roll);
  return result;
}

/** Lines and words dropped, doubled, swapped, spliced; a slip of the finger. */
export function scratched(text: string, others: readonly string[], roll: Dice): string {
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

/** A statement and where it lies in its text. */
interface Stretch {
  readonly statement: Directive;
  readonly start: number;
  readonly end: number;
}

const parse = { nginx: parseNginx, keepalived: parseKeepalived };

/** Every statement that a text holds, those in blocks too. */
function statementsIn(text: string, language: Language): readonly Stretch[] {
  const found: Stretch[] = [];
  const visit = (items: readonly Directive[]): void => {
    for (const statement of items) {
      const { name, args, open, close, body = [] } = statement;
      const ends = [name.end, ...args.map(({ end }) => end), open + 1, close + 1];
      found.push({ statement, start: name.start, end: Math.max(...ends) });
      visit(body);
    }
  };
  visit(parse[language](source('x.conf', text)).items);
  return found;
}

const keywords = new Map<Language, readonly string[]>();

/** Every name that the language knows. */
function keywordsOf(language: Language): readonly string[] {
  const known = keywords.get(language);
  if (known) return known;
  const column = language === 'nginx' ? 0 : 1;
  const rows = readFileSync(join(root, `grammar/tables/${language}.tsv`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  const names = [...new Set(rows.map((row) => row.split('\t')[column]!))];
  keywords.set(language, names);
  return names;
}

/** The tree changed: statements dropped, moved into other blocks, brought from elsewhere; their words exchanged. */
function grafted(text: string, language: Language, roll: Dice): string {
  const statements = statementsIn(text, language);
  if (statements.length === 0) return text;
  const replaced = (start: number, end: number, by: string): string =>
    text.slice(0, start) + by + text.slice(end);
  const end = language === 'nginx' ? ';\n' : '\n';
  const one = roll.one(statements);
  const cut = (each: Stretch, from: string): string => from.slice(each.start, each.end);
  const blocks = statements.filter(({ statement }) => statement.open >= 0);
  switch (roll.between(0, 7)) {
    case 0:
      return replaced(one.start, one.end, '');
    case 1: {
      // Into any block, where it may mean something else or nothing.
      const into = blocks.length > 0 ? roll.one(blocks).statement.open + 1 : 0;
      return replaced(into, into, ` ${cut(one, text)}\n`);
    }
    case 2: {
      const other = roll.one(corpus()[language]);
      const donors = statementsIn(other, language);
      if (donors.length === 0) return text;
      return replaced(one.start, one.start, `${cut(roll.one(donors), other)}\n`);
    }
    case 3: {
      const { start, end } = one.statement.name;
      return replaced(start, end, roll.one(keywordsOf(language)));
    }
    case 4: {
      const { args } = one.statement;
      if (args.length === 0) return text;
      const { start, end } = roll.one(args);
      const words = statements.flatMap(({ statement }) => statement.args);
      const word = roll.one(words);
      return replaced(start, end, roll.often(60) ? text.slice(word.start, word.end) : roll.one(nasty));
    }
    case 5:
      return replaced(
        one.start,
        one.end,
        Array.from({ length: roll.between(2, 12) }, () => cut(one, text)).join('\n'),
      );
    case 6: {
      const depth = roll.between(1, 30);
      const head = `${roll.one(keywordsOf(language))} ${roll.one(['', 'x ', '$x '])}{\n`;
      return replaced(one.start, one.end, `${head.repeat(depth)}${cut(one, text)}\n${'}\n'.repeat(depth)}`);
    }
    default:
      return replaced(
        one.start,
        one.start,
        `${roll.one(keywordsOf(language))} ${roll.one(['', 'x', '1', 'on', '10.0.0.1', '$uri', '{ }'])}${end}`,
      );
  }
}
