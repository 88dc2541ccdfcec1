import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig, type Plugin, type Rolldown } from 'vite';
import { withIndexes } from './grammar/tables/table.ts';

// `vite build` makes the command: dist/lbcheck.cjs (src/launch.cjs), dist/cli.cjs (everything that every run needs,
// dependencies included), a chunk for each part that only some runs need, and a code cache beside each of them. `vite build --mode library` adds dist/index.js, whose dependencies stay imports.

/** Run after the build, so that the caches hold what usual runs compile. The first that uses a chunk makes its cache. */
const usualRuns = [
  articleFiles('keepalived.conf'),
  articleFiles('keepalived.conf', 'nginx.conf'),
  ['check', '--color=always', ...articleFiles('keepalived.conf')],
  ['failover', ...articleFiles('keepalived.conf')],
];

function articleFiles(...names: readonly string[]): string[] {
  return ['master', 'backup'].flatMap((node) =>
    names.map((name) => `fixtures/clusters/article/${node}/${name}`),
  );
}

/**
 * Passages of dependencies that cost every start milliseconds for something this program has no use for, and the same
 * without it. A dependency that has changed is taken as it is, with a warning.
 */
const shortcuts: { file: string; text: string | RegExp; by: string }[] = [
  // The lexer, which is not used here.
  ...['scan/tokens_public.js', 'parse/parser/traits/gast_recorder.js'].flatMap((name) => {
    const file = `/chevrotain/lib/src/${name}`;
    return [
      { file, text: /^import \{ Lexer \} .*$/m, by: '' },
      { file, text: 'Lexer.NA', by: '/NOT_APPLICABLE/' },
    ];
  }),
  // For the recovery from errors, which no grammar here has.
  ...[/^import \{ NextTerminalAfter.*$/m, /NextTerminalAfter\w+Walker/g].map((text, index) => ({
    file: '/chevrotain/lib/src/parse/parser/traits/recognizer_engine.js',
    text,
    by: index === 0 ? '' : 'undefined',
  })),
  // The parser does the same for all tokens at once.
  {
    file: '/chevrotain/lib/src/scan/tokens_public.js',
    text: 'augmentTokenTypes([tokenType]);',
    by: '',
  },
  // Stand-ins for the parser's methods, deleted one by one after the grammar was recorded: every delete makes V8
  // describe the object anew. To lay the method of the prototype over the stand-in has the same effect.
  {
    file: '/chevrotain/lib/src/parse/parser/traits/gast_recorder.js',
    text: /delete that(\[`[^`]+`\]|\.\w+)/g,
    by: 'that$1 = Object.getPrototypeOf(that)$1',
  },
  // No grammar here counts its calls, so one stand-in of ten is enough.
  {
    file: '/chevrotain/lib/src/parse/parser/traits/gast_recorder.js',
    text: /i < 10/g,
    by: 'i < 1',
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

/** The columns by which each table is asked. */
const keyColumns: Readonly<Record<string, readonly string[]>> = {
  'keepalived.tsv': ['keyword', 'context'],
  'keepalived-items.tsv': ['kind'],
  'nginx.tsv': ['name', 'contexts', 'defines'],
  'nginx-advisories.tsv': ['feature', 'cve'],
  'nginx-families.tsv': ['prefix'],
  'variables.tsv': ['module'],
};

/** Leaves the tables out of the bundle, where every start would pay for them: they are read when first asked. */
const tables: Plugin = {
  name: 'tables',
  enforce: 'pre',
  load(id) {
    const name = /([\w-]+\.tsv)\?raw$/.exec(id)?.[1];
    if (!name) return undefined;
    const text = readFileSync(id.replace(/\?raw$/, ''), 'utf8');
    assets.set(name, withIndexes(text, keyColumns[name] ?? []));
    return `import { readFileSync } from 'node:fs';\nlet text;\nexport default () => (text ??= readFileSync(\`\${__dirname}/${name}\`, 'utf8'));`;
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

/**
 * Parts of the bundle that are read when something of them is first used: a keepalived pair needs nothing of nginx. What
 * imports a CommonJS package stands with it, for such an import is evaluated with the module that has it.
 */
const lateChunks = [
  {
    name: 'nginx',
    test: /\/(?:(?:grammar|src\/model|rules)\/nginx\/|src\/load\/include-nginx|grammar\/tables\/(?:advisories|directives|families|variables))/,
  },
  // What chevrotain asks about a grammar when it is tested, or when a lookahead of its own is wanted.
  {
    name: 'analysis',
    test: /\/chevrotain\/lib\/src\/parse\/(?:grammar\/(?:checks|follow|interpreter|llk_lookahead|lookahead|rest)|cst\/cst(?:_visitor)?)\.js$/,
  },
  { name: 'commands', test: /\/src\/commands\/(?:arguments|completion|init|baseline|failover)\.ts$/ },
  { name: 'scripts', test: /\/src\/model\/keepalived\/shell\// },
  {
    name: 'seldom',
    test: /\/(?:grammar\/balance|grammar\/keepalived\/preprocess|src\/load\/(?:evidence|glob|host-places|scan)|src\/model\/(?:backends|segment|host\/firewall|keepalived\/(?:running|servers)))\.ts$|\/node_modules\/get-east-asian-width\//,
  },
  { name: 'addresses', test: /\/node_modules\/ipaddr\.js\/|\/src\/model\/networks\.ts$/ },
  { name: 'patterns', test: /\/node_modules\/@eslint-community\/regexpp\// },
  { name: 'yaml', test: /\/node_modules\/yaml\/|\/src\/(?:config\/yaml|model\/host\/netplan)\.ts$/ },
  {
    name: 'host',
    test: /\/src\/model\/host\/(?:firewalld|iptables|nft-rule|nftables|ufw)\.ts$|\/node_modules\/(?:fast-xml-parser|xml-naming|is-unsafe|path-expression-matcher|@nodable|strnum|anynum)\//,
  },
  { name: 'failover', test: /\/src\/(?:election\/(?!defects)|failover\.ts|format\/failover\/(?!names))/ },
];

/** Makes of the chunks what src/launch.cjs expects, puts the launcher beside them and has it write the code caches. */
const launcher: Plugin = {
  name: 'launcher',
  renderChunk: (code) => ({ code: lateChunks.reduce(required, code), map: null }),
  generateBundle(_, files) {
    const chunks = chunksOf(files);
    const entry = chunks.find(({ isEntry }) => isEntry)!;
    for (const chunk of chunks) {
      if (
        !entry.code.includes(`require("./${chunk.fileName}")`) ||
        lateChunks.some(({ name }) => name === chunk.name) ||
        chunk.isDynamicEntry
      )
        continue;
      delete files[chunk.fileName];
      inline(chunk, entry, chunksOf(files));
    }
    for (const chunk of chunksOf(files)) chunk.code = callable(ascii(chunk.code, this));
    for (const [fileName, source] of assets) this.emitFile({ type: 'asset', fileName, source });
    this.emitFile({ type: 'asset', fileName: 'lbcheck.cjs', source: readFileSync('src/launch.cjs') });
  },
  writeBundle({ dir = 'dist' }, files) {
    const command = join(dir, 'lbcheck.cjs');
    chmodSync(command, 0o755);
    for (const { fileName } of chunksOf(files)) rmSync(join(dir, cacheOf(fileName)), { force: true });
    for (const run of usualRuns) {
      spawnSync(process.execPath, [command, ...run], {
        env: { ...process.env, NODE_OPTIONS: '' },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    }
    for (const name of ['cli', 'nginx']) {
      if (!existsSync(join(dir, `${name}.cache`))) this.warn(`the usual runs left no ${name}.cache`);
    }
  },
};

const chunksOf = (files: Rolldown.OutputBundle): Rolldown.OutputChunk[] =>
  Object.values(files).filter((file) => file.type === 'chunk');

const cacheOf = (chunk: string): string => chunk.replace(/\.cjs$/, '.cache');

/**
 * The code of a chunk with a late one required where it is used instead of at the start. rolldown writes every use of
 * another chunk's export as a member of the one variable that holds the chunk.
 */
function required(code: string, { name }: { name: string }): string {
  const variable = `require_${name}`;
  const statement = `const ${variable} = require("./${name}.cjs");`;
  if (!code.includes(statement)) {
    if (code.includes(variable)) throw new Error(`a chunk uses ${variable} in a way of its own`);
    return code;
  }
  return (
    code
      // `new a().b()` would make an instance of a.
      .replaceAll(new RegExp(`\\bnew ${variable}\\.(\\w+)`, 'g'), `new (${variable}().$1)`)
      .replaceAll(`${variable}.`, `${variable}().`)
      .replace(
        statement,
        `let ${name}_chunk; const ${variable} = () => ${name}_chunk ??= require("./${name}.cjs");`,
      )
  );
}

/**
 * Puts a chunk that every start needs in place of the entry's `require` for it: a file less to read. The others take it
 * from the entry.
 */
function inline(
  chunk: Rolldown.OutputChunk,
  entry: Rolldown.OutputChunk,
  all: readonly Rolldown.OutputChunk[],
): void {
  const call = `require("./${chunk.fileName}")`;
  const variable = `require_${chunk.name.replaceAll('-', '_')}`;
  entry.code = entry.code.replace(
    call,
    () => `exports.${variable} = ((exports)=>{${chunk.code};return exports})({})`,
  );
  for (const other of all)
    other.code = other.code.replaceAll(call, `require("./${entry.fileName}").${variable}`);
}

/**
 * A character beyond ASCII would double the size of the source in memory. An escape means the same anywhere but in
 * String.raw.
 */
function ascii(code: string, build: { error: (message: string) => never }): string {
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(code)) build.error('String.raw with characters beyond ASCII');
  return code.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * A function for the launcher to call, whether it had the file compiled as a script or as a module, after a hash of the
 * code. The inner parentheses tell V8 that the function is going to be called at once.
 */
function callable(code: string): string {
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  return `/*${hash}*/((main) => (typeof module === 'undefined' ? main : (module.exports = main)))((function (exports, require, module, __filename, __dirname) {${code}\n}))`;
}

export default defineConfig(({ command, mode }) => {
  if (command !== 'build') return {};
  const library = mode === 'library';
  return {
    plugins: library ? [] : [shorten, tables, pages, launcher],
    // chevrotain takes its list functions from lodash, which does more at start-up than they do.
    ...(library
      ? {}
      : {
          ssr: { noExternal: true },
          resolve: { alias: { 'lodash-es': join(import.meta.dirname, 'grammar/lodash-es.ts') } },
        }),
    build: {
      ssr: library ? 'src/index.ts' : 'src/cli.ts',
      target: 'node20',
      emptyOutDir: !library,
      copyPublicDir: false,
      // What is bundled is passed on, and its licences ask to be passed on with it.
      license: library ? false : { fileName: 'licenses.md' },
      // Most of what minifying saves is white space. Names stay, for a stack trace that can be read.
      rolldownOptions: {
        // chevrotain does not say that its modules can be left out where nothing of them is used.
        treeshake: { moduleSideEffects: [{ test: /\/node_modules\/@?chevrotain\//, sideEffects: false }] },
        output: library
          ? { format: 'es', entryFileNames: 'index.js' }
          : {
              format: 'cjs',
              entryFileNames: 'cli.cjs',
              chunkFileNames: '[name].cjs',
              codeSplitting: { includeDependenciesRecursively: false, groups: lateChunks },
              minify: { compress: true, mangle: { toplevel: false }, codegen: { removeWhitespace: true } },
            },
      },
    },
  };
});
