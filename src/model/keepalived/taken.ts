/** What the daemon takes of one line: it drops words too many, reads a number up to what is none, and some words take the line with them. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { type Arg, type ItemKind, itemKind, type Keyword } from '../../../grammar/tables/keywords.ts';
import type { Directive, Word } from '../../../grammar/tree.ts';
import { parseAddress, parsePrefixed } from '../net.ts';
import { atLeast, type Version } from '../version.ts';
import { readsNoWord } from './release.ts';
import { rejection } from './values.ts';

/** The statement as the daemon takes it; undefined where it leaves things as they were. */
export function takenWords(
  word: Keyword,
  written: Directive,
  version: NonNullable<Version>,
): Directive | undefined {
  if (readsNoWord(word, version) === true) return { ...written, args: [] };
  const isOpen = word.raw || word.args.some(({ variadic }) => variadic);
  const directive = isOpen ? written : { ...written, args: written.args.slice(0, word.args.length) };
  const [first] = directive.args;
  const [arg] = word.args;
  if (word.raw) return first?.text ? directive : undefined;
  // A name that is no account is remembered: what was to run as it is removed.
  if (!first || !arg || arg.type === 'user') return directive;
  const isWhole = word.flags.has('whole-before-2.3.2') && atLeast(version, '2.3.2') === false;
  if (rejection(first.text, arg) === undefined && !(isWhole && first.text.includes('.'))) return directive;
  const read = readAs(first.text, arg, word);
  // vrrp_prio_handler() puts the default in its place, which keeps a MASTER from being taken for the address owner.
  const isPriority = word.name === 'priority' && word.context === 'vrrp_instance';
  // What is no number sets a weight to 0; vrrp_vscript_weight_handler() sets one out of range before it reports it.
  const isWeight = word.name === 'weight' && word.flags.has('leading-number');
  const weight = read === undefined ? '0' : word.context === 'vrrp_script' ? wrapped(read) : undefined;
  const standard = isPriority ? '100' : isWeight ? weight : undefined;
  const text = read !== undefined && rejection(read, arg) === undefined ? read : standard;
  return text === undefined ? undefined : { ...directive, args: [{ ...first, text }] };
}

/** What the daemon reads of a word that is not all it wants. */
function readAs(text: string, { type }: Arg, { flags }: Keyword): string | undefined {
  if (flags.has('leading-number')) return leadingNumber(text);
  // inet_stosockaddr() cuts a range off as well as a prefix.
  return type === 'ip' || type === 'multicast' ? text.replace(/[-/].*/, '') : undefined;
}

/** What is left of a number in an int of 32 bits. */
const wrapped = (number: string): string => String(BigInt.asIntN(32, BigInt(number)));

/** strtol(): a number, whatever stands behind it. */
function leadingNumber(text: string): string | undefined {
  const [number] = /^\s*[+-]?\d+/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const value = Number(number);
  return Number.isSafeInteger(value) ? String(value) : String(value < 0 ? -(2n ** 63n) : 2n ** 63n - 1n);
}

/** A line of a list as the daemon takes it; undefined where it drops the line. `isDefined` tells of blocks further up by kind and name. */
export function takenItem(
  items: string,
  line: Directive,
  isDefined: (kind: string, name: string) => boolean,
): Directive | undefined {
  const kind = itemKind(items);
  const item: Directive = { ...line, body: undefined };
  const [first] = kind?.first ?? [];
  if (!kind || !first) return item;
  if (/_ipaddress$/.test(items)) return takenAddress(item, kind);
  if (isPlaceholder(item.name.text)) return item;
  if (first.type === 'ip') return withName(item, item.name.text.replace(/[-/].*/, ''));
  if (!kind.options.has('weight')) return item;
  if (kind.earlier && first.type === 'ref' && !isDefined(first.values?.[0] ?? '', item.name.text))
    return undefined;
  return takenTracker(item, kind);
}

/** An item whose address reads otherwise than it is written; undefined where it is none. */
const withName = (item: Directive, text: string): Directive | undefined =>
  parseAddress(text) && { ...item, name: { ...item.name, text } };

/** An address: a prefix that is none makes it a host's, and an option that lacks what it needs takes it away (alloc_ipaddress()). */
function takenAddress(item: Directive, { options }: ItemKind): Directive | undefined {
  const { name, args } = item;
  let devices = 0;
  for (let at = 0; at < args.length; at++) {
    const option = options.get(args[at]!.text);
    if (!option?.args[0]) continue;
    const value = args[++at];
    if (!value) return undefined;
    const known = option.aliasOf ?? option.word;
    if (known === 'dev' && ++devices > 1) return undefined;
    if (known === 'label' && Buffer.byteLength(value.text) > 15) return undefined;
    if (known === 'brd' && !/^[+-]$/.test(value.text) && parseAddress(value.text)?.family !== 'inet')
      return undefined;
  }
  if (parsePrefixed(name.text)) return item;
  const host = withName(item, name.text.replace(/\/.*/, ''));
  // A colon anywhere makes it one of IPv6.
  return host?.name.text.includes(':') === name.text.includes(':') ? host : undefined;
}

/**
 * A tracker: any word but a weight takes the line with it. A weight that is no number counts as 0, one out of range leaves
 * that of what is tracked, and 254 is 253 where that is the limit (alloc_track_script()).
 */
function takenTracker(item: Directive, { options }: ItemKind): Directive | undefined {
  const [weight, value, reverse] = item.args;
  if (!weight) return item;
  if (weight.text !== 'weight' || !value) return undefined;
  const read = leadingNumber(value.text) ?? '0';
  const isWithin = rejection(read, options.get('weight')!.args[0]!) === undefined;
  const text = isWithin ? read : read.replace(/^(-?)254$/, '$1253');
  if (!isWithin && text === read) return { ...item, args: [] };
  const words: readonly Word[] = [weight, { ...value, text }];
  return { ...item, args: reverse?.text === 'reverse' ? [...words, reverse] : words };
}
