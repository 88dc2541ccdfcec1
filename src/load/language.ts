/** Which language a file is in: by its name, then by what stands in it. */
import { posix } from 'node:path';
import type { Language } from '../model/syntax.ts';
import { evidence, withoutComments } from './evidence.ts';
import { shippedFile } from './shipped.ts';

/** Folders whose files an nginx main file includes. */
export const fragmentFolders: ReadonlySet<string> = new Set([
  'conf.d',
  'http.d',
  'stream.d',
  'sites-enabled',
  'sites-available',
  'snippets',
]);

/** Whether a path lies where fragments of nginx are kept. */
export const isFragmentPath = (path: string): boolean =>
  fragmentFolders.has(posix.basename(posix.dirname(path))) && !path.includes('/keepalived/');

const foreign =
  /\.(?:md|markdown|rst|adoc|html?|css|s?js|[cm]?[jt]s|json|ya?ml|toml|xml|lock|lua|sh|bash|zsh|py|pl|rb|php|go|c|h|service|timer|socket|pem|crt|cer|key|csr|der|p12|pfx|pub|asc|sig|gz|tgz|bz2|xz|zip|zst|tar|rpm|deb|log|pid|svg|png|jpe?g|gif|ico|pdf|sql|db|tf|hcl|ini|rules|patch|diff|tree)$/i;
const prose =
  /^(?:readme|license|licence|copying|changelog|changes|authors|notes|makefile|dockerfile|vagrantfile|jenkinsfile)(?:\.|$)/i;
const copies =
  /(?:~|#|\.(?:bak|orig|rej|sw[a-p]|old|save|tmp|default|sample|example|dist|disabled|off|rpmnew|rpmsave|rpmorig|dpkg-\w+|ucf-\w+)|[._-]\d{6,}.*)$/i;

/** Whether a name says that the file is no configuration: a script, a certificate, a page. */
export const isForeign = (name: string): boolean => foreign.test(name) || prose.test(name);

/** Whether a name says that the file is a copy that nobody reads: `nginx.conf.bak`. */
export const isCopy = (name: string): boolean => copies.test(name);

const usualNames: ReadonlyMap<string, Language> = new Map([
  ['keepalived.conf', 'keepalived'],
  ['nginx.conf', 'nginx'],
]);

/** The language that a name alone tells. */
export function languageByName(path: string): Language | undefined {
  const name = posix.basename(path).toLowerCase();
  const usual = usualNames.get(name);
  if (usual || isForeign(name)) return usual;
  const keepalived = /keepalived.*\.conf|\.conf.*keepalived/.test(name);
  const nginx = /nginx.*\.conf|\.conf.*nginx/.test(name) || shippedFile(name) !== undefined;
  if (keepalived !== nginx) return keepalived ? 'keepalived' : 'nginx';
  return undefined;
}

/**
 * The language of a file. A file that was only met in a folder must show more (`strict`) than one that the operator
 * named, who knows that it is a configuration.
 */
export function languageOf(path: string, text: string, strict: boolean): Language | undefined {
  const byName = languageByName(path);
  const name = posix.basename(path);
  // `conf.d/keepalived-status.conf` is a site of nginx.
  const sure = usualNames.has(name.toLowerCase()) || shippedFile(name.toLowerCase()) !== undefined;
  if (byName && sure && !isFragmentPath(path)) return byName;
  if (isForeign(name)) return undefined;
  const { keepalived, nginx, share } = evidence(text);
  // `vip-nginx.conf` may well be keepalived's: the name tells unless the text tells otherwise.
  if (byName && !isFragmentPath(path)) {
    const [own, other] = byName === 'nginx' ? [nginx, keepalived] : [keepalived, nginx];
    if (other < 4 || other < 4 * own) return byName;
  }
  const least = keepalived === 0 && share === 1 ? 1 : 2;
  const need = !strict ? least : share < 1 / 3 ? Number.POSITIVE_INFINITY : 4;
  if (keepalived > nginx && keepalived >= need) return 'keepalived';
  if (nginx > keepalived && nginx >= need && /[;{]/.test(text)) return 'nginx';
  // Apache keeps its sites in folders of the same names.
  const fragment = isFragmentPath(path) && (name.endsWith('.conf') || /\/sites-[^/]*\/[^/]*$/.test(path));
  if (fragment && keepalived === 0 && !/^[ \t]*</m.test(text)) return 'nginx';
  return byName;
}

/** Words of which no configuration of the other daemon is without one: they spare most files a closer look. */
const signs: Readonly<Record<Language, RegExp>> = {
  keepalived: /vrrp_|virtual_server|global_defs/,
  nginx: /;/,
};

/** Whether a file that a configuration of `language` includes is evidently one of the other daemon. */
export function isOfOther(language: Language, path: string, text: string): boolean {
  const other = language === 'nginx' ? 'keepalived' : 'nginx';
  return signs[other].test(text) && languageOf(path, text, true) === other;
}

/** Whether an nginx file is a main file, not a fragment of one. */
export function isMain(path: string, text: string): boolean {
  if (isFragmentPath(path)) return false;
  if (/nginx/i.test(posix.basename(path))) return true;
  return /(?:^|[;}\s])(?:events|http|stream|mail)\s*\{|(?:^|[;}])\s*worker_processes\s/.test(
    withoutComments(text),
  );
}
