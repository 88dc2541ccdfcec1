/** Where logs go, and what they hold. */
import type { Variant } from '../../../../grammar/tables/directives.ts';
import { meantValue, oneOf, shown } from '../values.ts';
import type { Check, Checking } from './checking.ts';
import { keyOf, parameters } from './parameters.ts';

const levels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];

const levelSynonyms: ReadonlyMap<string, string> = new Map([
  ['warning', 'warn'],
  ['err', 'error'],
  ['critical', 'crit'],
  ['emergency', 'emerg'],
  ['fatal', 'emerg'],
]);

/** ngx_log_set_levels(). */
export function errorLog({ args, report }: Checking): void {
  for (const word of args.slice(1)) {
    const { text } = word;
    if (levels.includes(text) || /^debug_(?:core|alloc|mutex|event|http|mail|stream)$/.test(text)) continue;
    const meant = levelSynonyms.get(text) ?? meantValue(text, { type: 'enum', values: levels });
    const help = /^(?:main|combined)/.test(text) ? 'only access_log has a format' : undefined;
    report(word, `the level of error_log is ${shown(text)}, not ${oneOf(levels)}`, {
      ...(meant === undefined ? {} : { meant }),
      ...(help === undefined ? {} : { help }),
    });
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
    const format = args[1]?.text;
    if (format !== undefined && /^(?:buffer|flush|gzip|if)=/.test(format)) {
      report(args[1], `a format stands before ${keyOf(format)}=`, {
        ...(isStream ? {} : { meant: `combined ${format}` }),
      });
      return;
    }
    if (isStream && format === undefined) report(undefined, 'access_log in stream has no format');
    check(checking);
    const flush = args.find(({ text }) => text.startsWith('flush='));
    if (flush && !args.some(({ text }) => /^(?:buffer=|gzip)/.test(text))) {
      report(flush, 'flush needs buffer= or gzip');
    }
  };
}

export function logFormat({ args, report }: Checking): void {
  const second = args[1]?.text;
  if (second?.startsWith('escape=')) {
    const values = ['default', 'json', 'none'];
    const value = second.slice('escape='.length);
    if (!values.includes(value)) report(args[1], `escape is ${shown(value)}, not ${oneOf(values)}`);
  }
}
