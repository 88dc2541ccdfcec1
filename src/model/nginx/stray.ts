/** What blocks may lack because a line is not what it was meant to be. */
import { once } from '../../../grammar/remembered.ts';
import { headSpan } from '../../../grammar/tree.ts';
import { type Ground, isRemnant } from '../located.ts';
import type { Statement } from './statement.ts';

const strayIn = (block: Statement | undefined, lacks: string): readonly Ground[] =>
  block ? [{ ...headSpan(block.directive), lacks, isStray: true }] : [];

/** What the block around a line may lack that no directive begins: what is near, or anything, where it is likely the rest of one. */
export const unknownIn = (
  { parent, directive: { name, args } }: Statement,
  near: string | undefined,
): readonly Ground[] =>
  isRemnant(name.text, args) ? strayIn(parent, '') : near === undefined ? [] : strayIn(parent, near);

/** What the block around a statement lacks while its words are wrong. */
export const brokenIn = ({ parent, name }: Statement): readonly Ground[] => strayIn(parent, name);

/** What the blocks further out, and those beside it, may lack because a statement is misplaced. */
export function misplacedNear(statement: Statement): readonly Ground[] {
  const { name, parent } = statement;
  const found: Ground[] = [];
  for (let block = parent?.parent; block; block = block.parent) found.push(...strayIn(block, name));
  const siblings = parent?.body ?? [];
  const index = parent ? placesIn(parent).get(statement)! : 0;
  const isBlock = ({ directive }: Statement): boolean => directive.body !== undefined;
  const [before, after] = [
    siblings.slice(Math.max(0, index - nearest), index).findLast(isBlock),
    siblings.slice(index, index + nearest).find(isBlock),
  ];
  return [...found, ...strayIn(before, name), ...strayIn(after, name)];
}

/** The numbers of the statements in a block. */
const placesIn = once(({ body }: Statement) => new Map(body.map((each, index) => [each, index])));

/** Lines further away belong to something else. */
const nearest = 30;
