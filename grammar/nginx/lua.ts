/** Raw Lua blocks: the text after `content_by_lua_block {` is Lua's, not nginx's. */

/** The lexical parts of Lua that matter for counting braces: long brackets, comments, strings and the braces themselves. */
const part = /--\[(=*)\[|\[(=*)\[|--[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|[{}]/g;

/**
 * A Lua block from its `{` at `offset` to the partner `}`, or to the end of the text. Braces in Lua strings and comments do
 * not count (lua-nginx-module's own lexer).
 */
export function luaBody(text: string, offset: number): string {
  part.lastIndex = offset;
  let depth = 0;
  for (let match = part.exec(text); match; match = part.exec(text)) {
    if (match[0] === '{') depth++;
    else if (match[0] === '}') {
      if (--depth === 0) return text.slice(offset, match.index + 1);
    } else {
      const level = match[1] ?? match[2];
      if (level === undefined) continue;
      const end = text.indexOf(`]${level}]`, part.lastIndex);
      if (end < 0) break;
      part.lastIndex = end + level.length + 2;
    }
  }
  return text.slice(offset);
}
