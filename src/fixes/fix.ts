import type { ConfigEdit } from '../config/config-path.js';
import type { Config } from '../config/config-schema.js';
import type { FindingEvent } from '../telemetry/events.js';

/** Stable ids of the kinds of fix. */
export const FIX_IDS = [
  'clip-gradients',
  'lower-learning-rate',
  'decay-learning-rate',
  'warm-up',
  'add-l1',
  'add-l2',
  'scale-inputs',
  'scale-target',
  'change-initializer',
  'change-activation',
  'change-output',
  'add-normalization',
  'simplify-model',
  'limit-data',
  'clean-data',
  'change-optimizer',
  'raise-learning-rate',
  'increase-batch',
  'early-stop',
  'add-dropout',
] as const;
export type FixId = (typeof FIX_IDS)[number];

/** A change of the config that answers a finding. */
export interface Fix {
  id: FixId;
  /** Imperative with the value: "Clip gradients to global norm 1.0". */
  title: string;
  /** One sentence with the numbers and the source. */
  why: string;
  edits: ConfigEdit[];
  /** It can be applied to a running trainer. */
  live: boolean;
}

/** One kind of fix: makes zero or more concrete fixes from a finding's evidence and the config. */
export interface FixKind {
  readonly id: FixId;
  make(finding: FindingEvent, config: Config): Fix[];
}
