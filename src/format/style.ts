/** Colour as a set of functions, so that formats stay text in, text out. */

export type Paint = (text: string) => string;

export interface Style {
  readonly error: Paint;
  readonly warning: Paint;
  readonly info: Paint;
  readonly strong: Paint;
  readonly quiet: Paint;
  readonly good: Paint;
}

const same: Paint = (text) => text;

/** No colour at all. */
export const plain: Style = { error: same, warning: same, info: same, strong: same, quiet: same, good: same };

/** The terminal's sixteen colours, which follow the operator's theme. */
export async function colourful(): Promise<Style> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return {
    error: chalk.red.bold,
    warning: chalk.yellow.bold,
    info: chalk.cyan.bold,
    strong: chalk.bold,
    quiet: chalk.blue,
    good: chalk.green.bold,
  };
}

/** `text` with what could steer a terminal, or reorder its letters, made visible. */
export const visible = (text: string): string =>
  text.replace(
    /[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => {
      const code = character.charCodeAt(0);
      if (code < 0x20) return String.fromCharCode(0x2400 + code);
      return code === 0x7f ? '\u2421' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
    },
  );

/** `1 error`, `2 errors`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
