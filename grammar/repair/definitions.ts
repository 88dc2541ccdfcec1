/** keepalived's definitions, `$NAME=value`, and their uses, where a sign too many keeps the daemon from reading them. */
import { placeholder } from './placeholder.ts';
import { type Found, pieces, type Scene, span, within } from './scene.ts';

/** Read as it was meant: a definition with blanks before its `=`, a use that goes on without `{}`, and a name that is one slip away. */
export function* definitions(scene: Scene): Iterable<Found> {
  const { source, text, dialect, lexed } = scene;
  if (!dialect.definedIn || !text.includes('$')) return;
  const isHidden = within([...lexed.comments, ...pieces(scene, isProse(text))]);
  for (const { 0: head, 1: before, 2: name, 3: gap, index } of text.matchAll(
    /(?<![^\n])([ \t]*(?:@\S+[ \t]+)?)\$([A-Za-z_]\w*)([ \t]+)=[ \t]*/g,
  )) {
    const start = index + before!.length + 1 + name!.length;
    const at = span(source, start, start + gap!.length);
    yield {
      oddity: {
        kind: 'unread-definition',
        at: { ...at, start: at.start - name!.length - 1 },
        what: 'blank',
        edits: [{ ...at, end: index + head.length, text: '=' }],
      },
      masks: [{ ...at, end: at.end + 1, text: `=${gap}` }],
    };
  }
  const defined = dialect.definedIn(text);
  if (defined.size === 0) return;
  for (const { 0: use, 1: braced, 2: plain, index: start } of text.matchAll(
    /(?<!auth_pass\s{1,9}\S{0,40})\$(?:\{([A-Za-z_]\w*)\}?|([A-Za-z_]\w*)(?![\w=]))/g,
  )) {
    const name = (braced ?? plain)!;
    // Names of the daemon's own: $_PWD and the like.
    if (name.startsWith('_')) continue;
    const at = span(source, start, start + use.length);
    const next = text[at.end];
    const isOpen = braced !== undefined && !use.endsWith('}');
    const isRead = !isOpen && (braced !== undefined || next === undefined || /[ \t\r\n,);]/.test(next));
    const meant = defined.has(name)
      ? isRead || (isOpen && next !== undefined && !/[\s/,:]/.test(next))
        ? undefined
        : name
      : isRead
        ? slipOf(name, defined)
        : undefined;
    if (meant === undefined || /^[ \t]+=/.test(text.slice(at.end, at.end + 9)) || isHidden(start)) continue;
    let end = at.end;
    while (end < text.length && /[\w./:-]/.test(text[end]!)) end++;
    const edits = [{ ...at, text: plain !== undefined && isRead ? `$${meant}` : `\${${meant}}` }];
    const what = isRead ? meant : isOpen ? 'open' : 'glued';
    yield {
      oddity: { kind: 'unread-definition', at, what, edits },
      masks: [{ ...at, end, text: placeholder(end - start) }],
    };
  }
}

/** A text of several words in quotes, which may be a shell's, with variables of its own. */
const isProse =
  (text: string) =>
  ({ quote }: { readonly quote?: string }, start: number, end: number): boolean =>
    Boolean(quote) && /\s/.test(text.slice(start, end));

/** Definitions that a name is compared with; more are there on hostile input only. */
const most = 500;

/** The one defined name that is a letter more, less, other or swapped. A digit tells two names apart. */
function slipOf(name: string, defined: ReadonlySet<string>): string | undefined {
  if (defined.size > most) return undefined;
  const folded = name.toLowerCase();
  const near = [...defined].filter(
    (other) => other.toLowerCase() === folded || (name.length >= 4 && isSlip(name, other)),
  );
  return near.length === 1 ? near[0] : undefined;
}

function isSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  let back = 0;
  while (back < Math.min(a.length, b.length) - from && a.at(-1 - back) === b.at(-1 - back)) back++;
  const [x, y] = [a.slice(from, a.length - back), b.slice(from, b.length - back)];
  if (/\d/.test(x + y)) return false;
  return (x.length <= 1 && y.length <= 1) || (x.length === 2 && y === x[1]! + x[0]!);
}
