/** What limits count by, and who may turn away by what a client says of itself. */
import type { Span } from '../../../grammar/text.ts';
import { type Directive, headSpan } from '../../../grammar/tree.ts';
import { isRefusal } from './access.ts';
import { conditionOf } from './condition.ts';
import type { Flow, Step } from './flow/index.ts';
import type { Statement } from './statement.ts';
import type { SettersOf } from './variable-values.ts';
import { definedZones, usedZones } from './zones.ts';

/** Headers by which proxies tell a client's address, and which any client can send itself. */
const claimed =
  /^(?:http_x_forwarded_for|http_x_real_ip|http_client_ip|http_x_client_ip|http_true_client_ip|http_cf_connecting_ip|proxy_add_x_forwarded_for)$/;

/** Those that a content delivery network always overwrites: only who goes past it can choose them. */
const ofNetwork = /^http_(?:true_client_ip|cf_connecting_ip)$/;

interface Model {
  readonly named: (name: string) => readonly Statement[];
  readonly servers: readonly unknown[];
  readonly settersOf: SettersOf;
  readonly flow: Flow;
  readonly entries: (statement: Statement) => Iterable<Directive>;
}

/** A key that consists of nothing but what a client claims. */
export interface ClaimedKey {
  readonly statement: Statement;
  readonly variable: string;
  /** Every client can send it, and not only one that reaches nginx past the network that writes it. */
  readonly isFree: boolean;
  readonly trail: readonly Step[];
}

/** Every limit that counts by an address which a client claims. A zone that none of the servers uses limits nothing. */
export function* limitKeys({ named, flow, servers, settersOf }: Model): Generator<ClaimedKey> {
  const used = new Set([...usedZones(named)].map(({ kind, name }) => `${kind} ${name.value}`));
  const unused = new Set(
    [...definedZones(named)]
      .filter(({ kind, name }) => servers.length > 0 && !used.has(`${kind} ${name.value}`))
      .map(({ statement }) => statement),
  );
  for (const name of ['limit_req_zone', 'limit_conn_zone']) {
    for (const statement of named(name)) {
      const text = statement.directive.args[0]?.text ?? '';
      if (!text.includes('$') || unused.has(statement)) continue;
      const outcomes = flow.outcomes(statement, text).filter((outcome) => outcome.length > 0);
      const areClaimed = outcomes.filter((outcome) =>
        outcome.every(
          ({ kind, variable, text }) =>
            (kind === 'client' && claimed.test(variable)) || (kind === 'text' && text === ''),
        ),
      );
      const part = areClaimed.flat().find(({ kind }) => kind === 'client');
      if (part && (areClaimed.length === outcomes.length || isChosenByClaim(text, settersOf))) {
        const { variable, trail } = part;
        yield { statement, variable, isFree: !ofNetwork.test(variable), trail };
      }
    }
  }
}

/** Whether the text is a map's, and the map goes by what the client claims: whoever claims it does not get the other texts. */
const isChosenByClaim = (text: string, settersOf: SettersOf): boolean =>
  /^\$\{?\w+\}?$/.test(text) &&
  settersOf(bare(text), 'http').some(
    ({ name, directive: { args } }) => name === 'map' && claimed.test(bare(args[0]?.text)),
  );

/** A decision about access by an address that a client claims. */
export interface ClaimedAccess {
  readonly at: Span;
  readonly variable: string;
  readonly related: readonly Step[];
}

const bare = (text: string | undefined): string => (text ?? '').replace(/[${}]/g, '').toLowerCase();

/** Every geo, and every condition that turns away, by an address that a client claims. */
export function* claimedAccess({ named, entries }: Model): Generator<ClaimedAccess> {
  const choosers = new Map<string, Statement>();
  for (const name of ['map', 'geo']) {
    for (const statement of named(name)) {
      const { args } = statement.directive;
      if (args.length === 2 && claimed.test(bare(args[0]?.text)))
        choosers.set(bare(args[1]?.text), statement);
    }
  }
  if (choosers.size > 0) {
    for (const { directive } of named('auth_basic')) {
      const word = directive.args[0]?.text ?? '';
      const chooser = /^\$\{?\w+\}?$/.test(word) ? choosers.get(bare(word)) : undefined;
      // Another text than `off` only names the realm.
      if (!chooser || ![...entries(chooser)].some(({ args }) => args[0]?.text === 'off')) continue;
      const variable = bare(chooser.directive.args[0]?.text);
      const note = `${word} comes from $${variable}`;
      yield { at: headSpan(directive), variable, related: [{ at: headSpan(chooser.directive), note }] };
    }
  }
  for (const statement of named('if')) {
    if (!statement.body.some(isRefusal)) continue;
    const condition = conditionOf(statement.directive);
    if (!condition) continue;
    const at = headSpan(statement.directive);
    const chooser = choosers.get(condition.variable);
    // Whether the header is there at all tells who did not come through a proxy.
    if (condition.test === '=' && /^(?:"")?$/.test(condition.value.text)) continue;
    if (claimed.test(condition.variable) && condition.test !== 'bare') {
      yield { at, variable: condition.variable, related: [] };
    } else if (chooser) {
      const variable = bare(chooser.directive.args[0]?.text);
      const note = `$${condition.variable} comes from $${variable}`;
      yield { at, variable, related: [{ at: headSpan(chooser.directive), note }] };
    }
  }
}
