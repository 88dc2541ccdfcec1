/** Passes to a name that no upstream has. */
import { isAddress } from '../net.ts';
import { suggest } from '../suggest.ts';
import type { NginxModel } from './index.ts';
import { needsPort, type Pass, targetOf } from './pass.ts';
import type { Upstream } from './server.ts';

/** A pass whose target can only be an upstream that is not there, or a name from the local network. */
export interface LostPass {
  readonly pass: Pass;
  /** The upstream that was probably meant. */
  readonly meant: Upstream | undefined;
  /** Nothing else can be meant. */
  readonly certain: boolean;
  /** Those that lead to the same below it. */
  readonly more: readonly Pass[];
}

type Known = Pick<NginxModel, 'upstreams' | 'passes' | 'complete' | 'mayDefine'>;

/** The passes of a configuration that lead to no upstream and to no address, each target once. */
export function lostPasses(model: Known): readonly LostPass[] {
  const { upstreams, passes } = model;
  const defined = new Set(upstreams.map(({ module, name }) => `${module} ${name.value.toLowerCase()}`));
  const used = new Set(passes.map((pass) => targetOf(pass, upstreams)));
  const found = new Map<string, LostPass & { readonly more: Pass[] }>();
  for (const pass of passes) {
    const host = candidate(pass);
    if (!host || defined.has(`${pass.module} ${host}`)) continue;
    const key = `${pass.module} ${needsPort(pass)} ${targetText(pass)}`;
    const known = found.get(key);
    if (known) known.more.push(pass);
    else if (!model.mayDefine('upstream', host))
      found.set(key, { pass, ...meantBy(host, pass, model, used), more: [] });
  }
  return [...found.values()];
}

/** The host of a pass that can only be an upstream or a name from the local network; undefined for any other. */
function candidate(pass: Pass): string | undefined {
  const { target, hasVariables } = pass;
  const { host, port } = target.value;
  if (hasVariables || !host || /[:*]/.test(host) || isAddress(host)) return undefined;
  if (needsPort(pass) && port === undefined) return targetText(pass).includes(':') ? undefined : host;
  return host === 'localhost' || host.includes('.') ? undefined : host;
}

/** The target of a pass as written. */
export const targetText = ({ target: { at } }: Pass): string => at.source.text.slice(at.start, at.end);

/** One letter makes another name only where names are long enough to tell; or where the other serves nobody. */
function meantBy(
  host: string,
  { module }: Pass,
  { upstreams, complete }: Known,
  used: ReadonlySet<Upstream | undefined>,
): Pick<LostPass, 'meant' | 'certain'> {
  const list = upstreams.filter((each) => each.module === module);
  const near = suggest(
    host,
    list.map(({ name }) => name.value),
  );
  const meant = near?.certain ? list.find(({ name }) => name.value === near.word) : undefined;
  const withoutDigits = (text: string): string => text.toLowerCase().replace(/\d+/g, '');
  if (!meant || withoutDigits(host) === withoutDigits(meant.name.value))
    return { meant: undefined, certain: false };
  const isUsed = used.has(meant);
  // In a fragment the name may well be defined elsewhere, unless its lookalike here would then serve nobody.
  const certain = host.length >= 5 && (complete || !isUsed);
  return { meant: certain || (complete && !isUsed) ? meant : undefined, certain };
}
