/** Versions of keepalived that judge the same advert differently. */
import { hmacOf, transportOf } from './keepalived/index.ts';
import { type Deviation, deviations, type Member, type VirtualRouter } from './router.ts';
import { atLeast, showVersion } from './version.ts';

/** Something that changed in a release. */
interface Change {
  readonly since: string;
  /** What the two make of it, for a message. */
  readonly effect: string;
  /** Whether an instance relies on it. */
  readonly matters: (member: Member) => boolean;
}

const changes: readonly Change[] = [
  {
    since: '1.3.7',
    effect: 'their checksums differ',
    matters: ({ node, instance }) =>
      instance.version.value === 3 &&
      instance.family === 'inet' &&
      transportOf(node.keepalived!, instance).kind === 'unicast',
  },
  {
    since: '2.4.0',
    effect: 'the older one drops signed adverts',
    matters: ({ instance }) => hmacOf(instance) !== undefined,
  },
  { since: '2.3.3', effect: 'they treat other addresses differently', matters: () => true },
];

/** Nodes of a router whose stated versions lie on both sides of such a change. */
export const versionSkew = ({
  members,
}: VirtualRouter): readonly (Deviation<string> & { readonly change: Change })[] => {
  const version = ({ node }: Member) => node.keepalived?.version;
  for (const change of changes) {
    const known = members.filter((member) => version(member) !== undefined);
    const sides = new Set(known.map((member) => atLeast(version(member), change.since)));
    if (sides.size < 2 || !members.some(change.matters)) continue;
    const side = new Map(
      known.map((member) => [showVersion(version(member)!), atLeast(version(member), change.since)]),
    );
    return deviations(
      members,
      (member) => version(member) && showVersion(version(member)!),
      (text) => side.get(text),
    ).map((each) => ({ ...each, change }));
  }
  return [];
};
