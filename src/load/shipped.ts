/** Files that come with nginx or its packages: every main file includes them and nobody keeps them with it. */

/**
 * Harmless ones set nothing whose absence a rule could claim. The others do, so without them nothing is known to be
 * missing; either way it is no problem that they are not there.
 */
const shipped: readonly (readonly [name: RegExp, harmless: boolean, why: string])[] = [
  [/^mime\.types$/, true, 'types only'],
  [/^(?:fastcgi|uwsgi|scgi)_params$/, true, 'parameters for applications only'],
  [/^fastcgi\.conf$/, true, 'parameters for applications only'],
  [/^(?:koi-utf|koi-win|win-utf)$/, true, 'character maps only'],
  [/^snippets\/fastcgi-php\.conf$/, true, 'Debian: how to call PHP'],
  [/^modules-enabled\/\*(?:\.conf)?$/, true, 'Debian: load_module only'],
  [/^\/usr\/share\/nginx\/modules\/[^/]*$/, true, 'load_module only'],
  [/^proxy_params$/, false, 'Debian: proxy_set_header Host, X-Real-IP, X-Forwarded-For, X-Forwarded-Proto'],
  [/^snippets\/snakeoil\.conf$/, false, 'Debian: ssl_certificate and its key'],
  [/^(?:.*\/)?options-ssl-nginx\.conf$/, false, 'letsencrypt: ssl_protocols, ciphers and sessions'],
];

/** Whether a package ships the named file, and if so whether it may be left out without loss. */
export function shippedFile(pattern: string): { readonly harmless: boolean } | undefined {
  const name = pattern.replace(/^\/etc\/nginx\//, '').replace(/^\.\//, '');
  const entry = shipped.find(([regexp]) => regexp.test(name));
  return entry && { harmless: entry[1] };
}
