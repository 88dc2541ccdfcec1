/** What a rule has to say for itself: the page in the repository, and the same words in the terminal. */
import { marked } from '../lint/example.ts';
import type { Example, Rule } from '../lint/rule.ts';
import type { Style } from './style.ts';

/** The file name that a lone example text gets: it decides how the text is read. */
export const loneFile = ({ scope }: Pick<Rule, 'scope'>): string =>
  scope === 'nginx' ? 'nginx.conf' : 'keepalived.conf';

/** The rule's page as Markdown. */
export function page(rule: Rule): string {
  return [
    `# ${rule.id}`,
    `${rule.summary}.`,
    `*${rule.severity}*, ${scopes[rule.scope]}${rule.absence ? '; silent when not every file could be read' : ''}`,
    rule.why.trim(),
    '## Examples that are reported',
    ...rule.bad.map((example) => exampleText(rule, example)),
    '## Examples that are fine',
    ...rule.good.map((example) => exampleText(rule, example)),
    '## Sources',
    rule.sources.map((each) => `- ${each}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

/** What a scope looks at, in words. */
export const scopes: Readonly<Record<Rule['scope'], string>> = {
  syntax: 'looks at one file',
  keepalived: 'looks at one keepalived configuration',
  nginx: 'looks at one nginx configuration',
  node: 'looks at all files of one node',
  cluster: 'compares the nodes',
  fleet: 'compares the clusters',
  suppression: 'looks at the comments that allow findings',
};

function exampleText(rule: Rule, { title, files, facts }: Example): string {
  const { files: texts, marks } = marked(files, loneFile(rule));
  const blocks = Object.entries(texts).map(([file, text]) => {
    const lines = text.trimEnd().split('\n');
    const out = lines.flatMap((line, index) => [
      line,
      ...marks
        .filter((mark) => mark.file === file && mark.line === index + 1)
        .map(
          (mark) =>
            `${' '.repeat(mark.column - 1)}${'^'.repeat(mark.endColumn - mark.column)} ${mark.message}`,
        ),
    ]);
    const heading = Object.keys(texts).length > 1 ? `\`${file}\`\n\n` : '';
    return `${heading}\`\`\`nginx\n${out.join('\n')}\n\`\`\``;
  });
  const stated = Object.entries(facts ?? {}).map(([daemon, version]) => ` (${daemon} ${version})`);
  return [`${title}${stated.join('')}:`, ...blocks].join('\n\n');
}

/** A rule's page for a terminal: headings strong, fences gone. */
export const explain = (page: string, { severity }: Pick<Rule, 'severity'>, style: Style): string =>
  page
    .replace(/^# (.*)$/m, (_, title: string) => style[severity](title))
    .replace(/^## (.*)$/gm, (_, title: string) => style.strong(title))
    .replace(/^```nginx\n([\s\S]*?)^```$/gm, (_, code: string) => code.replace(/^(?=.)/gm, '    ').trimEnd())
    .replace(/^\*(\w+)\*/m, '$1');

/** The index of all rules as Markdown, a table for each scope. */
export function index(rules: readonly Rule[], link: (rule: Rule) => string): string {
  const groups = [...new Set(rules.map(({ scope }) => scope))];
  return groups
    .map((scope) => {
      const rows = rules
        .filter((each) => each.scope === scope)
        .map(
          (each) =>
            `| [${each.id}](${link(each)}) | ${each.severity} | ${each.summary.replaceAll('|', '\\|')} |`,
        );
      return `### ${scope}: ${scopes[scope]}\n\n| rule | severity | what it finds |\n|---|---|---|\n${rows.join('\n')}`;
    })
    .join('\n\n')
    .concat('\n');
}
