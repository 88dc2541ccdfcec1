/** Variables that a configuration defines and reads. */
import { once } from '../../../grammar/remembered.ts';
import type { Variant } from '../../../grammar/tables/directives.ts';
import { builtinVariable, definers, type VariableModule } from '../../../grammar/tables/variables.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, type Word, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located } from '../located.ts';
import { entries, type Included, moduleOf, type Statement } from './statement.ts';
import { within } from './words.ts';

/** One `$name` or `${name}`. */
export interface VariableUse {
  /** As it is written, without the `$`; nginx does not tell capitals from small letters. */
  readonly name: string;
  /** The `$` and all that belongs to it. */
  readonly at: Span;
  readonly braced: boolean;
  readonly statement: Statement;
  readonly module: VariableModule;
  /** The word it stands in, and the place of its `$` there. */
  readonly text: string;
  readonly start: number;
}

/** One `$1` to `$9`. */
export interface GroupUse {
  readonly number: number;
  readonly at: Span;
  readonly statement: Statement;
  /** The statement's directive, or the line of a `map`. */
  readonly line: Directive;
  /** Its word in the line. */
  readonly word: Word;
}

/** Directives of which the table does not say that they take variables. */
const alsoTake = new Set([
  'charset',
  'fastcgi_store',
  'index',
  'proxy_set_body',
  'proxy_store',
  'scgi_store',
  'source_charset',
  'uwsgi_store',
]);

/** Arguments before this one are names or patterns. */
const firstText: ReadonlyMap<string, number> = new Map([
  ['rewrite', 1],
  ['log_format', 1],
  ['add_header', 1],
  ['add_trailer', 1],
  ['set', 1],
  ['auth_request_set', 1],
]);

/** Whether nginx compiles arguments of the directive as text with variables (ngx_http_compile_complex_value()). */
function takesVariables({ name, type, params, flags, thirdParty }: Variant): boolean {
  if (thirdParty) return false;
  if (flags.has('vars') || type === 'complex' || type === 'keyval' || alsoTake.has(name)) return true;
  return params.some(
    ({ type, facts }) =>
      facts.has('vars') || /complex|^condition$|^regex$/.test(type) || (name === 'geo' && type === '$name'),
  );
}

/** Whether `$` in arguments of the directive begins a variable. */
export const mayTake = once(takesVariables);

/** A variable as a test sees it: its name, and where in which text it stands. */
export type Read = Pick<VariableUse, 'name' | 'module' | 'text' | 'start'>;

/** What `statements` read, where nginx would look it up. */
export interface Uses {
  /** The variables that pass a test, which is asked once for each text. */
  readonly variables: (isMeant: (read: Read) => boolean) => readonly VariableUse[];
  readonly groups: readonly GroupUse[];
}

/** A text with variables, and the words that are written so: most texts stand in a file many times. */
interface Text {
  readonly text: string;
  readonly module: VariableModule;
  readonly parts: readonly Part[];
  readonly places: Place[];
}

type Place = Pick<GroupUse, 'statement' | 'line' | 'word'>;

/** Every variable and every group by number that `statements` read. */
export function usesIn(statements: readonly Statement[], included: Included): Uses {
  const texts = {
    http: new Map<string, Text>(),
    stream: new Map<string, Text>(),
    names: new Map<string, Text>(),
  };
  const add = (module: VariableModule, place: Place, reading: Reading): void => {
    const { text } = place.word;
    // Where only names are looked for, the texts are few.
    const known = reading === 'text' ? texts[module] : texts.names;
    const key = reading === 'text' ? text : `${module} ${reading} ${text}`;
    let found = known.get(key);
    if (!found) {
      found = { text, module, parts: partsOf(text, reading), places: [] };
      known.set(key, found);
    }
    found.places.push(place);
  };
  for (const statement of statements) {
    const { directive, name, context } = statement;
    const module = moduleOf(context);
    if (module === 'mail') continue;
    for (const index of textsOf(statement)) {
      const word = directive.args[index]!;
      add(module, { statement, line: directive, word }, readingOf(directive, index));
    }
    if (name !== 'map') continue;
    for (const line of entries(statement, included)) {
      const word = line.args[0];
      if (word && hasDollar(word)) add(module, { statement, line, word }, 'text');
    }
  }
  const all = Object.values(texts).flatMap((known) => [...known.values()]);
  return {
    variables: (isMeant) => all.flatMap((text) => variablesOf(text, isMeant)),
    groups: all.flatMap(groupsOf),
  };
}

/** Which arguments are texts with a `$` in them, neither patterns nor names that are being defined. */
function textsOf({ directive, variant, name, context }: Statement): readonly number[] {
  const { args } = directive;
  if (!variant || !args.some(hasDollar) || !mayTake(variant)) return [];
  const module = moduleOf(context);
  if (module === 'mail') return [];
  const definer = definers(module).get(name);
  const defined =
    definer?.at === 'argument' ? (definer.index < 0 ? args.length + definer.index : definer.index) : -1;
  const first = firstText.get(name) ?? (variant.type === 'keyval' ? 1 : 0);
  const found: number[] = [];
  for (let index = first; index < args.length; index++) {
    if (index !== defined && hasDollar(args[index]!) && !isPattern(directive, index)) found.push(index);
  }
  return found;
}

/** Words in which a `$` stands before no name (ngx_http_script_compile()), and what they were meant to be. */
export function namelessDollars(statement: Statement): readonly { word: Word; meant: string | undefined }[] {
  const isLone = ({ text }: Word): boolean => /\$(?:[^\w{]|$)/.test(text);
  if (!statement.directive.args.some((word) => hasDollar(word) && isLone(word))) return [];
  return textsOf(statement).flatMap((index) => {
    const word = statement.directive.args[index]!;
    if (!isLone(word)) return [];
    const { text } = word;
    const meant = text.replace(/(?<!\$)\$+(?=\$\w)/g, '').replace(/\$\((\w+)\)/g, '$$$1');
    return [{ word, meant: /\$(?:[^\w{]|$)/.test(meant) ? undefined : meant }];
  });
}

/** Types of directives, and directives, that take their words as they are. */
const plainTypes = new Set(['str', 'str_array', 'path', 'types']);
const plainNames = new Set([
  'auth_request',
  'error_log',
  'mirror',
  'real_ip_header',
  'server_name',
  'valid_referers',
]);

/** Words with a variable of nginx's own where nginx looks for none, so that the name stays in the text. */
export function plainDollars({
  directive,
  variant,
  context,
}: Statement): readonly { word: Word; name: string }[] {
  const module = moduleOf(context);
  if (!variant || variant.thirdParty || variant.plus || module === 'mail') return [];
  if (mayTake(variant) || !(plainTypes.has(variant.type) || plainNames.has(variant.name))) return [];
  return directive.args.flatMap((word) => {
    if (!hasDollar(word) || word.text.startsWith('~') || /^\$hostname$/i.test(word.text)) return [];
    const part = partsOf(word.text, 'name').find(({ name }) => builtinVariable(module, name));
    return part ? [{ word, name: part.name }] : [];
  });
}

/** Two words of a line that are one: a blank stands behind the `$` of a variable. */
export function tornVariable(statement: Statement): Located<string> | undefined {
  const { args, source } = statement.directive;
  const index = args.findIndex(({ text, quote }) => !quote && (text.endsWith('$') || text.endsWith('${')));
  const [word, next] = [args[index], args[index + 1]];
  if (!word || !next || next.quote || !/^[a-z]/i.test(next.text)) return undefined;
  if (source.text.slice(word.end, next.start).includes('\n') || !textsOf(statement).includes(index))
    return undefined;
  return located(word.text + next.text, { source, start: word.start, end: next.end });
}

/**
 * The built-in variable that `$remote-addr` or `$request.method` was meant to read: a name ends before `-` and `.`, and what
 * follows is text. Undefined where the text may be meant.
 */
export function dashedName({ name, text, start, module }: Read): string | undefined {
  const isKnown = builtinVariable(module, name) !== undefined;
  const [, written = ''] = /^\$(\w+(?:[-.]\w+)+)/.exec(text.slice(start)) ?? [];
  const parts = written.toLowerCase().split(/[-.]/);
  for (; parts.length > 1; parts.pop()) {
    const meant = parts.join('_');
    // Of `if` the whole word is the name.
    if (meant.length < name.length || (isKnown && meant.length === name.length)) break;
    const variable = builtinVariable(module, meant);
    if (variable && !(isKnown && variable.prefix)) return meant;
  }
  return undefined;
}

function variablesOf({ text, module, parts, places }: Text, isMeant: (read: Read) => boolean): VariableUse[] {
  const meant = parts.filter(
    ({ name, start, isGroup }) => !isGroup && isMeant({ name, module, text, start }),
  );
  if (meant.length === 0) return [];
  return places.flatMap(({ statement, line, word }) =>
    meant.map(({ name, isBraced, start, end }) => {
      const at = within(line, word, start, end);
      return { name, at, braced: isBraced, statement, module, text, start };
    }),
  );
}

function groupsOf({ module, parts, places }: Text): GroupUse[] {
  const groups = module === 'http' ? parts.filter(({ isGroup }) => isGroup) : [];
  if (groups.length === 0) return [];
  return places.flatMap(({ statement, line, word }) =>
    groups.map(({ name, start }) => {
      const at = within(line, word, start, start + 2);
      return { number: Number(name[0]), at, statement, line, word };
    }),
  );
}

export const hasDollar = ({ text }: Word): boolean => text.includes('$');

/** A `$name`, `${name}` or `$1` of a text. */
interface Part {
  readonly name: string;
  readonly isBraced: boolean;
  readonly isGroup: boolean;
  readonly start: number;
  readonly end: number;
}

/** The `$` of a text, as ngx_http_script_compile() finds them. */
const partsOf = (text: string, reading: Reading): readonly Part[] =>
  Array.from(
    text.matchAll(reading === 'word' ? /\$(?:\{(\w+)\}|([\w.-]+))/g : /\$(?:\{(\w+)\}|(\w+))/g),
    (match) => {
      const name = match[1] ?? match[2]!;
      const isBraced = match[1] !== undefined;
      // A group's number is one digit, without braces.
      const isGroup = /^[1-9]/.test(name) && !isBraced && reading === 'text';
      return { name, isBraced, isGroup, start: match.index, end: match.index + match[0].length };
    },
  );

/** The name, without its `$`, that a definition was meant to give: of `\$name`, `name`, `$$name`, `${name}`, `£name`, `$na-me`. */
export function meantName(text: string): string | undefined {
  const [, name] = /^[^\w\s(){}[\]^~|*?/]*\{?([a-z_]\w*(?:[-.]\w+)*)\}?[,:;"'`]?$/i.exec(text) ?? [];
  return name?.replace(/[-.]/g, '_');
}

/** Whether an argument is a regular expression, in which `$` is an anchor. */
function isPattern({ name, args }: Directive, index: number): boolean {
  if (name.text === 'if') return index > 0 && /^!?~\*?$/.test(args[index - 1]!.text);
  // proxy_redirect, proxy_cookie_path and the like.
  return args[index]!.text.startsWith('~');
}

/** What a `$` begins: a name or a group in a `text`, a name only, or a name that ends where the `word` ends. */
type Reading = 'text' | 'name' | 'word';

/** ngx_http_log_compile_format(), ngx_http_rewrite_variable(), else ngx_http_script_compile(). */
function readingOf({ name, args }: Directive, index: number): Reading {
  if (name.text === 'log_format') return 'name';
  const isCondition = name.text === 'if' && (index === 0 || (index === 1 && args[0]!.text === '('));
  return isCondition ? 'word' : 'text';
}

/** A name in small letters, and every place that defines it. */
export type Definitions = ReadonlyMap<string, readonly Located<string>[]>;

/** Types of values that are no regular expressions. */
const patternless = new Set(['flag', 'enum', 'bitmask', 'num', 'size', 'msec', 'sec', 'bufs', 'keyval']);

/** The variables of one module that `statements` define, named groups of regular expressions included. */
export function definitionsIn(
  statements: readonly Statement[],
  module: VariableModule,
  included: Included,
): Definitions {
  const known = definers(module);
  const found = new Map<string, Located<string>[]>();
  const define = (name: string, at: Span): void => {
    const key = name.toLowerCase();
    const places = found.get(key) ?? [];
    found.set(key, places);
    places.push(located(name, at));
  };
  const groups = (directive: Directive, words: readonly Word[]): void => {
    for (const word of words) {
      if (!word.text.includes('(?')) continue;
      for (const match of word.text.matchAll(/\(\?P?[<']([A-Za-z_]\w*)[>']/g)) {
        define(match[1]!, within(directive, word, match.index, match.index + match[0].length));
      }
    }
  };
  for (const statement of statements) {
    const { directive, name, context, variant } = statement;
    if (moduleOf(context) !== module) continue;
    const { args } = directive;
    if (!variant || !patternless.has(variant.type)) groups(directive, args);
    if (variant?.body === 'entries') {
      for (const entry of entries(statement, included)) groups(entry, [entry.name]);
    }
    const definer = known.get(name);
    if (!definer) continue;
    if (definer.at === 'fixed')
      for (const each of definer.names) define(each, wordSpan(directive, directive.name));
    if (definer.at === 'argument') {
      // Without its { a block took the words of its first line for its own.
      const last = args.at(definer.index);
      const isOpen = variant?.body === 'entries' && args.length > 2 && !last?.text.includes('$');
      const word = isOpen ? args.findLast(({ text }) => text.startsWith('$')) : last;
      if (!word) continue;
      const [, written] = /^\$(.+)$/s.exec(word.text) ?? [];
      if (written !== undefined) define(written, wordSpan(directive, word));
      // What is wrong with its writing has its own finding.
      const meant = meantName(word.text);
      if (meant !== undefined && meant !== written) define(meant, wordSpan(directive, word));
    }
    if (definer.at === 'key') {
      for (const word of args) {
        if (word.text.startsWith(`${definer.key}$`))
          define(word.text.slice(definer.key.length + 1), wordSpan(directive, word));
      }
    }
    if (definer.at === 'block') {
      for (const each of entries(statement, included)) {
        if (each.name.text.startsWith('$')) define(each.name.text.slice(1), wordSpan(each, each.name));
      }
    }
  }
  return found;
}
