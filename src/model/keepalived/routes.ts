/** The routes and policy rules that move with an instance. */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import { type ItemKind, itemKind } from '../../../grammar/tables/keywords.ts';
import type { Span } from '../../../grammar/text.ts';
import { type Directive, headSpan } from '../../../grammar/tree.ts';
import { parsePrefixed } from '../net.ts';
import type { Instance } from './instance.ts';
import { lastOf } from './settings.ts';

/** A line of virtual_routes or virtual_rules. */
export interface Route {
  readonly kind: 'route' | 'rule';
  /** What it is about, for a message and for finding its like: the destination, or the selectors. */
  readonly subject: string;
  /** Everything that decides where packets go, in one order and spelling. */
  readonly meaning: string;
  readonly at: Span;
}

/** The words that name the link, which may be called differently on each node. */
const links = new Set(['dev', 'oif', 'iif', 'vrf']);

/** The virtual routes and rules of an instance; undefined where one of them is a template's blank. */
export function routesOf({ statement: { body } }: Instance): readonly Route[] | undefined {
  const found: Route[] = [];
  for (const [block, kind] of [
    ['virtual_routes', 'route'],
    ['virtual_rules', 'rule'],
  ] as const) {
    for (const each of body) {
      if (each.keyword?.name !== block) continue;
      for (const item of each.items) {
        if ([item.name, ...item.args].some(({ text }) => isPlaceholder(text))) return undefined;
        found.push(routeOf(item, kind, itemKind(`virtual_${kind}`)!));
      }
    }
  }
  return found;
}

/** The word that opens a block of routes, or the head of the instance. */
export const routeList = ({ statement, head }: Instance, kind: Route['kind']): Span => {
  const block = lastOf(statement.body, kind === 'route' ? 'virtual_routes' : 'virtual_rules');
  return block ? headSpan(block.directive) : head;
};

function routeOf(item: Directive, kind: Route['kind'], { options }: ItemKind): Route {
  const words = [item.name, ...item.args].map(({ text }) => text);
  const parts: string[] = [];
  let subject = '';
  for (let at = 0; at < words.length; ) {
    const word = words[at]!;
    const option = options.get(word);
    const name = option?.aliasOf ?? word;
    if (!option || name === 'to') {
      const text = option ? words[++at] : word;
      at++;
      if (text !== undefined) parts.push(`to ${destination(text)}`);
      if (kind === 'route' && subject === '' && text !== undefined) subject = destination(text);
      continue;
    }
    let count = option.args.length;
    if (option.flags.has('rest')) count = words.length - at - 1;
    // `via inet 10.0.0.1`: the family may be left out.
    else if (option.args[0]?.optional && !option.args[0].values?.includes(words[at + 1] ?? '')) count--;
    const values = words.slice(at + 1, at + 1 + count);
    at += 1 + count;
    if (links.has(name)) continue;
    if (name === 'no_track') continue;
    parts.push([name, ...values.map(destination)].join(' '));
  }
  parts.sort();
  const action = /^(?:table|lookup|goto|preference|priority|order) /;
  return {
    kind,
    subject: kind === 'route' ? subject : parts.filter((part) => !action.test(part)).join(' ') || 'all',
    meaning: parts.join(' '),
    at: headSpan(item),
  };
}

/** One spelling of an address or network, other words as they are. */
function destination(text: string): string {
  if (/^(?:default|any|all|0\.0\.0\.0\/0)$/.test(text)) return 'default';
  const address = parsePrefixed(text);
  if (!address) return text;
  const whole = address.family === 'inet' ? 32 : 128;
  return address.prefix === whole ? address.text : `${address.text}/${address.prefix}`;
}
