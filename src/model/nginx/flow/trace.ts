/** Where a text is used, and what the followers of texts ask each other. */
import type { Statement } from '../statement.ts';
import type { Definers, Makers } from './definitions.ts';
import type { Outcome } from './outcome.ts';
import { type Ran, ranBefore } from './rewrite.ts';

/** The parts of the model that flow follows. */
export interface Model extends Definers {
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly isOpen: (server: Statement) => boolean;
  readonly isWhole: () => boolean;
}

/** The value of a group, by number or name; undefined where it is none of the pattern's. */
export type Cutter = (wanted: number | string) => readonly Outcome[] | undefined;

/** What follows texts to where they are from. */
export interface Trace {
  readonly model: Model;
  /** What a text may be where it is used; `own` has the groups of the line that it stands in. */
  text(text: string, use: Use, own?: Cutter): readonly Outcome[];
  /** What a variable may be there. */
  variable(name: string, use: Use): readonly Outcome[];
  /** Everything that gives a variable its text; undefined where nothing does. */
  makersOf(module: 'http' | 'stream', name: string): Makers | undefined;
}

/** Where a text is used, and what is known of the variables there. */
export interface Use {
  readonly statement: Statement;
  readonly server: Statement | undefined;
  readonly location: Statement | undefined;
  readonly variables: Map<string, readonly Outcome[]>;
  readonly builtins: Map<string, readonly Outcome[]>;
}

const uses = new WeakMap<Statement, Use[]>();

/** The use of a statement's text, in a location that it is not in where that reads its groups. */
export function useOf(statement: Statement, inside?: { readonly location: Statement | undefined }): Use {
  let list = uses.get(statement);
  if (!list) {
    list = [];
    uses.set(statement, list);
  }
  const around = blocksAround(statement);
  const location = inside ? inside.location : around.location;
  let use = list.find((each) => each.location === location);
  if (!use) {
    use = { statement, server: around.server, location, variables: new Map(), builtins: new Map() };
    list.push(use);
  }
  return use;
}

function blocksAround({ parent }: Statement): Pick<Use, 'server' | 'location'> {
  let location: Statement | undefined;
  for (let at = parent; at; at = at.parent) {
    if (at.name === 'location') location ??= at;
    if (at.name === 'server') return { server: at, location };
  }
  return { server: undefined, location };
}

/** The statements of the rewrite module that ran before a text is used, the last one first. */
export function* before({ statement, server, location }: Use): Generator<Ran> {
  if (location) yield* ranBefore(location, statement);
  if (server) yield* ranBefore(server, statement);
}
