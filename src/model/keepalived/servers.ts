/** The virtual servers of LVS. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan, type Word, wordSpan } from '../../../grammar/tree.ts';
import { type Address, isLinkLocal, parseAddress } from '../net.ts';
import { readsAsAddress } from './addresses.ts';
import { forwardingOf, keywordSpan, lastOf, number, statementsOf, switched } from './settings.ts';
import { lacks, type Statement } from './statements.ts';

/** A server that is there already. */
export interface RepeatedServer {
  readonly at: Span;
  readonly first: Span;
  /** Address and port as written. */
  readonly text: string;
}

/** Real servers of equal address and port in a virtual server. */
export const repeatedServers = ({ body }: Statement): Generator<RepeatedServer> =>
  repeats(statementsOf(body, 'real_server'), ({ args: [address, port] }) => {
    const known = address && parseAddress(address.text);
    return known && [known.text, Number(port?.text ?? 0)];
  });

/** Virtual servers that the kernel takes for one: of equal address, port and protocol, of one mark, of one group. */
export const repeatedVirtualServers = (servers: readonly Statement[]): Generator<RepeatedServer> =>
  repeats(servers, ({ args, body }) => {
    const [target, port] = args;
    if (!target || args.some(({ text }) => isPlaceholder(text))) return undefined;
    const address = parseAddress(target.text);
    const protocol = wordOf(body, 'protocol')?.toUpperCase() ?? 'UDP';
    if (address) return [address.text, Number(port?.text ?? 0), protocol];
    if (target.text === 'group') return port && ['group', port.text, protocol];
    return target.text === 'fwmark' ? port && ['fwmark', Number(port.text), familyOf(body)] : undefined;
  });

/** Servers with the service of one before them; those without one are not compared. */
function* repeats(
  servers: readonly Statement[],
  serviceOf: (server: Statement) => readonly unknown[] | undefined,
): Generator<RepeatedServer> {
  const firsts = new Map<string, Span>();
  for (const server of servers) {
    const service = serviceOf(server);
    const [target, port] = server.args;
    if (!service || !target) continue;
    const at = { ...wordSpan(server.directive, target), end: (port ?? target).end };
    const key = service.join(' ');
    const first = firsts.get(key);
    if (first) yield { at, first, text: port ? `${target.text} ${port.text}` : target.text };
    else firsts.set(key, at);
  }
}

/** The address family of what stands behind a mark. */
function familyOf(body: readonly Statement[]): string | undefined {
  const [real] = statementsOf(body, 'real_server');
  return wordOf(body, 'ip_family') ?? (real?.args[0] && parseAddress(real.args[0].text)?.family);
}

/** Settings of a virtual server that do not go together. */
export interface ServerConflict {
  readonly at: Span;
  readonly message: string;
  /** What the daemon makes of it. */
  readonly consequence: string;
  /** The other half. */
  readonly related: Span | undefined;
  /** What runs is what was meant all the same. */
  readonly harmless?: true;
}

/** Flags that only one scheduler knows, and only below the line that names it. */
const flagsOf: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    'sh-port': ['sh', 'mh'],
    'sh-fallback': ['sh', 'mh'],
    'mh-port': ['sh', 'mh'],
    'mh-fallback': ['sh', 'mh'],
    hashed: ['sh', 'mh'],
  }),
);

/** What of a virtual server among `statements` the daemon resets, drops or ignores because of something else in it. */
export function* serverConflicts(
  server: Statement,
  statements: readonly Statement[],
): Generator<ServerConflict> {
  yield* orderConflicts(server);
  yield* weightConflicts(server);
  yield* targetConflicts(server);
  if (server.args[0]?.text === 'group') yield* groupConflicts(server, statements);
  yield* familyStated(server);
  yield* spareConflicts(server);
  for (const real of statementsOf(server.body, 'real_server')) yield* checkConflicts(real);
}

/** What the lines of a group of virtual servers do not share with what stands behind them. */
function* groupConflicts(
  { body, args }: Statement,
  statements: readonly Statement[],
): Generator<ServerConflict> {
  const groups = statementsOf(statements, 'virtual_server_group').filter(
    ({ args: [name] }) => name?.text === args[1]?.text,
  );
  const method = methodOf(body);
  const items = groups.flatMap((each) => each.items);
  const protocol = lastOf(body, 'protocol');
  if (protocol && items.length > 0 && items.every(({ name }) => name.text === 'fwmark')) {
    yield {
      at: keywordSpan(protocol),
      message: 'a firewall mark has no protocol of its own',
      consequence: 'keepalived ignores it and reports an error',
      related: wordSpan(items[0]!, items[0]!.name),
      harmless: true,
    };
  }
  const sparePort = lastOf(body, 'sorry_server')?.args[1];
  const spareKind = wordOf(body, 'sorry_server_lvs_method') ?? method;
  if (sparePort && /^(?:DR|TUN)$/.test(spareKind ?? '') && /^[1-9]\d*$/.test(sparePort.text)) {
    yield {
      at: wordSpan(lastOf(body, 'sorry_server')!.directive, sparePort),
      message: `with ${spareKind} a sorry server behind a group has no port of its own`,
      consequence: 'keepalived ignores it and reports an error',
      related: undefined,
      harmless: true,
    };
  }
  const persists = body.some(({ keyword }) => keyword?.name === 'persistence_timeout');
  for (const item of items) {
    const [port] = item.args;
    if (item.name.text === 'fwmark') continue;
    const number_ = port ? Number(port.text) : 0;
    // A port that is glued to its address has its finding.
    if (!isPort(number_) || (!port && /[.\]]\d*:\d+$/.test(item.name.text))) continue;
    // So has an address that is none, whatever became of its port.
    if (!readsAsAddress(item.name.text, 'ip_range')) continue;
    if (number_ === 0 && !persists) {
      yield {
        at: wordSpan(item, item.name),
        message: 'without a port a virtual server needs persistence_timeout',
        consequence: 'keepalived sets a persistence of 360 seconds and reports an error',
        related: wordSpan(item, item.name),
      };
    }
    for (const real of statementsOf(body, 'real_server')) {
      const [address, realPort] = real.args;
      const kind = methodOf(real.body) ?? method;
      if (!address || !realPort || !/^(?:DR|TUN)$/.test(kind ?? '')) continue;
      if (!/^[1-9]\d*$/.test(realPort.text) || !isPort(Number(realPort.text))) continue;
      if (Number(realPort.text) === number_) continue;
      yield {
        at: { ...wordSpan(real.directive, address), end: realPort.end },
        message: `with ${kind} the port cannot change from ${number_} to ${realPort.text}`,
        consequence: 'keepalived reports an error, and the kernel leaves the port as it is',
        related: wordSpan(item, item.name),
      };
    }
  }
}

/** ip_family where the address tells another. */
function* familyStated({ body, args, directive }: Statement): Generator<ServerConflict> {
  const line = lastOf(body, 'ip_family');
  const own = args[0] && parseAddress(args[0].text);
  const word = line?.args[0];
  if (!line || !word || !/^inet6?$/.test(word.text)) return;
  const method = methodOf(body);
  for (const real of own ? [] : statementsOf(body, 'real_server')) {
    const address = real.args[0];
    const kind = methodOf(real.body) ?? method;
    if (!address || kind === 'TUN' || kind === undefined) continue;
    const { family } = parseAddress(address.text) ?? {};
    if (family === undefined || family === word.text) continue;
    yield {
      at: wordSpan(real.directive, address),
      message: `${address.text} is of another address family than ip_family ${word.text}`,
      consequence: 'keepalived drops this real server: only TUN can change the family',
      related: wordSpan(line.directive, word),
    };
  }
  if (!own || word.text === own.family) return;
  yield {
    at: wordSpan(line.directive, word),
    message: `ip_family is ${word.text}, and ${args[0]!.text} is of another address family`,
    consequence: 'keepalived ignores it and reports an error',
    related: wordSpan(directive, args[0]!),
  };
}

/** Settings of one check that cannot both hold. */
function* checkConflicts(real: Statement): Generator<ServerConflict> {
  const watched = new Map<string, Span>();
  for (const check of real.body) {
    if (!check.keyword?.opens) continue;
    const name = check.keyword.name === 'BFD_CHECK' ? lastOf(check.body, 'name') : undefined;
    const bfd = name?.args[0];
    const first = bfd && watched.get(bfd.text);
    if (name && bfd && first) {
      yield {
        at: wordSpan(name.directive, bfd),
        message: `this real server has a check of ${bfd.text} already`,
        consequence: 'keepalived drops this one and reports an error',
        related: first,
      };
    } else if (name && bfd) watched.set(bfd.text, wordSpan(name.directive, bfd));
    yield* rangeConflicts(check);
    for (const each of [check, ...check.body.filter(({ keyword }) => keyword?.name === 'host')])
      yield* sourceConflicts(each, real);
  }
}

/** Replies that are at once at least and at most so long. */
function* rangeConflicts({ body }: Statement): Generator<ServerConflict> {
  const [least, most] = [lastOf(body, 'min_reply_length'), lastOf(body, 'max_reply_length')];
  const [low, high] = [number(least?.args[0]?.text ?? ''), number(most?.args[0]?.text ?? '')];
  if (!least || !most || low === undefined || high === undefined || low <= high) return;
  yield {
    at: wordSpan(least.directive, least.args[0]!),
    message: `min_reply_length ${low} is above max_reply_length ${high}: the check always fails`,
    consequence: 'keepalived reports it and uses both',
    related: keywordSpan(most),
  };
}

/** Whom a check asks, and from where. */
function* sourceConflicts({ body }: Statement, real: Statement): Generator<ServerConflict> {
  const [to, from] = [lastOf(body, 'connect_ip'), lastOf(body, 'bindto')];
  const [target, source] = [to?.args[0], from?.args[0]];
  const [there, here] = [target && parseAddress(target.text), source && parseAddress(source.text)];
  if (to && from && there && here && there.family !== here.family) {
    const isLater = from.directive.name.start > to.directive.name.start;
    const [later, earlier] = isLater ? [from, to] : [to, from];
    yield {
      at: wordSpan(later.directive, later.args[0]!),
      message: `${later.args[0]!.text} is of another address family than ${earlier.args[0]!.text}`,
      consequence: `keepalived drops this ${isLater ? 'bindto' : 'connect_ip'}`,
      related: wordSpan(earlier.directive, earlier.args[0]!),
    };
  }
  const [own] = real.args;
  const family = own && parseAddress(own.text)?.family;
  if (from && here && own && !to && family !== undefined && family !== here.family) {
    yield {
      at: wordSpan(from.directive, source!),
      message: `${source!.text} is of another address family than ${own.text}`,
      consequence: 'keepalived drops this bindto',
      related: wordSpan(real.directive, own),
    };
  }
  if (to && target && there && isLinkLocal(there) && !lastOf(body, 'bind_if')) {
    yield {
      at: wordSpan(to.directive, target),
      message: `${target.text} is link-local, and no bind_if tells the link`,
      consequence: 'keepalived reports an error, and the check cannot connect',
      related: undefined,
    };
  }
}

/** A sorry server that is a real server as well has to be treated like it when it fails. */
function* spareConflicts({ body }: Statement): Generator<ServerConflict> {
  const spare = lastOf(body, 'sorry_server');
  const [address, port] = spare?.args ?? [];
  const own = address && parseAddress(address.text);
  if (!spare || !own) return;
  const twin = body.find(({ keyword, args: [word, realPort] }) => {
    const target = keyword?.name === 'real_server' ? word && parseAddress(word.text) : undefined;
    return target?.text === own.text && realPort?.text === port?.text;
  });
  if (!twin) return;
  const all = lastOf(body, 'inhibit_on_failure');
  // Where it stands behind the server, it may come too late for it.
  if (all && body.indexOf(all) > body.indexOf(twin)) return;
  const inhibit = body
    .slice(body.indexOf(spare))
    .find(({ keyword }) => keyword?.name === 'sorry_server_inhibit');
  const isInhibited = switched(twin.body, 'inhibit_on_failure') ?? all !== undefined;
  if (isInhibited === (inhibit !== undefined)) return;
  yield {
    at: inhibit
      ? keywordSpan(inhibit)
      : { ...wordSpan(spare.directive, address), end: (port ?? address).end },
    message: inhibit
      ? `${address.text} is a real server as well, which a failure removes`
      : `${address.text} is a real server as well, which a failure only inhibits`,
    consequence: inhibit
      ? 'keepalived ignores sorry_server_inhibit and reports an error'
      : 'keepalived inhibits the sorry server, too, and reports an error: write sorry_server_inhibit',
    related: wordSpan(twin.directive, twin.directive.name),
    harmless: true,
  };
}

const wordIn = (statement: Statement | undefined): string | undefined => {
  const word = statement?.args[0]?.text;
  return word !== undefined && isPlaceholder(word) ? undefined : word;
};

const wordOf = (block: readonly Statement[], name: string): string | undefined => wordIn(lastOf(block, name));
const methodOf = (block: readonly Statement[]): string | undefined => wordIn(forwardingOf(block));

/** Keywords that need another one above them. */
function* orderConflicts({ body }: Statement): Generator<ServerConflict> {
  let scheduler: Statement | undefined;
  let sorry: Statement | undefined;
  for (const statement of body) {
    const name = statement.keyword?.name ?? '';
    if (name === 'lb_algo' || name === 'lvs_sched') scheduler = statement;
    if (name === 'sorry_server') sorry = statement;
    const wanted = flagsOf.get(name);
    const has = scheduler?.args[0]?.text;
    if (scheduler && has === undefined) continue;
    if (wanted && !(has !== undefined && (wanted.includes(has) || isPlaceholder(has)))) {
      const why = scheduler ? `lb_algo is ${has}` : 'no lb_algo stands above it';
      yield {
        at: keywordSpan(statement),
        message: `${name} is for the schedulers sh and mh, and ${why}`,
        consequence: 'keepalived ignores it',
        related: scheduler && keywordSpan(scheduler),
      };
    }
    if (/^sorry_server_/.test(name) && !sorry) {
      yield {
        at: keywordSpan(statement),
        message: `${name} stands above sorry_server, or without it`,
        consequence: 'keepalived ignores it',
        related: undefined,
      };
    }
  }
}

const weightOf = (server: Statement, fallback: number): number | undefined => {
  const line = lastOf(server.body, 'weight');
  const weight = line ? number(line.args[0]?.text ?? '') : fallback;
  return weight !== undefined && weight >= 0 ? weight : undefined;
};

/** A quorum that cannot be reached, or a hysteresis that swallows it. */
function* weightConflicts({ body, directive }: Statement): Generator<ServerConflict> {
  const servers = statementsOf(body, 'real_server');
  const fallback = number(wordOf(body, 'weight') ?? '1') ?? 1;
  const weights = servers.map((server) => weightOf(server, fallback));
  const line = lastOf(body, 'quorum');
  const quorum = line ? number(line.args[0]?.text ?? '') : 1;
  const total = weights.reduce<number | undefined>(
    (sum, weight) => (sum === undefined || weight === undefined ? undefined : sum + weight),
    0,
  );
  if (quorum !== undefined && total !== undefined && servers.length > 0 && quorum > total) {
    yield {
      at: line ? wordSpan(line.directive, line.args[0] ?? line.directive.name) : headSpan(directive),
      message: `the quorum is ${quorum}, and the weights of all real servers add up to ${total}`,
      consequence: 'keepalived lowers it to that sum',
      related: undefined,
    };
  }
  const slack = lastOf(body, 'hysteresis');
  const hysteresis = slack && number(slack.args[0]?.text ?? '');
  if (slack && hysteresis !== undefined && hysteresis > 0 && quorum !== undefined && hysteresis >= quorum) {
    yield {
      at: wordSpan(slack.directive, slack.args[0] ?? slack.directive.name),
      message: `the hysteresis ${hysteresis} is not below the quorum ${quorum}`,
      consequence: 'keepalived sets it to 0',
      related: line && keywordSpan(line),
    };
  }
}

const isPort = (number: number): boolean => Number.isInteger(number) && number <= 65535;

/** Ports, families and protocols that do not fit. */
function* targetConflicts(server: Statement): Generator<ServerConflict> {
  const { body, args, directive } = server;
  const [target, port] = args;
  const protocol = wordOf(body, 'protocol')?.toUpperCase();
  const servers = statementsOf(body, 'real_server');
  if (servers.length === 0 && lacks(server, 'real_server')) {
    yield {
      at: headSpan(directive),
      message: 'this virtual server has no real servers',
      consequence: 'keepalived ignores it',
      related: undefined,
    };
  }
  const ops = lastOf(body, 'ops');
  if (ops && protocol === 'TCP') {
    yield {
      at: keywordSpan(ops),
      message: 'one-packet scheduling (ops) is for UDP, and protocol is TCP',
      consequence: 'keepalived resets it',
      related: undefined,
    };
  }
  const own = target && parseAddress(target.text);
  if (!target || !own) {
    const line = lastOf(body, 'protocol');
    if (target?.text === 'fwmark' && line) {
      yield {
        at: keywordSpan(line),
        message: 'a firewall mark has no protocol of its own',
        consequence: 'keepalived ignores it and reports an error',
        related: undefined,
        harmless: true,
      };
    }
    const suspend = lastOf(body, 'ha_suspend');
    if (target?.text === 'fwmark' && suspend) {
      yield {
        at: keywordSpan(suspend),
        message: 'ha_suspend waits for an address, and a firewall mark has none',
        consequence: 'keepalived clears it and reports an error',
        related: undefined,
      };
    }
    return;
  }
  const number_ = port ? Number(port.text) : 0;
  // What is no port has its finding.
  if (!isPort(number_)) return;
  if (number_ === 0 && !body.some(({ keyword }) => keyword?.name === 'persistence_timeout')) {
    yield {
      at: headSpan(directive),
      message: 'without a port a virtual server needs persistence_timeout',
      consequence: 'keepalived sets a persistence of 360 seconds and reports an error',
      related: undefined,
    };
  }
  const method = methodOf(body);
  const sorry = lastOf(body, 'sorry_server');
  const [word] = sorry?.args ?? [];
  const spare = word && parseAddress(word.text);
  if (
    sorry &&
    word &&
    spare &&
    spare.family !== own.family &&
    !/^TUN$/.test(wordOf(body, 'sorry_server_lvs_method') ?? method ?? 'TUN')
  ) {
    yield {
      at: wordSpan(sorry.directive, word),
      message: `${word.text} is of another address family than ${target.text}`,
      consequence: 'keepalived drops this sorry server',
      related: wordSpan(directive, target),
    };
  }
  const related = wordSpan(directive, target);
  for (const each of statementsOf(body, 'real_server')) {
    const [address, realPort] = each.args;
    const real = address && parseAddress(address.text);
    const kind = methodOf(each.body) ?? method;
    if (!real || real.family === own.family || kind === 'TUN' || kind === undefined) continue;
    yield {
      at: { ...wordSpan(each.directive, address), end: (realPort ?? address).end },
      message: `${address.text} is of another address family than ${target.text}`,
      consequence: 'keepalived drops this real server: only TUN can change the family',
      related,
    };
  }
  yield* portConflicts(server, own, number_);
}

/** Servers with a port that is not the virtual server's, where packets reach them unchanged; a port that none of them has. */
function* portConflicts(server: Statement, { family }: Address, own: number): Generator<ServerConflict> {
  const { body, args, directive } = server;
  const [target, port] = args as [Word, Word?];
  const method = methodOf(body);
  const conflict = (kind: string, to: string): Pick<ServerConflict, 'message' | 'consequence'> => ({
    message: `with ${kind} the port cannot change from ${own} to ${to}`,
    consequence: `keepalived uses ${own}`,
  });
  const spare = lastOf(body, 'sorry_server');
  const targets = body.flatMap((each) => {
    const isReal = each.keyword?.name === 'real_server';
    if (!isReal && each !== spare) return [];
    const [word, toPort] = each.args;
    const kind = (isReal ? methodOf(each.body) : wordOf(body, 'sorry_server_lvs_method')) ?? method;
    const address = word && parseAddress(word.text);
    if (!word || !address || !toPort || !/^0*[1-9]\d*$/.test(toPort.text)) return [];
    if (!isPort(Number(toPort.text))) return [];
    if (kind !== 'TUN' && (kind !== 'DR' || (isReal && address.family !== family))) return [];
    const at = { ...wordSpan(each.directive, word), end: toPort.end };
    return [{ at, kind, to: toPort.text }];
  });
  const moved = targets.filter(({ to }) => Number(to) !== own);
  const [first, second] = moved;
  if (
    first &&
    second &&
    port &&
    moved.length === targets.length &&
    moved.every(({ to }) => to === first.to)
  ) {
    const at = { ...wordSpan(directive, target), end: port.end };
    yield { at, ...conflict(first.kind, first.to), related: first.at };
    return;
  }
  const related = wordSpan(directive, target);
  for (const { at, kind, to } of moved) yield { at, ...conflict(kind, to), related };
}
