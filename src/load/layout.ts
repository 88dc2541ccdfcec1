/** Which file belongs to which node. */
import { groupBy } from '../../grammar/group-by.ts';
import { isFragmentPath } from './language.ts';
import { labelKey, namesFor, uniqueNames } from './names.ts';
import type { Found } from './scan.ts';

/** A configuration file with what the operator said of it. */
export interface Input extends Found {
  /** The node of `NODE=PATH`. */
  readonly node: string | undefined;
  /** The ids of the machines that it serves by `@id` lines, when it makes more than one node. */
  readonly ids: readonly string[];
}

/** A node before its files are read. */
export interface Plan<T extends Input> {
  readonly name: string;
  readonly keepalived: T | undefined;
  /** The id that the operator or the file names; undefined when only the node's own name can tell. */
  readonly configId: string | undefined;
  readonly nginx: readonly T[];
  readonly host: readonly T[];
}

interface Draft<T> {
  readonly node: string | undefined;
  readonly home: string;
  readonly label: string;
  readonly names: readonly string[];
  keepalived: T | undefined;
  readonly configId: string | undefined;
  readonly nginx: T[];
  readonly host: T[];
}

/** Sorts files into nodes; `surplus` are keepalived files of nodes that have one already. */
export function layout<T extends Input>(
  inputs: readonly T[],
): { plans: readonly Plan<T>[]; surplus: readonly T[] } {
  const drafts: Draft<T>[] = [];
  const surplus: T[] = [];
  const named = (input: T): Draft<T> => {
    const known = drafts.find(({ node }) => node === input.node);
    if (known) return known;
    const draft = draftOf(input, []);
    drafts.push(draft);
    return draft;
  };
  const keepalived = inputs.filter(({ language }) => language === 'keepalived');
  const nginx = inputs.filter(({ language }) => language === 'nginx');
  const mains = nginx.filter(({ main }) => main);
  const [keepalivedAt, mainsAt] = [keepalived, mains].map(byHome) as [ByHome<T>, ByHome<T>];

  for (const input of keepalived) {
    if (input.node !== undefined) {
      const draft = named(input);
      const [first, second] =
        draft.keepalived && draft.keepalived.label !== '' && input.label === ''
          ? [input, draft.keepalived]
          : [draft.keepalived ?? input, input];
      draft.keepalived = first;
      if (second !== first) surplus.push(second);
      continue;
    }
    const names = namesOf(input, keepalivedAt);
    if (input.ids.length === 0) drafts.push({ ...draftOf(input, names), keepalived: input });
    else {
      for (const configId of input.ids) {
        drafts.push({ ...draftOf(input, [configId, ...names]), keepalived: input, configId });
      }
    }
  }
  const balancers = drafts.filter((draft) => draft.keepalived);
  const balancersAt = byHome(balancers);

  // Main files first: a fragment goes where the main file of its folder went.
  for (const input of [...mains, ...nginx.filter(({ main }) => !main)]) {
    for (const draft of input.node !== undefined ? [named(input)] : owners(input)) draft.nginx.push(input);
  }
  for (const input of inputs.filter(({ language }) => language === 'host')) {
    for (const draft of input.node !== undefined ? [named(input)] : hosts(input)) draft.host.push(input);
  }

  function owners(input: T): readonly Draft<T>[] {
    const near = balancersAt.get(input.home) ?? [];
    const key = labelKey(input.label);
    const same = (near.length > 0 ? near : balancers).filter(
      ({ label }) => key !== '' && labelKey(label) === key,
    );
    if (same.length > 0 && input.main) return same;
    if (near.length > 0) return near;
    const proxies = drafts.filter(({ keepalived, home }) => !keepalived && home === input.home);
    const together =
      input.met ||
      isFragmentPath(input.path) ||
      proxies.some((draft) => draft.nginx.some(({ main }) => main));
    if (!input.main && proxies.length > 0 && together) return proxies;
    // The only nginx of the run, kept elsewhere: what all balancers run.
    const others = nginx.filter(
      (each) => each.home !== input.home || each.node !== undefined || (each.main && each !== input),
    );
    if (others.length === 0 && !input.own && balancers.length > 0) return balancers;
    const draft = draftOf(input, namesOf(input, mainsAt));
    drafts.push(draft);
    return [draft];
  }

  /** The machines that a host file is of: those of its folder, and of these the one that its name tells, if any. */
  function hosts(input: T): readonly Draft<T>[] {
    const near = drafts.filter(({ home }) => home === input.home);
    const key = labelKey(input.label);
    const same = (near.length > 0 ? near : input.own ? [] : drafts).filter(
      ({ label, names, node }) =>
        key !== '' && (labelKey(label) === key || (node ?? names[0])?.toLowerCase() === key),
    );
    if (same.length > 0) return same;
    if (near.length > 0) return near;
    if (drafts.length === 1 && !input.own) return drafts;
    const draft = draftOf({ ...input, label: '' }, namesFor('', input.home));
    drafts.push(draft);
    return [draft];
  }

  const fixed = drafts.flatMap(({ node }) => node ?? []);
  const free = drafts.filter(({ node }) => node === undefined);
  const unique = uniqueNames(
    free.map((draft) => draft.names),
    fixed,
  );
  const names = new Map(free.map((draft, index) => [draft, unique[index]!]));
  return {
    plans: drafts.map((draft) => ({
      name: draft.node ?? names.get(draft)!,
      keepalived: draft.keepalived,
      configId: draft.configId,
      nginx: draft.nginx,
      host: draft.host,
    })),
    surplus,
  };
}

type ByHome<T> = ReadonlyMap<string, readonly T[]>;

/** What lies in the folder of each machine. */
const byHome = <T extends { readonly home: string }>(list: readonly T[]): ByHome<T> =>
  groupBy(list, ({ home }) => home);

const draftOf = <T extends Input>({ node, home, label }: T, names: readonly string[]): Draft<T> => ({
  node,
  home,
  label,
  names,
  keepalived: undefined,
  configId: undefined,
  nginx: [],
  host: [],
});

/** A file's own name when the operator named it or it shares its folder with others of its kind, else the folder's. */
function namesOf(input: Input, kind: ByHome<Input>): readonly string[] {
  const alone = (kind.get(input.home) ?? []).filter(({ node }) => node === undefined).length < 2;
  const byFolder = (input.met && alone) || (!input.main && isFragmentPath(input.path));
  return namesFor(byFolder ? '' : input.label, input.home);
}
