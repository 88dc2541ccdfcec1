/** Which servers answer names that they do not have. */
import { accepts, automatonOf } from './automaton.ts';
import { patternOf } from './pattern.ts';
import type { Server } from './server.ts';
import { defaultOf, defaultWord, socketsOf } from './sockets.ts';
import type { Statement } from './statement.ts';

/** A name that nobody has: who takes it takes any. */
const foreignName = 'client.invalid';

/** The servers that answer names which they do not have: there `$host` is whatever a client says. */
export function openServers(servers: readonly Server[], isWhole: boolean): ReadonlySet<Statement> {
  const takesAny = (name: string): boolean => {
    if (!name.startsWith('~')) return name === '' || name === '*' || name.endsWith('.*');
    const pattern = patternOf(name.slice(1), true);
    const automaton = pattern && automatonOf(pattern);
    return automaton !== undefined && accepts(automaton, foreignName);
  };
  const found = servers.filter(
    ({ names, listens }) => names.some(({ value }) => takesAny(value)) || listens.some(defaultWord),
  );
  const defaults = isWhole ? socketsOf(servers).flatMap((socket) => defaultOf(socket)?.server ?? []) : [];
  return new Set([...found, ...defaults].map(({ statement }) => statement));
}
