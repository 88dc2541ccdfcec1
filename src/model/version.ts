/** Versions of the daemons, as far as the operator stated them. */

/** Dotted numbers, most significant first; undefined when nobody said which version runs. */
export type Version = readonly number[] | undefined;

/** The version in `text`, for example `2.2.7`; undefined for anything else. */
export function parseVersion(text: string): Version {
  return /^v?\d+(?:\.\d+)*/.test(text)
    ? text
        .replace(/^v/, '')
        .split('.')
        .map((part) => Number.parseInt(part, 10))
    : undefined;
}

/** Whether `version` is `bound` or later; undefined when the version is not known. */
export function atLeast(version: Version, bound: string): boolean | undefined {
  if (!version) return undefined;
  const other = parseVersion(bound)!;
  for (let i = 0; i < Math.max(version.length, other.length); i++) {
    const difference = (version[i] ?? 0) - (other[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** `2.3.3` of its numbers. */
export const showVersion = (version: NonNullable<Version>): string => version.join('.');
