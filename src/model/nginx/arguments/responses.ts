/** What is answered: codes, headers, times, and the methods asked for. */
import type { Word } from '../../../../grammar/tree.ts';
import { locationOf } from '../server.ts';
import type { Statement } from '../statement.ts';
import { rejection, shown } from '../values.ts';
import { type Checking, judge, literal } from './checking.ts';
import { judgePattern } from './patterns.ts';

/** ngx_http_rewrite_return(). */
export function returns({ args, report }: Checking): void {
  const [code, ...rest] = args as [Word, ...Word[]];
  if (/^\d+$/.test(code.text)) {
    if (Number(code.text) > 999) report(code, `return is ${code.text}, not a code up to 999`);
  } else if (rest.length > 0 || !/^(?:https?:\/\/|\$scheme)/.test(code.text)) {
    report(code, `return is ${shown(code.text)}, not a code${rest.length > 0 ? '' : ' or a whole URL'}`, {
      ...(rest.length === 0 && code.text.startsWith('/')
        ? { help: 'write return 302 and then the path' }
        : {}),
    });
  }
}

/** ngx_http_core_root(): what it defines can be no part of it. */
export function root({ statement: { name }, args, report }: Checking): void {
  const [variable] =
    /\$(?:\{(?:document|realpath)_root\}|(?:document|realpath)_root)/.exec(args[0]!.text) ?? [];
  if (variable !== undefined) report(args[0], `${variable} is what ${name} defines, and cannot stand in it`);
}

/** The same. */
export function alias(checking: Checking): void {
  root(checking);
  const { parent } = checking.statement;
  const { report } = checking;
  if (parent?.name !== 'location' || locationOf(parent).modifier !== '@') return;
  report(undefined, 'alias cannot stand in a named location, which replaces no part of a path', {
    help: 'name the folder with root, and the file with try_files',
  });
}

/** ngx_http_core_error_page(). */
export function errorPage({ args, report }: Checking): void {
  const before = args.slice(0, -1);
  const response = before.at(-1)?.text.startsWith('=') ? before.pop() : undefined;
  if (response && !/^=\d*$/.test(response.text)) {
    report(response, `${shown(response.text)} is no response such as =200`);
  }
  if (response && before.length === 0) report(undefined, 'error_page names no code');
  for (const word of before) {
    const { text } = word;
    if (text === '499' || !/^\d+$/.test(text) || Number(text) < 300 || Number(text) > 599) {
      report(word, `error_page is for ${shown(text)}, not for a code from 300 to 599 other than 499`);
    }
  }
}

/** ngx_http_headers_expires(), ngx_http_parse_expires(). */
export function expires({ args, report }: Checking): void {
  if (args.length === 2 && args[0]!.text !== 'modified') {
    report(args[0], `expires takes one time, or modified before it`);
    return;
  }
  const word = args.at(-1)!;
  const { text } = word;
  if (text.includes('$') || (args.length === 1 && /^(?:epoch|max|off)$/.test(text))) return;
  const isTime = rejection(text.replace(/^[-+@]/, ''), { type: 'sec' }) === undefined;
  if (!isTime)
    judge(
      'expires',
      word,
      { type: 'sec', values: args.length === 1 ? ['epoch', 'max', 'off'] : undefined },
      report,
    );
  else if (args.length === 2 && text.startsWith('@'))
    report(word, `${shown(text)} is a time of day, which cannot stand after modified`);
  else if (/^@(?:0*(?:2[4-9]|[3-9]\d|\d{3,})h|0*[1-9]\d*[yMwd])/.test(text))
    report(word, `${shown(text)} is no time of day: a day ends before 24h`);
}

/** A list of files that is written with commas: the comma belongs to the name. */
export function commas({ args, report }: Pick<Checking, 'args' | 'report'>): void {
  for (const word of args) {
    if (word.quote || !/[^,],$/.test(word.text)) continue;
    const extra = { severity: 'warning' as const, meant: word.text.slice(0, -1) };
    report(word, `${shown(word.text)} ends in a comma, and so would the name of the file`, extra);
  }
}

export function tryFiles({ args, report }: Checking): void {
  const last = args.at(-1)!;
  if (last.text.startsWith('=') && !/^=\d{1,3}$/.test(last.text)) {
    report(last, `${shown(last.text)} is no code such as =404`);
  } else if (args.at(-2)?.text === '=' && /^\d{3}$/.test(last.text)) {
    report(last, `${last.text} is the name of a location here: its code would be =${last.text}`, {
      severity: 'warning',
      help: 'a code has no blank after its =',
    });
  }
  // ngx_http_try_files_handler() finds the root itself there, whatever was asked for.
  const root = args.slice(0, -1).find(({ text }) => text === '/');
  if (root) {
    report(root, 'the folder / is always there: what stands behind it is never tried', {
      severity: 'warning',
      help: 'the folder of the request is $uri/, without a blank',
    });
  }
  commas({ args: args.slice(0, -1), report });
}

export function cacheValid({ statement, args, report }: Checking): void {
  const last = args.at(-1)!;
  judge(`the time of ${statement.name}`, last, { type: 'sec' }, report);
  for (const word of args.slice(0, -1)) {
    judge('the status', word, { type: 'int', min: 100, max: 599, values: ['any'] }, report);
  }
}

export function always({ statement, args, report }: Checking): void {
  literal(args[2], ['always'], `the third word of ${statement.name}`, report);
}

/** ngx_http_proxy_redirect(). */
export function proxyRedirect(checking: Checking): void {
  const { statement, args, report } = checking;
  rewritten(checking);
  if (args.length > 1) return;
  const { text } = args[0]!;
  if (text === 'default') byDefault(statement, report);
  else if (text !== 'off') report(args[0], `proxy_redirect is ${shown(text)}, not off, default or two words`);
}

/** `default` takes its two words from the proxy_pass above it. */
function byDefault({ directive, parent }: Statement, report: Checking['report']): void {
  if (!parent) return;
  const place = parent.body.findIndex((each) => each.directive === directive);
  const pass = parent.body.find(({ name }) => name === 'proxy_pass');
  // An include may hold it.
  if (!pass && parent.body.some(({ name }) => name === 'include')) return;
  const at = directive.args[0];
  if (!pass || parent.body.indexOf(pass) > place) {
    report(at, 'proxy_redirect default stands above no proxy_pass that it could follow', {
      help: pass
        ? 'write it below proxy_pass, or leave it out: it is the default'
        : 'leave it out: it is the default',
    });
  } else if (pass.directive.args[0]?.text.includes('$')) {
    report(at, 'proxy_redirect default cannot go with variables in proxy_pass', {
      help: 'write off, or the two words yourself',
    });
  }
}

/** The first word of proxy_redirect, proxy_cookie_domain and the like may be a pattern. */
function rewritten(checking: Checking): void {
  const [first] = checking.args;
  const pattern = first?.text.startsWith('~') ? first.text.replace(/^~\*?/, '') : '';
  if (pattern !== '') judgePattern(checking, first, pattern);
}

export function offAlone(checking: Checking): void {
  const { statement, args, report } = checking;
  if (args.length > 1) rewritten(checking);
  if (args.length === 1 && args[0]!.text !== 'off') {
    report(args[0], `${statement.name} is ${shown(args[0]!.text)}, not off or two words`);
  }
}

const cookieFlagNames = [
  'secure',
  'nosecure',
  'httponly',
  'nohttponly',
  'samesite=strict',
  'samesite=lax',
  'samesite=none',
  'nosamesite',
];

export function cookieFlags(checking: Checking): void {
  const { args, report } = checking;
  if (args.length > 1) rewritten(checking);
  if (args.length === 1 && args[0]!.text !== 'off') {
    report(args[0], `proxy_cookie_flags is ${shown(args[0]!.text)}, not off or a cookie and its flags`);
  }
  for (const word of args.slice(1)) {
    if (word.text.includes('$')) continue;
    if (rejection(word.text, { type: 'enum', values: cookieFlagNames }) !== undefined) {
      report(word, `${shown(word.text)} is no flag of a cookie`);
    }
  }
}

const httpMethods =
  'GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH'.split(' ');

export function methods({ args, report }: Checking): void {
  for (const word of args)
    judge('a method of limit_except', word, { type: 'enum', values: httpMethods }, report);
}
