/** A missing `;`, `{` or `}` of an nginx file is found where it is missing, and the rest is read as it was meant. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNginx } from '../grammar/nginx/index.ts';
import { source } from '../grammar/text.ts';
import { type Directive, type File, type Oddity, walk } from '../grammar/tree.ts';
import { dedent } from '../src/lint/example.ts';
import { growth, tooMuch } from './growth.ts';

const corpus = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../fixtures/corpus/nginx', name), 'utf8');
const edge = corpus('edge.conf');

const parse = (text: string): File => parseNginx(source('nginx.conf', text));
const without = (text: string, at: number): string => text.slice(0, at) + text.slice(at + 1);

/** The tree on one line: `http{server{listen(80)}}`. */
const shape = (items: readonly Directive[]): string =>
  items
    .map(({ name, args, body }) => {
      const words = args.map(({ text }) => text).join(' ');
      return `${name.text}${words && `(${words})`}${body ? `{${shape(body)}}` : ''}`;
    })
    .join(' ');

/** Each oddity with the text left of its place. */
const said = ({ oddities, source: { text } }: File): string[] =>
  oddities.map(({ kind, at, what }) =>
    kind === 'missing-semicolon'
      ? `; after ${text.slice(text.lastIndexOf('\n', at.start - 1) + 1, at.start).trim()}`
      : `${kind} ${what}`,
  );

const read = (text: string): [string[], string] => {
  const file = parse(dedent(text));
  return [said(file), shape(file.items)];
};

/** How many of the deletions at `offsets` lead to exactly one oddity, and that the right one. */
function share<T>(
  text: string,
  targets: readonly T[],
  offset: (target: T) => number,
  isRight: (oddity: Oddity, target: T) => boolean,
): number {
  const right = targets.filter((target) => {
    const { oddities } = parse(without(text, offset(target)));
    return oddities.length === 1 && isRight(oddities[0]!, target);
  });
  return right.length / targets.length;
}

const leaves = (text: string): Directive[] => [...walk(parse(text).items)].filter(({ body }) => !body);
const blocks = (text: string): Directive[] =>
  [...walk(parse(text).items)].filter(({ body, raw }) => body && !raw);

const styles: Readonly<Record<string, string>> = {
  'as it stands': edge,
  'with tabs': edge.replace(/^ +/gm, (blanks) => '\t'.repeat(blanks.length / 4)),
  'with braces on lines of their own': edge.replace(/^([ \t]*)(.*\S)[ ]*\{$/gm, '$1$2\n$1{'),
  'with carriage returns': edge.replaceAll('\n', '\r\n'),
  'of several hands': corpus('mixed.conf'),
};
const flat = edge.replace(/^[ \t]+/gm, '');

describe('the corpus', () => {
  it('is regular', () => {
    for (const text of [...Object.values(styles), flat]) expect(said(parse(text))).toEqual([]);
  });

  it.each([...Object.entries(styles), ['without indentation', flat]])(
    '%s: a missing ; is found at its statement',
    (style, text) => {
      const found = share(
        text!,
        leaves(text!).filter((_, index) => style === 'as it stands' || index % 5 === 0),
        ({ close }) => close,
        ({ kind, at }, { name, args }) =>
          kind === 'missing-semicolon' && at.start === (args.at(-1) ?? name).end,
      );
      expect(found).toBeGreaterThanOrEqual(0.99);
    },
  );

  it.each([...Object.entries(styles), ['without indentation', flat]])(
    '%s: a missing } is found at its block',
    (style, text) => {
      const found = share(
        text!,
        blocks(text!),
        ({ close }) => close,
        ({ kind, at }, { name }) => kind === 'block-never-closed' && at.start === name.start,
      );
      // Without indentation it is often open which of two blocks was meant to end.
      expect(found).toBeGreaterThanOrEqual(style === 'without indentation' ? 0.6 : 0.99);
    },
  );

  it('mended by its edit, the file is what it was', () => {
    const whole = shape(parse(edge).items);
    for (const { close } of leaves(edge).filter((_, index) => index % 7 === 0)) {
      const { items, oddities } = parse(without(edge, close));
      expect(shape(items)).toBe(whole);
      const [edit] = oddities[0]!.edits!;
      const mended = without(edge, close);
      expect(shape(parse(mended.slice(0, edit!.start) + edit!.text + mended.slice(edit!.end)).items)).toBe(
        whole,
      );
    }
  });
});

describe('a missing ;', () => {
  it('before a directive that the statement would silently take for values', () => {
    expect(read('server {\n  server_name a.example.com\n  root /x;\n}')).toEqual([
      ['; after server_name a.example.com'],
      'server{server_name(a.example.com) root(/x)}',
    ]);
    expect(
      read('http {\n types {\n  text/html html\n  text/css css;\n }\n gzip_types text/css\n gzip on;\n}'),
    ).toEqual([
      ['; after text/html html', '; after gzip_types text/css'],
      'http{types{text/html(html) text/css(css)} gzip_types(text/css) gzip(on)}',
    ]);
  });

  it('before Lua, and between data on one line', () => {
    expect(read('server {\n  listen 80\n  access_by_lua_block { if x then y() end }\n}')).toEqual([
      ['; after listen 80'],
      'server{listen(80) access_by_lua_block{}}',
    ]);
    expect(read("http { map $a $b { default a '' b; } types { text/css css text/plain txt; } }")).toEqual([
      [
        '; after http { map $a $b { default a',
        "; after http { map $a $b { default a '' b; } types { text/css css",
      ],
      'http{map($a $b){default(a) (b)} types{text/css(css) text/plain(txt)}}',
    ]);
    expect(read('match ok { header Content-Type ~ "text/html"; }')[0]).toEqual([]);
  });

  it('before a block, at the end of a block and at the end of the file', () => {
    expect(
      read(
        'server {\n  listen 80\n  location / {\n    root /x\n  }\n}\nupstream u { server a }\nupstream v { server b; } include x',
      ),
    ).toEqual([
      [
        '; after listen 80',
        '; after root /x',
        '; after upstream u { server a',
        '; after upstream v { server b; } include x',
      ],
      'server{listen(80) location(/){root(/x)}} upstream(u){server(a)} upstream(v){server(b)} include(x)',
    ]);
  });

  it('in three lines running', () => {
    expect(read('server {\n  listen 80\n  server_name a\n  index b\n  root /x;\n}')[0]).toHaveLength(3);
  });

  it('before a } that is glued to the word', () => {
    expect(read('server {\n  listen 80}\nserver { location / { return 200 ok}}\n')).toEqual([
      ['; after listen 80', '; after server { location / { return 200 ok'],
      'server{listen(80)} server{location(/){return(200 ok)}}',
    ]);
  });

  it('before a comment, also where the comment is glued to the word', () => {
    expect(
      read(
        'upstream u {\n  server a:80 # first\n  server b:80 weight=2#the second server\n  server c:80;\n}',
      ),
    ).toEqual([
      ['; after server a:80', '; after server b:80 weight=2'],
      'upstream(u){server(a:80) server(b:80 weight=2) server(c:80)}',
    ]);
  });

  it('in the lines of a map', () => {
    expect(read('map $a $b {\n  default 0\n  "x y" 1\n  hostnames\n  *.z 2;\n}')[1]).toBe(
      'map($a $b){default(0) x y(1) hostnames *.z(2)}',
    );
  });

  it('on one line, where the words cannot be one statement', () => {
    expect(read('location = /x { access_log off return 204; }')).toEqual([
      ['; after location = /x { access_log off'],
      'location(= /x){access_log(off) return(204)}',
    ]);
  });

  it('is not what stands early where no word of its statement follows', () => {
    expect(shape(parse('include ;\\;').items)).toBe('include \\;');
  });

  it('not after a word of capitals alone, which a script was to put lines in place of', () => {
    expect(read('http {\n upstream app {\nSERVERS_OF_APP\n }\n gzip on\n}')).toEqual([
      ['; after gzip on'],
      'http{upstream(app){SERVERS_OF_APP} gzip(on)}',
    ]);
  });

  it('at the tag of a template, which may bring its own', () => {
    expect(read('server {\n  {{ extra }}\n  listen 80;\n  {{ more }}\n}')[0]).toEqual([
      'template-placeholder {{ extra }}',
    ]);
  });
});

describe('words that look like directives stay values', () => {
  it.each([
    'server {\n  index\n    index.html\n    index.php;\n}',
    'server {\n  server_name\n    root\n    internal.example.com;\n}',
    'server {\n  listen 443\n    ssl http2;\n}',
    'location / {\n  rewrite ^/a /b\n    break;\n}',
    'http {\n  log_format main\n    root\n    index;\n}',
    'map $uri $x {\n  root index;\n  listen "80 server_name";\n}',
    'location / {\n  return 200 "listen\nserver_name x";\n}',
    'location / {\n  add_header Allow\n  "return index";\n}',
    'upstream u {\n  server a\n    backup\n    resolve;\n}',
    'limit_except GET\n  POST {\n  deny all;\n}',
    'server {\n  more_clear_headers\n  Server;\n}',
    'location ~ "^/a{2}}" {\n  return 200 a\\}\n;\n}',
  ])('%s', (text) => {
    expect(said(parse(text))).toEqual([]);
  });
});

describe('a missing {', () => {
  it('of a block whose } is there', () => {
    expect(
      read(
        'events {}\nhttp\n  sendfile on;\n  server\n    listen 80;\n    location /a\n      root /x;\n    }\n  }\n}',
      ),
    ).toEqual([
      ['block-never-opened http', 'block-never-opened server', 'block-never-opened location'],
      'events{} http{sendfile(on) server{listen(80) location(/a){root(/x)}}}',
    ]);
  });

  it('that became a ;', () => {
    const file = parse('http {\n  server;\n    listen 80;\n  }\n}\n');
    expect(shape(file.items)).toBe('http{server{listen(80)}}');
    expect(file.oddities.map(({ kind, edits }) => [kind, edits?.[0]?.text])).toEqual([
      ['block-never-opened', ' {'],
    ]);
  });
});

describe('a missing } without indentation', () => {
  it.each([
    [
      'server in server',
      'http {\nserver {\nlisten 80;\nserver {\nlisten 81;\n}\n}',
      'http{server{listen(80)} server{listen(81)}}',
    ],
    [
      'server in upstream',
      'upstream u {\nserver a;\nserver {\nlisten 80;\n}',
      'upstream(u){server(a)} server{listen(80)}',
    ],
    [
      'upstream in location',
      'http {\nserver {\nlocation / {\nroot /x;\n}\nupstream u {\nserver a;\n}\n}',
      'http{server{location(/){root(/x)}} upstream(u){server(a)}}',
    ],
    [
      'http in server',
      'stream {\nserver {\nlisten 1;\n}\nhttp {\nserver {\nlisten 80;\n}\n}',
      'stream{server{listen(1)}} http{server{listen(80)}}',
    ],
    [
      'location outside of the location around it',
      'server {\nlocation /a {\nroot /x;\nlocation /b {\nroot /y;\n}\n}',
      'server{location(/a){root(/x)} location(/b){root(/y)}}',
    ],
    [
      'server in map',
      'http {\nmap $a $b {\ndefault 0;\nserver {\nlisten 80;\n}\n}',
      'http{map($a $b){default(0)} server{listen(80)}}',
    ],
  ])('%s', (_, text, expected) => {
    const file = parse(text);
    expect(shape(file.items)).toBe(expected);
    expect(file.oddities.map(({ kind }) => kind)).toEqual(['block-never-closed']);
  });
});

it('any text has a tree', () => {
  const words = [
    'server',
    'listen 80',
    'location /',
    'http',
    'map $a $b',
    'types',
    'upstream u',
    'root /x',
    'include',
    'index',
    '\\',
    '...',
    '{',
    '}',
    ';',
    '\n',
    '  ',
    '#',
    '"',
    '}x',
    'a}',
    'content_by_lua_block',
  ];
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(fc.constantFrom(...words)).map((each) => each.join(' ')),
      ),
      (text) => {
        const { items } = parse(text);
        for (const {
          name,
          args,
          source: { text: whole },
        } of walk(items)) {
          for (const { start, end } of [name, ...args])
            expect(start >= 0 && start <= end && end <= whole.length).toBe(true);
        }
      },
    ),
    { numRuns: 1000, examples: [['content_by_lua_block a} \n {']] },
  );
});

it.each([
  ['', 'root\n'],
  ['', 'server\n'],
  ['', 'server_name a\n'],
  ['server_name\n', '  root /x\n'],
  ['', 'a}'],
  ['', 'if {'],
  ['', 'http {\nserver {'],
  ['', 'root '],
  ['', 'map {\n}'],
  ['', '}'],
])('hostile files cost no more than long ones: %j, then %j over and over', (head, again) => {
  const read = (times: number): void => {
    const { items, oddities } = parse(head + again.repeat(times));
    expect(items.length + oddities.length).toBeGreaterThan(0);
  };
  expect(growth(read, 4000)).toBeLessThan(tooMuch);
});
