/**
 * `npm run fuzz -- --minutes N [--seed S] [--kind K]`: tries files made by chance until the time is up. What goes wrong is
 * printed with its kind and seed, and with the smallest files that still go wrong in that way.
 */
import { kinds } from './kinds.ts';
import { smallest } from './smallest.ts';
import { faultsOf, filesOf, slow } from './trial.ts';

const usage = (why: string): never => {
  console.error(
    `${why}\nusage: npm run fuzz -- [--minutes N] [--seed S] [--kind ${[...kinds.keys()].join('|')}]`,
  );
  process.exit(2);
};

function optionsIn(args: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 2) {
    const [name = '', value] = args.slice(at, at + 2);
    if (!/^--(?:minutes|seed|kind)$/.test(name) || value === undefined) usage(`what is ${name}?`);
    options.set(name.slice(2), value!);
  }
  return options;
}

const options = optionsIn(process.argv.slice(2));
const number = (name: string, fallback: number): number => {
  const value = Number(options.get(name) ?? fallback);
  return value >= 0 ? value : usage(`--${name} is a number`);
};
const chosen = options.get('kind');
if (chosen !== undefined && !kinds.has(chosen)) usage(`there is no kind ${chosen}`);
const names = chosen === undefined ? [...kinds.keys()] : [chosen];
const end = performance.now() + number('minutes', 1) * 60_000;
const tally = new Map(names.map((name) => [name, { tries: 0, faults: 0, seconds: 0 }]));
const told = new Set<string>();

for (let seed = number('seed', 1); performance.now() < end; seed++) {
  for (const name of names) {
    const start = process.cpuUsage();
    const found = await faultsOf(name, seed);
    const seconds = process.cpuUsage(start).user / 1e6;
    const sum = tally.get(name)!;
    sum.tries++;
    sum.seconds += seconds;
    sum.faults += found.length;
    if (seconds > slow) console.log(`--kind ${name} --seed ${seed}: took ${seconds.toFixed(0)} s`);
    for (const fault of found) await tell(name, seed, fault);
  }
}

/** A fault in full, and of those that look like it no more than the seed. */
async function tell(name: string, seed: number, fault: string): Promise<void> {
  console.log(`--kind ${name} --seed ${seed}: ${fault}`);
  const likeness = `${name} ${fault.replaceAll(/\d+/g, '0').slice(0, 60)}`;
  if (told.has(likeness)) return;
  told.add(likeness);
  const files = await smallest(name, filesOf(name, seed), fault);
  for (const [path, text] of Object.entries(files))
    console.log(`  ${JSON.stringify(path)}: ${JSON.stringify(text)}`);
}

for (const [name, { tries, faults, seconds }] of tally)
  console.log(`${name}: ${tries} tries, ${faults} faults, ${seconds.toFixed(0)} s`);
process.exitCode = [...tally.values()].some(({ faults }) => faults > 0) ? 1 : 0;
