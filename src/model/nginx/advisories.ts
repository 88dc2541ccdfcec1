/** Published flaws of nginx, and where a configuration uses what they lie in. */
import { type Advisory, advisoriesOf, advisory } from '../../../grammar/tables/advisories.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan } from '../../../grammar/tree.ts';
import { atLeast, parseVersion, showVersion, type Version } from '../version.ts';
import type { Pass } from './pass.ts';
import { locationOf, type Server } from './server.ts';
import { defaultOf, socketsOf } from './sockets.ts';
import { moduleOf, type Statement } from './statement.ts';
import { bytesOf } from './words.ts';

interface Model {
  readonly version: Version;
  readonly servers: readonly Server[];
  readonly passes: readonly Pass[];
  readonly named: (name: string) => readonly Statement[];
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
}

/** A part of nginx that is in use, and what is known against it in the version that runs. */
export interface Exposure {
  /** The first place that uses it. */
  readonly at: Span;
  /** Worst first. */
  readonly flaws: readonly Advisory[];
  /** The lowest release from the stated one on that has none of them. */
  readonly nearest: string | undefined;
}

/**
 * Whether the version has the flaw. Not known, and so false, of a package of a distribution: it keeps the number and takes
 * over the fix.
 */
export function hasFlaw(version: Version, { vulnerable, fixed }: Advisory): boolean {
  if (version?.build !== '') return false;
  const isIn = vulnerable.some(
    ([first, last]) => atLeast(version, first) && atLeast(parseVersion(last), showVersion(version)),
  );
  // Within the range, older branches have fixes of their own: 1.26.3 lies below 1.27.3 and is free of it.
  return (
    isIn && !fixed.some((each) => atLeast(version, each) && branch(parseVersion(each)) === branch(version))
  );
}

/** What is known by a CVE number, where the stated version has it. */
export function openFlaw(version: Version, cve: string): Advisory | undefined {
  const known = advisory(cve);
  return known && hasFlaw(version, known) ? known : undefined;
}

const branch = (version: Version): string => version?.numbers.slice(0, 2).join('.') ?? '';
const ranks: readonly Advisory['severity'][] = ['major', 'medium', 'low'];

/** Every part in use that the stated version has flaws in; none where no version is stated. */
export function* exposures(model: Model): Generator<Exposure> {
  const { version } = model;
  if (!version) return;
  for (const [feature, use] of Object.entries(uses)) {
    const all = advisoriesOf(feature);
    const flaws = all.filter((each) => hasFlaw(version, each));
    if (flaws.length === 0) continue;
    const [first] = use(model);
    if (!first) continue;
    const nearest = flaws
      .flatMap(({ fixed }) => fixed)
      .filter((each) => !atLeast(version, each) && !all.some((flaw) => hasFlaw(parseVersion(each), flaw)))
      .reduce<string | undefined>(
        (low, each) => (low && atLeast(parseVersion(each), low) ? low : each),
        undefined,
      );
    yield {
      at: 'source' in first ? first : headSpan(first.directive),
      flaws: flaws.sort((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity)),
      nearest,
    };
  }
}

type Use = (model: Model) => readonly (Statement | Span)[];

const words = ({ directive }: Statement): readonly string[] =>
  directive.args.map(({ text }) => text.toLowerCase());
const isOn = (statement: Statement | undefined): boolean =>
  statement !== undefined && words(statement)[0] === 'on';
const isOff = (statement: Statement | undefined): boolean =>
  statement !== undefined && words(statement)[0] === 'off';

/** The statements of these names that switch something on. */
const used =
  (...names: readonly string[]): Use =>
  ({ named }) =>
    names.flatMap((name) => named(name).filter((each) => !isOff(each)));

/** Sockets of http with that word. */
const listens =
  (word: string): Use =>
  ({ servers }) =>
    servers
      .filter(({ module }) => module === 'http')
      .flatMap((server) => server.listens)
      .filter(({ parameters }) => parameters.some(({ value }) => value === word))
      .map(({ at }) => at);

const speaksHttp2 = ({ inForce }: Model, level: Statement | undefined): boolean =>
  inForce(level, 'proxy_http_version').some((each) => words(each)[0] === '2');

const asksOcsp =
  (module: 'http' | 'stream'): Use =>
  ({ named, inForce }) =>
    named('ssl_ocsp').filter(
      (each) =>
        !isOff(each) &&
        moduleOf(each.context) === module &&
        inForce(each.parent, 'resolver').some((resolver) => !isOff(resolver)),
    );

/** Longer fields do not fit the length that HPACK is written with (NGX_HTTP_V2_INT_OCTETS). */
const longField = 127 + 2 ** 21;

/** Where each feature of nginx-advisories.tsv is in use, as far as a configuration tells; `captures` are judged by overflow.ts. */
const uses: Readonly<Record<string, Use>> = {
  mp4: used('mp4'),
  resolver: used('resolver'),
  cache: used('proxy_cache', 'fastcgi_cache', 'uwsgi_cache', 'scgi_cache'),
  http2: (model) => [...listens('http2')(model), ...model.named('http2').filter(isOn)],
  http3: listens('quic'),
  'scgi-uwsgi': ({ passes }) =>
    passes.map(({ statement }) => statement).filter(({ name }) => /^(?:scgi|uwsgi)_pass$/.test(name)),
  'tls-backend': ({ passes }) =>
    passes
      .filter(({ module, scheme }) => module === 'http' && /^(?:https|grpcs|suwsgi)$/.test(scheme))
      .map(({ statement }) => statement),
  charset: ({ named }) => {
    const decodes =
      named('source_charset').some((each) => words(each)[0] === 'utf-8') ||
      named('override_charset').some(isOn);
    return decodes && named('charset').some((each) => !isOff(each))
      ? named('charset_map').filter((each) => words(each).includes('utf-8'))
      : [];
  },
  'ssi-unbuffered': ({ named, inForce }) =>
    ['ssi', 'proxy_buffering']
      .flatMap(named)
      .filter(
        ({ parent }) => isOn(inForce(parent, 'ssi')[0]) && isOff(inForce(parent, 'proxy_buffering')[0]),
      ),
  'dav-alias': ({ named, inForce }) =>
    named('alias').filter(
      ({ parent }) =>
        parent?.name === 'location' &&
        !locationOf(parent).modifier.startsWith('~') &&
        inForce(parent, 'dav_methods').some((each) =>
          words(each).some((word) => /^(?:copy|move)$/.test(word)),
        ),
    ),
  'http2-backend-body': (model) =>
    model.named('proxy_set_body').filter(({ parent }) => speaksHttp2(model, parent)),
  'http2-backend-headers': (model) => {
    const { named, inForce, passes } = model;
    const takes = passes.some(
      ({ statement: { name, parent } }) =>
        name === 'grpc_pass' || (name === 'proxy_pass' && speaksHttp2(model, parent)),
    );
    if (!takes) return [];
    return named('ignore_invalid_headers').filter(
      (each) =>
        isOff(each) &&
        inForce(each.parent, 'large_client_header_buffers').some(
          ({ directive }) => (bytesOf(directive.args[1]?.text) ?? 0) > longField,
        ),
    );
  },
  ocsp: asksOcsp('http'),
  'stream-ocsp': asksOcsp('stream'),
  'mail-challenge': ({ named }) =>
    ['pop3_auth', 'imap_auth', 'smtp_auth']
      .flatMap(named)
      .filter((each) => words(each).some((word) => word === 'apop' || word === 'cram-md5')),
  'mail-open': ({ named }) => named('smtp_auth').filter((each) => words(each).includes('none')),
  'mail-resolver': ({ servers, inForce }) =>
    servers
      .filter(({ module, statement, listens: sockets }) => {
        const [protocol] = inForce(statement, 'protocol');
        return (
          module === 'mail' &&
          (protocol
            ? words(protocol)[0] === 'smtp'
            : sockets.some(({ value: { port } }) => port === 25 || port === 587))
        );
      })
      .flatMap(({ statement }) => inForce(statement, 'resolver'))
      .filter((each) => !isOff(each)),
  'client-certificate': sharedCertificates,
};

/** A default server that resumes sessions and asks for certificates, beside another that asks for them, too. */
function sharedCertificates({ servers, inForce, version }: Model): readonly Statement[] {
  const asks = ({ statement }: Server): Statement | undefined =>
    inForce(statement, 'ssl_verify_client').find((each) => !isOff(each));
  return socketsOf(servers).flatMap((socket) => {
    const server = defaultOf(socket)?.server;
    if (!server || socket.module !== 'http' || !socket.bound.some(({ listen }) => isTls(listen))) return [];
    const protocols = inForce(server.statement, 'ssl_protocols').flatMap(words);
    // TLSv1.3 is among the defaults since 1.23.4, and older ones check the name when a session goes on.
    if (!(protocols.includes('tlsv1.3') || (protocols.length === 0 && atLeast(version, '1.23.4')))) return [];
    const [cache] = inForce(server.statement, 'ssl_session_cache').map((each) => words(each)[0]);
    const isForgotten = cache === undefined || cache === 'off' || cache === 'none';
    if (isForgotten && isOff(inForce(server.statement, 'ssl_session_tickets')[0])) return [];
    const others = socket.bound.filter((each) => each.server !== server && asks(each.server));
    const own = asks(server);
    return own && others.length > 0 ? [own] : [];
  });
}

const isTls = ({ parameters }: Server['listens'][number]): boolean =>
  parameters.some(({ value }) => value === 'ssl');
