import { describe, expect, test } from 'vitest';
import {
  bodyContext,
  directiveNames,
  directivesIn,
  type Variant,
  variantIn,
  variants,
} from '../grammar/tables/directives.ts';
import { familyOfName } from '../grammar/tables/families.ts';
import keepalivedText from '../grammar/tables/keepalived.tsv?raw';
import itemsText from '../grammar/tables/keepalived-items.tsv?raw';
import {
  type Arg,
  contextsOf,
  itemKind,
  type Keyword,
  keyword,
  keywordContexts,
  keywordsIn,
} from '../grammar/tables/keywords.ts';
import nginxText from '../grammar/tables/nginx.tsv?raw';
import familiesText from '../grammar/tables/nginx-families.tsv?raw';
import { shape, table } from '../grammar/tables/table.ts';
import { builtinVariable, definers, variableNames } from '../grammar/tables/variables.ts';
import variablesText from '../grammar/tables/variables.tsv?raw';

const texts = { keepalivedText, itemsText, familiesText, nginxText, variablesText };
const allKeywords: readonly Keyword[] = keywordContexts().flatMap((context) =>
  keywordsIn(context).map((name) => keyword(context, name)!),
);
const allVariants: readonly Variant[] = directiveNames().flatMap(variants);
const itemKinds = table(itemsText, 'kind').keys();

const lines = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const repeated = (words: readonly string[]) => words.filter((word, at) => words.indexOf(word) !== at);
const setOf = (words: Iterable<string | undefined>) =>
  [...new Set(words)].filter((word) => word !== undefined).sort();
const version = /^\d+\.\d+\.\d+$/;

describe('every table', () => {
  test.each(Object.entries(texts))('%s has no row with more cells than the header', (_, text) => {
    const [header = '', ...rows] = lines(text);
    const width = header.split('\t').length;
    expect(rows.filter((row) => row.split('\t').length > width)).toEqual([]);
  });

  test.each(Object.entries(texts))('%s is sorted by its leading column', (_, text) => {
    const [, ...rows] = lines(text);
    const keys = rows.map((row) => row.split('\t')[0]!);
    expect(keys).toEqual([...keys].sort());
  });

  test.each(Object.entries(texts))(
    '%s has neither blanks at the end of a line nor carriage returns',
    (_, text) => {
      expect(text.split('\n').filter((line) => line !== line.trimEnd())).toEqual([]);
    },
  );

  test('a question about an unknown column is a mistake of ours and says so', () => {
    expect(() => table('a\tb\nx\ty\n', 'c').keys()).toThrow('no column c');
    expect(() => table('a\tb\nx\ty\n', 'a').rows('x')[0]!('c')).toThrow('no column c');
  });

  test('a comment line is no row and a cut-off cell is empty', () => {
    const small = table('a\tb\tc\n# note\nx,y\t1\n', 'a');
    expect(small.keys()).toEqual(['x', 'y']);
    expect(small.rows('y').map((row) => [row('b'), row('c')])).toEqual([['1', '']]);
  });

  test.each([
    ['ip', { type: 'ip' }],
    ['uint(1..255)', { type: 'uint', min: 1, max: 255 }],
    ['int(-1..)', { type: 'int', min: -1 }],
    ['seconds(0.01..40.95)', { type: 'seconds', min: 0.01, max: 40.95 }],
    ['enum(a|b)', { type: 'enum', values: ['a', 'b'] }],
    ['uint(forever;0..9)', { type: 'uint', values: ['forever'], min: 0, max: 9 }],
  ])('%s is read as its parts', (text, parts) => {
    expect(shape(text)).toEqual(parts);
  });
});

describe('keepalived keywords', () => {
  test('there is one row for a keyword in a context', () => {
    const all = table(keepalivedText, 'context');
    for (const context of keywordContexts())
      expect(repeated(all.rows(context).map((row) => row('keyword')))).toEqual([]);
  });

  test('every opened block is a context with keywords or a known kind of list, and option words are one', () => {
    const contexts = setOf(keywordContexts());
    expect(setOf([...allKeywords.map(({ opens }) => opens), 'root'])).toEqual(contexts);
    const options = allKeywords.flatMap(({ args }) =>
      args.flatMap(({ type, values = [] }) => (type === 'kv' || type === 'words' ? values : [])),
    );
    expect(setOf([...allKeywords.map(({ items }) => items), ...options])).toEqual(setOf(itemKinds));
  });

  test('a replacement or a synonym is a keyword itself', () => {
    const target = (from: string, name: string) => {
      const slash = name.lastIndexOf('/');
      return slash < 0 ? keyword(from, name) : keyword(name.slice(0, slash), name.slice(slash + 1));
    };
    const dangling = allKeywords.filter(
      ({ context, replacedBy, aliasOf }) =>
        (replacedBy && !target(context, replacedBy)) || (aliasOf && !target(context, aliasOf)),
    );
    expect(dangling).toEqual([]);
  });

  test('the closed columns hold only their words', () => {
    expect(setOf(allKeywords.map(({ repeat }) => repeat))).toEqual([
      'accumulate',
      'first-wins-error',
      'idempotent',
      'last-wins',
      'last-wins-error',
      'master-wins-error',
      'merged',
      'same-name-error',
      'same-name-skipped',
      'same-name-unchecked',
      'second-skipped',
    ]);
    expect(setOf(allKeywords.map(({ pair }) => pair))).toEqual([
      'local',
      'must-differ',
      'must-equal',
      'should-differ',
      'should-equal',
    ]);
    expect(setOf(allKeywords.map(({ missing }) => missing))).toEqual(['abort', 'error', 'ignored']);
    expect(setOf(allKeywords.flatMap(({ flags }) => [...flags]))).toEqual([
      'any-case',
      'any-order',
      'leading-number',
      'not227',
      'off-is-on',
      'one-word',
      'raw',
      'replaced-error',
      'required',
      'whole-before-2.3.2',
    ]);
    expect(setOf(allKeywords.map(({ since }) => since)).filter((since) => !version.test(since))).toEqual([
      'unreleased',
    ]);
  });

  const args: readonly Arg[] = [
    ...allKeywords.flatMap((known) => known.args),
    ...itemKinds.flatMap((kind) => {
      const { first, options } = itemKind(kind)!;
      return [...first, ...[...options.values()].flatMap((option) => option.args)];
    }),
  ];

  test('the types of words are these', () => {
    expect(setOf(args.map(({ type }) => type))).toEqual([
      'bare_ip',
      'bool',
      'cidr',
      'email',
      'enum',
      'group',
      'hexstring',
      'host',
      'identifier',
      'int',
      'interface',
      'ip',
      'ip_or_cidr',
      'ip_range',
      'kv',
      'mark',
      'milliseconds',
      'multicast',
      'named',
      'netmask',
      'path',
      'port',
      'quoted_script',
      'quoted_string',
      'realms',
      'ref',
      'scope',
      'seconds',
      'span',
      'string',
      'time',
      'uint',
      'user',
      'vs_target',
      'words',
    ]);
  });

  test('every range begins below its end and every enum has words', () => {
    expect(args.filter(({ min = -Infinity, max = Infinity }) => !(min < max))).toEqual([]);
    expect(args.filter(({ type, values = [] }) => type === 'enum' && values.length === 0)).toEqual([]);
  });

  test('only the last word may take more than one', () => {
    const early = allKeywords.filter((known) => known.args.slice(0, -1).some(({ variadic }) => variadic));
    expect(early).toEqual([]);
  });

  test('what a list item names is a block of the file', () => {
    const named = itemKinds.flatMap((kind) => {
      const { first, options } = itemKind(kind)!;
      return [...first, ...[...options.values()].flatMap((option) => option.args)];
    });
    const blocks = named.flatMap(({ type, values = [] }) => (type === 'ref' ? values : []));
    expect(blocks.filter((block) => !keyword('root', block)?.opens)).toEqual([]);
  });

  test('a synonym among option words names an option of the same kind', () => {
    for (const kind of itemKinds) {
      const { options } = itemKind(kind)!;
      for (const { aliasOf } of options.values()) if (aliasOf) expect(options.has(aliasOf)).toBe(true);
    }
  });

  test('well-known facts hold', () => {
    expect(keyword('vrrp_instance', 'virtual_router_id')).toMatchObject({
      args: [{ name: 'vrid', type: 'uint', min: 1, max: 255, optional: false, variadic: false }],
      pair: 'must-equal',
      missing: 'abort',
      required: true,
    });
    expect(keyword('vrrp_instance', 'state')!.args[0]!.values).toEqual(['MASTER', 'BACKUP']);
    expect(keyword('vrrp_instance', 'advert_int')).toMatchObject({ default: '1', pair: 'must-equal' });
    expect(keyword('vrrp_instance', 'priority')!.pair).toBe('should-differ');
    expect(keyword('vrrp_instance', 'virtual_ipaddress')).toMatchObject({
      items: 'virtual_ipaddress',
      repeat: 'accumulate',
    });
    expect(keyword('vrrp_instance', 'authentication')!.opens).toBe('vrrp_instance.authentication');
    expect(keyword('vrrp_instance.authentication', 'auth_type')!.args[0]!.values).toEqual(['PASS', 'AH']);
    expect(keyword('vrrp_script', 'script')!.raw).toBe(true);
    expect(keyword('virtual_server.real_server.SSL_GET', 'url')!.opens).toBe(
      'virtual_server.real_server.SSL_GET.url',
    );
    expect(keyword('bfd_instance', 'neighbour_ip')!.aliasOf).toBe('neighbor_ip');
    expect(keyword('virtual_server.real_server', 'inhibit_on_failure')!.args[0]!.values).toContain('off');
    expect(contextsOf('auth_pass')).toEqual(['vrrp_instance.authentication']);
    expect(itemKind('track_script')).toMatchObject({ earlier: true, many: false });
    expect(itemKind('virtual_ipaddress')!.options.get('broadcast')!.aliasOf).toBe('brd');
    expect(keywordsIn('vrrp_instance')).toContain('nopreempt');
  });
});

describe('nginx families', () => {
  test('a name belongs to the family whose word begins it', () => {
    expect(['vod', 'vod_mode', 'lua_kong_set_static_tag', 'LearningMode'].map(familyOfName)).toEqual([
      'vod',
      'vod',
      'lua_kong',
      'LearningMode',
    ]);
    expect(['vodka', 'lua_shared_dcit', 'proxy_pas', '_', ''].map(familyOfName)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
  });

  test('no family hides a misspelt directive of nginx', () => {
    const own = allVariants.filter(({ name, thirdParty }) => !thirdParty && familyOfName(name));
    expect(own).toEqual([]);
  });
});

describe('nginx directives', () => {
  test('there is one variant for a directive in a context', () => {
    for (const name of directiveNames())
      expect(repeated(variants(name).flatMap(({ contexts }) => contexts))).toEqual([]);
  });

  test('every opened context has directives and every body knows its kind', () => {
    const contexts = setOf(allVariants.flatMap(({ contexts: own }) => own)).filter((word) => word !== 'any');
    const opened = setOf(allVariants.flatMap(({ opens }) => opens));
    expect(setOf([...opened, 'main'])).toEqual(contexts);
    expect(setOf(allVariants.map(({ body }) => body))).toEqual(['directives', 'entries', 'leaf', 'lua']);
    expect(allVariants.filter(({ body, opens }) => (body === 'directives') !== opens.length > 0)).toEqual([]);
  });

  test('argument counts and ranges begin at or below their end', () => {
    expect(allVariants.filter(({ min, max }) => !(min >= 0 && min <= max))).toEqual([]);
    expect(allVariants.filter(({ range }) => range && !(range[0] < range[1]))).toEqual([]);
  });

  test('every replacement begins with a directive that still exists', () => {
    const names = allVariants.flatMap(({ replacedBy = '' }) =>
      replacedBy.split(',').map((words) => words.split(' ')[0]!),
    );
    const dangling = setOf(names).filter(
      (name) => name !== '' && variants(name).every(({ removed }) => removed !== undefined),
    );
    expect(dangling).toEqual([]);
  });

  test('the closed columns hold only their words', () => {
    expect(setOf(allVariants.map(({ duplicate }) => duplicate))).toEqual([
      'accepted',
      'once',
      'per-name',
      'rejected',
      'unknown',
      'warned',
    ]);
    expect(setOf(allVariants.map(({ inherit }) => inherit))).toEqual([
      'array',
      'array-shared',
      'bitmask',
      'never',
      'never-but-if',
      'own-level',
    ]);
    expect(setOf(allVariants.map(({ unique }) => unique))).toEqual([
      'address',
      'address-before-1.25.5',
      'address-in-server',
      'modifier+uri',
      'name',
      'name-any-case',
      'path+zone',
      'zone',
    ]);
    expect(setOf(allVariants.map(({ type }) => type))).toEqual([
      '',
      'access',
      'bind',
      'bitmask',
      'bufs',
      'complex',
      'custom',
      'enum',
      'flag',
      'keyval',
      'msec',
      'num',
      'offset',
      'path',
      'sec',
      'size',
      'str',
      'str_array',
      'types',
    ]);
    expect(setOf(allVariants.flatMap(({ flags }) => [...flags]))).toEqual([
      'after-balancer',
      'approx',
      'debian12',
      'in1221',
      'no-effect',
      'official',
      'os-bsd',
      'os-solaris',
      'os-windows',
      'plus',
      'plus-since-1.5.7',
      'plus-since-1.7.10',
      'plus-since-1.7.11',
      'vars',
    ]);
    const versions = allVariants.flatMap(({ since, deprecated, removed }) => [since, deprecated, removed]);
    expect(setOf(versions).filter((word) => !version.test(word))).toEqual(['gone', 'soft', 'yes']);
  });

  test('every fact of a parameter is of a known sort', () => {
    const facts = allVariants.flatMap(({ params }) => params.flatMap((param) => [...param.facts.keys()]));
    expect(setOf(facts)).toEqual([
      'any-case',
      'bare',
      'conflicts',
      'default',
      'deprecated',
      'excludes',
      'last',
      'length',
      'not',
      'os',
      'pages',
      'plus',
      'plus-since',
      'port',
      'removed',
      'replaced-by',
      'required',
      'requires',
      'since',
      'socket',
      'vars',
    ]);
  });

  test('every parameter is written in the notation', () => {
    const odd = allVariants.flatMap(({ params }) => params.filter(({ name }) => !/^[\w-]+$/.test(name)));
    expect(odd).toEqual([]);
  });

  test('a body takes its context from where the block stands', () => {
    const body = (name: string, context: string) => bodyContext(variantIn(context, name)!, context);
    expect(body('http', 'main')).toBe('http');
    expect(body('server', 'http')).toBe('server');
    expect(body('server', 'stream')).toBe('stream server');
    expect(body('upstream', 'stream')).toBe('stream upstream');
    expect(body('location', 'location')).toBe('location');
    expect(body('if', 'server')).toBe('if in server');
    expect(body('if', 'location')).toBe('if in location');
    expect(body('map', 'http')).toBe('');
  });

  test('well-known facts hold', () => {
    expect(variants('worker_processes')[0]).toMatchObject({ contexts: ['main'], min: 1, max: 1 });
    expect(variantIn('events', 'worker_connections')!.params[0]!.facts.get('default')).toBe('512');
    expect(variantIn('server', 'listen')).toMatchObject({ max: Infinity, unique: 'address-in-server' });
    expect(variantIn('server', 'listen')!.params.find(({ name }) => name === 'backlog')).toMatchObject({
      form: 'key',
      type: 'int',
      min: 1,
    });
    expect(variantIn('location', 'include')!.contexts).toEqual(['any']);
    expect(variantIn('http', 'proxy_pass')).toBeUndefined();
    expect(variantIn('stream server', 'proxy_pass')!.module).toBe('ngx_stream_proxy_module');
    expect(variantIn('http', 'map')).toMatchObject({ body: 'entries', entries: { min: 2, max: 2 } });
    expect(variantIn('server', 'ssl')).toMatchObject({ removed: '1.25.1', replacedBy: 'listen ssl' });
    expect(variantIn('location', 'content_by_lua_block')).toMatchObject({ body: 'lua', thirdParty: true });
    expect(variantIn('location', 'proxy_set_header')!.inherit).toBe('array');
    expect(variantIn('server', 'ssl_protocols')!.defaults).toEqual([
      { value: 'TLSv1 TLSv1.1 TLSv1.2', until: '1.23.3' },
      { value: 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3', until: '1.27.2' },
      { value: 'TLSv1.2 TLSv1.3' },
    ]);
    expect(variantIn('http', 'gzip_comp_level')!.range).toEqual([1, 9]);
    expect(variantIn('upstream', 'server')!.params.find(({ name }) => name === 'backup')).toMatchObject({
      form: 'literal',
    });
    expect(directivesIn('upstream')).toContain('keepalive');
    expect(variants('js_import')[0]!.counts).toEqual([1, 3]);
  });
});

describe('nginx variables', () => {
  test('a name stands once in a name space', () => {
    const rows = table(variablesText, 'module');
    expect(setOf(rows.keys())).toEqual(['http', 'stream']);
    for (const module of rows.keys())
      expect(repeated(rows.rows(module).map((row) => row('name')))).toEqual([]);
  });

  test('names are compared without regard to case', () => {
    expect(builtinVariable('http', 'Remote_Addr')).toMatchObject({ name: 'remote_addr', settable: false });
  });

  test('a family holds every name that begins with it, and leaves it free to be set', () => {
    expect(builtinVariable('http', 'http_x_request_id')).toMatchObject({
      name: 'http_',
      prefix: true,
      settable: true,
    });
    expect(builtinVariable('http', 'sent_http_x')!.name).toBe('sent_http_');
    expect(builtinVariable('http', 'upstream_addr')).toMatchObject({ prefix: false });
    expect(builtinVariable('stream', 'http_host')).toBeUndefined();
  });

  test('suggestions hold whole names that still exist', () => {
    expect(variableNames('http')).toContain('request_uri');
    expect(variableNames('http')).not.toContain('spdy');
    expect(variableNames('http')).not.toContain('arg_');
    expect(variableNames('stream')).toContain('upstream_addr');
  });

  test('every definer is a directive and says where its names stand', () => {
    for (const module of ['http', 'stream'] as const)
      for (const name of definers(module).keys()) expect(variants(name)).not.toEqual([]);
    expect(definers('http').get('set')).toEqual({ at: 'argument', index: 0 });
    expect(definers('http').get('map')).toEqual({ at: 'argument', index: -1 });
    expect(definers('stream').get('geoip2')).toEqual({ at: 'block' });
    expect(definers('http').get('valid_referers')).toEqual({ at: 'fixed', names: ['invalid_referer'] });
    expect(definers('http').get('array_split')).toEqual({ at: 'key', key: 'to=' });
    expect(definers('stream').has('auth_request_set')).toBe(false);
  });
});

test.each(['__proto__', 'constructor', 'toString', ''])('nobody knows %j', (name) => {
  expect(keyword('root', name)).toBeUndefined();
  expect(keyword(name, 'state')).toBeUndefined();
  expect(keywordsIn(name)).toEqual([]);
  expect(contextsOf(name)).toEqual([]);
  expect(itemKind(name)).toBeUndefined();
  expect(variants(name)).toEqual([]);
  expect(variantIn('http', name)).toBeUndefined();
  expect(variantIn(name, 'listen')).toBeUndefined();
  expect(directivesIn(name)).toEqual([]);
  expect(builtinVariable('http', name)).toBeUndefined();
  expect(definers('http').get(name)).toBeUndefined();
});
