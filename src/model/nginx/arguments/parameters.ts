/** Parameters: `key=value`, bare words, and what stands for them in other programs. */
import type { Param, Variant } from '../../../../grammar/tables/directives.ts';
import type { Word } from '../../../../grammar/tree.ts';
import { suggest } from '../../suggest.ts';
import { atLeast } from '../../version.ts';
import { meantValue, rejection, type Slot, shown } from '../values.ts';
import { bytes, type Check, type Checking, type Extra } from './checking.ts';

interface Parameters {
  readonly literals: ReadonlyMap<string, Param>;
  readonly keys: ReadonlyMap<string, Param>;
  readonly prefixes: ReadonlyMap<string, Param>;
  readonly places: readonly Param[];
  readonly names: readonly string[];
}

export const parametersOf = (params: readonly Param[]): Parameters => {
  const of = (wanted: Param['form']): Param[] => params.filter(({ form }) => form === wanted);
  const byName = (list: readonly Param[]): ReadonlyMap<string, Param> =>
    new Map(list.map((param) => [param.name, param]));
  const [literals, keys, prefixes] = [of('literal'), of('key'), of('prefix')];
  return {
    literals: byName(literals),
    keys: byName(keys),
    prefixes: byName(prefixes),
    places: of('positional'),
    names: [...literals.map(({ name }) => name), ...keys.map(({ name }) => `${name}=`)],
  };
};

interface ParameterOptions {
  /** Arguments that stand before the parameters and are judged elsewhere. */
  readonly from?: number;
  /** How a message names what the parameters are of. */
  readonly subject?: string;
}

/** The check of `key=value` and other parameters of a directive. */
export function parameters(variant: Variant, options: ParameterOptions = {}): Check {
  const { name, params } = variant;
  const known = parametersOf(params);
  const from = options.from ?? known.places.length;
  const subject = options.subject ?? name;
  const required = params.filter(({ form, facts }) => form === 'key' && facts.has('required'));
  const canBeOff = known.literals.has('off');
  return (checking) => {
    const { args, report } = checking;
    if (canBeOff && args.length === 1 && args[0]!.text === 'off') return;
    let place = 0;
    let isOdd = false;
    const words = args.slice(options.from ?? 0);
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!;
      const apart = blanksAround(words, index, known);
      if (apart > 0) {
        report(word, `${keyOf(word.text)} has blanks around its =`, { help: 'write it in one word' });
        index += apart;
      } else if (isParameter(word, known)) parameter(checking, word, known, subject);
      else if (place < from && options.from === undefined) place++;
      else if (!word.text.includes('$')) {
        unknownParameter(checking, word, known, subject);
        isOdd = true;
      }
    }
    // The odd one may well be the one that is missed.
    if (isOdd) return;
    for (const { name: key } of required) {
      if (!args.some(({ text }) => text.startsWith(`${key}=`))) report(undefined, `${name} has no ${key}=`);
    }
    exclusions(checking, known);
  };
}

export const keyOf = (text: string): string => {
  const sign = text.indexOf('=');
  return sign < 0 ? text : text.slice(0, sign);
};

export function isParameter({ text }: Word, { literals, keys, prefixes }: Parameters): boolean {
  if (literals.has(text)) return true;
  const param = keys.get(keyOf(text));
  if (param && (text.includes('=') || param.facts.has('bare'))) return true;
  const colon = text.indexOf(':');
  return colon > 0 && prefixes.has(text.slice(0, colon));
}

export function parameter(
  { version, report }: Checking,
  word: Word,
  known: Parameters,
  subject: string,
): void {
  const { text } = word;
  const sign = text.indexOf('=');
  const param =
    known.literals.get(text) ??
    known.keys.get(keyOf(text)) ??
    known.prefixes.get(text.slice(0, text.indexOf(':')));
  if (!param) return;
  const { facts, name } = param;
  // removed-directive and deprecated-directive speak of these.
  if (facts.has('removed')) return;
  const since = facts.get('since');
  const plusSince = facts.has('plus') || facts.has('plus-since');
  if (since !== undefined && !plusSince && atLeast(version, since) === false) {
    report(word, `${subject} takes ${name} since nginx ${since}`);
    return;
  }
  if (param.form !== 'key' || sign < 0) return;
  keyValue(word, text.slice(sign + 1), param, report);
}

function keyValue(word: Word, value: string, param: Param, report: Checking['report']): void {
  const { name, type, facts } = param;
  if (value.includes('$')) return;
  if (type === 'name:size') {
    sizedZone(word, value, param, report);
    return;
  }
  const slot: Slot = { type, values: param.values, min: param.min, max: param.max };
  const expected = rejection(value, slot);
  if (expected === undefined) return;
  const meant = facts.has('any-case') ? undefined : meantValue(value, slot);
  report(
    word,
    `${name} is ${value === '' ? 'empty' : shown(value)}, not ${expected}`,
    meant === undefined ? {} : { meant: `${name}=${meant}` },
  );
}

/** A shared memory zone: ngx_shared_memory_add() is given `name` and `size`, of some pages at least. */
function sizedZone(word: Word, value: string, { name, facts }: Param, report: Checking['report']): void {
  const colon = value.indexOf(':');
  const [zone, size] = colon < 0 ? [value, ''] : [value.slice(0, colon), value.slice(colon + 1)];
  if (zone === '') report(word, `${name}= names no zone`);
  else if (size === '') report(word, `${name}=${shown(value)} has no size such as :10m`);
  else {
    const expected = rejection(size, { type: 'size' });
    const meant = meantValue(size, { type: 'size' });
    if (expected !== undefined) {
      report(
        word,
        `the size of zone ${zone} is ${shown(size)}, not ${expected}`,
        meant === undefined ? {} : { meant: `${name}=${zone}:${meant}` },
      );
      return;
    }
    const least = Number(facts.get('pages') ?? 0) * 4096;
    if (bytes(size) < least) report(word, `zone ${zone} of ${size} is smaller than ${least / 1024}k`);
  }
}

/** Words that everybody but nginx uses. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['max_fail=', 'max_fails='],
  ['fails=', 'max_fails='],
  ['timeout=', 'fail_timeout='],
  ['fail_time=', 'fail_timeout='],
  ['max_connections=', 'max_conns='],
  ['maxconn=', 'max_conns='],
  ['disabled', 'down'],
  ['slave', 'backup'],
  ['standby', 'backup'],
  ['http3', 'quic'],
  ['http/2', 'http2'],
  ['h2', 'http2'],
  ['https', 'ssl'],
  ['tls', 'ssl'],
  ['no_delay', 'nodelay'],
]);

/** How many words after one belong to it: `weight = 2`, `weight= 2`, `weight =2`. */
function blanksAround(words: readonly Word[], index: number, { keys }: Parameters): number {
  const text = words[index]!.text;
  const next = words[index + 1]?.text;
  if (next === undefined || !keys.has(keyOf(text))) return 0;
  if (text.endsWith('=')) return 1;
  if (text.includes('=') || !next.startsWith('=')) return 0;
  return next === '=' && words[index + 2] ? 2 : 1;
}

export function unknownParameter(
  { report, version }: Checking,
  word: Word,
  { names, keys, literals }: Parameters,
  subject: string,
): void {
  const { text } = word;
  const sign = text.indexOf('=');
  const written = sign < 0 ? text : text.slice(0, sign + 1);
  if (keys.has(written.replace(/[:-]$/, '')) && sign < 0) {
    report(word, `${written} needs = and a value`);
    return;
  }
  const synonym = synonyms.get(written.toLowerCase());
  const meant = synonym !== undefined && names.includes(synonym) ? synonym : slip(written, names);
  const since = meant === undefined ? undefined : literals.get(meant)?.facts.get('since');
  const near = since !== undefined && atLeast(version, since) === false ? undefined : meant;
  const says = `${shown(written)} is no parameter of ${subject}`;
  if (near === undefined) report(word, says, { isForeign: true });
  else report(word, says, sign < 0 ? { meant: near } : moved(written, near, text.slice(sign + 1)));
}

/** A parameter as it was meant with its value, of which a letter or digit may stand on the other side of the sign: `vali=d30s`. */
function moved(written: string, near: string, value: string): Extra {
  const name = near.slice(0, -1);
  const last = written.at(-2)!;
  if (`${name}${last}=` === written && /\d/.test(last) && /^\d/.test(value))
    return { meant: `${near}${last}${value}`, isDoubtful: true };
  const isTorn = value !== '' && `${written.slice(0, -1)}${value[0]}` === name;
  return isTorn
    ? { meant: near + value.slice(1), isDoubtful: !/^\d/.test(value.slice(1)) }
    : { meant: near + value };
}

function slip(written: string, names: readonly string[]): string | undefined {
  const hasSign = written.endsWith('=');
  const near = suggest(
    written,
    names.filter((name) => name.endsWith('=') === hasSign),
  );
  return near?.certain ? near.word : undefined;
}

/** Parameters that cannot stand together. */
function exclusions({ args, report, statement }: Checking, { literals, keys }: Parameters): void {
  if (statement.name !== 'listen' || args.length < 3) return;
  for (const word of args.slice(1)) {
    const excluded = (literals.get(word.text) ?? keys.get(keyOf(word.text)))?.facts
      .get('excludes')
      ?.split('|');
    const other = excluded && args.find(({ text }) => excluded.includes(keyOf(text)));
    if (other) report(word, `${keyOf(word.text)} cannot stand beside ${keyOf(other.text)}`);
  }
}
