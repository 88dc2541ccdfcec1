/** Lines for one machine only, `@id priority 100`, and signs of that kind where no condition can be meant. */
import { contextsOf } from '../tables/keywords.ts';

/** A line that begins with an `@`. */
export interface Condition {
  /** Offset of the `@`. */
  readonly start: number;
  readonly id: string;
  /** For all machines but that. */
  readonly negated: boolean;
  /** Nothing, or a comment, stands behind it. */
  readonly isEmpty: boolean;
  /**
   * Why it is none: `!` begins a comment, where `^` was meant; the id is a `keyword`, and none stands behind it; the line is
   * for a machine that nothing else names, and has `nothing` for it; a blank is missing behind a machine of other lines.
   */
  readonly fault: 'comment' | 'keyword' | 'nothing' | 'glued' | undefined;
}

/** The conditional lines of a text. */
export function conditionsOf(text: string): readonly Condition[] {
  if (!text.includes('@') || !/^[ \t]*@/m.test(text)) return none;
  const found: Condition[] = [];
  const ids = new Set<string>();
  for (const { 0: line, 1: blanks, 2: sign, 3: id, 4: rest, index } of text.matchAll(
    /^([ \t]*)@([!^]?)([^ \t\r\n]*)[ \t\r]*(.*)$/gm,
  )) {
    const next = /^[^\s{}]*/.exec(rest!)![0];
    const fault = faultOf(sign!, id!, rest!.trimEnd(), next, line);
    if (fault === undefined || fault === 'comment') ids.add(id!);
    found.push({
      start: index + blanks!.length,
      id: id!,
      negated: sign !== '',
      isEmpty: id === '' || /^[#!]?\s*$|^[#!]/.test(rest!),
      fault,
    });
  }
  return found.map((each) => {
    if (each.fault === undefined || each.fault === 'comment') return each;
    if (ids.has(each.id)) return { ...each, fault: undefined };
    const glued = each.fault === 'nothing' ? [...ids].find((id) => each.id.startsWith(id)) : undefined;
    return glued === undefined ? each : { ...each, id: glued, fault: 'glued' };
  });
}

const none: readonly Condition[] = [];

function faultOf(sign: string, id: string, rest: string, next: string, line: string): Condition['fault'] {
  if (sign === '!') return /^[\w.-]+$/.test(id) && isRead(next) ? 'comment' : undefined;
  // A tag of a template, and an address for mail in a comment of another language.
  if (/@/.test(id) || /[#!]/.test(id)) return undefined;
  if (id === '') return next !== '' && isRead(next) ? 'keyword' : undefined;
  if (!/^[\w.:/-]+$/.test(id)) return undefined;
  if (rest === '') return /\s$/.test(line.replace(/\r$/, '')) ? undefined : 'nothing';
  return sign === '' && contextsOf(id).length > 0 && !/^[#!}]/.test(rest) && !isRead(next)
    ? 'keyword'
    : undefined;
}

/** Whether a line can begin with a word. */
const isRead = (word: string): boolean => contextsOf(word).length > 0 || /^(?:[$@~]|include)/.test(word);
