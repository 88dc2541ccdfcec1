/** Variables that a configuration defines and reads. */

import type { Variant } from '../../../grammar/tables/directives.ts';
import { definers, type VariableModule } from '../../../grammar/tables/variables.ts';
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

const verdicts = new WeakMap<Variant, boolean>();

/** Whether `$` in arguments of the directive begins a variable. */
export function mayTake(variant: Variant): boolean {
  let verdict = verdicts.get(variant);
  if (verdict === undefined) {
    verdict = takesVariables(variant);
    verdicts.set(variant, verdict);
  }
  return verdict;
}

/** Every variable and every group by number that `statements` read, where nginx would look it up. */
export function* variableUses(
  statements: Iterable<Statement>,
  included: Included,
): Generator<VariableUse | GroupUse> {
  for (const statement of statements) {
    const { directive, variant, name, context } = statement;
    const module = moduleOf(context);
    if (!variant || module === 'mail' || !mayTake(variant)) continue;
    const definer = definers(module).get(name);
    const defined =
      definer?.at === 'argument'
        ? definer.index < 0
          ? directive.args.length + definer.index
          : definer.index
        : -1;
    const first = firstText.get(name) ?? (variant.type === 'keyval' ? 1 : 0);
    for (const [index, word] of directive.args.entries()) {
      if (index < first || index === defined || !word.text.includes('$') || isPattern(directive, index))
        continue;
      yield* usesIn(directive, word, statement, module, isNameOnly(directive, index));
    }
    if (name !== 'map') continue;
    for (const entry of entries(statement, included)) {
      const value = entry.args[0];
      if (value?.text.includes('$')) yield* usesIn(entry, value, statement, module, false);
    }
  }
}

/** Whether an argument is a regular expression, in which `$` is an anchor. */
function isPattern({ name, args }: Directive, index: number): boolean {
  if (name.text === 'if') return index > 0 && /^!?~\*?$/.test(args[index - 1]!.text);
  // proxy_redirect, proxy_cookie_path and the like.
  return args[index]!.text.startsWith('~');
}

/** Whether what follows a `$` is always a name: ngx_http_log_compile_format(), ngx_http_rewrite_variable(). */
const isNameOnly = ({ name, args }: Directive, index: number): boolean =>
  name.text === 'log_format' ||
  (name.text === 'if' && (index === 0 || (index === 1 && args[0]!.text === '(')));

/** The `$` of a word as ngx_http_script_compile() finds them; a group's number is one digit, without braces. */
function* usesIn(
  directive: Directive,
  word: Word,
  statement: Statement,
  module: VariableModule,
  isNameOnly: boolean,
): Generator<VariableUse | GroupUse> {
  for (const match of word.text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    const name = match[1] ?? match[2]!;
    if (/^[1-9]/.test(name) && match[1] === undefined && !isNameOnly) {
      if (module !== 'http') continue;
      const at = within(directive, word, match.index, match.index + 2);
      yield { number: Number(name[0]), at, statement, line: directive, word };
      continue;
    }
    const at = within(directive, word, match.index, match.index + match[0].length);
    yield { name, at, braced: match[1] !== undefined, statement, module };
  }
}

/** A name in small letters, and every place that defines it. */
export type Definitions = ReadonlyMap<string, readonly Located<string>[]>;

/** The variables of one module that `statements` define, named groups of regular expressions included. */
export function definitionsIn(
  statements: Iterable<Statement>,
  module: VariableModule,
  included: Included,
): Definitions {
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
    groups(directive, args);
    if (variant?.body === 'entries') {
      for (const entry of entries(statement, included)) groups(entry, [entry.name]);
    }
    const definer = definers(module).get(name);
    if (!definer) continue;
    if (definer.at === 'fixed')
      for (const each of definer.names) define(each, wordSpan(directive, directive.name));
    if (definer.at === 'argument') {
      const word = args.at(definer.index);
      if (word?.text.startsWith('$')) define(word.text.slice(1), wordSpan(directive, word));
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
