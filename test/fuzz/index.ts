/** `npm run fuzz -- --minutes N [--seed S]`: tries files made by chance until the time is up, and prints what went wrong. */
import { faults } from './trial.ts';

const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const first = option('seed', 1);
const end = performance.now() + option('minutes', 1) * 60_000;
let seed = first;
let wrong = 0;
for (; performance.now() < end; seed++) {
  const start = performance.now();
  try {
    for await (const fault of faults(seed)) {
      wrong++;
      console.log(`seed ${seed}: ${fault}`);
    }
  } catch (error) {
    wrong++;
    console.log(`seed ${seed}: ${(error as Error).stack}`);
  }
  const took = performance.now() - start;
  if (took > 20_000) console.log(`seed ${seed}: ${(took / 1000).toFixed(0)} s`);
}
console.log(`${seed - first} tries from seed ${first}, ${wrong} faults`);
process.exitCode = wrong > 0 ? 1 : 0;
