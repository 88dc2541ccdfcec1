/** Buffers of the modules that hand requests on, and how their sizes must fit (ngx_http_proxy_merge_loc_conf()). */
import type { Statement } from './statement.ts';
import { bytesOf } from './words.ts';

/** Two settings that nginx does not take together. */
export interface BufferConflict {
  /** The statement on the innermost level. */
  readonly statement: Statement;
  /** The setting that is out of bounds, with its value in words. */
  readonly says: string;
}

type InForce = (level: Statement | undefined, name: string) => readonly Statement[];

const families = ['proxy', 'fastcgi', 'uwsgi', 'scgi'];
const kinds = ['buffer_size', 'buffers', 'busy_buffers_size', 'temp_file_write_size', 'max_temp_file_size'];

/** A page of memory, on which the defaults depend; some machines have larger ones. */
const page = 4096;

const shown = (bytes: number): string => (bytes % 1024 === 0 ? `${bytes / 1024}k` : String(bytes));

/** The levels at which sizes are set, each with its conflict. */
export function* bufferConflicts(
  named: (name: string) => readonly Statement[],
  inForce: InForce,
): Generator<BufferConflict> {
  for (const family of families) {
    const levels = new Set<Statement | undefined>();
    for (const kind of kinds) {
      for (const statement of named(`${family}_${kind}`)) {
        const level = statement.parent;
        if (levels.has(level) || !isMerged(level, family)) continue;
        levels.add(level);
      }
    }
    for (const level of levels) {
      const says = conflict(family, level, inForce);
      const own = level?.body.findLast(({ name }) => kinds.some((kind) => name === `${family}_${kind}`));
      if (says !== undefined && own) yield { statement: own, says };
    }
  }
}

/** The sizes are compared where they are put to use: in a server, or in one without sizes of its own for those of http. */
function isMerged(level: Statement | undefined, family: string): boolean {
  if (level?.name === 'server') return !level.context.startsWith('stream');
  if (level?.name !== 'http') return level !== undefined && level.name !== 'stream';
  const own = new Set(kinds.map((kind) => `${family}_${kind}`));
  return level.body.some(({ name, body }) => name === 'server' && !body.some((each) => own.has(each.name)));
}

function conflict(family: string, level: Statement | undefined, inForce: InForce): string | undefined {
  const args = (kind: string): readonly string[] =>
    inForce(level, `${family}_${kind}`)[0]?.directive.args.map(({ text }) => text) ?? [];
  const read = (kind: string): number | undefined => bytesOf(args(kind)[0]);
  const [count, each] = args('buffers');
  const number = count === undefined ? 8 : Number(count);
  const buffer = each === undefined ? page : bytesOf(each);
  const size = args('buffer_size').length > 0 ? read('buffer_size') : page;
  if (buffer === undefined || size === undefined || !Number.isInteger(number)) return undefined;
  if (number < 2) return `${family}_buffers are ${number}, and nginx needs 2 at least`;
  const largest = Math.max(size, buffer);
  const most = (number - 1) * buffer;
  const busy = read('busy_buffers_size') ?? 2 * largest;
  const name = (kind: string): string => `${family}_${kind}`;
  const byDefault = args('busy_buffers_size').length > 0 ? '' : ' by default';
  if (busy < largest) {
    return `${name('busy_buffers_size')} is ${shown(busy)}, less than one buffer of ${shown(largest)}`;
  }
  if (busy > most) {
    return `${name('busy_buffers_size')} is ${shown(busy)}${byDefault}, all ${name('buffers')} but one are ${shown(most)}`;
  }
  const write = read('temp_file_write_size');
  if (write !== undefined && write < largest) {
    return `${name('temp_file_write_size')} is ${shown(write)}, less than one buffer of ${shown(largest)}`;
  }
  const largestFile = read('max_temp_file_size');
  if (largestFile !== undefined && largestFile !== 0 && largestFile < largest) {
    return `${name('max_temp_file_size')} is ${shown(largestFile)}, less than one buffer of ${shown(largest)}`;
  }
  return undefined;
}
