/** One line for each finding, for editors and grep. */
import type { Report } from '../lint/diagnostic.ts';
import { visible } from './style.ts';

/** A path that begins as a workflow command of GitHub would be one. */
const pathOf = (file: string): string => visible(file).replace(/^(?=\s*::)/, './');

/** `path:line:col: severity rule message` */
export const concise = ({ diagnostics }: Report): string =>
  diagnostics
    .map(
      ({ file, line, column, severity, rule, message }) =>
        `${pathOf(file)}:${line}:${column}: ${severity} ${rule} ${visible(message)}\n`,
    )
    .join('');
