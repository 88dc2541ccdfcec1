/** Checkstyle's XML, which Jenkins and many an editor read. */
import { groupBy } from '../../grammar/group-by.ts';
import type { Format } from './format.ts';
import { declaration, element } from './xml.ts';

/** A file element for each file with findings, in the order of the report. */
export const checkstyle: Format = ({ diagnostics }) =>
  declaration +
  element(
    'checkstyle',
    { version: '4.3' },
    [...groupBy(diagnostics, ({ file }) => file)].map(([name, found]) =>
      element(
        'file',
        { name },
        found.map(({ line, column, severity, message, rule }) =>
          element('error', { line, column, severity, message, source: `lbcheck.${rule}` }),
        ),
      ),
    ),
  );
