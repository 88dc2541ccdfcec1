/** Every rule: each file below a scope's folder is one. */
import type { Rule, Scope } from '../src/lint/rule.ts';

const files = import.meta.glob<Rule>(['./{syntax,keepalived,nginx,node,cluster}/*.ts'], {
  eager: true,
  import: 'default',
});

const scopes: readonly Scope[] = ['syntax', 'keepalived', 'nginx', 'node', 'cluster'];

/** All rules, by scope and then by name. */
export const rules: readonly Rule[] = Object.values(files).sort(
  (a, b) => scopes.indexOf(a.scope) - scopes.indexOf(b.scope) || (a.id < b.id ? -1 : 1),
);
