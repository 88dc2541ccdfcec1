/** Sessions of bidirectional forwarding detection. */
import type { Span } from '../../../grammar/text.ts';
import { wordSpan } from '../../../grammar/tree.ts';
import { parseAddress } from '../net.ts';
import { lastOf, statementsOf } from './settings.ts';
import type { Statement } from './statements.ts';

/** Why the daemon drops a `bfd_instance`. */
export interface BfdConflict {
  readonly at: Span;
  readonly message: string;
  /** The other half. */
  readonly related: Span;
}

/** Sessions that another one, or their own source, excludes (bfd_parser.c). */
export function* bfdConflicts(statements: readonly Statement[]): Generator<BfdConflict> {
  const sessions = new Map<
    string,
    { readonly at: Span; readonly name: string; readonly from: string | undefined }[]
  >();
  for (const { body, args } of statementsOf(statements, 'bfd_instance')) {
    const own = args[0]?.text ?? '';
    const [to, from] = [
      lastOf(body, 'neighbor_ip') ?? lastOf(body, 'neighbour_ip'),
      lastOf(body, 'source_ip'),
    ];
    const [peer, source] = [to?.args[0], from?.args[0]];
    const [there, here] = [peer && parseAddress(peer.text), source && parseAddress(source.text)];
    if (!to || !peer || !there) continue;
    const at = wordSpan(to.directive, peer);
    if (from && source && here && here.family !== there.family) {
      yield {
        at: wordSpan(from.directive, source),
        message: `${source.text} is of another address family than the neighbor ${peer.text}`,
        related: at,
      };
      continue;
    }
    const others = sessions.get(there.text) ?? [];
    sessions.set(there.text, others);
    // One without a source stands for any. A second block of the same name is skipped whole.
    const first = others.find(
      ({ from: other, name }) => name !== own && (!other || !here || other === here.text),
    );
    if (first)
      yield { at, message: `${first.name} has a session with ${peer.text} already`, related: first.at };
    else others.push({ at, name: own, from: here?.text });
  }
}
