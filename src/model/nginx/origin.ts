/** Checks of the headers Origin and Referer: does a pattern for our own sites admit somebody else's? */
import { remembered } from '../../../grammar/remembered.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, headSpan } from '../../../grammar/tree.ts';
import { isRefusal } from './access.ts';
import { automatonOf, type Shape, shortest } from './automaton.ts';
import { all, type Charset, charsOf, digits, isWide, range, without, wordChars } from './charset.ts';
import { conditionOf } from './condition.ts';
import type { Flow, Part } from './flow/index.ts';
import type { Pattern } from './pattern.ts';
import { type PatternUse, patternIn, patternSpan } from './pattern-use.ts';
import type { Statement } from './statement.ts';
import type { SettersOf } from './variable-values.ts';
import { requestFor } from './witness.ts';

/** Endings under which anybody can register a name; of two letters every one counts. */
const endings = [
  ...'com net org info biz dev app online site shop xyz io'.split(' '),
  ...'co.uk com.au com.br com.tr com.cn co.jp co.in co.za com.ru org.uk'.split(' '),
];
const label = (wordChars | charsOf('-')) & ~charsOf('_');
const letters = range(97, 122);

type Edge = Shape['edges'][number][number];

/** A grammar under construction: states with edges. */
function grammar() {
  const edges: Edge[][] = [[]];
  const state = (): number => edges.push([]) - 1;
  const edge = (from: number, chars: Charset, to: number, more: Omit<Edge, 'chars' | 'to'> = {}): void => {
    edges[from]!.push({ chars, to, ...more });
  };
  const word = (from: number, text: string): number => {
    let at = from;
    for (const character of text) {
      const to = state();
      edge(at, charsOf(character), to);
      at = to;
    }
    return at;
  };
  return { edges, state, edge, word };
}

const marks = isWide;

/** Values that browsers send, whatever the host. */
function browserValues(isReferer: boolean): Shape {
  const { edges, state, edge, word } = grammar();
  const host = state();
  for (const scheme of ['http://', 'https://']) edge(word(0, scheme.slice(0, -1)), charsOf('/'), host);
  const inHost = state();
  const hostChars = label | charsOf('._[]:');
  edge(host, hostChars, inHost);
  edge(inHost, hostChars, inHost);
  const accept = new Set([inHost, word(0, 'null')]);
  if (isReferer) {
    const path = state();
    edge(inHost, charsOf('/'), path);
    edge(path, without(all, '#'), path);
    accept.add(path);
  } else {
    // Extensions and applications have schemes of their own.
    const other = state();
    edge(0, letters, other);
    edge(other, label | charsOf('+.'), other);
    const slash = word(other, '://');
    edge(slash, hostChars, inHost);
  }
  return { edges, accept };
}

/** Values whose registrable name a client chose: a marked way went through it by a wide character. */
function foreignValues(isReferer: boolean): Shape {
  const { edges, state, edge, word } = grammar();
  const begin = state();
  for (const scheme of ['http://', 'https://']) edge(word(0, scheme.slice(0, -1)), charsOf('/'), begin);
  // Labels in front of the name: freedom there is harmless.
  const sub = state();
  edge(begin, label, sub);
  edge(sub, label, sub);
  edge(sub, charsOf('.'), begin);
  const name = state();
  edge(begin, label, name, { marks });
  edge(name, label, name, { marks });
  const point = state();
  edge(name, charsOf('.'), point);
  const end = state();
  for (const ending of endings) {
    const [last] = ending.slice(-1);
    edge(word(point, ending.slice(0, -1)), charsOf(last!), end);
  }
  const country = state();
  edge(point, letters, country);
  edge(country, letters, end);
  // Of any other ending every letter has to be written.
  const other = state();
  const only = (chars: Charset): boolean => !isWide(chars);
  edge(point, letters, other, { only });
  edge(other, letters, other, { only });
  const port = state();
  const accept = new Set([end, other, port]);
  for (const from of [end, other]) edge(from, charsOf(':'), port);
  edge(port, digits, port);
  if (isReferer) {
    const path = state();
    for (const from of [end, other, port]) edge(from, charsOf('/'), path);
    edge(path, without(all, '#'), path);
    accept.add(path);
  }
  return { edges, accept };
}

let shapes:
  | Readonly<Record<'origin' | 'referer', { readonly any: Shape; readonly foreign: Shape }>>
  | undefined;

/**
 * A value of a foreign site that the pattern admits; `never` where it admits nothing that a browser sends; undefined where it
 * does its work, or where nobody can tell.
 */
function foreignOrigin(pattern: Pattern, header: 'origin' | 'referer'): string | 'never' | undefined {
  const automaton = automatonOf(pattern);
  if (!automaton) return undefined;
  shapes ??= {
    origin: { any: browserValues(false), foreign: foreignValues(false) },
    referer: { any: browserValues(true), foreign: foreignValues(true) },
  };
  const { any, foreign } = shapes[header];
  if (shortest(automaton, any) === undefined) return 'never';
  const found = shortest(automaton, foreign, true);
  return found === 'unknown' ? undefined : found;
}

/** A pattern by which a configuration lets sites in. */
export interface OriginCheck {
  readonly at: Span;
  readonly header: 'origin' | 'referer';
  /** What foreignOrigin() says of it. */
  readonly foreign: string | 'never';
}

interface Model {
  readonly patterns: readonly PatternUse[];
  readonly entries: (statement: Statement) => Iterable<Directive>;
}

/** Every pattern that lets sites in and does it wrongly. Lists of the unwanted are none. */
export function* originChecks({ patterns, entries }: Model): Generator<OriginCheck> {
  const defaults = new Map<Statement, string>();
  for (const use of patterns) {
    const header = headerOf(use.variable);
    if (!header || (use.directive !== 'if' && use.directive !== 'map')) continue;
    const places = use.places.filter(({ statement, line }) => {
      if (use.directive === 'if') return isGate(statement, header);
      if (header !== 'origin') return false;
      const value = line.args[0]?.text ?? '';
      const byDefault = defaults.get(statement) ?? defaultOf(statement, entries);
      defaults.set(statement, byDefault);
      return (byDefault === '' || byDefault === '0') && value !== '' && value !== byDefault;
    });
    if (places.length === 0) continue;
    const pattern = patternIn(use);
    const foreign = pattern && foreignOrigin(pattern, header);
    if (foreign === undefined) continue;
    for (const place of places) {
      // What is still to be filled in may yet look at other values.
      if (foreign === 'never' && use.directive === 'if' && place.statement.body.length === 0) continue;
      yield { at: patternSpan(place), header, foreign };
    }
  }
}

/** Whether only who matches the condition is let in. */
function isGate({ directive, body }: Statement, header: OriginCheck['header']): boolean {
  const isNegated = conditionOf(directive)?.isNegated ?? false;
  // Who may not frame a page is turned away as well.
  const refuses = body.length === 0 ? isNegated : body.some((each) => isRefusal(each) || forbidsFrames(each));
  // Who matches is turned away, or who does not is let in: a list of the unwanted.
  if (isNegated !== refuses) return false;
  if (refuses) return true;
  // Somebody's links are looked at for many reasons; only a refusal shows that it is access.
  return header === 'origin' && body.some(({ name }) => /^(?:add_header|set|more_set_headers)$/.test(name));
}

/** What a map gives to all that none of its lines is for. */
function defaultOf(map: Statement, entries: Model['entries']): string {
  for (const { name, args } of entries(map)) if (name.text === 'default') return args[0]?.text ?? '';
  return '';
}

const forbidsFrames = ({ name, directive }: Statement): boolean =>
  name === 'add_header' &&
  /^(?:x-frame-options|content-security-policy)$/i.test(directive.args[0]?.text ?? '');

const headerOf = (variable: string | undefined): 'origin' | 'referer' | undefined =>
  variable === 'http_origin' ? 'origin' : variable === 'http_referer' ? 'referer' : undefined;

/** An Access-Control-Allow-Origin that does not go with the cookies that are allowed beside it. */
export interface CorsFault {
  readonly statement: Statement;
  readonly credentials: Span;
  /** What reflects any origin; undefined where it is a star. */
  readonly part: Part | undefined;
}

/** Every Access-Control-Allow-Origin with cookies that is a star, or whatever the request names. */
export function* corsFaults({
  named,
  inForce,
  settersOf,
  flow,
}: {
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly settersOf: SettersOf;
  readonly flow: Flow;
}): Generator<CorsFault> {
  const looksBehind = remembered((flag: string) => looksAtOrigin(flag, settersOf));
  const credentialsOn = remembered((level: Statement | undefined) =>
    inForce(level, 'add_header').find(
      ({ directive: { args } }) =>
        args[0]?.text.toLowerCase() === 'access-control-allow-credentials' && args[1]?.text === 'true',
    ),
  );
  for (const statement of named('add_header')) {
    const [name, value] = statement.directive.args;
    if (name?.text.toLowerCase() !== 'access-control-allow-origin' || !value) continue;
    if (isFlagged(statement, looksBehind)) continue;
    if (value.text !== '*' && !value.text.includes('$')) continue;
    const credentials = credentialsOn(statement.parent);
    if (!credentials) continue;
    const at = headSpan(credentials.directive);
    if (value.text === '*') yield { statement, credentials: at, part: undefined };
    for (const outcome of flow.outcomes(statement, value.text)) {
      const [part, ...more] = outcome;
      if (part?.variable !== 'http_origin' || part.kind !== 'client' || more.length > 0) continue;
      if (requestFor(part, ['https://client.invalid'], undefined) === undefined) continue;
      yield { statement, credentials: at, part };
      break;
    }
  }
}

/** Whether a condition around it rests on a variable that a look at the origin gave its value; that look is judged by itself. */
function isFlagged({ parent }: Statement, looksBehind: (flag: string) => Looks): boolean {
  const flag = parent?.name === 'if' ? conditionOf(parent.directive)?.variable : undefined;
  if (flag === undefined) return false;
  const looks = looksBehind(flag);
  if (looks === 'everywhere') return true;
  for (let at = parent; at; at = at.parent) if (looks.has(at)) return true;
  return false;
}

/** The blocks in which an `if` looks at the origin, or a map does for all of them. */
type Looks = 'everywhere' | ReadonlySet<Statement>;

function looksAtOrigin(flag: string, settersOf: SettersOf): Looks {
  const blocks = new Set<Statement>();
  for (const { name, directive, parent: look } of settersOf(flag, 'http')) {
    if (name === 'map' && isOrigin(directive.args[0]?.text)) return 'everywhere';
    const isLook = look?.name === 'if' && conditionOf(look.directive)?.variable === 'http_origin';
    if (name !== 'set' || !isLook) continue;
    if (!look.parent) return 'everywhere';
    blocks.add(look.parent);
  }
  return blocks;
}

const isOrigin = (text: string | undefined): boolean =>
  text?.replace(/[${}]/g, '').toLowerCase() === 'http_origin';
