/** What changed with a release of nginx (CHANGES), apart from the words of directives, which the tables date. */
import { variants } from '../../../grammar/tables/directives.ts';
import { atLeast, type Version } from '../version.ts';
import type { Module } from './statement.ts';

/** What nginx is taken for where nobody stated its version: nobody runs an older one without saying so. */
export const oldest: NonNullable<Version> = { numbers: [1, 18, 0], build: '' };

/** What long-term distributions ship: what changed later is news there. */
export const established: NonNullable<Version> = { numbers: [1, 22, 1], build: '' };

/** Whether what a release took away is gone. */
export const isGone = (version: Version, removed: string): boolean =>
  atLeast(version ?? oldest, removed) === true;

/** Whether nginx has a directive of its own already; undefined where the version is not known. */
export const hasDirective = (version: Version, name: string): boolean | undefined =>
  atLeast(version, variants(name)[0]?.since ?? '0');

/** Whether connections to upstreams are kept by default, over HTTP/1.1 and wherever `keepalive` stands. */
export const keepsConnections = (version: Version): boolean | undefined => atLeast(version, '1.29.7');

/** Whether several servers of a module can listen on one address: mail has no names, stream had none (ngx_stream_core_listen()). */
export const sharesSockets = (version: Version, module: Module): boolean =>
  module !== 'mail' && (module !== 'stream' || atLeast(version, '1.25.5') !== false);

/** Whether a server of stream may have nothing that handles its connections (ngx_stream_core_merge_srv_conf()). */
export const allowsIdleStreams = (version: Version): boolean | undefined => atLeast(version, '1.27.1');

/** Whether the certificates of clients can be checked by `ssl_trusted_certificate` alone (ngx_http_ssl_merge_srv_conf()). */
export const checksClientsByTrusted = (version: Version): boolean | undefined => atLeast(version, '1.27.2');
