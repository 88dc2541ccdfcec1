/** Which language a file is in: by its name, then by what stands in it. */
import { posix } from 'node:path';
import type { Language } from '../model/syntax.ts';
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

const withoutComments = (text: string): string => text.replace(/(^|[\s;{}])#[^\n]*/g, '$1');

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Names that one language has and no other does. */
const strong: Readonly<Record<Language, readonly string[]>> = {
  keepalived: words(`
    global_defs vrrp_instance vrrp_script vrrp_sync_group vrrp_track_process vrrp_track_file virtual_server
    virtual_server_group real_server sorry_server virtual_ipaddress virtual_ipaddress_excluded virtual_routes
    virtual_rules virtual_router_id advert_int authentication auth_type auth_pass notification_email
    notification_email_from smtp_server smtp_connect_timeout router_id nopreempt preempt_delay track_script
    track_interface track_process track_file unicast_peer unicast_src_ip mcast_src_ip notify_master notify_backup
    notify_fault lb_algo lb_kind lvs_sched lvs_method persistence_timeout delay_loop tcp_check http_get ssl_get
    misc_check udp_check connect_timeout connect_port nb_get_retry delay_before_retry static_ipaddress static_routes
    static_rules bfd_instance enable_script_security script_user use_vmac smtp_alert`),
  nginx: words(`
    worker_processes worker_connections server_name proxy_pass proxy_set_header ssl_certificate ssl_certificate_key
    error_log access_log log_format keepalive_timeout sendfile tcp_nopush gzip default_type add_header try_files
    limit_req_zone limit_conn_zone split_clients error_page auth_basic load_module client_max_body_size least_conn
    ip_hash real_ip_header set_real_ip_from fastcgi_pass uwsgi_pass server_tokens resolver rewrite stub_status
    proxy_protocol ssl_protocols ssl_ciphers ssl_session_cache proxy_connect_timeout proxy_read_timeout`),
};
/** Names that others have, too. */
const weak: Readonly<Record<Language, readonly string[]>> = {
  keepalived: words(
    'state interface priority script interval weight fall rise accept notify protocol smtp garp_group',
  ),
  nginx: words(`
    events http server location upstream stream mail listen root index user return if set map geo types charset
    allow deny keepalive expires internal alias break satisfy zone`),
};
const families: Readonly<Record<Language, RegExp>> = {
  keepalived: /^(?:vrrp|virtual|lvs|smtp|garp|unicast|notify|static|bfd)_/,
  nginx: /^(?:proxy|fastcgi|uwsgi|scgi|grpc|ssl|gzip|limit|client|worker|keepalive|lua|upstream)_/,
};
const languages: readonly Language[] = ['keepalived', 'nginx'];

/** A word and all that one lost letter makes of it: two words that share one are a slip apart. */
const slips = (word: string): readonly string[] => [
  word,
  ...Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1)),
];
const known = new Map(
  languages.flatMap((language) => strong[language].map((word) => [word, language] as const)),
);
let slipped: ReadonlyMap<string, Language> | undefined;
const nearly = (word: string): Language | undefined => {
  if (word.length < 6) return undefined;
  slipped ??= new Map(
    [...known]
      .filter(([name]) => name.length > 6)
      .flatMap(([name, of]) => slips(name).map((slip) => [slip, of])),
  );
  for (const slip of slips(word)) {
    const language = slipped.get(slip);
    if (language) return language;
  }
  return undefined;
};

/** More text than this tells nothing new. */
const enough = 256 * 1024;

/** How much the first words of the statements speak for each language, and the share of those that speak at all. */
function evidence(text: string): Readonly<Record<Language | 'share', number>> {
  const score = { keepalived: 0, nginx: 0, share: 0 };
  let [statements, telling] = [0, 0];
  for (const written of withoutComments(text.slice(0, enough)).split(/[\n;{}]/)) {
    // Both languages take their keywords in quotes, too.
    const statement = written.replace(/^([\s\uFEFF]*)"([A-Za-z][\w-]*)"(?=\s+\S)/, '$1$2');
    if (!/^[\s\uFEFF]*[A-Za-z]/.test(statement)) continue;
    statements++;
    const match = /^[\s\uFEFF]*([A-Za-z][\w-]{1,40})(?:\s+(.*))?$/s.exec(statement);
    // `state = x`, `state: x` and `state - x` are other languages.
    if (!match || /^[=:-]/.test(match[2] ?? '')) continue;
    const word = match[1]!.toLowerCase().replaceAll('-', '_');
    if (word === 'state' && /^(?:master|backup)/i.test(match[2] ?? '')) score.keepalived += 3;
    if (word === 'return' && /^[1-5]\d\d(?:\s|$)/.test(match[2] ?? '')) score.nginx += 2;
    const language = known.get(word) ?? languages.find((each) => families[each].test(word)) ?? nearly(word);
    const weakly = languages.filter((each) => weak[each].includes(word));
    if (language) score[language] += 3;
    else for (const each of weakly) score[each] += 1;
    if (language || weakly.length > 0) telling++;
  }
  return { ...score, share: telling / Math.max(statements, 1) };
}
