/** Comments that allow findings: where they count, what they cover, and when one is reported itself. */
import { describe, expect, it } from 'vitest';
import { type CheckOptions, check, memory, parseVersion } from '../src/index.ts';
import type { Report } from '../src/lint/diagnostic.ts';

const checked = (files: Readonly<Record<string, string>>, options: CheckOptions = {}): Report =>
  check(Object.keys(files).length === 1 ? Object.keys(files) : ['.'], { fs: memory(files), ...options });

/** The findings that matter here, as `line rule`. */
const found = (text: string, options: CheckOptions = {}, name = 'keepalived.conf'): string[] =>
  checked({ [name]: text }, options)
    .diagnostics.filter(({ rule }) => /unknown|suppression|invalid-arg/.test(rule))
    .map(({ line, rule }) => `${line} ${rule}`);

const allow = (ids: string): string => `lbcheck: allow ${ids} -- known`;

describe('what a comment covers', () => {
  it('its own line, and no other', () => {
    expect(found(`global_defs {\n router_idd a # ${allow('unknown-keyword')}\n smtp-servr b\n}\n`)).toEqual([
      '3 unknown-keyword',
    ]);
  });

  it('alone on a line: the next statement with its block, and nothing after it', () => {
    const text = `! ${allow('unknown-keyword')}\n\n# another comment\nglobal_defs {\n router_idd a\n smtp-servr b\n}\nfoo_bar_baz {\n}\n`;
    expect(found(text)).toEqual(['8 unknown-keyword']);
  });

  it('with allow-file everything, wherever it stands', () => {
    const text = `global_defs {\n router_idd a\n}\nfoo_bar_baz {\n}\n# lbcheck: allow-file unknown-keyword -- known\n`;
    expect(found(text)).toEqual([]);
    expect(checked({ 'keepalived.conf': text }).summary.suppressed).toBe(2);
  });

  it('the statement that ends on the line of the comment, also when it began above', () => {
    const text = `events {}\nhttp {\n  client_max_bodi_size\n    1m; # ${allow('unknown-directive')}\n}\n`;
    expect(found(text, {}, 'nginx.conf')).toEqual([]);
  });

  it('the line where no statement stands: a brace too many', () => {
    const strays = (text: string): number =>
      checked({ 'nginx.conf': text }).diagnostics.filter(({ rule }) => rule === 'stray-brace').length;
    const text = 'events {\n}\n';
    expect(strays(`${text}}\n`)).toBe(1);
    expect(strays(`${text}# ${allow('stray-brace')}\n}\n`)).toBe(0);
    expect(strays(`${text}} # ${allow('stray-brace')}\n`)).toBe(0);
  });

  it('only the rules it names', () => {
    const text = `global_defs {\n router_idd a # ${allow('invalid-value')}\n}\n`;
    expect(found(text)).toEqual(['2 unknown-keyword', '2 unused-suppression']);
  });

  it.each(['\n', '\r\n'])('with line ends %j', (end) => {
    const text = `global_defs {\n # ${allow('unknown-keyword')}\n router_idd a\n}\n`.replaceAll('\n', end);
    expect(found(text)).toEqual([]);
  });

  it('also in a file that is included, by the comments of that file', () => {
    const files = {
      'keepalived.conf': `include more.conf\n`,
      'more.conf': `global_defs {\n router_idd a # ${allow('unknown-keyword')}\n}\n`,
    };
    const report = check(['keepalived.conf'], { fs: memory(files) });
    expect(report.summary).toMatchObject({ errors: 0, suppressed: 1 });
  });
});

describe('what is no comment of ours', () => {
  it('text in quotes and in Lua blocks', () => {
    const text = `events {}\nhttp {\n content_by_lua_blok {\n  -- # ${allow('unknown-directive')}\n }\n add_header a "# ${allow('unused-upstream')}";\n}\n`;
    expect(found(text, {}, 'nginx.conf')).toEqual(['3 unknown-directive']);
  });

  it('prose that mentions the name', () => {
    expect(
      found(
        'global_defs {\n # checked with lbcheck: allow no surprises\n router_id a # see lbcheck: docs\n}\n',
      ),
    ).toEqual([]);
  });

  it('! in nginx, where it is a letter', () => {
    expect(
      found(`events {}\nhttp {\n ! ${allow('unknown-directive')};\n}\n`, {}, 'nginx.conf'),
    ).not.toContain('3 unused-suppression');
  });
});

describe('an allow that hides nothing', () => {
  const idle = (rule: string): string => `global_defs {\n router_id a # ${allow(rule)}\n}\n`;
  const isReported = (rule: string, options: CheckOptions = {}): boolean =>
    found(idle(rule), options).includes('2 unused-suppression');

  it('is reported', () => {
    expect(isReported('unknown-keyword')).toBe(true);
    expect(isReported('invalid-value')).toBe(true);
  });

  it('is dormant when its rule is off or not asked for', () => {
    expect(isReported('unknown-keyword', { severities: new Map([['unknown-keyword', 'off']]) })).toBe(false);
    expect(isReported('unknown-keyword', { only: new Set(['invalid-value', 'unused-suppression']) })).toBe(
      false,
    );
  });

  it('is dormant when its rule compares nodes and there is one', () => {
    expect(isReported('virtual-router-id-mismatch')).toBe(false);
    expect(isReported('no-health-check')).toBe(false);
  });

  it('is dormant when its rule needs all files and one is missing', () => {
    const text = `include more.conf\nvrrp_instance a { # ${allow('missing-virtual-address')}\n interface eth0\n virtual_router_id 5\n priority 100\n virtual_ipaddress { 10.0.0.1/24 }\n}\n`;
    expect(found(text)).not.toContain('2 unused-suppression');
    expect(found(text.replace('include more.conf', ''))).toContain('2 unused-suppression');
  });

  it('is dormant when another version of the daemon finds something', () => {
    const text = `global_defs {\n max_auto_priority 50 # ${allow('newer-keyword')}\n}\n`;
    const facts = (keepalived: string): CheckOptions => ({
      versions: { keepalived: parseVersion(keepalived) },
    });
    expect(checked({ 'keepalived.conf': text }, facts('1.3.5')).summary.suppressed).toBe(1);
    for (const options of [{}, facts('2.2.7')]) expect(found(text, options)).toEqual([]);
  });

  it('can be allowed like any other finding', () => {
    const text = `# ${allow('unused-suppression')}\n${idle('unknown-keyword')}`;
    expect(found(text)).toEqual([]);
  });
});

it('a finding about two nodes is hidden by a comment at either place', () => {
  const instance = (vrid: number, comment = ''): string =>
    `vrrp_instance a {\n interface eth0\n virtual_router_id ${vrid} ${comment}\n priority ${vrid}\n virtual_ipaddress {\n  10.0.0.1/24\n }\n}\n`;
  const rules = (a: string, b: string): string[] =>
    checked({ 'lb1/keepalived.conf': a, 'lb2/keepalived.conf': b }).diagnostics.map(({ rule }) => rule);
  const comment = `# ${allow('virtual-router-id-mismatch')}`;
  expect(rules(instance(60), instance(50))).toContain('virtual-router-id-mismatch');
  for (const [a, b] of [
    [instance(60, comment), instance(50)],
    [instance(60), instance(50, comment)],
    [instance(60, comment), instance(50, comment)],
  ] as const) {
    expect(rules(a, b)).not.toContain('virtual-router-id-mismatch');
    expect(rules(a, b)).not.toContain('unused-suppression');
  }
  expect(rules(instance(60, comment), instance(60))).toContain('unused-suppression');
});

it('a comment of a file that nodes share is of use when one of them needs it', () => {
  const text = `@lb1 global_defs {\n@lb1 router_idd x # ${allow('unknown-keyword')}\n@lb1 }\n@lb2 vrrp_script a {\n@lb2 script "/bin/true"\n@lb2 }\n`;
  const report = check(['keepalived.conf'], {
    fs: memory({ 'keepalived.conf': text }),
    configIds: ['lb1', 'lb2'],
  });
  expect(report.summary.nodes).toBe(2);
  expect(report.diagnostics.map(({ rule }) => rule)).not.toContain('unused-suppression');
  expect(report.summary.suppressed).toBe(1);
});
