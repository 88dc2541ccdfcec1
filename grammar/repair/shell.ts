/** What of a shell stands around a file: prompts, scripts, and the document that a script writes. */
import type { Token } from '../chevrotain.ts';
import { lineEnd, lineStart, startsLine } from '../text.ts';
import type { Edit } from '../tree.ts';
import { placeholder } from './placeholder.ts';
import { type Found, isBare, mask, pieces, type Scene, span } from './scene.ts';

const prompt = /^[ \t]*(?:\[[\w.-]+@[\w.-][^\]\n]*\][#$%]|[\w.-]+@[\w.-]+:[^\s#$]*[#$])(?=\s|$)[^\n]*/;

/** Where the lines begin that look like a prompt, by the `@` that few files have. */
function promptLines(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = text.indexOf('@'), end = 0; at >= 0; at = text.indexOf('@', end)) {
    const start = lineStart(text, at);
    end = lineEnd(text, at);
    if (prompt.test(text.slice(start, end))) found.add(start);
  }
  return found;
}

/** A shell's prompt and the command after it, pasted with the file. One finding for a stretch of such lines. */
export function* prompts(scene: Scene): Iterable<Found> {
  const { source, text } = scene;
  const lines = promptLines(text);
  if (lines.size === 0) return;
  let stretch: { start: number; end: number; what: string; masks: Edit[] } | undefined;
  const report = function* (): Iterable<Found> {
    if (!stretch) return;
    const { start, end, what, masks } = stretch;
    const at = span(source, start, end);
    const after = text[end] === '\n' ? end + 1 : end;
    const edits = [{ ...span(source, lineStart(text, start), after), text: '' }];
    yield { oddity: { kind: 'pasted-prompt', at, what, edits }, masks };
  };
  const isFirst = (token: Token, start: number): boolean => isBare(token) && startsLine(text, start);
  for (const { start } of pieces(scene, isFirst)) {
    if (!lines.has(lineStart(text, start))) continue;
    const line = text.slice(start, lineEnd(text, start)).replace(/\r$/, '');
    const end = start + line.length;
    if (stretch && text.slice(stretch.end, start).trim() === '') {
      stretch.end = end;
      stretch.masks.push(mask(scene, start, end));
      continue;
    }
    yield* report();
    stretch = { start, end, what: line, masks: [mask(scene, start, end)] };
  }
  yield* report();
}

const shebang = /^[ \t]*#![ \t]*\/\S*\/(?:env[ \t]+)?(?:(?:ba|da|k|z)?sh|perl|python[\d.]*)\b.*$/gm;

const scriptLine =
  /^\s*(?:\w+=|(?:if|elif|while|until)[ \t]+(?:!|\[|\w)|for[ \t]+\w+[ \t]+in\b|case[ \t]|(?:import|from|function)[ \t]+\w|\w+[ \t]*\(\)|\[|(?:echo|exit|export|killall|pidof|ping|ps|source|systemctl|use|curl|\/\S+)[ \t]|set[ \t]+-)/;

/** A line at the margin that opens a block of a configuration, as no shell does. */
const opener = /^(?!function\b)\w+(?:[ \t]+[^\s(){}]+)*[ \t]*\{[ \t]*\r?$/m;

/** Where the next line begins that is neither blank nor comment; asked from top to bottom. */
function nextCode(text: string): (from: number) => number {
  const code = /^[ \t]*[^\s#!]/gm;
  let found = -1;
  return (from) => {
    if (found >= from) return found;
    code.lastIndex = from;
    found = code.exec(text)?.index ?? text.length;
    return found;
  };
}

/** Where the next block of a configuration begins, or the text ends but for blanks. */
function nextBlock(text: string, from: number): number {
  const next = opener.exec(text.slice(from))?.index;
  return next === undefined ? Math.max(from, text.trimEnd().length) : from + next;
}

/** A script that a page showed below the file, and that was copied with it: from its first line, to the next block or the end. */
export function* scripts(scene: Scene): Iterable<Found> {
  const { source, text, lexed } = scene;
  if (!text.includes('#!')) return;
  const codeFrom = nextCode(text);
  const top = nextCode(text)(0);
  let done = 0;
  let token = 0;
  for (const { index: start, 0: line } of text.matchAll(shebang)) {
    if (start < Math.max(top, done)) continue;
    const body = start + line.length;
    const first = codeFrom(body);
    if (!scriptLine.test(text.slice(first, lineEnd(text, first)))) continue;
    while (token < lexed.ends.length && lexed.ends[token]! <= start) token++;
    if (lexed.starts[token]! <= start) continue;
    const end = nextBlock(text, body);
    done = end;
    const at = span(source, start + line.length - line.trimStart().length, body);
    const edits = [{ ...span(source, start, end), text: '' }];
    yield {
      oddity: { kind: 'pasted-script', at, what: 'script', edits },
      masks: [mask(scene, start, end)],
    };
  }
}

const heredoc =
  /^[ \t]*(?:[$#][ \t]+)?(?:sudo[ \t]+)?(?:cat|tee)\b[^\n<]*<<-?[ \t]*(["']?)([A-Za-z_]\w*)\1[^\n]*$/m;

/** `cat > FILE <<EOF` before the file and `EOF` after it, with what else the script does there: one finding. */
export function* heredocs(scene: Scene): Iterable<Found> {
  const { source, text, dialect } = scene;
  const [line, quote, word] = (text.includes('<<') && heredoc.exec(text)) || [];
  if (!dialect.codeOf || line === undefined || word === undefined) return;
  const start = text.indexOf(line);
  const end = start + line.length;
  const top = nextCode(text)(0);
  const isHead = top >= start || scriptLine.test(text.slice(top, lineEnd(text, top)));
  const close = new RegExp(`^\\t*${word}[ \\t]*\\r?$`, 'm').exec(text.slice(end))?.index;
  const stretches = [[isHead ? Math.min(top, start) : start, end] as const];
  const last = close === undefined ? text.length : end + close;
  if (close !== undefined) stretches.push([last, nextBlock(text, last)]);
  // Without quotes around its word the shell fills in what begins with a dollar.
  const blanks = [...text.slice(end, last).matchAll(/(?<!\\)\$(?:\w+|\{\w+\})(?!\w*=)/g)];
  yield {
    oddity: {
      kind: 'pasted-script',
      at: span(source, start + line.length - line.trimStart().length, start + line.trimEnd().length),
      what: 'heredoc',
      edits: stretches.map(([from, to]) => ({
        ...span(source, from, text[to] === '\n' ? to + 1 : to),
        text: '',
      })),
    },
    masks: [
      ...stretches.map(([from, to]) => mask(scene, from, to)),
      ...(quote
        ? []
        : blanks.map(({ index, 0: name }) => ({
            ...span(source, end + index, end + index + name.length),
            text: placeholder(name.length),
          }))),
    ],
  };
}
