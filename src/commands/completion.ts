/** `lbcheck completion`: what a shell must know to complete the command line, taken from the command tree. */
import type { Command, Option } from 'commander';
import { allRules } from '../../rules/index.ts';
import { failoverFormatNames } from '../format/failover/names.ts';
import { formats } from '../format/index.ts';
import { severities } from './arguments.ts';
import { type Commander, type Context, exit, stdout, write } from './terminal.ts';

/** One option of a command. `values` are the words that may follow it; undefined where a file or anything else does. */
interface Flag {
  readonly names: readonly string[];
  readonly about: string;
  readonly takesValue: boolean;
  readonly values: readonly string[] | undefined;
}

interface Branch {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly Flag[];
  /** The words that its first argument may be; undefined where it takes paths. */
  readonly words: readonly string[] | undefined;
}

/** What commander does not know: its options say how a value is read, not which there are. */
const known: Readonly<Record<string, () => readonly string[]>> = {
  'check --format': () => [...formats.keys()],
  'failover --format': () => failoverFormatNames,
  'check --only': () => allRules().map(({ id }) => id),
  'check --rule': () => allRules().flatMap(({ id }) => ['off', ...severities].map((each) => `${id}=${each}`)),
  rule: () => allRules().map(({ id }) => id),
};

function flagOf(option: Option, command: Command): Flag {
  const names = [option.short, option.long].filter((name) => name !== undefined && name !== null);
  return {
    names,
    about: option.description,
    takesValue: option.required || option.optional,
    values: option.argChoices ?? known[`${command.name()} ${option.long}`]?.(),
  };
}

function branches(program: Command): readonly Branch[] {
  const help = program.createHelp();
  const global = program.options.map((option) => flagOf(option, program));
  return program.commands.map((command): Branch => {
    const argument = command.registeredArguments[0];
    const below = command.commands.map((each) => each.name());
    return {
      name: command.name(),
      about: help.subcommandDescription(command),
      flags: [...help.visibleOptions(command).map((option) => flagOf(option, command)), ...global],
      words:
        below.length > 0 ? below : (argument?.argChoices ?? known[argument?.name() ?? '']?.() ?? undefined),
    };
  });
}

/** A word for any of the three shells, as it stands. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const list = (words: readonly string[]): string => words.map(quoted).join(' ');

/** `(command option words)` of every option that takes one of several words. */
const choices = (tree: readonly Branch[]): readonly (readonly [string, string, readonly string[]])[] =>
  tree.flatMap(({ name, flags }) =>
    flags
      .filter(({ takesValue }) => takesValue)
      .flatMap(({ names, values }) => names.map((flag) => [name, flag, values ?? []] as const)),
  );

function bash(tree: readonly Branch[]): string {
  const names = tree.map(({ name }) => name);
  const values = choices(tree)
    .filter(([, , words]) => words.length > 0)
    .map(
      ([command, flag, words]) =>
        `        ${quoted(`${command} ${flag}`)}) COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$cur")); return ;;`,
    );
  const others = choices(tree)
    .filter(([, , words]) => words.length === 0)
    .map(([command, flag]) => quoted(`${command} ${flag}`));
  const flags = tree.map(
    ({ name, flags }) =>
      `            ${name}) COMPREPLY=($(compgen -W ${quoted(flags.flatMap((each) => each.names).join(' '))} -- "$cur")) ;;`,
  );
  const words = tree
    .filter((each) => each.words)
    .map(
      (each) =>
        `        ${each.name}) COMPREPLY=($(compgen -W ${quoted(each.words!.join(' '))} -- "$cur")); return ;;`,
    );
  return `# bash completion for lbcheck: eval "$(lbcheck completion bash)"
_lbcheck() {
    local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=check word
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in ${names.join('|')}) command=$word; break ;; esac
    done
    COMPREPLY=()
    case "$command $prev" in
${values.join('\n')}
        ${others.join('|')}) return ;;
    esac
    if [[ $cur == -* ]]; then
        case $command in
${flags.join('\n')}
        esac
        return
    fi
    case $command in
${words.join('\n')}
    esac
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W ${quoted(names.join(' '))} -- "$cur"))
    fi
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
    compopt -o filenames 2>/dev/null
}
complete -o bashdefault -o default -F _lbcheck lbcheck
`;
}

function zsh(tree: readonly Branch[]): string {
  const described = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([name, about]) => quoted(`${name.replaceAll(':', '\\:')}:${about}`)).join(' ');
  const values = choices(tree).map(([command, flag, words]) => {
    const act = words.length > 0 ? `compadd -- ${list(words)}` : '_files';
    return `        (${quoted(`${command} ${flag}`)}) ${act}; return ;;`;
  });
  const flags = tree.map(
    ({ name, flags }) =>
      `            (${name}) candidates=(${described(flags.flatMap(({ names, about }) => names.map((each) => [each, about] as const)))}) ;;`,
  );
  const words = tree
    .filter((each) => each.words)
    .map((each) => `        (${each.name}) compadd -- ${list(each.words!)}; return ;;`);
  return `#compdef lbcheck
# zsh completion for lbcheck: eval "$(lbcheck completion zsh)", or a file _lbcheck in $fpath
_lbcheck() {
    local command=check word
    local -a candidates
    for word in "\${(@)words[2,CURRENT-1]}"; do
        case $word in (${tree.map(({ name }) => name).join('|')}) command=$word; break ;; esac
    done
    case "$command \${words[CURRENT-1]}" in
${values.join('\n')}
    esac
    if [[ $PREFIX == -* ]]; then
        case $command in
${flags.join('\n')}
        esac
        _describe -o option candidates
        return
    fi
    case $command in
${words.join('\n')}
    esac
    if ((CURRENT == 2)); then
        candidates=(${described(tree.map(({ name, about }) => [name, about] as const))})
        _describe command candidates
    fi
    _files
}
if [[ \${funcstack[1]} == _lbcheck ]]; then _lbcheck "$@"; else compdef _lbcheck lbcheck; fi
`;
}

function fish(tree: readonly Branch[]): string {
  const names = tree.map(({ name }) => name).join(' ');
  const first = `not __fish_seen_subcommand_from ${names}`;
  const lines = tree.flatMap(({ name, about, flags, words }) => {
    const here = `__fish_seen_subcommand_from ${name}`;
    const when = quoted(name === 'check' ? `${here}; or ${first}` : here);
    return [
      `complete -c lbcheck -n ${quoted(`${first}; and test (count (commandline -opc)) -eq 1`)} -a ${quoted(name)} -d ${quoted(about)}`,
      ...(words ? [`complete -c lbcheck -n ${when} -f -a ${quoted(words.join(' '))}`] : []),
      ...flags.map(({ names, about, takesValue, values }) =>
        [
          `complete -c lbcheck -n ${when}`,
          ...names.map((each) => (each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`)),
          ...(takesValue ? (values ? [`-x -a ${quoted(values.join(' '))}`] : ['-r']) : []),
          `-d ${quoted(about)}`,
        ].join(' '),
      ),
    ];
  });
  return `# fish completion for lbcheck: lbcheck completion fish | source\n${lines.join('\n')}\n`;
}

const shells: Readonly<Record<string, (tree: readonly Branch[]) => string>> = { bash, zsh, fish };

/** `completion` for commander's tree. */
export const completionCommand = ({ Command, Argument }: Commander, { done }: Context): Command =>
  new Command('completion')
    .description('a script that teaches a shell to complete lbcheck')
    .addArgument(new Argument('<shell>', 'which one').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      `
Examples:
  eval "$(lbcheck completion bash)"                      in ~/.bashrc
  eval "$(lbcheck completion zsh)"                       in ~/.zshrc, after compinit
  lbcheck completion fish | source                       in ~/.config/fish/config.fish`,
    )
    .action((shell: string, _: unknown, command: Command) => {
      write(stdout, shells[shell]!(branches(command.parent!)));
      done(exit.clean);
    });
