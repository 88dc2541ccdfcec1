/** What is wrong with option words after a keyword. */
import { isPlaceholder } from '../../../../grammar/repair/index.ts';
import { type Arg, itemKind, type Keyword } from '../../../../grammar/tables/keywords.ts';
import type { Word } from '../../../../grammar/tree.ts';
import { oneOf, rejection } from '../values.ts';
import { wordAfter } from './problem.ts';

/** Option words in any order: those of lvs_sync_daemon, lvs_timeouts, use_vmac and the forwarding methods. */
export function optionProblem(
  words: readonly Word[],
  arg: Arg,
  known: Keyword,
): { word: Word; expected: string; subject: string } | undefined {
  const { options } = itemKind(arg.values![0]!)!;
  const subject = known.name;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (isPlaceholder(word.text)) return undefined;
    const option = options.get(word.text);
    if (!option) {
      // The name of an instance may stand first, as before there was `inst`.
      if (arg.type === 'words' && (known.name !== 'lvs_sync_daemon' || index === 0)) continue;
      const isId = options.has('id') && /^\d+$/.test(word.text);
      return { word, subject, expected: isId ? `read: write id ${word.text}` : oneOf([...options.keys()]) };
    }
    const [shape] = option.args;
    if (!shape) continue;
    const value = words[++index];
    if (!value) return { word, subject, expected: `${word.text} and a value` };
    const expected = isPlaceholder(value.text) ? undefined : rejection(value.text, shape);
    if (expected !== undefined) return { word: value, subject: `${word.text} of ${subject}`, expected };
  }
  return tunnelProblem(words, subject);
}

/** What follows `TUN`: a port for gue, and for it alone. */
function tunnelProblem(
  words: readonly Word[],
  subject: string,
): { word: Word; expected: string; subject: string } | undefined {
  const type = wordAfter(words, 'type');
  const port = words.find(({ text }) => text === 'port');
  if (type?.text === 'gue' && !port) {
    return { word: type, subject: `type of ${subject}`, expected: 'enough without its port' };
  }
  return port && /^(?:lb_kind|lvs_method|sorry_server_lvs_method)$/.test(subject) && type?.text !== 'gue'
    ? { word: port, subject, expected: 'a word for tunnels other than type gue' }
    : undefined;
}
