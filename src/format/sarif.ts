/** SARIF 2.1.0, for code scanning at GitHub and elsewhere. */
import { groupBy } from '../../grammar/group-by.ts';
import type { Diagnostic, Place, Report, TextEdit } from '../lint/diagnostic.ts';
import type { Severity } from '../lint/rule.ts';
import { fingerprint } from './fingerprint.ts';
import type { Format, RuleFacts } from './format.ts';
import { jsonText } from './json-text.ts';
import { count, visible } from './style.ts';

/** GitHub takes 25,000 results and keeps the 5,000 worst, and 100 locations of each; what is cut is said. */
const limit = { results: 5000, places: 100, links: 5 };

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };
const problems: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'recommendation',
};
/** How rarely a finding of this severity is a false alarm, in GitHub's words. */
const precisions: Readonly<Record<Severity, string>> = {
  error: 'very-high',
  warning: 'high',
  info: 'medium',
};

/** One run. Nothing in it depends on the time or the machine: the same files give the same text. */
export const sarif: Format = (report, { version, exitCode, rule }) => {
  const results = report.diagnostics.slice(0, limit.results);
  const ids = [...new Set(results.map((each) => each.rule))].sort();
  return jsonText({
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'lbcheck',
            informationUri: 'https://github.com/lbcheck/lbcheck',
            version,
            semanticVersion: version,
            rules: ids.map((id) => descriptor(rule(id), results.find((each) => each.rule === id)!.url)),
          },
        },
        automationDetails: { id: 'lbcheck/' },
        // Left to whoever reads it: a path of the machine that checked would be of no use elsewhere.
        originalUriBaseIds: {
          '%SRCROOT%': { description: { text: 'The folder that lbcheck was started in.' } },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [invocation(report, exitCode)],
        results: results.map((each) => result(each, report.keyOf(each), ids.indexOf(each.rule))),
      },
    ],
  });
};

function descriptor({ id, scope, severity, summary, risk, page }: RuleFacts, url: string) {
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: `${summary}.` },
    defaultConfiguration: { level: levels[severity] },
    helpUri: url,
    help: { text: plainText(page), markdown: page },
    properties: {
      tags: [...(risk === undefined ? [] : ['security']), scope],
      precision: precisions[severity],
      'problem.severity': problems[severity],
      ...(risk === undefined ? {} : { 'security-severity': risk.toFixed(1) }),
    },
  };
}

/** A rule's page without its markup. */
const plainText = (page: string): string =>
  page
    .replace(/^#+ /gm, '')
    .replace(/^```\w*\n/gm, '')
    .replaceAll('`', '')
    .replace(/^\*(\w+)\*/m, '$1');

/** What stopped the program, or would have to be known to trust its silence. */
function invocation({ skipped, internalErrors, diagnostics }: Report, exitCode: number) {
  const cut = diagnostics.length - limit.results;
  return {
    executionSuccessful: exitCode < 2,
    exitCode,
    toolConfigurationNotifications: skipped.map(({ file, reason, named }) => ({
      level: named ? 'error' : 'note',
      message: { text: message(`${file}: ${reason}`) },
      locations: [{ physicalLocation: { artifactLocation: artifact(file) } }],
    })),
    toolExecutionNotifications: [
      ...internalErrors.map((each) => ({
        level: 'error',
        message: { text: message(`internal error in the rule ${each.rule}: ${each.message}`) },
        associatedRule: { id: each.rule },
      })),
      ...(cut > 0
        ? [
            {
              level: 'warning',
              message: {
                text: `${count(cut, 'more result')} left out: code scanning keeps ${limit.results} of a run`,
              },
            },
          ]
        : []),
    ],
  };
}

function result(each: Diagnostic, key: string, ruleIndex: number) {
  const related = each.related.slice(0, limit.places);
  const links = related
    .slice(0, limit.links)
    .map((other, index) => `[${linkText(other.message)}](${index + 1})`);
  return {
    ruleId: each.rule,
    ruleIndex,
    level: levels[each.severity],
    message: { text: [message(each.message), ...links].join(links.length > 0 ? '; ' : '') },
    locations: [location(each)],
    ...(related.length > 0
      ? {
          relatedLocations: related.map((other, index) => ({
            id: index + 1,
            ...location(other),
            message: { text: message(other.message) },
          })),
        }
      : {}),
    // Not under GitHub's own name for it, primaryLocationLineHash: its uploader computes that from the file and warns of
    // every value that is another.
    partialFingerprints: { 'lbcheckKey/v1': fingerprint(key) },
    ...(each.fix ? { fixes: [fix(each.fix)] } : {}),
    properties: {
      ...(each.node === undefined ? {} : { node: each.node }),
      ...(each.cluster === undefined ? {} : { cluster: each.cluster }),
      ...(each.help === undefined ? {} : { help: each.help }),
    },
  };
}

const location = (place: Place) => ({
  physicalLocation: {
    artifactLocation: artifact(place.file),
    region: region(place),
  },
  ...(place.object() === '' ? {} : { logicalLocations: [{ fullyQualifiedName: visible(place.object()) }] }),
});

const region = ({ line, column, endLine, endColumn }: Place | TextEdit) => ({
  startLine: line,
  startColumn: column,
  endLine,
  endColumn,
});

function fix({ title, safe, edits }: NonNullable<Diagnostic['fix']>) {
  return {
    description: { text: safe ? title : `${title} (to be reviewed: it changes what the file does)` },
    artifactChanges: [...groupBy(edits, ({ file }) => file)].map(([file, own]) => ({
      artifactLocation: artifact(file),
      replacements: own.map((edit) => ({
        deletedRegion: region(edit),
        insertedContent: { text: edit.text },
      })),
    })),
  };
}

/** A file as a URI: relative to where the program ran, or absolute. */
function artifact(file: string) {
  const uri = file
    .split('/')
    // encodeURIComponent leaves letters that are grammar to some readers of URIs.
    .map((part) =>
      encodeURIComponent(wellFormed(part)).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`),
    )
    .join('/');
  if (file.startsWith('/')) return { uri: `file://${uri}` };
  return { uri, uriBaseId: '%SRCROOT%' };
}

/** A lone surrogate has no UTF-8. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

/** Text that is no link even where it looks like one: `[a](1)` leads to a related location. */
const message = (text: string): string =>
  text
    .split('\n')
    .map(visible)
    .join('\n')
    .replace(/[\\[\]]/g, (character, _at: number, all: string) =>
      /\]\(/.test(all) ? `\\${character}` : character,
    );

const linkText = (text: string): string => visible(text).replace(/[\\[\]]/g, '\\$&');
