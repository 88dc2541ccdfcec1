/** Directives whose arguments are of one type. */
import type { Variant } from '../../../../grammar/tables/directives.ts';
import type { Word } from '../../../../grammar/tree.ts';
import { atLeast } from '../../version.ts';
import { type Slot, shown } from '../values.ts';
import { type Check, type Checking, judge } from './checking.ts';

/** The check of a directive whose arguments are of one type (ngx_conf_set_*_slot()). */
export function slots(variant: Variant): Check | undefined {
  const { name, type, values, range } = variant;
  const slot: Slot = { type, values, min: range?.[0], max: range?.[1] };
  switch (type) {
    case 'flag':
    case 'num':
    case 'size':
    case 'offset':
    case 'msec':
    case 'sec':
      return ({ args, report }) => judge(name, args[0]!, slot, report);
    case 'enum':
      return (checking) => words(checking, checking.args.slice(0, 1), slot, variant);
    case 'bitmask':
      return (checking) => words(checking, checking.args, slot, variant);
    case 'bufs':
      return ({ args, report }) => {
        judge(`the number of ${name}`, args[0]!, { type: 'num', min: 1 }, report);
        if (args[1]) judge(`the size of ${name}`, args[1], { type: 'size' }, report);
      };
    case 'types':
      return (checking) => mimeTypes(checking, variant);
    case 'access':
      return ({ args, report }) => {
        for (const word of args) {
          if (!/^(?:user|group|all):(?:rw|r)$/.test(word.text)) {
            report(word, `${name} is ${shown(word.text)}, not such as user:rw or all:r`);
          }
        }
      };
    case 'path':
      return ({ args, report }) => {
        for (const word of args.slice(1)) judge(`a level of ${name}`, word, { type: 'num' }, report);
      };
    default:
      return undefined;
  }
}

/** Judges words of a fixed set, some of which came later than others. */
function words(
  { report, version }: Checking,
  list: readonly Word[],
  slot: Slot,
  { name, params }: Variant,
): void {
  for (const word of list) {
    const since = version && params.find((param) => param.name === word.text)?.facts.get('since');
    if (since !== undefined && atLeast(version, since) === false) {
      report(word, `${name} takes ${word.text} since nginx ${since}`);
    } else judge(name, word, slot, report);
  }
}

/** ngx_http_types_slot(), ngx_http_merge_types(): a table that begins with what is in it without a word. */
function mimeTypes({ args, report }: Checking, { name }: Variant): void {
  const listed = args.find(({ text }) => /\w,$/.test(text));
  if (listed) {
    report(listed, `${shown(listed.text)} ends in a comma, and no response has such a type`, {
      severity: 'warning',
      meant: listed.text.slice(0, -1),
    });
  }
  const seen = new Set([name === 'xslt_types' ? 'text/xml' : 'text/html']);
  for (const word of args) {
    const type = word.text.toLowerCase();
    const isFirst = !seen.has(type);
    seen.add(type);
    if (isFirst) continue;
    const always = type === 'text/html' || (type === 'text/xml' && name === 'xslt_types');
    report(word, `${shown(word.text)} is among the types ${always ? 'without being named' : 'already'}`, {
      severity: 'info',
    });
  }
}
