import type { LossType } from '../../config/training-schema.js';
import type { TargetStats } from '../../diagnosis/preflight-report.js';

/** Targets as the loss needs them. */
export interface EncodedTargets {
  shape: readonly number[];
  train: Float32Array;
  validation: Float32Array;
  stats: TargetStats[];
  classNames: string[] | null;
  outputUnits: number;
}

/** Losses that predict numbers; the others need classes. */
export const REGRESSION_LOSSES: ReadonlySet<LossType> = new Set<LossType>(['meanSquaredError', 'meanAbsoluteError', 'huber', 'logCosh']);
