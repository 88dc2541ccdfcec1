/** What gives the variables of a configuration their texts. */
import { definers } from '../../../../grammar/tables/variables.ts';
import type { Span } from '../../../../grammar/text.ts';
import { type Directive, headSpan } from '../../../../grammar/tree.ts';
import { type PatternUse, patternSpan } from '../pattern-use.ts';
import { around, moduleOf, type Statement } from '../statement.ts';
import { blockOf } from './rewrite.ts';

/** The parts of the model that define variables. */
export interface Definers {
  readonly named: (name: string) => readonly Statement[];
  readonly entries: (statement: Statement) => Iterable<Directive>;
  readonly patterns: () => readonly PatternUse[];
}

/** Something that gives a variable its text, and is no `set`. */
export interface Definition {
  readonly kind: 'map' | 'finite' | 'group' | 'unknown';
  readonly statement: Statement;
  readonly at: Span;
  /** That with the group. */
  readonly pattern?: PatternUse;
  readonly subject: string;
}

/** What gives a variable its texts, by where it does. */
export interface Makers {
  /** For any request. */
  readonly everywhere: readonly Definition[];
  /** Groups of patterns, by the server or location that is chosen by them, or whose rewrite module matches them. */
  readonly inside: ReadonlyMap<Statement, readonly Definition[]>;
  /** The servers with a `set` of it. */
  readonly setIn: ReadonlySet<Statement | undefined>;
}

const noMakers = () => ({
  everywhere: [] as Definition[],
  inside: new Map<Statement, Definition[]>(),
  setIn: new Set<Statement | undefined>(),
});

const finite = new Set(['geo', 'split_clients']);

/** Whether a geo leaves the variable empty for some clients. */
export const leavesSome = ({ name }: Statement, lines: Iterable<Directive>): boolean =>
  name === 'geo' &&
  ![...lines].some(({ name: { text } }) => /^(?:default|include|0\.0\.0\.0\/0)$/.test(text));

/** What gives each variable its texts, by module and name. */
export function makersIn({ named, entries, patterns }: Definers): ReadonlyMap<string, Makers> {
  const found = new Map<string, ReturnType<typeof noMakers>>();
  const makersOf = (module: string, name: string): ReturnType<typeof noMakers> => {
    const key = `${module} ${name.toLowerCase()}`;
    const makers = found.get(key) ?? noMakers();
    found.set(key, makers);
    return makers;
  };
  const add = (module: string, name: string, definition: Definition): void => {
    const { everywhere, inside } = makersOf(module, name);
    const block = definition.kind === 'group' ? matchedIn(definition.statement) : undefined;
    if (!block) everywhere.push(definition);
    else inside.set(block, [...(inside.get(block) ?? []), definition]);
  };
  for (const module of ['http', 'stream'] as const) {
    for (const [directive, definer] of definers(module)) {
      for (const statement of named(directive)) {
        if (moduleOf(statement.context) !== module) continue;
        const at = headSpan(statement.directive);
        if (definer.at === 'argument') {
          const name = statement.directive.args.at(definer.index)?.text ?? '';
          if (!name.startsWith('$')) continue;
          const kind = directive === 'map' ? directive : finite.has(directive) ? 'finite' : 'unknown';
          if (directive === 'set') makersOf(module, name.slice(1)).setIn.add(around(statement, 'server'));
          else add(module, name.slice(1), { kind, statement, at, subject: '' });
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

/** The server or location without which a pattern does not match; undefined for that of a map. */
const matchedIn = (statement: Statement): Statement | undefined =>
  statement.name === 'map' ? undefined : statement.name === 'location' ? statement : blockOf(statement);
