/** `lbcheck explain` and `lbcheck rules`: what the rules say of themselves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { allRules } from '../../rules/index.ts';
import { explain, index } from '../format/explain.ts';
import type { RuleFacts } from '../format/index.ts';
import { ruleId } from './arguments.ts';
import { type Commander, type Context, exit, stdout, styleFor, write } from './terminal.ts';

/** A rule with its page. The bundle leaves out of the rule what only the page needs (vite.config.ts). */
export const ruleFacts = (id: string): RuleFacts => ({
  ...allRules().find((each) => each.id === id)!,
  page: readFileSync(join(import.meta.dirname, 'pages', `${id}.md`), 'utf8'),
});

async function runExplain(id: string, colour: string): Promise<number> {
  const style = await styleFor(colour);
  const facts = ruleFacts(id);
  write(stdout, explain(facts.page, facts, style));
  return exit.clean;
}

function runRules(format: string): number {
  const rules = allRules();
  if (format === 'json') {
    const list = rules.map(({ id, scope, severity, summary }) => ({ id, scope, severity, summary }));
    write(stdout, `${JSON.stringify(list, undefined, 2)}\n`);
  } else if (format === 'md')
    write(
      stdout,
      index(rules, ({ scope, id }) => `${scope}/${id}.md`),
    );
  else {
    const width = Math.max(...rules.map(({ id }) => id.length));
    for (const { id, severity, summary } of rules) {
      write(stdout, `${id.padEnd(width)}  ${severity.padEnd(7)}  ${summary}\n`);
    }
  }
  return exit.clean;
}

/** `explain` for commander's tree. */
export const explainCommand = ({ Command }: Commander, { colour, done }: Context): Command =>
  new Command('explain')
    .description('what a rule finds, why it matters, with examples')
    .argument('<rule>', 'its id', ruleId)
    .addHelpText(
      'after',
      `
Examples:
  lbcheck explain virtual-router-id-mismatch
  lbcheck rules                               the ids there are`,
    )
    .action(async (id: string) => done(await runExplain(id, colour())));

/** `rules` for commander's tree. */
export const rulesCommand = ({ Command, Option }: Commander, { done }: Context): Command =>
  new Command('rules')
    .description('all rules')
    .addOption(
      new Option('--format <format>', 'how to list them').choices(['pretty', 'json', 'md']).default('pretty'),
    )
    .addHelpText(
      'after',
      `
Examples:
  lbcheck rules | grep unicast
  lbcheck rules --format json | jq -r '.[] | select(.severity == "error").id'`,
    )
    .action(({ format }: { format: string }) => done(runRules(format)));
