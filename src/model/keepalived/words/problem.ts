/** What is said of a word that is wrong. */
import type { Arg, Keyword } from '../../../../grammar/tables/keywords.ts';
import { lineStart, type Span } from '../../../../grammar/text.ts';
import { type Directive, type Edit, type Word, wordSpan } from '../../../../grammar/tree.ts';
import type { Statement } from '../statements.ts';
import { rejection } from '../values.ts';

/** A word that the daemon rejects or drops, or that is not there. */
export interface WordProblem {
  /**
   * `missing`: a value is absent; `invalid`: the daemon does not take it; `address`: so, and it should be an address;
   * `surplus`: dropped in silence; `refused`: one word too many makes the daemon drop the block or complain;
   * `unknown-option`: no option of a list's lines; `crowded`: an item of its own on the line of another.
   */
  readonly kind: 'missing' | 'invalid' | 'address' | 'surplus' | 'refused' | 'unknown-option' | 'crowded';
  /** The keyword, for a line of a list the keyword that opens it. */
  readonly statement: Statement;
  /** The line itself, where the statement is a list. */
  readonly item: Directive | undefined;
  /** What the word belongs to: the keyword, the option, the first word of the line. */
  readonly subject: string;
  readonly at: Span;
  /** As written; undefined where it may be a secret. */
  readonly written: string | undefined;
  /** What may stand there, in words: `MASTER or BACKUP`, `a number from 1 to 255`. */
  readonly expected: string;
  /** What was evidently meant. */
  readonly meant: string | undefined;
  /** What the daemon does instead, where it is known. */
  readonly consequence: string | undefined;
  /** What is refused is what the daemon uses anyway: `vrrp_garp_interval 0` of the sample file. */
  readonly harmless?: boolean;
  /** The daemon takes the word as it is. */
  readonly isTaken?: boolean;
  /** Something else may have been meant: what mends it is for somebody to choose. */
  readonly isDoubtful?: boolean;
  /** The changes that mend it, where they are more than putting `meant` in place. */
  readonly edits?: readonly Edit[];
}

/** What vrrp_parser.c's handlers do with a value they reject. Where nothing stands, the previous or default value is kept. */
const consequences: ReadonlyMap<string, string> = new Map([
  ['vrrp_instance/state', 'keepalived ignores it and starts as BACKUP'],
  ['vrrp_instance/priority', 'keepalived ignores it and uses priority 100'],
  ['vrrp_instance/virtual_router_id', 'keepalived is left without a virtual_router_id and does not start'],
  ['vrrp_instance/advert_int', 'keepalived ignores it and uses 1 second'],
  ['vrrp_instance/version', 'keepalived ignores it and uses the default version'],
  ['vrrp_instance.authentication/auth_type', 'keepalived ignores it and sends no authentication'],
  ['global_defs/script_user', 'keepalived drops every script that names no user of its own'],
  ['vrrp_script/user', 'keepalived drops the script'],
  ['vrrp_script/weight', 'keepalived ignores it and uses weight 0'],
  ['virtual_ipaddress', 'keepalived drops this address: no node will hold it'],
  ['unicast_peer', 'keepalived drops this peer'],
]);

/** What the daemon does instead of taking the words of a keyword. */
export const consequenceOf = ({ context, name, items }: Keyword): string | undefined =>
  consequences.get(items ?? `${context}/${name}`);

/** What is expected in place of a name of more bytes. */
export const atMost = (text: string, bytes: number): string | undefined =>
  Buffer.byteLength(text) <= bytes ? undefined : `a name of at most ${bytes} characters`;

/** A line break in place of the blanks between two words, with the indentation of their line. */
export function newline({ source }: Directive, before: Word, after: Word): Edit {
  const indent = /^[ \t]*/.exec(source.text.slice(lineStart(source.text, before.start)))![0];
  return { source, start: before.end, end: after.start, text: `\n${indent}` };
}

/** `10.0.0. 100`: an address that a blank cut in two. */
export function split(args: readonly Word[], index: number, arg: Arg) {
  const [word, after] = [args[index]!, args[index + 1]];
  if (!after || !/^[\d.,]+$/.test(word.text) || !/^[\d./]+$/.test(after.text)) return undefined;
  const glue = [word.text + after.text, `${word.text}.${after.text}`].find((each) => !rejection(each, arg));
  return glue === undefined ? undefined : cutAt(word, after, glue);
}

/** One word that a blank cut in two. */
const cutAt = (word: Word, after: Word, meant: string) => ({
  meant,
  written: `${word.text} ${after.text}`,
  at: (directive: Directive): Span => ({ ...wordSpan(directive, word), end: after.end }),
});

/** `state BACK UP`, `weight - 20`: a value that a blank cut in two. */
export function joinedWith(args: readonly Word[], index: number, arg: Arg) {
  const [word, after] = [args[index]!, args[index + 1]];
  if (!after || after.quote || !/^(?:enum|int|bool)$/.test(arg.type)) return undefined;
  const meant = word.text + after.text;
  return rejection(meant, arg) === undefined ? cutAt(word, after, meant) : undefined;
}

/** The word behind the first of this text. */
export function wordAfter(words: readonly Word[], text: string): Word | undefined {
  const index = words.findIndex((word) => word.text === text);
  return index < 0 ? undefined : words[index + 1];
}

/** What an argument wants, in words. */
export const expectation = (arg: Arg): string => rejection('', arg) ?? arg.name ?? arg.type;

/** An argument that is a whole number within bounds. */
export const number = (min: number | undefined, max: number | undefined): Arg => ({
  type: 'uint',
  optional: false,
  variadic: false,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});
