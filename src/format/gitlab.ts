/** GitLab's code quality report. */
import type { Severity } from '../lint/rule.ts';
import { fingerprint } from './fingerprint.ts';
import type { Format } from './format.ts';
import { jsonText } from './json-text.ts';
import { visible } from './style.ts';

const severities: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'major', info: 'info' };

/** GitLab tells findings of two commits from each other by their fingerprints, and shows one of each only. */
export const gitlab: Format = ({ diagnostics, keyOf }) =>
  jsonText(
    diagnostics.map((each) => ({
      description: visible(each.message),
      check_name: each.rule,
      fingerprint: fingerprint(keyOf(each)),
      severity: severities[each.severity],
      location: { path: each.file, lines: { begin: each.line, end: each.endLine } },
    })),
  );
