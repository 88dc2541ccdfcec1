/** The statements of the rewrite module, where they lead, and which of them ran (ngx_http_rewrite_module.c). */
import { once } from '../../../../grammar/remembered.ts';
import type { Directive } from '../../../../grammar/tree.ts';
import type { Statement } from '../statement.ts';

/** Directives of the rewrite module, which run in the order of the file before anything else is asked. */
const rewriteCodes = new Set(['set', 'if', 'rewrite', 'return', 'break']);

/** A redirect that ends the request, as an answer of the rewrite module does. */
export const isRedirect = ({ args }: Directive): boolean =>
  /^(?:redirect|permanent)$/.test(args[2]?.text ?? '') ||
  /^(?:https?:\/\/|\$scheme)/.test(args[1]?.text ?? '');

/** Whether a rewrite takes any path that there is. */
export const takesAll = ({ args }: Directive): boolean =>
  /^\^?(?:\(?\.\*\)?\$?|\/?\(?\.\*\)?\$?)?$/.test(args[0]?.text ?? '');

/** Whether a statement is of the rewrite module. */
export const isCode = ({ name }: Statement): boolean => rewriteCodes.has(name);

/** Whether a script takes part in the phase of the rewrite module, and may do anything there. */
export const hasScripts = ({ named }: { readonly named: (name: string) => readonly Statement[] }): boolean =>
  ['rewrite_by_lua', 'rewrite_by_lua_block', 'rewrite_by_lua_file'].some((name) => named(name).length > 0);

/** Whether a statement is inside of a block, or is the block. */
export function isAround(block: Statement, statement: Statement): boolean {
  for (let at: Statement | undefined = statement; at; at = at.parent) if (at === block) return true;
  return false;
}

/** The server or location whose rewrite module runs a statement. */
export function blockOf({ parent }: Statement): Statement | undefined {
  let at = parent;
  while (at && (at.name === 'if' || at.name === 'limit_except')) at = at.parent;
  return at;
}

/** The statements of the rewrite module in a server or location, those of its ifs in their places. */
export const codesOf = (block: Statement): readonly Statement[] =>
  codesIn(block).flatMap((each) => (each.name === 'if' ? [each, ...codesIn(each)] : [each]));

/** More in one block are a table that a program wrote. To follow what each does to all that come after it takes their square. */
const mostCodes = 2000;

/** Whether a server or location has more statements of the rewrite module than are followed: their effects are unknown. */
export const isTangled = once((block: Statement) => codesOf(block).length > mostCodes);

/** A statement of the rewrite module that ran before another place is reached. */
export interface Ran {
  readonly statement: Statement;
  /** It ran in any case. */
  readonly isCertain: boolean;
  /** Whether who comes to the place fulfilled its condition, or matched its pattern; undefined where either may be. */
  readonly matched: boolean | undefined;
}

/** What a statement does with a request that it takes: it ends it, it ends the run of these statements, or neither. */
function effectOf({ name, directive }: Statement, isOuter: boolean): 'ends' | 'stops' | 'goes on' {
  if (name === 'return') return 'ends';
  if (name === 'break') return 'stops';
  if (name !== 'rewrite') return 'goes on';
  if (isRedirect(directive)) return 'ends';
  const flag = directive.args[2]?.text;
  // After `last` a server goes on to the location; a location is left.
  if (flag === 'last') return isOuter ? 'stops' : 'ends';
  return flag === 'break' ? 'stops' : 'goes on';
}

/** Whether it does so with every request. */
const isTotal = ({ name, directive }: Statement): boolean => name !== 'rewrite' || takesAll(directive);

/** Those on a block's own level. */
export const codesIn = once(({ body }: Statement): readonly Statement[] => body.filter(isCode));

/** The statements of the rewrite module of `block` that ran before `place` is reached, the last one first. */
export function* ranBefore(block: Statement, place: Statement): Generator<Ran> {
  let top = place;
  while (top.parent && top.parent !== block) top = top.parent;
  const codes = codesIn(block);
  const here = isCode(top) ? codes.indexOf(top) : -1;
  if (top === place && here >= 0) {
    yield* onTheWay(block, here);
  } else if (top.name === 'if' && here >= 0) {
    const body = codesIn(top);
    const at = isCode(place) ? body.indexOf(place) : -1;
    if (at >= 0) yield* onTheWay(top, at);
    else {
      yield* insideOf(top, codes, here);
    }
    yield { statement: top, isCertain: true, matched: true };
    yield* onTheWay(block, here);
  } else {
    const inside = top.name === 'location' ? 'server' : 'location';
    yield* remembered(block, `${inside} ${inside === 'location' ? place.name : ''}`, () =>
      behind(codes, 0, place.name, inside, true),
    );
  }
}

/** Those before what an `if` has in force: its own, and what follows it where it does not stop there. */
const insideOf = (block: Statement, codes: readonly Statement[], here: number): readonly Ran[] =>
  remembered(block, 'if', () => {
    const body = codesIn(block);
    const ends = body.filter((each) => effectOf(each, false) !== 'goes on');
    const after = ends.some(isTotal) ? [] : behind(codes, here + 1, '', 'if', ends.length === 0);
    return [...after, ...behind(body, 0, '', 'if', true)];
  });

const lists = new WeakMap<Statement, Map<string, readonly Ran[]>>();

/** A list that is the same for many places of a block. */
function remembered(block: Statement, key: string, make: () => readonly Ran[]): readonly Ran[] {
  let found = lists.get(block);
  if (!found) {
    found = new Map();
    lists.set(block, found);
  }
  let list = found.get(key);
  if (!list) {
    list = make();
    found.set(key, list);
  }
  return list;
}

/** All statements of one level, the last one first, and where in that list those before each of them begin. */
interface Way {
  readonly list: readonly Ran[];
  readonly starts: readonly number[];
}

/** Those before another of them, which is reached by who left by none of them. */
function* onTheWay(block: Statement, end: number): Generator<Ran> {
  const { list, starts } = wayThrough(block);
  for (let at = starts[end]!; at < list.length; at++) yield list[at]!;
}

const wayThrough = once((block: Statement): Way => {
  const codes = codesIn(block);
  const list: Ran[] = [];
  const starts = [0];
  for (let index = codes.length - 1; index >= 0; index--) {
    starts[index + 1] = list.length;
    const statement = codes[index]!;
    const leaves = (each: Statement): boolean => effectOf(each, false) !== 'goes on';
    if (statement.name !== 'if') {
      list.push({ statement, isCertain: true, matched: leaves(statement) ? false : undefined });
      continue;
    }
    const body = codesIn(statement);
    const isLeft = body.some((each) => leaves(each) && isTotal(each));
    for (const each of isLeft ? [] : body.toReversed())
      list.push({ statement: each, isCertain: false, matched: leaves(each) ? false : undefined });
    list.push({ statement, isCertain: true, matched: isLeft ? false : undefined });
  }
  starts[0] = list.length;
  return { list, starts };
});

/** Those before a directive of that name, which is reached when all have run, inside of the server, location or `if`. */
function behind(
  codes: readonly Statement[],
  from: number,
  name: string,
  inside: 'server' | 'location' | 'if',
  isFirstCertain: boolean,
): readonly Ran[] {
  const found: Ran[] = [];
  let isCertain = isFirstCertain;
  const add = (statement: Statement, facts: Partial<Ran> = {}): void => {
    found.push({ statement, isCertain, matched: undefined, ...facts });
  };
  const effect = (each: Statement): ReturnType<typeof effectOf> => effectOf(each, inside === 'server');
  for (const statement of codes.slice(from)) {
    if (statement.name === 'if') {
      const body = codesIn(statement);
      const isLeft =
        // Another one that is true after it puts its own configuration in force.
        inside === 'if' ||
        body.some((each) => effect(each) === 'ends' && isTotal(each)) ||
        (inside === 'location' && statement.body.some((each) => each.name === name));
      add(statement, isLeft ? { matched: false } : {});
      if (isLeft) continue;
      for (const each of body)
        add(each, { isCertain: false, ...(effect(each) === 'ends' ? { matched: false } : {}) });
      if (body.some((each) => effect(each) === 'stops')) isCertain = false;
      continue;
    }
    const what = effect(statement);
    add(statement, what === 'ends' ? { matched: false } : {});
    if (what === 'goes on') continue;
    if (isTotal(statement)) break;
    if (what === 'stops') isCertain = false;
  }
  return found.reverse();
}
