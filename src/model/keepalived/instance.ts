/** One vrrp_instance, with what the daemon makes of it. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, headSpan, type Word, wordSpan } from '../../../grammar/tree.ts';
import { type Located, located, type Setting } from '../located.ts';
import {
  type Address,
  type Family,
  type Prefixed,
  parseAddress,
  parsePrefixed,
  sameNetwork,
} from '../net.ts';
import type { Globals } from './globals.ts';
import {
  firstWord,
  flag,
  keywordSpan,
  lastOf,
  listItems,
  number,
  readVersion,
  setting,
  statementsOf,
  valueSpan,
} from './settings.ts';
import { lacks, type Statement } from './statements.ts';

/** An address of virtual_ipaddress or virtual_ipaddress_excluded; undefined where it cannot be read. */
export interface VirtualAddress {
  readonly address: Prefixed | undefined;
  /** The address as written. */
  readonly text: string;
  readonly at: Span;
  /** All that is said of it. */
  readonly line: Span;
  /** The interface named by `dev`. */
  readonly dev: Located<string> | undefined;
  /** The loss of that interface is FAULT. */
  readonly tracked: boolean;
  /** The address after `brd`, and whether it lies in the network; undefined where there is none that can be read. */
  readonly broadcast: Located<'inside' | 'outside'> | undefined;
}

/** What the adverts carry as proof, after the rules that drop it. */
export interface Authentication {
  /** Undefined where it is not known. */
  readonly type: 'none' | 'PASS' | 'AH' | undefined;
  /** Where the type is decided: the word, or the block that lacks it. */
  readonly at: Span;
  /** The bytes that are compared: the first eight. Never to be printed. */
  readonly secret: Located<string | undefined> | undefined;
  /** More was written than is compared. */
  readonly truncated: boolean;
  /** The word `auth_pass`: what points at it does not tell how long the secret is. */
  readonly secretKeyword: Span | undefined;
  /** Why what is written does not count, for a message. */
  readonly dropped: string | undefined;
}

/** Seconds between adverts. */
export interface Interval extends Setting<number> {
  /** As written; version 2 rounds it. */
  readonly stated: number | undefined;
}

/** Something whose failure lowers the priority or stops the instance. */
export interface Tracker {
  readonly kind: 'script' | 'process' | 'file' | 'bfd' | 'interface';
  readonly name: Located<string>;
  /** The weight on the line itself; else that of the tracked object holds. */
  readonly weight: Located<number> | undefined;
  readonly reverse: boolean;
}

/** A virtual router as one node configures it. */
export interface Instance {
  readonly statement: Statement;
  readonly name: Located<string>;
  /** The line that opens the block. */
  readonly head: Span;
  readonly state: Setting<'MASTER' | 'BACKUP'>;
  readonly interface: Setting<string>;
  readonly virtualRouterId: Setting<number>;
  /** 1 to 255, 255 being the address owner. */
  readonly priority: Setting<number>;
  /** Seconds, as the daemon uses them: version 2 knows whole ones only. */
  readonly advertInterval: Interval;
  readonly version: Setting<2 | 3>;
  readonly family: Family | undefined;
  readonly nopreempt: Setting<boolean>;
  readonly strict: Setting<boolean>;
  readonly authentication: Authentication;
  readonly addresses: readonly VirtualAddress[];
  /** The word that opens the list of addresses, or the head where there is none. */
  readonly addressList: Span;
  readonly excluded: readonly VirtualAddress[];
  readonly unicastPeers: readonly Located<Address | undefined>[];
  readonly unicastSource: Located<Address> | undefined;
  readonly trackers: readonly Tracker[];
  /** Statements that tell somebody of a change: notify scripts. */
  readonly notifiers: readonly Statement[];
  /** Mail on a change of state, undefined where nothing says so here. */
  readonly smtpAlert: Setting<boolean>;
}

/** The instance of a `vrrp_instance` block. */
export function instanceOf(statement: Statement, globals: Globals): Instance {
  const { body, directive } = statement;
  const head = headSpan(directive);
  const addresses = listItems(body, 'virtual_ipaddress').map(virtualAddress);
  const excluded = listItems(body, 'virtual_ipaddress_excluded').map(virtualAddress);
  const family = [...addresses, ...excluded].find(({ address }) => address)?.address?.family;
  const state = setting<'MASTER' | 'BACKUP'>(
    body,
    'state',
    (text) => (text === 'MASTER' || text === 'BACKUP' ? text : undefined),
    'BACKUP',
    head,
  );
  const version = versionOf(body, globals, family, head);
  const ownStrict = flag(body, 'strict_mode', globals.strict.value, head);
  const strict =
    ownStrict.written || !globals.strict.written ? ownStrict : { ...ownStrict, at: globals.strict.at };
  const advertInterval = setting(body, 'advert_int', number, 1, head);
  const addressList = lastOf(body, 'virtual_ipaddress');
  return {
    statement,
    // keepalived refuses an instance without a name, which missing-value says; other messages need to call it something.
    name: firstWord(statement) ?? located('the instance', head),
    head,
    state,
    interface: setting(body, 'interface', (text) => text, globals.defaultInterface.value, head),
    virtualRouterId: setting(body, 'virtual_router_id', number, undefined, head),
    // vrrp_complete_instance(): a MASTER without a priority is taken for the address owner.
    priority: setting(
      body,
      'priority',
      number,
      lastOf(body, 'priority') || state.value !== 'MASTER' ? 100 : 255,
      head,
    ),
    advertInterval: {
      ...advertInterval,
      value: usedInterval(advertInterval.value, version.value),
      stated: advertInterval.value,
    },
    version,
    family,
    nopreempt: flag(body, 'nopreempt', false, head),
    strict,
    authentication: authenticationOf(body, version.value, strict.value, head),
    addresses,
    addressList: addressList ? keywordSpan(addressList) : head,
    excluded,
    // Two on one line have their finding, and were meant for two.
    unicastPeers: listItems(body, 'unicast_peer').flatMap((item) =>
      [item.name, ...item.args.filter(({ text }) => bareAddress(text))].map((word) =>
        located(bareAddress(word.text), wordSpan(item, word)),
      ),
    ),
    unicastSource: addressOf(lastOf(body, 'unicast_src_ip')),
    trackers: trackersOf(body),
    notifiers: notifiersOf(body),
    smtpAlert: flag(body, 'smtp_alert', undefined, head),
  };
}

/** The addresses of an instance, for a sentence: all of them is more than anybody reads. */
export function addressWords({ addresses, excluded }: Instance): string {
  const [first, second, ...more] = [...addresses, ...excluded].flatMap(({ address }) => address?.text ?? []);
  if (first === undefined) return 'the address';
  if (second === undefined) return first;
  return more.length === 0 ? `${first} and ${second}` : `${first} and ${more.length + 1} more`;
}

/** The notify scripts of an instance or a sync group. */
export const notifiersOf = (body: readonly Statement[]): readonly Statement[] =>
  body.filter(({ keyword }) => keyword !== undefined && /^notify(?:$|_(?!priority))/.test(keyword.name));

/** The trackers named in a block: that of an instance or of a sync group. A second line of one name does not count. */
export function trackersOf(body: readonly Statement[]): readonly Tracker[] {
  return (['script', 'process', 'file', 'bfd', 'interface'] as const).flatMap((kind) => {
    const firsts = new Map<string, Tracker>();
    for (const item of listItems(body, `track_${kind}`)) {
      if (!firsts.has(item.name.text)) firsts.set(item.name.text, trackerOf(kind, item));
    }
    return [...firsts.values()];
  });
}

function trackerOf(kind: Tracker['kind'], item: Directive): Tracker {
  const words = item.args.map(({ text }) => text);
  const index = words.indexOf('weight');
  const value = index >= 0 ? number(words[index + 1] ?? '') : undefined;
  return {
    kind,
    name: located(item.name.text, wordSpan(item, item.name)),
    weight: value === undefined ? undefined : located(value, wordSpan(item, item.args[index + 1]!)),
    reverse: words.includes('reverse'),
  };
}

function virtualAddress(item: Directive): VirtualAddress {
  const { name, args } = item;
  const index = args.findIndex(({ text }) => text === 'dev');
  const dev = index >= 0 ? args[index + 1] : undefined;
  // Nothing behind the slash counts as 0 (parse_ipaddress()).
  const address = parsePrefixed(name.text.replace(/\/$/, '/0'));
  return {
    address,
    broadcast: address && broadcastOf(item, address),
    text: name.text,
    at: wordSpan(item, name),
    line: headSpan(item),
    dev: dev && located(dev.text, wordSpan(item, dev)),
    tracked: !args.some(({ text }) => text === 'no_track'),
  };
}

function broadcastOf(item: Directive, address: Prefixed): Located<'inside' | 'outside'> | undefined {
  const index = item.args.findIndex(({ text }) => text === 'brd' || text === 'broadcast');
  const word = index >= 0 ? item.args[index + 1] : undefined;
  const parsed = word && parseAddress(word.text);
  if (!word || parsed?.family !== 'inet' || address.family !== 'inet') return undefined;
  return located(sameNetwork(address, parsed, address.prefix) ? 'inside' : 'outside', wordSpan(item, word));
}

function versionOf(
  body: readonly Statement[],
  globals: Globals,
  family: Family | undefined,
  head: Span,
): Setting<2 | 3> {
  if (lateVersion(body)) return { value: 3, at: head, written: false };
  const own = setting<2 | 3>(body, 'version', readVersion, undefined, head);
  if (own.written && own.value !== undefined) return own;
  if (own.written && lastOf(body, 'version')?.args.some(({ text }) => isPlaceholder(text))) return own;
  // IPv6 runs on version 3 unless the instance itself asks for 2.
  if (family === 'inet6') return { value: 3, at: head, written: false };
  return globals.version.written ? globals.version : { ...globals.version, at: head };
}

/**
 * A `version 2` that stands behind what makes the instance one of IPv6, and so of version 3: the daemon ignores it
 * (vrrp_version_handler()).
 */
export function lateVersion(body: readonly Statement[]): { statement: Statement; first: Span } | undefined {
  let first: Span | undefined;
  for (const statement of body) {
    const { keyword, items, args } = statement;
    if (keyword?.name === 'version') return first && args[0]?.text === '2' ? { statement, first } : undefined;
    if (first) continue;
    const item = items[0];
    if (keyword?.name === 'native_ipv6') first = keywordSpan(statement);
    else if (
      keyword?.name === 'virtual_ipaddress' &&
      parsePrefixed(item?.name.text ?? '')?.family === 'inet6'
    )
      first = wordSpan(item!, item!.name);
  }
  return undefined;
}

/** Version 2 sends whole seconds: the daemon rounds and says so; version 3 counts hundredths. */
function usedInterval(seconds: number | undefined, version: 2 | 3 | undefined): number | undefined {
  if (seconds === undefined || version === undefined) return seconds;
  return version === 3 ? Math.min(40.95, Math.round(seconds * 100) / 100) : Math.max(1, Math.round(seconds));
}

/** The bytes of auth_pass that reach the wire. */
const secretBytes = 8;

function authenticationOf(
  body: readonly Statement[],
  version: 2 | 3 | undefined,
  strict: boolean | undefined,
  head: Span,
): Authentication {
  // Several blocks add up to one.
  const blocks = statementsOf(body, 'authentication');
  const block = blocks.at(-1);
  // A line of it that stands beside it, or that nobody knows, may be what it lacks.
  const isAstray = body.some(({ guess }) => guess?.contexts.includes('vrrp_instance.authentication'));
  const mayHave = (name: string): boolean => isAstray || blocks.some((each) => !lacks(each, name));
  if (!block) return isAstray ? { ...none(head), type: undefined } : none(head);
  const home = headSpan(block.directive);
  const lines = blocks.flatMap((each) => each.body);
  const type = setting<'PASS' | 'AH'>(
    lines,
    'auth_type',
    (text) => (text === 'PASS' || text === 'AH' ? text : undefined),
    undefined,
    home,
  );
  const statement = lastOf(lines, 'auth_pass');
  const secret = passOf(statement);
  // Only version 2 knows authentication, and strict mode forbids it: the adverts then go without.
  if (version === 3) return none(home, 'VRRP version 3 has none');
  if (strict === true) return none(home, 'strict mode drops it');
  const unknown =
    version === undefined ||
    strict === undefined ||
    (type.value === undefined && (type.written || mayHave('auth_type'))) ||
    (!secret && mayHave('auth_pass'));
  if (!unknown && type.value === undefined) return none(home, 'it has no auth_type');
  // PASS without a password is none (vrrp_complete_instance()).
  if (!unknown && type.value === 'PASS' && !secret) return none(home, 'it has no auth_pass');
  return {
    type: unknown ? undefined : type.value,
    at: type.at,
    secret,
    truncated: Buffer.byteLength(statement?.args[0]?.text ?? '') > secretBytes && secret?.value !== undefined,
    secretKeyword: statement && keywordSpan(statement),
    dropped: undefined,
  };
}

const none = (at: Span, dropped?: string): Authentication => ({
  type: 'none',
  at,
  secret: undefined,
  truncated: false,
  secretKeyword: undefined,
  dropped,
});

function passOf(statement: Statement | undefined): Located<string | undefined> | undefined {
  const word: Word | undefined = statement?.args[0];
  if (!statement || !word) return undefined;
  const known = isPlaceholder(word.text)
    ? undefined
    : Buffer.from(word.text, 'utf8').subarray(0, secretBytes).toString('latin1');
  return located(known, valueSpan(statement));
}

function addressOf(statement: Statement | undefined): Located<Address> | undefined {
  const word = firstWord(statement);
  const address = word && bareAddress(word.value);
  return address && located(address, word.at);
}

/** inet_stosockaddr(): a prefix length is cut off without looking at it. */
const bareAddress = (text: string): Address | undefined => parseAddress(text.replace(/\/[\d.]*$/, ''));
