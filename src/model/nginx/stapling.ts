/** OCSP stapling: which servers do it, and who they ask (ngx_ssl_stapling()). */
import type { Server } from './server.ts';
import type { Statement } from './statement.ts';

type InForce = (level: Statement | undefined, name: string) => readonly Statement[];

/** A server that is to staple answers about its certificates. */
export interface Stapling {
  /** The `ssl_stapling` that counts. */
  readonly statement: Statement;
  readonly server: Statement;
  /** The statements with its certificates. */
  readonly certificates: readonly Statement[];
  /** The certificates are of an authority that has no responder any more. */
  readonly hasNoResponder: boolean;
}

/** Folders of certificates from Let's Encrypt, which ended OCSP in 2025. */
const withoutResponder = /\/(?:letsencrypt|acme(?:\.sh)?|dehydrated|certbot)\//i;

/** The servers that ask a responder; none that has the answer from a file. */
export function staplingServers(servers: readonly Server[], inForce: InForce): readonly Stapling[] {
  return servers.flatMap(({ statement: server }) => {
    const [statement] = inForce(server, 'ssl_stapling');
    if (statement?.directive.args[0]?.text.toLowerCase() !== 'on') return [];
    if (inForce(server, 'ssl_stapling_file').length > 0) return [];
    const certificates = inForce(server, 'ssl_certificate');
    if (certificates.length === 0) return [];
    const hasNoResponder = certificates.every(({ directive }) =>
      withoutResponder.test(directive.args[0]?.text ?? ''),
    );
    return [{ statement, server, certificates, hasNoResponder }];
  });
}
