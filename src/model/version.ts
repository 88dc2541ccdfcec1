/** Versions of the daemons, as far as the operator stated them. */

/** A version as it was stated; undefined when nobody said which one runs. */
export type Version =
  | {
      /** Most significant first. */
      readonly numbers: readonly number[];
      /**
       * What a distribution appends, such as `-9+deb12u3`; empty for a release of the project. Fixes of later releases may be
       * in such a package, features are not.
       */
      readonly build: string;
    }
  | undefined;

/** The version in `text`, for example `2.2.7` or `1:1.24.0-2ubuntu7.1`; undefined for anything else. */
export function parseVersion(text: string): Version {
  const [, numbers, build = ''] = /^(?:\d+:|v)?(\d+(?:\.\d+)*)(\S*)/.exec(text) ?? [];
  return numbers === undefined ? undefined : { numbers: numbers.split('.').map(Number), build };
}

/** Whether `version` is `bound` or later; undefined when the version is not known. */
export function atLeast(version: Version, bound: string): boolean | undefined {
  if (!version) return undefined;
  const own = version.numbers;
  const other = parseVersion(bound)!.numbers;
  for (let i = 0; i < Math.max(own.length, other.length); i++) {
    const difference = (own[i] ?? 0) - (other[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** `2.3.3` of its numbers. */
export const showVersion = ({ numbers }: NonNullable<Version>): string => numbers.join('.');
