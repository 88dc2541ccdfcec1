/** Names that a directive of nginx has in other servers and proxies, and in people's memory. */

let foreign: ReadonlyMap<string, readonly string[]> | undefined;

/** What nginx has for a name of other programs or of people's own, in small letters, most likely first. */
export function namedElsewhere(name: string): readonly string[] {
  foreign ??= foreignNames();
  return foreign.get(name) ?? [];
}

function foreignNames(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const known = {
    access_log: 'customlog log transferlog',
    add_header: 'header set_header more_header',
    auth_basic: 'authname basicauth basic_auth',
    auth_basic_user_file: 'authuserfile auth_user_file',
    client_max_body_size: 'limitrequestbody max_body_size client_max_upload_size upload_max_filesize',
    deny: 'block reject drop',
    error_page: 'errordocument',
    expires: 'expiresdefault',
    fastcgi_param: 'setenv',
    fastcgi_pass: 'php_fastcgi',
    gzip: 'encode compress deflate',
    include: 'import includeoptional',
    index: 'directoryindex',
    keepalive_timeout: 'keep_alive_timeout',
    least_conn: 'leastconn least_connections',
    listen: 'bind port',
    location: 'route handle path',
    proxy_connect_timeout: 'connect_timeout',
    proxy_pass: 'reverse_proxy proxy_to use_backend',
    proxy_read_timeout: 'read_timeout proxy_response_timeout',
    proxy_set_header: 'requestheader proxy_header proxy_add_header add_proxy_header',
    resolver: 'nameserver dns',
    return: 'redir redirect respond',
    rewrite: 'rewriterule rewrite_rule',
    root: 'documentroot document_root docroot webroot',
    server_name: 'serveralias server_alias host domain hostname',
    set_real_ip_from: 'remoteiptrustedproxy remoteipinternalproxy',
    ssl_certificate: 'sslcertificatefile ssl_cert ssl_crt crt certificate tls_certificate',
    ssl_certificate_key: 'sslcertificatekeyfile ssl_key certificate_key',
    ssl_ciphers: 'sslciphersuite ciphers',
    ssl_protocols: 'tls_protocols ssl_versions',
    try_files: 'fallbackresource',
    upstream: 'backend pool balancer',
    server: 'backend member vhost virtualhost frontend',
    worker_connections: 'max_connections maxconn',
    worker_processes: 'nbproc workers processes',
  };
  for (const [word, others] of Object.entries(known)) {
    for (const other of others.split(' ')) found.set(other, [...(found.get(other) ?? []), word]);
  }
  return found;
}
