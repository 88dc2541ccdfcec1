/** The library's door. */
import { allRules } from '../rules/index.ts';
import type { Rule } from './lint/rule.ts';

export { type CheckOptions, check } from './check.ts';
export type { Prediction } from './election/index.ts';
export { type Failover, type FailoverOptions, failover } from './failover.ts';
export type { Change, Fixed } from './fix/index.ts';
export type { FormatOptions } from './format/index.ts';
export { plain } from './format/style.ts';
export type {
  Diagnostic,
  Frame,
  InternalError,
  Place,
  Related,
  Report,
  Summary,
  TextEdit,
} from './lint/diagnostic.ts';
export type { Rule, Severity } from './lint/rule.ts';
export type { RunOptions } from './lint/run.ts';
export { type FileSystem, memory } from './load/disk.ts';
export type { LoadOptions } from './load/index.ts';
export { type MendOptions, mend } from './mend.ts';
export { parseVersion, type Version } from './model/version.ts';
export { formatNames, render } from './render.ts';

/** All rules, by scope and then by name. */
export const rules: readonly Rule[] = allRules();
