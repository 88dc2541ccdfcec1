// How tests ask the real daemons: what do `nginx -t` and `keepalived -t` say about these files?
//
// Every question gets a machine of its own (machine.sh), so that a configuration is judged as it stands, with its own
// paths, addresses and ports, while nothing is read from this machine but /usr and nothing is changed on it.

import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, test } from 'vitest';

/** A configuration: path → text. Relative paths lie in /etc/nginx or /etc/keepalived; one text is the main file. */
export type Files = string | Readonly<Record<string, string>>;

/** Something a daemon said. `file` is a path as given in Files, `line` is 1-based. */
export interface Message {
  readonly level?: string;
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
}

export interface NginxAnswer {
  readonly accepted: boolean;
  readonly messages: readonly Message[];
  /** What the machine had to be given before nginx came to judge the configuration: `user nginx`, `host web1`, … */
  readonly given: readonly string[];
}

export interface KeepalivedAnswer {
  /** 0, or 2, 4, 5, 6, 139, 143 … (5 for warnings and errors alike); `timeout` if it did not end. */
  readonly code: number | 'timeout';
  /** Each message once: keepalived reads the file up to four times, and repeats itself. */
  readonly messages: readonly Message[];
}

const machineScript = fileURLToPath(new URL('machine.sh', import.meta.url));

// ---------------------------------------------------------------------------------------------------------------------
// Is everything there?

export type Need =
  | 'nginx'
  | 'keepalived'
  | 'ip'
  | 'nft'
  | 'iptables-restore'
  | 'openssl'
  | 'curl'
  | 'wget'
  | 'pre-commit'
  | 'git'
  | 'zsh'
  | 'fish';

const required = Boolean(process.env.LBCHECK_REQUIRE_DAEMONS || process.env.CI);

/** Why a test with these needs cannot run here, or undefined. */
function obstacle(needs: readonly Need[]): string | undefined {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`.split(':');
  const missing = needs.filter((name) => !path.some((folder) => existsSync(join(folder, name))));
  if (missing.length > 0) return `${missing.join(' and ')} not installed (npm run setup:daemons)`;
  if (!needs.includes('nginx') && !needs.includes('keepalived')) return undefined;
  if (process.getuid?.() !== 0) return 'only root can make network namespaces';
  try {
    execFileSync('unshare', ['--mount', '--net', '--pid', '--fork', 'true'], { stdio: 'pipe' });
  } catch (error) {
    return `this machine does not let root make network namespaces (${String(error).replace(/\s+/g, ' ').slice(0, 300)})`;
  }
}

/**
 * `describe` for tests that need real programs. Where these are missing the suite is skipped and says why, once;
 * with CI or LBCHECK_REQUIRE_DAEMONS set it fails instead.
 */
export function describeWith(needs: readonly Need[], name: string, body: () => void): void {
  const reason = obstacle(needs);
  if (reason === undefined) describe(name, body);
  else if (required) {
    test(name, () => {
      throw new Error(`must not be skipped here: ${reason}`);
    });
  } else {
    process.stderr.write(`skipped: ${name}: ${reason}\n`);
    describe.skip(name, body);
  }
}

/** The version of the installed daemon, such as `2.2.7`, for claims that hold since or until one. */
export function daemonVersion(daemon: 'nginx' | 'keepalived'): string {
  const output = execFileSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" ${daemon} -v 2>&1`], {
    encoding: 'utf8',
  });
  const version = /\d+\.\d+\.\d+/.exec(output)?.[0];
  if (version === undefined) throw new Error(`${daemon} -v says ${output}`);
  return version;
}

// ---------------------------------------------------------------------------------------------------------------------
// The machine

interface Network {
  /** Interface → its addresses with prefix length. */
  readonly interfaces: Readonly<Record<string, readonly string[]>>;
  /** Whether addresses that no interface has can be listened on. */
  readonly nonlocalBind: boolean;
}

class Machine {
  readonly #dir = mkdtempSync(join(tmpdir(), `lbcheck-${process.pid}-`));
  readonly #home: string;
  readonly #network: Network;

  constructor(home: string, files: Readonly<Record<string, string>>, network: Network) {
    this.#home = home;
    this.#network = network;
    // keepalived runs no script below a folder that others can write to.
    mkdirSync(join(this.#dir, 'root'), { mode: 0o755 });
    for (const file of ['passwd', 'group', 'nsswitch.conf', 'ld.so.cache', 'ssl/openssl.cnf']) {
      if (existsSync(`/etc/${file}`)) this.#copy(`/etc/${file}`);
    }
    this.write('/etc/hosts', '127.0.0.1 localhost\n::1 localhost\n');
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  /** Where a path of the machine lies on ours. */
  path(path: string): string {
    return join(this.#dir, 'root', resolve(this.#home, path));
  }

  write(path: string, text: string): void {
    this.folder(dirname(resolve(this.#home, path)));
    writeFileSync(this.path(path), text);
    // Not the configuration itself: keepalived reads no executable one.
    if (text.startsWith('#!')) chmodSync(this.path(path), 0o755);
  }

  append(path: string, text: string): void {
    writeFileSync(this.path(path), text, { flag: 'a' });
  }

  folder(path: string): void {
    mkdirSync(this.path(path), { recursive: true });
  }

  #copy(path: string): void {
    this.folder(dirname(path));
    cpSync(path, this.path(path), { recursive: true, verbatimSymlinks: true });
  }

  /** The package's own files beside the main one: mime.types, fastcgi_params, the list of installed modules, … */
  copyPackageFiles(folder: string, wanted: (name: string) => boolean): void {
    if (!existsSync(folder)) return;
    this.folder(folder);
    cpSync(folder, this.path(folder), {
      recursive: true,
      force: false, // the files of the test win
      verbatimSymlinks: true,
      filter: (source) => dirname(source) !== folder || wanted(basename(source)),
    });
  }

  async run(
    command: readonly string[],
    seconds: number,
  ): Promise<{ code: number | 'timeout'; output: string }> {
    const links = ['link set lo up'];
    for (const [name, addresses] of Object.entries(this.#network.interfaces)) {
      // A bridge, because every kernel has it and because it can multicast.
      if (name !== 'lo') links.push(`link add ${name} type bridge`, `link set ${name} up`);
      for (const address of addresses) {
        links.push(`addr add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`);
      }
    }
    writeFileSync(join(this.#dir, 'links'), `${links.join('\n')}\n`);
    writeFileSync(join(this.#dir, 'output'), '');
    rmSync(join(this.#dir, 'code'), { force: true });
    if (this.#network.nonlocalBind) writeFileSync(join(this.#dir, 'nonlocal-bind'), '');

    // Whoever kills unshare kills the first process of the namespace, and with that all that is in it, and nothing else.
    const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child=KILL'];
    const { stderr } = await promisify(execFile)(
      'unshare',
      [...namespaces, machineScript, this.#dir, String(seconds), ...command],
      { env: { ...process.env, LC_ALL: 'C', PATH: `${process.env.PATH}:/usr/sbin:/sbin` } },
    ).catch((error: { stderr: string }) => error);
    if (!existsSync(join(this.#dir, 'code'))) throw new Error(`could not set up a machine: ${stderr}`);
    const code = Number(readFileSync(join(this.#dir, 'code'), 'utf8'));
    return { code: code === 137 ? 'timeout' : code, output: readFileSync(join(this.#dir, 'output'), 'utf8') };
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** The path as it was given for one that the daemon printed. */
function asGiven(path: string, home: string, files: Readonly<Record<string, string>>): string {
  return Object.keys(files).find((given) => resolve(home, given) === path) ?? path;
}

function distinct(messages: readonly Message[]): Message[] {
  const seen = new Map(messages.map((message) => [JSON.stringify(message), message]));
  return [...seen.values()];
}

// ---------------------------------------------------------------------------------------------------------------------
// nginx

/** A certificate, its key and DH parameters in one text: openssl takes out of a PEM file what it is looking for. */
const pem = once(() => {
  const dir = mkdtempSync(join(tmpdir(), `lbcheck-${process.pid}-`));
  try {
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
    openssl(
      ...'req -x509 -nodes -newkey rsa:2048 -subj /CN=test -days 2 -keyout key -out certificate'.split(' '),
    );
    openssl(...'genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dh'.split(' '));
    return ['certificate', 'key', 'dh'].map((name) => readFileSync(join(dir, name), 'utf8')).join('');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Gives the machine what nginx missed on it, judging by its messages; says what, or nothing. */
function give(machine: Machine, messages: readonly Message[]): string[] {
  const given: string[] = [];
  for (const { level, text, line } of messages) {
    if (level !== 'emerg') continue;
    const [, host] = /host not found in (?:\w+ )?"([^":/]+)/.exec(text) ?? [];
    const [, secret] =
      /(?:cannot load certificate(?: key)?|BIO_new_file\(|SSL_CTX_load_verify_(?:locations|file)\()\s*"([^"]+)"/.exec(
        text,
      ) ?? [];
    const [, user] = /getpwnam\("([^"]+)"\) failed/.exec(text) ?? [];
    const [, group] = /getgrnam\("([^"]+)"\) failed/.exec(text) ?? [];
    // With a line, open() is an include or another file of the configuration, and its absence is for nginx to judge.
    const [, lost] =
      /(?:mkdir\(\)|open\(\)|bind\(\) to) (?:"|unix:)([^" ]+)"? failed \(2:/.exec(
        line === undefined ? text : '',
      ) ?? [];

    if (host) {
      machine.append('/etc/hosts', `127.0.0.1 ${host}\n`);
      given.push(`host ${host}`);
    } else if (secret && !existsSync(machine.path(secret))) {
      machine.write(secret, pem());
      given.push(`certificate ${secret}`);
    } else if (user) {
      machine.append('/etc/passwd', `${user}:x:990:990::/nonexistent:/usr/sbin/nologin\n`);
      given.push(`user ${user}`);
    } else if (group) {
      machine.append('/etc/group', `${group}:x:990:\n`);
      given.push(`group ${group}`);
    } else if (lost && !existsSync(machine.path(dirname(lost)))) {
      machine.folder(dirname(lost));
      given.push(`folder ${dirname(lost)}`);
    }
  }
  return given;
}

function nginxMessages(output: string, file: (path: string) => string): Message[] {
  return output.split('\n').flatMap((row): Message[] => {
    // `nginx: [emerg] …` on stderr, `2026/01/31 12:00:00 [emerg] 7#7: …` in a log that goes there too
    const [, level, said] =
      /^(?:nginx: |\d{4}\/\d\d\/\d\d [\d:]+ )\[(\w+)\] (?:\d+#\d+: )?(.*)$/.exec(row) ?? [];
    if (level === undefined || said === undefined) return [];
    const [, text, path, line] = /^(.*) in ([^\s"]+):(\d+)$/.exec(said) ?? [];
    if (text === undefined || path === undefined) return [{ level, text: said }];
    return [{ level, text, file: file(path), line: Number(line) }];
  });
}

export interface NginxOptions {
  /** The file to start with. */
  readonly main?: string;
  /** The machine's own addresses with prefix length: then it can bind no others. Without, it can bind any. */
  readonly addresses?: readonly string[];
  /** false: users, host names, certificates and folders that the machine lacks are not made up. */
  readonly give?: boolean;
}

/**
 * What `nginx -t` says about these files, with every installed dynamic module loaded unless the files load modules.
 * What nginx wants from the machine (addresses, users, names, certificates, folders) is there, unless the options say
 * otherwise, so that the answer is about the configuration.
 */
export async function nginxTest(files: Files, options: NginxOptions = {}): Promise<NginxAnswer> {
  const main = options.main ?? 'nginx.conf';
  const home = '/etc/nginx';
  const all = typeof files === 'string' ? { [main]: files } : files;
  const machine = new Machine(home, all, {
    interfaces: options.addresses ? { eth0: options.addresses } : {},
    nonlocalBind: options.addresses === undefined,
  });
  try {
    machine.copyPackageFiles(home, (name) => !/^(nginx\.conf|conf\.d|sites-.*)$/.test(name));
    const loadsModules = Object.values(all).some((text) => /load_module|modules-enabled/.test(text));
    const globals = loadsModules ? [] : ['-g', 'include /etc/nginx/modules-enabled/*.conf;'];
    const command = ['nginx', '-t', '-c', resolve(home, main), ...globals];
    const given: string[] = [];
    for (;;) {
      const { code, output } = await machine.run(command, 20);
      if (code === 'timeout') throw new Error(`nginx -t does not end:\n${output}`);
      const messages = nginxMessages(output, (path) => asGiven(path, home, all));
      // nginx stops at the first thing it lacks, so ask again with that, until there is nothing to add.
      const more = code === 0 || options.give === false ? [] : give(machine, messages);
      const stuck = more.some((thing) => given.includes(thing));
      if (more.length === 0 || stuck) return { accepted: code === 0, messages: distinct(messages), given };
      given.push(...more);
    }
  } finally {
    machine.remove();
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// keepalived

/** Interface names in keepalived's text; it is enough to know them by the words before them. */
function namedInterfaces(text: string): string[] {
  const names = new Set<string>();
  const words = text
    .split('\n')
    .map((line) => line.replace(/[#!].*/, ''))
    .join('\n');
  for (const [, name] of words.matchAll(/\b(?:interface|dev|lvs_sync_daemon)[ \t]+"?([\w.@-]+)/g))
    names.add(name!);
  for (const [, block] of words.matchAll(/\b(?:track_interface|linkbeat_interfaces)\s*\{([^}]*)\}/g)) {
    for (const line of block!.trim().split('\n')) names.add(line.trim().split(/\s/)[0]!);
  }
  return [...names].filter((name) => name !== 'lo' && /^[\w.-]{1,15}$/.test(name));
}

export interface KeepalivedOptions {
  /** The file to start with. */
  readonly main?: string;
  /** Interfaces and their addresses with prefix length. Without: those that the files name, each with an address. */
  readonly interfaces?: Readonly<Record<string, readonly string[]>>;
  /** Further arguments, such as `--config-id`. */
  readonly args?: readonly string[];
  /** How long it may take; 10 unless told. */
  readonly seconds?: number;
}

/** What `keepalived -t` says about these files on a machine that has the interfaces they name. */
export async function keepalivedTest(
  files: Files,
  options: KeepalivedOptions = {},
): Promise<KeepalivedAnswer> {
  const main = options.main ?? 'keepalived.conf';
  const home = '/etc/keepalived';
  const all = typeof files === 'string' ? { [main]: files } : files;
  const named = Object.values(all).flatMap(namedInterfaces);
  const interfaces =
    options.interfaces ??
    Object.fromEntries(named.map((name, i) => [name, [`192.0.2.${i + 1}/24`, `2001:db8::${i + 1}/64`]]));
  const machine = new Machine(home, all, { interfaces, nonlocalBind: false });
  try {
    // keepalived 2.3 says which options it was built with in a file beside its configuration, and will not do without.
    machine.copyPackageFiles(home, (name) => name === 'keepalived.config-opts');
    const command = ['keepalived', '-t', '-f', resolve(home, main), ...(options.args ?? [])];
    const { code, output } = await machine.run(command, options.seconds ?? 10);
    return { code, messages: keepalivedMessages(output, (path) => asGiven(path, home, all)) };
  } finally {
    machine.remove();
  }
}

function keepalivedMessages(output: string, file: (path: string) => string): Message[] {
  const messages = output.split('\n').flatMap((row): Message[] => {
    if (row.trim() === '') return [];
    // `(Line 7) …` in the first pass, `(/etc/keepalived/keepalived.conf: Line 7) …` in the others
    const [, path, line, text] = /^\((?:(.+): )?Line (\d+)\) (.*)$/.exec(row) ?? [];
    if (text === undefined) return [{ text: row }];
    return [{ text, ...(path === undefined ? {} : { file: file(path) }), line: Number(line) }];
  });
  const located = (m: Message) => messages.some((o) => o.file && o.line === m.line && o.text === m.text);
  return distinct(messages.filter((m) => m.file !== undefined || m.line === undefined || !located(m)));
}
