/** Names, paths and conditions with regular expressions in them. */
import type { Word } from '../../../../grammar/tree.ts';
import { atLeast } from '../../version.ts';
import { conditionFault, conditionOf } from '../condition.ts';
import { groupNames, regexFault } from '../regex-fault.ts';
import { locationOf } from '../server.ts';
import { shown } from '../values.ts';
import { type Check, type Checking, type Extra, literal } from './checking.ts';
import { isTaken } from './variables.ts';

/** Where a pattern stands, which decides whose names its groups can have. */
type Place = Pick<Checking, 'statement' | 'version'>;

/** Why nginx refuses a pattern whose groups become variables (ngx_http_regex_compile()), in words that follow it. */
export function patternFault(
  pattern: string,
  place: Place,
): { readonly says: string; readonly extra: Extra } | undefined {
  const fault = compileFault(pattern, place);
  if (fault) return fault;
  const taken = groupNames(pattern).find((name) => isTaken(name, place.statement, place.version));
  return taken === undefined
    ? undefined
    : { says: `names a group ${taken}, a variable of nginx itself`, extra: {} };
}

function compileFault(pattern: string, { version }: Place): ReturnType<typeof patternFault> {
  if (pattern === '')
    return {
      says: 'is empty',
      extra: { severity: 'warning', help: 'nginx takes it: it matches everything' },
    };
  const { says, since } = regexFault(pattern) ?? {};
  const isRefused = since === undefined || atLeast(version, since);
  if (says === undefined || isRefused === false) return undefined;
  return {
    says,
    extra: isRefused ? {} : { severity: 'warning', help: `nginx ${since} and later refuse it, with PCRE2` },
  };
}

/** Reports a pattern that nginx refuses. */
export const judgePattern = (
  checking: Checking,
  word: Word | undefined,
  pattern: string,
  check = patternFault,
): void => {
  const fault = check(pattern, checking);
  if (fault) checking.report(word, `the pattern ${shown(word?.text ?? pattern)} ${fault.says}`, fault.extra);
};

/** ngx_http_core_server_name() and ngx_hash_add_key(). */
export function serverName(checking: Checking): void {
  const { args, report } = checking;
  for (const word of args) {
    const { text } = word;
    if (text.startsWith('~')) {
      if (text === '~') report(word, 'the pattern ~ is empty');
      else judgePattern(checking, word, text.slice(1));
      continue;
    }
    const stars = text.split('*').length - 1;
    const isWildcard = stars === 1 && (/^\*\../.test(text) || /.\.\*$/.test(text));
    if ((stars > 0 && !isWildcard) || text === '.' || text.includes('..')) {
      // What is wrong inside shows only when names are compared, that is with several servers on a socket.
      const isRefused = text === '.' || /^\*(?!\..)/.test(text);
      report(
        word,
        stars > 0
          ? `${shown(text)} is no server name: * stands before or after all else, next to a dot`
          : `${shown(text)} is no server name: nothing stands between its dots`,
        isRefused ? {} : { severity: 'warning', help: 'with several servers on the socket nginx refuses it' },
      );
    } else if (text.includes('/')) {
      report(word, `${shown(text)} has a /, so it matches no request`, {
        severity: 'warning',
        help: 'a server name is a host without scheme and path',
      });
    } else if (text === 'default_server') {
      report(word, 'default_server is a parameter of listen, and here the name of a host', {
        severity: 'warning',
      });
    } else if (text.endsWith(',')) {
      report(word, `${shown(text)} ends in a comma, so it matches no request`, {
        severity: 'warning',
        ...(text.length > 1 ? { meant: text.slice(0, -1) } : {}),
      });
    }
  }
}

export function location(checking: Checking): void {
  const { statement, args, report } = checking;
  if (args.length === 2 && !/^(?:=|~\*?|\^~)$/.test(args[0]!.text)) {
    const { text } = args[0]!;
    report(args[0], `${shown(text)} is no modifier of location, there are =, ^~, ~ and ~*`);
    return;
  }
  const { modifier, path } = locationOf(statement);
  if (!modifier.startsWith('~') || path.value === undefined) return;
  judgePattern(checking, args.at(-1), path.value);
}

export function condition(checking: Checking): void {
  const { args, report } = checking;
  const fault = conditionFault(args);
  if (fault) {
    report(fault.word, fault.says, fault.meant === undefined ? {} : { meant: fault.meant });
    return;
  }
  const compared = conditionOf({ args });
  if (compared?.pattern) judgePattern(checking, compared.value, compared.value.text);
}

export function rewrite(checking: Checking): void {
  const { args, report } = checking;
  const [pattern, , flag] = args as [Word, Word, Word?];
  judgePattern(checking, pattern, pattern.text);
  literal(flag, ['last', 'break', 'redirect', 'permanent'], 'the flag of rewrite', report);
}

/** Words that are regular expressions, as `pattern` takes them out; it is undefined for the others. */
export const patterns =
  (pattern: (word: Word) => string | undefined): Check =>
  (checking) => {
    for (const word of checking.args) {
      const text = pattern(word);
      if (text !== undefined) judgePattern(checking, word, text, compileFault);
    }
  };

/** ngx_http_fastcgi_split_path_info(): the script's name, and what follows it. */
export function pathInfo(checking: Checking): void {
  const { args, report } = checking;
  const [{ text } = { text: '' }] = args;
  const groups = text.replace(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]/g, '').match(/\((?!\?)|\(\?(?:P?<(?![=!])|')/g);
  if (compileFault(text, checking)) judgePattern(checking, args[0], text, compileFault);
  else if ((groups?.length ?? 0) !== 2) {
    report(args[0], `the pattern ${shown(text)} has ${groups?.length ?? 0} groups, not 2`);
  }
}
