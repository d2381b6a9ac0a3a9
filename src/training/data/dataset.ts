import type { FeatureStats, TargetStats } from '../../diagnosis/preflight-report.js';

/** Rows ready for the model: float32, row-major, scaled and encoded. */
export interface Dataset {
  rows: number;
  /** Shape of one input row, without the batch axis. */
  inputShape: readonly number[];
  /** rows x product(inputShape) */
  inputs: Float32Array;
  /** Shape of one target row, without the batch axis. */
  targetShape: readonly number[];
  /** rows x product(targetShape) */
  targets: Float32Array;
}

export interface PreparedData {
  train: Dataset;
  /** Null without a validation split. */
  validation: Dataset | null;
  /** Columns of the training split as the model sees them (after scaling, factor and one-hot). */
  features: FeatureStats[];
  targets: TargetStats[];
  /** Names of the classes by index, where the target is a class. */
  classNames: string[] | null;
  /** Units the output needs for this target and loss. */
  outputUnits: number;
  /** Rows left out because of missing cells. */
  droppedRows?: number;
}
