/** What is wrong with option words after a keyword. */
import { isPlaceholder } from '../../../../grammar/repair.ts';
import type { Arg, Keyword } from '../../../../grammar/tables/keywords.ts';
import type { Word } from '../../../../grammar/tree.ts';
import { oneOf, rejection } from '../values.ts';
import { number, wordAfter } from './problem.ts';

/** Option words in any order: those of lvs_sync_daemon, lvs_timeouts, use_vmac and the forwarding methods. */
export function optionProblem(
  words: readonly Word[],
  arg: Arg,
  known: Keyword,
): { word: Word; expected: string; subject: string } | undefined {
  const options = arg.values ?? [];
  const subject = known.name;
  const flags = new Set(['nocsum', 'csum', 'remcsum', 'bridge', 'private', 'vepa', 'netlink_notify_msg']);
  const numbers: ReadonlyMap<string, Arg> = new Map(
    Object.entries<Arg>({
      id: number(0, 255),
      maxlen: number(1, 65463),
      port: number(1, 65535),
      ttl: number(1, 255),
      tcp: number(arg.min, arg.max),
      tcpfin: number(arg.min, arg.max),
      udp: number(arg.min, arg.max),
    }),
  );
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (isPlaceholder(word.text)) return undefined;
    if (!options.includes(word.text)) {
      if (known.name === 'lvs_sync_daemon' && index > 0) {
        return {
          word,
          subject,
          expected: /^\d+$/.test(word.text) ? `read: write id ${word.text}` : oneOf(options),
        };
      }
      if (arg.type === 'words') continue;
      return { word, subject, expected: oneOf(options) };
    }
    if (flags.has(word.text)) continue;
    const value = words[++index];
    if (!value) return { word, subject, expected: `${word.text} and a value` };
    if (word.text === 'group' && known.name === 'lvs_sync_daemon' && !isMulticast(value.text)) {
      return { word: value, subject: `group of ${subject}`, expected: 'a multicast address' };
    }
    const shape = numbers.get(word.text);
    const expected = shape && !isPlaceholder(value.text) ? rejection(value.text, shape) : undefined;
    if (expected !== undefined) return { word: value, subject: `${word.text} of ${subject}`, expected };
  }
  return tunnelProblem(words, subject);
}

const isMulticast = (text: string): boolean =>
  isPlaceholder(text) || /^(?:22[4-9]|23\d)\./.test(text) || /^ff/i.test(text);

/** What follows `TUN`: a port for gue, and for it alone. */
function tunnelProblem(
  words: readonly Word[],
  subject: string,
): { word: Word; expected: string; subject: string } | undefined {
  const type = wordAfter(words, 'type');
  const port = words.find(({ text }) => text === 'port');
  if (type && !/^(?:ipip|gue|gre)$/.test(type.text) && !isPlaceholder(type.text)) {
    return { word: type, subject: `type of ${subject}`, expected: 'ipip, gue or gre' };
  }
  if (type?.text === 'gue' && !port) {
    return { word: type, subject: `type of ${subject}`, expected: 'enough without its port' };
  }
  return port && /^(?:lb_kind|lvs_method|sorry_server_lvs_method)$/.test(subject) && type?.text !== 'gue'
    ? { word: port, subject, expected: 'a word for tunnels other than type gue' }
    : undefined;
}
