/** What PCRE cannot compile. */

/** Why PCRE refuses a pattern. */
export interface RegexFault {
  /** Words that follow the pattern: `has ( without )`. */
  readonly says: string;
  /** PCRE1 took it: only nginx from this version on, which uses PCRE2, refuses it. */
  readonly since?: string;
}

/** nginx: CHANGES of 1.21.5. */
const withPcre2 = '1.21.5';

/** What is read of a pattern, left to right. */
interface Reader {
  readonly pattern: string;
  at: number;
  /** A quantifier may stand here. */
  canRepeat: boolean;
  /** The groups around, outer ones first. */
  readonly around: Group[];
  groups: number;
  readonly names: Set<string>;
  /** Groups that something refers to by number or name. */
  readonly references: (number | string)[];
}

/** What a group is: `behind` looks back and `ahead` forward, both without taking what they see. */
type Group = 'behind' | 'ahead' | 'other';

type Step = RegexFault | undefined;

const fault = (says: string): RegexFault => ({ says });
const newFault = (says: string): RegexFault => ({ says, since: withPcre2 });

/** Here letters mean something else, names may be given twice, or rarely used words follow. */
const beyondUs = /\\Q|\(\?(?:[*C]|\((?!(?:\d+|<\w+>|'\w+')\))|<\*|[a-zA-Z^]*J)/;

/** From here on blanks and comments may count for nothing. */
const extended = /\(\?[a-zA-Z^]*x/;

/** What may stand at the beginning only (pso_list[] of PCRE2 10.45, some of it older names). */
const beginnings =
  /^(?:\(\*(?:UTF(?:8|16|32)?|UCP|CRLF|CR|LF|NUL|ANY(?:CRLF)?|BSR_(?:ANYCRLF|UNICODE)|NOTEMPTY(?:_ATSTART)?|NO_(?:AUTO_POSSESS|DOTSTAR_ANCHOR|JIT|START_OPT)|CASELESS_RESTRICT|TURKISH_CASING|LIMIT_(?:MATCH|RECURSION|DEPTH|HEAP)=\d+)\))*/;
const verb = /^\(\*(?:(?:ACCEPT|COMMIT|FAIL|F|PRUNE|SKIP|THEN)(?::[^)]*)?|(?:MARK)?:[^)]+)\)/;
const namedAssertion =
  /^\(\*(?:(na)?(pl|nl)(a|b)|(?:non_atomic_)?(?:positive|negative)_look(ahead|behind)|atomic|a?sr|(?:atomic_)?script_run|scs|scan_substring):/;

/** Why PCRE cannot compile `pattern`; undefined when it can, or when there is any doubt. */
export function regexFault(pattern: string): RegexFault | undefined {
  if (beyondUs.test(pattern) || (extended.test(pattern) && /[\s#]/.test(pattern))) return undefined;
  const reader: Reader = {
    pattern,
    // Of these only their order matters, and any will do.
    at: beginnings.exec(pattern)![0].length,
    canRepeat: false,
    around: [],
    groups: 0,
    names: new Set(),
    references: [],
  };
  while (reader.at < pattern.length) {
    const wrong = step(reader);
    if (wrong) return wrong;
  }
  if (reader.around.length > 0) return fault('has ( without )');
  const lost = reader.references.find((each) =>
    typeof each === 'number' ? each > reader.groups : !reader.names.has(each),
  );
  return lost === undefined ? undefined : fault(`refers to a group ${lost}, which it does not have`);
}

/** The names of a pattern's groups. */
export const groupNames = (pattern: string): readonly string[] =>
  pattern.includes('(?')
    ? [...pattern.matchAll(/\(\?(?:P?<|')([A-Za-z_]\w*)[>']/g)].map(([, name]) => name!)
    : [];

function step(reader: Reader): Step {
  const { pattern, at } = reader;
  switch (pattern[at]) {
    case '\\':
      return escaped(reader);
    case '[':
      return group(reader);
    case '(':
      return open(reader);
    case ')':
      reader.at++;
      reader.canRepeat = true;
      return reader.around.pop() === undefined ? fault('has ) without (') : undefined;
    case '*':
    case '+':
    case '?':
      return repeat(reader, pattern[at]!);
    case '{': {
      const [count, least = '', most] = /^\{(\d+)(?:,(\d*))?\}/.exec(pattern.slice(at, at + 20)) ?? [];
      if (count === undefined) break;
      if (Math.max(Number(least), Number(most ?? 0)) > 65535) return fault(`has ${count}: at most 65535`);
      if (most && Number(most) < Number(least)) return fault(`has ${count}, which runs backwards`);
      return repeat(reader, count);
    }
  }
  reader.canRepeat = !/[|^$]/.test(pattern[at]!);
  reader.at++;
  return undefined;
}

function repeat(reader: Reader, count: string): Step {
  if (!reader.canRepeat) return fault(`has ${count} with nothing before it to repeat`);
  // Since PCRE2 10.43 a look-behind may have several lengths, but never any.
  if (/^(?:[*+]|\{\d+,\})$/.test(count) && reader.around.findLast((each) => each !== 'other') === 'behind')
    return fault(`has ${count} in a look-behind, which must have an end`);
  reader.at += count.length;
  if (/[?+]/.test(reader.pattern[reader.at] ?? '')) reader.at++;
  reader.canRepeat = false;
  return undefined;
}

function open(reader: Reader): Step {
  const { pattern, at } = reader;
  const rest = pattern.slice(at, at + 200);
  if (/^\(\*[A-Za-z:]/.test(rest)) return verbOf(reader, rest);
  if (rest.startsWith('(?#')) {
    const end = pattern.indexOf(')', at);
    reader.at = end + 1;
    // What stood before it can be repeated still.
    reader.canRepeat = true;
    return end < 0 ? fault('has (?# without )') : undefined;
  }
  reader.canRepeat = false;
  const [flags] = /^\(\?(?:\)|(?!P|R\))[a-zA-Z^-]+(?!\d).?)/s.exec(rest) ?? [];
  if (flags) return setFlags(reader, flags);
  const [call, number, name] = /^\(\?(?:R|(\d+)|P[=>](\w+)|&(\w+))\)/.exec(rest) ?? [];
  if (call) {
    if (number ?? name) reader.references.push(number === undefined ? name! : Number(number));
    reader.at += call.length;
    reader.canRepeat = true;
    return undefined;
  }
  const [condition, which] = /^\(\?\(['<]?(\w+)['>]?\)/.exec(rest) ?? [];
  if (condition && which) reader.references.push(/^\d/.test(which) ? Number(which) : which);
  reader.around.push(/^\(\?<[=!]/.test(rest) ? 'behind' : /^\(\?[=!]/.test(rest) ? 'ahead' : 'other');
  const [start, inAngles, inQuotes] = /^\(\?(?:P?<(?![=!])([^>)]*)>?|'([^')]*)'?)/.exec(rest) ?? [];
  if (start === undefined) {
    const [odd] = /^\(\?(?:(?![:=!>|<+^(]|-?[\da-zA-Z]).|P[^<=>])/s.exec(rest) ?? [];
    if (odd) return fault(`has ${odd}, which PCRE does not know`);
    if (rest[1] !== '?') reader.groups++;
    reader.at += (condition ?? /^\((?:\?(?:<?[=!]|[:>|])?)?/.exec(rest)![0]).length;
    return undefined;
  }
  const given = inAngles ?? inQuotes ?? '';
  if (!/^[A-Za-z_]\w*$/.test(given) || !/[>']$/.test(start)) {
    return fault(
      given === '' ? 'has a group with an empty name' : `names a group ${given}, which is no name`,
    );
  }
  if (reader.names.has(given) && !reader.pattern.includes('(?|')) return fault(`names two groups ${given}`);
  if (given.length > 128) return fault('names a group with more than 128 characters');
  reader.names.add(given);
  reader.groups++;
  reader.at += start.length;
  return undefined;
}

/** `(*FAIL)`, `(*pla:…)`: what follows `(*` has to be a word that PCRE knows. */
function verbOf(reader: Reader, rest: string): Step {
  const [whole] = verb.exec(rest) ?? [];
  if (whole) {
    reader.at += whole.length;
    reader.canRepeat = true;
    return undefined;
  }
  const [start, , , side, way] = namedAssertion.exec(rest) ?? [];
  if (start === undefined) return fault(`has ${/^\(\*\w*/.exec(rest)![0]}, which PCRE does not know here`);
  reader.around.push(
    side === 'b' || way === 'behind' ? 'behind' : side === 'a' || way === 'ahead' ? 'ahead' : 'other',
  );
  reader.at += start.length;
  return undefined;
}

/** `(?i)` for the rest of a group, `(?i:` for a group of its own. */
function setFlags(reader: Reader, flags: string): Step {
  const end = flags.at(-1)!;
  const unknown = /[^imnsUxaDSWPTr^?(:)-]/.exec(flags)?.[0];
  if (unknown !== undefined && /[a-zA-Z]/.test(unknown))
    return fault(`has ${flags}, and PCRE knows no flag ${unknown}`);
  if (/[a-zA-Z^-]/.test(end)) return fault('has ( without )');
  if (!/^\(\?\^?[a-zA-Z]*(?:(?<!\^.*)-[a-zA-Z]*)?[:)]$/.test(flags))
    return fault(`has ${flags}, which PCRE does not know`);
  if (end === ':') reader.around.push('other');
  reader.at += flags.length;
  return undefined;
}

/** Escapes that stand for a place, and so cannot be repeated. */
const places = /[AzZbBGK]/;

function escaped(reader: Reader): Step {
  const { pattern, at } = reader;
  const rest = pattern.slice(at + 1, at + 100);
  const letter = rest[0];
  if (letter === undefined) return fault('ends in a backslash');
  const taken = /^(?:[pP](?:\{[^}]*\}|.)|x\{[^}]*\}|o\{[^}]*\}|N\{[^}]*\}|c.)/s.exec(rest)?.[0] ?? letter;
  reader.at += 1 + taken.length;
  // It ends what \Q begins, and else is nothing.
  if (letter !== 'E') reader.canRepeat = !places.test(letter);
  if (/[1-9]/.test(letter)) {
    const [digits = ''] = /^\d+/.exec(rest)!;
    // PCRE: read_number(); other numbers are octal codes.
    if (Number(digits) < 10 || letter > '7') reader.references.push(Number(digits));
    else if (/^[4-7][0-7]{2}/.test(digits) && !/\(\*UTF/.test(pattern))
      return fault(`has \\${digits.slice(0, 3)}, a code above 377`);
    reader.at += digits.length - 1;
    return undefined;
  }
  if (letter === 'g' || letter === 'k') return reference(reader, rest);
  if ((letter === 'o' || letter === 'c') && taken.length < 2) return fault(`has \\${letter} without a code`);
  if (/[pP]/.test(letter) && !/^.(?:\{.*\}|[CLMNPSZ])$/i.test(taken))
    return fault(`has \\${letter} without a property`);
  return codeFault(rest, pattern) ?? escapeFault(letter);
}

/** `\x{…}` and octal codes: a character is a byte unless the pattern begins with (*UTF). */
function codeFault(rest: string, pattern: string): Step {
  const [octal, digits = ''] = /^o\{([^}]*)\}?/.exec(rest) ?? [];
  if (octal !== undefined) {
    return /^[0-7]+$/.test(digits) && octal.endsWith('}')
      ? undefined
      : fault(`has \\${octal}, which is no code`);
  }
  const [given, hex] = /^x\{([^}]*)\}?/.exec(rest) ?? [];
  if (given === undefined || hex === undefined) return undefined;
  if (!given.endsWith('}') || !/^[\da-fA-F]+$/.test(hex)) return newFault(`has \\${given}, which is no code`);
  return Number.parseInt(hex, 16) > 255 && !/\(\*UTF/.test(pattern)
    ? fault(`has \\${given}, a code above ff, without (*UTF) at its beginning`)
    : undefined;
}

function escapeFault(letter: string): Step {
  if (/[lLuU]/.test(letter)) return fault(`has \\${letter}, which PCRE does not support`);
  return /[FiIjJmMOqTyY]/.test(letter) ? newFault(`has \\${letter}, which PCRE does not know`) : undefined;
}

function reference(reader: Reader, rest: string): Step {
  const [all, , number, name] = /^([gk])(?:(?<=g)(-?\d+)|(?:\{|<|')([^}>']*)(?:\}|>|'))/.exec(rest) ?? [];
  if (all === undefined) return fault(`has \\${rest[0]} without a group`);
  reader.at += all.length - 1;
  const to = number ?? name ?? '';
  if (/^-?\d+$/.test(to)) {
    // A negative number counts the groups before it, from the last one on.
    const back = reader.groups + 1 + Number(to);
    if (to.startsWith('-') && back < 1) return fault(`refers to a group ${to}, which it does not have`);
    reader.references.push(to.startsWith('-') ? back : Number(to));
  }
  if (/^[A-Za-z_]\w*$/.test(to)) reader.references.push(to);
  return undefined;
}

// ---------------------------------------------------------------------------------------------------------------------
// Characters in brackets

const posixNames =
  /^\^?(?:alpha|lower|upper|alnum|ascii|blank|cntrl|digit|graph|print|punct|space|word|xdigit)$/;

/** `[:name:]` and its like (check_posix_syntax()). */
const posix = /^\[([:.=])((?:(?!\[[:.=])[^\]\\])*?)\1\]/;

/** One member: a character with its code where that is known, or a set of characters. */
interface Member {
  readonly length: number;
  readonly code?: number | undefined;
  readonly isSet?: boolean;
  readonly wrong?: RegexFault | undefined;
}

function group(reader: Reader): Step {
  const { pattern, at: start } = reader;
  const outside = posix.exec(pattern.slice(start, start + 50))?.[0];
  if (outside) return fault(`has ${outside}, which stands only within [ ]`);
  let at = start + 1;
  if (pattern[at] === '^') at++;
  let isFirst = true;
  while (isFirst || pattern[at] !== ']') {
    if (at >= pattern.length) return fault('has [ without ]');
    isFirst = false;
    const first = member(pattern, at);
    if (first.wrong) return first.wrong;
    const from = at;
    at += first.length;
    if (pattern[at] !== '-' || pattern[at + 1] === ']' || at + 1 >= pattern.length) continue;
    const last = member(pattern, at + 1);
    if (last.wrong) return last.wrong;
    const range = pattern.slice(from, at + 1 + last.length);
    if (first.isSet || last.isSet) return newFault(`has ${range}, and no range can begin or end so`);
    at += 1 + last.length;
    if (first.code !== undefined && last.code !== undefined && first.code > last.code) {
      return fault(`has ${range}, a range that runs backwards`);
    }
  }
  reader.at = at + 1;
  reader.canRepeat = true;
  return undefined;
}

const codes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, e: 27, a: 7, b: 8 };

function member(pattern: string, at: number): Member {
  const rest = pattern.slice(at, at + 50);
  const [named, kind, name = ''] = posix.exec(rest) ?? [];
  if (named) {
    const isKnown = kind === ':' && (posixNames.test(name) || /^[<>]$/.test(name));
    return {
      length: named.length,
      isSet: true,
      wrong: isKnown ? undefined : fault(`has ${named}, which PCRE does not know`),
    };
  }
  if (rest[0] !== '\\') return { length: 1, code: codeOf(rest[0]!) };
  const letter = rest[1];
  if (letter === undefined) return { length: 1, wrong: fault('ends in a backslash') };
  if (/[dDwWsShHvV]/.test(letter)) return { length: 2, isSet: true };
  const [long] =
    /^\\(?:[pP](?:\{[^}]*\}|.)|x\{[^}]*\}|x[\da-fA-F]{0,2}|o\{[^}]*\}|[0-7]{1,3}|c.)/s.exec(rest) ?? [];
  if (long && /[pP]/.test(letter)) return { length: long.length, isSet: true };
  if (long) {
    const [, hex] = /^\\x\{?([\da-fA-F]+)\}?$/.exec(long) ?? [];
    const wrong = codeFault(rest.slice(1), pattern);
    if (wrong) return { length: long.length, wrong };
    return { length: long.length, code: hex === undefined ? undefined : Number.parseInt(hex, 16) };
  }
  const wrong = /[ABGKRXZkz]/.test(letter)
    ? newFault(`has \\${letter} within [ ], where it means nothing`)
    : escapeFault(letter);
  return { length: 2, code: codes[letter] ?? (/\w/.test(letter) ? undefined : codeOf(letter)), wrong };
}

/** A code of ASCII; of others the encoding decides how they compare. */
const codeOf = (character: string): number | undefined => {
  const code = character.charCodeAt(0);
  return code < 128 ? code : undefined;
};
