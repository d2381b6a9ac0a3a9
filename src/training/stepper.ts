import type { Config } from '../config/config-schema.js';
import type { ClipConfig } from '../config/training-schema.js';
import type { LayerInfo, LayerStats } from '../telemetry/events.js';
import type { Activity } from './probes/activations.js';

/** Rows of one update or evaluation, float32, row-major. */
export interface Batch {
  rows: number;
  inputs: Float32Array;
  targets: Float32Array;
  /** Numbers of the rows in the training split, where they come from it. */
  samples?: Int32Array;
}

/** What is known of an update before it is applied. `layers[i]` belongs to `Stepper.layers[i]`. */
export interface Proposal {
  /** Mean loss of the batch before the update, penalties included. */
  loss: number;
  /** Unclipped L2 norm over all trainable weights. */
  globalGradNorm: number;
  /** The same after clipping. */
  clippedGradNorm: number;
  /** Something was clipped. */
  clipped: boolean;
  /** Metrics of the batch before the update, as training computes it. */
  metrics: Record<string, number>;
  /** Statistics of the unclipped gradient and of the proposed update; null where this step is not sampled. */
  layers: LayerStats[] | null;
  /** g . dw over all trainable weights: the change of the loss if it were linear; null where not sampled. */
  predictedChange: number | null;
  /** norm of the whole update / norm of all weights; null where not sampled. */
  updateRatio: number | null;
}

export interface ProposeOptions {
  /** The learning rate of this update. */
  learningRate: number;
  /** Number of the update: noise layers draw their masks from (seed, layer, step), so a repeated step is the same step. */
  step: number;
  /** Collect the statistics of the layers; a rule is asked once loss and gradient of the step are known. */
  sample: boolean | SampleRule;
  /** The rule is going to say yes: what the sample is made of may be collected on the way. */
  due?: boolean;
  /** Measure nothing, the norms are NaN: only to time what watching costs. Clipping still measures what it needs. */
  unwatched?: boolean;
}

/** Whether a step deserves a sample. */
export type SampleRule = (signal: Pick<Proposal, 'loss' | 'globalGradNorm'>) => boolean;

/** What may change of a training that goes on, beside its learning rate. */
export interface Reconfiguration {
  clip: ClipConfig | undefined;
  /** The model of the config with other penalties; missing where they stay. */
  penalties?: Config['model'];
}

/** What one layer puts out on a batch in training. */
export interface OutputSignal {
  layer: string;
  /** Root mean square of its finite outputs; NaN where none is finite. */
  outputRms: number;
  nonFiniteOutputs: number;
}

/** Weights, optimizer moments, running averages and counters of one moment. Owned by its stepper. */
export interface Checkpoint {
  readonly step: number;
  dispose(): void;
}

/**
 * One training step in two phases: `propose` computes an update and its statistics, `commit` makes it so, `discard`
 * forgets it, bit for bit. The loop, the probes and the trials know nothing else of the engine.
 */
export interface Stepper {
  /** Layers with trainable weights, in the order of the model. */
  readonly layers: readonly LayerInfo[];
  propose(batch: Batch, options: ProposeOptions): Proposal;
  commit(): void;
  discard(): void;
  /** Mean loss (penalties included) and metrics in inference mode, at the proposed weights while a proposal is open. */
  evaluate(batch: Batch): { loss: number; metrics: Record<string, number> };
  /** Loss of the batch as training computes it (same noise as `step`), at the proposed weights while a proposal is open. */
  trainingLoss(batch: Batch, step: number): number;
  /**
   * Gradient of the training loss (same noise as `step`) over all trainable weights in a row, at weights + scale * direction.
   * Changes nothing. Not while a proposal is open.
   */
  gradient(batch: Batch, step: number, shift?: { direction: Float32Array; scale: number }): Float32Array;
  /** Outputs of every layer on a batch in training. Changes nothing. */
  signals(batch: Batch, step: number): OutputSignal[];
  /** Shares of dead and saturated units by place of the layer, on a batch in training; holes where none are known. Changes nothing. */
  activity(batch: Batch, step: number): (Activity | undefined)[];
  /**
   * From the next proposal on the gradient is clipped so, and the kernels have these penalties; weights and moments stay. Not while
   * a proposal is open. Throws AppError where the model cannot take the penalties; nothing is changed then.
   */
  reconfigure(change: Reconfiguration): void;
  /** Every trainable weight is a finite number; of the proposed weights while a proposal is open. */
  weightsAreFinite(): boolean;
  /** Seconds spent on statistics and probes so far. */
  readonly telemetrySeconds: number;
  checkpoint(step: number): Checkpoint;
  restore(checkpoint: Checkpoint): void;
  dispose(): void;
}
