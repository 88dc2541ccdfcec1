/** JUnit's XML, for Jenkins and everything else that shows test results. */
import { groupBy } from '../../grammar/group-by.ts';
import type { Diagnostic } from '../lint/diagnostic.ts';
import type { Format } from './format.ts';
import { count } from './style.ts';
import { declaration, element, xmlText } from './xml.ts';

/**
 * A suite for each file, a case for each finding: errors and warnings as failures, notes as skipped, so that they are shown
 * and fail nothing. What could not be checked is an error. A clean run has one case that passed: no case at all counts as
 * a broken run.
 */
export const junit: Format = ({ diagnostics, skipped, internalErrors, summary }) => {
  const suites = [...groupBy(diagnostics, ({ file }) => file)].map(([file, found]) =>
    suite(
      file,
      found.map((each) => testcase(file, each)),
      {
        failures: found.filter(({ severity }) => severity !== 'info').length,
        skipped: found.filter(({ severity }) => severity === 'info').length,
      },
    ),
  );
  const broken = [
    ...skipped.filter(({ named }) => named).map(({ file, reason }) => ({ name: file, message: reason })),
    ...internalErrors.map(({ rule, message }) => ({ name: rule, message: `internal error: ${message}` })),
  ].map(({ name, message }) =>
    element('testcase', { classname: 'lbcheck', name }, [element('error', { message })]),
  );
  if (broken.length > 0) suites.push(suite('lbcheck', broken, { errors: broken.length }));
  if (suites.length === 0) {
    const name = `no problems in ${count(summary.files, 'file')} of ${count(summary.nodes, 'node')}`;
    suites.push(suite('lbcheck', [element('testcase', { classname: 'lbcheck', name })], {}));
  }
  return declaration + element('testsuites', { name: 'lbcheck' }, suites);
};

function suite(
  name: string,
  cases: readonly string[],
  { failures = 0, errors = 0, skipped = 0 }: { failures?: number; errors?: number; skipped?: number },
): string {
  return element('testsuite', { name, tests: cases.length, failures, errors, skipped }, cases);
}

function testcase(file: string, each: Diagnostic): string {
  const { rule, line, column, severity, message, related, help, url } = each;
  const text = [
    `${file}:${line}:${column}: ${message}`,
    ...related.map((other) => `${other.file}:${other.line}:${other.column}: ${other.message}`),
    ...(help === undefined ? [] : help.split('\n').map((part) => `help: ${part}`)),
    url,
  ];
  const outcome =
    severity === 'info'
      ? element('skipped', { message })
      : element('failure', { message, type: severity }, [text.map(xmlText).join('\n')]);
  return element('testcase', { classname: file, name: `${rule} (line ${line})`, file, line }, [outcome]);
}
