// A world for the lab: own network, own mounts, own processes. It ends with the test that made it, however that ends, and
// takes all daemons, interfaces and namespaces in it along; of all this the machine around it sees nothing.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC', PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** An address that came to a network namespace, or left it. */
export interface AddressEvent {
  /** Milliseconds since 1970, as the kernel's listener saw it. */
  readonly at: number;
  /** The number that the namespace was given. */
  readonly namespace: number;
  readonly address: string;
  readonly gone: boolean;
}

export interface World {
  /** Where its folder / lies for this process. */
  readonly root: string;
  /** Runs a shell script in it and gives what that prints; an error where a command of it fails. */
  run(script: string): Promise<string>;
  end(): Promise<void>;
}

// The first process waits for the end of its input, which comes even when whoever holds the other end is killed; with it
// the kernel ends all other processes of the world, and with these its namespaces.
const firstProcess = `
  mount -t tmpfs -o mode=755 lab /run
  mkdir -m 755 /run/netns /run/lab
  ip link set lo up
  sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  echo ready
  exec cat
`;

/** Makes a world, and tells `notice` of every address that comes and goes in namespaces that have a number. */
export async function createWorld(notice: (event: AddressEvent) => void): Promise<World> {
  const holder = spawn(
    'unshare',
    ['--mount', '--net', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', 'sh', '-ec', firstProcess],
    { env, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [line] = await firstLine(holder);
  if (line !== 'ready') throw new Error('could not make namespaces for the lab');
  const first = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim();
  const inside = ['--target', first, '--mount', '--net', '--pid'];

  const monitor = spawn(
    'nsenter',
    [...inside, 'ip', '-ts', '-o', '-rcvbuf', '16777216', 'monitor', 'address', 'all-nsid'],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  createInterface({ input: monitor.stdout! }).on('line', (text) => {
    const event = addressEvent(text);
    if (event) notice(event);
  });

  return {
    root: `/proc/${first}/root`,
    run: async (script) => {
      const { stdout } = await promisify(execFile)('nsenter', [...inside, 'sh', '-ec', script], { env });
      return stdout;
    },
    end: async () => {
      const ended = once(holder, 'exit');
      holder.stdin!.end();
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<readonly string[]> {
  const lines = createInterface({ input: child.stdout! });
  return Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [])]) as Promise<string[]>;
}

/** A line such as `[2026-01-31T12:00:00.000000] [nsid 7]Deleted 2: eth0    inet 10.0.0.1/24 scope global eth0\ …`. */
function addressEvent(text: string): AddressEvent | undefined {
  const [, time, namespace, deleted, address] =
    /^\[(\S+)\] \[nsid (\d+)\](Deleted )?\d+: \S+\s+inet6? ([^/\s]+)/.exec(text) ?? [];
  if (time === undefined || address === undefined) return undefined;
  return {
    at: Date.parse(`${time}Z`),
    namespace: Number(namespace),
    address,
    gone: deleted !== undefined,
  };
}
