/** The completion scripts, in the shells that they are for. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bin, folderWith } from './command.ts';
import { describeWith } from './daemons/harness.ts';

const folder = folderWith({ 'keepalived.conf': '' });

beforeAll(() => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    writeFileSync(
      join(folder, shell),
      execFileSync(process.execPath, [bin, 'completion', shell], { encoding: 'utf8' }),
    );
  }
});

/** What a shell prints for a script, line by line. */
function lines(shell: string, args: readonly string[]): string[] {
  const { stdout, stderr, status } = spawnSync(shell, args, { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.split('\n').filter(Boolean);
}

/** The same questions for every shell: the words typed, the last one unfinished, and what must be offered. */
const questions: readonly (readonly [readonly string[], readonly string[], readonly string[]])[] = [
  [['lbcheck', 'ex'], ['explain'], ['rules']],
  [['lbcheck', 'explain', 'virtual-router'], ['virtual-router-id-mismatch'], ['keepalived.conf']],
  [['lbcheck', '--form'], ['--format'], ['--fix']],
  [['lbcheck', '--format', 'sa'], ['sarif'], ['json']],
  [['lbcheck', 'check', '--fail-on', 'w'], ['warning'], ['error', 'keepalived.conf']],
  [['lbcheck', 'rules', '--format', 'm'], ['md'], ['markdown']],
  [
    ['lbcheck', 'failover', '--format', 'm'],
    ['mermaid', 'markdown'],
    ['md', 'sarif'],
  ],
  [['lbcheck', '--rule', 'unknown-keyword=o'], ['unknown-keyword=off'], ['unknown-keyword=info']],
  [['lbcheck', 'completion', 'f'], ['fish'], ['bash']],
  [['lbcheck', 'keep'], ['keepalived.conf'], []],
];

describe('bash', () => {
  it.each(questions)('%j offers %j', (words, offered, others) => {
    const script = `source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lbcheck 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const found = lines('bash', ['-c', script, 'bash', ...words]);
    expect(found).toEqual(expect.arrayContaining([...offered]));
    for (const other of others) expect(found).not.toContain(other);
  });

  it('is registered', () => {
    expect(lines('bash', ['-c', 'source ./bash; complete -p lbcheck'])[0]).toContain('-F _lbcheck');
  });
});

describeWith(['zsh'], 'zsh', () => {
  // The completion system needs a terminal; its three doors are stood in for, so that what is offered can be seen.
  const stage = `
compdef() { : }
compadd() { [[ $1 == -- ]] && shift; print -l -- \${(M)@:#$PREFIX*} }
_describe() { [[ $1 == -o ]] && shift; print -l -- \${(M)\${(@)\${(P)2}%%:*}:#$PREFIX*} }
_files() { print -l -- $PREFIX*(N) }
source ./zsh
words=("$@") CURRENT=$# PREFIX="\${@[-1]}"
_lbcheck`;
  it.each(questions)('%j offers %j', (words, offered, others) => {
    const found = lines('zsh', ['-f', '-c', stage, 'zsh', ...words]);
    expect(found).toEqual(expect.arrayContaining([...offered]));
    for (const other of others) expect(found).not.toContain(other);
  });

  it('the completion system takes it', () => {
    const script = 'autoload -U compinit; compinit -u -D; source ./zsh; print $_comps[lbcheck]';
    expect(lines('zsh', ['-f', '-c', script])).toEqual(['_lbcheck']);
  });
});

describeWith(['fish'], 'fish', () => {
  it.each(questions)('%j offers %j', (words, offered, others) => {
    const found = lines('fish', ['--no-config', '-c', `source ./fish; complete -C '${words.join(' ')}'`]).map(
      (line) => line.split('\t')[0],
    );
    expect(found).toEqual(expect.arrayContaining([...offered]));
    for (const other of others) expect(found).not.toContain(other);
  });
});
