/** What the daemon wants of words beyond what the table says of them. */
import { remembered } from '../../../../grammar/remembered.ts';
import type { Keyword } from '../../../../grammar/tables/keywords.ts';
import { atLeast, showVersion, type Version } from '../../version.ts';
import { atMost } from './problem.ts';

/** Limits that no column of the table has, by keyword: what the daemon wants of a word it otherwise takes. */
const limits: ReadonlyMap<string, (text: string) => string | undefined> = new Map([
  // interval: "must be greater than 0, setting to 1"
  [
    'vrrp_script/interval',
    (text: string) => (Number(text) === 0 ? 'a number of seconds above 0' : undefined),
  ],
  ['vrrp_script/timeout', (text: string) => (Number(text) === 0 ? 'a number of seconds above 0' : undefined)],
  ...['track_file', 'vrrp_track_file'].map(
    (context) =>
      [
        `${context}/init_file`,
        (text: string) =>
          text === 'overwrite' || (/^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 254)
            ? undefined
            : 'a number from -254 to 254, or overwrite',
      ] as const,
  ),
  ...['HTTP_GET', 'SSL_GET'].flatMap((checker) => [
    [
      `virtual_server.real_server.${checker}.url/path`,
      // It goes into the request line as it is (http_request_thread()).
      (text: string) =>
        /[^\x20-\x7e]|[;,]$/.test(text)
          ? 'a path of ASCII characters that ends in no ; or comma'
          : /^(?:\/|\*$|[a-z][a-z\d+.-]*:\/\/)/i.test(text)
            ? undefined
            : 'a path that begins with /',
    ] as const,
    [
      `virtual_server.real_server.${checker}.url/digest`,
      (text: string) => (text.length === 32 ? undefined : 'an MD5 sum of 32 characters'),
    ] as const,
    [
      `virtual_server.real_server.${checker}.url/status_code`,
      (text: string) => (isStatus(text) ? undefined : 'a status from 100 to 999, or a range of them'),
    ] as const,
  ]),
  [
    'vrrp_instance/use_vmac',
    (text: string) => (text.includes(':') ? undefined : (atMost(text, 15) ?? interfaceName(text))),
  ],
  ['vrrp_instance/interface', (text: string) => (text === 'lo' ? 'one that reaches other nodes' : undefined)],
  ['global_defs/router_id', plainName],
  ['vrrp_track_process/process', plainName],
  [
    'virtual_server.real_server.DNS_CHECK/name',
    (text: string) => (/^\..|\.\./.test(text) ? 'a name with something before each of its dots' : undefined),
  ],
  ['global_defs/umask', umask],
]);

/** The daemon takes any sign for a part of the name: the subject of its mails, the process that it looks for. */
function plainName(text: string): string | undefined {
  return /^\S+[;,]$|^(['`]).*\1$/.test(text) ? 'a name that ends in no ;, comma or quote' : undefined;
}

/** dev_name_valid() of the kernel. */
const interfaceName = (text: string): string | undefined =>
  /^\.{0,2}$|[/\s]/.test(text) ? 'a name that an interface can have' : undefined;

/** An octal number, or letters such as IRUSR joined by | (read_umask()). */
function umask(text: string): string | undefined {
  const isNumber = /^(?:0?[0-7]{1,3}|0x[\da-f]{1,3})$/i.test(text);
  const isWords = text.split('|').every((part) => /^(?:I[RWX](?:USR|GRP|OTH)|IRWX[UGO]|)$/.test(part));
  return isNumber || isWords ? undefined : 'an octal number such as 022, or words such as IWGRP|IWOTH';
}

function isStatus(text: string): boolean {
  const [, first, last = first] = /^([1-9]\d\d)(?:-([1-9]\d\d))?$/.exec(text) ?? [];
  return first !== undefined && Number(first) <= Number(last);
}

/** To put the two names together for each word of a file takes longer than all that is asked of it. */
const limitOf = remembered(({ context, name }: Keyword) => limits.get(`${context}/${name}`));

/** What is expected in place of a word that breaks a limit of its keyword; undefined where it breaks none. */
export function limited(text: string, known: Keyword, version: Version): string | undefined {
  if (known.flags.has('whole-before-2.3.2') && /\./.test(text) && atLeast(version, '2.3.2') === false)
    return 'a whole number, which it must be before keepalived 2.3.2';
  // dns_name_handler() of 2.2.7 takes the dot behind one letter for the end of an empty label; tried with that release only.
  const isDnsName = known.name === 'name' && known.context.endsWith('.DNS_CHECK');
  if (isDnsName && /^[^.]\./.test(text) && (!version || showVersion(version) === '2.2.7'))
    return 'a name whose first part is longer, as 2.2.7 needs it';
  return limitOf(known)?.(text);
}
