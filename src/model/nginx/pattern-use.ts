/** Where a configuration has regular expressions, and what each is matched against. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { builtinVariable } from '../../../grammar/tables/variables.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, type Word, wordSpan } from '../../../grammar/tree.ts';
import { conditionOf } from './condition.ts';
import { type Pattern, patternOf } from './pattern.ts';
import { locationOf } from './server.ts';
import { moduleOf, type Statement } from './statement.ts';

/** One place of a regular expression. */
export interface PatternPlace {
  readonly statement: Statement;
  /** The statement's directive, or the line of a `map`. */
  readonly line: Directive;
  /** Its word in the line, the last bracket of a condition left out. */
  readonly word: Word;
  /** Where the pattern begins in the text of the word. */
  readonly from: number;
}

/** A regular expression as one directive uses it, however often. */
export interface PatternUse {
  /** The name of the directive. */
  readonly directive: string;
  readonly text: string;
  readonly ignoreCase: boolean;
  /** A text with variables, of which it may be given a part only; empty where a backend says it. */
  readonly subject: string;
  /** The one variable that it is given as it is, in small letters without `$`; undefined where it is given anything else. */
  readonly variable: string | undefined;
  /** Whether a client has a say in what it is matched against. */
  readonly isOfClient: boolean;
  readonly places: readonly PatternPlace[];
}

/** The parts of the model that have patterns. */
interface Model {
  readonly named: (name: string) => readonly Statement[];
  readonly entries: (statement: Statement) => Iterable<Directive>;
}

/** The pattern that is used; undefined where it cannot be read. */
export const patternIn = ({ text, ignoreCase }: PatternUse): Pattern | undefined =>
  patternOf(text, ignoreCase);

/** The pattern's word. */
export const patternSpan = ({ line, word }: PatternPlace): Span => wordSpan(line, word);

/** Directives that take patterns among other words, after a sign. */
interface Signed {
  readonly sign: RegExp;
  readonly subject: string;
  /** `~` does not tell capitals from small letters either (ngx_http_core_server_name(), ngx_http_add_regex_referer()). */
  readonly ignoreCase: boolean;
  /** Any argument may be one, not only the first. */
  readonly every: boolean;
}

const signed: Readonly<Record<string, Signed>> = {
  server_name: { sign: /^~/, subject: '$host', ignoreCase: true, every: true },
  valid_referers: { sign: /^~/, subject: '$http_referer', ignoreCase: true, every: true },
  proxy_cookie_domain: { sign: /^~/, subject: '', ignoreCase: true, every: false },
  proxy_cookie_flags: { sign: /^~/, subject: '', ignoreCase: true, every: false },
  proxy_cookie_path: { sign: /^~\*?/, subject: '', ignoreCase: false, every: false },
  proxy_redirect: { sign: /^~\*?/, subject: '', ignoreCase: false, every: false },
};

/** Every regular expression, each once for a directive and a subject. */
export function patternUses({ named, entries }: Model): readonly PatternUse[] {
  const uses = new Map<string, PatternUse & { places: PatternPlace[] }>();
  const ofClients = new Map<string, boolean>();
  const add = (place: PatternPlace, ignoreCase: boolean, subject: string, isWhole = true): void => {
    const { statement, word, from } = place;
    const directive = statement.name;
    const text = word.text.slice(from);
    if (isPlaceholder(text)) return;
    const key = `${directive} ${ignoreCase} ${subject} ${text}`;
    const use = uses.get(key);
    if (use) {
      use.places.push(place);
      return;
    }
    const variable = isWhole ? variableIn(subject) : undefined;
    const where = `${moduleOf(statement.context)} ${subject}`;
    const isOfClient = ofClients.get(where) ?? isClients(subject, statement);
    ofClients.set(where, isOfClient);
    uses.set(key, { directive, text, ignoreCase, subject, variable, isOfClient, places: [place] });
  };
  for (const statement of named('location')) {
    const line = statement.directive;
    if (!line.args[0]?.text.startsWith('~')) continue;
    const { modifier, path } = locationOf(statement);
    const word = line.args.at(-1)!;
    if (path.value === undefined) continue;
    add({ statement, line, word, from: word.text.length - path.value.length }, modifier === '~*', '$uri');
  }
  for (const name of ['rewrite', 'fastcgi_split_path_info']) {
    for (const statement of named(name)) {
      const line = statement.directive;
      const word = line.args[0];
      if (word) add({ statement, line, word, from: 0 }, false, '$uri');
    }
  }
  for (const statement of named('if')) {
    const line = statement.directive;
    const condition = conditionOf(line);
    if (!condition?.pattern) continue;
    add({ statement, line, word: condition.value, from: 0 }, condition.ignoreCase, `$${condition.variable}`);
  }
  for (const statement of named('map')) {
    const subject = statement.directive.args[0]?.text ?? '';
    for (const line of entries(statement)) {
      const word = line.name;
      if (!word.text.startsWith('~')) continue;
      const ignoreCase = word.text.startsWith('~*');
      add({ statement, line, word, from: ignoreCase ? 2 : 1 }, ignoreCase, subject);
    }
  }
  for (const [name, { sign, subject, ignoreCase, every }] of Object.entries(signed)) {
    for (const statement of named(name)) {
      const line = statement.directive;
      const isStream = moduleOf(statement.context) === 'stream';
      for (const word of every ? line.args : line.args.slice(0, 1)) {
        const [found] = sign.exec(word.text) ?? [];
        if (found === undefined || word.text === found) continue;
        // Of a referrer only what follows its scheme is looked at.
        const isWhole = name !== 'valid_referers';
        const given = isStream && name === 'server_name' ? '$ssl_preread_server_name' : subject;
        add({ statement, line, word, from: found.length }, ignoreCase || found === '~*', given, isWhole);
      }
    }
  }
  // ngx_http_gzip_disable(), whose `msie6` is no pattern.
  for (const statement of named('gzip_disable')) {
    const line = statement.directive;
    for (const word of line.args)
      if (word.text !== 'msie6') add({ statement, line, word, from: 0 }, true, '$http_user_agent');
  }
  return [...uses.values()];
}

/** The variable that a text consists of, `$name` or `${name}`, in small letters; undefined of any other text. */
export function variableIn(text: string): string | undefined {
  const [, braced, plain] = /^\$(?:\{(\w+)\}|([^{}\s]+))$/.exec(text) ?? [];
  return (braced ?? plain)?.toLowerCase();
}

/** What a text reads: variables in small letters without `$`, and groups as their numbers. */
export const readIn = (text: string): readonly string[] =>
  Array.from(text.matchAll(/\$(?:\{(\w+)\}|(\d|[a-zA-Z_]\w*))/g), ([, braced, plain]) =>
    (braced ?? plain)!.toLowerCase(),
  );

/** The variables in a text, in small letters without `$`; groups by number left out. */
export const variablesIn = (text: string): readonly string[] =>
  readIn(text).filter((name) => !/^\d/.test(name));

function isClients(subject: string, { context }: Statement): boolean {
  const module = moduleOf(context) === 'stream' ? 'stream' : 'http';
  return variablesIn(subject).some((name) => {
    const carrier = builtinVariable(module, name)?.carrier;
    return carrier !== undefined && carrier !== 'no';
  });
}
