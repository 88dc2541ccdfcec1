/** What the checks of a node ask its own nginx for, where that never is an answer they count as good. */
import type { Span } from '../../grammar/text.ts';
import { headSpan } from '../../grammar/tree.ts';
import { checkScripts, type Script } from './keepalived/index.ts';
import {
  defaultWord,
  isTls,
  type Listen,
  locationFor,
  type NginxModel,
  protocolOf,
  type Server,
} from './nginx/index.ts';
import { isComplete, type Node } from './node.ts';

/** A check that asks for what nginx does not give. */
export interface VainCheck {
  readonly at: Span;
  /** The line that it is the value of. */
  readonly line: Span;
  /** In words: `nginx has no location for /health on port 8080: 404`. */
  readonly says: string;
  /** Where nginx listens. */
  readonly places: readonly Span[];
}

type Refusal = Omit<VainCheck, 'at' | 'line'>;

/** A request of curl or wget to this machine. */
interface Ask {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** An answer of 400 and more fails the check, too. */
  readonly mindsStatus: boolean;
}

/** Where a request arrives. */
interface Met {
  readonly server: Server;
  readonly listen: Listen;
}

/** The checks whose requests nginx refuses, whatever its backends do. */
export function vainChecks(node: Node): readonly VainCheck[] {
  const [model, ...others] = node.nginx;
  const { keepalived } = node;
  if (!keepalived || !model?.isMain || others.length > 0 || !isComplete(node) || model.hasForeignModules)
    return [];
  return keepalived.scripts.flatMap((script): VainCheck[] => {
    const ask = script.use === 'notify' ? undefined : askOf(wordsOf(node, script));
    const refused = ask && refusalOf(model, ask);
    return refused ? [{ at: script.at, line: headSpan(script.statement.directive), ...refused }] : [];
  });
}

/** The words of the one command on which it depends how a check ends; none where that is not plain. */
function wordsOf({ keepalived }: Node, script: Script): readonly string[] {
  const [inner] = checkScripts({ ...keepalived!, scripts: [script] });
  if (!inner) return script.argv;
  const [command, then, ...more] = inner.text.commands;
  const text = command?.at.source.text ?? '';
  const isPlain = then
    ? /^exit [1-9]\d*$/.test(then.words.join(' ')) && /\|\||\bif\s+!\s/.test(text)
    : !/(?:^|\s)!\s/.test(text);
  return command && isPlain && more.length === 0 ? command.words : [];
}

/** Options that change nothing of what is asked, and how many words each takes. */
const options: Readonly<Record<string, RegExp>> = {
  curl: /^(?:-[sSfIkgvqN46i]*(?:[sSfIkgvqN46i]|[omw]=?\S*)|--(?:silent|show-error|fail|head|insecure|verbose|include|no-buffer|ipv4|(?:max-time|connect-timeout|output|retry|retry-delay|noproxy|write-out)(?:=\S+)?))$/,
  wget: /^(?:-(?:q|nv|S|O\S*|T\S*|t\S*)|--(?:quiet|spider|no-verbose|server-response|no-check-certificate|(?:timeout|tries|output-document)(?:=\S+)?))$/,
};
const takesWord =
  /^-[sSfIkgvqN46i]*[omw]$|^-[OTt]$|^--(?:max-time|connect-timeout|output|retry|retry-delay|noproxy|write-out|timeout|tries|output-document)$/;

/** What curl or wget is to fetch from this machine; undefined where a word is not understood. */
function askOf(argv: readonly string[]): Ask | undefined {
  const words = argv.slice(argv.findIndex((word) => !/^(?:sudo|exec|(?:\S*\/)?timeout|\d+s?)$/.test(word)));
  const program = /(?:^|\/)(curl|wget)$/.exec(words[0] ?? '')?.[1];
  if (program === undefined) return undefined;
  let url: RegExpExecArray | null = null;
  let mindsStatus = program === 'wget';
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (options[program]!.test(word)) {
      mindsStatus ||= word === '--fail' || /^-[a-zA-Z46]*f/.test(word);
      if (takesWord.test(word)) at++;
      continue;
    }
    // Anything else may change what is asked, or how.
    const match = /^(https?):\/\/(localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?(\/[\w./-]*)?$/i.exec(word);
    if (!match || url) return undefined;
    url = match;
  }
  const [, scheme = '', host = '', port, path = '/'] = url ?? [];
  if (!url || /\/\/|\/\.\.?(?:\/|$)/.test(path)) return undefined;
  const tls = scheme.toLowerCase() === 'https';
  return { tls, host: host.toLowerCase(), port: Number(port ?? (tls ? 443 : 80)), path, mindsStatus };
}

/** Why nginx gives it nothing good; undefined where it may. */
function refusalOf(model: NginxModel, ask: Ask): Refusal | undefined {
  const { tls, port, path } = ask;
  const sockets = model.servers.flatMap((server) =>
    server.listens.map((listen): Met => ({ server, listen })),
  );
  // A range of ports, a variable or a name may be any socket.
  if (
    sockets.some(
      ({ listen: { value } }) =>
        value.host === undefined ||
        (!isUnix(value.host) && value.port === undefined) ||
        value.lastPort !== undefined,
    )
  )
    return undefined;
  const met = metBy(sockets, ask);
  if (met.length === 0) return elsewhere(model, sockets, ask);
  if (met.some(({ server, listen }) => server.module !== 'http' || protocolOf(listen) === 'udp'))
    return undefined;
  const places = met.map(({ listen }) => listen.at).slice(0, 3);
  const speaksTls = met.some(({ listen }) => isTls(listen));
  if (tls && !speaksTls && model.named('ssl').length === 0)
    return { says: `nginx speaks no TLS on port ${port}`, places };
  if (!tls && met.every(({ listen }) => isTls(listen)) && ask.mindsStatus && !hasPages(model))
    return { says: `nginx wants TLS on port ${port}, and answers 400`, places };
  if (tls !== speaksTls || !ask.mindsStatus || hasPages(model)) return undefined;
  const chosen = chosenBy(met, ask.host);
  if (!chosen || !answersByLocation(chosen.server, model)) return undefined;
  const location = locationFor(chosen.server.statement, path);
  if (location !== undefined || path.endsWith('/')) return undefined;
  return {
    says: `nginx has no location for ${path} on port ${port}, and answers 404`,
    places: [chosen.listen.at],
  };
}

const isUnix = (host: string): boolean => host.startsWith('unix:');

/** The sockets that a request to this machine may arrive at: those of its address, else those of every one. */
function metBy(sockets: readonly Met[], { host, port }: Ask): readonly Met[] {
  const onPort = sockets.filter(({ listen: { value } }) => value.port === port && !isUnix(value.host!));
  const at = (...hosts: string[]): readonly Met[] =>
    onPort.filter(({ listen: { value } }) => hosts.includes(value.host!));
  const [own, every] =
    host === 'localhost'
      ? [
          ['127.0.0.1', 'localhost', '::1'],
          ['*', '::'],
        ]
      : host === '[::1]'
        ? [['::1', 'localhost'], ['::']]
        : [
            ['127.0.0.1', 'localhost'],
            ['*', '::'],
          ];
  const nearest = at(...own!);
  return nearest.length > 0 ? nearest : at(...every!);
}

/** Nobody of nginx listens there, and what is asked for is a page of nginx's own elsewhere. */
function elsewhere(
  model: NginxModel,
  sockets: readonly Met[],
  { host, port, path }: Ask,
): Refusal | undefined {
  const home = sockets.find(({ server, listen }) => {
    if (server.module !== 'http' || isUnix(listen.value.host!) || path === '/') return false;
    const location = locationFor(server.statement, path);
    return (
      typeof location === 'object' &&
      location.path.value === path &&
      location.statement.body.some(({ name }) => name === 'return' || name === 'stub_status')
    );
  });
  // A backend on this machine may have a page of that name, too.
  const isBackend =
    model.upstreams.some(({ servers }) => servers.some(({ value }) => value.port === port)) ||
    model.named('proxy_pass').some(({ directive }) => directive.args[0]?.text.includes(`:${port}`));
  if (!home || isBackend) return undefined;
  const { host: own, port: ownPort } = home.listen.value;
  const there = own === '*' || own === '::' ? `port ${ownPort}` : `${own}:${ownPort}`;
  return { says: `nginx has ${path} on ${there}, and nothing on ${host}:${port}`, places: [home.listen.at] };
}

/** The server that answers a request with this name; undefined where a pattern may choose another one. */
function chosenBy(met: readonly Met[], host: string): Met | undefined {
  const names = (server: Server): readonly string[] => server.names.map(({ value }) => value.toLowerCase());
  if (met.some(({ server }) => names(server).some((name) => /^~|\$/.test(name)))) return undefined;
  return (
    met.find(({ server }) => names(server).includes(host)) ??
    met.find(({ listen }) => defaultWord(listen)) ??
    met[0]
  );
}

/** Nothing but its locations answers, and nobody says where files lie. */
const answersByLocation = ({ statement }: Server, model: NginxModel): boolean =>
  !statement.body.some(({ name }) =>
    /^(?:return|rewrite|if|set|try_files|auth_\w+|index|autoindex|access_by_lua\w*)$/.test(name),
  ) && model.inForce(statement, 'root').length === 0;

/** Pages in place of an error may have another status. */
const hasPages = (model: NginxModel): boolean => model.named('error_page').length > 0;
