/** What faults and repairs do to hosts, their daemons and the links between them. */
import { lag } from './clock.ts';
import { candidatesOn, clearLeftovers, end, look, reconsider } from './daemon.ts';
import { type State, schedule } from './state.ts';
import type { Action } from './types.ts';

const withEach = (set: ReadonlySet<string>, names: readonly string[], on: boolean): ReadonlySet<string> =>
  new Set(on ? [...set, ...names] : [...set].filter((name) => !names.includes(name)));

/** What an action does at this moment. */
export function act(state: State, action: Action): void {
  const { participants } = state.network;
  if ('from' in action) {
    const every = (name: string): readonly string[] =>
      name === '*' ? participants.map((each) => each.name) : [name];
    const pairs = every(action.from).flatMap((from) => every(action.to).map((to) => `${from}\0${to}`));
    state.blocked = withEach(state.blocked, pairs, action.verb === 'block');
    return;
  }
  const index = participants.findIndex(({ name }) => name === action.node);
  const host = state.hosts[index];
  const participant = participants[index];
  if (!host || !participant) return;
  switch (action.verb) {
    case 'start':
      host.powered = true;
      if (host.running) return;
      clearLeftovers(state, index);
      host.life++;
      if (participant.stops) return;
      host.running = true;
      schedule(state, {
        kind: 'boot',
        at: state.now + state.clock.boot + 3 * lag(state.clock, index, state.hosts.length),
        host: index,
        life: host.life,
      });
      return;
    case 'stop':
      end(state, index, 'resign');
      return;
    case 'kill':
      end(state, index, 'leave');
      return;
    case 'crash':
      host.powered = false;
      end(state, index, 'vanish');
      clearLeftovers(state, index);
      return;
    case 'link-down':
    case 'link-up':
      host.down = withEach(host.down, linksOf(state, index, action.interface), action.verb === 'link-down');
      for (const candidate of participant.candidates) reconsider(state, candidate);
      return;
    case 'isolate':
    case 'rejoin':
      host.cut = withEach(host.cut, linksOf(state, index, action.interface), action.verb === 'isolate');
      return;
    case 'fail':
    case 'pass': {
      host.failing = withEach(host.failing, [action.check], action.verb === 'fail');
      for (const candidate of participant.candidates) {
        for (const check of candidate.checks) if (check.name === action.check) look(state, candidate, check);
      }
    }
  }
}

/** The interface that is named, or all that the node's candidates use. */
function linksOf(state: State, index: number, name: string | undefined): readonly string[] {
  if (name !== undefined) return [name];
  const { addresses } = state.network.participants[index]!.node;
  return [
    ...new Set([
      ...candidatesOn(state, index).flatMap(({ link, needs }) => [link, ...needs]),
      ...(addresses?.keys() ?? []),
    ]),
  ];
}
