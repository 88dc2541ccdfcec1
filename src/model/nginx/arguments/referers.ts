/** The hosts of `valid_referers`. */
import { once } from '../../../../grammar/remembered.ts';
import type { Word } from '../../../../grammar/tree.ts';
import { suggest } from '../../suggest.ts';
import { hostKeys } from '../host-key.ts';
import { around, type Statement } from '../statement.ts';
import { shown } from '../values.ts';
import type { Checking } from './checking.ts';
import { patterns } from './patterns.ts';

const referrerPatterns = patterns(({ text }) =>
  text.startsWith('~') && text !== '~' ? text.slice(1) : undefined,
);

const isOpen = ({ text }: Word): boolean => text === 'none' || text === 'blocked';

/** ngx_http_valid_referers() and ngx_http_referer_merge_conf(), which counts names only. */
export function validReferers(checking: Checking): void {
  const { statement, args, report } = checking;
  referrerPatterns(checking);
  const list = statement.parent && listIn(statement.parent);
  const taken: Taken = {
    // Words are tried joined, too: that line is still the same one.
    above: (key) => (list?.firsts.get(key) ?? statement).directive.name !== statement.directive.name,
    own: new Set(),
    names: list?.isListing ? serverKeys(statement) : new Set(),
  };
  for (const word of args) judgeHost(word, taken, report);
  if (list?.open !== statement) return;
  const open = args.find(isOpen);
  if (open && !list.isNamed) report(open, `${open.text} needs a name beside it, and a pattern is none`);
}

/** The lines of a block, which make one list. */
interface List {
  /** The first line with `none` or `blocked`. */
  readonly open: Statement | undefined;
  readonly isNamed: boolean;
  /** It has the names of the server, too. */
  readonly isListing: boolean;
  /** By the key of a host: the first line that has it. */
  readonly firsts: ReadonlyMap<string, Statement>;
}

const listIn = once(({ body }: Statement): List => {
  // What a file that is not at hand brings counts as it is named.
  const lines = body.filter(({ name }) => name === 'valid_referers' || name === 'include');
  const words = lines.flatMap(({ directive }) => directive.args);
  const firsts = new Map<string, Statement>();
  for (const line of lines.filter(({ name }) => name === 'valid_referers')) {
    for (const { text } of line.directive.args) {
      if (text.startsWith('~') || special.includes(text)) continue;
      for (const key of hostKeys(hostIn(text)) ?? []) if (!firsts.has(key)) firsts.set(key, line);
    }
  }
  return {
    open: lines.find(({ directive }) => directive.args.some(isOpen)),
    isNamed: words.some((each) => !isOpen(each) && !each.text.startsWith('~')),
    isListing: words.some(({ text }) => text === 'server_names'),
    firsts,
  };
});

const special: readonly string[] = ['none', 'blocked', 'server_names'];

/** What nginx compares with the host of a Referer: a path is compared apart. */
const hostIn = (text: string): string => text.split('/', 1)[0]!;

/** The names of the server around, which `server_names` adds to the hosts. */
function serverKeys(statement: Statement): ReadonlySet<string> {
  const server = around(statement, 'server');
  return server ? namesOf(server) : new Set();
}

const namesOf = once(({ body }: Statement): ReadonlySet<string> => {
  const lines = body.filter(({ name }) => name === 'server_name');
  return new Set(
    lines
      .flatMap(({ directive }) => directive.args)
      .flatMap(({ text }) => (/^~|\$/.test(text) ? [] : (hostKeys(text) ?? []))),
  );
});

/** The keys that hosts have already. */
interface Taken {
  /** Whether a line above has it. */
  readonly above: (key: string) => boolean;
  /** Those of the words before on the line. */
  readonly own: Set<string>;
  readonly names: ReadonlySet<string>;
}

function judgeHost(word: Word, taken: Taken, report: Checking['report']): void {
  const { text } = word;
  if (special.includes(text) || text.startsWith('~') || text.includes('$')) return;
  const host = hostIn(text);
  const keys = hostKeys(host);
  if (text === '' || !keys) {
    report(word, `${text === '' ? 'an empty text' : shown(text)} is no host, *.host or host.*`);
    return;
  }
  const isTwice = keys.some((key) => taken.above(key) || taken.own.has(key));
  for (const key of keys) taken.own.add(key);
  const silently = isTwice ? {} : { severity: 'warning' as const };
  const near = /[.:]/.test(host) ? undefined : suggest(text.replace(/,$/, ''), special);
  if (near?.certain || special.includes(text.slice(0, -1))) {
    const meant = near?.word ?? text.slice(0, -1);
    report(word, `${shown(text)} is here the name of a host`, { ...silently, meant });
  } else if (/:/.test(host)) {
    const rest = text.replace(/^https?:\/\//, '').replace(/^([^/:]+):\d+/, '$1');
    report(word, `${shown(text)} matches no Referer: hosts are compared without scheme and port`, {
      ...silently,
      help: `${isTwice ? 'nginx takes the part before the / for a host, which it has twice: ' : ''}write ${rest}`,
    });
  } else if (isTwice) {
    report(word, `the host ${shown(host)} stands twice in valid_referers`);
  } else if (keys.some((key) => taken.names.has(key))) {
    report(word, `the host ${shown(host)} is a name of this server, and server_names brings it`);
  } else if (text.length > 1 && text.endsWith(',')) {
    report(word, `${shown(text)} ends in a comma, so it matches no Referer`, {
      severity: 'warning',
      meant: text.slice(0, -1),
    });
  }
}
