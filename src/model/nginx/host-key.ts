/** Names of hosts as nginx puts them into its hashes (ngx_hash_add_key() with NGX_HASH_WILDCARD_KEY). */

/** What a host occupies in a hash of hosts, in small letters; undefined of what nginx refuses. */
export function hostKeys(host: string): readonly string[] | undefined {
  const lower = host.toLowerCase();
  const stars = lower.split('*').length - 1;
  if (stars > 1 || lower.includes('..')) return undefined;
  if (/^\../.test(lower)) return [lower.slice(1), `*${lower}`];
  return stars === 0 || /^\*\..|.\.\*$/.test(lower) ? [lower] : undefined;
}
