/** Mistakes of nginx itself with the groups of regular expressions, and the versions without them (CHANGES of nginx). */
import type { Span } from '../../../grammar/text.ts';
import { type Directive, headSpan, type Word, wordSpan } from '../../../grammar/tree.ts';
import type { Version } from '../version.ts';
import { openFlaw } from './advisories.ts';
import { all, charsOf, none, range } from './charset.ts';
import { conditionOf } from './condition.ts';
import { codesOf, isRedirect } from './flow/index.ts';
import { type Pattern, type Piece, patternOf } from './pattern.ts';
import { type PatternUse, patternIn, patternSpan, variableIn, variablesIn } from './pattern-use.ts';
import { charsIn } from './piece.ts';
import { around, type Statement } from './statement.ts';
import type { GroupUse } from './variable-use.ts';

interface Model {
  readonly version: Version;
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly patterns: readonly PatternUse[];
  readonly groupUses: () => readonly GroupUse[];
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

/** What a rewrite with a query leaves behind makes the length of a later text wrong. */
function* afterRewrites({ named }: Model): ReturnType<Find> {
  for (const rewrite of named('rewrite')) {
    const { directive } = rewrite;
    const [, target, flag] = directive.args;
    if (!target || flag || isRedirect(directive) || queryOf(target.text) === '') continue;
    const block = around(rewrite, 'location') ?? around(rewrite, 'server');
    const word = block && outgrown(rewrite, block);
    if (!word) continue;
    yield { at: word, cause: { at: headSpan(directive), note: 'the query of this rewrite' } };
  }
}

/** The first text after a rewrite with a query that has a group which may grow. */
function outgrown(rewrite: Statement, block: Statement): Span | undefined {
  const list = codesOf(block);
  const textOf = ({ args }: Directive): string => args[0]?.text ?? '';
  // The groups of the expression that matched last; none where who matched it does not come by.
  let pattern = patternOf(textOf(rewrite.directive), false);
  for (const each of list.slice(list.indexOf(rewrite) + 1)) {
    const { name, directive, parent } = each;
    if ((name === 'return' || name === 'break') && parent === block) return undefined;
    const grows = ({ text }: Word): boolean =>
      [...text.matchAll(/\$([1-9])/g)].some(([, number]) => canGrow(pattern, Number(number)));
    if (name === 'rewrite') {
      const [, target, flag] = directive.args;
      pattern = patternOf(textOf(directive), false);
      if (target && !isRedirect(directive) && isMeasured(target.text)) {
        const path = target.text.split('?')[0]!;
        if (grows({ ...target, text: path })) return wordSpan(directive, target);
      }
      if (flag) pattern = undefined;
      continue;
    }
    const condition = name === 'if' ? conditionOf(directive) : undefined;
    if (condition?.pattern) pattern = patternOf(condition.value.text, condition.ignoreCase);
    else if (name === 'set' || name === 'if') {
      const word = directive.args.slice(1).find(grows);
      if (word) return wordSpan(directive, word);
    }
  }
  return undefined;
}

/** Whether nginx measures each part of a replacement (sc.variables, sc.dup_capture in ngx_http_script_compile()); without variables it adds up all groups, with room for any escape. */
const isMeasured = (text: string): boolean => /\$(?:\{|[a-z_])/i.test(text) || /\$([1-9]).*\$\1/s.test(text);

/** Groups inside of each other are counted too short where they are escaped. */
function* nestedGroups({ named }: Model): ReturnType<Find> {
  for (const { directive } of named('rewrite')) {
    const [source, target] = directive.args;
    if (!source || !target || isMeasured(target.text)) continue;
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
    const found = variablesIn(rest)
      .map((name) => maps.get(name))
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
