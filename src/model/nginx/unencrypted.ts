/** Servers that were meant to speak TLS and do not. */
import type { Listen, Server } from './server.ts';
import { speaksTls } from './sockets.ts';
import type { Statement } from './statement.ts';

interface Model {
  readonly inForce: (level: Statement | undefined, name: string) => readonly Statement[];
  readonly servers: readonly Server[];
}

/** A server with a certificate that nothing uses. */
export interface Unencrypted {
  readonly certificate: Statement;
  /** Where it listens on ports that are taken for those of TLS. */
  readonly listens: readonly [Listen, ...Listen[]];
}

/** Ports that browsers and people take for TLS. */
const isTlsPort = (port: number | undefined): boolean => /443$/.test(`${port}`);

/** Words of letters that a listen has besides `ssl`; another one that nginx refuses may have been meant as that. */
const other = /^(?:http2|spdy|bind)$/;
const maybeSsl = ({ parameters }: Listen): boolean =>
  parameters.some(({ value }) => /^[a-z]{2,5}$/i.test(value) && !other.test(value));

/** Every server whose certificate nothing uses, as none of its sockets speaks TLS. */
export function* unencryptedServers({ inForce, servers }: Model): Generator<Unencrypted> {
  // What is not known may be the socket that speaks TLS.
  const maySpeakTls = (listen: Listen): boolean => speaksTls(servers)(listen) !== false || maybeSsl(listen);
  for (const { statement, module, listens } of servers) {
    const certificate = statement.body.find(({ name }) => name === 'ssl_certificate');
    if (module !== 'http' || !certificate || listens.some(maySpeakTls)) continue;
    if (inForce(statement, 'ssl').some(({ directive }) => directive.args[0]?.text !== 'off')) continue;
    const [first, ...more] = listens.filter(({ value, written }) => written && isTlsPort(value.port));
    if (first) yield { certificate, listens: [first, ...more] };
  }
}
