/** Version 1 of the machine's format: fields are added, never changed. */
import type { Diagnostic, Place, Report } from '../lint/diagnostic.ts';

const place = ({ cluster, node, file, line, column, endLine, endColumn }: Place) => ({
  ...(cluster === undefined ? {} : { cluster }),
  ...(node === undefined ? {} : { node }),
  file,
  line,
  column,
  endLine,
  endColumn,
});

const diagnostic = (each: Diagnostic) => ({
  rule: each.rule,
  severity: each.severity,
  message: each.message,
  ...place(each),
  ...(each.object === '' ? {} : { object: each.object }),
  related: each.related.map((related) => ({ ...place(related), message: related.message })),
  ...(each.help === undefined ? {} : { help: each.help }),
  url: each.url,
  ...(each.fix ? { fix: each.fix } : {}),
});

/** One JSON object and a line end. */
export const json = ({ diagnostics, skipped, summary }: Report): string =>
  `${JSON.stringify(
    {
      version: 1,
      diagnostics: diagnostics.map(diagnostic),
      skipped: skipped.map(({ file, reason }) => ({ file, reason })),
      summary,
    },
    undefined,
    2,
  )}\n`;
