/** One line for each finding, for editors and grep. */
import type { Report } from '../lint/diagnostic.ts';
import { visible } from './style.ts';

/** `path:line:col: severity rule message` */
export const concise = ({ diagnostics }: Report): string =>
  diagnostics
    .map(
      ({ file, line, column, severity, rule, message }) =>
        `${visible(file)}:${line}:${column}: ${severity} ${rule} ${visible(message)}\n`,
    )
    .join('');
