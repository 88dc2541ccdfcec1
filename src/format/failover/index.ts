/** The formats of `lbcheck failover` by name. */
import type { Prediction } from '../../election/index.ts';
import type { Style } from '../style.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { mermaid } from './mermaid.ts';
import type { FailoverFormatName } from './names.ts';
import { pretty } from './pretty.ts';
import { svg } from './svg.ts';

export { failoverFormatNames } from './names.ts';
export { concern, isReturn } from './words.ts';

/** What a format of `lbcheck failover` makes of a prediction. */
export type FailoverFormat = (prediction: Prediction, options: { readonly style: Style }) => string;

/** What `lbcheck failover --format` takes. */
export const failoverFormats: Readonly<Record<FailoverFormatName, FailoverFormat>> = {
  pretty,
  json,
  markdown,
  mermaid,
  svg,
};
