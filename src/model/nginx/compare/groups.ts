/** The statements of a level by what they are about, each in one spelling. */
import { groupBy } from '../../../../grammar/group-by.ts';
import type { Span } from '../../../../grammar/text.ts';
import { headSpan } from '../../../../grammar/tree.ts';
import { secretsOf } from '../secrets.ts';
import type { Statement } from '../statement.ts';
import { type ChangePart, type Comparison, remembered, type Side } from './change.ts';

/** Directives in which healthy nodes differ: the size of the machine, its accounts, its logs and its paths. */
const local =
  /^(?:worker_(?:processes|cpu_affinity|rlimit_\w+|connections|priority|shutdown_timeout)|working_directory|pid|lock_file|error_log|access_log|daemon|master_process|user|env|load_module|thread_pool|debug_\w+|\w+_temp_path|timer_resolution|pcre_jit|use|multi_accept|accept_mutex\w*|open_file_cache\w*|types|\w+_hash_(?:max|bucket)_size|include|open_log_file_cache|log_format|aio|sendfile\w*|directio|google_perftools_profiles)$/;
/** Headers by which a node tells which one it is. */
const identifying =
  /^(?:x-(?:served|node|server|backend|instance|proxy|lb|host(?:name)?|via|cache|upstream|origin|pod|machine)(?:-?(?:by|id|name|node|server|host|instance|lb))*|via|server)$/i;
/** Directives that are carried out in their order. */
const sequences: ReadonlyMap<string, string> = new Map([
  ...['rewrite', 'set', 'if', 'return', 'break'].map((name) => [name, 'rewrite'] as const),
  ...['allow', 'deny'].map((name) => [name, 'allow and deny'] as const),
]);

/** Lists of which each line is about something of its own: its first word. */
const keyed =
  /^(?:add_header|add_trailer|more_set_headers|(?:proxy|grpc)_set_header|(?:fastcgi|uwsgi|scgi)_param|perl_set|js_set|upstream)$/;

/** Statements of a level that are about one thing. */
export interface Group {
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly text: string;
}

const isObject = ({ name, directive }: Statement): boolean =>
  (/^(?:http|stream|mail|events|upstream|location)$/.test(name) && directive.body !== undefined) ||
  (name === 'server' && directive.body !== undefined);

type Groups = ReadonlyMap<string, Group>;

/** The statements of one level by what they are about; objects, and what is a node's own affair, left out. */
export function groupsOf(
  side: Side,
  statements: readonly Statement[],
  rename?: Comparison['renamed'],
): Groups {
  const shared = statements.filter(
    (each) =>
      !isObject(each) &&
      !local.test(each.name) &&
      each.name !== 'listen' &&
      each.name !== 'server_name' &&
      // Each server tells of it.
      (each.name !== 'http2' || each.context !== 'http'),
  );
  const groups = new Map<string, Group>();
  for (const [name, list] of groupBy(shared, groupKey)) groups.set(name, groupOf(side, name, list, rename));
  return groups;
}

function groupOf(
  side: Side,
  name: string,
  statements: readonly Statement[],
  rename: Comparison['renamed'] | undefined,
): Group {
  let text: string | undefined;
  return {
    name,
    statements,
    get text() {
      if (text === undefined) {
        const texts = statements.map((each) => textOf(side, each, rename));
        if (![...sequences.values()].includes(name)) texts.sort();
        text = texts.join('\n');
      }
      return text;
    },
  };
}

/** Whether two groups are alike to the letter, so that nobody need read them. */
export const isSameWriting = ({ statements: a }: Group, { statements: b }: Group): boolean =>
  a.length === b.length && a.every((each, index) => isSameLine(each, b[index]!));

const isSameLine = (
  { name, variant, directive: { args: a, body } }: Statement,
  { name: other, variant: another, directive: { args: b, body: inner } }: Statement,
): boolean =>
  name === other &&
  variant === another &&
  !body &&
  !inner &&
  a.length === b.length &&
  a.every(({ text }, index) => text === b[index]!.text);

/** groupsOf() of a side in which nothing is renamed. */
export const plainGroups = remembered<readonly Statement[], Groups>((side, statements) =>
  groupsOf(side, statements),
);

/** What a statement is about: statements of one key are compared together. */
function groupKey({ name, directive: { args, body }, variant }: Statement): string {
  const sequence = sequences.get(name);
  if (sequence) return sequence;
  // What a variable is made of is a part of it.
  if (variant?.body === 'entries' && args.at(-1)?.text.startsWith('$')) return `${name} ${args.at(-1)!.text}`;
  if (variant?.body === 'entries' || body) return [name, ...args.map(({ text }) => text)].join(' ');
  if (keyed.test(name))
    return `${name} ${name.includes('header') ? args[0]?.text.toLowerCase() : args[0]?.text}`;
  const sized =
    /^limit_\w+_zone$|_cache_path$/.test(name) && args.find(({ text }) => /^(?:keys_)?zone=/.test(text));
  return sized ? `${name} ${sized.text.replace(/^[^=]*=|:[\s\S]*$/g, '')}` : name;
}

/** Beyond so many the whole table is another one. */
const fewEntries = 3;

/** A table of more lines is looked at no further. */
const mostEntries = 100;

/** How two tables such as a map differ, entry by entry; undefined where that is not what differs, or where it is a lot. */
export function entryParts(
  [here, mine]: readonly [Side, Group],
  [there, theirs]: readonly [Side, Group],
  rename?: Comparison['renamed'],
): readonly ChangePart[] | undefined {
  const [[x, ...more], [y, ...others]] = [mine.statements, theirs.statements];
  if (!x || !y || more.length + others.length > 0) return undefined;
  if (x.variant?.body !== 'entries' || y.variant?.body !== 'entries') return undefined;
  const [a, b] = [entriesOf(here, x, rename), entriesOf(there, y)];
  const parts: ChangePart[] = [];
  const [source, other] = [argumentTexts(here, x, rename).join(' '), argumentTexts(there, y).join(' ')];
  const unread = { here: undefined, there: undefined };
  if (source !== other) {
    const [at, expected] = [headSpan(x.directive), headSpan(y.directive)];
    parts.push({ name: mine.name, ...unread, at, expected });
  }
  for (const key of new Set([...b.keys(), ...a.keys()])) {
    const [left, right] = [a.get(key), b.get(key)];
    if (left?.text === right?.text) continue;
    // A key may be a token that opens something.
    const entry = /^(?:default|[\w*-]+(?:\.[\w*-]+)+)$/.test(key) ? key : 'an entry';
    // A line of the table that is wrong by itself may be the one that is missing.
    const also = left && right ? [] : [...(left ? b : a).values()].map(({ at }) => at).slice(0, mostEntries);
    parts.push({ name: `${entry} of ${mine.name}`, ...unread, at: left?.at, expected: right?.at, also });
  }
  return parts.length > 0 && parts.length <= fewEntries ? parts : undefined;
}

/** How two lists of lines differ, line by line; undefined where only their order does, where neither can be a list, or where it is a lot. */
export function lineParts(
  [here, mine]: readonly [Side, Group],
  [there, theirs]: readonly [Side, Group],
  rename?: Comparison['renamed'],
): readonly ChangePart[] | undefined {
  const isSequence = [...sequences.values()].includes(mine.name);
  if (!isSequence && mine.statements.length + theirs.statements.length < 3) return undefined;
  const a = new Map(mine.statements.map((each) => [textOf(here, each, rename), each]));
  const b = new Map(theirs.statements.map((each) => [textOf(there, each), each]));
  const [extra, missing] = [without(a, b), without(b, a)];
  const count = extra.length + missing.length;
  if (count === 0 || count > fewEntries) return undefined;
  const [x, y] = [[...a.keys()].filter((text) => b.has(text)), [...b.keys()].filter((text) => a.has(text))];
  if (isSequence && x.join('\n') !== y.join('\n')) return undefined;
  const [[only], [other]] = [extra, missing];
  if (only && other && count === 2 && only.name === other.name) {
    const [left, right] = [alone(mine, only), alone(mine, other)];
    const [at, expected] = [spanOf(left), spanOf(right)];
    return [{ name: left.name, here: shown(left, right), there: shown(right, left), at, expected }];
  }
  const part = (statement: Statement): Pick<ChangePart, 'name' | 'here' | 'there'> => {
    const line = alone(mine, statement);
    const words = shown(line, undefined);
    return { name: words ? `${line.name} ${words}` : line.name, here: undefined, there: undefined };
  };
  return [
    ...extra.map((each) => ({ ...part(each), at: headSpan(each.directive), expected: undefined })),
    ...missing.map((each) => ({ ...part(each), at: undefined, expected: headSpan(each.directive) })),
  ];
}

const without = (
  list: ReadonlyMap<string, Statement>,
  others: ReadonlyMap<string, Statement>,
): readonly Statement[] => [...list].flatMap(([text, each]) => (others.has(text) ? [] : [each]));

/** One line of a group. */
const alone = ({ name }: Group, statement: Statement): Group => ({
  name: sequences.has(statement.name) ? statement.name : name,
  statements: [statement],
  text: '',
});

const entriesOf = ({ model, neutral }: Side, statement: Statement, rename?: Comparison['renamed']) =>
  new Map(
    [...model.entries(statement)].map((entry) => {
      const text = neutral(valuesOf(entry.args, rename).join(' '));
      return [neutral(entry.name.text), { text, at: headSpan(entry) }];
    }),
  );

/** What an entry gives: it may be the name of an upstream. */
const valuesOf = (args: readonly { readonly text: string }[], rename: Comparison['renamed'] | undefined) =>
  args.map(({ text }) => rename?.get(text.toLowerCase()) ?? text);

/** Directives with a reader of their own that take times. */
const timed = /timeout|_time$|_valid$|^expires$/;

/** A statement in one spelling, with everything in it. */
export function textOf(side: Side, statement: Statement, rename?: Comparison['renamed']): string {
  const { name, directive, body } = statement;
  const head = [name, ...argumentTexts(side, statement, rename)].join(' ');
  if (!directive.body) return head;
  if (directive.raw) return `${head} {${directive.raw.text}}`;
  const lines =
    statement.variant?.body === 'entries'
      ? entryTexts(side, statement, rename)
      : [...groupsOf(side, body, rename).values()].map(({ text }) => text).sort();
  const inner = body.filter(isObject).map((each) => textOf(side, each, rename));
  return `${head} {${[...lines, ...inner].join('\n')}}`;
}

function entryTexts(
  { model, neutral }: Side,
  statement: Statement,
  rename: Comparison['renamed'] | undefined,
): readonly string[] {
  const plain: string[] = [];
  const patterns: string[] = [];
  for (const { name, args } of model.entries(statement)) {
    const text = neutral([name.text, ...valuesOf(args, rename)].join(' '));
    // The first pattern that matches counts; all else is looked up.
    (name.text.startsWith('~') ? patterns : plain).push(text);
  }
  return [...plain.sort(), ...patterns];
}

/** Milliseconds and bytes of a unit. */
const milli: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5,
  d: 864e5,
  w: 6048e5,
  M: 2592e6,
  y: 31536e6,
  '': 1e3,
};
const bytes: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function argumentTexts(
  { neutral }: Side,
  { name, directive, variant }: Statement,
  rename?: Comparison['renamed'],
): readonly string[] {
  const words = directive.args.map(({ text }) => text);
  const isNodeHeader =
    /^(?:add_header|more_set_headers|proxy_set_header)$/.test(name) && identifying.test(words[0] ?? '');
  if (isNodeHeader && !words[1]?.includes('$')) return [words[0]!.toLowerCase()];
  const type = variant?.type ?? '';
  // Where a cache lies is the machine's own affair, and so is how much it may take.
  if (name.endsWith('_cache_path')) words.shift();
  const spelled = words.map((word, index) => {
    if (type === 'msec' || type === 'sec' || (type === 'custom' && timed.test(name)))
      return inUnits(word, /(\d+)(ms|[smhdwMy]|)\s*/gy, milli);
    if (type === 'size' || type === 'offset' || type === 'bufs')
      return inUnits(word.toLowerCase(), /(\d+)([kmg]|)/gy, bytes);
    if (type === 'flag' || type === 'enum') return word.toLowerCase();
    if (index === 0 && name.includes('header')) return word.toLowerCase();
    if (index === 0 && /_pass$/.test(name)) {
      // The case of a host says nothing (ngx_http_upstream_add()).
      return neutral(word).replace(
        /^([a-z]+:\/\/)?([^/:$]+)/i,
        (_, scheme: string | undefined, host: string) =>
          (scheme ?? '').toLowerCase() + (rename?.get(host.toLowerCase()) ?? host.toLowerCase()),
      );
    }
    // How much memory a zone gets is the machine's own affair.
    if (/_zone$|_cache$|_cache_path$/.test(name))
      return neutral(word.replace(/:(?<=[:=][^:]+:)\d+[kmg]?$|^max_size=.*/i, ''));
    return neutral(word);
  });
  // Sets of words, in which the order says nothing.
  return /^(?:bitmask|types)/.test(type) ? spelled.map((word) => word.toLowerCase()).sort() : spelled;
}

/** The sum of a word's numbers with their units; the word itself where it is anything else. */
function inUnits(word: string, pattern: RegExp, units: Readonly<Record<string, number>>): string {
  let [sum, end] = [0, 0];
  for (const match of word.matchAll(pattern)) {
    sum += Number(match[1]) * (units[match[2]!] ?? 1);
    end = match.index + match[0].length;
  }
  return end === word.length && end > 0 ? `${sum}` : word;
}

/**
 * What a side says of a group that it does not have on this level: what holds from further out, or nginx's default, which may
 * depend on the machine.
 */
export function inherited(
  side: Side,
  level: Statement | undefined,
  { name, statements }: Group,
): readonly string[] {
  const [like] = statements as [Statement, ...Statement[]];
  if (like.directive.body || sequences.has(like.name)) return [];
  const outer = side.model.inForce(level, like.name).filter((each) => groupKey(each) === name);
  if (outer.length > 0)
    return [
      outer
        .map((each) => textOf(side, each))
        .sort()
        .join('\n'),
    ];
  const words = like.variant?.defaults
    .findLast(({ until }) => until === undefined)
    ?.value.split(/\s+/)
    .map((word) => word.split('|'));
  if (!words) return [];
  const choices = Math.max(...words.map(({ length }) => length));
  return Array.from({ length: choices }, (_, choice) => {
    const args = words.map((each) => ({
      text: each[choice] ?? each[0]!,
      start: 0,
      end: 0,
      quote: '' as const,
    }));
    return textOf(side, { ...like, directive: { ...like.directive, args } });
  });
}

/** Where a group begins. */
export const spanOf = (group: Group | undefined): Span | undefined =>
  group && headSpan(group.statements[0]!.directive);

/** The words of a lone statement, where they are short and no secret. */
export function shown(group: Group | undefined, other: Group | undefined): string | undefined {
  const [only, ...more] = group?.statements ?? [];
  if (!only || more.length > 0 || only.directive.body) return undefined;
  // One of a sequence says little; a line of one is told as such.
  if (sequences.has(only.name) && group!.name !== only.name) return undefined;
  if (other && other.statements.length > 1) return undefined;
  if ([...secretsOf([only.directive])].length > 0) return undefined;
  const words = only.directive.args.map(({ text }) => text);
  const text = (keyed.test(only.name) ? words.slice(1) : words).join(' ');
  return text.length <= 40 && text !== '' ? text : undefined;
}
