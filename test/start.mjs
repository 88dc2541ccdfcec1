/** Runs a TypeScript program of the tests, bundled by nothing: `node test/start.mjs PROGRAM [ARGUMENT]...`. */
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const [program] = process.argv.splice(2, 1);
await runnerImport(resolve(program), { configFile: false, logLevel: 'error' });
