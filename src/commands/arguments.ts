/** Arguments of commands, from the words that were typed. */
import { contextWithin } from '../../grammar/tables/directives.ts';
import { allRules } from '../../rules/index.ts';
import type { Severity } from '../lint/rule.ts';
import { suggest } from '../model/suggest.ts';
import { parseVersion, type Version } from '../model/version.ts';

/** Severities as they are typed, the worst first. */
export const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** What `--format` asks for: a format, and the file that it goes into instead of standard output. */
export interface Output {
  readonly format: string;
  readonly file: string | undefined;
}

/** An argument that cannot be meant; commander says which one it was. The code is how it knows its own errors. */
export const usage = (message: string): Error =>
  Object.assign(new Error(message), { code: 'commander.invalidArgument' });

/** The id of a rule. */
export function ruleId(id: string): string {
  const rules = allRules();
  if (rules.some((each) => each.id === id)) return id;
  const near = suggest(
    id,
    rules.map((each) => each.id),
  );
  throw usage(`There is no rule ${id}.${near ? ` (Did you mean ${near.word}?)` : ''}`);
}

/** `A,B`, after those that came before. */
export const ruleIds = (ids: string, previous: readonly string[] = []): readonly string[] => [
  ...previous,
  ...ids.split(',').map(ruleId),
];

/** `FORMAT` or `FORMAT:FILE`, after those that came before, where FORMAT is one of `names`. */
export const outputsIn =
  (names: readonly string[]) =>
  (text: string, previous: readonly Output[] = []): readonly Output[] => {
    const colon = text.indexOf(':');
    const [format, file] = colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
    if (names.includes(format)) return [...previous, { format, file }];
    const near = suggest(format, names);
    const hint = near ? ` (Did you mean ${near.word}?)` : '';
    throw usage(`Allowed formats are ${names.join(', ')}, each as FORMAT or FORMAT:FILE.${hint}`);
  };

/** `RULE=SEVERITY`, after those that came before. */
export function ruleSeverity(
  text: string,
  previous: ReadonlyMap<string, Severity | 'off'> = new Map(),
): ReadonlyMap<string, Severity | 'off'> {
  const [id = '', severity = ''] = text.split('=');
  if (severity !== 'off' && !severities.includes(severity as Severity)) {
    throw usage('Write RULE=off, RULE=info, RULE=warning or RULE=error.');
  }
  return new Map(previous).set(ruleId(id), severity as Severity | 'off');
}

/** The version of a daemon. */
export function version(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed) throw usage('A version looks like 2.2.7.');
  return parsed;
}

/** A number of digits alone. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw usage('Not a number.');
  return Number(text);
}

/** The context inside blocks: `http,server`. */
export function nginxContext(text: string): string {
  const context = contextWithin(text.split(',').map((block) => block.trim()));
  if (context === undefined) throw usage('Write the blocks of nginx from outside in, such as http,server.');
  return context;
}
