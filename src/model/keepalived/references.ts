/** Names that blocks have, and the lines that use them. */
import { once } from '../../../grammar/remembered.ts';
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { type Arg, itemKind } from '../../../grammar/tables/keywords.ts';
import { type Directive, type Word, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located } from '../located.ts';
import { lookup } from '../lookup.ts';
import { suggest } from '../suggest.ts';
import { isHead, type Statement } from './statements.ts';

/** A block with a name: `vrrp_script chk {`. */
export interface Definition {
  /** The keyword; `track_file` for its old name too. */
  readonly kind: string;
  readonly name: Located<string>;
  readonly statement: Statement;
  /** Its place among the statements outside of blocks. */
  readonly index: number;
}

/** A line that names such a block. */
export interface Reference {
  readonly kind: string;
  readonly name: Located<string>;
  /** The keyword that uses the name: track_script, group. */
  readonly statement: Statement;
  readonly index: number;
  /** The block must stand earlier in the file, or it is not found. */
  readonly earlier: boolean;
}

export interface References {
  readonly definitions: readonly Definition[];
  readonly uses: readonly Reference[];
  /** Blocks that nobody knows by the name that was meant: it is missing, or torn in two, or not even the kind is known. */
  readonly torn: readonly { readonly kind: string | undefined; readonly words: string }[];
}

const kindOf = (name: string): string => (name === 'vrrp_track_file' ? 'track_file' : name);

const defining: ReadonlySet<string> = new Set([
  ...['vrrp_script', 'vrrp_track_process', 'track_file', 'bfd_instance', 'vrrp_instance', 'vrrp_sync_group'],
  ...['track_group', 'virtual_server_group'],
]);

/** All named blocks and all uses of their names, in the order of the file. */
export function referencesOf(statements: readonly Statement[]): References {
  const definitions: Definition[] = [];
  const uses: Reference[] = [];
  const torn: References['torn'][number][] = [];
  for (const [index, statement] of statements.entries()) {
    const kind = kindOf(statement.keyword?.name ?? '');
    const name = statement.args[0];
    if (defining.has(kind) && name && !isPlaceholder(name.text) && !isHead(statement)) {
      const at = wordSpan(statement.directive, name);
      definitions.push({ kind, name: located(name.text, at), statement, index });
    }
    const written = statement.args.map(({ text }) => text).join('');
    if (defining.has(kind) && statement.args.length !== 1) torn.push({ kind, words: written });
    else if (!statement.keyword && statement.directive.body)
      torn.push({ kind: undefined, words: statement.directive.name.text + written });
    collect(statement, index, uses);
  }
  return { definitions, uses, torn };
}

/** Whether a name without a block of that name may be the name of one that is torn: then that one has its finding. */
export const isTorn = ({ torn }: References, { kind, name }: Reference): boolean =>
  torn.some((each) =>
    each.kind === undefined
      ? each.words.includes(name.value)
      : each.kind === kind && (each.words === '' || unjoined(each.words) === unjoined(name.value)),
  );

/** A name without the signs that join words of it. */
const unjoined = (name: string): string => name.replace(/[_-]/g, '');

/** The name that two words of one line were meant to be, where a blank tears it: `VI 1`. */
export function joined(references: References, first: Reference, second: Reference): string | undefined {
  const [{ at }, { at: next }] = [first.name, second.name];
  if (first.kind !== second.kind || at.source !== next.source) return undefined;
  if (!/^[ \t]+$/.test(at.source.text.slice(at.end, next.start))) return undefined;
  return whole(first.name.value, second.name.value).find(
    (name) => definitionsNamed(references, first.kind, name).length > 0,
  );
}

/** The names that two words may be one of. */
const whole = (first: string, second: string): readonly string[] =>
  ['', '_', '-'].map((sign) => first + sign + second);

function collect(statement: Statement, index: number, uses: Reference[]): void {
  const use = (kind: string, directive: Directive, word: Word | undefined, earlier: boolean): void => {
    if (!word || isPlaceholder(word.text)) return;
    uses.push({ kind, name: located(word.text, wordSpan(directive, word)), statement, index, earlier });
  };
  const { keyword, args, directive } = statement;
  const kind = keyword?.items === undefined ? undefined : itemKind(keyword.items);
  const target = kind?.first[0] && referred(kind.first[0]);
  if (kind) {
    for (const item of statement.items) {
      const words = [item.name, ...item.args];
      if (target)
        for (const word of kind.many ? words : words.slice(0, 1)) use(target, item, word, kind.earlier);
      for (const [at, word] of words.entries()) {
        const option = at > 0 ? kind.options.get(word.text)?.args[0] : undefined;
        const other = option && referred(option);
        if (other) use(other, item, words[at + 1], true);
      }
    }
  }
  if (keyword?.name === 'virtual_server' && args[0]?.text === 'group')
    use('virtual_server_group', directive, args[1], false);
  for (const { type, values } of keyword?.args ?? []) {
    if (type !== 'kv' && type !== 'words') continue;
    const { options } = itemKind(values![0]!)!;
    // The name of an instance may stand first, as before there was `inst` (vrrp_complete_init() wants it to be one).
    if (keyword?.name === 'lvs_sync_daemon' && args[1] && !options.has(args[1].text))
      use('vrrp_instance', directive, args[1], false);
    for (const [at, word] of args.entries()) {
      const option = options.get(word.text)?.args[0];
      const other = option && referred(option);
      if (other) use(other, directive, args[at + 1], false);
    }
  }
  if (keyword?.name === 'track_file' && keyword.context.endsWith('FILE_CHECK'))
    use('track_file', directive, args[0], true);
  if (keyword?.name === 'name' && keyword.context.endsWith('BFD_CHECK'))
    use('bfd_instance', directive, args[0], false);
  for (const each of statement.body) collect(each, index, uses);
}

const referred = ({ type, values }: Arg): string | undefined =>
  type === 'ref' && values?.[0] !== undefined ? kindOf(values[0]) : undefined;

/** The blocks of a name. */
export const definitionsNamed = (
  { definitions }: References,
  kind: string,
  name: string,
): readonly Definition[] => definitionsBy(definitions, `${kind} ${name}`);

/** The blocks that a use may mean. */
export const definitionsFor = (references: References, { kind, name }: Reference): readonly Definition[] =>
  definitionsNamed(references, kind, name.value);

/** Whether anything uses a block of that name. */
export const isUsed = ({ uses }: References, kind: string, name: string): boolean =>
  usesBy(uses, `${kind} ${name}`).length > 0;

const wordsOf = ({ kind, name }: Definition | Reference): readonly string[] => [
  kind,
  `${kind} ${name.value}`,
];
const definitionsBy = lookup<Definition>(wordsOf);
const usesBy = lookup<Reference>(wordsOf);

/** What runs, or is watched, only where a list names it. */
const tracked: ReadonlySet<string> = new Set(['vrrp_script', 'vrrp_track_process', 'track_file']);

/** What could be tracked, and nothing tracks. */
export const idleTrackers = once(({ definitions, uses }: References): readonly Definition[] => {
  const key = (kind: string, name: string): string => `${kind} ${name}`;
  const used = new Set(uses.map(({ kind, name }) => key(kind, name.value)));
  const defined = new Set(definitions.map(({ kind, name }) => key(kind, name.value)));
  // A use that names nothing was meant for one of its kind: one slip, one finding.
  const unsure = new Set(
    uses.filter(({ kind, name }) => !defined.has(key(kind, name.value))).map(({ kind }) => kind),
  );
  return definitions.filter(
    ({ kind, name }) => tracked.has(kind) && !unsure.has(kind) && !used.has(key(kind, name.value)),
  );
});

/** The name that a use of an undefined one was evidently meant to be. */
export function meantName(references: References, { kind, name }: Reference): string | undefined {
  const bare = name.value.replace(/(?<![:;,])[:;,]+$/, '');
  if (definitionsNamed(references, kind, bare).length > 0) return bare;
  // `VI_1` and `VI_2` are two names, not one and its misspelling.
  const own = shape(bare);
  const others = definitionsBy(references.definitions, kind).filter((each) => shape(each.name.value) !== own);
  return suggest(
    bare,
    others.map((each) => each.name.value),
  )?.word;
}

const shape = (text: string): string => text.replace(/\d+/g, '0');

/** Blocks whose name an earlier one of their kind has, each with the first of that name. */
export function* duplicateDefinitions({
  references: { definitions },
}: {
  readonly references: References;
}): Generator<{ definition: Definition; first: Definition }> {
  const firsts = new Map<string, Definition>();
  for (const definition of definitions) {
    const key = `${definition.kind} ${definition.name.value}`;
    const first = firsts.get(key);
    if (first) yield { definition, first };
    else firsts.set(key, definition);
  }
}

/** The name that a block of two words was meant to have, as another line uses it: `vrrp_script chk _web {`. */
export function tornName({ uses }: References, { keyword, args }: Statement): string | undefined {
  const kind = kindOf(keyword?.name ?? '');
  const [first, second] = args;
  if (!defining.has(kind) || !first || !second || args.length > 2) return undefined;
  const isUsed = (name: string): boolean => usesNamed(uses, `${kind} ${name}`).length > 0;
  if (isUsed(first.text)) return undefined;
  return whole(first.text, second.text).find(isUsed);
}

const usesNamed = lookup<Reference>(({ kind, name }) => [`${kind} ${name.value}`]);
