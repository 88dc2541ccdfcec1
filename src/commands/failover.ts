/** `lbcheck failover`: who holds each virtual address after each fault. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Prediction } from '../election/index.ts';
import { failover } from '../failover.ts';
import { concern, failoverFormats, isReturn } from '../format/failover/index.ts';
import { type FailoverFormatName, failoverFormatNames } from '../format/failover/names.ts';
import { plain } from '../format/style.ts';
import type { Version } from '../model/version.ts';
import { type Output, outputsIn, usage, version, wholeNumber } from './arguments.ts';
import { configFor } from './config.ts';
import { type Commander, type Context, complain, exit, stdout, styleFor, write } from './terminal.ts';

/** The options of `failover`, as commander gives them. */
interface Flags {
  readonly format: readonly Output[];
  readonly faults?: number;
  readonly steps?: string;
  readonly start?: string;
  readonly lang?: 'nginx' | 'keepalived';
  readonly configId: readonly string[];
  readonly config?: string;
  readonly stdinFilename?: string;
  readonly keepalivedVersion?: Version;
}

async function runFailover(paths: readonly string[], flags: Flags, colour: string): Promise<number> {
  const config = await configFor(flags.config, colour);
  if (config === 'bad') return exit.failure;
  const declared = paths.length === 0 && (config?.clusters.length ?? 0) > 0;
  const { prediction, skipped, problem } = failover(paths.length > 0 || declared ? paths : ['.'], {
    config,
    cwd: process.cwd(),
    lang: flags.lang,
    configIds: flags.configId,
    stdinFilename: flags.stdinFilename,
    versions: { keepalived: flags.keepalivedVersion },
    faults: flags.faults,
    steps: flags.steps,
    start: flags.start,
  });
  const unread = skipped.filter(({ named }) => named);
  for (const { file, reason } of unread) complain(`${file}: ${reason}`);
  if (problem !== undefined) complain(problem);
  else if (prediction.routers.length === 0 && unread.length === 0)
    complain('no virtual router found: no vrrp_instance in what was read');
  if (prediction.routers.length === 0) return exit.failure;
  for (const { format, file } of flags.format.length > 0
    ? flags.format
    : [{ format: 'pretty', file: undefined }]) {
    const style = file === undefined ? await styleFor(colour) : plain;
    const text = failoverFormats[format as FailoverFormatName](prediction, { style });
    if (file === undefined) write(stdout, text);
    else {
      try {
        writeFileSync(file, text);
      } catch (error) {
        complain(`${file}: ${(error as Error).message}`);
        return exit.failure;
      }
    }
  }
  return unread.length > 0 ? exit.failure : verdict(prediction, flags.steps !== undefined);
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
export const failoverCommand = ({ Command, Option }: Commander, { colour, done }: Context): Command =>
  new Command('failover')
    .description('who holds each virtual address after each fault')
    .argument('[paths...]', 'files and folders, or NODE=PATH, as for check')
    .addOption(
      new Option(
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
      [],
    )
    .addOption(new Option('--lang <language>', 'read every file as this').choices(['nginx', 'keepalived']))
    .option(
      '--config-id <id>',
      'a node of a keepalived file with @ID lines; may be repeated',
      (id: string, all: readonly string[]) => [...all, id],
      [],
    )
    .option('--stdin-filename <name>', 'what standard input is called')
    .option('--config <file>', 'the configuration file (default: the nearest lbcheck.yaml from here upward)')
    .option('--keepalived-version <version>', 'the version that runs', version)
    .addHelpText(
      'after',
      `
Steps happen one after the other and are parted by ; what happens at once is joined by &
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
