/** How directives are used: names nobody knows, the wrong place, the wrong words, twice where once is all. */
import { groupBy, grouped } from '../../../grammar/group-by.ts';
import { isOutside } from '../../../grammar/nginx/location.ts';
import { rootContexts, takes } from '../../../grammar/nginx/place.ts';
import { partitionPoint } from '../../../grammar/partition.ts';
import { once, remembered } from '../../../grammar/remembered.ts';
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { directiveNames, type Variant, variantIn, variants } from '../../../grammar/tables/directives.ts';
import { familyOfName } from '../../../grammar/tables/families.ts';
import type { Source, Span } from '../../../grammar/text.ts';
import { headSpan, type Word, wordSpan } from '../../../grammar/tree.ts';
import type { NginxFiles } from '../../load/loaded.ts';
import { suggest } from '../suggest.ts';
import { atLeast, type Version } from '../version.ts';
import { type ArgumentFault, argumentFaults } from './arguments/index.ts';
import { mayBeShifted, type Slip } from './blanks.ts';
import { type Extensions, entryFaults } from './entry-check.ts';
import { clashes } from './once.ts';
import { entries, mostGuesses, type Statement, suggestionFor, type Tree } from './statement.ts';
import { shown } from './values.ts';
import { hasDollar, mayTake, namelessDollars, plainDollars, tornVariable } from './variable-use.ts';

/** A name that nginx, or the stated version of it, does not know. */
export interface UnknownName {
  readonly statement: Statement;
  readonly at: Span;
  /** The directive it was probably meant to be. */
  readonly near?: string;
  /** Only that one can be meant. */
  readonly certain: boolean;
  /** With that name nginx would take the statement. */
  readonly fits?: boolean;
  /** The text that should stand in its place, where that is not just the directive's name. */
  readonly text?: string;
  /** What is wrong with the words, where it is not the letters. */
  readonly kind?: Slip['kind'];
  /** The version that brought it. */
  readonly since?: string;
}

/** A directive in a block that does not take it. */
export interface Misplaced {
  readonly statement: Statement;
  readonly at: Span;
  /** Contexts in which it may stand, those of the same module first; empty for a location outside of its parent. */
  readonly contexts: readonly string[];
}

/** A statement that nginx refuses, and the place of the reason. */
export type Refused = Pick<Misplaced, 'statement' | 'at'>;

/** A directive with too few or too many words, or with a block that it does not take. */
export interface WrongCount {
  readonly statement: Statement;
  readonly at: Span;
  readonly kind: 'arguments' | 'block';
  readonly min: number;
  readonly max: number;
  readonly counts?: readonly number[];
}

/** A directive that stands twice where nginx takes it once. */
export interface Repeated {
  readonly statement: Statement;
  readonly first: Statement;
  /** Where not the whole directive is what is repeated. */
  readonly what?: { readonly says: string; readonly at: Span; readonly first: Span };
}

/** A directive or a parameter that is gone, or on its way. */
export interface Aged {
  readonly statement: Statement;
  readonly at: Span;
  readonly name: string;
  /** Version without it; `gone` where a package dropped it. */
  readonly removed?: string | undefined;
  /** Version that began to warn; `yes` when unknown, `soft` when there only is better. */
  readonly deprecated?: string | undefined;
  /** What to use instead. */
  readonly replacedBy?: string | undefined;
  /** Of a module that is not nginx's own. */
  readonly isForeign: boolean;
  /** Still taken, and without effect. */
  readonly hasNoEffect: boolean;
}

export interface Usage {
  readonly unknown: readonly UnknownName[];
  readonly misplaced: readonly Misplaced[];
  readonly counts: readonly WrongCount[];
  readonly faults: readonly ArgumentFault[];
  readonly repeated: readonly Repeated[];
  readonly aged: readonly Aged[];
  /** Statements with a word that nginx does not take. */
  readonly refused: readonly Refused[];
}

type Found = { -readonly [K in keyof Usage]: Usage[K][number][] };

const nameSpan = ({ directive }: Statement): Span => wordSpan(directive, directive.name);

/** Everything that is odd about the use of directives, found in one walk. */
export function usageOf(
  tree: Tree,
  files: NginxFiles,
  version: Version,
  named: (name: string) => readonly Statement[],
  templates: ReadonlySet<Source>,
): Usage {
  const found: Found = {
    unknown: [],
    misplaced: [],
    counts: [],
    faults: [],
    repeated: [],
    aged: [],
    refused: [],
  };
  const scars = scarsOf(files);
  const tables: Extensions = new Map();
  const stack: { list: readonly Statement[]; next: number; seen: Statement[] | undefined }[] = [];
  const push = (list: readonly Statement[]): void => {
    stack.push({ list, next: 0, seen: undefined });
  };
  if (readable(tree)) push(tree.statements);
  const roots = tree.context === 'main' ? undefined : rootsOf(tree, files);
  const mayBeForeign = named('load_module').some(bringsUnknown);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const statement = top.list[top.next++];
    if (!statement) {
      stack.pop();
      continue;
    }
    if (statement.body.length > 0) push(statement.body);
    const { directive, variant } = statement;
    const isTemplate = templates.size > 0 && templates.has(directive.source);
    if (isPlaceholder(directive.name.text)) continue;
    const written = directive.name.text;
    const isOther = statement.name !== written;
    if (statement.slip) {
      const { kind, at, text, isDoubtful } = statement.slip;
      const fits = !isDoubtful;
      found.unknown.push({ statement, at, near: statement.name, certain: true, fits, text, kind });
    } else if (!variant || isOther) name(statement, version, roots, mayBeForeign, found);
    if (!variant) continue;
    if (isOther && variant.since !== undefined && atLeast(version, variant.since) === false) continue;
    if (variant.deprecated !== undefined || variant.removed !== undefined || variant.since !== undefined) {
      if (age(statement, variant, version, found)) continue;
    }
    // Of a name that is only guessed, the words are not counted.
    if (isOther && !takes(variant, directive.args.length)) continue;
    const before = found.faults.length;
    if (!isScarred(statement, scars)) words(statement, variant, version, isTemplate, files, tables, found);
    const guess = isOther ? found.unknown.at(-1) : undefined;
    if (guess?.statement === statement && !guess.fits)
      for (let at = before; at < found.faults.length; at++)
        found.faults[at] = { ...found.faults[at]!, isDoubtful: true };
    if (isTemplate || (variant.duplicate !== 'rejected' && variant.duplicate !== 'once')) continue;
    // A block has few of them: looking through is faster than a table for each.
    top.seen ??= [];
    const first = top.seen.find(({ name }) => name === statement.name);
    if (first) found.repeated.push({ statement, first });
    else top.seen.push(statement);
    if (statement.name === 'alias' || statement.name === 'root') rootAndAlias(statement, top.seen, found);
  }
  for (const { statement, first, at, firstAt, says } of clashes(named)) {
    if (templates.has(at.source)) continue;
    found.repeated.push({ statement, first, what: { says, at, first: firstAt } });
  }
  return found;
}

/** Tells whether a place lies in the head of a statement that stands wrong, has too few or too many words, is gone or yet to come, and is not the slip itself. */
export function refusals(
  { misplaced, counts, refused, aged, unknown }: Usage,
  version: Version,
): (at: Span) => boolean {
  const isGone = ({ statement: { directive }, at, removed }: Aged): boolean =>
    removed !== undefined && atLeast(version, removed) === true && at.start === directive.name.start;
  const isNew = ({ since }: UnknownName): boolean => since !== undefined;
  const startOf = ({ statement }: Refused): number => statement.directive.name.start;
  const all = [...misplaced, ...counts, ...refused, ...aged.filter(isGone), ...unknown.filter(isNew)].sort(
    (a, b) => startOf(a) - startOf(b),
  );
  const bySource = groupBy(all, ({ statement }) => statement.directive.source);
  const slips = new Set<Refused>(refused);
  // What a name was meant to be has its own faults, which are no reason to say nothing of the name.
  const misspelt = new Map<Source, Set<number>>();
  for (const { at } of unknown) {
    const starts = misspelt.get(at.source) ?? new Set();
    misspelt.set(at.source, starts.add(at.start));
  }
  return ({ source, start, end }) => {
    const list = bySource.get(source);
    if (!list || misspelt.get(source)?.has(start)) return false;
    const from = partitionPoint(list.length, (at) => startOf(list[at]!) <= start);
    const last = list[from - 1];
    if (!last) return false;
    const { name } = last.statement.directive;
    // Where each word is still in its place, one that is wrong tells nothing of the others.
    let hasPlaces = start > name.end;
    for (let same = from - 1; same >= 0 && startOf(list[same]!) === startOf(last); same--) {
      const { at } = list[same]!;
      // What is said of the statement's slips stands.
      if (at.start === start && at.end === end) return false;
      hasPlaces &&= slips.has(list[same]!) && at.start > name.end && (end <= at.start || at.end <= start);
    }
    return !hasPlaces && start < headSpan(last.statement.directive).end;
  };
}

/** ngx_http_core_root(): the one excludes the other. */
function rootAndAlias(statement: Statement, seen: readonly Statement[], found: Found): void {
  const excluded = statement.name === 'alias' ? 'root' : 'alias';
  const first = seen.find(({ name }) => name === excluded);
  if (!first) return;
  const says = 'alias and root exclude each other in one block';
  const [at, other] = [headSpan(statement.directive), headSpan(first.directive)];
  found.repeated.push({ statement, first, what: { says, at, first: other } });
}

/** A fragment of which nginx knows the lesser half is data, such as lines for a `map`. */
function readable({ context, statements }: Tree): boolean {
  if (context === '') return false;
  if (context === 'main') return true;
  let [known, named] = [0, 0];
  for (const { name } of statements) {
    if (variants(name).length > 0) known++;
    if (/[a-z]/i.test(name)) named++;
  }
  return known > 0 && known * 2 >= named;
}

/** The contexts that may surround a fragment; when none admits all of its first level, only the likeliest counts. */
function rootsOf({ statements, context }: Tree, files: NginxFiles): readonly string[] {
  const roots = rootContexts(files.files[0].file);
  const known = statements.filter(({ variant, name }) => variant ?? variants(name).length > 0);
  return roots.some((root) => known.every(({ name }) => variantIn(root, name))) ? roots : [context];
}

let modules: readonly string[] | undefined;

/** A `load_module` of which the tables know no directive: any name may be one of its. */
function bringsUnknown({ directive }: Statement): boolean {
  const [, module] = /([^/]+?)(?:_module)?\.so$/.exec(directive.args[0]?.text ?? '') ?? [];
  // The development kit has directives for the modules that are built on it only.
  if (module === undefined || module === 'ndk_http') return false;
  modules ??= directiveNames().flatMap((name) => variants(name).map((variant) => variant.module));
  return !modules.some((known) => known.startsWith(`${module}_`));
}

function name(
  statement: Statement,
  version: Version,
  roots: readonly string[] | undefined,
  mayBeForeign: boolean,
  found: Found,
): void {
  const { directive, context, variant } = statement;
  const at = nameSpan(statement);
  const written = directive.name.text;
  const known = variants(statement.name);
  if (variant) {
    const isBlock = directive.body !== undefined || directive.raw !== undefined;
    const fits =
      isBlock === (variant.body !== 'leaf') &&
      takes(variant, directive.args.length) &&
      !mayBeShifted(directive, statement.name, context) &&
      // Of three letters one is much.
      written.length > 3 &&
      (variant.since === undefined || atLeast(version, variant.since) !== false);
    found.unknown.push({ statement, at, near: statement.name, certain: true, fits });
    return;
  }
  if (context === '') return;
  if (known.length === 0) {
    const isBlock = directive.body !== undefined;
    const before = found.unknown.length;
    const near =
      before > mostGuesses
        ? undefined
        : (suggestionFor(written, context, isBlock)?.word ?? elsewhere(written, before));
    const family = familyOfName(written);
    if (near === undefined ? mayBeForeign || family : family && !near.startsWith(family)) return;
    found.unknown.push({ statement, at, ...(near ? { near } : {}), certain: false });
    return;
  }
  if (known.every(({ flags }) => flags.has('approx'))) return;
  // What surrounds a fragment is only guessed; what no guess admits is wrong whichever is right.
  if (!statement.parent && roots?.some((root) => variantIn(root, statement.name))) return;
  // A block in the wrong place is of the family that its body is of.
  const family = familyOf(statement.body[0]?.context ?? context);
  const contexts = [...new Set(known.flatMap((each) => each.contexts))];
  const same = contexts.filter((each) => familyOf(each) === family);
  const ours = same.length > 0 ? same : contexts;
  found.misplaced.push({ statement, at, contexts: ours });
}

/** A directive that may not stand there, but whose name is near. */
function elsewhere(written: string, before: number): string | undefined {
  // A file with many such names is no nginx file, and all names are many.
  if (before > 50) return undefined;
  const near = suggest(written, directiveNames());
  return near?.certain ? near.word : undefined;
}

/** A context as a message names it. */
export const placeName = (context: string): string => {
  if (context === 'main') return 'the main level';
  const [family = '', block] = context.split(' ');
  return block === undefined || family === 'if' ? context : `${block} of ${family}`;
};

/** `in server`, `on the main level`. */
export const atPlace = (context: string): string =>
  context === 'main' ? 'on the main level' : `in ${placeName(context)}`;

const familyOf = (context: string): string => /^(?:stream|mail|rtmp)/.exec(context)?.[0] ?? 'http';

/** Whether the version decides: then nothing else of the statement is looked at. */
function age(statement: Statement, variant: Variant, version: Version, found: Found): boolean {
  const { since, removed, deprecated, thirdParty, plus, flags } = variant;
  const at = nameSpan(statement);
  const isOurs = !thirdParty && !plus;
  if (since !== undefined && isOurs && !flags.has('debian12') && atLeast(version, since) === false) {
    found.unknown.push({ statement, at, certain: false, since });
    return true;
  }
  if (removed === undefined && deprecated === undefined) return false;
  const isForeign = thirdParty || plus;
  const hasNoEffect = flags.has('no-effect');
  const { replacedBy, name } = variant;
  found.aged.push({ statement, at, name, removed, deprecated, replacedBy, isForeign, hasNoEffect });
  return removed !== undefined && (atLeast(version, removed) ?? true);
}

/** Parameters whose time is over. */
function agedParameters(statement: Statement, { params }: Variant, found: Found): void {
  const { directive } = statement;
  for (const word of directive.args.slice(1)) {
    const facts = params.find(({ form, name }) => form === 'literal' && name === word.text)?.facts;
    if (!facts?.has('replaced-by')) continue;
    found.aged.push({
      statement,
      at: wordSpan(directive, word),
      name: `${statement.name} … ${word.text}`,
      removed: facts.get('removed'),
      deprecated: facts.get('deprecated') ?? 'soft',
      replacedBy: facts.get('replaced-by'),
      isForeign: false,
      hasNoEffect: false,
    });
  }
}

function words(
  statement: Statement,
  variant: Variant,
  version: Version,
  isTemplate: boolean,
  files: NginxFiles,
  tables: Extensions,
  found: Found,
): void {
  const { directive, context, parent } = statement;
  const { args, body } = directive;
  if (args.some(({ text }) => isPlaceholder(text))) return;
  const isBlock = body !== undefined || directive.raw !== undefined;
  if (isBlock !== (variant.body !== 'leaf')) {
    if (isBlock && !variant.flags.has('approx')) wrongCount(statement, variant, 'block', found);
    else if (!isBlock) leafElsewhere(statement, found);
    return;
  }
  const hasDollars = args.some(hasDollar);
  const torn = hasDollars ? tornVariable(statement) : undefined;
  if (torn) {
    found.faults.push({ at: torn.at, says: `a blank tears ${shown(torn.value)} in two`, meant: torn.value });
    found.refused.push({ statement, at: torn.at });
    return;
  }
  if (!takes(variant, args.length)) {
    const others = variants(statement.name).filter((each) => each.contexts.includes(context));
    if (!others.some((other) => takes(other, args.length) || other.flags.has('approx'))) {
      const unit = tornUnit(statement, version);
      if (unit) {
        found.faults.push(unit);
        found.refused.push({ statement, at: unit.at });
      } else wrongCount(statement, variant, 'arguments', found);
    }
    return;
  }
  if (
    statement.name === 'location' &&
    parent?.name === 'location' &&
    isOutside(directive, parent.directive)
  ) {
    found.misplaced.push({ statement, at: wordSpan(directive, args.at(-1)!), contexts: [] });
  }
  if (isTemplate) return;
  if (statement.name === 'listen') agedParameters(statement, variant, found);
  for (const fault of joinedFaults(statement, version)) {
    found.faults.push(fault);
    if (fault.severity === undefined) found.refused.push({ statement, at: fault.at });
  }
  if (hasDollars) dollars(statement, variant, found);
  if (variant.body === 'entries') {
    const lines = entries(statement, files.included);
    for (const fault of entryFaults(statement, lines, version, tables)) found.faults.push(fault);
  }
}

/** The signs of variables that nginx refuses, or takes for text. */
function dollars(statement: Statement, variant: Variant, found: Found): void {
  const { directive } = statement;
  for (const word of directive.args) {
    // ngx_http_script_compile(); a pattern may end in `${`.
    const [open] =
      word.text.includes('${') && mayTake(variant) ? (/\$\{\w+(?![\w}])/.exec(word.text) ?? []) : [];
    if (open) found.faults.push({ at: wordSpan(directive, word), says: `${open} has no closing }` });
  }
  for (const { word, meant } of namelessDollars(statement)) {
    const at = wordSpan(directive, word);
    found.faults.push({
      at,
      says: `a $ in ${shown(word.text)} stands before no name of a variable`,
      ...(meant === undefined ? {} : { meant }),
    });
    found.refused.push({ statement, at });
  }
  for (const { word, name } of plainDollars(statement)) {
    found.faults.push({
      at: wordSpan(directive, word),
      says: `${statement.name} takes no variables, so $${name} stays in its text`,
      severity: 'warning',
    });
  }
}

/** `server 192.0.2.1;` behind the end of its upstream: elsewhere the name begins a line, and here a block. */
function leafElsewhere(statement: Statement, found: Found): void {
  const all = variants(statement.name);
  const fits = (isLeaf: boolean): readonly Variant[] =>
    all.filter((each) => (each.body === 'leaf') === isLeaf && takes(each, statement.directive.args.length));
  const contexts = fits(true).flatMap((leaf) => leaf.contexts);
  if (contexts.length === 0 || fits(false).length > 0) return;
  const family = familyOf(statement.context);
  const ours = contexts.filter((each) => familyOf(each) === family);
  found.misplaced.push({
    statement,
    at: nameSpan(statement),
    contexts: ours.length > 0 ? ours : contexts,
  });
}

function wrongCount(statement: Statement, variant: Variant, kind: WrongCount['kind'], found: Found): void {
  const { directive } = statement;
  const { min, max, counts } = variant;
  const surplus = kind === 'arguments' ? directive.args[max] : undefined;
  const at = surplus
    ? { source: directive.source, start: surplus.start, end: directive.args.at(-1)!.end }
    : headSpan(directive);
  found.counts.push({ statement, at, kind, min, max, ...(counts ? { counts } : {}) });
}

/** The faults of a statement's words; where two words are one that a blank tore apart, that is one fault. */
function joinedFaults(statement: Statement, version: Version): readonly ArgumentFault[] {
  const faults = argumentFaults(statement, version);
  return faults.length === 0
    ? faults
    : (joined(statement, version, faults) ?? withoutTails(statement, faults));
}

/** The faults, those of two words as one where a blank tears one word in two. */
function joined(
  statement: Statement,
  version: Version,
  faults: readonly ArgumentFault[],
): readonly ArgumentFault[] | undefined {
  const unit = tornUnit(statement, version);
  if (unit) return [unit];
  const { directive } = statement;
  const { source, args } = directive;
  if (!takes(statement.variant!, args.length - 1)) return undefined;
  // Who writes many wrong words has no blank too many.
  if (faults.length < 2 || faults.length > mostFaults) return undefined;
  const wrong = new Set(faults.map(({ at }) => at.start));
  for (const [at, word] of args.entries()) {
    const next = args[at + 1];
    if (!next || word.quote || next.quote || !wrong.has(word.start) || !wrong.has(next.start)) continue;
    // A comma parts two words.
    if (word.text.endsWith(',')) continue;
    for (const sign of ['', ':', '=', '_']) {
      const text = word.text + sign + next.text;
      const whole: Word = { ...word, text, end: next.end };
      const meant = { ...statement, directive: { ...directive, args: args.toSpliced(at, 2, whole) } };
      if (argumentFaults(meant, version).length > faults.length - 2) continue;
      const rest = { ...statement, directive: { ...directive, args: args.toSpliced(at, 1) } };
      // `server on 10.0.0.1`: where the second word alone is right, the first is one too many.
      if (argumentFaults(rest, version).length <= faults.length - 2)
        return faults.filter(({ at: { start } }) => start !== next.start);
      const stretch = { source, start: word.start, end: next.end };
      const others = faults.filter(({ at: { start } }) => start !== word.start && start !== next.start);
      return [...others, { at: stretch, says: `a blank tears ${text} in two`, meant: text }];
    }
  }
  return undefined;
}

/** Faults of one statement among which a word in two is looked for. */
const mostFaults = 4;

/** `rise 2 fall 3`: of words of another language that follow each other the first says enough. */
function withoutTails(
  { directive: { args } }: Statement,
  faults: readonly ArgumentFault[],
): readonly ArgumentFault[] {
  const foreign = new Set(faults.filter(({ isForeign }) => isForeign).map(({ at }) => at.start));
  if (foreign.size < 2) return faults;
  return faults.filter((fault) => {
    const at = args.findIndex(({ start }) => start === fault.at.start);
    return !(fault.isForeign && at > 0 && foreign.has(args[at - 1]!.start));
  });
}

/** `client_max_body_size 20 m`: a number and its unit, which a blank tears in two. */
function tornUnit(statement: Statement, version: Version): ArgumentFault | undefined {
  const { variant, directive } = statement;
  const { source, args } = directive;
  const at = args.findIndex(
    ({ text }, index) => /^\d+$/.test(text) && /^(?:ms|[smhdwykg])$/i.test(args[index + 1]?.text ?? ''),
  );
  const [word, unit] = [args[at], args[at + 1]];
  if (!word || !unit || word.quote || unit.quote || !variant || !takes(variant, args.length - 1))
    return undefined;
  const text = word.text + unit.text;
  const whole: Word = { ...word, text, end: unit.end };
  const meant = { ...statement, directive: { ...directive, args: args.toSpliced(at, 2, whole) } };
  if (argumentFaults(meant, version).length > 0) return undefined;
  return {
    at: { source, start: word.start, end: unit.end },
    says: `a blank tears ${text} in two`,
    meant: text,
  };
}

/** Whether a statement that nginx refuses was perhaps meant to be the `definer` that gives something this name. */
export function mayDefine(usage: Usage, definer: string, name: string): boolean {
  const { isNameless, words } = refusedAs(usage)(definer);
  return isNameless || words.includes(name);
}

/**
 * The words of the statements that nginx refuses and that may have been meant to be a `definer`, as one text, those of a statement without
 * blanks: one may tear a name in two. `isNameless` where the name itself is what one lacks.
 */
const refusedAs = once(({ unknown, counts, refused }: Usage) => {
  const textOf = ({ directive: { name, args } }: Statement): string =>
    [name, ...args].map(({ text }) => text).join('');
  const strangers = unknown.flatMap(({ statement, certain }) => (certain ? [] : textOf(statement)));
  return remembered((definer: string) => {
    const slips = grouped(
      refused.filter(({ statement }) => statement.name === definer),
      ({ statement }) => statement,
    ).map((words) => words.map(({ at }) => at.source.text.slice(at.start, at.end)).join(''));
    const own = counts.filter(({ statement }) => statement.name === definer);
    return {
      isNameless: own.some(
        ({ statement, min }) => statement.directive.args.length < min && !isNamed(statement),
      ),
      words: [...strangers, ...slips, ...own.map(({ statement }) => textOf(statement))].join('\n'),
    };
  });
});

/** `set $a;`: what lost its value still tells its name. */
const isNamed = ({ directive }: Statement): boolean => directive.args[0]?.text.startsWith('$') === true;

type Scars = ReadonlyMap<Source, readonly number[]>;

/** Places at which the reader of a file already found something broken, in the order of the text. */
function scarsOf(files: NginxFiles): Scars {
  const broken = new Set(['quote-never-closed', 'text-after-quote', 'block-never-opened', 'stray-brace']);
  const found = new Map<Source, number[]>();
  for (const { file, oddities } of files.files) {
    const places = oddities.filter(({ kind }) => broken.has(kind)).map(({ at }) => at.start);
    if (places.length > 0) found.set(file.source, places);
  }
  return found;
}

function isScarred({ directive }: Statement, scars: Scars): boolean {
  if (scars.size === 0) return false;
  const { start, end } = headSpan(directive);
  return scars.get(directive.source)?.some((at) => start <= at && at <= end) ?? false;
}

/** Files that something else fills in before nginx reads them. */
export function templatesOf({ files }: NginxFiles): ReadonlySet<Source> {
  const templates = files.filter(({ oddities }) =>
    oddities.some(({ kind }) => kind === 'template-placeholder'),
  );
  return new Set(templates.map(({ file }) => file.source));
}
