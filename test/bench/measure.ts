/** Whole processes, measured in turns: what slows the machine down for a while slows down all of them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Exit codes that say it did its work. */
  readonly codes: readonly number[];
}

export interface Measured {
  /** Of one process, in ms. */
  readonly median: number;
  /** Half of the runs took between these, in ms. */
  readonly quarters: readonly [number, number];
  /** Peak of resident memory in MiB; undefined where /usr/bin/time is missing. */
  readonly memory: number | undefined;
}

// Node reads these certificates at every start, and its options and the colours change what is measured.
const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS, FORCE_COLOR, GITHUB_ACTIONS, ...env } = process.env;

const time = '/usr/bin/time';

function run({ program, args, cwd, codes }: Command): string {
  const { status, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  if (!codes.includes(status ?? -1))
    throw new Error(`${program} ${args.join(' ')} gave ${status}: ${stderr.slice(0, 500)}`);
  return stderr;
}

/** Runs every command once to warm the caches of the disk, then all of them in turn, `rounds` times. */
export function measure(commands: readonly Command[], rounds: number): readonly Measured[] {
  const memories = commands.map(peakMemory);
  const times: number[][] = commands.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) {
      const start = performance.now();
      run(command);
      times[index]!.push(performance.now() - start);
    }
  }
  return times.map((list, index) => ({
    median: quantile(list, 0.5),
    quarters: [quantile(list, 0.25), quantile(list, 0.75)],
    memory: memories[index],
  }));
}

function peakMemory(command: Command): number | undefined {
  if (!existsSync(time)) {
    run(command);
    return undefined;
  }
  const { program, args } = command;
  const said = run({ ...command, program: time, args: ['-f', '%M', program, ...args] });
  return Number(said.trimEnd().split('\n').at(-1)) / 1024;
}

function quantile(list: readonly number[], part: number): number {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}
