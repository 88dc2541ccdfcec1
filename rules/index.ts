/** Every rule: each file below a scope's folder is one. */
import type { Rule, Scope } from '../src/lint/rule.ts';

/** The rules of a scope, in the order of their names. A function for each: a run without nginx needs none of nginx's. */
export const rulesOf: { readonly [S in Scope]: () => readonly Rule[] } = {
  syntax: () => named(import.meta.glob('./syntax/*.ts', { eager: true, import: 'default' })),
  keepalived: () => named(import.meta.glob('./keepalived/*.ts', { eager: true, import: 'default' })),
  nginx: () => named(import.meta.glob('./nginx/*.ts', { eager: true, import: 'default' })),
  node: () => named(import.meta.glob('./node/*.ts', { eager: true, import: 'default' })),
  cluster: () => named(import.meta.glob('./cluster/*.ts', { eager: true, import: 'default' })),
  fleet: () => named(import.meta.glob('./fleet/*.ts', { eager: true, import: 'default' })),
  suppression: () => named(import.meta.glob('./suppression/*.ts', { eager: true, import: 'default' })),
};

const named = (files: Readonly<Record<string, Rule>>): readonly Rule[] =>
  Object.values(files).sort((a, b) => (a.id < b.id ? -1 : 1));

/** All rules, by scope and then by name. */
export const allRules = (): readonly Rule[] => Object.values(rulesOf).flatMap((rules) => rules());
