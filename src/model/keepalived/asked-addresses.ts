/** The addresses that checks connect to, where that decides how they end. */
import type { Span } from '../../../grammar/text.ts';
import { parseAddress } from '../net.ts';
import { type Commands, checkScript, pathOf } from './check-scripts.ts';
import type { Script } from './scripts.ts';

/** An address that a check needs an answer from. */
export interface AskedAddress {
  readonly address: string;
  readonly at: Span;
}

/** The first of these addresses without whose answer a check fails. */
export function neededAddress(
  commands: Commands,
  script: Script,
  addresses: ReadonlySet<string>,
): AskedAddress | undefined {
  const among = (words: readonly string[]): string | undefined => {
    const host = hostAsked(words);
    const address = host === undefined ? undefined : parseAddress(host)?.text;
    return address !== undefined && addresses.has(address) ? address : undefined;
  };
  const check = checkScript(commands, script);
  if (!check) {
    const address = script.rest.length === 0 ? among(script.argv) : undefined;
    return address === undefined ? undefined : { address, at: script.at };
  }
  // With what the script knows of its variables; the same command may stand for several, in a function or a loop.
  const asked = new Map<number, string | undefined>();
  for (const { words, at } of check.text.run(script.argv.slice(script.argv.indexOf(pathOf(script)) + 1))
    .all) {
    const address = among(words);
    asked.set(at.start, asked.has(at.start) && asked.get(at.start) !== address ? undefined : address);
  }
  const isAsking = ({ at }: { readonly at: Span }): boolean => asked.get(at.start) !== undefined;
  const first = check.text.commands.find(isAsking);
  if (!first || check.text.ending !== undefined || !check.text.failsWhere(isAsking)) return undefined;
  return { address: asked.get(first.at.start)!, at: check.place(first.at) };
}

const isPrefix = (word: string): boolean => /^(?:sudo|exec|(?:\S*\/)?timeout|-\w+|\d+[smh]?)$/.test(word);

/** The host to which a command connects, and without which it fails; undefined where that is not plain. */
function hostAsked(command: readonly string[]): string | undefined {
  const [path = '', ...all] = command.slice(command.findIndex((word) => !isPrefix(word)));
  const program = path.slice(path.lastIndexOf('/') + 1);
  const words = all.filter((word) => !/^(?:\d*[<>]|&>)/.test(word));
  switch (program) {
    case 'curl':
    case 'wget':
      return hostOfUrl(words);
    case 'nc':
    case 'ncat':
    case 'netcat': {
      if (words.some((word) => /^-\w*[ulxX]|^--/.test(word)) || !words.some((word) => /^-\w*z/.test(word)))
        return undefined;
      const [host, port, ...more] = operands(words, /^-\w*[wiqpsGO]$/);
      return port !== undefined && more.length === 0 ? host : undefined;
    }
    case 'ping':
    case 'ping6': {
      const [host, ...more] = operands(words, /^-\w*[cWwiIstQmMp]$/);
      return more.length === 0 ? host : undefined;
    }
    case 'mysql':
    case 'mysqladmin':
    case 'redis-cli':
    case 'pg_isready':
    case 'psql':
      return hostOption(words);
    default:
      return undefined;
  }
}

function hostOfUrl(words: readonly string[]): string | undefined {
  // What goes by a proxy, to another place, or says so in a file.
  const goesElsewhere =
    /^-[a-zA-Z]*[xK]|^--(?:proxy|preproxy|socks|resolve|connect-to|unix-socket|abstract|config|next|interface)|^--?i(?:nput-file)?$/;
  if (words.some((word) => goesElsewhere.test(word))) return undefined;
  const [url, ...more] = words.filter((word) => /^\w+:\/\//.test(word));
  if (url === undefined || more.length > 0) return undefined;
  return /^https?:\/\/(?:\[([\da-f:.]+)\]|([\d.]+))(?::\d+)?(?:[/?]|$)/i.exec(url)?.slice(1).find(Boolean);
}

function operands(words: readonly string[], takesWord: RegExp): readonly string[] {
  return words.filter((word, index) => !word.startsWith('-') && !takesWord.test(words[index - 1] ?? ''));
}

function hostOption(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => /^(?:-h|--host)$/.test(word));
  if (at >= 0) return words[at + 1];
  return words.flatMap((word) => /^(?:-h|--host=)([\d.:a-f]+)$/.exec(word)?.[1] ?? [])[0];
}
