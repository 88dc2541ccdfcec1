/** What a block says, in one spelling, so that two can be compared. */
import type { Span } from '../../../grammar/text.ts';
import { headSpan } from '../../../grammar/tree.ts';
import { parsePrefixed } from '../net.ts';
import { number } from './settings.ts';
import type { Statement } from './statements.ts';

/** A statement under the name that it is known by, with its words in one spelling. */
export interface Meaning {
  readonly name: string;
  readonly args: readonly string[];
  /** In the order of the file. */
  readonly body: readonly Meaning[];
  /** The lines of a list, in the order of the file. */
  readonly lines: readonly string[];
  /** All of it in one text, in which the order of lines does not count. */
  readonly text: string;
  /** It says what holds without it. */
  readonly isDefault: boolean;
  readonly at: Span;
}

/** Words whose case does not matter are in capitals where the daemon shows them. */
const anyCase = /^(?:tcp|udp|sctp)$/i;

/** The words of a statement in one spelling. */
export const spelledArgs = ({ args }: Statement): readonly string[] => args.map(({ text }) => spelling(text));

/** The meaning of a statement and of all in it. Settings of one node only, such as a source address, are left out. */
export function meaningOf(statement: Statement): Meaning {
  const { keyword, directive } = statement;
  const name = keyword?.aliasOf ?? keyword?.name ?? directive.name.text;
  const words = spelledArgs(statement);
  const body = statement.body
    .filter((each) => !/^(?:bindto|bind_if|bind_port)$/.test(each.keyword?.name ?? ''))
    .map(meaningOf);
  const lines = statement.items.map((item) =>
    [item.name, ...item.args].map(({ text }) => spelling(text)).join(' '),
  );
  const inner = [...body.filter(({ isDefault }) => !isDefault).map(({ text }) => text), ...lines].sort();
  return {
    name,
    args: words,
    body,
    lines,
    text: [name, ...words, ...(inner.length > 0 ? ['{', ...inner, '}'] : [])].join(' '),
    isDefault:
      keyword?.default !== undefined && body.length === 0 && words.join(' ') === spelling(keyword.default),
    at: headSpan(directive),
  };
}

function spelling(text: string): string {
  const address = parsePrefixed(text);
  if (address) return address.explicit ? `${address.text}/${address.prefix}` : address.text;
  const value = /^\d+(?:\.\d+)?$/.test(text) ? number(text) : undefined;
  return value !== undefined ? `${value}` : anyCase.test(text) ? text.toUpperCase() : text;
}
