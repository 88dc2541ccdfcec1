/** What gives the variables of a configuration their texts. */
import { definers } from '../../../../grammar/tables/variables.ts';
import type { Span } from '../../../../grammar/text.ts';
import { type Directive, headSpan, type Word, wordSpan } from '../../../../grammar/tree.ts';
import { conditionOf } from '../condition.ts';
import { type Pattern, patternOf } from '../pattern.ts';
import { locationOf } from '../server.ts';
import { moduleOf, type Statement } from '../statement.ts';

/** The parts of the model that define variables. */
export interface Definers {
  readonly named: (name: string) => readonly Statement[];
  readonly entries: (statement: Statement) => Iterable<Directive>;
}

/** Something that gives a variable its text. */
export interface Definition {
  readonly kind: 'set' | 'map' | 'finite' | 'group' | 'unknown';
  readonly statement: Statement;
  readonly at: Span;
  readonly pattern?: Pattern | undefined;
  readonly subject: string;
}

const finite = new Set(['geo', 'split_clients']);

/** Whether a geo leaves the variable empty for some clients. */
export const leavesSome = ({ name }: Statement, lines: Iterable<Directive>): boolean =>
  name === 'geo' &&
  ![...lines].some(({ name: { text } }) => /^(?:default|include|0\.0\.0\.0\/0)$/.test(text));

/** Every definition, by module and name. */
export function definitionsIn({ named, entries }: Definers): Map<string, Definition[]> {
  const found = new Map<string, Definition[]>();
  const add = (module: string, name: string, definition: Definition): void => {
    const key = `${module} ${name.toLowerCase()}`;
    const list = found.get(key);
    if (list) list.push(definition);
    else found.set(key, [definition]);
  };
  for (const module of ['http', 'stream'] as const) {
    for (const [directive, definer] of definers(module)) {
      for (const statement of named(directive)) {
        if (moduleOf(statement.context) !== module) continue;
        const at = headSpan(statement.directive);
        const kind: Definition['kind'] =
          directive === 'set' || directive === 'map'
            ? directive
            : finite.has(directive)
              ? 'finite'
              : 'unknown';
        if (definer.at === 'argument') {
          const name = statement.directive.args.at(definer.index)?.text ?? '';
          if (name.startsWith('$')) add(module, name.slice(1), { kind, statement, at, subject: '' });
        }
        if (definer.at === 'key') {
          for (const { text } of statement.directive.args) {
            if (text.startsWith(`${definer.key}$`))
              add(module, text.slice(definer.key.length + 1), {
                kind: 'unknown',
                statement,
                at,
                subject: '',
              });
          }
        }
        if (definer.at === 'block') {
          for (const { name } of entries(statement))
            if (name.text.startsWith('$'))
              add(module, name.text.slice(1), { kind: 'unknown', statement, at, subject: '' });
        }
      }
    }
  }
  const groups = (
    statement: Statement,
    directive: Directive,
    word: Word,
    text: string,
    ignoreCase: boolean,
    subject: string,
  ): void => {
    if (!text.includes('(?')) return;
    const pattern = patternOf(text, ignoreCase);
    const at = wordSpan(directive, word);
    for (const [, name = ''] of text.matchAll(/\(\?P?[<']([A-Za-z_]\w*)[>']/g)) {
      const module = moduleOf(statement.context);
      add(module, name, { kind: 'group', statement, at, pattern, subject });
    }
  };
  for (const statement of named('location')) {
    const { modifier, path } = locationOf(statement);
    const { directive } = statement;
    if (modifier.startsWith('~') && path.value !== undefined)
      groups(statement, directive, directive.args.at(-1)!, path.value, modifier === '~*', '$uri');
  }
  for (const statement of named('server_name')) {
    for (const word of statement.directive.args)
      if (word.text.startsWith('~'))
        groups(statement, statement.directive, word, word.text.slice(1), true, '$host');
  }
  for (const statement of named('rewrite')) {
    const word = statement.directive.args[0];
    if (word) groups(statement, statement.directive, word, word.text, false, '$uri');
  }
  for (const statement of named('if')) {
    const condition = conditionOf(statement.directive);
    if (condition?.pattern)
      groups(
        statement,
        statement.directive,
        condition.value,
        condition.value.text,
        condition.ignoreCase,
        `$${condition.variable}`,
      );
  }
  for (const statement of named('map')) {
    const subject = statement.directive.args[0]?.text ?? '';
    for (const entry of entries(statement)) {
      const [modifier] = /^~\*?/.exec(entry.name.text) ?? [];
      if (!modifier) continue;
      const text = entry.name.text.slice(modifier.length);
      groups(statement, entry, entry.name, text, modifier === '~*', subject);
    }
  }
  return found;
}
