/** What gives the variables of a configuration their texts. */
import { definers } from '../../../../grammar/tables/variables.ts';
import type { Span } from '../../../../grammar/text.ts';
import { type Directive, headSpan } from '../../../../grammar/tree.ts';
import { type PatternUse, patternSpan } from '../pattern-use.ts';
import { moduleOf, type Statement } from '../statement.ts';

/** The parts of the model that define variables. */
export interface Definers {
  readonly named: (name: string) => readonly Statement[];
  readonly entries: (statement: Statement) => Iterable<Directive>;
  readonly patterns: () => readonly PatternUse[];
}

/** Something that gives a variable its text. */
export interface Definition {
  readonly kind: 'set' | 'map' | 'finite' | 'group' | 'unknown';
  readonly statement: Statement;
  readonly at: Span;
  /** That with the group. */
  readonly pattern?: PatternUse;
  readonly subject: string;
}

const finite = new Set(['geo', 'split_clients']);

/** Whether a geo leaves the variable empty for some clients. */
export const leavesSome = ({ name }: Statement, lines: Iterable<Directive>): boolean =>
  name === 'geo' &&
  ![...lines].some(({ name: { text } }) => /^(?:default|include|0\.0\.0\.0\/0)$/.test(text));

/** Every definition, by module and name. */
export function definitionsIn({ named, entries, patterns }: Definers): Map<string, Definition[]> {
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
  for (const use of patterns()) {
    if (!use.text.includes('(?')) continue;
    for (const [, name = ''] of use.text.matchAll(/\(\?P?[<']([A-Za-z_]\w*)[>']/g)) {
      for (const place of use.places) {
        const { statement } = place;
        const definition = { statement, at: patternSpan(place), pattern: use, subject: use.subject };
        // What a backend says is nobody's that is known.
        const kind = use.subject === '' ? 'unknown' : 'group';
        add(moduleOf(statement.context), name, { kind, ...definition });
      }
    }
  }
  return found;
}
