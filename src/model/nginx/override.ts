/** Levels whose own list takes the place of the list around them (ngx_conf_merge_ptr_value()). */
import { once } from '../../../grammar/remembered.ts';
import { variantIn } from '../../../grammar/tables/directives.ts';
import { headSpan } from '../../../grammar/tree.ts';
import type { NginxFiles } from '../../load/loaded.ts';
import { hasUnreadInclude } from './access.ts';
import { type Pass, passNames } from './pass.ts';
import { around, type Statement } from './statement.ts';
import { indentOf } from './words.ts';

/** The parts of the model that tell. */
interface Levels {
  readonly files: NginxFiles;
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
}

/** A level with statements of a list, and those of the nearest level around it, which do not count in it. */
export interface Override {
  readonly level: Statement;
  readonly own: readonly Statement[];
  readonly outer: readonly Statement[];
}

/** Files of packages that bring statements of a list: nobody keeps them with the configuration. */
const bringing: Readonly<Record<string, RegExp>> = {
  proxy_set_header: /(?:^|\/)proxy_params$/,
  fastcgi_param: /(?:^|\/)fastcgi(?:\.conf|-php\.conf|_params)$/,
  uwsgi_param: /(?:^|\/)uwsgi_params$/,
  scgi_param: /(?:^|\/)scgi_params$/,
};

/** Whether lines of a level may be in a file that is not at hand. */
function isPartial(level: Statement, name: string, { files }: Levels): boolean {
  const shipped = bringing[name];
  const isShipped = ({ name: own, directive }: Statement): boolean =>
    own === 'include' &&
    (files.included.get(directive)?.length ?? 0) === 0 &&
    shipped?.test(directive.args[0]?.text ?? '') === true;
  return level.body.some(isShipped) || hasUnreadInclude(level, { files });
}

/** More lines on one level are a table that a program wrote, and each level in it would lose them all. */
const mostLost = 200;

/** The levels on which a list of that name replaces another one, less those of which not all can be read. */
export function* overrides(name: string, model: Levels): Generator<Override> {
  const { named, inForce } = model;
  const said = new Set<Statement>();
  for (const { parent: level } of named(name)) {
    if (!level || said.has(level)) continue;
    said.add(level);
    const outer = inForce(level.parent, name).slice(0, mostLost);
    if (outer.length > 0 && !isPartial(level, name, model)) yield { level, own: inForce(level, name), outer };
  }
}

/** Whether one that meets `test` stands in a level, or in one further in that has no `name` of its own. */
export function reaches(level: Statement, name: string, test: (statement: Statement) => boolean): boolean {
  const open = [level];
  for (let at = open.pop(); at; at = open.pop()) {
    for (const each of at.body) {
      if (test(each)) return true;
      if (each.body.length > 0 && !each.body.some((inner) => inner.name === name)) open.push(each);
    }
  }
  return false;
}

/** Modules that hand requests on, by the first part of the names of their directives. */
export const families = ['proxy', 'fastcgi', 'uwsgi', 'scgi', 'grpc'] as const;

/** The one whose `_pass` a level has; undefined where it has none. */
export const familyIn = once(({ body }: Statement) =>
  families.find((family) => body.some(({ name }) => name === `${family}_pass`)),
);

/** Settings of one module beside the pass of another, which has settings of the same kind. */
export interface Misapplied {
  readonly pass: Statement;
  /** Each with the name of what the other module reads. */
  readonly settings: readonly [Setting, ...Setting[]];
}

interface Setting {
  readonly statement: Statement;
  readonly own: string;
}

/** Every location whose module does not read what is set beside its pass. */
export function* misappliedSettings({ passes }: { readonly passes: readonly Pass[] }): Generator<Misapplied> {
  for (const { statement: pass } of passes) {
    const { parent: level } = pass;
    const family = level?.name === 'location' ? familyIn(level) : undefined;
    if (!level || !family || pass.name !== `${family}_pass`) continue;
    // Of two passes nobody knows which is meant.
    if (level.body.some((each) => each !== pass && passNames.has(each.name))) continue;
    const names = new Set(level.body.map(({ name }) => name));
    const settings = level.body.flatMap((statement): readonly Setting[] => {
      const { name, directive, context } = statement;
      const other = families.find((each) => each !== family && name.startsWith(`${each}_`));
      // What a file for many locations brings is not meant for this one.
      if (other === undefined || directive.source !== pass.directive.source) return [];
      const own = family + name.slice(other.length);
      const counterpart = variantIn(context, own);
      if (names.has(own) || counterpart === undefined) return [];
      // What is so anyway need not be said.
      const said = directive.args.map(({ text }) => text).join(' ');
      if (counterpart.defaults.some(({ value }) => value === said)) return [];
      const isForInner = reaches(level, '', (each) => each.name === `${other}_pass`);
      return isForInner ? [] : [{ statement, own }];
    });
    const [first, ...more] = settings;
    if (first) yield { pass, settings: [first, ...more] };
  }
}

/** The code that a level answers every request with; undefined where it does not, or a variable tells. */
export const answerOf = once(({ body }: Statement): number | undefined => {
  const first = body.find(({ name }) => name === 'return')?.directive.args;
  const text = first?.[0]?.text ?? '';
  if (/^\d{3}$/.test(text)) return Number(text);
  return first?.length === 1 ? 302 : undefined;
});

/** Whether a module that runs a program of the operator's may answer on a level, with headers that nothing here tells. */
export const answersByProgram = once(({ body }: Statement) =>
  body.some(({ name }) => /^(?:(?:content|rewrite|access)_by_|js_content|perl|echo)/.test(name)),
);

/** Copies of statements on lines of their own, before another one. */
export function linesBefore({ directive }: Statement, copied: readonly Statement[]) {
  const { source, name } = directive;
  const indent = indentOf(directive);
  const lines = copied.map((each) => {
    const { start, end } = headSpan(each.directive);
    return `${each.directive.source.text.slice(start, end)};\n${indent}`;
  });
  return { source, start: name.start, end: name.start, text: lines.join('') };
}

/** `A`, `A and B`, `A, B and others`. */
export function inWords(names: readonly string[]): string {
  const shown = names.length > 3 ? [...names.slice(0, 2), 'others'] : names;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

const staticNames =
  'avif|bmp|css|eot|flv|gif|gz|html?|ico|jpe?g|js|json|map|mjs|mp3|mp4|ogg|ogv|otf|pdf|png|svgz?|swf|tgz|ttf|txt|webm|webp|woff2?|xml|zip';
const staticPattern = new RegExp(
  `\\.(?:(?:${staticNames})|\\((?:\\?:)?(?:(?:${staticNames})\\|?)+\\))\\)*\\$$`,
  'i',
);

/** Whether a statement is in a location for files by their endings, such as `~ \.(css|js)$`. */
export function isAmongFiles(statement: Statement): boolean {
  const location = statement.name === 'location' ? statement : around(statement, 'location');
  const words = location?.directive.args ?? [];
  return words.length === 2 && words[0]!.text.startsWith('~') && staticPattern.test(words[1]!.text);
}
