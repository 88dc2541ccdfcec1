/** Where logs go, and what they hold. */
import type { Variant } from '../../../../grammar/tables/directives.ts';
import type { Word } from '../../../../grammar/tree.ts';
import { addressFault } from '../address.ts';
import { isSlipOf, meantValue, oneOf, rejection, shown } from '../values.ts';
import { bytes, type Check, type Checking } from './checking.ts';
import { keyOf, parameters } from './parameters.ts';

const levels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];

const levelSynonyms: ReadonlyMap<string, string> = new Map([
  ['warning', 'warn'],
  ['err', 'error'],
  ['critical', 'crit'],
  ['emergency', 'emerg'],
  ['fatal', 'emerg'],
]);

/** ngx_log_set_log(), ngx_log_set_levels(). */
export function errorLog({ args, report }: Checking): void {
  const [target, ...rest] = args as [Word, ...Word[]];
  syslog(target, report);
  const [, size] = /^memory:(.*)$/s.exec(target.text) ?? [];
  if (size !== undefined && (rejection(size, { type: 'size' }) !== undefined || bytes(size) < smallestRing)) {
    report(target, `${shown(target.text)} is not such as memory:32m`);
  }
  let before: Word | undefined;
  for (const word of rest) {
    const { text } = word;
    const isPart = /^debug_(?:core|alloc|mutex|event|http|mail|stream)$/.test(text);
    if (levels.includes(text) || isPart) {
      if (before && !(isPart && before.text.startsWith('debug_'))) {
        report(word, `error_log has the level ${before.text} already`);
      }
      before = word;
      continue;
    }
    const meant = levelSynonyms.get(text) ?? meantValue(text, { type: 'enum', values: levels });
    const help = /^(?:main|combined)/.test(text) ? 'only access_log has a format' : undefined;
    report(word, `the level is ${shown(text)}, not ${oneOf(levels)}`, {
      ...(meant === undefined ? {} : { meant }),
      ...(help === undefined ? {} : { help }),
    });
  }
}

/** Of some 120 bytes nginx makes a ring that holds a line. */
const smallestRing = 128;

const facilities =
  'kern user mail daemon auth intern lpr news uucp clock authpriv ftp ntp audit alert cron local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );
const severities = [...levels].reverse();

/** ngx_syslog_parse_args(): what follows `syslog:`, one after the other with commas between. */
function syslog(word: Word, report: Checking['report']): void {
  const [, list] = /^syslog:(.*)$/s.exec(word.text) ?? [];
  if (list === undefined) return;
  const seen = new Set<string>();
  for (const part of list.split(',')) {
    const sign = part.indexOf('=');
    const [key, value] = sign < 0 ? [part, ''] : [part.slice(0, sign), part.slice(sign + 1)];
    const says = seen.has(key) && sign > 0 ? `${key} stands twice in it` : syslogFault(part, key, value);
    if (says !== undefined) {
      report(word, `the address of the syslog server: ${says}`);
      return;
    }
    seen.add(key);
  }
  if (!seen.has('server')) report(word, `the address of the syslog server has no server=`);
}

function syslogFault(part: string, key: string, value: string): string | undefined {
  switch (key) {
    case 'server': {
      const fault = addressFault(value, { defaultPort: true });
      return fault && `${shown(value)} ${fault}`;
    }
    case 'facility':
      return facilities.includes(value) ? undefined : `${shown(value)} is no facility such as local7`;
    case 'severity':
      return severities.includes(value) ? undefined : `${shown(value)} is no severity such as info`;
    case 'tag':
      if (value.length > 32) return 'the tag is longer than 32 characters';
      return /^\w*$/.test(value) ? undefined : `the tag ${shown(value)} has more than letters, digits and _`;
    default:
      return part === 'nohostname'
        ? undefined
        : `${part === '' ? 'a comma too many' : `it takes no ${shown(part)}`}`;
  }
}

/** ngx_http_log_set_log(): the second word is the format, whatever it looks like. */
export function accessLog(variant: Variant): Check {
  const check = parameters(variant, { from: 2 });
  const isStream = variant.contexts.includes('stream');
  return (checking) => {
    const { args, report } = checking;
    if (args[0]!.text === 'off') {
      if (args[1]) report(args[1], `nothing can follow access_log off`);
      return;
    }
    const path = args[0]!;
    const isSwitch = isSlipOf(path.text, 'off') || isSlipOf(path.text, 'on');
    if (args.length === 1 && isSwitch) {
      report(path, `access_log writes to a file called ${path.text}`, {
        severity: 'warning',
        ...(isSlipOf(path.text, 'off') ? { meant: 'off' } : {}),
      });
      return;
    }
    syslog(path, report);
    const format = args[1]?.text;
    if (format !== undefined && /^(?:buffer|flush|gzip|if)=/.test(format)) {
      report(args[1], `a format stands before ${keyOf(format)}=`, {
        ...(isStream ? {} : { meant: `combined ${format}` }),
      });
      return;
    }
    if (isStream && format === undefined) report(undefined, 'access_log in stream has no format');
    check(checking);
    const buffered = args.find(({ text }, index) => index > 1 && /^(?:buffer=|gzip(?:$|=))/.test(text));
    const flush = args.find(({ text }) => text.startsWith('flush='));
    for (const word of args.slice(2)) {
      if (/^(?:buffer|flush)=0+[a-z]*$/i.test(word.text))
        report(word, `${shown(word.text)} is no size or time above 0`);
    }
    if (flush && !buffered) report(flush, 'flush needs buffer= or gzip');
    if (!buffered) return;
    if (path.text.startsWith('syslog:')) report(buffered, 'a log to syslog cannot be buffered');
    else if (path.text.includes('$')) report(buffered, 'a log with variables in its path cannot be buffered');
  };
}

export function logFormat({ statement, args, report }: Checking): void {
  if (args[0]!.text === 'combined' && statement.context === 'http')
    report(args[0], 'nginx itself has a log format called combined, and takes no second one');
  const second = args[1]?.text;
  if (second?.startsWith('escape=')) {
    const values = ['default', 'json', 'none'];
    const value = second.slice('escape='.length);
    if (!values.includes(value)) report(args[1], `escape is ${shown(value)}, not ${oneOf(values)}`);
  }
}
