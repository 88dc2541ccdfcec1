/** Where secrets stand in a keepalived configuration: never to be printed, also when the keyword itself is misspelt. */
import { remembered } from '../../../grammar/remembered.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, type Word, wordSpan } from '../../../grammar/tree.ts';
import { distance } from '../suggest.ts';

/** Words after which a secret is likely to follow, misspelt ones included. */
const telling = /pass|secret|hmac|token|credential|community|^key$/;
/** Blocks whose every value is one, but for the kinds named there. */
const guarded = /auth|autent|aunth/;
const harmless = new Set(['PASS', 'AH', 'auth_type', 'auth_pass']);

type Test = (text: string) => boolean;

const isTelling: Test = (text) => telling.test(text.toLowerCase()) && text !== 'PASS';

/** The stretches to mask. */
export function secretsOf(items: readonly Directive[]): readonly Span[] {
  const found: Span[] = [];
  // A file has few words, each many times.
  const tells = remembered(isTelling);
  const guards = remembered((text: string) => guarded.test(text.toLowerCase()));
  const lists = [{ items, inside: false }];
  for (let list = lists.pop(); list; list = lists.pop()) {
    for (const directive of list.items) {
      addSecrets(found, directive, list.inside, tells);
      const { body, name } = directive;
      if (body) lists.push({ items: body, inside: list.inside || guards(name.text) });
    }
  }
  return found;
}

function addSecrets(found: Span[], directive: Directive, inside: boolean, tells: Test): void {
  const { name, args } = directive;
  const glued = /^(auth_?pass?)./i.exec(name.text);
  if (glued && !/^auth_?pass?\w{0,2}$/i.test(name.text)) {
    const { source, start, end } = wholeSpan(directive, name);
    found.push({ source, start: start + glued[1]!.length, end });
  } else if (inside && isValue(directive)) found.push(wholeSpan(directive, name));
  // A secret may itself hold one of the telling words.
  let isSecret = inside || tells(name.text);
  for (const word of args) {
    if (isSecret && !harmless.has(word.text)) found.push(wholeSpan(directive, word));
    isSecret ||= tells(word.text);
  }
  if (isSecret) found.push(...remark(directive));
}

/** A word of a comment, also of one in another language, and all that follows it in its line. */
const remarked = /[^\n]*?(?:[#!]|\/\/|--)[^\w\n]*(\S[^\n]*)/y;

/** The comment behind a secret: an old one may stand there, or the rest of this one. */
function remark(directive: Directive): readonly Span[] {
  const { source, end } = wordSpan(directive, directive.args.at(-1) ?? directive.name);
  remarked.lastIndex = end;
  const text = remarked.exec(source.text)?.[1];
  return text === undefined
    ? []
    : [{ source, start: remarked.lastIndex - text.length, end: remarked.lastIndex }];
}

/** A word with the comment that is glued to it: of the password `abc!def` keepalived takes the rest for one. */
function wholeSpan(directive: Directive, word: Word): Span {
  const { source, start, end } = wordSpan(directive, word);
  const glued = /[!#]\S*/y;
  glued.lastIndex = end;
  return { source, start, end: glued.test(source.text) ? glued.lastIndex : end };
}

/** Whether the first word of a line in such a block is no keyword, but what should follow one: it stands alone, or before it. */
const isValue = ({ name, args }: Directive): boolean =>
  (args.length === 0 || args.some(({ text }) => isTelling(text))) &&
  ['auth_type', 'auth_pass'].every((word) => distance(name.text.toLowerCase(), word, 3) > 3);
