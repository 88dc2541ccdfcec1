/** How the upstreams of two configurations differ. */
import type { Span } from '../../../../grammar/text.ts';
import { headSpan } from '../../../../grammar/tree.ts';
import { passesTo, targetOf } from '../pass.ts';
import type { Upstream } from '../server.ts';
import type { Statement } from '../statement.ts';
import { type Change, type ChangePart, type Comparison, remembered, type Side } from './change.ts';
import { type Group, groupsOf, shown, spanOf, textOf } from './groups.ts';
import { isNear, likePairs, sharedIn } from './likeness.ts';

const neutralServer = new Set([
  'weight=1',
  'max_fails=1',
  'fail_timeout=10s',
  'fail_timeout=10',
  'max_conns=0',
]);

type Servers = ReadonlyMap<string, { text: string; at: Span; whole: Span; shown: string }>;

const serversOf = remembered<Upstream, Servers>(({ neutral }, { servers }) => {
  const found = new Map<string, { text: string; at: Span; whole: Span; shown: string }>();
  for (const { value, at, parameters, statement } of servers) {
    const { host, port } = value;
    const written = statement.directive.args[0]?.text ?? '';
    const shownAddress =
      host === undefined ? written : host.startsWith('unix:') ? host : `${host}:${port ?? 80}`;
    const words = parameters
      .map((each) => each.value)
      .filter((word) => !neutralServer.has(word))
      .sort();
    const whole = headSpan(statement.directive);
    found.set(neutral(shownAddress), { text: words.join(' '), at, whole, shown: shownAddress });
  }
  return found;
});

const addressesOf = (side: Side, upstream: Upstream): ReadonlySet<string> =>
  new Set(serversOf(side, upstream).keys());

/** What an upstream says besides its servers and its method. */
const restOf = remembered<Upstream, ReadonlyMap<string, Group>>((side, { statement, method }) =>
  groupsOf(
    side,
    statement.body.filter((each) => each.name !== 'server' && each !== method),
  ),
);

const upstreamText = (side: Side, upstream: Upstream): string =>
  [
    ...[...serversOf(side, upstream)].map(([address, { text }]) => `${address} ${text}`).sort(),
    ...[
      ...groupsOf(
        side,
        upstream.statement.body.filter(({ name }) => name !== 'server'),
      ).values(),
    ]
      .map(({ text }) => text)
      .sort(),
  ].join('\n');

const upstreamKey = ({ module, name }: Upstream): string => `${module} ${name.value.toLowerCase()}`;

/** The differences of all upstreams; notes in `renamed` those that only the name tells apart. */
export function* upstreamChanges({ here, there, renamed }: Comparison): Generator<Change> {
  const theirs = new Map(there.model.upstreams.map((each) => [upstreamKey(each), each]));
  const alone: Upstream[] = [];
  for (const upstream of here.model.upstreams) {
    const other = theirs.get(upstreamKey(upstream));
    if (!other) alone.push(upstream);
    else yield* upstreamChange(here, there, upstream, other);
    theirs.delete(upstreamKey(upstream));
  }
  const byText = new Map(
    [...theirs.values()].map((each) => [`${each.module} ${upstreamText(there, each)}`, each]),
  );
  const twins = new Map<Upstream, Upstream>();
  const unmet = new Set(alone);
  for (const upstream of alone) {
    const twin = byText.get(`${upstream.module} ${upstreamText(here, upstream)}`);
    if (!twin || !theirs.delete(upstreamKey(twin))) continue;
    twins.set(upstream, twin);
    unmet.delete(upstream);
  }
  const likeness = (a: Upstream, b: Upstream): number | undefined => {
    const shared = sharedIn(addressesOf(here, a), addressesOf(there, b));
    const enough = isNear(a.name.value, b.name.value) ? 0.3 : 0.6;
    return a.module === b.module && shared >= enough ? shared : undefined;
  };
  for (const [upstream, twin] of likePairs(unmet, theirs.values(), likeness)) {
    twins.set(upstream, twin);
    theirs.delete(upstreamKey(twin));
  }
  for (const upstream of alone) {
    const object = `upstream ${upstream.name.value}`;
    const twin = twins.get(upstream);
    if (twin) {
      renamed.set(upstream.name.value.toLowerCase(), twin.name.value.toLowerCase());
      // A pass to a name that is not there says of the name itself what is wrong with it.
      const isSaid = isMissed(there, upstream) || isMissed(here, twin);
      const [at, expected] = [upstream.name.at, twin.name.at];
      const name = { name: 'the name', here: upstream.name.value, there: twin.name.value, at, expected };
      yield* upstreamChange(here, there, upstream, twin, isSaid ? [] : [name]);
    } else if (there.model.complete && !isMissed(there, upstream) && !isPassedTo(here, upstream)) {
      yield {
        kind: 'upstream',
        object,
        presence: 'here',
        parts: [],
        at: headSpan(upstream.statement.directive),
        expected: undefined,
      };
    }
  }
  if (!here.model.complete) return;
  for (const upstream of theirs.values()) {
    if (isMissed(here, upstream) || isPassedTo(there, upstream)) continue;
    const at = headSpan(upstream.statement.directive);
    yield {
      kind: 'upstream',
      object: `upstream ${upstream.name.value}`,
      presence: 'there',
      parts: [],
      at,
      expected: undefined,
    };
  }
}

/** Whether each node only sends more to other servers of the same ones, such as those beside it. */
const areCrossed = (
  changed: readonly {
    readonly server: { readonly text: string };
    readonly other: { readonly text: string };
  }[],
): boolean => {
  const [mine, theirs] = [
    changed.map(({ server }) => server.text).sort(),
    changed.map(({ other }) => other.text).sort(),
  ];
  return mine.join('\n') === theirs.join('\n') && !mine.some((text) => /\b(?:down|backup)\b/.test(text));
};

/** Whether a side passes to the name of an upstream that it has not: then that is what is said there. */
const isMissed = ({ model }: Side, upstream: Upstream): boolean =>
  // A name with a dot may be that of a host.
  model.complete && !upstream.name.value.includes('.') && passesTo(model.passes, upstream).length > 0;

/** Whether the side itself passes to it: what passes to it is then on that side only as well, and says it. */
const isPassedTo = ({ model }: Side, upstream: Upstream): boolean =>
  passesTo(model.passes, upstream).some((pass) => targetOf(pass, model.upstreams) === upstream);

function* upstreamChange(
  here: Side,
  there: Side,
  mine: Upstream,
  theirs: Upstream,
  known: readonly ChangePart[] = [],
): Generator<Change> {
  const [a, b] = [serversOf(here, mine), serversOf(there, theirs)];
  const parts = [...known];
  const extra = [...a].filter(([address]) => !b.has(address));
  const missing = [...b].filter(([address]) => !a.has(address));
  const [[, x] = [], [, y] = []] = [extra[0], missing[0]];
  if (x && y && extra.length === 1 && missing.length === 1) {
    parts.push({
      name: 'server',
      here: x.shown,
      there: y.shown,
      at: x.at,
      expected: y.at,
      also: [x.whole, y.whole],
    });
  } else {
    for (const [, { shown: text, at }] of here.model.complete ? missing : [])
      parts.push({ name: `server ${text}`, here: undefined, there: text, at: undefined, expected: at });
    for (const [, { shown: text, at }] of there.model.complete ? extra : [])
      parts.push({ name: `server ${text}`, here: text, there: undefined, at, expected: undefined });
  }
  const changed = [...a].flatMap(([address, server]) => {
    const other = b.get(address);
    return other && other.text !== server.text ? [{ server, other }] : [];
  });
  for (const { server, other } of areCrossed(changed) ? [] : changed) {
    parts.push({
      name: `server ${server.shown}`,
      here: server.text || 'plain',
      there: other.text || 'plain',
      at: server.at,
      expected: other.at,
      also: [server.whole, other.whole],
    });
  }
  // The method is one setting, whatever its name.
  const [method, otherMethod] = [mine.method, theirs.method];
  const methodText = (side: Side, statement: Statement | undefined): string =>
    statement ? textOf(side, statement) : 'round robin';
  if (methodText(here, method) !== methodText(there, otherMethod)) {
    parts.push({
      name: 'method',
      here: methodText(here, method),
      there: methodText(there, otherMethod),
      at: headSpan((method ?? mine.statement).directive),
      expected: headSpan((otherMethod ?? theirs.statement).directive),
      also: [
        ...(method ? [] : [{ ...headSpan(mine.statement.directive), lacks: otherMethod!.name }]),
        ...(otherMethod ? [] : [{ ...headSpan(theirs.statement.directive), lacks: method!.name }]),
      ],
    });
  }
  const [g, h] = [restOf(here, mine), restOf(there, theirs)];
  for (const name of new Set([...h.keys(), ...g.keys()])) {
    const [left, right] = [g.get(name), h.get(name)];
    // The size of a zone is the machine's own affair.
    if (name === 'zone' && left && right) continue;
    if (left?.text === right?.text) continue;
    parts.push({
      name,
      here: shown(left, right),
      there: shown(right, left),
      at: spanOf(left),
      expected: spanOf(right),
    });
  }
  const [first] = parts;
  if (!first) return;
  const head = headSpan(mine.statement.directive);
  yield {
    kind: 'upstream',
    object: `upstream ${theirs.name.value}`,
    presence: 'both',
    parts,
    at: first.at ?? head,
    expected: first.expected,
    heads: [head, headSpan(theirs.statement.directive)],
  };
}
