/** Raw Lua blocks: the text after `content_by_lua_block {` is Lua's, not nginx's. */
import type { IToken } from '../chevrotain.ts';

/** The lexical parts of Lua that matter for counting braces: long brackets, comments, strings and the braces themselves. */
const part = /--\[(=*)\[|\[(=*)\[|--[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|[{}]/g;

/**
 * Matches a Lua block from its `{` to the partner `}` (or the end of the text) when the statement before it is a
 * `*_by_lua_block`. Braces in Lua strings and comments do not count (lua-nginx-module's own lexer).
 */
export function luaBody(text: string, offset: number, matched: IToken[]): [string] | null {
  if (text.charCodeAt(offset) !== 0x7b || !headIsLua(matched)) return null;
  part.lastIndex = offset;
  let depth = 0;
  for (let match = part.exec(text); match; match = part.exec(text)) {
    if (match[0] === '{') depth++;
    else if (match[0] === '}') {
      if (--depth === 0) return [text.slice(offset, match.index + 1)];
    } else {
      const level = match[1] ?? match[2];
      if (level === undefined) continue;
      const end = text.indexOf(`]${level}]`, part.lastIndex);
      if (end < 0) break;
      part.lastIndex = end + level.length + 2;
    }
  }
  return [text.slice(offset)];
}

/** The first word of the statement being read ends in `_by_lua_block`. Statements with such names have at most one argument. */
function headIsLua(matched: IToken[]): boolean {
  for (let i = matched.length - 1; i >= 0 && i >= matched.length - 2; i--) {
    const { image, tokenType } = matched[i]!;
    if (tokenType.name !== 'Bare') return false;
    if (image.endsWith('_by_lua_block')) return true;
  }
  return false;
}
