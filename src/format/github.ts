/** Workflow commands that GitHub Actions turns into annotations. */
import type { Diagnostic, Report } from '../lint/diagnostic.ts';
import type { Severity } from '../lint/rule.ts';
import { count, visible } from './style.ts';

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** GitHub shows this many annotations of a kind for a step and drops the rest without a word. */
const shown = 10;

/** The value of a property: besides what data escapes, commas and colons would end it. */
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
const data = (text: string): string =>
  text.split('\n').map(visible).join('\n').replaceAll('%', '%25').replaceAll('\n', '%0A');

function annotation(each: Diagnostic): string {
  const properties = [
    `file=${property(each.file)}`,
    `line=${each.line}`,
    `endLine=${each.endLine}`,
    // Columns make sense to GitHub on one line only.
    ...(each.line === each.endLine ? [`col=${each.column}`, `endColumn=${each.endColumn}`] : []),
    `title=${property(`lbcheck: ${each.rule}`)}`,
  ];
  const text = [
    each.message,
    ...each.related.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    ...(each.fix ? [`fix: ${each.fix.title}`] : []),
    ...(each.help ? [`help: ${each.help}`] : []),
  ].join('\n');
  return `::${commands[each.severity]} ${properties.join(',')}::${data(text)}\n`;
}

/**
 * A line of the log that GitHub must not take for a command: it does where `::` is the first that is no blank, and where
 * `##[` stands anywhere (runner: ActionCommand.TryParseV2(), TryParse()).
 */
const plainLine = ({ file, line, column, severity, rule, message }: Diagnostic): string =>
  `- ${data(`${file}:${line}:${column}: ${severity} ${rule} ${message}`).replaceAll('##[', '## [')}\n`;

/** Annotations, the worst first; what GitHub would drop follows as lines of the log, with its number. */
export function github({ diagnostics, summary, skipped, internalErrors }: Report): string {
  const kinds: readonly Severity[] = ['error', 'warning', 'info'];
  const broken = [
    ...skipped.filter(({ named }) => named).map(({ file, reason }) => `${file}: ${reason}`),
    ...internalErrors.map(({ rule, message }) => `internal error in the rule ${rule}: ${message}`),
  ];
  const alarms = broken.slice(0, shown).map((text) => `::error title=lbcheck::${data(text)}\n`);
  const annotated = kinds.flatMap((kind) =>
    diagnostics
      .filter(({ severity }) => severity === kind)
      .slice(0, kind === 'error' ? shown - alarms.length : shown),
  );
  const known = new Set(annotated);
  const rest = diagnostics.filter((each) => !known.has(each));
  const { errors, warnings, infos } = summary;
  return [
    ...alarms,
    ...annotated.map(annotation),
    ...(rest.length > 0
      ? [`${count(rest.length, 'more finding')} beyond the ${shown} of a kind that GitHub shows:\n`]
      : []),
    ...rest.map(plainLine),
    `lbcheck: ${count(errors, 'error')}, ${count(warnings, 'warning')}, ${count(infos, 'note')}\n`,
  ].join('');
}
