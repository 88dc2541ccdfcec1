/** How a shell script is cut into words and operators. */

/** A word or an operator, and where it stands. */
export interface Token {
  readonly text: string;
  /** Operators and line ends; everything else is a word. */
  readonly operator: boolean;
  /** Some of it was quoted, so it is no reserved word. */
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

/** What nests deeper is not understood. */
export const deepest = 40;

/** The words and operators of a script; undefined where a quote never ends, or a text is given in place. */
export function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text[at]!;
    if (character === ' ' || character === '\t' || character === '\r') {
      at++;
    } else if (character === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      at = text.indexOf('\n', at) + 1;
    } else if (character === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith('<<', at)) {
      return undefined;
    } else {
      const [operator] = /^(?:\n|&&|\|\||;;|\|&|[;&|()])/.exec(text.slice(at, at + 2)) ?? [];
      // `2>&1`, `&>file` and the like belong to a word.
      if (operator !== undefined && !(operator === '&' && text[at + 1] === '>')) {
        tokens.push({ text: operator, operator: true, quoted: false, start: at, end: at + operator.length });
        at += operator.length;
        continue;
      }
      const end = wordEnd(text, at);
      if (end === undefined) return undefined;
      const written = text.slice(at, end);
      const quoted = /["'\\]/.test(written);
      tokens.push({ text: quoted ? unquoted(written) : written, operator: false, quoted, start: at, end });
      at = end;
    }
  }
  return tokens;
}

/** Where the word that starts at `at` ends. */
function wordEnd(text: string, from: number): number | undefined {
  let at = from;
  while (at < text.length) {
    const character = text[at]!;
    if (/[ \t\r\n;|()]/.test(character)) return at;
    if (character === '&' && text[at - 1] !== '>' && text[at - 1] !== '<' && text[at + 1] !== '>') return at;
    const end = character === '\\' ? at + 2 : /["'`$]/.test(character) ? stretchEnd(text, at, 0) : at + 1;
    if (end === undefined) return undefined;
    at = end;
  }
  return Math.min(at, text.length);
}

/** The end of a quoted stretch, a substitution or a mere character. */
function stretchEnd(text: string, at: number, depth: number): number | undefined {
  if (depth > deepest) return undefined;
  const character = text[at]!;
  if (character === "'") {
    const end = text.indexOf("'", at + 1);
    return end < 0 ? undefined : end + 1;
  }
  if (character === '"' || character === '`') {
    for (let inner = at + 1; inner < text.length; ) {
      if (text[inner] === character) return inner + 1;
      if (text[inner] === '\\') inner += 2;
      else if (text[inner] === '$' && character === '"') {
        const end = stretchEnd(text, inner, depth + 1);
        if (end === undefined) return undefined;
        inner = end;
      } else inner++;
    }
    return undefined;
  }
  if (character !== '$' || !/[({]/.test(text[at + 1] ?? '')) return at + 1;
  const [open, close] = text[at + 1] === '(' ? ['(', ')'] : ['{', '}'];
  let nesting = 0;
  for (let inner = at + 1; inner < text.length; ) {
    const sign = text[inner]!;
    if (sign === open) nesting++;
    if (sign === close && --nesting === 0) return inner + 1;
    const end =
      sign === '\\' ? inner + 2 : /["'`]/.test(sign) ? stretchEnd(text, inner, depth + 1) : inner + 1;
    if (end === undefined) return undefined;
    inner = end;
  }
  return undefined;
}

const unquoted = (text: string): string =>
  text.replace(
    /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs,
    (_, escaped, double, single) => escaped ?? double ?? single ?? '',
  );
