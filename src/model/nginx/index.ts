/** An nginx configuration, understood as nginx does, and as the operator meant it where nginx cannot. */
import { groupBy } from '../../../grammar/group-by.ts';
import { headless } from '../../../grammar/headless.ts';
import { remembered } from '../../../grammar/remembered.ts';
import { type Inherit, variants } from '../../../grammar/tables/directives.ts';
import type { VariableModule } from '../../../grammar/tables/variables.ts';
import type { Source, Span } from '../../../grammar/text.ts';
import type { NginxFiles } from '../../load/loaded.ts';
import type { Syntax } from '../syntax.ts';
import type { Version } from '../version.ts';
import { type Flow, flowOf } from './flow/index.ts';
import { type Header, headerNames, headerOf } from './header.ts';
import { mentions } from './mentions.ts';
import { openServers } from './open-servers.ts';
import { type Pass, passNames, passOf } from './pass.ts';
import { type PatternUse, patternUses } from './pattern-use.ts';
import { type Server, serverOf, type Upstream, upstreamOf } from './server.ts';
import { entries, type Statement, treeOf, type Where } from './statement.ts';
import { mayDefine, refusals, templatesOf, type Usage, usageOf } from './usage.ts';
import {
  type Definitions,
  definitionsIn,
  type GroupUse,
  type Read,
  usesIn,
  type VariableUse,
} from './variable-use.ts';
import { type SettersOf, settersIn, valuesOf } from './variable-values.ts';

export { isPublicAddress } from '../net.ts';
export {
  accessList,
  authOf,
  clientFamily,
  covers,
  earlyAnswers,
  hasUnreadInclude,
  isGuarded,
  isRefusal,
  isWidest,
  lastWord,
  networkIn,
  ownAccessList,
  satisfy,
} from './access.ts';
export { type Exposure, exposures } from './advisories.ts';
export { aliasFault, normalPath, servesFiles } from './alias.ts';
export type { ArgumentFault } from './arguments/index.ts';
export { explosionOf } from './backtrack.ts';
export { bracedWords } from './braced.ts';
export { endsHere, excludeEachOther, isReplaced, leaves, settingsOf } from './branch.ts';
export { type BufferConflict, bufferConflicts } from './buffers.ts';
export { shortKeys } from './cache-key.ts';
export { type GroupFault, groupFaults } from './capture.ts';
export { type Change, type ChangePart, changesBetween, type Side } from './compare/index.ts';
export { type Condition, conditionOf } from './condition.ts';
export { unescapedDot } from './dots.ts';
export { type Endpoint, parseEndpoint } from './endpoint.ts';
export { givenByBackend, pageCodes, refusedPages } from './error-page.ts';
export { type Flow, isAround, isRedirect, type Outcome, type Part, type Step } from './flow/index.ts';
export { type TightHash, tightHashes } from './hash-bucket.ts';
export { addsHeaderTo, type Header, headerValues, nearHeader } from './header.ts';
export {
  decodedPath,
  echoOf,
  injectionOf,
  innermostLocation,
  redirectOf,
  type Sink,
  sinksIn,
} from './injection.ts';
export { hiddenBy, matchesNothing } from './language.ts';
export { claimedAccess, limitKeys } from './limit-key.ts';
export {
  lostHeaders,
  lostLimits,
  lostPages,
  lostParameters,
  lostRequestHeaders,
  shownHeaders,
} from './loss.ts';
export { lostPasses, targetText } from './lost-pass.ts';
export { corsFaults, originChecks } from './origin.ts';
export { isOutside, outside, strangers } from './outside.ts';
export { type Overflow, overflows } from './overflow.ts';
export {
  answerOf,
  answersByProgram,
  families,
  familyIn,
  inWords,
  isAmongFiles,
  linesBefore,
  misappliedSettings,
  reaches,
} from './override.ts';
export {
  endsConnections,
  handlerNames,
  lacksScheme,
  needsPort,
  type Pass,
  requestHeader,
  targetOf,
} from './pass.ts';
export { patternOf } from './pattern.ts';
export { type PatternPlace, type PatternUse, patternIn, patternSpan } from './pattern-use.ts';
export {
  bypassesOf,
  climbsOut,
  fallsThrough,
  isExposed,
  isForOthers,
  isLocalServer,
  isPassedByDoubledSlash,
  isReachable,
  locationFor,
  ownGuard,
} from './reach.ts';
export { type RedirectCircle, redirectCircles } from './redirect-circle.ts';
export { type RedirectLoop, redirectLoops } from './redirect-loop.ts';
export {
  allowsIdleStreams,
  checksClientsByTrusted,
  established,
  isGone,
  keepsConnections,
  sharesSockets,
} from './release.ts';
export { repeatedHeaders } from './repeated-header.ts';
export { type RewriteLoop, rewriteLoops } from './rewrite-loop.ts';
export { type ServedScript, servedScripts } from './served-scripts.ts';
export {
  enclosingLocation,
  enclosingServer,
  excludes,
  hasParameter,
  type Listen,
  type Location,
  locationOf,
  locationsIn,
  type Server,
  serverOf,
  socketKey,
  type Upstream,
  type UpstreamServer,
} from './server.ts';
export {
  type Bound,
  defaultConnections,
  defaultOf,
  defaultWord,
  isLocal,
  isNameless,
  isTls,
  leastSockets,
  nameKeys,
  protocolOf,
  type Socket,
  sharedPorts,
  socketOptionsOf,
  socketsOf,
} from './sockets.ts';
export { type Stapling, staplingServers } from './stapling.ts';
export { around, isGuessed, type Module, moduleOf, type Statement, suggestionFor } from './statement.ts';
export { brokenIn, misplacedNear, unknownIn } from './stray.ts';
export {
  chosenFiles,
  chosenRedirect,
  chosenTarget,
  passTargets,
  variableTargets,
  writtenHost,
} from './target.ts';
export { newGroups, obsoleteVersions, weakCiphers } from './tls.ts';
export { publicTlsTarget, type TlsClient, tlsClients } from './tls-upstream.ts';
export { type Unencrypted, unencryptedServers } from './unencrypted.ts';
export {
  type DoubledSlash,
  type DroppedPath,
  doubledPrefixes,
  doubledSlashes,
  droppedPaths,
} from './url-path.ts';
export type { Aged, Misplaced, Repeated, UnknownName, Usage, WrongCount } from './usage.ts';
export { atPlace, placeName } from './usage.ts';
export { shown } from './values.ts';
export type { Definitions, GroupUse, Read, VariableUse } from './variable-use.ts';
export { dashedName } from './variable-use.ts';
export { isTotal } from './variable-values.ts';
export { requestFor } from './witness.ts';
export { argument, argumentsFrom, indentOf, inserted, joinedLines, quotedLike, within } from './words.ts';
export { definedZones, logFormats, usedZones, type Zone } from './zones.ts';

export interface NginxModel {
  readonly files: NginxFiles;
  readonly syntax: readonly Syntax[];
  /** Everything that belongs to it could be read: what is absent is missing. False for a fragment and for a template. */
  readonly complete: boolean;
  /** nginx's version, where the operator stated it. */
  readonly version: Version;
  /** It has events, http, stream or mail on its first level; else it is a fragment that some main file includes. */
  readonly isMain: boolean;
  /** Where its first level stands: `main`, for a fragment the likeliest context, empty where nothing tells. */
  readonly context: string;
  /** The first level, includes in their places. */
  readonly statements: readonly Statement[];
  /** Those of every level, outer ones first, in nginx's order. */
  readonly all: readonly Statement[];
  readonly servers: readonly Server[];
  readonly upstreams: readonly Upstream[];
  readonly passes: readonly Pass[];
  /** The headers that pass a test, which is asked once for all that have the same words. */
  headers(isMeant: (name: string, value: string | undefined) => boolean): readonly Header[];
  /** A module that is not nginx's own may be in play: it is loaded, or a directive is none of nginx's. */
  readonly hasForeignModules: boolean;
  /** Files that something else fills in before nginx reads them. */
  readonly templates: ReadonlySet<Source>;
  /** What is odd about the use of directives. */
  readonly usage: Usage;
  /** Whether nginx does not take the statement at `at`: its place is wrong, or its time, or its block has no head. What else it would mean is moot. */
  isRefused(at: Span): boolean;
  /** Whether a statement that nginx refuses, or a block that lost its head, was perhaps meant to be the `definer` that gives something this name. */
  mayDefine(definer: string, name: string): boolean;
  /** All statements of that name (or meant so), outer ones first, in nginx's order. */
  named(name: string): readonly Statement[];
  readonly where: Where;
  /**
   * The statements of a directive that count in a block (undefined: on the first level): its own, or those of the nearest
   * block around it that has any. Several only where the directive is a list, such as add_header.
   */
  inForce(level: Statement | undefined, name: string): readonly Statement[];
  /** Whether nginx reads `first` before `second`; known of log_format and access_log, where it matters. */
  precedes(first: Statement, second: Statement): boolean;
  /** Those of `names` that stand somewhere other than as an upstream's name; found anew with each call. */
  mentions(names: readonly string[]): ReadonlySet<string>;
  /** Its regular expressions, each once, with everywhere that it stands. */
  readonly patterns: readonly PatternUse[];
  /** What texts with variables may be; worked out for each text that is asked for. */
  readonly flow: Flow;
  /** Whether a server answers names that it does not have, so that `$host` is whatever a client says. */
  isOpen(server: Statement): boolean;
  /** The `set`, `map`, `geo` and `split_clients` that give a variable its texts. */
  readonly settersOf: SettersOf;
  /** Every text that the configuration gives a variable; undefined where something else may, too. */
  valuesOf(variable: string, module: VariableModule): readonly string[] | undefined;
  /** The lines of a block of data such as `map`. */
  entries(statement: Statement): ReturnType<typeof entries>;
  /** Variables that the configuration defines. */
  definitions(module: VariableModule): Definitions;
  /** The variables that it reads and that pass a test, which is asked once for each text. */
  variableUses(isMeant: (read: Read) => boolean): readonly VariableUse[];
  /** Where it reads groups of regular expressions by number. */
  groupUses(): readonly GroupUse[];
}

/** What a configuration's files mean. Nothing is worked out before it is asked for. */
export function nginxModel(files: NginxFiles, facts: { readonly version: Version }): NginxModel {
  const { included } = files;
  const tree = lazy(() => treeOf(files.files[0].file, included));
  const byName = lazy(() => index(tree().all));
  const named = (name: string): readonly Statement[] => byName().get(name) ?? [];
  const byWords = new Map<string, readonly (readonly Statement[])[]>();
  const where: Where = (name, isMeant) => {
    let alike = byWords.get(name);
    if (!alike) {
      alike = groupedByWords(named(name));
      byWords.set(name, alike);
    }
    return alike.filter(([first]) => isMeant(first!.directive.args)).flat();
  };
  const levels = new WeakMap<object, ReadonlyMap<string, readonly Statement[]>>();
  const own = (level: Statement | undefined, name: string): readonly Statement[] => {
    const list = level?.body ?? tree().statements;
    if (list.length <= fewStatements) {
      let found: Statement[] | undefined;
      for (const each of list) {
        if (each.name !== name) continue;
        found ??= [];
        found.push(each);
      }
      return found ?? nobody;
    }
    let known = levels.get(list);
    if (!known) {
      known = index(list);
      levels.set(list, known);
    }
    return known.get(name) ?? nobody;
  };
  // What stands nowhere, as most directives do, is in force nowhere.
  const inForceAt = (level: Statement | undefined, name: string): readonly Statement[] =>
    byName().has(name) ? inForce(level, name, own) : nobody;
  const servers = lazy(() =>
    named('server')
      .filter(({ directive, context }) => directive.body && !context.startsWith('rtmp'))
      .map(serverOf),
  );
  const upstreams = lazy(() => named('upstream').map(upstreamOf));
  const passes = lazy(() =>
    [...passNames].flatMap((name) => named(name).flatMap((each) => passOf(each) ?? [])),
  );
  const patterns = lazy(() => patternUses({ named, entries: entriesOf }));
  const isMain = lazy(() =>
    ['events', 'http', 'stream', 'mail'].some((name) => own(undefined, name).length > 0),
  );
  const definitions = {
    http: lazy(() => definitionsIn(tree().all, 'http', included)),
    stream: lazy(() => definitionsIn(tree().all, 'stream', included)),
  };
  const setters = lazy(() => settersIn(named));
  const settersOf: SettersOf = (variable, module) => setters()(variable, module);
  const valuesIn = (module: VariableModule) =>
    remembered((variable: string) =>
      valuesOf(variable, module, { settersOf, entries: entriesOf, definitions: definitionsOf }),
    );
  const values = { http: valuesIn('http'), stream: valuesIn('stream') };
  const order = lazy(() => {
    const places = new Map<Statement, number>();
    for (const name of ['log_format', 'access_log']) {
      for (const statement of named(name)) places.set(statement, 0);
    }
    let count = 0;
    for (const statement of tree().all) {
      if (places.has(statement)) places.set(statement, count);
      count++;
    }
    return places;
  });
  const uses = lazy(() => usesIn(tree().all, included));
  const templates = lazy(() => templatesOf(files));
  const usage = lazy(() => usageOf(tree(), files, facts.version, named, templates()));
  const isRefused = lazy(() => refusals(usage(), facts.version));
  const isHeadless = lazy(() => headless(files.files));
  const hasForeignModules = lazy(() => [...byName()].some(([name, list]) => areForeign(name, list)));
  const definitionsOf = (module: VariableModule): Definitions => definitions[module]();
  const entriesOf = (statement: Statement): ReturnType<typeof entries> => entries(statement, included);
  const isWhole = (): boolean => files.complete && !tree().cut && templates().size === 0 && isMain();
  const open = lazy(() => openServers(servers(), isWhole()));
  const isOpen = (server: Statement): boolean => open().has(server);
  const flow = lazy(() =>
    flowOf({
      named,
      inForce: inForceAt,
      entries: entriesOf,
      patterns,
      isOpen,
      isWhole,
    }),
  );
  return {
    files,
    syntax: files.files,
    get complete() {
      return files.complete && !tree().cut && templates().size === 0 && !isHeadless();
    },
    version: facts.version,
    get isMain() {
      return isMain();
    },
    get context() {
      return tree().context;
    },
    get statements() {
      return tree().statements;
    },
    get all() {
      return tree().all;
    },
    get servers() {
      return servers();
    },
    get upstreams() {
      return upstreams();
    },
    get passes() {
      return passes();
    },
    headers: (isMeant) =>
      [...headerNames]
        .flatMap((directive) =>
          where(directive, ([name, value]) => name !== undefined && isMeant(name.text, value?.text)),
        )
        .flatMap((each) => headerOf(each) ?? []),
    get hasForeignModules() {
      return hasForeignModules();
    },
    get templates() {
      return templates();
    },
    get usage() {
      return usage();
    },
    get patterns() {
      return patterns();
    },
    get flow() {
      return flow();
    },
    isOpen,
    isRefused: (at) => (isHeadless()?.(at) ?? false) || isRefused()(at),
    mayDefine: (definer, name) =>
      mayDefine(usage(), definer, name) || (isHeadless() !== undefined && isBlock(definer)),
    named,
    where,
    inForce: inForceAt,
    precedes: (first, second) => (order().get(first) ?? 0) < (order().get(second) ?? 0),
    mentions: (names) => mentions(names, tree().all, included),
    settersOf,
    valuesOf: (variable, module) => values[module](variable),
    entries: entriesOf,
    definitions: definitionsOf,
    variableUses: (isMeant) => uses().variables(isMeant),
    groupUses: () => uses().groups,
  };
}

const nobody: readonly Statement[] = [];

const isBlock = (name: string): boolean => variants(name).some(({ body }) => body !== 'leaf');

/** A level with so many statements is looked through as fast as an index is asked, and needs none. */
const fewStatements = 40;

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Statements with the same first words: those that have no others, and those that go on with another one. */
interface Group {
  alike: Statement[] | undefined;
  next: Map<string, Group> | undefined;
}

/** Statements of one name apart by their words: headers are few, and sent from many places. */
function groupedByWords(statements: readonly Statement[]): readonly (readonly Statement[])[] {
  const groups: Statement[][] = [];
  const root: Group = { alike: undefined, next: undefined };
  for (const statement of statements) {
    let group = root;
    for (const { text } of statement.directive.args) {
      group.next ??= new Map();
      let next = group.next.get(text);
      if (!next) {
        next = { alike: undefined, next: undefined };
        group.next.set(text, next);
      }
      group = next;
    }
    if (group.alike) group.alike.push(statement);
    else {
      group.alike = [statement];
      groups.push(group.alike);
    }
  }
  return groups;
}

const index = (statements: readonly Statement[]): ReadonlyMap<string, readonly Statement[]> =>
  groupBy(statements, ({ name }) => name);

/** The directives of each list that counts as one: the first level that has any of them has them all. */
const sharedLists: readonly (readonly string[])[] = [['allow', 'deny']];

/** How a directive comes down to the levels inside. */
interface Inheritance {
  readonly inherit: Inherit | undefined;
  /** The directives that make a list with it, itself among them. */
  readonly together: readonly string[];
}

const inheritances = new Map<string, Inheritance>();

function inheritanceOf(name: string): Inheritance {
  let known = inheritances.get(name);
  if (!known) {
    const inherit = variants(name).find((variant) => variant.inherit)?.inherit;
    known = { inherit, together: sharedLists.find((names) => names.includes(name)) ?? [name] };
    inheritances.set(name, known);
  }
  return known;
}

type Own = (level: Statement | undefined, name: string) => readonly Statement[];

function inForce(level: Statement | undefined, name: string, own: Own): readonly Statement[] {
  const { inherit, together } = inheritanceOf(name);
  for (let at = level; ; at = at.parent) {
    const found = own(at, name);
    if (found.length > 0 || (together.length > 1 && together.some((each) => own(at, each).length > 0))) {
      return inherit === undefined || inherit === 'bitmask' ? found.slice(-1) : found;
    }
    if (!at || inherit === 'never' || inherit === 'own-level') return nobody;
    // ngx_http_proxy_merge_loc_conf(): only the nameless location of an `if` takes the handler over.
    if (inherit === 'never-but-if' && at.name !== 'if') return nobody;
  }
}

/** The modules of nginx that are built as files of their own. */
const ownModule =
  /\bngx_(?:http_(?:geoip|image_filter|js|perl|xslt_filter)|mail|stream(?:_geoip|_js)?)_module\b/;

function areForeign(name: string, statements: readonly Statement[]): boolean {
  if (name === 'load_module') {
    return statements.some(({ directive }) => !ownModule.test(directive.args[0]?.text ?? ''));
  }
  // Where nginx does not take it, what it is elsewhere tells.
  const isForeign = variants(name).every(({ thirdParty }) => thirdParty);
  return statements.some(({ variant }) => (variant ? variant.thirdParty || variant.plus : isForeign));
}
