/** keepalived's lines for one machine only, where the `@` is a slip. */
import { lineEnd } from '../text.ts';
import { type Found, mask, type Scene, span } from './scene.ts';

/** Read as it was meant: without the `@`, or with `^` for a `!` that begins a comment. */
export function* conditions(scene: Scene): Iterable<Found> {
  const { source, text, dialect } = scene;
  for (const { start, id, fault } of dialect.conditionsOf?.(text) ?? []) {
    if (fault === undefined) continue;
    if (fault === 'glued') {
      const gap = span(source, start + 1 + id.length, start + 1 + id.length);
      const at = span(source, start, gap.end);
      // What stands there is for one machine, and dropped on it, too.
      const masks = [mask(scene, start, lineEnd(text, start))];
      yield {
        oddity: { kind: 'stray-condition', at, what: fault, edits: [{ ...gap, text: ' ' }] },
        masks,
      };
      continue;
    }
    const sign = fault === 'comment' ? span(source, start + 1, start + 2) : span(source, start, start + 1);
    const edit = { ...sign, text: fault === 'comment' ? '^' : '' };
    const end = start + 1 + (fault === 'comment' ? 1 : 0) + id.length;
    yield {
      oddity: { kind: 'stray-condition', at: span(source, start, end), what: fault, edits: [edit] },
      masks: [fault === 'comment' ? edit : mask(scene, start, start + 1)],
    };
  }
}
