/** Sessions of bidirectional forwarding detection. */
import type { Span } from '../../../grammar/text.ts';
import { wordSpan } from '../../../grammar/tree.ts';
import { parseAddress } from '../net.ts';
import { lastOf, number, statementsOf, valueSpan } from './settings.ts';
import type { Statement } from './statements.ts';

/** What of a `bfd_instance` the daemon does otherwise than it is written. */
export interface BfdConflict {
  readonly at: Span;
  readonly message: string;
  /** What it does. */
  readonly help: string;
  /** The other half. */
  readonly related: Span;
}

const dropped = 'keepalived drops this bfd_instance';

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
    yield* hopConflicts(body);
    if (!to || !peer || !there) continue;
    const at = wordSpan(to.directive, peer);
    if (from && source && here && here.family !== there.family) {
      yield {
        at: wordSpan(from.directive, source),
        message: `${source.text} is of another address family than the neighbor ${peer.text}`,
        related: at,
        help: dropped,
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
      yield {
        at,
        message: `${first.name} has a session with ${peer.text} already`,
        related: first.at,
        help: dropped,
      };
    else others.push({ at, name: own, from: here?.text });
  }
}

/** More hops than packets live for (bfd_vrrp_end_handler()). */
function* hopConflicts(body: readonly Statement[]): Generator<BfdConflict> {
  const [hops, life] = [lastOf(body, 'max_hops'), lastOf(body, 'ttl') ?? lastOf(body, 'hoplimit')];
  const [most, least] = [number(hops?.args[0]?.text ?? ''), number(life?.args[0]?.text ?? '')];
  if (!hops || !life || most === undefined || least === undefined || most <= least || most > 255) return;
  yield {
    at: valueSpan(hops),
    message: `max_hops is ${most}, and packets live for ${least}`,
    related: valueSpan(life),
    help: `keepalived lowers max_hops to ${least} and reports an error`,
  };
}
