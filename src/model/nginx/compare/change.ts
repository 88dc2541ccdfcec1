/** What a comparison of two nginx configurations is given, and what it finds. */
import type { Span } from '../../../../grammar/text.ts';
import type { Ground } from '../../located.ts';
import type { NginxModel } from '../index.ts';

/** One of the two configurations. */
export interface Side {
  readonly model: NginxModel;
  /** Puts one mark in place of names and addresses of the nodes themselves. */
  readonly neutral: (text: string) => string;
  /** Addresses that move between the nodes; any other address in a `listen` is the node's own. */
  readonly moves: (address: string) => boolean;
}

/** What `make` gives for something of a side, made once: all nodes of a cluster are compared with one. */
export function remembered<T extends object, R>(make: (side: Side, of: T) => R): (side: Side, of: T) => R {
  const known = new WeakMap<Side, Map<T, R>>();
  return (side, of) => {
    const made = known.get(side) ?? new Map<T, R>();
    known.set(side, made);
    const result = made.get(of) ?? make(side, of);
    made.set(of, result);
    return result;
  };
}

/** Something that one side says otherwise, or does not say. */
export interface ChangePart {
  /** The directive, or the word that names a thing: `client_max_body_size`, `server 10.0.1.11:8080`. */
  readonly name: string;
  /** What each side says in few words; undefined where it says nothing, and where it is long or secret. */
  readonly here: string | undefined;
  readonly there: string | undefined;
  /** Where each side says it; undefined where it does not. */
  readonly at: Span | undefined;
  readonly expected: Span | undefined;
  /** What else it rests on: the lines it is part of, an upstream that a side has and does not pass to as the other does. */
  readonly also?: readonly Ground[];
}

/** The differences of one object. */
export interface Change {
  readonly kind: 'upstream' | 'listen' | 'server-name' | 'tls' | 'other';
  /** In words: `upstream app`, `server example.com`, `location /api of example.com`, `http`. */
  readonly object: string;
  /** Whether the object as a whole is on one side only. */
  readonly presence: 'here' | 'there' | 'both';
  readonly parts: readonly ChangePart[];
  readonly at: Span;
  readonly expected: Span | undefined;
  /** Where the object itself begins on either side, or the block that lacks it. */
  readonly heads?: Heads;
}

export type Heads = readonly [here: Span | undefined, there: Span | undefined];

/** The two sides, and what is known of both. */
export interface Comparison {
  readonly here: Side;
  readonly there: Side;
  /** Upstreams that are called otherwise `here`, by their names. */
  readonly renamed: Map<string, string>;
}
