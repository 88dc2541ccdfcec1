/** The JSON of `lbcheck failover`, version 1. */
import type { Prediction, Result } from '../../election/index.ts';
import { jsonText } from '../json-text.ts';

/** The fields in the order in which a person reads them. */
const resultOf = ({ steps, holders, verdict, unserved, why, ...more }: Result) => ({
  steps,
  holders,
  verdict,
  unserved,
  why,
  ...more,
});

export const json = ({ routers }: Prediction): string =>
  jsonText({
    version: 1,
    routers: routers.map(({ addresses, nodes, results }) => ({
      addresses,
      nodes,
      results: results.map(resultOf),
    })),
  });
