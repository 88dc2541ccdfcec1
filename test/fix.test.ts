/** `--fix`, `--unsafe-fixes` and `--diff`, as they are run: what is written, how, and what is left alone. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { replaceFile } from '../src/fix/index.ts';
import { memory, mend } from '../src/index.ts';
import { bin, folderWith, lbcheck, root } from './command.ts';

/** Who may mount, and give files away. */
const isRoot = process.getuid?.() === 0;

const misspelt = 'global_defs {\n    router_idd lb1\n}\n';
const respelt = 'global_defs {\n    router_id lb1\n}\n';
const keepalived = (text = misspelt): Record<string, string> => ({ 'keepalived.conf': text });
const read = (folder: string, name = 'keepalived.conf'): string => readFileSync(join(folder, name), 'utf8');
/** No draft is left behind. */
const names = (folder: string): string[] => readdirSync(folder).sort();

describe('--fix', () => {
  it('mends what is safe, says how much, and reports the rest', () => {
    const cwd = folderWith(keepalived(`${misspelt}vrrp_instance a {\n    state BACKUIP\n}\n`));
    const { code, out, err } = lbcheck(['--fix', 'keepalived.conf', '--format', 'concise'], { cwd });
    expect(read(cwd)).toContain('router_id lb1');
    expect(read(cwd)).toContain('BACKUIP');
    expect(out).toContain('invalid-value');
    expect(out).not.toContain('unknown-keyword');
    expect(err).toMatch(/^Fixed 1 of \d+ findings \(1 more with --unsafe-fixes\)$/m);
    expect(code).toBe(1);
  });

  it('without paths mends the files of lbcheck.yaml, wherever it is run below', () => {
    const clusters = 'clusters:\n  edge:\n    nodes:\n      lb1: [lb1]\n      lb2: [lb2/keepalived.conf]\n';
    const files = { 'lb1/keepalived.conf': misspelt, 'lb2/keepalived.conf': misspelt };
    const cwd = folderWith({ 'lbcheck.yaml': clusters, ...files });
    const { err } = lbcheck(['--fix', '--quiet'], { cwd: join(cwd, 'lb2') });
    expect(err).not.toContain('left as it is');
    for (const name of Object.keys(files)) expect(read(cwd, name)).toBe(respelt);
  });

  it('changes nothing the second time, and not even the time of a file that is in order', () => {
    const cwd = folderWith(keepalived());
    lbcheck(['--fix', 'keepalived.conf'], { cwd });
    const { mtimeMs, ino } = statSync(join(cwd, 'keepalived.conf'));
    expect(lbcheck(['--fix', 'keepalived.conf'], { cwd }).err).toMatch(/^Fixed 0 of /m);
    expect(statSync(join(cwd, 'keepalived.conf'))).toMatchObject({ mtimeMs, ino });
    expect(names(cwd)).toEqual(['keepalived.conf']);
  });

  it('what needs more passes than there are is left for the next time, and is no quarrel of fixes', () => {
    const text = `events {}\nhttp { server { ${'listen 80 '.repeat(30)}; } }\n`;
    const cwd = folderWith({ 'nginx.conf': text });
    const runs = [1, 2, 3].map(() => {
      const { err } = lbcheck(['--fix', 'nginx.conf'], { cwd });
      expect(err).not.toContain('undo each other');
      return read(cwd, 'nginx.conf').match(/;/g)!.length;
    });
    expect(runs).toEqual([21, 30, 30]);
  });

  it('--unsafe-fixes makes the pair of the article one that has no error', () => {
    const cwd = folderWith({});
    cpSync(join(root, 'fixtures/clusters/article'), cwd, { recursive: true });
    const pair = ['master/keepalived.conf', 'backup/keepalived.conf'];
    const { code, err } = lbcheck(['--unsafe-fixes', ...pair, '--quiet'], { cwd });
    expect({ code, err }).toEqual({ code: 0, err: 'Fixed 8 of 16 findings\n' });
    expect(read(cwd, 'backup/keepalived.conf')).toContain('virtual_router_id 160 #');
    expect(read(cwd, 'backup/keepalived.conf')).toContain('state BACKUP\n');
    expect(lbcheck(['--unsafe-fixes', ...pair], { cwd }).err).toBe('Fixed 0 of 8 findings\n');
  });

  it.each([
    ['CRLF', Buffer.from(misspelt.replaceAll('\n', '\r\n')), Buffer.from(respelt.replaceAll('\n', '\r\n'))],
    ['no line end at the end', Buffer.from(misspelt.trimEnd()), Buffer.from(respelt.trimEnd())],
    [
      'Latin-1',
      Buffer.from(`# Gr\xf6\xdfe\n${misspelt}`, 'latin1'),
      Buffer.from(`# Gr\xf6\xdfe\n${respelt}`, 'latin1'),
    ],
    [
      'GBK',
      Buffer.concat([Buffer.from('2320d6d0cec40a', 'hex'), Buffer.from(misspelt)]),
      Buffer.concat([Buffer.from('2320d6d0cec40a', 'hex'), Buffer.from(respelt)]),
    ],
    ['a byte order mark, which goes', Buffer.from(`\ufeff${misspelt}`), Buffer.from(respelt)],
    [
      'UTF-16 with its mark',
      Buffer.from(`\ufeff${misspelt}`, 'utf16le'),
      Buffer.from(`\ufeff${respelt}`, 'utf16le'),
    ],
    [
      'UTF-16, the bytes the other way round',
      Buffer.from(`\ufeff${misspelt}`, 'utf16le').swap16(),
      Buffer.from(`\ufeff${respelt}`, 'utf16le').swap16(),
    ],
    [
      'blanks and NULs that nobody needs',
      Buffer.from(`\t \0\n${misspelt}  \n\n`),
      Buffer.from(`\t \0\n${respelt}  \n\n`),
    ],
  ])('keeps every byte it has no business with: %s', (_, before, after) => {
    const cwd = folderWith({ 'keepalived.conf': before });
    const diff = lbcheck(['--diff', 'keepalived.conf', '--only', 'unknown-keyword', 'byte-order-mark'], {
      cwd,
    }).bytes;
    expect(readFileSync(join(cwd, 'keepalived.conf'))).toEqual(before);
    lbcheck(['--fix', 'keepalived.conf', '--only', 'unknown-keyword', 'byte-order-mark'], { cwd });
    expect(readFileSync(join(cwd, 'keepalived.conf'))).toEqual(after);
    // The same by way of git.
    const other = folderWith({ 'keepalived.conf': before });
    execFileSync('git', ['apply', '-'], { cwd: other, input: diff, stdio: ['pipe', 'pipe', 'pipe'] });
    expect(readFileSync(join(other, 'keepalived.conf'))).toEqual(after);
  });

  it('keeps the permissions and the owner', () => {
    const cwd = folderWith(keepalived());
    const path = join(cwd, 'keepalived.conf');
    chmodSync(path, 0o640);
    if (isRoot) chownSync(path, 12345, 54321);
    const { uid, gid, mode } = statSync(path);
    lbcheck(['--fix', 'keepalived.conf'], { cwd });
    expect(read(cwd)).toBe(respelt);
    expect(statSync(path)).toMatchObject({ uid, gid, mode });
    if (isRoot) expect(uid).toBe(12345);
  });

  it('mends a file that is shown under two names once', () => {
    const http = (rest: string): string => `events {}\nhttp {\n${rest}}\n`;
    const cwd = folderWith({
      'nginx.conf': http('    include sites-enabled/*;\n'),
      'sites-available/a': 'client_max_bodi_size 1m;\n',
    });
    mkdirSync(join(cwd, 'sites-enabled'));
    symlinkSync('../sites-available/a', join(cwd, 'sites-enabled/a'));
    lbcheck(['--fix', '.'], { cwd });
    expect(read(cwd, 'sites-available/a')).toBe('client_max_body_size 1m;\n');
    expect(readlinkSync(join(cwd, 'sites-enabled/a'))).toBe('../sites-available/a');
  });
});

describe('what is left alone, and said', () => {
  it('a link that leads out of what was given', () => {
    const outside = folderWith(keepalived());
    const cwd = folderWith({});
    symlinkSync(join(outside, 'keepalived.conf'), join(cwd, 'keepalived.conf'));
    for (const args of [['keepalived.conf'], ['keepalived.conf', '--diff']]) {
      const { err, code } = lbcheck(['--fix', ...args], { cwd });
      expect(err).toContain(
        `keepalived.conf: left as it is: it is ${join(outside, 'keepalived.conf')}, outside of what was given`,
      );
      expect(code).toBe(1);
    }
    expect(read(outside)).toBe(misspelt);
    expect(lstatSync(join(cwd, 'keepalived.conf')).isSymbolicLink()).toBe(true);
    lbcheck(['--fix', join(outside, 'keepalived.conf')], { cwd });
    expect(read(outside)).toBe(respelt);
  });

  it('a file that is included from elsewhere', () => {
    const cwd = folderWith({ 'lb1/keepalived.conf': 'include ../common.conf\n', 'common.conf': misspelt });
    expect(lbcheck(['--fix', 'lb1/keepalived.conf'], { cwd }).err).toContain('outside of what was given');
    expect(read(cwd, 'common.conf')).toBe(misspelt);
    lbcheck(['--fix', '.'], { cwd });
    expect(read(cwd, 'common.conf')).toBe(respelt);
  });

  it('a dump of nginx -T, even where the file it speaks of is there', () => {
    const cwd = folderWith({ 'nginx.conf': 'events {}\nhttp {\n    client_max_bodi_size 1m;\n}\n' });
    const path = join(cwd, 'nginx.conf');
    const dump = `# configuration file ${path}:\n${read(cwd, 'nginx.conf')}\n`;
    writeFileSync(join(cwd, 'dump.txt'), dump);
    const { err } = lbcheck(['--fix', 'dump.txt'], { cwd });
    expect(err).toContain('left as it is: it was not read from a file of its own');
    expect(read(cwd, 'nginx.conf')).toContain('bodi');
    expect(read(cwd, 'dump.txt')).toBe(dump);
  });

  it('a pipe, and a file behind a number', () => {
    const cwd = folderWith(keepalived());
    const shell = (command: string): string =>
      spawnSync('bash', ['-c', command], { cwd, encoding: 'utf8' }).stderr;
    const program = `"${process.execPath}" "${bin}"`;
    expect(shell(`${program} --fix <(cat keepalived.conf)`)).toContain('left as it is');
    expect(shell(`${program} --fix --lang keepalived /dev/fd/3 3<keepalived.conf`)).toContain(
      'left as it is',
    );
    expect(read(cwd)).toBe(misspelt);
  });

  it.skipIf(!isRoot)('a file whose folder cannot be written', () => {
    const cwd = folderWith(keepalived());
    // Not even root writes to it.
    execFileSync(
      'sh',
      [
        '-c',
        'mount -t tmpfs none "$1" && cp keepalived.conf "$1" && mount -o remount,ro "$1"',
        'sh',
        join(folderWithin(cwd, 'ro')),
      ],
      { cwd },
    );
    try {
      const { err, code } = lbcheck(['--fix', 'ro/keepalived.conf'], { cwd });
      expect(err).toBe('lbcheck: ro/keepalived.conf: not written: the file system is read-only\n');
      expect(code).toBe(2);
      expect(read(cwd, 'ro/keepalived.conf')).toBe(misspelt);
    } finally {
      execFileSync('umount', [join(cwd, 'ro')]);
    }
  });

  it.skipIf(!isRoot)('a file on a full disk: it stays as it was, and nothing is left beside it', () => {
    const cwd = folderWith({});
    const disk = folderWithin(cwd, 'full');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48k', 'none', disk]);
    try {
      const text = `${misspelt}${'# filling\n'.repeat(3000)}`;
      writeFileSync(join(disk, 'keepalived.conf'), text);
      const { err, code } = lbcheck(['--fix', 'full/keepalived.conf'], { cwd });
      expect(err).toBe('lbcheck: full/keepalived.conf: not written: no space left on the disk\n');
      expect(code).toBe(2);
      expect(read(disk)).toBe(text);
      expect(names(disk)).toEqual(['keepalived.conf']);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it.skipIf(!isRoot)('a file that may not be written, by who is not root', () => {
    const cwd = folderWith(keepalived());
    chmodSync(cwd, 0o777);
    const program = folderWith({});
    cpSync(dirname(bin), program, { recursive: true });
    chmodSync(program, 0o755);
    const asNobody = spawnSync(process.execPath, [join(program, 'lbcheck.cjs'), '--fix', 'keepalived.conf'], {
      cwd,
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
    });
    expect(asNobody.stderr).toBe('lbcheck: keepalived.conf: not written: permission denied\n');
    expect(asNobody.status).toBe(2);
    expect(read(cwd)).toBe(misspelt);
  });
});

function folderWithin(folder: string, name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name);
}

describe('standard input', () => {
  it('is mended to standard output, and what is found goes to standard error', () => {
    const { out, err } = lbcheck(['--fix', '-', '--stdin-filename', 'keepalived.conf'], { input: misspelt });
    expect(out).toBe(respelt);
    expect(err).toMatch(/^Fixed 1 of 2 findings$/m);
  });

  it('comes out as it went in where there is nothing to mend, byte for byte', () => {
    const bytes = Buffer.from(`# \xff\xfe\r\n${respelt}`, 'latin1');
    expect(lbcheck(['--fix', '-', '--stdin-filename', 'keepalived.conf'], { input: bytes }).bytes).toEqual(
      bytes,
    );
  });

  it('with --diff gives the difference', () => {
    const { out, code } = lbcheck(['--diff', '-', '--stdin-filename', 'keepalived.conf'], {
      input: misspelt,
    });
    expect(out).toMatch(/^--- a\/keepalived\.conf\n\+\+\+ b\/keepalived\.conf\n@@ -1,3 \+1,3 @@\n/);
    expect(code).toBe(1);
  });
});

describe('--diff', () => {
  it('writes nothing, and says with its code whether there is a difference', () => {
    const cwd = folderWith(keepalived());
    const { code, out, err } = lbcheck(['--diff', 'keepalived.conf'], { cwd });
    expect({ code, err }).toEqual({ code: 1, err: 'Would fix 1 of 2 findings\n' });
    expect(out).toContain('-    router_idd lb1\n+    router_id lb1\n');
    expect(read(cwd)).toBe(misspelt);
    const clean = folderWith(keepalived('vrrp_script a {\n    script "/bin/true"\n}\n'));
    expect(lbcheck(['--diff', 'keepalived.conf'], { cwd: clean })).toMatchObject({ code: 0, out: '' });
  });

  it.each(['a b', 'c"d\\e', 'größe', "f'g", 'h\ti'])('of a file named %j suits git apply', (name) => {
    const file = `${name}/keepalived.conf`;
    const cwd = folderWith({ [file]: misspelt });
    const { bytes } = lbcheck(['--diff', file], { cwd });
    execFileSync('git', ['apply', '-'], { cwd, input: bytes, stdio: ['pipe', 'pipe', 'pipe'] });
    expect(read(cwd, file)).toBe(respelt);
  });
});

describe('whatever happens meanwhile', () => {
  it('a file that has changed since it was read keeps the change', () => {
    const cwd = folderWith(keepalived('somebody was here\n'));
    const failure = replaceFile(join(cwd, 'keepalived.conf'), Buffer.from(misspelt), Buffer.from(respelt));
    expect(failure).toEqual({ reason: 'it has changed since it was read' });
    expect(read(cwd)).toBe('somebody was here\n');
    rmSync(join(cwd, 'keepalived.conf'));
    expect(replaceFile(join(cwd, 'keepalived.conf'), Buffer.from(misspelt), Buffer.from(respelt))).toEqual({
      reason: 'it is not there any more',
    });
    expect(names(cwd)).toEqual([]);
  });

  it('kill -9 at any moment leaves the old file or the new one', async () => {
    const filling = '# a line that makes writing take a while\n'.repeat(60_000);
    const [before, after] = [misspelt + filling, respelt + filling].map((text) => Buffer.from(text));
    const cwd = folderWith({});
    const path = join(cwd, 'keepalived.conf');
    // How long a run takes here, to spread the blows over it.
    writeFileSync(path, before!);
    const start = performance.now();
    lbcheck(['--fix', 'keepalived.conf', '--format', 'concise'], { cwd });
    const whole = performance.now() - start;
    expect(readFileSync(path).equals(after!)).toBe(true);
    const seen = { before: 0, after: 0 };
    for (let blow = 0; blow < 24; blow++) {
      writeFileSync(path, before!);
      const child = spawn(process.execPath, [bin, '--fix', 'keepalived.conf', '--format', 'concise'], {
        cwd,
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await pause(whole * (0.4 + (0.7 * blow) / 24));
      child.kill('SIGKILL');
      await ended;
      const now = readFileSync(path);
      if (now.equals(before!)) seen.before++;
      else if (now.equals(after!)) seen.after++;
      else throw new Error(`half a file: ${now.length} bytes`);
    }
    expect(seen.before).toBeGreaterThan(0);
    // What a blow left behind does no harm to the next run.
    writeFileSync(path, before!);
    lbcheck(['--fix', '.', '--format', 'concise'], { cwd });
    expect(readFileSync(path).equals(after!)).toBe(true);
  }, 120_000);
});

describe('a blank one letter off', () => {
  const mended = (name: string, text: string): string => {
    const { changes } = mend([name], { fs: memory({ [name]: text }), cwd: '/' });
    return changes[0] ? Buffer.from(changes[0].after).toString() : text;
  };

  /** The file with the blank behind the first word of each line moved, one line at a time. */
  function* slips(text: string): Generator<string> {
    // Of a misspelt block of Lua the braces are none of nginx's.
    if (text.includes('_by_lua_block')) return;
    for (const { index, 0: head, 1: word } of text.matchAll(/(?<=^[ \t]*)([a-z_]+) (?=[^\s{#!;"'(]{2})/gm)) {
      const [before, after] = [text.slice(0, index), text.slice(index + head.length)];
      yield `${before}${word!.slice(0, -1)} ${word!.at(-1)}${after}`;
      // A letter that stands twice then is another slip.
      if (after[0] !== word!.at(-1)) yield `${before}${word}${after[0]} ${after.slice(1)}`;
    }
  }

  it.each([
    ['keepalived.conf', 'fixtures/corpus/keepalived/ok'],
    ['nginx.conf', 'fixtures/corpus/nginx/ok'],
  ])('is set right in %s, or left to somebody', (name, folder) => {
    let tried = 0;
    let right = 0;
    for (const file of readdirSync(join(root, folder)).filter((each) => each.endsWith('.conf'))) {
      const text = read(join(root, folder), file);
      if (mended(name, text) !== text) continue;
      for (const slip of [...slips(text)].filter((_, at) => at % 3 === 0).slice(0, 8)) {
        const after = mended(name, slip);
        tried++;
        if (after === text) right++;
        else expect(after, `${file}: ${slip.split('\n').find((line) => !text.includes(line))}`).toBe(slip);
      }
    }
    expect(tried).toBeGreaterThan(400);
    expect(right / tried).toBeGreaterThan(0.35);
  });
});

it('a program gets the texts, and nothing is written', () => {
  const fs = memory({ 'lb1/keepalived.conf': misspelt, 'lb2/keepalived.conf': respelt });
  const { before, after, changes, refused } = mend(['.'], { fs });
  expect(before.diagnostics.some(({ rule }) => rule === 'unknown-keyword')).toBe(true);
  expect(after.diagnostics.some(({ rule }) => rule === 'unknown-keyword')).toBe(false);
  expect(changes.map(({ file, after: text }) => [file, Buffer.from(text).toString()])).toEqual([
    ['lb1/keepalived.conf', respelt],
  ]);
  expect(refused.size).toBe(0);
});
