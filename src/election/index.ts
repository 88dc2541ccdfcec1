/** The VRRP election of a cluster, as its daemons would run it: who holds each address after each fault. */
export {
  type BlockedFailover,
  blockedFailovers,
  type Deafness,
  deafPairs,
  type LostAddress,
  lostAddresses,
} from './defects.ts';
export { actionsIn, type Parsed, parseStart, parseSteps, showStep } from './faults.ts';
export { predict } from './predict.ts';
export type {
  Action,
  Hearing,
  Options,
  Predict,
  Prediction,
  Result,
  RouterPrediction,
  Step,
  Verdict,
  Window,
} from './types.ts';
