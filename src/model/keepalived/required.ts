/** What blocks cannot do without. */
import { type Keyword, requiredIn } from '../../../grammar/tables/keywords.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan } from '../../../grammar/tree.ts';
import { statementsOf } from './settings.ts';
import { lacks, type Statement, statementsWhere } from './statements.ts';

/** A keyword that a block lacks. */
export interface MissingKeyword {
  /** The block's keyword. */
  readonly block: string;
  readonly at: Span;
  readonly lacking: string;
  /** What the daemon does about it. */
  readonly consequence: string;
  /** It goes on with a default. */
  readonly mild: boolean;
}

const defaults: ReadonlyMap<string, string> = new Map([
  ['protocol', 'keepalived balances UDP then'],
  ['lb_algo', 'keepalived uses wlc then'],
  ['lb_kind', 'keepalived uses NAT then'],
]);

/** Required keywords that are certainly not there. An instance's are left to rules of their own. */
export function* missingKeywords({
  statements,
}: {
  readonly statements: readonly Statement[];
}): Generator<MissingKeyword> {
  const isMeant = ({ opens = 'vrrp_instance' }: Keyword): boolean =>
    opens !== 'vrrp_instance' && requiredIn(opens).length > 0;
  for (const statement of statementsWhere(statements, isMeant)) {
    if (!statement.directive.body) continue;
    const context = statement.keyword!.opens!;
    const block = statement.keyword!.name;
    for (const name of requiredIn(context)) {
      if (!lacks(statement, name)) continue;
      if (context === 'virtual_server' && isGiven(statement, name, statements)) continue;
      const fallback = context === 'virtual_server' ? defaults.get(name) : undefined;
      yield {
        block,
        at: headSpan(statement.directive),
        lacking: name,
        consequence: fallback ?? 'keepalived drops the block',
        mild: fallback !== undefined,
      };
    }
  }
  yield* emptyLists(statements);
  for (const group of statementsOf(statements, 'garp_group')) {
    if (!lacks(group, 'garp_interval') || !lacks(group, 'gna_interval') || !group.directive.body) continue;
    const lacking = 'garp_interval or gna_interval';
    const at = headSpan(group.directive);
    yield { block: 'garp_group', at, lacking, consequence: 'keepalived drops the block', mild: false };
  }
}

/** Lists that are there and name nobody. */
function* emptyLists(statements: readonly Statement[]): Generator<MissingKeyword> {
  for (const { keyword, items, directive } of statementsWhere(statements, ({ name }) =>
    emptiable.has(name),
  )) {
    if (!directive.body || items.length > 0) continue;
    const known = keyword!;
    const what = emptiable.get(known.name)!;
    const mild = known.context === 'global_defs' || known.context === 'garp_group';
    const consequence = mild ? 'keepalived reports an error and goes on' : 'keepalived drops it';
    yield { block: known.name, at: headSpan(directive), lacking: what, consequence, mild };
  }
}

const emptiable: ReadonlyMap<string, string> = new Map([
  ['group', 'members'],
  ['interfaces', 'entries'],
  ['notification_email', 'addresses'],
  ['virtual_server_group', 'entries'],
]);

/** What a virtual server may leave to others. */
function isGiven({ args, body }: Statement, name: string, statements: readonly Statement[]): boolean {
  // A mark has the protocol of the packets that are marked; a group may hold marks.
  if (name === 'protocol') {
    if (args[0]?.text !== 'group') return args[0]?.text === 'fwmark';
    const group = statements.find(
      (each) => each.keyword?.name === 'virtual_server_group' && each.args[0]?.text === args[1]?.text,
    );
    return !group || group.items.every((item) => item.name.text === 'fwmark');
  }
  const servers = body.filter(({ keyword: known }) => known?.name === 'real_server');
  return name === 'lb_kind' && servers.length > 0 && servers.every((server) => !lacks(server, 'lvs_method'));
}
