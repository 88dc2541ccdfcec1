/** What global_defs says; blocks given several times add up, and the last value holds, wherever it stands. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located, type Setting } from '../located.ts';
import { firstWord, flag, lastOf, listItems, readVersion, setting } from './settings.ts';
import { guessedIn, type Statement } from './statements.ts';

export interface Globals {
  /** Undefined when not written: the host's name then serves. */
  readonly routerId: Located<string> | undefined;
  readonly version: Setting<2 | 3>;
  readonly strict: Setting<boolean>;
  /** Adverts that may be missed, as written. */
  readonly downTimerAdverts: Located<string> | undefined;
  readonly defaultInterface: Setting<string>;
  /** The word that makes keepalived check who may change its scripts. */
  readonly scriptSecurity: Span | undefined;
  readonly scriptUser: Located<string> | undefined;
  readonly smtpServer: Located<string> | undefined;
  readonly notificationEmails: readonly Located<string>[];
  readonly smtpAlert: Setting<boolean>;
  /** Anything that carries state changes out of the machine besides mail: SNMP, D-Bus, a notify fifo. */
  readonly signals: readonly Statement[];
}

const signalling = /^(?:notify_fifo|vrrp_notify_fifo|enable_snmp_\w+|enable_traps|enable_dbus)$/;

/** Whether anything is configured in which the daemon calls itself by its router_id: mails (smtp.c), SNMP (vrrp_snmp.c). */
export const tellsRouterId = ({ notificationEmails, signals }: Globals): boolean =>
  notificationEmails.length > 0 || signals.some(({ keyword }) => /snmp|traps/.test(keyword!.name));

/** The settings of all `global_defs` blocks; `home` is where a file without any begins. */
export function globalsOf(statements: readonly Statement[], home: Span): Globals {
  const blocks = statements.filter(({ keyword }) => keyword?.name === 'global_defs');
  const body = blocks.flatMap((block) => block.body);
  const at = blocks[0] ? headSpan(blocks[0].directive) : home;
  const security = lastOf(body, 'enable_script_security');
  const vrrp = flag(body, 'smtp_alert_vrrp', undefined, at);
  return {
    routerId: firstWord(lastOf(body, 'router_id')),
    version:
      lastOf(body, 'vrrp_version') || !isAstray(statements, 'vrrp_version')
        ? setting<2 | 3>(body, 'vrrp_version', readVersion, 2, at)
        : { value: undefined, at, written: true },
    strict: flag(body, 'vrrp_strict', false, at),
    downTimerAdverts: firstWord(lastOf(body, 'vrrp_down_timer_adverts')),
    defaultInterface: setting<string>(body, 'default_interface', (text) => text, undefined, at),
    scriptSecurity: security && headSpan(security.directive),
    scriptUser: firstWord(lastOf(body, 'script_user')),
    smtpServer: firstWord(lastOf(body, 'smtp_server')),
    notificationEmails: listItems(body, 'notification_email').flatMap((item) =>
      [item.name, ...item.args]
        .filter(({ text }) => !isPlaceholder(text))
        .map((word) => located(word.text, wordSpan(item, word))),
    ),
    smtpAlert: vrrp.written ? vrrp : flag(body, 'smtp_alert', undefined, at),
    signals: body.filter(({ keyword }) => keyword !== undefined && signalling.test(keyword.name)),
  };
}

/** Whether a line of a keyword stands where it means nothing. */
const isAstray = (statements: readonly Statement[], name: string): boolean =>
  guessedIn(statements).some(({ directive }) => directive.name.text === name);

/** A policy that another one outdoes. */
export interface LostPolicy {
  readonly lost: Located<string>;
  readonly kept: Located<string>;
}

/**
 * The policies for receive buffers that do not count: lines add up, a size outdoes the other words, and MTU outdoes ADVERT
 * (vrrp_rx_bufs_policy_handler()).
 */
export function* lostPolicies(statements: readonly Statement[]): Generator<LostPolicy> {
  const written = statements
    .filter(({ keyword }) => keyword?.name === 'global_defs')
    .flatMap(({ body }) => body)
    .filter(({ keyword }) => keyword?.name === 'vrrp_rx_bufs_policy')
    .flatMap(({ args, directive }) => args.map((word) => located(word.text, wordSpan(directive, word))));
  const rank = ({ value }: Located<string>): number =>
    /^\d+$/.test(value) ? 2 : value.toUpperCase() === 'MTU' ? 1 : 0;
  const known = written.filter(({ value }) => /^(?:\d+|MTU|ADVERT)$/i.test(value));
  const kept = known.toSorted((a, b) => rank(b) - rank(a))[0];
  for (const lost of known) if (rank(lost) < rank(kept!)) yield { lost, kept: kept! };
}
