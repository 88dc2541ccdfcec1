/** reviewdog's diagnostic format, which turns fixes into suggestions on a pull request. */
import type { Place, TextEdit } from '../lint/diagnostic.ts';
import type { Severity } from '../lint/rule.ts';
import type { Format } from './format.ts';
import { jsonText } from './json-text.ts';
import { visible } from './style.ts';

const severities: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', info: 'INFO' };

/** Its columns count bytes; where nobody counted them, the lines alone are told. */
const range = ({ line, endLine, bytes }: Place | TextEdit) => ({
  start: { line, ...(bytes ? { column: bytes.column } : {}) },
  end: { line: endLine, ...(bytes ? { column: bytes.endColumn } : {}) },
});

const location = (place: Place) => ({ path: place.file, range: range(place) });

/** Several suggestions are alternatives to reviewdog, and none is about another file: so a fix of one edit or none. */
function suggestions(file: string, edits: readonly TextEdit[] = []) {
  const [edit, ...more] = edits;
  if (!edit?.bytes || more.length > 0 || edit.file !== file) return {};
  return { suggestions: [{ range: range(edit), text: edit.text }] };
}

/** One object with all diagnostics. */
export const rdjson: Format = ({ diagnostics }) =>
  jsonText({
    source: { name: 'lbcheck', url: 'https://github.com/lbcheck/lbcheck' },
    diagnostics: diagnostics.map((each) => ({
      message: visible(each.message),
      location: location(each),
      severity: severities[each.severity],
      code: { value: each.rule, url: each.url },
      ...suggestions(each.file, each.fix?.edits),
      relatedLocations: each.related.map((related) => ({
        message: visible(related.message),
        location: location(related),
      })),
    })),
  });
