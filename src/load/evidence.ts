/** What the words of a file tell about the language that it is in, where its name does not. */
import type { Language } from '../model/syntax.ts';

/** The text less its comments, as both languages have them. */
export const withoutComments = (text: string): string => text.replace(/(^|[\s;{}])#[^\n]*/g, '$1');

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
export function evidence(text: string): Readonly<Record<Language | 'share', number>> {
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
