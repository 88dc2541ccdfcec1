/** The processes of nginx and how they wait for events. */
import { shown } from '../values.ts';
import { type Checking, literal } from './checking.ts';

export function workerPriority({ args, report }: Checking): void {
  const { text } = args[0]!;
  if (!/^[-+]?\d+$/.test(text)) report(args[0], `worker_priority is ${shown(text)}, not a whole number`);
}

export function cpuAffinity({ args, report }: Checking): void {
  for (const [index, word] of args.entries()) {
    if (index === 0 && word.text === 'auto') continue;
    if (!/^[01 ]+$/.test(word.text)) report(word, `the CPU mask is ${shown(word.text)}, not digits 0 and 1`);
  }
}

export function eventMethod({ args, report }: Checking): void {
  const known = ['epoll', 'poll', 'select', 'kqueue', '/dev/poll', 'eventport', 'rtsig'];
  literal(args[0], known, 'use', report);
}

export function aio({ args, report }: Checking): void {
  const { text } = args[0]!;
  if (!/^(?:on|off|threads(?:=.+)?|sendfile)$/.test(text)) {
    report(args[0], `aio is ${shown(text)}, not on, off or threads`);
  }
}
