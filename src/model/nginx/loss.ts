/** What is missed of a list where a level has a list of its own, which takes its place (ngx_conf_merge_ptr_value()). */
import type { NginxFiles } from '../../load/loaded.ts';
import type { Version } from '../version.ts';
import { servesFiles } from './alias.ts';
import { conditionOf } from './condition.ts';
import { isPageAsked, pageCodes } from './error-page.ts';
import { addsHeaderTo } from './header.ts';
import { answerOf, families, familyIn, type Override, overrides, reaches } from './override.ts';
import { hasDirective } from './release.ts';
import type { Server } from './server.ts';
import type { Statement } from './statement.ts';
import { rateOf, usedZones } from './zones.ts';

/** The parts of the model that tell. */
interface Model {
  readonly files: NginxFiles;
  readonly version: Version;
  readonly servers: readonly Server[];
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
}

/** Statements of the level around that do not count, and are missed. */
export interface Loss {
  /** The first of the list that takes their place. */
  readonly first: Statement;
  readonly gone: readonly Statement[];
  /** What they are about, each once. */
  readonly names: readonly string[];
}

const nameOf = ({ directive }: Statement): string => directive.args[0]?.text ?? '';

const lossOf = (
  { own }: Override,
  gone: readonly Statement[],
  name: (statement: Statement) => string = nameOf,
): Loss | undefined =>
  gone.length === 0 ? undefined : { first: own[0]!, gone, names: [...new Set(gone.map(name))] };

/** Headers of the answer, with whether this nginx can keep them by `add_header_inherit merge`. */
export function* lostHeaders(model: Model): Generator<Loss & { readonly canMerge: boolean }> {
  for (const list of ['add_header', 'add_trailer']) {
    const inherits = model.named(`${list}_inherit`).length > 0;
    const canMerge = hasDirective(model.version, `${list}_inherit`) === true;
    let isForOthers: boolean | undefined;
    for (const override of overrides(list, model)) {
      const { level, outer } = override;
      const [inherit] = inherits ? model.inForce(level, `${list}_inherit`) : [];
      if (inherit && /^(?:merge|off)$/.test(nameOf(inherit))) continue;
      if (level.name === 'server' && outer[0]?.parent?.name === 'http') {
        isForOthers ??= haveAll(model, list);
        if (isForOthers) continue;
      }
      const loss = lossOf(override, missedHeaders(override));
      if (loss) yield { ...loss, canMerge };
    }
  }
}

/** Whether every server has headers of its own: then those of http are for none of them. */
const haveAll = ({ servers }: Model, name: string): boolean =>
  servers.every(
    ({ statement, module }) => module !== 'http' || statement.body.some((each) => each.name === name),
  );

/** Values that only those look at who look for a fault. */
const diagnostic = /\$\{?(?:upstream_|request_id\b|hostname\b)/;

const caching = /^(?:cache-control|expires|pragma)$/i;

/** What a browser looks at when it asks whether it may send something. */
const permission = /^access-control-(?:allow-|max-age$)/i;

/** Whether a level answers such questions and nothing else. */
function isForQuestions({ name, directive }: Statement): boolean {
  const condition = name === 'if' ? conditionOf(directive) : undefined;
  return (
    condition?.variable === 'request_method' &&
    condition.test === '=' &&
    !condition.isNegated &&
    condition.value.text === 'OPTIONS'
  );
}

const isAlways = ({ directive }: Statement): boolean => directive.args[2]?.text === 'always';

function missedHeaders({ level, own, outer }: Override): readonly Statement[] {
  const kept = new Set(own.map((each) => nameOf(each).toLowerCase()));
  const hasCaching =
    level.body.some(({ name }) => name === 'expires') || own.some((each) => caching.test(nameOf(each)));
  const code = answerOf(level);
  // A redirect has nothing to protect, and a closed connection no head.
  if (code !== undefined && ((code >= 300 && code < 400) || code === 444)) return [];
  const isPage = code === undefined || !isForQuestions(level);
  return outer.filter((each) => {
    const name = nameOf(each);
    if (!isPage && !permission.test(name)) return false;
    const value = each.directive.args[1]?.text ?? '';
    if (value === '' || diagnostic.test(value) || kept.has(name.toLowerCase())) return false;
    if (hasCaching && caching.test(name)) return false;
    return code === undefined || addsHeaderTo(code) || isAlways(each);
  });
}

/** Headers without which a backend takes the client, the host or the scheme for another. */
const important = /^(?:host|forwarded|x-forwarded-.*|x-real-ip|authorization)$/i;

/** Headers that are emptied so that no client can send them: by them a backend knows who asks. */
const trusted = /^(?:x-(?!accel-).*|authorization|remote-user|proxy)$/i;

/** Headers of the request to a backend that it rests on. */
export function* lostRequestHeaders(model: Model): Generator<Loss> {
  for (const family of ['proxy', 'grpc']) {
    const list = `${family}_set_header`;
    for (const override of overrides(list, model)) {
      const { level, own, outer } = override;
      const kept = new Set(own.map((each) => nameOf(each).toLowerCase()));
      const gone = outer.filter((each) => {
        const name = nameOf(each).toLowerCase();
        const isMeant = (each.directive.args[1]?.text === '' ? trusted : important).test(name);
        return isMeant && !kept.has(name) && isMissed(level, name, list, `${family}_pass`);
      });
      const loss = lossOf(override, gone);
      if (loss) yield loss;
    }
  }
}

/** Whether a request is handed on without that header, in the level or in one further in that does not set it either. */
function isMissed(level: Statement, name: string, directive: string, pass: string): boolean {
  return level.body.some(
    (each) =>
      each.name === pass ||
      (each.body.length > 0 &&
        !each.body.some((own) => own.name === directive && nameOf(own).toLowerCase() === name) &&
        isMissed(each, name, directive, pass)),
  );
}

/** Parameters without which a program cannot know what is asked for. */
const essential: Readonly<Record<string, readonly string[]>> = {
  fastcgi: ['SCRIPT_FILENAME', 'REQUEST_METHOD', 'QUERY_STRING'],
  uwsgi: ['REQUEST_METHOD', 'QUERY_STRING'],
  scgi: ['REQUEST_METHOD', 'QUERY_STRING'],
};

/** Parameters of FastCGI and its like that a program needs. */
export function* lostParameters(model: Model): Generator<Loss> {
  for (const [family, needed] of Object.entries(essential)) {
    const list = `${family}_param`;
    for (const override of overrides(list, model)) {
      const { level, own, outer } = override;
      if (!reaches(level, list, ({ name }) => name === `${family}_pass`)) continue;
      const kept = new Set(own.map(nameOf));
      const loss = lossOf(
        override,
        outer.filter((each) => needed.includes(nameOf(each)) && !kept.has(nameOf(each))),
      );
      if (loss) yield loss;
    }
  }
}

/** What nginx hides by itself: ngx_http_proxy_hide_headers and its like. */
const hiddenAlways = /^(?:date|server|x-pad|status|x-accel-.*)$/i;

/** Headers of a backend that are hidden on the level around only. */
export function* shownHeaders(model: Model): Generator<Loss> {
  for (const family of families) {
    const list = `${family}_hide_header`;
    for (const override of overrides(list, model)) {
      const { level, own, outer } = override;
      if (!reaches(level, list, ({ name }) => name === `${family}_pass`)) continue;
      const shown = model.inForce(level, `${family}_pass_header`);
      const kept = new Set([...own, ...shown].map((each) => nameOf(each).toLowerCase()));
      const loss = lossOf(
        override,
        outer.filter((each) => !hiddenAlways.test(nameOf(each)) && !kept.has(nameOf(each).toLowerCase())),
      );
      if (loss) yield loss;
    }
  }
}

/** Pages for codes that an answer of the level may have; `isWhole` where none of the lines has another code as well. */
export function* lostPages(model: Model): Generator<Loss & { readonly isWhole: boolean }> {
  for (const override of overrides('error_page', model)) {
    const { level, own, outer } = override;
    if (level.name === 'if' || answerOf(level) !== undefined) continue;
    if (familyIn(level) === undefined && (level.name !== 'location' || !servesFiles(level))) continue;
    const kept = new Set(own.flatMap(pageCodes));
    const isLost = (code: string): boolean => !kept.has(code) && isPageAsked(code, level, model);
    const gone = outer.filter((each) => pageCodes(each).some(isLost));
    if (gone.length === 0) continue;
    const names = [...new Set(gone.flatMap(pageCodes).filter(isLost))];
    yield { first: own[0]!, gone, names, isWhole: gone.every((each) => pageCodes(each).every(isLost)) };
  }
}

/** Limits that are stricter than those of the level. */
export function* lostLimits(model: Model): Generator<Loss> {
  const zones = new Map([...usedZones(model.named)].map(({ statement, name }) => [statement, name.value]));
  const zoneOf = (each: Statement): string => zones.get(each) ?? '';
  for (const list of ['limit_req', 'limit_conn']) {
    for (const override of overrides(list, model)) {
      const { level, own, outer } = override;
      if (level.context.startsWith('stream')) continue;
      const kept = own.map(zoneOf);
      const gone = outer.filter((each) => {
        const zone = zoneOf(each);
        return zone !== '' && !kept.includes(zone) && !isAsStrict(kept, zone, model);
      });
      const loss = lossOf(override, gone, zoneOf);
      if (loss) yield loss;
    }
  }
}

/** Whether a zone of the level lets as little pass, counted by the same key. */
function isAsStrict(own: readonly string[], zone: string, { named }: Model): boolean {
  const outer = rateOf(zone, named);
  return own.some((name) => {
    const rate = rateOf(name, named);
    return rate && outer && rate.key === outer.key && rate.perMinute <= outer.perMinute;
  });
}
