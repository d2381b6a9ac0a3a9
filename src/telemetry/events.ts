/*
 * What a run says. The JSON form of these events (json-lines.ts) is the contract: one object per line on the
 * CLI's stdout with --json and in the run log. Adding a field is fine, renaming or removing one is not.
 */

/** A layer that has trainable weights: the layers frames speak of, in the order of the model. */
export interface LayerInfo {
  name: string;
  /** tfjs factory name, as in the config. */
  type: string;
  /** Number of trainable weights. */
  parameters: number;
}

/** Every layer of the model, with and without weights, from input to output. */
export interface ArchitectureLayer extends LayerInfo {
  /** Shape of the output without the batch axis. */
  outputShape: (number | null)[];
  activation?: string;
  /** Index in the config's model.layers, where the model comes from there. */
  configIndex?: number;
}

export interface StartEvent {
  event: 'start';
  schema: 1;
  run: string;
  /** The config with all defaults filled in. */
  config: unknown;
  /** Absolute path of the config file. */
  configFile?: string;
  /** ISO 8601 time of the start. */
  time?: string;
  engine: string;
  engineReason: string;
  layers: LayerInfo[];
  architecture?: ArchitectureLayer[];
  parameters: number;
  samples: { train: number; validation: number };
  /** The trivial predictor, in units of the configured loss. */
  baseline: { loss: number; accuracy?: number };
  seed: number;
  batchSize?: number;
  stepsPerEpoch?: number;
  /** Updates the run will make when nothing stops it. */
  plannedSteps?: number;
}

/** Statistics of one layer at one step, over all its trainable weights. */
export interface LayerStats {
  /** L2 norm of the unclipped gradient. */
  gradNorm: number;
  /** Largest |g|. */
  maxAbs: number;
  /** Gradient entries that are NaN or infinite. */
  nonFinite: number;
  /** Gradient entries that are exactly 0. */
  zeros: number;
  /** L2 norm of the weights before the update. */
  weightNorm: number;
  /** norm(update) / norm(weights). */
  updateRatio: number;
  /** Share of units never active, 0..1, at probed steps. */
  dead?: number;
  /** Share of units at their limits, 0..1, at probed steps. */
  saturated?: number;
}

export interface Evidence {
  name: string;
  value: number;
  limit: number;
}

/** One sampled step, described before its update is applied. `layers[i]` belongs to `start.layers[i]`. */
export interface Frame {
  step: number;
  epoch: number;
  /** Loss of the batch before the update, penalties included. */
  loss: number;
  learningRate: number;
  /** L2 norm of all gradients together, unclipped. */
  globalGradNorm: number;
  /** The same after clipping; equal to globalGradNorm where nothing was clipped. */
  clippedGradNorm: number;
  /** Loss after / loss before the update on the same batch; null at steps where it was not probed. */
  overshoot: number | null;
  /** 0..1 */
  risk: number;
  riskEvidence: Evidence[];
  layers: LayerStats[];
}

export interface EpochEvent {
  event: 'epoch';
  epoch: number;
  /** Steps done at the end of the epoch. */
  step?: number;
  /** Mean training loss of the epoch. */
  loss: number;
  metrics: Record<string, number>;
  validation: EvaluationResult | null;
}

export interface EvaluationResult {
  loss: number;
  metrics: Record<string, number>;
}

export type Severity = 'info' | 'warning' | 'error';
export type Phase = 'preflight' | 'training' | 'end';

/** A detected problem. */
export interface FindingEvent {
  event: 'finding';
  /** A FindingId of src/config/finding-ids.ts. */
  id: string;
  severity: Severity;
  phase: Phase;
  step: number;
  /** Name of the layer it concerns, or null. */
  layer: string | null;
  /** In words: "training too hasty", "inputs not scaled", ... */
  cause: string;
  message: string;
  /** Named numbers the verdict rests on. */
  evidence: Record<string, number | string>;
  stepsToOverflow: number | null;
  /** Config path it points at. */
  at: (string | number)[];
  /** Ids of the kinds of fix that answer it, best first. */
  fixes: string[];
  /** The formula with its numbers, one or two lines. */
  formula?: string;
  /** When this verdict is known to be wrong, one sentence. */
  caveat?: string;
}

/** A fix tried in a short run beside an untouched control of the same seed, data order and initial weights. */
export interface TrialEvent {
  event: 'trial';
  /** Kind of the fix; two of them joined by "+". */
  fix: string;
  edits: unknown[];
  /** fixes: no error finding, and the loss at most half of the trivial predictor's or the accuracy clearly above it. */
  verdict: 'fixes' | 'helps' | 'no-effect' | 'worse';
  /** Mean loss of its last steps, in the units of its own config. */
  loss: number;
  /** The same of the control, after as many steps where it came that far. */
  control: number;
  /** Updates it made. */
  steps: number;
  /** Seeds it was tried with. */
  seeds: number;
  seconds: number;
  title?: string;
  why?: string;
  live?: boolean;
  /** loss / loss of its own trivial predictor: comparable between configs whose losses have different units. */
  share?: number;
  controlShare?: number;
  /** Step the two are compared at. */
  comparedAt?: number;
  accuracy?: number;
  /** Largest global gradient norm it and its control met. */
  worstNorm?: number;
  controlWorstNorm?: number;
  /** Ids of its own findings, errors and warnings. */
  found?: string[];
  /** In words, why it went no further: "exploding-gradients at step 3". */
  stopped?: string;
  /** Smoothed loss / its trivial predictor's at up to 32 steps, evenly spread. */
  curve?: [step: number, share: number][];
  /** The same of the control. */
  controlCurve?: [step: number, share: number][];
}

export type RunState = 'starting' | 'preflight' | 'running' | 'paused' | 'completed' | 'diverged' | 'stopped' | 'failed';
export const FINAL_STATES: readonly RunState[] = ['completed', 'diverged', 'stopped', 'failed'];

/**
 * A layer (null: the optimizer) does not run on our own kernels but on those of TensorFlow.js: slower, not wrong. Told once
 * per reason, after the start event, or after the pre-flight where it depends on the data (a mask).
 */
export interface FallbackEvent {
  event: 'fallback';
  /** Name of the layer, or null. */
  layer: string | null;
  /** In words that go on from the name: "goes step by step: activation relu, not tanh". */
  reason: string;
}

/** The run changed state. */
export interface StateEvent {
  event: 'state';
  state: RunState;
  step: number;
  /** Why, in words, where there is a reason: "paused at exploding-gradients". */
  reason?: string;
  /** While paused: the last healthy step, to which the run can go back. */
  healthy?: number;
}

/** One change of a config, as ConfigEdit of src/config/config-path.ts. */
export type LiveEdit =
  { path: readonly (string | number)[]; value: unknown; insert?: true } | { path: readonly (string | number)[]; remove: true };

/** The run goes on with a changed config from `step` on; the config file is as it was. */
export interface ChangeEvent {
  event: 'change';
  step: number;
  /** "healthy": a rollback to that step went before. */
  from: 'now' | 'healthy';
  edits: LiveEdit[];
  /** Kind of the fix it comes from. */
  fix?: string;
  /** In words, imperative. */
  title?: string;
}

/** How good a forecast of overflow was, told at the end of a run. */
export interface ForecastEvent {
  event: 'forecast';
  /** Id of the finding that made it. */
  finding: string;
  /** Step it was made at. */
  step: number;
  /** Steps until overflow, as it said. */
  steps: number;
  /** Steps it took until a loss or a gradient was not finite; null where the run ended before. */
  actual: number | null;
}

/** The run went back: the next step is `to`, with the weights, moments and data order of that step; frames from there on are told anew. */
export interface RollbackEvent {
  event: 'rollback';
  /** The step it was at. */
  step: number;
  to: number;
}

export interface EndEvent {
  event: 'end';
  status: 'completed' | 'diverged' | 'stopped' | 'failed';
  steps: number;
  /** Mean loss of the last epoch or the last 20 steps. */
  loss: number;
  metrics: Record<string, number>;
  /** Evaluation on the validation split; null without one. */
  test: EvaluationResult | null;
  seconds: number;
  /** Share of the step time spent on telemetry, 0..1. */
  telemetryShare: number;
  /** Updates that were clipped / all updates. */
  clippedShare?: number;
  /** Model and weights saved of a run that did not complete: absolute path of its model.json, and the updates behind the weights. */
  weights?: { step: number; file: string };
  /** What failed, where status is failed. */
  error?: unknown;
}

/** Events beside the frames; frames travel in batches (frame-batch.ts). */
export type RunEvent =
  StartEvent | EpochEvent | FindingEvent | TrialEvent | FallbackEvent | StateEvent | RollbackEvent | ChangeEvent | ForecastEvent | EndEvent;
