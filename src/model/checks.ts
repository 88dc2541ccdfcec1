/** How the health checks and notify scripts of a router's nodes differ. */
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import { type Neutral, neutralFor } from './identity.ts';
import {
  effectiveWeight,
  idleTrackers,
  lastOf,
  type Statement,
  syncGroupOf,
  type Tracker,
  trackedBy,
  trackersFor,
  valueSpan,
  weightGround,
} from './keepalived/index.ts';
import type { Ground } from './located.ts';
import { deviations, type Member, type VirtualRouter } from './router.ts';

/** Something that a node watches for an instance. */
interface Check {
  readonly kind: Tracker['kind'];
  /** The instance's own interface, which it watches anyway: another one may have been meant. */
  readonly isOwn: boolean;
  readonly name: string;
  readonly at: Span;
  /** The program or process that it looks at; undefined where that is not known. */
  readonly subject: string | undefined;
  readonly subjectAt: Span | undefined;
  /** The head of its definition, and the line that says what it looks at; else where it is tracked. */
  readonly definedAt: readonly Span[];
  /** Its settings by name, as far as they are known. */
  readonly settings: ReadonlyMap<string, CheckSetting>;
}

interface CheckSetting {
  readonly value: string;
  readonly at: Span;
  readonly ground: Ground;
}

/** One way in which a node's checks are not those of another. */
export interface CheckDifference {
  /** `missing`, `extra`: on one node only; `other`: it looks at something else; `setting`: it does so in another way. */
  readonly kind: 'missing' | 'extra' | 'other' | 'setting';
  readonly member: Member;
  readonly other: Member;
  readonly name: string;
  readonly at: Span;
  readonly expected: Span | undefined;
  /** For `other` and `setting`: what differs, and both values. */
  readonly what: string;
  readonly values: readonly [here: string, there: string];
  /** What it rests on, on either node. */
  readonly grounds: readonly Ground[];
}

/** The settings that are compared, with what they are where nobody says it; a script may take as long as its interval. */
const settingsOf: Readonly<
  Partial<Record<Tracker['kind'], readonly (readonly [word: string, fallback: string])[]>>
> = {
  script: [
    ['interval', '1'],
    ['timeout', 'interval'],
    ['fall', '1'],
    ['rise', '1'],
  ],
  process: [['quorum', '1']],
};

/** The differences of one router, all of a node together. */
export function checkDifferences({ members }: VirtualRouter): readonly (readonly CheckDifference[])[] {
  const neutral = neutralFor(nodesOf(members));
  const read = (member: Member): readonly Check[] | undefined =>
    member.node.keepalived?.complete && tracksKnown(member) ? checksOf(member, neutral) : undefined;
  const key = (checks: readonly Check[]): string =>
    checks
      .filter(({ isOwn }) => !isOwn)
      .map(({ kind, subject, name, settings }) =>
        [kind, subject ?? name, ...[...settings].map(([word, { value }]) => `${word} ${value}`)].join(' '),
      )
      .sort()
      .join('\n');
  return deviations(members, read, key).flatMap(({ member, value, other, expected }) => {
    const untracked = (kind: CheckDifference['kind']): readonly Ground[] =>
      kind === 'missing' || kind === 'extra'
        ? [{ ...(kind === 'missing' ? member : other).instance.head, lacks: 'tracker' }]
        : [];
    const found = compared(value, expected)
      .filter(({ kind, name }) => {
        const [holder, lacking] = kind === 'missing' ? [other, member] : [member, other];
        const isAlone = kind === 'missing' || kind === 'extra';
        return !isAlone || !(isIdle(lacking, name) || isOfGroup(holder, lacking, name));
      })
      .map((each) => ({ ...each, member, other, grounds: [...each.grounds, ...untracked(each.kind)] }));
    return found.length > 0 ? [found] : [];
  });
}

/** Everything that an instance tracks is defined: else that is the fault, and it is said already. */
export const tracksKnown = ({ node, instance }: Member): boolean =>
  trackersFor(node.keepalived!, instance).every((tracker) => {
    if (tracker.kind === 'interface') return true;
    const object = trackedBy(node.keepalived!, tracker);
    return object && (tracker.kind !== 'script' || lastOf(object.statement.body, 'script'));
  });

/** It is defined on the node, and nothing there tracks it: that is said of the node alone. */
const isIdle = ({ node }: Member, name: string): boolean =>
  idleTrackers(node.keepalived!.references).some((each) => each.name.value === name);

/** The holder tracks it with a sync group that the other is not in: that group is what differs. */
const isOfGroup = (holder: Member, lacking: Member, tracked: string): boolean =>
  isGrouped(holder) &&
  !isGrouped(lacking) &&
  !holder.instance.trackers.some(({ name }) => name.value === tracked);

const isGrouped = ({ node, instance }: Member): boolean =>
  syncGroupOf(node.keepalived!, instance) !== undefined;

const nodesOf = (members: readonly Member[]): readonly Member['node'][] => members.map(({ node }) => node);

/** What an instance watches, its own interface last: whatever else there is has its counterpart first. */
function checksOf({ node, instance }: Member, neutral: Neutral): readonly Check[] {
  const model = node.keepalived!;
  const isOwn = ({ kind, name }: Tracker): boolean =>
    kind === 'interface' && name.value === instance.interface.value;
  const trackers = trackersFor(model, instance);
  const ordered = [...trackers.filter((each) => !isOwn(each)), ...trackers.filter(isOwn)];
  return ordered.map((tracker) => {
    const object = trackedBy(model, tracker)?.statement;
    const settings = new Map<string, CheckSetting>();
    const { at } = tracker.name;
    const weight = effectiveWeight(tracker, object);
    if (weight !== undefined && !isOwn(tracker)) {
      const ground = weightGround(tracker, object);
      settings.set('weight', { value: `${weight}`, at: ground.lacks === undefined ? ground : at, ground });
    }
    for (const [word, fallback] of (object && settingsOf[tracker.kind]) ?? []) {
      const line = lastOf(object!.body, word);
      const otherwise = settings.get(fallback)?.value ?? fallback;
      const value = Number(line ? line.args[0]?.text : otherwise);
      const ground = line ? valueSpan(line) : { ...headSpan(object!.directive), lacks: word };
      if (Number.isFinite(value))
        settings.set(word, { value: `${value}`, at: line ? valueSpan(line) : at, ground });
    }
    return {
      kind: tracker.kind,
      isOwn: isOwn(tracker),
      name: tracker.name.value,
      at: tracker.name.at,
      subject: object && subjectOf(tracker.kind, object, neutral),
      subjectAt: placeOf(object && subjectLine(tracker.kind, object)),
      definedAt: object ? [headSpan(object.directive), ...linesOf(subjectLine(tracker.kind, object))] : [at],
      settings,
    };
  });
}

/** The line that says what an object looks at. */
const subjectLine = (kind: Tracker['kind'], { body }: Statement): Statement | undefined =>
  lastOf(body, kind === 'process' ? 'process' : kind === 'file' ? 'file' : 'script');

const linesOf = (line: Statement | undefined): readonly Span[] => (line ? [headSpan(line.directive)] : []);

const placeOf = (line: Statement | undefined): Span | undefined => line && valueSpan(line);

/** The base name of the program: where a script lies is each node's own affair, and so are its arguments. */
function subjectOf(kind: Tracker['kind'], object: Statement, neutral: Neutral): string | undefined {
  const line = subjectLine(kind, object);
  const words = line?.args.flatMap(({ text }) => text.trim().split(/\s+/)) ?? [];
  const program = words.find((word) => !/^(?:sudo|timeout|env|(?:\S*\/)?(?:ba)?sh|-\S*|\d+\w?)$/.test(word));
  if (program === undefined) return undefined;
  // `check-web-1.sh` on one node and `check-web-2.sh` on the other: each node has its own.
  const base = neutral(program.slice(program.lastIndexOf('/') + 1)).replace(/[-_]0?\d(?=\.\w+$|$)/, '');
  // A process with parameters is another one than the same without.
  if (kind === 'process')
    return [base, ...words.slice(words.indexOf(program) + 1).map((word) => neutral(word))].join(' ');
  // What is asked of such a program is the check.
  if (/^(?:killall|pidof|pgrep|pkill|systemctl|service)$/.test(base)) {
    const asked = words
      .slice(words.indexOf(program) + 1)
      .filter((word) => !/^(?:-\S+|\d|status|is-active)$/.test(word));
    return asked.length > 0
      ? `process ${asked.map((word) => word.slice(word.lastIndexOf('/') + 1)).join(' ')}`
      : base;
  }
  // Another gateway is another check; `-c 1` and the like are how it is asked.
  if (/^(?:fping|ping6?|arping)$/.test(base))
    return [base, ...words.filter((word) => /\d[.:]/.test(word) && /^[\w.:]+$/.test(word)).map(neutral)].join(
      ' ',
    );
  if (/^(?:curl|wget)$/.test(base)) return words.map((word) => ownUrl(neutral(word))).find(Boolean) ?? base;
  return base;
}

/** What is asked of the node itself, less how its address is written and what follows a `?`. */
function ownUrl(word: string): string | undefined {
  const [, scheme, port, path = '/'] =
    /^["']?(https?):\/\/(?:localhost|127(?:\.\d+){3}|\[::1\]|\0)(?::(\d+))?(\/[^?#"']*)?/i.exec(word) ?? [];
  if (scheme === undefined) return undefined;
  return `localhost:${port ?? (scheme.toLowerCase() === 'http' ? '80' : '443')}${path}`;
}

type Found = Omit<CheckDifference, 'member' | 'other'>;

function compared(mine: readonly Check[], theirs: readonly Check[]): readonly Found[] {
  const found: Found[] = [];
  const rest = new Set(theirs);
  const alone: Check[] = [];
  const take = (test: (each: Check) => boolean): Check | undefined => {
    for (const each of rest) {
      if (!test(each)) continue;
      rest.delete(each);
      return each;
    }
    return undefined;
  };
  for (const check of mine) {
    const pair =
      take(
        ({ kind, name, subject, isOwn }) =>
          kind === check.kind && name === check.name && subject === check.subject && isOwn === check.isOwn,
      ) ??
      take(
        ({ kind, subject }) => kind === check.kind && subject !== undefined && subject === check.subject,
      ) ??
      take(({ kind, name, isOwn }) => kind === check.kind && name === check.name && isOwn === check.isOwn);
    if (pair) found.push(...paired(check, pair));
    else alone.push(check);
  }
  for (const check of alone) {
    // Interfaces are called differently on each machine, and a process may be watched by a script as well.
    const pair = take(
      ({ kind, subject }) =>
        (kind === check.kind && kind === 'interface') ||
        (subject !== undefined && processOf(subject) === processOf(check.subject ?? '')),
    );
    if (!pair && !check.isOwn)
      found.push({
        kind: 'extra',
        name: check.name,
        at: check.at,
        expected: undefined,
        what: '',
        values: ['', ''],
        grounds: [check.at],
      });
  }
  for (const check of rest) {
    if (check.isOwn) continue;
    found.push({
      kind: 'missing',
      name: check.name,
      at: check.at,
      expected: check.at,
      what: '',
      values: ['', ''],
      grounds: [check.at],
    });
  }
  return found;
}

const processOf = (subject: string): string | undefined => subject.replace(/^process /, '').split(' ')[0];

function paired(check: Check, pair: Check): readonly Found[] {
  const { name, at } = check;
  if (check.subject !== pair.subject && check.subject !== undefined && pair.subject !== undefined) {
    const values = [check.subject.replaceAll('\0', ''), pair.subject.replaceAll('\0', '')] as const;
    const grounds = [...check.definedAt, ...pair.definedAt];
    const [place, expected] = [check.subjectAt ?? at, pair.subjectAt ?? pair.at];
    return [{ kind: 'other', name, at: place, expected, what: 'looks at', values, grounds }];
  }
  return [...check.settings].flatMap(([what, { value, at: place, ground }]): Found[] => {
    const other = pair.settings.get(what);
    if (!other || other.value === value) return [];
    // What both leave to another setting differs with that.
    if (ground.lacks !== undefined && other.ground.lacks === ground.lacks) return [];
    const values = [value, other.value] as const;
    const grounds = [ground, other.ground];
    return [{ kind: 'setting', name, at: place, expected: other.at, what, values, grounds }];
  });
}

/** A notify script that only some nodes of a router have, or that is another one. */
export interface NotifyDifference {
  readonly member: Member;
  readonly other: Member;
  /** `notify_master` and so on. */
  readonly names: readonly string[];
  readonly at: Span;
  readonly expected: Span | undefined;
}

/** Where the notify scripts of a router stand on a node: its instance, and the sync group that it is in. */
export function notifyBlocks({ node, instance }: Member): readonly Span[] {
  const group = syncGroupOf(node.keepalived!, instance);
  return group ? [instance.head, headSpan(group.statement.directive)] : [instance.head];
}

const stateIn = (word: string): readonly string[] =>
  /^["']?(?:master|backup|fault|stop)["']?$/i.test(word) ? [word.toLowerCase().replace(/\W/g, '')] : [];

/** How the notify scripts of a router's nodes differ: by event and by the name of the program. */
export function notifyDifferences({ members }: VirtualRouter): readonly NotifyDifference[] {
  const neutral = neutralFor(nodesOf(members));
  const read = (member: Member): ReadonlyMap<string, { program: string; at: Span }> | undefined => {
    const model = member.node.keepalived;
    if (!model?.complete) return undefined;
    const lines = [...(syncGroupOf(model, member.instance)?.notifiers ?? []), ...member.instance.notifiers];
    return new Map(
      lines.map((line) => {
        const words = line.args[0]?.text.trim().split(/\s+/) ?? [];
        const program = words.find((word) => !/^(?:\S*\/)?(?:ba)?sh$/.test(word)) ?? '';
        const event = line.keyword!.name;
        // Arguments are the node's own affair, but for the state of which is told.
        const states = event === 'notify' ? [] : words.flatMap(stateIn);
        const base = [neutral(program.slice(program.lastIndexOf('/') + 1)), ...states].join(' ');
        return [event, { program: base, at: valueSpan(line) }];
      }),
    );
  };
  const key = (map: ReadonlyMap<string, { program: string }>): string =>
    [...map]
      .map(([name, { program }]) => `${name} ${program}`)
      .sort()
      .join('\n');
  return deviations(members, read, key).flatMap(({ member, value, other, expected }): NotifyDifference[] => {
    // A group that one of them is not in has its finding, and its scripts go with it.
    if (isGrouped(member) !== isGrouped(other)) return [];
    const names = [...new Set([...value.keys(), ...expected.keys()])].filter(
      (name) => value.get(name)?.program !== expected.get(name)?.program,
    );
    const [first = ''] = names;
    const at = value.get(first)?.at ?? member.instance.head;
    return [{ member, other, names, at, expected: expected.get(first)?.at }];
  });
}
