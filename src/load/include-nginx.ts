/** An nginx configuration: the main file and all it includes, as nginx finds them (ngx_conf_include()). */
import { posix } from 'node:path';
import { isPlaceholder } from '../../grammar/repair/index.ts';
import { position } from '../../grammar/text.ts';
import { type Directive, type File, walk, wordSpan } from '../../grammar/tree.ts';
import type { IncludeProblem, Syntax } from '../model/syntax.ts';
import { isUnread } from './disk.ts';
import { fixedFolder, glob, isPattern } from './glob.ts';
import { isOfOther } from './language.ts';
import type { NginxFiles } from './loaded.ts';
import { followed, type Home, isLive, place } from './place.ts';
import { shippedFile } from './shipped.ts';

/** Includes stop here: the daemons have no bound of their own and die of it. */
export const bounds = { depth: 64, files: 10_000, characters: 256 * 1024 * 1024 };

/** What was read for a main file. */
export interface NginxRead {
  readonly nginx: NginxFiles;
  /** Real paths of what it includes, itself not counted. */
  readonly included: ReadonlySet<string>;
  /** Files that packages ship, that are not there and that could matter. */
  readonly absent: readonly string[];
}

/** A file and what its includes amount to when each is written out in its place. */
interface Visit {
  readonly file: File;
  readonly height: number;
  readonly files: number;
  readonly characters: number;
}

/** Blocks that only a whole configuration has. */
const contexts = /^(?:events|http|stream|mail)$/;

type Problem = Pick<IncludeProblem, 'kind' | 'detail' | 'fatal'>;

/** Reads the tree of `main`, whose own tree is `file`. */
export function readNginx(home: Home, main: string, file: File): NginxRead {
  const { reader } = home;
  const syntaxes: { file: File; includeProblems: IncludeProblem[] }[] = [];
  const included = new Map<Directive, readonly File[]>();
  const visits = new Map<string, Visit>();
  const absent = new Set<string>();
  let complete = true;

  const visit = (real: string, file: File, chain: readonly string[]): Visit => {
    const includeProblems: IncludeProblem[] = [];
    syntaxes.push({ file, includeProblems });
    let [height, files, characters] = [1, 1, file.source.text.length];
    const here = [...chain, real];

    for (const directive of walk(file.items)) {
      const word = directive.name.text === 'include' && !directive.body ? pathOf(directive) : undefined;
      if (!word) {
        if (isLostInclude(directive)) complete = false;
        continue;
      }
      const report = ({ kind, detail, fatal }: Problem): void => {
        if (kind !== 'cycle') complete = false;
        // One include, one report of a kind: a pattern can meet the same obstacle in every file.
        if (includeProblems.some((each) => each.at.start === word.start && each.kind === kind)) return;
        includeProblems.push({ kind, at: wordSpan(directive, word), pattern: word.text, detail, fatal });
      };
      const found: File[] = [];
      for (const path of targets(word.text, report)) {
        const target = reader.fs.realPath(path);
        if (here.includes(target)) {
          const loop = [...here.slice(here.indexOf(target)), target].map(reader.shown);
          // nginx opens it again and again until it dies without a message.
          report({ kind: 'cycle', detail: loop.join(' → '), fatal: true });
          continue;
        }
        if (here.length >= bounds.depth) {
          report({ kind: 'bound', detail: `more than ${bounds.depth} files deep`, fatal: false });
          break;
        }
        const text = visits.has(target) ? undefined : reader.text(path);
        if (text && !isUnread(text) && isOfOther('nginx', path, text.text)) {
          report({ kind: 'foreign', detail: reader.shown(path), fatal: true });
          continue;
        }
        let below = visits.get(target);
        if (!below) {
          if (files + 1 > bounds.files) {
            report({ kind: 'bound', detail: `more than ${bounds.files} files`, fatal: false });
            break;
          }
          const tree = reader.nginx(path);
          if (isUnread(tree)) {
            const { kind, reason } = tree;
            const detail = `${reader.shown(path)}: ${reason}`;
            if (kind === 'large') report({ kind: 'bound', detail, fatal: false });
            else if (kind === 'missing') report({ kind, detail, fatal: true });
            // nginx may be allowed what we are not.
            else report({ kind: 'unreadable', detail, fatal: kind !== 'denied' });
            continue;
          }
          below = visit(target, tree, here);
        }
        const over = exceeded(here.length + below.height, files + below.files, characters + below.characters);
        if (over) {
          report({ kind: 'bound', detail: over, fatal: false });
          break;
        }
        height = Math.max(height, below.height + 1);
        files += below.files;
        characters += below.characters;
        found.push(below.file);
      }
      included.set(directive, found);
    }
    const result = { file, height, files, characters };
    visits.set(real, result);
    return result;
  };

  const targets = (pattern: string, report: (problem: Problem) => void): readonly string[] => {
    const unknown = (detail: string): readonly string[] => {
      report({ kind: 'unknown', detail, fatal: false });
      return [];
    };
    if (isPlaceholder(pattern)) return unknown('its name is filled in by a template');
    const shipped = isLive(home) ? undefined : shippedFile(pattern);
    const skip = (): readonly string[] => {
      if (!shipped?.harmless) {
        complete = false;
        absent.add(pattern);
      }
      return [];
    };
    const path = place(home, pattern);
    if (path === undefined) return shipped ? skip() : unknown('it lies outside the given files');
    const wild = isPattern(pattern);
    const paths = wild ? glob(reader.fs, path) : [path];
    const folder = fixedFolder(path);
    if (wild && reader.fs.status(folder).kind === 'denied') {
      report({ kind: 'unreadable', detail: `${reader.shown(folder)}: permission denied`, fatal: false });
      return [];
    }
    const isAbsent = wild ? paths.length === 0 : reader.fs.status(path).kind === 'missing';
    if (shipped && isAbsent) return skip();
    if (isAbsent && !pattern.startsWith('/') && isAdrift)
      return unknown('where its name begins only the main file tells');
    return paths.flatMap((each) => {
      const target = followed(home, each);
      if (target !== undefined) return [target];
      const link = `${reader.shown(each)} is a link to ${reader.fs.link(each)}, which lies outside the given files`;
      return unknown(link);
    });
  };

  // The folder of a fragment is seldom the one that relative names begin in.
  const isAdrift =
    home.main !== undefined &&
    home.folder === posix.dirname(home.main) &&
    !file.items.some(({ name }) => contexts.test(name.text));
  const real = reader.fs.realPath(main);
  visit(real, file, []);
  // A fragment says nothing of what stands around it.
  const isWhole = syntaxes.some(({ file }) => file.items.some(({ name }) => contexts.test(name.text)));
  const [first, ...rest] = syntaxes.map(
    ({ file, includeProblems }): Syntax => ({
      language: 'nginx',
      file,
      oddities: file.oddities,
      includeProblems,
    }),
  );
  return {
    nginx: { files: [first!, ...rest], included, complete: complete && isWhole },
    included: new Set([...visits.keys()].filter((path) => path !== real)),
    absent: [...absent],
  };
}

/** The one argument; where its `;` is forgotten, the rest of its line says nothing of the lines below. */
function pathOf({ source, name, args }: Directive) {
  const line = (offset: number): number => position(source, offset).line;
  const own = args.length > 1 ? args.filter(({ start }) => line(start) === line(name.start)) : args;
  // A word that stands twice is one.
  const meant = own.filter(({ text }, index) => text !== (own[index - 1] ?? name).text);
  return meant.length === 1 ? meant[0] : undefined;
}

/** An include without a name, or a name without its include. */
const isLostInclude = ({ name, args, body }: Directive): boolean =>
  !body &&
  args.length === 0 &&
  (name.text === 'include' || /^[\w.-]*[a-z][\w./-]*\/[\w.*-]*$/.test(name.text));

/** What would be too much, in words. */
function exceeded(depth: number, files: number, characters: number): string | undefined {
  if (depth > bounds.depth) return `more than ${bounds.depth} files deep`;
  if (files > bounds.files) return `more than ${bounds.files} files`;
  return characters > bounds.characters ? 'more than 256 MiB' : undefined;
}
