/** Version 1 of the machine's format: fields are added, never changed. */
import type { Diagnostic, Place, Report, TextEdit } from '../lint/diagnostic.ts';
import { jsonText } from './json-text.ts';

const stretch = ({ file, line, column, endLine, endColumn }: Place | TextEdit) => ({
  file,
  line,
  column,
  endLine,
  endColumn,
});

const place = (each: Place) => ({
  ...(each.cluster === undefined ? {} : { cluster: each.cluster }),
  ...(each.node === undefined ? {} : { node: each.node }),
  ...stretch(each),
});

const diagnostic = (each: Diagnostic) => ({
  rule: each.rule,
  severity: each.severity,
  message: each.message,
  ...place(each),
  ...(each.object() === '' ? {} : { object: each.object() }),
  related: each.related.map((related) => ({ ...place(related), message: related.message })),
  ...(each.help === undefined ? {} : { help: each.help }),
  url: each.url,
  ...(each.fix
    ? { fix: { ...each.fix, edits: each.fix.edits.map((edit) => ({ ...stretch(edit), text: edit.text })) } }
    : {}),
});

/** One JSON object and a line end. */
export const json = ({ diagnostics, skipped, flooded, summary }: Report): string =>
  jsonText({
    version: 1,
    diagnostics: diagnostics.map(diagnostic),
    skipped: skipped.map(({ file, reason }) => ({ file, reason })),
    // Seldom there: nobody writes 20,000 mistakes of a kind.
    ...(flooded.length > 0 ? { flooded } : {}),
    summary,
  });
