import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { walk } from '../grammar/tree.ts';
import { disk, type FileSystem, memory, type Status } from '../src/load/disk.ts';
import { alternatives, glob, matcher } from '../src/load/glob.ts';
import { type LoadOptions, load } from '../src/load/index.ts';
import { languageOf } from '../src/load/language.ts';
import type { Loaded, LoadedNode } from '../src/load/loaded.ts';
import type { IncludeProblem } from '../src/model/syntax.ts';

type Files = Record<string, string | Uint8Array>;

const master =
  'global_defs {\n  router_id LVS_1\n}\nvrrp_instance VI_1 {\n  state MASTER\n  priority 200\n}\n';
const backup =
  'global_defs {\n  router_id LVS_2\n}\nvrrp_instance VI_1 {\n  state BACKUP\n  priority 150\n}\n';
const web = 'events {}\nhttp {\n  server {\n    listen 80;\n  }\n}\n';
const site = 'server {\n  listen 80;\n  server_name a.example;\n  location / { proxy_pass http://b; }\n}\n';

const run = (
  files: Files,
  args: readonly string[],
  options: Partial<LoadOptions> & { statuses?: Record<string, Partial<Status>> } = {},
): Loaded => load(args, { fs: memory(files, options.statuses), cwd: '/repo', ...options });

/** Files of a working directory, all given by name. */
const runAll = (files: Files, options: Partial<LoadOptions> = {}): Loaded =>
  run(inRepo(files), Object.keys(files), options);
const inRepo = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`/repo/${path}`, text]));

/** `master: master.conf + nginx.conf` for each node. */
const shape = ({ nodes }: Loaded): string[] =>
  nodes.map(({ name, keepalived, nginx }) => {
    const mains = nginx.map(({ files }) => files[0].file.source.path);
    return `${name}: ${[...(keepalived?.sources.slice(0, 1).map(({ path }) => path) ?? []), ...mains].join(' + ')}`;
  });
const names = ({ nodes }: Loaded): string[] => nodes.map(({ name }) => name);
const nginxFiles = ({ nodes }: Loaded): string[] =>
  nodes.flatMap(({ nginx }) => nginx.flatMap(({ files }) => files.map(({ file }) => file.source.path)));
const problemsOf = ({ keepalived, nginx }: LoadedNode): IncludeProblem[] => [
  ...(keepalived?.syntax.includeProblems ?? []),
  ...nginx.flatMap(({ files }) => files.flatMap(({ includeProblems }) => includeProblems)),
];
const problems = ({ nodes }: Loaded): string[] =>
  nodes.flatMap(problemsOf).map(({ kind, pattern, fatal }) => `${kind} ${pattern}${fatal ? ' fatal' : ''}`);
const complete = ({ nodes }: Loaded): boolean =>
  nodes.every(
    ({ keepalived, nginx }) => (keepalived?.complete ?? true) && nginx.every((each) => each.complete),
  );
const priorities = ({ nodes }: Loaded): string[] =>
  nodes.map(({ keepalived }) =>
    [...walk(keepalived?.syntax.file.items ?? [])]
      .filter(({ name }) => name.text === 'priority')
      .map(({ args }) => args[0]?.text)
      .join(),
  );

describe('nodes of files', () => {
  test('two keepalived files are two nodes named by their role', () => {
    expect(shape(runAll({ 'master.conf': master, 'backup.conf': backup }))).toEqual([
      'master: master.conf',
      'backup: backup.conf',
    ]);
  });

  test('the folder names a node where the file name says nothing', () => {
    const loaded = runAll({
      'lb1/keepalived.conf': master,
      'lb1/nginx.conf': web,
      'lb2/keepalived.conf': backup,
      'lb2/nginx.conf': web,
    });
    expect(shape(loaded)).toEqual([
      'lb1: lb1/keepalived.conf + lb1/nginx.conf',
      'lb2: lb2/keepalived.conf + lb2/nginx.conf',
    ]);
  });

  test('etc/nginx and etc/keepalived of one tree are one node', () => {
    expect(
      shape(runAll({ 'lb1/etc/keepalived/keepalived.conf': master, 'lb1/etc/nginx/nginx.conf': web })),
    ).toEqual(['lb1: lb1/etc/keepalived/keepalived.conf + lb1/etc/nginx/nginx.conf']);
  });

  test('the configuration of a live machine has a name', () => {
    const files = { '/etc/keepalived/keepalived.conf': master, '/etc/nginx/nginx.conf': web };
    expect(names(run(files, Object.keys(files)))).toEqual(['localhost']);
  });

  test('an nginx file beside several keepalived files is every node’s', () => {
    const loaded = runAll({ 'master.conf': master, 'backup.conf': backup, 'nginx.conf': web });
    expect(shape(loaded)).toEqual(['master: master.conf + nginx.conf', 'backup: backup.conf + nginx.conf']);
    expect(loaded.nodes[0]?.nginx[0]).toBe(loaded.nodes[1]?.nginx[0]);
  });

  test('nginx files with the role of a keepalived file go with it', () => {
    const loaded = runAll({
      'keepalived-master.conf': master,
      'keepalived-backup.conf': backup,
      'nginx-master.conf': web,
      'nginx-backup.conf': web,
    });
    expect(shape(loaded)).toEqual([
      'master: keepalived-master.conf + nginx-master.conf',
      'backup: keepalived-backup.conf + nginx-backup.conf',
    ]);
  });

  test('numbered files go together and keep a name that says something', () => {
    const loaded = runAll({
      'keepalived1.conf': master,
      'keepalived2.conf': backup,
      'nginx1.conf': web,
      'nginx2.conf': web,
    });
    expect(shape(loaded)).toEqual([
      'keepalived1: keepalived1.conf + nginx1.conf',
      'keepalived2: keepalived2.conf + nginx2.conf',
    ]);
  });

  test('the only nginx file of the run, from elsewhere, is every balancer’s', () => {
    expect(shape(runAll({ 'a/keepalived.conf': master, 'b/nginx.conf': web }))).toEqual([
      'a: a/keepalived.conf + b/nginx.conf',
    ]);
    expect(
      shape(runAll({ 'a/keepalived.conf': master, 'b/keepalived.conf': backup, 'common/nginx.conf': web })),
    ).toEqual(['a: a/keepalived.conf + common/nginx.conf', 'b: b/keepalived.conf + common/nginx.conf']);
  });

  test('nginx files without keepalived are a node each', () => {
    expect(shape(runAll({ 'lb1.conf': web, 'lb2.conf': web }))).toEqual(['lb1: lb1.conf', 'lb2: lb2.conf']);
    expect(shape(runAll({ 'web1/nginx.conf': web, 'web2/nginx.conf': web }))).toEqual([
      'web1: web1/nginx.conf',
      'web2: web2/nginx.conf',
    ]);
  });

  test('web servers among balancers with nginx of their own stay apart', () => {
    const loaded = runAll({
      'm/keepalived.conf': master,
      'm/nginx.conf': web,
      'web1/nginx.conf': web,
      'web2/nginx.conf': web,
    });
    expect(shape(loaded)).toEqual([
      'm: m/keepalived.conf + m/nginx.conf',
      'web1: web1/nginx.conf',
      'web2: web2/nginx.conf',
    ]);
  });

  test('fragments of one conf.d are one node, and join the main file that does not include them', () => {
    expect(shape(runAll({ 'lb1/conf.d/a.conf': site, 'lb1/conf.d/b.conf': site }))).toEqual([
      'lb1: lb1/conf.d/a.conf + lb1/conf.d/b.conf',
    ]);
    expect(shape(runAll({ 'lb1/nginx.conf': web, 'lb1/conf.d/b.conf': site }))).toEqual([
      'lb1: lb1/nginx.conf + lb1/conf.d/b.conf',
    ]);
  });

  test('a file that a named main file includes is no input of its own', () => {
    const main = 'events {}\nhttp {\n  include conf.d/*.conf;\n}\n';
    const loaded = runAll({ 'lb1/conf.d/a.conf': site, 'lb1/nginx.conf': main });
    expect(shape(loaded)).toEqual(['lb1: lb1/nginx.conf']);
    expect(nginxFiles(loaded)).toEqual(['lb1/nginx.conf', 'lb1/conf.d/a.conf']);
    const keepalived = runAll({ 'a/vrrp.conf': master, 'a/keepalived.conf': 'include vrrp.conf\n' });
    expect(shape(keepalived)).toEqual(['a: a/keepalived.conf']);
  });

  test('of two files that include each other the first is the main file', () => {
    const loaded = runAll({ 'a.conf': `${web}include b.conf;\n`, 'b.conf': `${web}include a.conf;\n` });
    expect(shape(loaded)).toEqual(['a: a.conf']);
  });

  test('names are made unique by the folder that differs, else by number', () => {
    expect(names(runAll({ 'n1/x/keepalived.conf': master, 'n2/x/keepalived.conf': backup }))).toEqual([
      'n1',
      'n2',
    ]);
    expect(names(runAll({ 'a/lb.conf': master, 'b/lb.conf': backup }))).toEqual(['a', 'b']);
    expect(names(runAll({ 'lb.conf': master, 'lb.txt': backup }))).toEqual(['lb', 'lb-2']);
  });

  test('NODE=PATH puts files and folders into a node', () => {
    const files = inRepo({
      'x/a.conf': master,
      'x/b.conf': web,
      'y/keepalived.conf': backup,
      'y/nginx.conf': web,
    });
    expect(shape(run(files, ['lb1=x/a.conf', 'lb1=x/b.conf', 'lb2=y']))).toEqual([
      'lb1: x/a.conf + x/b.conf',
      'lb2: y/keepalived.conf + y/nginx.conf',
    ]);
  });

  test('an argument with a slash before its = or that is a file is a path', () => {
    const files = inRepo({ 'x/a=b.conf': master, 'c=d.conf': backup });
    expect(shape(run(files, ['x/a=b.conf', 'c=d.conf']))).toEqual(['a=b: x/a=b.conf', 'c=d: c=d.conf']);
  });

  test('a second keepalived file of one named node is skipped with the reason', () => {
    const loaded = run(inRepo({ 'a.conf': master, 'b.conf': backup }), ['n=a.conf', 'n=b.conf']);
    expect(loaded.skipped).toEqual([
      { file: 'b.conf', reason: 'node n has a keepalived file already', named: true },
    ]);
  });

  test('a file named twice is one node, and one file for two named nodes is two with sources of their own', () => {
    const files = inRepo({ 'a.conf': master });
    expect(names(run(files, ['a.conf', './a.conf', '/repo/a.conf']))).toEqual(['a']);
    const { nodes } = run(files, ['lb1=a.conf', 'lb2=a.conf']);
    expect(nodes.map(({ name }) => name)).toEqual(['lb1', 'lb2']);
    expect(nodes[0]?.keepalived?.syntax.file.source).not.toBe(nodes[1]?.keepalived?.syntax.file.source);
  });

  test('paths are shown as given, and relative where they lie below the working directory', () => {
    const files = {
      '/repo/a.conf': master,
      '/other/b.conf': `${backup}include c.conf\n`,
      '/other/c.conf': '',
    };
    const shown = (args: string[]): string[] =>
      run(files, args).nodes.flatMap(({ keepalived }) => keepalived?.sources.map(({ path }) => path) ?? []);
    expect(shown(['/repo/a.conf'])).toEqual(['a.conf']);
    expect(shown(['./a.conf'])).toEqual(['a.conf']);
    expect(shown(['/other/b.conf'])).toEqual(['/other/b.conf', '/other/c.conf']);
    expect(shown(['../other/b.conf'])).toEqual(['../other/b.conf', '../other/c.conf']);
  });
});

describe('nodes of folders', () => {
  const inFolder = (files: Files, arg = '.', options: Partial<LoadOptions> = {}): Loaded =>
    run(inRepo(files), [arg], options);

  test('the article’s folders are four nodes', () => {
    const loaded = load(['fixtures/clusters/article'], { fs: disk, cwd: process.cwd() });
    expect(names(loaded)).toEqual(['backup', 'master', 'web1', 'web2']);
    expect(loaded.nodes.map(({ keepalived }) => keepalived !== undefined)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(loaded.nodes.every(({ nginx }) => nginx.length === 1)).toBe(true);
    expect(loaded.skipped).toEqual([]);
    expect(complete(loaded)).toBe(true);
  });

  test('a folder that holds both files is one node named after it', () => {
    expect(
      shape(inFolder({ 'lb1/keepalived.conf': master, 'lb1/nginx.conf': web, 'lb1/README': 'x' }, 'lb1')),
    ).toEqual(['lb1: lb1/keepalived.conf + lb1/nginx.conf']);
    expect(names(inFolder({ 'keepalived.conf': master }))).toEqual(['repo']);
  });

  test('daemon folders and etc belong to the folder that holds them', () => {
    expect(
      shape(
        inFolder({ 'lb1/etc/keepalived/keepalived.conf': master, 'lb1/etc/nginx/nginx.conf': web }, 'lb1'),
      ),
    ).toEqual(['lb1: lb1/etc/keepalived/keepalived.conf + lb1/etc/nginx/nginx.conf']);
    const sorted = inFolder({
      'keepalived/lb1/keepalived.conf': master,
      'keepalived/lb2/keepalived.conf': backup,
      'nginx/nginx.conf': web,
    });
    expect(shape(sorted)).toEqual([
      'lb1: keepalived/lb1/keepalived.conf + nginx/nginx.conf',
      'lb2: keepalived/lb2/keepalived.conf + nginx/nginx.conf',
    ]);
  });

  test('roles in file names make several nodes of one folder', () => {
    const loaded = inFolder({
      'keepalived.conf.master': master,
      'keepalived_backup.conf': backup,
      'nginx.conf': web,
    });
    expect(shape(loaded)).toEqual([
      'master: keepalived.conf.master + nginx.conf',
      'backup: keepalived_backup.conf + nginx.conf',
    ]);
  });

  test('copies and files that name no machine are no nodes', () => {
    const loaded = inFolder({
      'keepalived.conf': master,
      'keepalived.conf.bak': master,
      'keepalived.conf~': master,
      'keepalived.conf.backup': master,
      'vrrp-old.conf': master,
    });
    expect(shape(loaded)).toEqual(['repo: keepalived.conf']);
    expect(loaded.skipped.map(({ file, named }) => [file, named])).toEqual([['vrrp-old.conf', false]]);
  });

  test('keepalived.conf.backup is the other machine’s when it says so', () => {
    expect(names(inFolder({ 'keepalived.conf': master, 'keepalived.conf.backup': backup }))).toEqual([
      'repo',
      'backup',
    ]);
  });

  test('a lone sample is better than nothing', () => {
    expect(names(inFolder({ 'keepalived.conf.sample': master }))).toEqual(['repo']);
  });

  test('hidden folders, node_modules and deeper folders are not entered', () => {
    const loaded = inFolder({
      '.git/keepalived.conf': master,
      'node_modules/keepalived.conf': master,
      'a/b/c/keepalived.conf': master,
      'notes.txt': 'vrrp_instance is a keyword',
    });
    expect(loaded.nodes).toEqual([]);
    expect(loaded.skipped).toHaveLength(1);
    expect(loaded.skipped[0]).toMatchObject({ file: '.', named: true });
    expect(loaded.skipped[0]?.reason).toContain('etc/keepalived');
  });

  test('a folder with only a web server among balancers is a node of its own', () => {
    expect(
      shape(
        inFolder({ 'lb1/keepalived.conf': master, 'lb2/keepalived.conf': backup, 'web/nginx.conf': web }),
      ),
    ).toEqual(['lb1: lb1/keepalived.conf', 'lb2: lb2/keepalived.conf', 'web: web/nginx.conf']);
  });

  test('what nginx does not include is a fragment in conf.d and unused in sites-available', () => {
    const loaded = inFolder({
      'nginx/nginx.conf': web,
      'nginx/conf.d/a.conf': site,
      'nginx/conf.d/nginx-b.conf': site,
      'nginx/sites-available/default': site,
      'nginx/mime.types': 'types {}\n',
      'nginx/fastcgi.conf': 'fastcgi_param A b;\n',
      'nginx/snippets/tls.conf': 'ssl_protocols TLSv1.3;\n',
    });
    expect(shape(loaded)).toEqual([
      'repo: nginx/nginx.conf + nginx/conf.d/a.conf + nginx/conf.d/nginx-b.conf',
    ]);
  });

  test('several folders are several nodes', () => {
    const files = inRepo({ 'a/keepalived.conf': master, 'b/keepalived.conf': backup });
    expect(names(run(files, ['a', 'b/']))).toEqual(['a', 'b']);
  });
});

describe('config ids', () => {
  const common = 'vrrp_instance V {\n  @lb1 priority 200\n  @lb2 priority 150\n}\n';

  test('a lone file is a node for each id that it mentions', () => {
    const loaded = runAll({ 'keepalived.conf': common });
    expect(names(loaded)).toEqual(['lb1', 'lb2']);
    expect(priorities(loaded)).toEqual(['200', '150']);
    expect(complete(loaded)).toBe(true);
    const [one, two] = loaded.nodes.map(({ keepalived }) => keepalived?.syntax.file.source);
    expect(one).not.toBe(two);
  });

  test('--config-id chooses', () => {
    expect(names(runAll({ 'keepalived.conf': common }, { configIds: ['lb2', 'lb3'] }))).toEqual([
      'lb2',
      'lb3',
    ]);
  });

  test('one id and all others are two nodes', () => {
    const loaded = runAll({
      'keepalived.conf': 'vrrp_instance V {\n@lb1 priority 200\n@^lb1 priority 150\n}\n',
    });
    expect(names(loaded)).toEqual(['lb1', 'not-lb1']);
    expect(priorities(loaded)).toEqual(['200', '150']);
  });

  test('copies of one file on each machine read the lines of their own name', () => {
    const loaded = runAll({ 'lb1/keepalived.conf': common, 'lb2/keepalived.conf': common });
    expect(priorities(loaded)).toEqual(['200', '150']);
    expect(complete(loaded)).toBe(true);
  });

  test('a file whose id nobody knows is incomplete', () => {
    expect(complete(runAll({ 'a/keepalived.conf': common, 'b/keepalived.conf': common }))).toBe(false);
  });

  test('nginx beside the file is every id’s', () => {
    expect(shape(runAll({ 'keepalived.conf': common, 'nginx.conf': web }))).toEqual([
      'lb1: keepalived.conf + nginx.conf',
      'lb2: keepalived.conf + nginx.conf',
    ]);
  });
});

describe('languages', () => {
  test.each([
    ['master.conf', 'vrrp_instace VI_1 { #两台要相同\nstate MASTER\n}', 'keepalived'],
    ['lb1.txt', '! Configuration\nvritual_server 10.0.0.1 80 {\n}', 'keepalived'],
    ['a', 'smtp-server 1.2.3.4\nautentication {\n}', 'keepalived'],
    ['b', '"vrrp_instance" VI_1 {\n"interface" eth0\n}', 'keepalived'],
    ['c', '"upstream" b {\n"server" 10.0.0.1;\n}', 'nginx'],
    ['keepalived.conf', '', 'keepalived'],
    ['keepalived.conf.j2', '{{ x }}', 'keepalived'],
    ['backup.conf', site, 'nginx'],
    ['x', 'upstream b { server 10.0.0.1; }', 'nginx'],
    ['y', 'location / {\n  proxypass http://x;\n  proxy_set_heder A b;\n}', 'nginx'],
    ['redirect.inc', '# gone\nreturn 301 https://www.example.org$request_uri;\n', 'nginx'],
    ['etc/nginx/conf.d/empty.conf', '# nothing\n', 'nginx'],
    ['etc/nginx/sites-enabled/default', '', 'nginx'],
    ['conf.d/keepalived-status.conf', site, 'nginx'],
    ['check-nginx-keepalived.conf', master, 'keepalived'],
    ['vip-for-nginx.conf', master, 'keepalived'],
    ['keepalived-status.conf', site, 'nginx'],
    ['nginx-empty.conf', '', 'nginx'],
  ] as const)('%s is recognised', (path, text, language) => {
    expect(languageOf(`/${path}`, text, false)).toBe(language);
  });

  test.each([
    ['README', master],
    ['notes.md', master],
    ['check.sh', 'server=x; listen'],
    ['play.yml', 'vrrp_instance: VI_1\nvirtual_ipaddress: 10.0.0.1\n'],
    ['vars', 'vrrp_instance: VI_1\nvirtual_ipaddress = 10.0.0.1\n'],
    ['sysctl.conf', 'net.ipv4.ip_forward = 1\n'],
    ['haproxy.cfg', 'frontend web\n  mode http\n  bind *:80\nbackend b\n  server s1 10.0.0.1:80 check\n'],
    ['conf.d/ssl.conf', '<VirtualHost *:443>\n</VirtualHost>\n'],
    ['state', '{\n  "server" : "x",\n  "http" : [ "server", "listen" ]\n}\n'],
    ['empty', ''],
  ])('%s is neither', (path, text) => {
    expect(languageOf(`/${path}`, text, false)).toBeUndefined();
  });

  test('a named file that is neither is skipped with the reason, unless --lang says what it is', () => {
    expect(runAll({ a: 'hello\n' }).skipped).toMatchObject([{ file: 'a', named: true }]);
    expect(shape(runAll({ a: 'hello\n' }, { lang: 'keepalived' }))).toEqual(['a: a']);
  });

  test('an empty or comments-only keepalived file is a file with nothing in it', () => {
    const loaded = runAll({ 'lb1/keepalived.conf': '', 'lb2/keepalived.conf': '# später\n' });
    expect(names(loaded)).toEqual(['lb1', 'lb2']);
    expect(loaded.skipped).toEqual([]);
  });
});

describe('bytes', () => {
  const reasons = (content: Uint8Array): string[] =>
    runAll({ 'keepalived.conf': content }).skipped.map(({ reason }) => reason);

  test('binary files are skipped', () => {
    expect(reasons(Buffer.from([0x1f, 0x8b, 8, 0]))).toEqual(['binary file']);
    expect(reasons(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]))).toEqual(['binary file']);
    expect(reasons(Buffer.alloc(100))).toEqual(['binary file']);
  });

  test('a stray NUL, UTF-16 with its mark and foreign encodings are text', () => {
    expect(reasons(Buffer.from(`${master}\0`))).toEqual([]);
    expect(reasons(Buffer.from(`\uFEFF${master}`, 'utf16le'))).toEqual([]);
    expect(reasons(Buffer.from(`${master}# Gr\u00fc\u00dfe\n`, 'latin1'))).toEqual([]);
  });

  test('a file over the bound is skipped', () => {
    const statuses = { '/repo/keepalived.conf': { size: 65 * 1024 * 1024 } };
    const { skipped } = run({ '/repo/keepalived.conf': master }, ['keepalived.conf'], { statuses });
    expect(skipped).toEqual([{ file: 'keepalived.conf', reason: 'larger than 64 MiB', named: true }]);
  });

  test('what cannot be read is skipped with the reason', () => {
    const statuses: Record<string, Partial<Status>> = {
      '/repo/secret.conf': { kind: 'denied', reason: 'permission denied' },
      '/repo/socket': { kind: 'other', reason: 'a socket' },
    };
    const files = { '/repo/secret.conf': master, '/repo/socket': '' };
    const { nodes, skipped } = run(files, ['secret.conf', 'socket', 'nope.conf', ''], { statuses });
    expect(nodes).toEqual([]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'permission denied',
      'a socket',
      'no such file or folder',
      'an empty name',
    ]);
  });
});

describe('standard input and dumps', () => {
  const stdin = (text: string) => () => Buffer.from(text);

  test('- is standard input, judged by its content or by its given name', () => {
    expect(shape(run({}, ['-'], { stdin: stdin(master) }))).toEqual(['stdin: <stdin>']);
    const named = { stdin: stdin('# empty\n'), stdinFilename: 'lb1/keepalived.conf' };
    expect(shape(run({}, ['-'], named))).toEqual(['lb1: lb1/keepalived.conf']);
    expect(run({}, ['-']).skipped).toHaveLength(1);
  });

  test('a failing standard input is no crash', () => {
    const failing = () => {
      throw new Error('gone');
    };
    expect(run({}, ['-'], { stdin: failing }).skipped).toHaveLength(1);
  });

  test('relative includes of what lies nowhere are unknown, not fatal', () => {
    const loaded = run({}, ['-'], { stdin: stdin(`${web}include a.conf;\ninclude mime.types;\n`) });
    expect(problems(loaded)).toEqual(['unknown a.conf']);
    expect(complete(loaded)).toBe(false);
  });

  const dump = [
    'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok',
    '# configuration file /etc/nginx/nginx.conf:',
    'events {}',
    'http {',
    '  include /etc/nginx/mime.types;',
    '  include /etc/nginx/conf.d/*.conf;',
    '}',
    '',
    '# configuration file /etc/nginx/mime.types:',
    'types {}',
    '',
    '# configuration file /etc/nginx/conf.d/a.conf:',
    site,
  ].join('\n');

  test('an nginx -T dump is taken apart into its files', () => {
    const loaded = run({}, ['-'], { stdin: stdin(dump) });
    expect(nginxFiles(loaded)).toEqual([
      '/etc/nginx/nginx.conf',
      '/etc/nginx/mime.types',
      '/etc/nginx/conf.d/a.conf',
    ]);
    expect(problems(loaded)).toEqual([]);
    expect(complete(loaded)).toBe(true);
    expect(loaded.nodes[0]?.nginx[0]?.files[2]?.file.source.text).toBe(site);
  });

  test('a dump as a file joins the keepalived file beside it', () => {
    const loaded = runAll({ 'lb1/keepalived.conf': master, 'lb1/dump.txt': dump, 'lb2/dump.txt': dump });
    expect(shape(loaded)).toEqual([
      'lb1: lb1/keepalived.conf + /etc/nginx/nginx.conf',
      'dump: /etc/nginx/nginx.conf',
    ]);
  });

  test('a dump in a folder is taken apart, too', () => {
    expect(nginxFiles(run({ '/repo/lb1/nginx.conf': dump }, ['lb1']))).toHaveLength(3);
  });
});

describe('nginx includes', () => {
  const http = (...includes: string[]): string =>
    `events {}\nhttp {\n${includes.map((each) => `include ${each};\n`).join('')}}\n`;

  test('names are relative to the folder of the main file, whoever includes', () => {
    const loaded = run(
      inRepo({
        'lb/nginx.conf': http('sub/a.conf'),
        'lb/sub/a.conf': 'include sub/b.conf;',
        'lb/sub/b.conf': '',
      }),
      ['lb/nginx.conf'],
    );
    expect(nginxFiles(loaded)).toEqual(['lb/nginx.conf', 'lb/sub/a.conf', 'lb/sub/b.conf']);
    expect(problems(loaded)).toEqual([]);
  });

  test('--nginx-prefix is another start', () => {
    const files = inRepo({ 'lb/nginx.conf': http('a.conf'), 'prefix/a.conf': '' });
    expect(nginxFiles(run(files, ['lb/nginx.conf'], { nginxPrefix: 'prefix' }))).toEqual([
      'lb/nginx.conf',
      'prefix/a.conf',
    ]);
  });

  test('matches come in byte order without dot files', () => {
    const files = inRepo({
      'nginx.conf': http('d/*.conf'),
      'd/2.conf': '',
      'd/10.conf': '',
      'd/B.conf': '',
      'd/a.conf': '',
      'd/.x.conf': '',
    });
    const loaded = run(files, ['nginx.conf']);
    const included = [...(loaded.nodes[0]?.nginx[0]?.included.values() ?? [])];
    expect(included.map((each) => each.map(({ source }) => source.path))).toEqual([
      ['d/10.conf', 'd/2.conf', 'd/B.conf', 'd/a.conf'],
    ]);
  });

  test('a missing name is fatal, a pattern without a match is fine', () => {
    const loaded = runAll({ 'nginx.conf': http('a.conf', 'b/*.conf', 'c[0-9].conf', 'd?.conf') });
    expect(problems(loaded)).toEqual(['missing a.conf fatal']);
    expect(complete(loaded)).toBe(false);
    expect(complete(runAll({ 'nginx.conf': http('b/*.conf') }))).toBe(true);
  });

  test('braces are no pattern', () => {
    const files = inRepo({ 'nginx.conf': http('"{a,b}.conf"'), 'a.conf': '', 'b.conf': '' });
    expect(problems(run(files, ['nginx.conf']))).toEqual(['missing {a,b}.conf fatal']);
  });

  test('a folder or binary file is unreadable, a forbidden file is not held against nginx', () => {
    const files = inRepo({
      'nginx.conf': http('d', 'b.conf', 'c.conf'),
      'd/x': '',
      'b.conf': Buffer.alloc(50),
      'c.conf': '',
    });
    const statuses: Record<string, Partial<Status>> = {
      '/repo/c.conf': { kind: 'denied', reason: 'permission denied' },
    };
    expect(problems(run(files, ['nginx.conf'], { statuses }))).toEqual([
      'unreadable d fatal',
      'unreadable b.conf fatal',
      'unreadable c.conf',
    ]);
  });

  test('one file included from many places is one tree', () => {
    const files = inRepo({
      'nginx.conf': http('a.conf', 'b.conf', 'a.conf'),
      'a.conf': 'include b.conf;',
      'b.conf': '',
    });
    const { nodes } = run(files, ['nginx.conf']);
    expect(nodes[0]?.nginx[0]?.files).toHaveLength(3);
    const values = [...(nodes[0]?.nginx[0]?.included.values() ?? [])].flat();
    expect(new Set(values).size).toBe(2);
  });

  test('a cycle is reported with its chain and ends there', () => {
    const files = inRepo({
      'nginx.conf': http('a.conf'),
      'a.conf': 'include b.conf;',
      'b.conf': 'include a.conf;\n',
    });
    const found = run(files, ['nginx.conf']).nodes.flatMap(problemsOf);
    expect(found.map(({ kind, detail }) => [kind, detail])).toEqual([['cycle', 'a.conf → b.conf → a.conf']]);
  });

  test('depth and number are bounded', () => {
    const deep: Files = { 'nginx.conf': http('f0') };
    for (let n = 0; n < 80; n++) deep[`f${n}`] = `include f${n + 1};`;
    expect(problems(run(inRepo(deep), ['nginx.conf']))).toEqual(['bound f63']);
    const wide: Files = { 'nginx.conf': http('f0') };
    for (let n = 0; n < 40; n++) wide[`f${n}`] = `include f${n + 1};\n`.repeat(2);
    wide.f40 = '';
    expect(problems(run(inRepo(wide), ['nginx.conf'])).every((each) => each.startsWith('bound'))).toBe(true);
  });

  test('a folder that may not be listed is not an empty one', () => {
    const statuses: Record<string, Partial<Status>> = {
      '/repo/d': { kind: 'denied', reason: 'permission denied' },
    };
    const loaded = run(inRepo({ 'nginx.conf': http('d/*.conf') }), ['nginx.conf', 'd'], { statuses });
    expect(problems(loaded)).toEqual(['unreadable d/*.conf']);
    expect(complete(loaded)).toBe(false);
    expect(loaded.skipped).toEqual([{ file: 'd', reason: 'permission denied', named: true }]);
  });

  test('a forgotten semicolon after an include hides only itself', () => {
    const files = inRepo({
      'nginx.conf': 'events {}\nhttp {\n  include a.conf\n  gzip on;\n}\n',
      'a.conf': '',
    });
    expect(nginxFiles(run(files, ['nginx.conf']))).toEqual(['nginx.conf', 'a.conf']);
  });

  test('absolute names of a tree in a checkout mean that tree', () => {
    const files = {
      '/repo/lb1/etc/nginx/nginx.conf': http(
        '/etc/nginx/conf.d/*.conf',
        '/etc/nginx/gone.conf',
        '/srv/x.conf',
        '/srv/y.conf',
      ),
      '/repo/lb1/etc/nginx/conf.d/a.conf': '',
      '/repo/lb1/srv/y.conf': '',
      '/etc/nginx/conf.d/other.conf': '',
      '/srv/x.conf': '',
    };
    const loaded = run(files, ['lb1/etc/nginx/nginx.conf']);
    expect(nginxFiles(loaded)).toEqual([
      'lb1/etc/nginx/nginx.conf',
      'lb1/etc/nginx/conf.d/a.conf',
      'lb1/srv/y.conf',
    ]);
    expect(problems(loaded)).toEqual(['missing /etc/nginx/gone.conf fatal', 'unknown /srv/x.conf']);
  });

  test('absolute names of a lone main file are looked for beside it and never on this machine', () => {
    const files = {
      '/repo/lb1/nginx.conf': http(
        '/etc/nginx/conf.d/*.conf',
        '/etc/nginx/sites-enabled/*',
        '/repo/common/x.conf',
      ),
      '/repo/lb1/conf.d/a.conf': '',
      '/repo/common/x.conf': '',
      '/etc/nginx/sites-enabled/other': '',
    };
    const loaded = run(files, ['lb1/nginx.conf']);
    expect(nginxFiles(loaded)).toEqual(['lb1/nginx.conf', 'lb1/conf.d/a.conf', 'common/x.conf']);
    expect(problems(loaded)).toEqual(['unknown /etc/nginx/sites-enabled/*']);
    expect(complete(loaded)).toBe(false);
  });

  test('the machine’s own configuration is read where it says', () => {
    const files = {
      '/etc/nginx/nginx.conf': http('/srv/x.conf', '/etc/nginx/mime.types'),
      '/srv/x.conf': '',
    };
    const loaded = run(files, ['/etc/nginx/nginx.conf']);
    expect(nginxFiles(loaded)).toEqual(['/etc/nginx/nginx.conf', '/srv/x.conf']);
    expect(problems(loaded)).toEqual(['missing /etc/nginx/mime.types fatal']);
  });

  test('files that packages ship may be absent, and count only where they matter', () => {
    const harmless = runAll({
      'lb1/nginx.conf': http(
        'mime.types',
        '/etc/nginx/fastcgi_params',
        '/etc/nginx/modules-enabled/*.conf',
        '/usr/share/nginx/modules/*.conf',
      ),
    });
    expect(problems(harmless)).toEqual([]);
    expect(complete(harmless)).toBe(true);
    expect(harmless.skipped).toEqual([]);
    const counts = runAll({ 'lb1/nginx.conf': http('/etc/letsencrypt/options-ssl-nginx.conf') });
    expect(problems(counts)).toEqual([]);
    expect(complete(counts)).toBe(false);
    expect(counts.skipped).toMatchObject([{ file: '/etc/letsencrypt/options-ssl-nginx.conf', named: false }]);
  });

  test('a name that a template fills in is unknown', () => {
    expect(
      problems(runAll({ 'nginx.conf': http('{{ extra_conf }}') })).every((each) => !each.includes('fatal')),
    ).toBe(true);
  });

  test('a fragment alone is not complete', () => {
    expect(complete(runAll({ 'site.conf': site }))).toBe(false);
  });
});

describe('keepalived includes', () => {
  const keep = (files: Files, options: Parameters<typeof run>[2] = {}): Loaded =>
    run(inRepo(files), ['lb/keepalived.conf'], options);
  const sources = ({ nodes }: Loaded): string[] =>
    nodes[0]?.keepalived?.sources.map(({ path }) => path) ?? [];

  test('names are relative to the folder of the file that includes', () => {
    const loaded = keep({
      'lb/keepalived.conf': 'include sub/a.conf\n',
      'lb/sub/a.conf': 'include b.conf\n',
      'lb/sub/b.conf': master,
    });
    expect(sources(loaded)).toEqual(['lb/keepalived.conf', 'lb/sub/a.conf', 'lb/sub/b.conf']);
    expect(priorities(loaded)).toEqual(['200']);
    expect(complete(loaded)).toBe(true);
  });

  test('braces expand in their order, wildcards in byte order', () => {
    const files = {
      'lb/keepalived.conf': 'include {b,a}*.inc\n',
      'lb/a10.inc': '',
      'lb/a2.inc': '',
      'lb/b1.inc': '',
    };
    expect(sources(keep(files)).slice(1)).toEqual(['lb/b1.inc', 'lb/a10.inc', 'lb/a2.inc']);
  });

  test.each([
    ['include nope.conf', ['missing nope.conf']],
    ['includer nope.conf', ['missing nope.conf']],
    ['includem nope.conf', ['missing nope.conf fatal']],
    ['includew nope*.conf', ['missing nope*.conf fatal']],
    ['includem nope*.conf', []],
    ['include nope/*.conf', ['missing nope/*.conf']],
    ['includem nope/*.conf', ['missing nope/*.conf fatal']],
    ['includem {a,zz}.inc', ['missing {a,zz}.inc']],
    ['includeb {a,zz}.inc', ['missing {a,zz}.inc fatal']],
    ['includea {a,zz*}.inc', []],
    ['include sub', ['unreadable sub']],
    ['includer sub', ['unreadable sub fatal']],
    ['includew s*', ['unreadable s* fatal']],
    ['include run.sh', ['unreadable run.sh']],
    ['includea run.sh', ['unreadable run.sh fatal']],
    ['global_defs {\ninclude_check\n}\ninclude nope.conf', ['missing nope.conf fatal']],
    ['global_defs {\ninclude_check read\n}\ninclude nope.conf', ['missing nope.conf']],
    ['global_defs {\ninclude_check match\n}\ninclude sub', ['unreadable sub fatal']],
    ['include nope.conf\nglobal_defs {\ninclude_check\n}', ['missing nope.conf']],
    ['include "a.inc"', ['missing "a.inc"']],
  ])('%s', (text, expected) => {
    const files = { 'lb/keepalived.conf': `${text}\n`, 'lb/a.inc': '', 'lb/sub/x': '', 'lb/run.sh': '' };
    expect(problems(keep(files, { statuses: { '/repo/lb/run.sh': { executable: true } } }))).toEqual(
      expected,
    );
  });

  test('execute bits mean nothing where the main file has one', () => {
    const executable = { executable: true };
    const statuses = { '/repo/lb/keepalived.conf': executable, '/repo/lb/a.inc': executable };
    expect(
      sources(keep({ 'lb/keepalived.conf': 'include a.inc\n', 'lb/a.inc': '' }, { statuses })),
    ).toHaveLength(2);
  });

  test('a cycle is reported once with its chain', () => {
    const files = { 'lb/keepalived.conf': 'include a\n', 'lb/a': 'include b\n', 'lb/b': 'include a\n' };
    const found = keep(files).nodes.flatMap(problemsOf);
    expect(found.map(({ kind, detail }) => [kind, detail])).toEqual([['cycle', 'lb/a → lb/b → lb/a']]);
  });

  test('including the same file again and again is bounded', () => {
    const files: Files = { 'lb/keepalived.conf': 'include f0\n' };
    for (let n = 0; n < 20; n++) files[`lb/f${n}`] = `include f${n + 1}\n`.repeat(2);
    files['lb/f20'] = '';
    const loaded = keep(files);
    expect(problems(loaded).some((each) => each.startsWith('bound'))).toBe(true);
    expect(complete(loaded)).toBe(false);
  });

  test('absolute names of a copied tree mean that tree', () => {
    const files = {
      'lb/keepalived.conf': 'include /etc/keepalived/conf.d/*.conf\ninclude /opt/x.conf\n',
      'lb/conf.d/a.conf': '',
    };
    const loaded = keep(files);
    expect(sources(loaded)).toEqual(['lb/keepalived.conf', 'lb/conf.d/a.conf']);
    expect(problems(loaded)).toEqual(['unknown /opt/x.conf']);
  });
});

describe('patterns', () => {
  test.each([
    ['*.conf', 'a.conf', true],
    ['*.conf', '.conf', false],
    ['.*', '.a', true],
    ['?', 'é', true],
    ['[!a]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[]x]', ']', true],
    ['[[:digit:]]*', '1a', true],
    ['[ab', '[ab', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b', 'ab-', false],
  ])('%s and %s', (pattern, name, matches) => {
    expect(matcher(pattern)(name)).toBe(matches);
  });

  test('many wildcards cost no time', () => {
    // Going back over each of them would not end within the time limit of a test.
    expect(matcher(`${'*a'.repeat(60)}*b`)('a'.repeat(5000))).toBe(false);
  });

  test('wildcards in folders match folders only, and whole paths are sorted', () => {
    const fs = memory({ 'a/x': '', 'a-b/x': '', c: '' });
    expect(glob(fs, '/*/x')).toEqual(['/a-b/x', '/a/x']);
  });

  test('nested braces expand, unbalanced ones stay, and thousands are bounded', () => {
    expect(alternatives('{a,b{c,d}}e')).toEqual(['ae', 'bce', 'bde']);
    expect(alternatives('{a,b')).toEqual(['{a,b']);
    expect(alternatives('{a,b}'.repeat(40)).length).toBeLessThan(2000);
  });
});

describe('the real disk', () => {
  let folder = '';
  const at = (...path: string[]): string => join(folder, ...path);
  const write = (path: string, text: string): void => {
    fs.mkdirSync(join(at(path), '..'), { recursive: true });
    fs.writeFileSync(at(path), text);
  };
  const onDisk = (...args: string[]): Loaded => load(args, { fs: disk, cwd: folder });
  beforeAll(() => {
    folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'load-')));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  test('links, loops of links and links that lead nowhere', () => {
    write('links/real.conf', master);
    fs.symlinkSync('real.conf', at('links/master.conf'));
    fs.symlinkSync('loop.conf', at('links/loop.conf'));
    fs.symlinkSync('gone', at('links/dangling.conf'));
    const { nodes, skipped } = onDisk('links/master.conf', 'links/loop.conf', 'links/dangling.conf');
    expect(nodes.map(({ name }) => name)).toEqual(['master']);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'a loop of symbolic links',
      'a symbolic link to gone, which does not exist',
    ]);
  });

  test('a cycle through a link is a cycle', () => {
    write('cycle/nginx.conf', `${web}include d/*;\n`);
    fs.mkdirSync(at('cycle/d'));
    fs.symlinkSync('../nginx.conf', at('cycle/d/again'));
    expect(problems(onDisk('cycle/nginx.conf'))).toEqual(['cycle d/* fatal']);
  });

  test('absolute links in sites-enabled mean the tree, and never this machine', () => {
    write('tree/etc/nginx/nginx.conf', 'events {}\nhttp {\n  include /etc/nginx/sites-enabled/*;\n}\n');
    write('tree/etc/nginx/sites-available/a', site);
    fs.mkdirSync(at('tree/etc/nginx/sites-enabled'));
    fs.symlinkSync('/etc/nginx/sites-available/a', at('tree/etc/nginx/sites-enabled/a'));
    fs.symlinkSync('/etc/hostname', at('tree/etc/nginx/sites-enabled/b'));
    const loaded = onDisk('tree');
    expect(nginxFiles(loaded)).toEqual(['tree/etc/nginx/nginx.conf', 'tree/etc/nginx/sites-available/a']);
    expect(problems(loaded)).toEqual(['unknown /etc/nginx/sites-enabled/*']);
  });

  test('a link and its target in one folder are one file', () => {
    write('one/keepalived-master.conf', master);
    fs.symlinkSync('keepalived-master.conf', at('one/keepalived.conf'));
    expect(onDisk('one').nodes).toHaveLength(1);
  });

  test('a pipe in a folder is never opened', () => {
    write('pipes/keepalived.conf', `${master}include x.fifo\n`);
    execFileSync('mkfifo', [at('pipes/nginx.conf'), at('pipes/x.fifo')]);
    const loaded = onDisk('pipes');
    expect(loaded.skipped).toEqual([{ file: 'pipes/nginx.conf', reason: 'a pipe', named: false }]);
    expect(problems(loaded)).toEqual(['unreadable x.fifo']);
  });

  test('/dev/fd is read like a file and its includes are unknown', () => {
    write('fd/keepalived.conf', `${master}include x.conf\n`);
    const fd = fs.openSync(at('fd/keepalived.conf'), 'r');
    const loaded = onDisk(`/dev/fd/${fd}`);
    fs.closeSync(fd);
    expect(shape(loaded)).toEqual([`fd${fd}: /dev/fd/${fd}`]);
    expect(problems(loaded)).toEqual(['unknown x.conf']);
  });

  test('a named pipe that the operator names is read to its end', () => {
    execFileSync('mkfifo', [at('named.fifo')]);
    write('pipe.txt', master);
    const writer = spawn('sh', ['-c', 'cat pipe.txt > named.fifo'], { cwd: folder, stdio: 'ignore' });
    const loaded = onDisk('lb1=named.fifo');
    writer.unref();
    expect(shape(loaded)).toEqual(['lb1: named.fifo']);
    expect(priorities(loaded)).toEqual(['200']);
  });

  test('a folder, an empty device and nothing at all', () => {
    fs.mkdirSync(at('empty'), { recursive: true });
    expect(onDisk('empty').skipped).toHaveLength(1);
    expect(onDisk('/dev/null').skipped).toMatchObject([{ file: '/dev/null', named: true }]);
    expect(onDisk('a\0b').skipped).toMatchObject([{ reason: 'no such file or folder' }]);
    expect(onDisk()).toEqual({ nodes: [], skipped: [] });
  });
});

test('no arguments and no content make it throw', () => {
  const path = fc.constantFrom(
    'a.conf',
    'keepalived.conf',
    'nginx.conf',
    'lb1/nginx.conf',
    'conf.d/x.conf',
    'lb1/keepalived.conf',
  );
  const line = fc.oneof(
    fc.constantFrom(
      'include *;',
      'include *',
      'include {a,b}*',
      'include nginx.conf;',
      'include keepalived.conf',
      'http {',
      '}',
      '@lb1 include *',
      'vrrp_instance x {',
      '# configuration file /a:',
      '$A=include *',
      '$A',
    ),
    fc.string(),
  );
  const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
  const fsOf = (files: Record<string, string>): FileSystem => memory(inRepo(files));
  const arg = fc.oneof(path, fc.constantFrom('.', 'lb1', 'n=a.conf', '-', '..', '/', 'n=.'), fc.string());
  fc.assert(
    fc.property(fc.dictionary(path, text), fc.array(arg, { maxLength: 4 }), text, (files, args, input) => {
      const loaded = load(args, { fs: fsOf(files), cwd: '/repo', stdin: () => Buffer.from(input) });
      expect(new Set(names(loaded)).size).toBe(loaded.nodes.length);
    }),
    { numRuns: 300 },
  );
});

test.each(['{\nstate MASTER', 'state MASTER\n}', 'vrrp_instance a\n', '}\nvrrp_instance a {\n'])(
  'a file that is included twice has no place that ends before it begins: %j',
  (part) => {
    const files = { '/repo/keepalived.conf': 'include a.conf\ninclude a.conf', '/repo/a.conf': part };
    const { nodes } = load(['keepalived.conf'], { fs: memory(files), cwd: '/repo' });
    const { file, oddities } = nodes[0]!.keepalived!.syntax;
    for (const { at } of oddities) expect(at.end).toBeGreaterThanOrEqual(at.start);
    for (const { name, args, body, open, close } of walk(file.items)) {
      if (!body) continue;
      expect(open).toBeGreaterThanOrEqual((args.at(-1) ?? name).end);
      if (close >= 0) expect(close).toBeGreaterThanOrEqual(open);
    }
  },
);
