/** How two nginx configurations differ in what they mean, object by object. */
import type { NginxModel } from '../index.ts';
import type { Change, Comparison, Side } from './change.ts';
import { levelChanges } from './levels.ts';
import { serverChanges } from './servers.ts';
import { upstreamChanges } from './upstreams.ts';

export type { Change, ChangePart, Side } from './change.ts';

/** The differences, outer objects first. `allowed` names directives and objects that may differ. */
export function* changesBetween(here: Side, there: Side, allowed: ReadonlySet<string>): Generator<Change> {
  if (here.model === there.model || isSameText(here.model, there.model)) return;
  // What is still to be filled in may become the same.
  if (here.model.templates.size > 0 || there.model.templates.size > 0) return;
  const comparison: Comparison = { here, there, renamed: new Map() };
  for (const change of changes(comparison)) {
    if (namesOf(change.object).some((name) => allowed.has(name))) continue;
    const parts = change.parts.filter(({ name }) => !directiveNames(name).some((each) => allowed.has(each)));
    if (parts.length > 0 || change.presence !== 'both') yield { ...change, parts };
  }
}

/** What an operator may call an object: `location /a of b`, `location /a`, `/a`. */
const namesOf = (object: string): readonly string[] =>
  [object, object.split(' of ')[0]!].flatMap((name) => [name, name.replace(/^\w+ /, '')]);

/** What an operator may call a part: `limit_req_zone api`, `limit_req_zone`; an entry of a map goes with the map. */
const directiveNames = (name: string): readonly string[] => {
  const whole = name.replace(/^.* of (?=map |geo |split_clients )/, '');
  return [name, whole, whole.split(' ')[0]!];
};

function isSameText({ syntax: a }: NginxModel, { syntax: b }: NginxModel): boolean {
  return (
    a.length === b.length && a.every(({ file }, index) => file.source.text === b[index]!.file.source.text)
  );
}

function* changes(comparison: Comparison): Generator<Change> {
  const { here, there } = comparison;
  yield* upstreamChanges(comparison);
  yield* levelChanges(comparison, 'main', undefined, undefined);
  for (const name of ['http', 'stream', 'mail', 'events']) {
    const [mine] = here.model.named(name);
    const [theirs] = there.model.named(name);
    if (mine && theirs) yield* levelChanges(comparison, name, mine, theirs);
  }
  yield* serverChanges(comparison);
}
