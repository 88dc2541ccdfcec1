/** nginx's statements with their meaning, includes in their places. */
import { rootContexts, takes } from '../../../grammar/nginx/place.ts';
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import {
  bodyContext,
  directivesIn,
  type Variant,
  variantIn,
  variants,
} from '../../../grammar/tables/directives.ts';
import { familyOfName } from '../../../grammar/tables/families.ts';
import type { Directive, File, Word } from '../../../grammar/tree.ts';
import { type Suggestion, suggest } from '../suggest.ts';
import { isSign, reordered, reworded, type Slip } from './blanks.ts';
import { namedElsewhere } from './foreign-names.ts';

/** One statement in its place. A file that is included twice has each of its statements twice. */
export interface Statement {
  readonly directive: Directive;
  /** How its words were meant, where that is not how they stand; `directive` has them as they were meant. */
  readonly slip: Slip | undefined;
  /** The directive it is, or was certainly meant to be where its name is misspelt. */
  readonly name: string;
  /** Where it stands: `main`, `server`, `if in location`, `stream upstream`; empty where nobody knows. */
  readonly context: string;
  /** What nginx's table says of it here; undefined where the name is unknown, or not allowed here. */
  readonly variant: Variant | undefined;
  /** The block around it; undefined on the first level. */
  readonly parent: Statement | undefined;
  /** What stands in its braces; empty for a leaf and for a block of data, whose lines entries() gives. */
  readonly body: readonly Statement[];
}

/** The statements of a configuration. */
export interface Tree {
  /** The first level. */
  readonly statements: readonly Statement[];
  /** All of them, outer ones first, in nginx's order. */
  readonly all: readonly Statement[];
  /** The context of the first level; for a fragment the likeliest one, empty where nothing tells. */
  readonly context: string;
  /** Includes unfold to more than anybody could mean, and the rest was left out. */
  readonly cut: boolean;
}

/** The statements of a name whose words pass a test, which is asked once for all that have the same words. */
export type Where = (name: string, isMeant: (args: readonly Word[]) => boolean) => readonly Statement[];

/** What an include statement stands for. */
export type Included = ReadonlyMap<Directive, readonly File[]>;

/** A file that is included often multiplies; no configuration that a person means comes near. */
const mostStatements = 2_000_000;
const deepestInclude = 64;
/** A file with more names that nginx does not know is no nginx file, and guessing costs time. */
export const mostGuesses = 1000;

type Growing = { -readonly [K in keyof Statement]: Statement[K] } & { body: Growing[] };

interface Frame {
  readonly items: readonly Directive[];
  next: number;
  readonly into: Growing[];
  readonly parent: Growing | undefined;
  readonly context: string;
  readonly includes: number;
}

const none: Growing[] = [];

/** The statements of `main` and of all it includes. */
export function treeOf(main: File, included: Included): Tree {
  const roots = rootContexts(main);
  const context = roots.length > 0 ? likeliest(main.items, roots) : misspeltRoot(main.items);
  const statements: Growing[] = [];
  const all: Growing[] = [];
  const stack: Frame[] = [
    { items: main.items, next: 0, into: statements, parent: undefined, context, includes: 0 },
  ];
  let count = 0;
  let guesses = 0;
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const written = top.items[top.next++];
    if (!written) {
      stack.pop();
      continue;
    }
    if (++count > mostStatements) return { statements, all, context, cut: true };
    const { parent, into } = top;
    const { directive, slip, name, variant } = meaning(written, top.context, guesses < mostGuesses);
    if (!variant || slip) guesses++;
    const hasBody = directive.body !== undefined && !directive.raw && bodyOf(name, variant) !== 'entries';
    const body = hasBody ? [] : none;
    const statement: Growing = { directive, slip, name, context: top.context, variant, parent, body };
    into.push(statement);
    all.push(statement);
    if (name === 'include' && top.includes < deepestInclude) {
      for (const { items } of (included.get(written) ?? []).toReversed()) {
        stack.push({ items, next: 0, into, parent, context: top.context, includes: top.includes + 1 });
      }
    } else if (hasBody) {
      const inner = contextIn(name, variant, top.context, directive.body!);
      stack.push({
        items: directive.body!,
        next: 0,
        into: body,
        parent: statement,
        context: inner,
        includes: top.includes,
      });
    }
  }
  return { statements, all, context, cut: false };
}

const bodyOf = (name: string, variant: Variant | undefined): Variant['body'] | undefined =>
  (variant ?? blockVariant(name))?.body;

const blockVariant = (name: string): Variant | undefined =>
  variants(name).find(({ body }) => body !== 'leaf');

/** The context of a block's body. In the wrong place a block still means what it means, to most of what stands in it. */
function contextIn(
  name: string,
  variant: Variant | undefined,
  context: string,
  items: readonly Directive[],
): string {
  if (variant?.body === 'directives') return bodyContext(variant, context);
  const contexts = variants(name).flatMap(({ body, opens }) => (body === 'directives' ? opens : []));
  // What tells nothing, as the servers of an upstream, goes by the module around it.
  const [module] = context.split(' ');
  const isOurs = (inner: string): number => (inner.startsWith(`${module} `) ? 0 : 1);
  return mostLegal(
    contexts.toSorted((one, other) => isOurs(one) - isOurs(other)),
    (inner) => legalIn(items, inner),
  );
}

/** How many of the statements may stand in a context. */
const legalIn = (items: readonly Directive[], context: string): number =>
  items.filter(({ name }) => variantIn(context, name.text)).length;

/** The context that counts most; of those that count as much, the first one. */
function mostLegal(contexts: readonly string[], count: (context: string) => number): string {
  let best = contexts[0] ?? '';
  if (contexts.length < 2) return best;
  let most = -1;
  for (const context of contexts) {
    const legal = count(context);
    if (legal <= most) continue;
    most = legal;
    best = context;
  }
  return best;
}

/** Whether a statement is taken for what it was meant to be. */
export const isGuessed = ({ name, directive }: Statement): boolean => name !== directive.name.text;

/** Whether nginx, or a module of others by the whole word, has a directive of this name. */
const isName = (name: string): boolean => variants(name).length > 0 || familyOfName(name) === name;

/** The directive that a statement is or was meant to be. */
function meaning(
  directive: Directive,
  context: string,
  mayGuess: boolean,
): Pick<Statement, 'directive' | 'slip' | 'name' | 'variant'> {
  const { name, args, body, raw } = directive;
  const { text } = name;
  const variant = variantIn(context, text);
  // `set real_ip_from 10.0.0.1` has as many words as a `set`, which defines a variable.
  const isSet = text !== 'set' || args[0]?.text.startsWith('$') === true;
  const isRight = variant
    ? takes(variant, args.length) && !isSign(args[0]) && args[0]?.text !== text && isSet
    : args.length === 0 && isName(text);
  if (!isRight && mayGuess && context !== '' && !isPlaceholder(text) && !raw) {
    const meant = reworded(directive, context);
    if (meant) {
      const { name } = meant.directive;
      return { ...meant, name: name.text, variant: variantIn(context, name.text) };
    }
  }
  if (variant || isName(text)) return { directive, slip: undefined, name: text, variant };
  const near = mayGuess ? suggestionFor(text, context, body !== undefined) : undefined;
  const guess = near?.certain ? variantIn(context, near.word) : undefined;
  if (mayGuess && context !== '' && !isPlaceholder(text) && !(guess && takes(guess, args.length))) {
    const meant = reordered(directive, context);
    if (meant) {
      const { name } = meant.directive;
      return { ...meant, name: name.text, variant: variantIn(context, name.text) };
    }
  }
  if (!near?.certain) return { directive, slip: undefined, name: text, variant: undefined };
  return { directive, slip: undefined, name: near.word, variant: guess };
}

const suggestions = new Map<string, Suggestion | undefined>();

/** What an unknown name was probably meant to be, among the directives that may stand in the context. */
export function suggestionFor(name: string, context: string, isBlock: boolean): Suggestion | undefined {
  if (isPlaceholder(name) || isName(name)) return undefined;
  const key = `${context}\0${isBlock}\0${name}`;
  if (!suggestions.has(key)) {
    const fits = (word: string): boolean => (variantIn(context, word)?.body !== 'leaf') === isBlock;
    const known = directivesIn(context);
    const other = namedElsewhere(name.toLowerCase().replaceAll('-', '_')).find(
      (word) => variantIn(context, word) && fits(word),
    );
    suggestions.set(
      key,
      other === undefined
        ? (suggest(name, known.filter(fits)) ?? suggest(name, known))
        : { word: other, certain: false },
    );
  }
  return suggestions.get(key);
}

/** Of the contexts that a fragment may be read in, the one in which most of its second level is legal. */
const likeliest = (items: readonly Directive[], contexts: readonly string[]): string =>
  mostLegal(contexts, (context) => {
    let legal = 0;
    for (const { name, body } of items) {
      const variant = variantIn(context, name.text);
      if (body && variant?.body === 'directives') legal += legalIn(body, bodyContext(variant, context));
    }
    return legal;
  });

/** Where a file stands of which nginx knows no name on the first level: as its blocks were probably meant, by what is in them. */
const misspeltRoot = (items: readonly Directive[]): string =>
  items.length > mostGuesses
    ? ''
    : mostLegal(['', 'main', 'http', 'server', 'stream', 'mail'], (context) => {
        let legal = 0;
        for (const { name, body } of items) {
          const near = body && context !== '' ? suggestionFor(name.text, context, true) : undefined;
          const variant = near?.certain ? variantIn(context, near.word) : undefined;
          if (body && variant?.body === 'directives') legal += legalIn(body, bodyContext(variant, context));
        }
        return legal;
      });

/** The lines of a block of data such as `map`, those that it includes in their places. */
export function* entries({ directive }: Statement, included: Included): Generator<Directive> {
  const stack = [{ items: directive.body ?? [], next: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const entry = top.items[top.next++];
    if (!entry) {
      stack.pop();
      continue;
    }
    const files = entry.name.text === 'include' ? included.get(entry) : undefined;
    if (!files) yield entry;
    else if (stack.length < deepestInclude) {
      for (const { items } of files.toReversed()) stack.push({ items, next: 0 });
    }
  }
}

/** The name space of a context's variables, upstreams and sockets. */
export type Module = 'http' | 'stream' | 'mail';

/** The module whose context it is; what belongs to none counts as http. */
export const moduleOf = (context: string): Module =>
  context.startsWith('stream') ? 'stream' : context.startsWith('mail') ? 'mail' : 'http';

/** The nearest block around a statement with that name, itself not counted. */
export function around({ parent }: Statement, name: string): Statement | undefined {
  let at = parent;
  while (at && at.name !== name) at = at.parent;
  return at;
}
