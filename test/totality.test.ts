/** Any string has a tree: the grammars never throw, their spans lie in the text and nest, and nothing is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeepalived } from '../grammar/keepalived/index.ts';
import { parseNginx } from '../grammar/nginx/index.ts';
import { decode, encode, source } from '../grammar/text.ts';
import { type Directive, type File, walk } from '../grammar/tree.ts';

const bits = [
  ...[
    'a',
    'server',
    'listen',
    'http',
    'if',
    'map',
    'x_by_lua_block',
    'vrrp_instance',
    'virtual_ipaddress',
    'state',
  ],
  ...[
    '{',
    '}',
    ';',
    '"',
    "'",
    '#',
    '!',
    '\n',
    '\r\n',
    '\r',
    ' ',
    '\t',
    '\\',
    '$',
    '${',
    '${x}',
    '$X=',
    '$X',
    '@a ',
    '~SEQ(n,3) ',
  ],
  ...[
    '--',
    '[[',
    ']]',
    '//',
    '/*',
    '*/',
    '<<<<<<< a',
    '=======',
    '>>>>>>> b',
    '[r@h ~]# x',
    '{{ x }}',
    '{% x %}',
    '<%= x %>',
  ],
  ...[
    '\ufeff',
    '\u00a0',
    '；',
    '“',
    '”',
    '，',
    '\0',
    '\u200b',
    '\ud800',
    'é',
    'include x',
    'include *',
    '<VIP>',
    'CHANGE_ME',
  ],
];
const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fc.constantFrom(...bits), { maxLength: 40 }).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

const languages = [
  ['nginx', parseNginx],
  ['keepalived', (of: ReturnType<typeof source>) => parseKeepalived(of, { configId: 'a' })],
] as const;

function expectSpans(directives: readonly Directive[], size: number): void {
  for (const { name, args, open, close, body } of directives) {
    for (const { start, end } of [name, ...args]) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeGreaterThanOrEqual(start);
      expect(end).toBeLessThanOrEqual(size);
    }
    if (open >= 0 && close >= 0) expect(close).toBeGreaterThanOrEqual(open);
    expect(body === undefined).toBe(open < 0);
  }
}

describe.each(languages)('%s', (_, parse) => {
  const runs = { numRuns: 3000, seed: 20261122 };

  it('any string parses, with every span inside the text', () => {
    fc.assert(
      fc.property(text, (written) => {
        const file: File = parse(source('x', written));
        expectSpans([...walk(file.items)], written.length);
        for (const { at, edits = [] } of file.oddities) {
          for (const { start, end } of [at, ...edits]) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThanOrEqual(start);
            expect(end).toBeLessThanOrEqual(written.length);
          }
        }
      }),
      runs,
    );
  });

  it('nesting to any depth ends', () => {
    const depth = 100_000;
    const file = parse(source('x', 'a {\n'.repeat(depth)));
    expect([...walk(file.items)]).toHaveLength(depth);
    expect(file.oddities.length).toBeGreaterThan(0);
  });

  it('a long line, a million comments and a file of braces end', () => {
    expect(parse(source('x', `a ${'x'.repeat(5_000_000)};`)).items).toHaveLength(1);
    expect(parse(source('x', '# c\n'.repeat(1_000_000))).comments).toHaveLength(1_000_000);
    expect(parse(source('x', '}'.repeat(100_000))).oddities.length).toBeGreaterThan(0);
  });
});

describe('bytes', () => {
  it('any bytes decode, and encode to the same bytes again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const { text: decoded, encoding } = decode(bytes);
        // UTF-16 with lone surrogates is the one thing that a decoder must replace.
        if (encoding.startsWith('utf-16')) return;
        expect(Buffer.from(encode(decoded, encoding))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
