/** Whether a word is what a keyword takes, as lib/parser.c's readers decide it. */
import { isPlaceholder } from '../../../grammar/repair.ts';
import type { Span } from '../../../grammar/text.ts';
import { wordSpan } from '../../../grammar/tree.ts';
import { isAddress, isPrefixed } from '../net.ts';
import { suggest } from '../suggest.ts';
import type { Arg, Keyword } from './keywords.ts';
import { everyStatement, type Statement } from './statements.ts';

/** A value that the daemon does not take. */
export interface InvalidValue {
  readonly statement: Statement;
  readonly keyword: Keyword;
  readonly at: Span;
  readonly written: string;
  /** What may stand there, in words: `MASTER or BACKUP`, `a number from 1 to 255`. */
  readonly expected: string;
  /** The value that was evidently meant. */
  readonly meant: string | undefined;
  /** What the daemon does instead, where it is known. */
  readonly consequence: string | undefined;
}

/** What vrrp_parser.c's handlers do with a value they reject. Where nothing stands, the previous or default value is kept. */
const consequences: ReadonlyMap<string, string> = new Map([
  ['vrrp_instance/state', 'keepalived ignores it and starts as BACKUP'],
  ['vrrp_instance/priority', 'keepalived ignores it and uses priority 100'],
  ['vrrp_instance/virtual_router_id', 'keepalived is left without a virtual_router_id and does not start'],
  ['vrrp_instance/advert_int', 'keepalived ignores it and uses 1 second'],
  ['vrrp_instance/version', 'keepalived ignores it and uses the default version'],
  ['vrrp_instance.authentication/auth_type', 'keepalived ignores it and sends no authentication'],
  ['vrrp_script/weight', 'keepalived ignores it and uses weight 0'],
]);

/** Values that people write for an enumerated one and that no count of letters would find. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['SLAVE', 'BACKUP'],
  ['STANDBY', 'BACKUP'],
  ['SECONDARY', 'BACKUP'],
  ['PRIMARY', 'MASTER'],
  ['ACTIVE', 'MASTER'],
  ['PASSWORD', 'PASS'],
  ['SIMPLE', 'PASS'],
]);

/** Every value of the tree that its keyword does not take. */
export function* invalidValues(statements: readonly Statement[]): Generator<InvalidValue> {
  for (const statement of everyStatement(statements)) {
    const { keyword, args, directive } = statement;
    if (!keyword || keyword.raw || keyword.flags.has('any-order')) continue;
    // Optional words before others make the positions uncertain; those need their own grammar.
    const plain = keyword.args.every(
      (arg, index) => !arg.optional || index >= keyword.args.findLastIndex((each) => !each.optional),
    );
    if (!plain) continue;
    for (const [index, word] of args.entries()) {
      const arg = keyword.args[index] ?? (keyword.args.at(-1)?.variadic ? keyword.args.at(-1) : undefined);
      if (!arg || isPlaceholder(word.text)) continue;
      const expected = rejection(word.text, arg);
      if (expected === undefined) continue;
      yield {
        statement,
        keyword,
        at: wordSpan(directive, word),
        written: word.text,
        expected,
        meant: meantValue(word.text, arg),
        consequence: consequences.get(`${keyword.context}/${keyword.name}`),
      };
      break;
    }
  }
}

/** What the daemon wants instead of `text`, in words; undefined when it takes it. */
export function rejection(text: string, arg: Arg): string | undefined {
  if (arg.values?.includes(text)) return undefined;
  switch (arg.type) {
    case 'int':
    case 'uint':
      return wholeNumber(text, arg.type === 'uint', arg) ? undefined : `a whole number${range(arg)}`;
    case 'seconds':
    case 'milliseconds':
      return decimalNumber(text, arg) ? undefined : `a number of ${arg.type}${range(arg)}`;
    case 'port':
      return wholeNumber(text, true, { min: 1, max: 65535 }) ? undefined : 'a port from 1 to 65535';
    case 'enum':
      return oneOf(arg.values ?? []);
    case 'bool':
      return 'on or off (or true, false, yes, no)';
    case 'ip':
      return isAddress(text) ? undefined : 'an IP address';
    case 'ip_or_cidr':
      return isPrefixed(text) ? undefined : 'an IP address, with or without /prefix';
    case 'interface':
      return Buffer.byteLength(text) <= 15 ? undefined : 'an interface name of at most 15 characters';
    default:
      return undefined;
  }
}

/** The value that `text` was evidently meant to be: another case, a slip, a lost unit. */
export function meantValue(text: string, arg: Arg): string | undefined {
  const values = arg.values ?? [];
  if (values.length > 0) {
    const upper = text.toUpperCase();
    const same = values.find((value) => value.toUpperCase() === upper);
    if (same) return same;
    if (arg.type === 'bool') return upper === '1' ? 'on' : upper === '0' ? 'off' : undefined;
    const synonym = synonyms.get(upper);
    if (synonym && values.includes(synonym)) return synonym;
    const near = suggest(upper, values);
    return near?.certain ? near.word : undefined;
  }
  // A statement of another language's habit: `priority 100;`, `advert_int 1s`.
  const stripped = text.replace(/[;,]+$/, '').replace(arg.type === 'seconds' ? /s(?:ec)?$/ : /$^/, '');
  return stripped !== text && rejection(stripped, arg) === undefined ? stripped : undefined;
}

const oneOf = (values: readonly string[]): string =>
  values.length < 2 ? (values[0] ?? 'another word') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

const range = ({ min, max }: { min?: number; max?: number }): string => {
  if (min === undefined || max === undefined) return '';
  // The widest bounds are those of the machine's integers; saying them helps nobody.
  return max >= 2147483647 ? ` of at least ${min}` : ` from ${min} to ${max}`;
};

const inRange = (value: number, { min, max }: { min?: number; max?: number }): boolean =>
  (min === undefined || value >= min) && (max === undefined || value <= max);

/** strtol() in base 10: leading zeros and `+` are fine, nothing may follow. */
const wholeNumber = (text: string, unsigned: boolean, bounds: { min?: number; max?: number }): boolean =>
  (unsigned ? /^\s*\+?\d+$/ : /^\s*[+-]?\d+$/).test(text) && inRange(Number(text), bounds);

/** read_decimal_unsigned_strvec(): digits with at most one point, which may stand first or last. */
const decimalNumber = (text: string, bounds: { min?: number; max?: number }): boolean =>
  /^\s*\+?(?:\d+\.?\d*|\.\d+)$/.test(text) && inRange(Number(text), bounds);
