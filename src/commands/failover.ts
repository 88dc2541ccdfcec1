/** `lbcheck failover`: who holds each virtual address after each fault. */
import type { Command } from 'commander';
import type { Prediction } from '../election/index.ts';
import { failover } from '../failover.ts';
import { concern, failoverFormats, isReturn } from '../format/failover/index.ts';
import { type FailoverFormatName, failoverFormatNames } from '../format/failover/names.ts';
import type { Style } from '../format/style.ts';
import { type Output, outputsIn, usage, wholeNumber } from './arguments.ts';
import { writeOutputs } from './output.ts';
import { type ReadingFlags, readingOptions, settingsOf } from './settings.ts';
import { type Commander, type Context, complain, exit, stdout } from './terminal.ts';

/** The options of `failover`, as commander gives them. */
interface Flags extends Partial<ReadingFlags> {
  readonly format?: readonly Output[];
  readonly faults?: number;
  readonly steps?: string;
  readonly start?: string;
}

const defaultFormat: FailoverFormatName = 'pretty';

async function runFailover(
  paths: readonly string[],
  { format = [], faults, steps, start, ...flags }: Flags,
  colour: string,
): Promise<number> {
  const settings = await settingsOf(paths, flags, colour);
  if (settings === 'bad') return exit.failure;
  const { prediction, skipped, problem } = failover(settings.given, {
    ...settings.options,
    faults,
    steps,
    start,
  });
  const unread = skipped.filter(({ named }) => named);
  for (const { file, reason } of unread) complain(`${file}: ${reason}`);
  if (problem !== undefined) complain(problem);
  else if (prediction.routers.length === 0 && unread.length === 0)
    complain('no virtual router found: no vrrp_instance in what was read');
  if (prediction.routers.length === 0) return exit.failure;
  const outputs = format.length > 0 ? format : [{ format: defaultFormat, file: undefined }];
  const text = (name: string, style: Style): string =>
    failoverFormats[name as FailoverFormatName](prediction, { style });
  if (!(await writeOutputs(outputs, text, { stream: stdout, colour }))) return exit.failure;
  return unread.length > 0 ? exit.failure : verdict(prediction, steps !== undefined);
}

/** What happens to every cluster, whatever is configured, is no finding; nor are two faults at a time. */
function verdict({ routers }: Prediction, played: boolean): number {
  const bad = routers.some(({ results }) =>
    results.some((result) => concern(result) === 'bad' && (played || faultsIn(result.steps) < 2)),
  );
  return bad ? exit.findings : exit.clean;
}

const faultsIn = (steps: readonly string[]): number => steps.filter((step) => !isReturn(step)).length;

function faultCount(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw usage('At least one fault.');
  return number;
}

/** The command for commander's tree. */
export const failoverCommand = (commander: Commander, { colour, done }: Context): Command =>
  readingOptions(
    commander,
    new commander.Command('failover')
      .description('who holds each virtual address after each fault')
      .argument('[paths...]', 'files and folders, or NODE=PATH, as for check')
      .addOption(
        new commander.Option(
          '--steps <steps>',
          'play these one after the other, instead of every single fault',
        ).conflicts('faults'),
      )
      .option('--start <nodes>', 'start nodes in this order, such as "lb2; lb1" (default: all at once)')
      .option('--faults <n>', 'up to so many faults at a time (default: 1)', faultCount)
      .option(
        '--format <format[:file]>',
        `${failoverFormatNames.join(', ')}; may be repeated`,
        outputsIn(failoverFormatNames),
      ),
  )
    .addHelpText(
      'after',
      `
Steps happen one after the other and are parted by ; what happens at once is joined by & (a name with blanks stands in "quotes")
  crash N               power off; the addresses go with the node
  stop N                keepalived stops as it should
  kill N                keepalived is killed (-9); its addresses stay on the node
  start N               the node boots, or keepalived starts
  link-down N [IFACE]   no carrier: a cable is pulled         link-up N [IFACE]
  isolate N [IFACE]     carrier, but nobody to talk to        rejoin N [IFACE]
  fail N CHECK          a tracked script or process fails     pass N CHECK
  block A->B            B no longer gets VRRP from A          unblock A->B   (* is every other node)

Examples:
  lbcheck failover master.conf backup.conf
  lbcheck failover lb1/ lb2/ --steps 'fail lb1 chk_nginx; crash lb2; start lb2'
  lbcheck failover lb1/ lb2/ --format markdown:failover.md --format svg:failover.svg

Exit code: 0 every single fault leaves each address on one working node; 1 some fault, or some step, does not;
2 something could not be read. What is marked * does not count, because no configuration prevents it.`,
    )
    .action(async (paths: string[], flags: Flags) => done(await runFailover(paths, flags, colour())));
