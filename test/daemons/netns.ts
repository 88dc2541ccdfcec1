/** Network namespaces of this process, and commands in them. */
import { execFileSync } from 'node:child_process';

/** What commands inherit: the system's programs, and messages in English. */
export const environment = { ...process.env, LC_ALL: 'C', PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** The namespace of a node. */
export const space = (node: string): string => `lbcheck-${process.pid}-${node}`;

/** Runs a command of words without blanks; gives what it prints, and throws where it fails. */
export function run(command: string, input = ''): string {
  const [program, ...args] = command.split(' ') as [string, ...string[]];
  const stdio = ['pipe', 'pipe', 'pipe'] as const;
  return execFileSync(program, args, { env: environment, input, encoding: 'utf8', stdio: [...stdio] });
}

/** The same in the namespace of a node. */
export const inside = (node: string, command: string, input = ''): string =>
  run(`ip netns exec ${space(node)} ${command}`, input);

/** Rules of iptables-save for what comes in. */
export const filter = (input: string, policy = 'DROP'): string =>
  `*filter\n:INPUT ${policy} [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${input.trim().replace(/^\s+/gm, '')}\nCOMMIT\n`;
