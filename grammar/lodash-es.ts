/**
 * What chevrotain takes from lodash-es, as the language itself has it. The command's bundle puts this in its place
 * (vite.config.ts): lodash does more for every call than a list of fifty tokens needs, and to load it took longer than to
 * read two files.
 */
type Of<T> = readonly T[] | Readonly<Record<string, T>> | null | undefined;
type Look<T, R> = ((value: T, key: never) => R) | string;

const isList = <T>(of: Of<T>): of is readonly T[] => Array.isArray(of);

/** The function that a property's name stands for. */
const look = <T, R>(by: Look<T, R>): ((value: T, key: string | number) => R) =>
  typeof by === 'string'
    ? (value) => (value as Record<string, R>)[by]!
    : (by as (value: T, key: string | number) => R);

export const values = <T>(of: Of<T>): readonly T[] => (isList(of) ? of : Object.values(of ?? {}));
export const keys = (of: object | null | undefined): string[] => Object.keys(of ?? {});

export function forEach<T>(of: Of<T>, each: (value: T, key: string | number) => unknown): void {
  if (isList(of)) for (let at = 0; at < of.length; at++) each(of[at]!, at);
  else for (const key of keys(of)) each(of![key]!, key);
}

export function map<T, R>(of: Of<T>, by: Look<T, R>): R[] {
  const result: R[] = [];
  const of1 = look(by);
  forEach(of, (value, key) => result.push(of1(value, key)));
  return result;
}

export const flatMap = <T, R>(of: Of<T>, by: Look<T, R | R[]>): R[] => map(of, by).flat() as R[];
export const filter = <T>(of: Of<T>, by: Look<T, unknown> = Boolean): T[] => values(of).filter(look(by));
export const reject = <T>(of: Of<T>, by: Look<T, unknown>): T[] =>
  values(of).filter((value, at) => !look(by)(value, at));
export const find = <T>(of: Of<T>, by: Look<T, unknown>): T | undefined => values(of).find(look(by));
export const some = <T>(of: Of<T>, by: Look<T, unknown> = Boolean): boolean => values(of).some(look(by));
export const every = <T>(of: Of<T>, by: Look<T, unknown>): boolean => values(of).every(look(by));
export const includes = <T>(of: Of<T> | string, value: T): boolean =>
  typeof of === 'string' ? of.includes(String(value)) : values(of).includes(value);

export function reduce<T, R>(of: Of<T>, each: (sum: R, value: T, key: string | number) => R, start: R): R {
  let sum = start;
  forEach(of, (value, key) => {
    sum = each(sum, value, key);
  });
  return sum;
}

export function groupBy<T>(of: Of<T>, by: Look<T, string | number>): Record<string, T[]> {
  const groups: Record<string, T[]> = {};
  forEach(of, (value, key) => {
    const group = look(by)(value, key);
    groups[group] ??= [];
    groups[group].push(value);
  });
  return groups;
}

export const first = <T>(list: readonly T[] | undefined): T | undefined => list?.[0];
export const last = <T>(list: readonly T[] | undefined): T | undefined => list?.at(-1);
export const drop = <T>(list: readonly T[], count = 1): T[] => list.slice(count);
export const dropRight = <T>(list: readonly T[], count = 1): T[] =>
  list.slice(0, Math.max(0, list.length - count));
export const indexOf = <T>(list: readonly T[], value: T): number => list.indexOf(value);
export const flatten = <T>(list: readonly (T | readonly T[])[]): T[] => list.flat() as T[];
export const compact = <T>(list: readonly T[]): T[] => list.filter(Boolean);
export const uniq = <T>(list: readonly T[]): T[] => [...new Set(list)];
export const difference = <T>(list: readonly T[], ...others: readonly (readonly T[])[]): T[] =>
  list.filter((value) => !others.some((other) => other.includes(value)));

export const has = (of: object | null | undefined, key: PropertyKey): boolean =>
  of != null && Object.hasOwn(of, key);
export const pickBy = <T>(of: Readonly<Record<string, T>>, by: (value: T, key: string) => unknown) =>
  Object.fromEntries(Object.entries(of).filter(([key, value]) => by(value, key)));
export const assign = Object.assign;
export const defaults = (of: object, ...others: readonly object[]): object =>
  Object.assign(of, ...others.toReversed(), { ...of });
export const clone = <T>(of: T): T =>
  Array.isArray(of)
    ? (of.slice() as T)
    : isObject(of)
      ? Object.assign(Object.create(Object.getPrototypeOf(of)), of)
      : of;

export const isEmpty = (of: unknown): boolean =>
  of == null || (typeof of === 'string' ? of === '' : typeof of !== 'object' || keys(of).length === 0);
export const isArray = Array.isArray;
export const isString = (of: unknown): of is string => typeof of === 'string';
export const isFunction = (of: unknown): of is () => unknown => typeof of === 'function';
export const isObject = (of: unknown): of is object =>
  (typeof of === 'object' && of !== null) || typeof of === 'function';
export const isRegExp = (of: unknown): of is RegExp => of instanceof RegExp;
export const isUndefined = (of: unknown): of is undefined => of === undefined;

export const identity = <T>(value: T): T => value;
export const noop = (): void => {};
export const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
