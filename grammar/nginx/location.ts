/** The head of a location, as ngx_http_core_location() reads it. */
import { isPlaceholder } from '../repair/index.ts';
import type { Directive, Word } from '../tree.ts';

/** Empty for a plain prefix, `@` for a named one. */
export type Modifier = '' | '=' | '~' | '~*' | '^~' | '@';

/** The words of a location's head. */
export interface LocationHead {
  readonly modifier: Modifier;
  /** The word of the path; undefined where it is missing. */
  readonly word: Word | undefined;
  /** Prefix, pattern or, with its `@`, name; undefined where a template fills it in or it is missing. */
  readonly path: string | undefined;
}

export function locationHead({ args: [first, second] }: Pick<Directive, 'args'>): LocationHead {
  if (!first) return { modifier: '', word: undefined, path: undefined };
  const head = (modifier: Modifier, word: Word, from: number): LocationHead => ({
    modifier,
    word,
    path: isPlaceholder(word.text) ? undefined : word.text.slice(from),
  });
  if (second) return head(modifierOf(first.text), second, 0);
  if (first.text.startsWith('@')) return head('@', first, 0);
  // The modifier may be glued to the path.
  const [glued = ''] = /^(?:=|\^~|~\*|~)/.exec(first.text) ?? [];
  return head(modifierOf(glued), first, glued.length);
}

const modifierOf = (text: string): Modifier =>
  text === '=' || text === '~' || text === '~*' || text === '^~' ? text : '';

/** Whether a location can be no part of the one around it. */
export function isOutside(location: Directive, around: Directive): boolean {
  const [outer, inner] = [locationHead(around), locationHead(location)];
  if (outer.path === undefined || inner.path === undefined) return false;
  if (outer.modifier === '=' || outer.modifier === '@' || inner.modifier === '@') return true;
  return !inner.modifier.startsWith('~') && !inner.path.startsWith(outer.path);
}
