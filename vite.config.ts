import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

// `vite build` makes the command: dist/lbcheck.cjs (src/launch.cjs), dist/cli.cjs (everything else, dependencies
// included) and dist/cli.cache. `vite build --mode library` adds dist/index.js, whose dependencies stay imports.

/** Run once after the build, so that the cache holds what a usual run compiles: both languages, findings, colours. */
const usualRun = [
  'check',
  '--color=always',
  ...['master', 'backup'].flatMap((node) =>
    ['keepalived.conf', 'nginx.conf'].map((file) => `fixtures/clusters/article/${node}/${file}`),
  ),
];

/**
 * Passages of dependencies that cost every start milliseconds for something this program has no use for, and the same
 * without it. A dependency that has changed is taken as it is, with a warning.
 */
const shortcuts: { file: string; text: string | RegExp; by: string }[] = [
  // A table of 65,536 entries filled at the first lexer; the formula is as good.
  {
    file: '/chevrotain/lib/src/scan/lexer.js',
    text: ': charCodeToOptimizedIdxMap[charCode]',
    by: ': 255 + ~~(charCode / 255)',
  },
  {
    file: '/chevrotain/lib/src/scan/lexer.js',
    text: 'if (isEmpty(charCodeToOptimizedIdxMap))',
    by: 'if (false)',
  },
  // 88 stand-ins for the parser's methods, deleted one by one after the grammar was recorded: every delete makes V8
  // describe the object anew. To lay the method of the prototype over the stand-in has the same effect.
  {
    file: '/chevrotain/lib/src/parse/parser/traits/gast_recorder.js',
    text: /delete that(\[`[^`]+`\]|\.\w+)/g,
    by: 'that$1 = Object.getPrototypeOf(that)$1',
  },
  // 200 methods copied one by one onto a prototype: as above. A property once deleted makes it a dictionary first.
  {
    file: '/chevrotain/lib/src/parse/parser/utils/apply_mixins.js',
    text: 'baseCtors.forEach(',
    by: 'derivedCtor.prototype._ = 0; delete derivedCtor.prototype._; baseCtors.forEach(',
  },
  // Only for subcommands that are programs of their own.
  {
    file: '/commander/lib/command.js',
    text: "require('node:child_process')",
    by: '{}',
  },
  // Looks at the terminal, for which Node loads its network code. src/commands/terminal.ts decides on colours and says so to Chalk.
  {
    file: '/chalk/source/vendor/supports-color/index.js',
    text: /^[\s\S]*$/,
    by: 'export default { stdout: false, stderr: false };',
  },
];

/** Files that the command reads when it needs them, by name. */
const assets = new Map<string, string>();

const shorten: Plugin = {
  name: 'shorten',
  enforce: 'pre',
  transform(code, id) {
    let out = code;
    for (const { file, text, by } of shortcuts) {
      if (!id.endsWith(file)) continue;
      const before = out;
      out = out.replace(text, by);
      if (out === before) this.warn(`${file} no longer contains ${text}: the command starts more slowly`);
    }
    return out === code ? undefined : { code: out, map: null };
  },
};

/** Leaves the tables out of the bundle, where every start would pay for them: they are read when first asked. */
const tables: Plugin = {
  name: 'tables',
  enforce: 'pre',
  load(id) {
    const name = /([\w-]+\.tsv)\?raw$/.exec(id)?.[1];
    if (!name) return undefined;
    assets.set(name, readFileSync(id.replace(/\?raw$/, ''), 'utf8'));
    return `import { readFileSync } from 'node:fs';\nexport default () => readFileSync(\`\${__dirname}/${name}\`, 'utf8');`;
  },
};

/**
 * Leaves out of the bundle what rules say of themselves at length. `lbcheck explain` shows the generated page instead,
 * which holds the same words.
 */
const pages: Plugin = {
  name: 'pages',
  enforce: 'post',
  transform(code, id) {
    if (!/\/rules\/[a-z]+\/[\w-]+\.ts$/.test(id)) return undefined;
    const page = id.replace(/\.ts$/, '.md');
    // A new rule has its page once the tests have run.
    if (existsSync(page)) assets.set(`pages/${basename(page)}`, readFileSync(page, 'utf8'));
    let out = code;
    for (const { start, end } of longTexts(this.parse(code)).sort((a, b) => b.start - a.start)) {
      out = `${out.slice(0, start)}undefined${out.slice(end)}`;
    }
    return { code: out, map: null };
  },
};

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** The values of why, sources, bad and good in the object that `rule(…)` is given. */
function longTexts(program: unknown): { start: number; end: number }[] {
  const { body } = program as { body: Node[] };
  const exported = body.find(({ type }) => type === 'ExportDefaultDeclaration')?.declaration as
    | Node
    | undefined;
  const [object] = (exported?.arguments ?? []) as Node[];
  return ((object?.properties ?? []) as Node[]).flatMap(({ key, value }) =>
    ['why', 'sources', 'bad', 'good'].includes((key as { name?: string }).name ?? '') ? [value as Node] : [],
  );
}

/** Makes of the bundle what src/launch.cjs expects, puts the launcher beside it and has it write the code cache. */
const launcher: Plugin = {
  name: 'launcher',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk') continue;
      // A character beyond ASCII would double the size of the source in memory. An escape means the same anywhere but
      // in String.raw.
      if (/String\.raw`[^`]*[^\0-\x7f]/.test(file.code))
        this.error('String.raw with characters beyond ASCII');
      const code = file.code.replace(
        /[^\0-\x7f]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
      // A function for the launcher to call, whether it had the file compiled as a script or as a module. The inner
      // parentheses tell V8 that the function is going to be called at once.
      file.code = `/*${hash}*/((main) => (typeof module === 'undefined' ? main : (module.exports = main)))((function (exports, require, module, __filename, __dirname) {${code}\n}))`;
    }
    for (const [fileName, source] of assets) this.emitFile({ type: 'asset', fileName, source });
    this.emitFile({ type: 'asset', fileName: 'lbcheck.cjs', source: readFileSync('src/launch.cjs') });
  },
  writeBundle({ dir = 'dist' }) {
    const command = join(dir, 'lbcheck.cjs');
    const cache = join(dir, 'cli.cache');
    chmodSync(command, 0o755);
    rmSync(cache, { force: true });
    spawnSync(process.execPath, [command, ...usualRun], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (!existsSync(cache)) this.warn(`no code cache: lbcheck ${usualRun.join(' ')} failed`);
  },
};

export default defineConfig(({ command, mode }) => {
  if (command !== 'build') return {};
  const library = mode === 'library';
  return {
    plugins: library ? [] : [shorten, tables, pages, launcher],
    // chevrotain takes its list functions from lodash, which does more at start-up than they do.
    ...(library
      ? {}
      : { ssr: { noExternal: true }, resolve: { alias: { 'lodash-es': 'es-toolkit/compat' } } }),
    build: {
      ssr: library ? 'src/index.ts' : 'src/cli.ts',
      target: 'node20',
      emptyOutDir: !library,
      copyPublicDir: false,
      // What is bundled is passed on, and its licences ask to be passed on with it.
      license: library ? false : { fileName: 'licenses.md' },
      // Most of what minifying saves is white space. Names stay, for a stack trace that can be read.
      rolldownOptions: {
        output: library
          ? { format: 'es', entryFileNames: 'index.js' }
          : {
              format: 'cjs',
              entryFileNames: 'cli.cjs',
              codeSplitting: false,
              minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
            },
      },
    },
  };
});
