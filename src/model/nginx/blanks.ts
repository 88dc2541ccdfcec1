/** What was meant by the first words of a statement where a blank is missing or too many, or where words changed places. */
import { takes } from '../../../grammar/nginx/place.ts';
import { directivesIn, type Variant, variantIn } from '../../../grammar/tables/directives.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, type Word, wordSpan } from '../../../grammar/tree.ts';
import { distance } from '../suggest.ts';
import { tells } from './secrets.ts';

/** How the words of a statement were meant, and what stands there instead. */
export interface Slip {
  /**
   * A blank is missing after the name, or too many in it; the name stands behind its value; a word stands twice; a sign of
   * another language stands after the name; the blank stands one letter off.
   */
  readonly kind: 'glued' | 'split' | 'swapped' | 'doubled' | 'sign' | 'shifted';
  /** What was written. */
  readonly at: Span;
  /** The text that mends it, in its place. */
  readonly text: string;
  /** The name as it was written. */
  readonly written: string;
  /** The words may have been meant otherwise. */
  readonly isDoubtful?: boolean;
}

/** A statement with its words as they were meant. */
export interface Reworded {
  readonly directive: Directive;
  readonly slip: Slip;
}

const isBlock = ({ body, raw }: Directive): boolean => body !== undefined || raw !== undefined;

const fits = (variant: Variant | undefined, directive: Directive, count: number): boolean =>
  variant !== undefined && (variant.body !== 'leaf') === isBlock(directive) && takes(variant, count);

/** The statement as it was meant, where only one way of putting its words makes one that nginx takes. */
export function reworded(directive: Directive, context: string): Reworded | undefined {
  return (
    signed(directive, context) ??
    shifted(directive, context) ??
    gluedBySign(directive, context) ??
    split(directive, context) ??
    doubled(directive, context)
  );
}

/** The same, where the letters of the name tell of nothing that nginx takes. */
export function reordered(directive: Directive, context: string): Reworded | undefined {
  return swapped(directive, context) ?? glued(directive, context);
}

/** Whether the word after a name is the sign of another language. */
export const isSign = (word: Word | undefined): boolean =>
  word !== undefined && !word.quote && /^(?:=|:|=>|:=|->)$/.test(word.text);

/** `worker_connections = 1024`: the sign is no value. */
function signed(directive: Directive, context: string): Reworded | undefined {
  const { name, args } = directive;
  const [sign, ...rest] = args;
  const variant = variantIn(context, name.text);
  if (!isSign(sign) || variant?.body !== 'leaf' || !fits(variant, directive, rest.length)) return undefined;
  return {
    directive: { ...directive, args: rest },
    slip: {
      kind: 'sign',
      at: { ...wordSpan(directive, sign!), end: rest[0]?.start ?? sign!.end },
      text: '',
      written: name.text,
    },
  };
}

/** What no name begins with: a path, a variable, a number with its unit, an address. */
const noName = /^(?:[/$~^=*@[]|[\d.:]+[a-z]{0,2}$)/i;

/** `liste n80`, `location/ img`, `allow1 27.0.0.1`: the blank stands one letter too early or too late. */
function shifted(directive: Directive, context: string): Reworded | undefined {
  const { name, args, source } = directive;
  const [value, ...rest] = args;
  if (!value || value.quote || name.quote || variantIn(context, name.text)) return undefined;
  if (source.text.slice(name.end, value.start).trim() !== '' || tells(name.text)) return undefined;
  const moved = (text: string, first: string, isDoubtful: boolean): Reworded => ({
    directive: {
      ...directive,
      name: { ...name, text },
      args: [{ ...value, text: first, start: value.end - first.length }, ...rest],
    },
    slip: {
      kind: 'shifted',
      at: { ...wordSpan(directive, name), end: value.end },
      text: `${text} ${first}`,
      written: name.text,
      isDoubtful,
    },
  });
  const longer = name.text + value.text[0]!;
  const [whole, cut] = [variantIn(context, longer), value.text.slice(1)];
  if ((noName.test(cut) || isListed(whole, cut)) && fits(whole, directive, args.length))
    return moved(longer, cut, false);
  const shorter = name.text.slice(0, -1);
  const last = name.text.slice(-1);
  const joint = last + value.text;
  const isSign =
    shorter === 'location'
      ? /^(?:\/[a-z_.$-]|\^~$|~\*$|@)/i.test(joint)
      : /^[^\w=:,.-]/.test(joint) && !/^\/\d/.test(joint);
  const isNumber = /[\d.-]/.test(last) && /^[\d.]/.test(value.text);
  const isWord = isListed(variantIn(context, shorter), joint);
  if ((isSign || isNumber || isWord) && fits(variantIn(context, shorter), directive, args.length))
    return moved(shorter, joint, isNumber);
  return undefined;
}

/** Whether a word is one of few that a directive takes, or that stand for its default. */
const isListed = (variant: Variant | undefined, word: string): boolean =>
  variant !== undefined &&
  (variant.type === 'flag'
    ? /^(?:on|off)$/.test(word)
    : (variant.values?.includes(word) ?? false) || variant.defaults.some(({ value }) => value === word));

/** Whether the letter in which a name differs from the one that was probably meant may belong to the word behind it. */
export function mayBeShifted({ name, args }: Directive, meant: string, context: string): boolean {
  const [value] = args;
  if (!value || value.quote || (!/[A-Z]$/.test(name.text) && !/^[\p{L}.*]/u.test(value.text))) return false;
  const shorter = name.text.slice(0, -1);
  const isBefore = variantIn(context, shorter) !== undefined && !shorter.endsWith(name.text.slice(-1));
  return isBefore || name.text + value.text[0]! === meant;
}

/** `if($x`, `location/`, `worker_processes=4` and `proxy_cache_valid200`: a name with its first argument in one word. */
function gluedBySign(directive: Directive, context: string): Reworded | undefined {
  const { name, args } = directive;
  const [, before, sign, after = ''] =
    /^([a-z]\w*)([(=:,/~^@])(.*)$/s.exec(name.text) ?? /^([a-z_]+)(\d)(\w*)$/.exec(name.text) ?? [];
  const variant = before === undefined ? undefined : variantIn(context, before);
  if (before === undefined || !variant) return undefined;
  if (/\d/.test(sign!) && !fits(variant, directive, args.length + 1)) return undefined;
  // `server1 app.example.com` is whole without the number.
  const isWhole = args.length > 0 && takes(variant, args.length) && variant.body === 'leaf';
  if (isWhole && (after === '' ? /[\d/~^@]/ : /[/~^@]/).test(sign!)) return undefined;
  // `location= /x` has its modifier.
  const isModifier = before === 'location' && sign === '=';
  const rest = /[=:,]/.test(sign!) && !isModifier ? after : sign! + after;
  return cut(directive, before, rest, args);
}

/** `listen80`, `log_not_foundoff`: what nginx does not take without the value that is glued to it. */
function glued(directive: Directive, context: string): Reworded | undefined {
  const { name, args } = directive;
  if (name.quote || variantIn(context, name.text)) return undefined;
  let found: string | undefined;
  for (const known of directivesIn(context)) {
    if (!name.text.startsWith(known) || (found !== undefined && found.length > known.length)) continue;
    const variant = variantIn(context, known)!;
    const value = name.text.slice(known.length);
    if (takes(variant, args.length) || !fits(variant, directive, args.length + 1)) continue;
    if (/^[.,_-]/.test(value) || (variant.type === 'flag' && !/^(?:on|off)$/.test(value))) continue;
    if (/^(?:num|size|msec|sec|bufs|offset)$/.test(variant.type) && !/^[\d$]/.test(value)) continue;
    found = known;
  }
  if (found === undefined || distance(name.text, found, 1) < 2) return undefined;
  return cut(directive, found, name.text.slice(found.length), args);
}

function cut(directive: Directive, before: string, rest: string, args: readonly Word[]): Reworded {
  const { name } = directive;
  const first: Word = { ...name, text: before, end: name.start + before.length };
  const value: Word = { ...name, text: rest, start: name.end - rest.length };
  return {
    directive: { ...directive, name: first, args: rest === '' ? args : [value, ...args] },
    slip: {
      kind: 'glued',
      at: wordSpan(directive, name),
      text: `${before} ${rest}`.trimEnd(),
      written: name.text,
    },
  };
}

/** `den y all`, `gzip _types text/css`: the first two words are one name. */
function split(directive: Directive, context: string): Reworded | undefined {
  const { name, args } = directive;
  const [next, ...rest] = args;
  if (!next || next.quote || !/^\w+$/.test(next.text)) return undefined;
  for (const text of [name.text + next.text, `${name.text}_${next.text}`]) {
    if (!fits(variantIn(context, text), directive, rest.length)) continue;
    return {
      directive: { ...directive, name: { ...name, text, end: next.end }, args: rest },
      slip: {
        kind: 'split',
        at: { ...wordSpan(directive, name), end: next.end },
        text,
        written: name.text,
      },
    };
  }
  return undefined;
}

/** `proxy_pass proxy_pass http://app`: the name again and words that it takes, or one word too many and two that are the same. */
function doubled(directive: Directive, context: string): Reworded | undefined {
  const { name, args } = directive;
  const variant = variantIn(context, name.text);
  const isAgain = args[0]?.text === name.text && args.length > 1;
  if (!variant || (takes(variant, args.length) && !isAgain)) return undefined;
  if (!fits(variant, directive, args.length - 1)) return undefined;
  const words = [name, ...args];
  const index = words.findIndex((word, at) => at > 0 && word.text === words[at - 1]!.text);
  if (index < 0) return undefined;
  const again = words[index]!;
  // `fastcgi_buffers 16 16 k`: the blank is what is too many.
  if (/^(?:ms|[smhdwykg])$/i.test(words[index + 1]?.text ?? '')) return undefined;
  return {
    directive: { ...directive, args: args.toSpliced(index - 1, 1) },
    slip: {
      kind: 'doubled',
      at: { ...wordSpan(directive, again), start: words[index - 1]!.end },
      text: '',
      written: name.text,
    },
  };
}

/** `all deny`: the name stands behind its first value. */
function swapped(directive: Directive, context: string): Reworded | undefined {
  const { name, args, source } = directive;
  const [next, ...rest] = args;
  // A mark alone is no value: it stands before a line that was pasted, or makes it a comment elsewhere.
  if (!next || next.quote || (!name.quote && !/[\p{L}\p{N}*]/u.test(name.text))) return undefined;
  const variant = variantIn(context, next.text);
  if (!fits(variant, directive, args.length) || (variant?.removed ?? variant?.deprecated)) return undefined;
  // What is whole without the word, or begins on the next line, was not torn from it.
  if (takes(variant!, rest.length) || source.text.slice(name.end, next.start).includes('\n'))
    return undefined;
  // A secret is repeated nowhere.
  if (variantIn(context, name.text) || tells(next.text)) return undefined;
  return {
    directive: { ...directive, name: next, args: [name, ...rest] },
    slip: {
      kind: 'swapped',
      at: { ...wordSpan(directive, name), end: next.end },
      text: `${next.text} ${source.text.slice(name.start, name.end)}`,
      written: name.text,
    },
  };
}
