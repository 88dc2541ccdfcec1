/** What a tracker does to the priority. */
import { headSpan } from '../../../grammar/tree.ts';
import type { Ground } from '../located.ts';
import type { Tracker } from './instance.ts';
import { lastOf, number, valueSpan } from './settings.ts';
import type { Statement } from './statements.ts';

/** The weight that a tracker has: that of its line, else that of what it names; undefined where neither is known. */
export function effectiveWeight(tracker: Tracker, object: Statement | undefined): number | undefined {
  if (tracker.weight) return tracker.weight.value;
  if (tracker.kind === 'interface') return 0;
  if (!object) return undefined;
  const word = lastOf(object.body, 'weight')?.args[0];
  // alloc_track_file(): a tracked file counts with weight 1 unless it says otherwise.
  return word ? number(word.text) : tracker.kind === 'file' ? 1 : 0;
}

/** Where that weight is said, or could be. */
export function weightGround(tracker: Tracker, object: Statement | undefined): Ground {
  if (tracker.weight) return tracker.weight.at;
  const line = object && lastOf(object.body, 'weight');
  return line
    ? valueSpan(line)
    : { ...(object ? headSpan(object.directive) : tracker.name.at), lacks: 'weight' };
}
