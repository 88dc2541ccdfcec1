/** The hosts of `valid_referers`. */
import type { Word } from '../../../../grammar/tree.ts';
import { suggest } from '../../suggest.ts';
import { hostKeys } from '../host-key.ts';
import type { Statement } from '../statement.ts';
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
  const lines = (statement.parent?.body ?? []).filter(
    ({ name }) => name === 'valid_referers' || name === 'include',
  );
  const isListing = ({ text }: Word): boolean => text === 'server_names';
  const taken: Taken = {
    above: keysBefore(statement, lines),
    names: lines.some(({ directive }) => directive.args.some(isListing)) ? serverKeys(statement) : new Set(),
  };
  for (const word of args) judgeHost(word, taken, report);
  if (lines.find(({ directive }) => directive.args.some(isOpen)) !== statement) return;
  const open = args.find(isOpen);
  const isNamed = lines.some(({ directive }) =>
    directive.args.some((each) => !isOpen(each) && !each.text.startsWith('~')),
  );
  if (open && !isNamed) report(open, `${open.text} needs a name beside it, and a pattern is none`);
}

const special: readonly string[] = ['none', 'blocked', 'server_names'];

/** What nginx compares with the host of a Referer: a path is compared apart. */
const hostIn = (text: string): string => text.split('/', 1)[0]!;

/** The keys of the hosts in the lines above, which are one set with those of `statement`. */
function keysBefore(statement: Statement, lines: readonly Statement[]): Set<string> {
  const above = lines.slice(0, lines.indexOf(statement)).filter(({ name }) => name === 'valid_referers');
  return new Set(
    above
      .flatMap(({ directive }) => directive.args)
      .filter(({ text }) => !text.startsWith('~') && !special.includes(text))
      .flatMap(({ text }) => hostKeys(hostIn(text)) ?? []),
  );
}

/** The names of the server around, which `server_names` adds to the hosts. */
function serverKeys(statement: Statement): ReadonlySet<string> {
  let server = statement.parent;
  while (server && server.name !== 'server') server = server.parent;
  const lines = (server?.body ?? []).filter(({ name }) => name === 'server_name');
  return new Set(
    lines
      .flatMap(({ directive }) => directive.args)
      .flatMap(({ text }) => (/^~|\$/.test(text) ? [] : (hostKeys(text) ?? []))),
  );
}

/** The keys that hosts have already. */
interface Taken {
  readonly above: Set<string>;
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
  const isTwice = keys.some((key) => taken.above.has(key));
  for (const key of keys) taken.above.add(key);
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
