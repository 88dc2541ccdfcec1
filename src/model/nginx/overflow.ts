/** Mistakes of nginx itself with the groups of regular expressions, and the versions without them (CHANGES of nginx). */
import type { Span } from '../../../grammar/text.ts';
import { headSpan, wordSpan } from '../../../grammar/tree.ts';
import type { Version } from '../version.ts';
import { openFlaw } from './advisories.ts';
import { all, charsOf, none, range } from './charset.ts';
import { type Flow, isRedirect } from './flow/index.ts';
import { type Pattern, type Piece, patternOf } from './pattern.ts';
import { type PatternUse, patternIn, patternSpan, variableIn } from './pattern-use.ts';
import { charsIn } from './piece.ts';
import { around, type Statement } from './statement.ts';
import type { GroupUse } from './variable-use.ts';

interface Model {
  readonly version: Version;
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly patterns: readonly PatternUse[];
  readonly groupUses: () => readonly GroupUse[];
  readonly flow: Flow;
}

/** A place at which an nginx of the stated version writes beyond its memory, or gives of it away. */
export interface Overflow {
  readonly at: Span;
  readonly cve: string;
  readonly effect: 'writes beyond its memory' | 'discloses its memory';
  /** The first releases without it, mainline first. */
  readonly fixed: readonly string[];
  readonly cause: { readonly at: Span; readonly note: string };
}

type Find = (model: Model) => Generator<Pick<Overflow, 'at' | 'cause'>>;

const finders: readonly (readonly [cve: string, effect: Overflow['effect'], Find])[] = [
  ['CVE-2026-42945', 'writes beyond its memory', afterRewrites],
  ['CVE-2026-9256', 'writes beyond its memory', nestedGroups],
  ['CVE-2026-42533', 'writes beyond its memory', beforeMaps],
  ['CVE-2026-60005', 'discloses its memory', inSlices],
];

/** Every place that a mistake of the stated version makes dangerous; none where no version is stated. */
export function* overflows(model: Model): Generator<Overflow> {
  if (!model.version) return;
  for (const [cve, effect, find] of finders) {
    const flaw = openFlaw(model.version, cve);
    if (!flaw) continue;
    for (const { at, cause } of find(model)) yield { at, cve, effect, fixed: flaw.fixed, cause };
  }
}

/** What nginx writes as %XX in a query (ngx_escape_uri(), NGX_ESCAPE_ARGS): only this makes a text longer. */
const escaped = range(0, 32) | charsOf('#%&+;?') | (all & ~range(0, 126));

const canGrow = (pattern: Pattern | undefined, number: number): boolean => {
  const group = pattern?.groups[number - 1];
  return group !== undefined && (charsIn(group) & escaped) !== none;
};

const queryOf = (text: string): string => text.slice(text.indexOf('?') + 1 || text.length);

const isPattern = ({ directive }: Statement): boolean =>
  directive.args.some(({ text }) => /^!?~\*?$/.test(text));

/** What a rewrite with a query leaves behind makes the length of a later text wrong. */
function* afterRewrites({ named, flow }: Model): ReturnType<Find> {
  for (const rewrite of named('rewrite')) {
    const { directive } = rewrite;
    const [, target, flag] = directive.args;
    if (!target || flag || isRedirect(directive) || queryOf(target.text) === '') continue;
    const block = around(rewrite, 'location') ?? around(rewrite, 'server');
    const list = block ? flow.codes(block) : [];
    const pattern = patternOf(directive.args[0]!.text, false);
    for (const each of list.slice(list.indexOf(rewrite) + 1)) {
      // Another regular expression has groups of its own.
      if (each.name === 'rewrite' || (each.name === 'if' && isPattern(each))) break;
      if ((each.name === 'return' || each.name === 'break') && each.parent === block) break;
      if (each.name !== 'set' && each.name !== 'if') continue;
      const word = each.directive.args
        .slice(1)
        .find(({ text }) => [...text.matchAll(/\$([1-9])/g)].some(([, n]) => canGrow(pattern, Number(n))));
      if (!word) continue;
      const cause = { at: headSpan(directive), note: 'the query of this rewrite' };
      yield { at: wordSpan(each.directive, word), cause };
      break;
    }
  }
}

/** Groups inside of each other are counted too short where they are escaped. */
function* nestedGroups({ named }: Model): ReturnType<Find> {
  for (const { directive } of named('rewrite')) {
    const [source, target] = directive.args;
    if (!source || !target || /\$[a-z_{]/i.test(target.text)) continue;
    // With a group that is written twice nginx measures each of them (dup_capture in ngx_http_script_compile()).
    if (/\$([1-9]).*\$\1/s.test(target.text)) continue;
    const part = isRedirect(directive) ? target.text : queryOf(target.text);
    const used = [...new Set([...part.matchAll(/\$([1-9])/g)].map(([, number]) => Number(number)))];
    if (used.length < 2) continue;
    const pattern = patternOf(source.text, false);
    const isNested = used.some((outer) => {
      const group = pattern?.groups[outer - 1];
      return group && used.some((inner) => canGrow(pattern, inner) && holds(group.of, inner));
    });
    if (!isNested) continue;
    const cause = { at: wordSpan(directive, source), note: 'one of its groups lies in the other' };
    yield { at: wordSpan(directive, target), cause };
  }
}

function holds(piece: Piece, number: number): boolean {
  if (piece.kind === 'group' && piece.number === number) return true;
  const inner = 'parts' in piece ? piece.parts : 'of' in piece ? [piece.of] : [];
  return inner.some((each) => holds(each, number));
}

/** A map that is asked after the length of a group was taken puts another group in its place. */
function* beforeMaps({ patterns, groupUses }: Model): ReturnType<Find> {
  const maps = new Map<string, Span>();
  for (const use of patterns) {
    if (use.directive !== 'map' || (patternIn(use)?.groups.length ?? 0) === 0) continue;
    for (const place of use.places) {
      const name = variableIn(place.statement.directive.args.at(-1)?.text ?? '');
      if (name !== undefined && !maps.has(name)) maps.set(name, patternSpan(place));
    }
  }
  if (maps.size === 0) return;
  const said = new Set<unknown>();
  for (const { word, line, number } of groupUses()) {
    if (said.has(word)) continue;
    const rest = word.text.slice(word.text.indexOf(`$${number}`) + 2);
    const found = [...rest.matchAll(/\$(?:\{(\w+)\}|([a-zA-Z_]\w*))/g)]
      .map(([, braced, plain]) => maps.get((braced ?? plain)!.toLowerCase()))
      .find((at) => at !== undefined);
    if (!found) continue;
    said.add(word);
    yield {
      at: wordSpan(line, word),
      cause: { at: found, note: 'the map changes the group while the text is put together' },
    };
  }
}

/** The request for a further slice is a copy that reads the groups of the first one (NGX_HTTP_SUBREQUEST_CLONE). */
function* inSlices({ groupUses, inForce }: Model): ReturnType<Find> {
  const said = new Set<unknown>();
  for (const { word, line, statement } of groupUses()) {
    if (said.has(word) || !/^(?:proxy|fastcgi|uwsgi|scgi)_/.test(statement.name)) continue;
    const [slice] = inForce(statement.parent, 'slice');
    if (!slice || /^0[km]?$/i.test(slice.directive.args[0]?.text ?? '0')) continue;
    said.add(word);
    const cause = { at: headSpan(slice.directive), note: 'each slice is asked for by a request of its own' };
    yield { at: wordSpan(line, word), cause };
  }
}
