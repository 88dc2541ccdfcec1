/** Shared memory. */
import type { Variant } from '../../../../grammar/tables/directives.ts';
import { meantValue, rejection, shown } from '../values.ts';
import { bytes, type Check, type Checking, judge } from './checking.ts';

export function zone(variant: Variant): Check {
  const pages = variant.params.find(({ name }) => name === 'size')?.facts.get('pages');
  return ({ args, report }) => {
    const [name, size] = args;
    if (name?.text === '') report(name, 'the zone has no name');
    if (!size) {
      const [, own, much] = /^(.+):(\d+[kKmM]?)$/.exec(name?.text ?? '') ?? [];
      if (much) report(name, 'the size of the zone is a word of its own', { meant: `${own} ${much}` });
      return;
    }
    judge('the size of the zone', size, { type: 'size' }, report);
    const least = Number(pages ?? 0) * 4096;
    if (rejection(size.text, { type: 'size' }) === undefined && bytes(size.text) < least) {
      report(size, `a zone of ${size.text} is smaller than ${least / 1024}k`);
    }
  };
}

/** ngx_http_ssl_session_cache(). */
export function sessionCache({ args, report }: Checking): void {
  for (const word of args) {
    const { text } = word;
    if (/^(?:off|none|builtin|builtin:\d+)$/.test(text)) continue;
    if (!text.startsWith('shared:')) {
      report(word, `ssl_session_cache is ${shown(text)}, not off, none, builtin or such as shared:SSL:10m`);
      continue;
    }
    const [zone = '', size = ''] = text.slice('shared:'.length).split(':');
    const expected = rejection(size, { type: 'size' });
    if (zone === '' || expected !== undefined) {
      const meant = meantValue(size, { type: 'size' });
      report(word, `${shown(text)} is not such as shared:SSL:10m`, {
        ...(meant === undefined ? {} : { meant: `shared:${zone}:${meant}` }),
      });
    } else if (bytes(size) < 8 * 4096) report(word, `zone ${zone} of ${size} is smaller than 32k`);
  }
}

/** ngx_http_ssl_ocsp_cache(). */
export function ocspCache({ args, report }: Checking): void {
  const word = args[0]!;
  if (word.text === 'off') return;
  const [, size] = /^shared:[^:]+:(.*)$/s.exec(word.text) ?? [];
  if (size === undefined || rejection(size, { type: 'size' }) !== undefined) {
    report(word, `ssl_ocsp_cache is ${shown(word.text)}, not off or such as shared:OCSP:10m`);
  } else if (bytes(size) < 8 * 4096) report(word, `the zone of ${size} is smaller than 32k`);
}

export function limitConn({ args, report }: Checking): void {
  judge('the number of limit_conn', args[1]!, { type: 'num', min: 1, max: 65535 }, report);
}
