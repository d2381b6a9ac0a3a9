/*
 * What was measured before the first update. The training room measures (src/training/probes/), the detectors of
 * this room judge. Numbers may be NaN or infinite: that is a finding, not an accident.
 */

/** One input column (or, for inputs without columns, all values of one position taken together) of the training split. */
export interface FeatureStats {
  name: string;
  mean: number;
  /** Standard deviation. */
  deviation: number;
  min: number;
  max: number;
  nonFinite: number;
}

export interface TargetStats {
  name: string;
  mean: number;
  deviation: number;
  min: number;
  max: number;
  nonFinite: number;
  /** Number of distinct classes, where the target is a class; null for a number to be predicted. */
  classes: number | null;
  /** Rows per class, in the order of the class index. */
  classCounts: number[] | null;
}

/** Root mean square of a layer's output and the norm of its gradient on the first batch. */
export interface LayerSignal {
  layer: string;
  outputRms: number;
  gradNorm: number;
  nonFiniteOutputs: number;
}

/** One update proposed, evaluated on its own batch, and undone. */
export interface DryStep {
  step: number;
  lossBefore: number;
  lossAfter: number;
  /** lossAfter / lossBefore. */
  overshoot: number;
  /** (lossAfter - lossBefore) / (g . dw): 1 where the loss is linear, 0.5 at the best step of a quadratic. */
  rho: number;
  globalGradNorm: number;
  /** norm of the whole update / norm of all weights. */
  updateRatio: number;
  learningRate: number;
  nonFiniteGradients: number;
}

export interface OutputStats {
  /** Name of the last layer. */
  layer: string;
  units: number;
  /** Activation the output passes through last ("linear" where none). */
  activation: string;
  /** Index of the layer in model.layers that carries that activation, where the model comes from there. */
  configIndex: number | null;
}

/** Rows and columns of the training split that repeat others. */
export interface DataInspection {
  /** Rows whose inputs and target are those of an earlier row. */
  repeatedRows: number;
  /** Rows with the inputs of an earlier row but a target it did not have. */
  conflictingRows: number;
  /**
   * Variance of the targets among rows with equal inputs / their variance in all: what no function of the inputs can explain. Null where
   * fewer than half of the rows repeat inputs; missing in older reports.
   */
  unexplainedShare?: number | null;
  /** Columns that hold the numbers of an earlier one. */
  repeatedColumns: { name: string; of: string }[];
}

export interface PreflightReport {
  samples: number;
  parameters: number;
  features: FeatureStats[];
  targets: TargetStats[];
  output: OutputStats;
  signal: LayerSignal[];
  dry: DryStep[];
  /** Largest eigenvalue of the Hessian on the first batch, by power iteration; null where it was not affordable. */
  sharpness: number | null;
  baselineLoss: number;
  /** Missing in reports of runs that were not inspected. */
  data?: DataInspection;
}
