import text from './nginx-advisories.tsv?raw';
import { list, type Row, table } from './table.ts';

/** A flaw of nginx that its makers published. */
export interface Advisory {
  readonly cve: string;
  /** The word of the `feature` column: what has to be in use. */
  readonly feature: string;
  readonly severity: 'major' | 'medium' | 'low';
  /** First and last version of each range that has it, in dotted numbers. */
  readonly vulnerable: readonly (readonly [first: string, last: string])[];
  /** The first releases without it, mainline first, then older branches. */
  readonly fixed: readonly string[];
}

const byFeature = table(text, 'feature');
const byName = table(text, 'cve');

/** The flaws that need that feature, from nginx-advisories.tsv. */
export const advisoriesOf = (feature: string): readonly Advisory[] => byFeature.rows(feature).map(decode);

/** The flaw of that CVE number; undefined for one that is not in the table. */
export const advisory = (cve: string): Advisory | undefined => byName.rows(cve).map(decode)[0];

const decode = (row: Row): Advisory => ({
  cve: row('cve'),
  feature: row('feature'),
  severity: row('severity') as Advisory['severity'],
  vulnerable: list(row('vulnerable')).map((range) => {
    const [first = '', last = first] = range.split('-');
    return [first, last] as const;
  }),
  fixed: list(row('fixed')),
});
