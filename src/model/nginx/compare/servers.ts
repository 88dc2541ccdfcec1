/** How the servers of two configurations differ. */
import type { Span } from '../../../../grammar/text.ts';
import { headSpan } from '../../../../grammar/tree.ts';
import type { Statement } from '../statement.ts';
import type { Change, ChangePart, Comparison, Side } from './change.ts';
import { changesOf, partsOf } from './levels.ts';
import { locationChanges, orderParts } from './locations.ts';
import { matched, type Site, sitesOf } from './sites.ts';

/** The differences of all servers, and of the locations in them. */
export function* serverChanges(comparison: Comparison): Generator<Change> {
  const { here, there } = comparison;
  const { pairs, extra, missing } = matched(sitesOf(here), sitesOf(there));
  for (const [mine, theirs] of pairs) yield* siteChanges(comparison, mine, theirs);
  const alone = (site: Site, presence: 'here' | 'there'): Change => ({
    kind: 'other',
    object: `server ${site.title}`,
    presence,
    parts: [],
    at: headOf(site),
    expected: undefined,
  });
  if (there.model.complete) for (const site of extra) yield alone(site, 'here');
  if (here.model.complete) for (const site of missing) yield alone(site, 'there');
}

function* siteChanges(comparison: Comparison, mine: Site, theirs: Site): Generator<Change> {
  const [at, expected] = [headOf(mine), headOf(theirs)];
  const object = `server ${theirs.title}`;
  const isReadable = comparison.here.model.complete && comparison.there.model.complete;
  const [x, y] = [mine.server.statement, theirs.server.statement];
  const [a, b] = [http2In(comparison.here, mine), http2In(comparison.there, theirs)];
  // 1.25.1 has a directive for what was a parameter of the socket.
  const isMixed = (a.directive === undefined) !== (b.directive === undefined);
  const listens = isReadable ? listenParts(mine, theirs, isMixed) : [];
  const names = isReadable ? nameParts(mine, theirs) : [];
  for (const [kind, parts] of [
    ['listen', listens],
    ['server-name', names],
  ] as const) {
    const [first] = parts;
    const place = (site: Site): Span => (kind === 'server-name' ? nameList(site) : headOf(site));
    if (first)
      yield {
        kind,
        object,
        presence: 'both',
        parts,
        at: first.at ?? place(mine),
        expected: first.expected ?? place(theirs),
        heads: [at, expected],
      };
  }
  const parts = partsOf(comparison, x, y).filter(({ name }) => !isMixed || name !== 'http2');
  if (isMixed && !(a.isSpoken && b.isSpoken)) parts.push(http2Part(a.directive, b.directive));
  yield* changesOf(object, [...parts, ...orderParts(x, y)], at, expected);
  yield* locationChanges(comparison, x, y, theirs.title);
}

/** Whether a server speaks HTTP/2, and the directive where that is what tells it to. */
function http2In({ model }: Side, { server, sockets }: Site) {
  const [line] = model.inForce(server.statement, 'http2');
  const directive = line?.directive.args[0]?.text.toLowerCase() === 'on' ? line : undefined;
  const isSpoken =
    directive !== undefined || [...sockets.values()].some(({ flags }) => /\bhttp2\b/.test(flags));
  return { directive, isSpoken };
}

const http2Part = (mine: Statement | undefined, theirs: Statement | undefined): ChangePart => ({
  name: 'http2',
  here: mine && 'on',
  there: theirs && 'on',
  at: mine && headSpan(mine.directive),
  expected: theirs && headSpan(theirs.directive),
});

const headOf = ({ server }: Site): Span => headSpan(server.statement.directive);

/** Where the names of a server stand, or the server that has none. */
function nameList(site: Site): Span {
  const line = site.server.statement.body.find(({ name }) => name === 'server_name');
  return line ? headSpan(line.directive) : headOf(site);
}

function listenParts(mine: Site, theirs: Site, ignoresHttp2: boolean): readonly ChangePart[] {
  const compared = (flags: string): string =>
    ignoresHttp2 ? flags.replace(/ ?\bhttp2\b/, '').trim() : flags;
  const parts: ChangePart[] = [];
  const extra = [...mine.sockets].filter(([key]) => !theirs.sockets.has(key)).map(([, each]) => each);
  const missing = [...theirs.sockets].filter(([key]) => !mine.sockets.has(key)).map(([, each]) => each);
  const [x, y] = [extra[0], missing[0]];
  if (x && y && extra.length === 1 && missing.length === 1) {
    parts.push({ name: 'listen', here: x.shown, there: y.shown, at: x.at, expected: y.at });
  } else {
    for (const { shown: text, at } of extra)
      parts.push({ name: `listen ${text}`, here: text, there: undefined, at, expected: undefined });
    for (const { shown: text, at } of missing)
      parts.push({ name: `listen ${text}`, here: undefined, there: text, at: undefined, expected: at });
  }
  for (const [key, socket] of mine.sockets) {
    const other = theirs.sockets.get(key);
    if (!other) continue;
    const [own, its] = [compared(socket.flags), compared(other.flags)];
    if (own === its) continue;
    // Where the default server changes, one server loses what another gains: the one that gains tells it.
    const without = (flags: string): string => flags.replace(/ ?default_server/, '').trim();
    const isDefaultOnly = without(its) === without(own);
    if (isDefaultOnly && (other.isAlone || !own.includes('default_server'))) continue;
    parts.push({
      name: `listen ${socket.shown}`,
      here: own || 'plain',
      there: its || 'plain',
      at: socket.at,
      expected: other.at,
    });
  }
  return parts;
}

function nameParts(mine: Site, theirs: Site): readonly ChangePart[] {
  const readable = (name: string): string => name.replaceAll('\0', '…');
  const extra = [...mine.names].filter(([name]) => !theirs.names.has(name));
  const missing = [...theirs.names].filter(([name]) => !mine.names.has(name));
  const [[a, at] = [], [b, expected] = []] = [extra[0], missing[0]];
  if (a !== undefined && b !== undefined && extra.length === 1 && missing.length === 1)
    return [{ name: 'server_name', here: readable(a), there: readable(b), at, expected }];
  return [
    ...extra.map(([name, place]) => ({
      name: `server_name ${readable(name)}`,
      here: readable(name),
      there: undefined,
      at: place,
      expected: undefined,
    })),
    ...missing.map(([name, place]) => ({
      name: `server_name ${readable(name)}`,
      here: undefined,
      there: readable(name),
      at: undefined,
      expected: place,
    })),
  ];
}
