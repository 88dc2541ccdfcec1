/** A keepalived configuration: the main file and all it includes (lib/parser.c: open_conf_file(), include types). */
import { posix } from 'node:path';
import { maxMade, parseKeepalived } from '../../grammar/keepalived/index.ts';
import { isPlaceholder } from '../../grammar/repair/index.ts';
import type { Source, Span } from '../../grammar/text.ts';
import type { IncludeProblem } from '../model/syntax.ts';
import { isUnread } from './disk.ts';
import { alternatives, fixedFolder, glob, isPattern, unescaped } from './glob.ts';
import { idsOf } from './ids.ts';
import { bounds } from './include-nginx.ts';
import { isOfOther } from './language.ts';
import type { KeepalivedFiles } from './loaded.ts';
import { followed, type Home, place } from './place.ts';

/** What was read for a main file. */
export interface KeepalivedRead {
  readonly keepalived: Omit<KeepalivedFiles, 'scripts'>;
  /** Real paths of what it includes, itself not counted. */
  readonly included: ReadonlySet<string>;
}

/** What makes an include fail the start: `read` a folder or program, `match` no such name, and so on. */
type Check = 'read' | 'match' | 'wildcard_match' | 'brace_match';
const allChecks: readonly Check[] = ['read', 'match', 'wildcard_match', 'brace_match'];
const byLetter: Readonly<Record<string, readonly Check[]>> = {
  '': [],
  r: ['read'],
  m: ['read', 'match'],
  w: ['read', 'match', 'wildcard_match'],
  b: ['read', 'brace_match'],
  a: allChecks,
};

/** A file as it was included. */
interface Entry {
  readonly path: string;
  readonly source: Source;
  /** Those that include it. */
  readonly parents: Set<Entry>;
  depth: number;
  /** What include_check said before the first include of it. */
  readonly checks: readonly Check[];
}

/** Reads the configuration whose main file is `main`; `configId` is the daemon's, undefined where nobody knows it. */
export function readKeepalived(
  home: Home,
  main: string,
  mainSource: Source,
  configId: string | undefined,
): KeepalivedRead {
  const { reader } = home;
  const problems: IncludeProblem[] = [];
  const entries = new Map<string, Entry>();
  const bySource = new Map<Source, Entry>();
  let complete = true;
  let files = 0;
  let characters = 0;
  // Where the main file itself carries an execute bit (a share, an archive of another system) the bits mean nothing.
  const modesCount = !reader.fs.status(main).executable;

  const enter = (path: string, source: Source, depth: number, checks: readonly Check[]): Entry => {
    const entry: Entry = { path, source, parents: new Set(), depth, checks };
    entries.set(reader.fs.realPath(path), entry);
    bySource.set(source, entry);
    return entry;
  };

  const include = (pattern: string, at: Span): readonly Source[] => {
    const from = bySource.get(at.source)!;
    const letter = /^include([rmwba]?)\b/.exec(at.source.text.slice(at.start, at.start + 10))?.[1] ?? '';
    const inherited = checksBefore(from, at.start);
    const checks = new Set([...byLetter[letter]!, ...inherited]);
    const report = (kind: IncludeProblem['kind'], detail: string, fatal: boolean): void => {
      if (problems.some((each) => each.kind === kind && each.pattern === pattern && sameSpan(each.at, at)))
        return;
      problems.push({ kind, at, pattern, detail, fatal });
    };
    const unknown = (detail: string): void => {
      complete = false;
      report('unknown', detail, false);
    };
    if (isPlaceholder(pattern)) {
      unknown('its name is filled in by a template');
      return [];
    }
    const folder = from.path === main ? home.folder : posix.dirname(from.path);
    const parts = alternatives(pattern);
    const sources: Source[] = [];
    for (const part of parts) {
      const path = place(part.startsWith('/') ? home : { ...home, folder }, part);
      if (path === undefined) {
        unknown('lies outside the given files');
        continue;
      }
      const paths = glob(reader.fs, path);
      if (paths.length === 0) {
        // 2.2.7: a wildcard in a folder that does not exist counts as a missing name.
        const wild = isPattern(part) && reader.fs.status(fixedFolder(path)).kind === 'directory';
        const check = parts.length > 1 ? 'brace_match' : wild ? 'wildcard_match' : 'match';
        if (!wild) complete = false;
        if (parts.length > 1 && wild) continue;
        const detail = wild
          ? `nothing matches ${reader.shown(path)}`
          : `no file ${reader.shown(unescaped(path))}`;
        if (!wild || checks.has(check)) report('missing', detail, checks.has(check));
      }
      for (const found of paths) {
        const target = followed(home, found);
        if (target === undefined)
          unknown(`${reader.shown(found)} is a link that leads outside the given files`);
        else sources.push(...read(target, from, inherited, checks, report));
      }
    }
    return sources;
  };

  /** The file at `path`, if the daemon would read it. */
  const read = (
    path: string,
    from: Entry,
    inherited: readonly Check[],
    checks: ReadonlySet<Check>,
    report: (kind: IncludeProblem['kind'], detail: string, fatal: boolean) => void,
  ): readonly Source[] => {
    const name = reader.shown(path);
    const status = reader.fs.status(path);
    if (status.kind === 'file' && status.executable && modesCount) {
      report('unreadable', `${name}: executable, so keepalived skips it`, checks.has('read'));
      return [];
    }
    const known = entries.get(reader.fs.realPath(path));
    const chain = known && chainTo(from, known);
    if (chain) {
      // keepalived opens it until no file descriptor is left.
      report(
        'cycle',
        [known, ...chain].map((each) => reader.shown(each.path)).join(' → '),
        checks.has('read'),
      );
      return [];
    }
    const source = known?.source ?? reader.source(path);
    if (isUnread(source)) {
      // What the daemon skips as well is no loss; what only we may not read is.
      if (source.kind !== 'unreadable') complete = false;
      const fatal = source.kind !== 'denied' && checks.has('read');
      report(source.kind === 'large' ? 'bound' : 'unreadable', `${name}: ${source.reason}`, fatal);
      return [];
    }
    if (!known && isOfOther('keepalived', path, source.text)) {
      complete = false;
      report('foreign', name, false);
      return [];
    }
    const deep = from.depth + 1 > bounds.depth;
    if (deep || ++files > bounds.files || characters + source.text.length > bounds.characters) {
      complete = false;
      const most = deep
        ? `${bounds.depth} files deep`
        : files > bounds.files
          ? `${bounds.files} files`
          : '256 MiB';
      report('bound', `more than ${most}`, false);
      return [];
    }
    characters += source.text.length;
    const entry = known ?? enter(path, source, from.depth + 1, inherited);
    entry.parents.add(from);
    entry.depth = Math.max(entry.depth, from.depth + 1);
    return [source];
  };

  enter(main, mainSource, 1, []);
  const cut = (at: Span): void => {
    complete = false;
    const detail = `definitions and repetitions make more than ${maxMade / 1024 / 1024} MiB`;
    problems.push({ kind: 'bound', at, pattern: 'the rest', detail, fatal: false });
  };
  const file = parseKeepalived(mainSource, { configId, include, cut });
  const sources = [...entries.values()].map(({ source }) => source);
  // Without the id its lines are left out, but nobody said that they should be.
  if (configId === undefined && sources.some(({ text }) => idsOf(text).all.length > 0)) complete = false;
  const real = reader.fs.realPath(main);
  return {
    keepalived: {
      syntax: {
        language: 'keepalived',
        file,
        oddities: file.oddities,
        includeProblems: problems,
      },
      sources,
      complete,
    },
    included: new Set([...entries.keys()].filter((path) => path !== real)),
  };
}

const sameSpan = (a: Span, b: Span): boolean =>
  a.source === b.source && a.start === b.start && a.end === b.end;

/** The way of includes from `target` down to `from`, if there is one: `from` must then not include `target`. */
function chainTo(from: Entry, target: Entry): readonly Entry[] | undefined {
  const ways: (readonly Entry[])[] = [[from]];
  const seen = new Set([from]);
  for (let way = ways.shift(); way; way = ways.shift()) {
    if (way[0] === target) return [...way.slice(1), target];
    for (const parent of way[0]!.parents) {
      if (!seen.has(parent)) ways.push([parent, ...way]);
      seen.add(parent);
    }
  }
  return undefined;
}

/** What holds at `offset`: include_check counts for the includes after it, in its file and in those that it includes. */
function checksBefore({ source, checks }: Entry, offset: number): readonly Check[] {
  let result = checks;
  if (!source.text.includes('include_check')) return result;
  for (const [, rest] of source.text.slice(0, offset).matchAll(/^[ \t]*include_check\b([^\n#!]*)/gm)) {
    const words = rest!.split(/\s+/).filter((word) => word !== '');
    const signed = /^[+-]/.test(words[0] ?? '');
    const set = new Set<Check>(words.length === 0 ? allChecks : signed ? result : []);
    for (const word of words) {
      const check = allChecks.find((each) => each === word.replace(/^[+-]/, ''));
      if (check && word.startsWith('-')) set.delete(check);
      else if (check) set.add(check);
    }
    // Tried on 2.2.7: whoever asks for a match refuses a folder, too.
    if (set.size > 0) set.add('read');
    result = [...set];
  }
  return result;
}
