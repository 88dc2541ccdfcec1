/** Files in other encodings, and with other line ends: every place is right, nothing is lost, and a fix changes only its bytes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../grammar/text.ts';
import { folderWith, lbcheck } from './command.ts';

const folder = folderWith();

/** A run on `nginx.conf` with these bytes, and what is in the file then. */
function run(bytes: Uint8Array, args: readonly string[]): { out: string; after: Buffer } {
  const path = join(folder, 'nginx.conf');
  writeFileSync(path, bytes);
  const only = ['--only', 'invalid-argument', '--only', 'duplicate-directive'];
  const { out } = lbcheck(['nginx.conf', ...only, ...args], { cwd: folder });
  return { out, after: readFileSync(path) };
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16le = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');
const utf16be = (text: string): Buffer => utf16le(text).swap16();

/** Text on two lines before the word that is wrong, and on its line. */
const conf = (said: string, gzip: string, end = '\n'): string =>
  ['events {}', 'http {', `    # ${said}`, `    log_format a "${said}"; gzip ${gzip};`, '}', ''].join(end);

describe.each<[name: string, bytes: (gzip: string) => Buffer, line: number, column: number, shown: string]>([
  [
    'UTF-8',
    (gzip) => Buffer.from(conf('Gr\u00f6\u00dfe \u4e2d\u6587', gzip)),
    4,
    35,
    'Gr\u00f6\u00dfe \u4e2d\u6587',
  ],
  ['UTF-8 beyond the first plane', (gzip) => Buffer.from(conf('\u{1F600}', gzip)), 4, 29, '\u{1F600}'],
  [
    'UTF-16, little end first',
    (gzip) => utf16le(conf('Gr\u00f6\u00dfe \u4e2d\u6587', gzip)),
    4,
    35,
    '\u4e2d\u6587',
  ],
  [
    'UTF-16, big end first',
    (gzip) => utf16be(conf('Gr\u00f6\u00dfe \u4e2d\u6587', gzip)),
    4,
    35,
    '\u4e2d\u6587',
  ],
  ['UTF-16 with half a pair', (gzip) => utf16le(conf('a\ud800b', gzip)), 4, 30, 'a'],
  ['Latin-1', (gzip) => latin1(conf('Gr\xf6\xdfe', gzip)), 4, 32, 'Gr\xf6\xdfe'],
  // Its second bytes are letters, and signs of the language, to whoever reads bytes.
  ['GBK', (gzip) => latin1(conf('\xd6\xd0\xce\xc4 \x81}\x81{\x81\\a\xa0\xa0', gzip)), 4, 41, ''],
  ['CR LF', (gzip) => latin1(conf('a', gzip, '\r\n')), 4, 28, 'log_format a "a"; gzip'],
  ['NEL within lines', (gzip) => Buffer.from(conf('a\u0085b', gzip)), 4, 30, ''],
  ['NEL within lines of bytes', (gzip) => latin1(conf('a\x85b', gzip)), 4, 30, ''],
  ['line separators within lines', (gzip) => Buffer.from(conf('a\u2028b\u2029c', gzip)), 4, 32, ''],
])('%s', (_, bytes, line, column, shown) => {
  it('is read, and the place of a finding is right', () => {
    const { out } = run(bytes('yes'), ['--format', 'json']);
    const { diagnostics } = JSON.parse(out);
    expect(diagnostics).toMatchObject([
      { message: 'gzip is yes, not on or off', line, column, endColumn: column + 3 },
    ]);
  });

  it('is shown with its line', () => {
    const { out } = run(bytes('yes'), []);
    const frame = out.split('\n').filter((text) => text.includes('gzip yes;'));
    expect(frame).toHaveLength(1);
    expect(frame[0]).toContain(shown);
    // One line of text is one line of the frame.
    expect(out).not.toMatch(/[\u0085\u2028\u2029\r]/);
  });

  it('keeps all its bytes but those that are mended', () => {
    expect(run(bytes('yes'), ['--fix']).after.equals(bytes('on'))).toBe(true);
    expect(run(bytes('on'), ['--fix']).after.equals(bytes('on'))).toBe(true);
  });
});

it('a file with carriage returns only is one line, and keeps them', () => {
  const bytes = (gzip: string): Buffer => latin1(conf('', gzip, '\r').replace('# \r', ''));
  const { out } = run(bytes('yes'), ['--format', 'json']);
  expect(JSON.parse(out).diagnostics).toMatchObject([{ line: 1 }]);
  expect(run(bytes('yes'), ['--fix']).after.equals(bytes('on'))).toBe(true);
});

it('any bytes come out of the text as they went in', () => {
  const marks = fc.constantFrom([], [0xff, 0xfe], [0xfe, 0xff], [0xef, 0xbb, 0xbf]);
  fc.assert(
    fc.property(marks, fc.uint8Array(), (mark, rest) => {
      const bytes = Buffer.from([...mark, ...rest]);
      const { text, encoding } = decode(bytes);
      expect(Buffer.from(encode(text, encoding)).equals(bytes)).toBe(true);
    }),
    { examples: [[[0xff, 0xfe], Uint8Array.of(0x00, 0xd8)]] },
  );
});
