/** keepalived's lines for one machine only, where the `@` is a slip. */
import { type Found, mask, type Scene, span } from './scene.ts';

/** Read as it was meant: without the `@`, or with `^` for a `!` that begins a comment. */
export function* conditions(scene: Scene): Iterable<Found> {
  const { source, text, dialect } = scene;
  for (const { start, id, fault } of dialect.conditionsOf?.(text) ?? []) {
    if (fault === undefined) continue;
    const sign = fault === 'comment' ? span(source, start + 1, start + 2) : span(source, start, start + 1);
    const edit = { ...sign, text: fault === 'comment' ? '^' : '' };
    const end = start + 1 + (fault === 'comment' ? 1 : 0) + id.length;
    yield {
      oddity: { kind: 'stray-condition', at: span(source, start, end), what: fault, edits: [edit] },
      masks: [fault === 'comment' ? edit : mask(scene, start, start + 1)],
    };
  }
}
