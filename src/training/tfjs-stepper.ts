import type { ClipConfig, OptimizerConfig } from '../config/training-schema.js';
import type { LayerInfo } from '../telemetry/events.js';
import { CLIP_START, clipGradients, type ClipItem, type ClipResult, type ClipState } from './clip.js';
import type { BuiltModel } from './model/build-model.js';
import { createUpdateRule } from './optimizer.js';
import type { Activity } from './probes/activations.js';
import { UNCUT, type UpdateRule } from './update-rule.js';
import { Snapshot } from './tensor-alias.js';
import type { Batch, Checkpoint, OutputSignal, Proposal, ProposeOptions, Stepper } from './stepper.js';
import { tf } from './tf.js';
import { TfjsForward, type Evaluator } from './tfjs-forward.js';
import { StepStatistics } from './tfjs-statistics.js';

export interface TfjsStepperParts extends Evaluator {
  built: BuiltModel;
  optimizer: OptimizerConfig;
  clip?: ClipConfig | undefined;
  /** Shapes of one row, without the batch axis. */
  inputShape: readonly number[];
  targetShape: readonly number[];
}

interface OpenProposal {
  before: Snapshot;
  clipState: ClipState;
}

class TfjsCheckpoint implements Checkpoint {
  constructor(
    readonly step: number,
    readonly values: Snapshot,
    readonly clipState: ClipState,
  ) {}

  dispose(): void {
    this.values.dispose();
  }
}

/**
 * A step on TensorFlow.js, for any optimizer and engine: `propose` updates in place and keeps the old tensors, `commit` lets
 * them go, `discard` assigns them back. Weights, moments and running averages are all part of it; the masks of noise layers
 * are a function of the step.
 */
export class TfjsStepper implements Stepper {
  readonly layers: readonly LayerInfo[];
  private readonly variables: readonly tf.Variable[];
  private readonly constraints: readonly ((weight: tf.Tensor) => tf.Tensor)[];
  /** Everything an update can change. */
  private readonly state: readonly tf.Variable[];
  private readonly rule: UpdateRule;
  private readonly forward: TfjsForward;
  private readonly statistics: StepStatistics;
  private clipState: ClipState = CLIP_START;
  private open: OpenProposal | null = null;

  constructor(private readonly parts: TfjsStepperParts) {
    const { built } = parts;
    this.layers = built.layers;
    this.variables = built.variables.map((entry) => entry.variable);
    this.rule = createUpdateRule(parts.optimizer, this.variables);
    const carried = built.model.nonTrainableWeights.map((weight) => weight.read() as tf.Variable);
    this.state = [...this.variables, ...this.rule.slots, ...carried];
    this.constraints = constraintsOf(built.model);
    this.forward = new TfjsForward(parts, this.variables, carried);
    this.statistics = new StepStatistics(built);
  }

  get telemetrySeconds(): number {
    return this.statistics.seconds;
  }

  propose(batch: Batch, options: ProposeOptions): Proposal {
    this.assertClosed();
    const before = new Snapshot(this.state);
    try {
      const { loss, metrics, gradients } = this.forward.gradients(batch, options.step);
      try {
        return { loss, metrics, ...this.update(loss, gradients, before, options) };
      } finally {
        tf.dispose(gradients);
      }
    } catch (error) {
      before.restore();
      before.dispose();
      throw error;
    }
  }

  commit(): void {
    const { before, clipState } = this.takeOpen();
    this.clipState = clipState;
    before.dispose();
  }

  discard(): void {
    const { before } = this.takeOpen();
    before.restore();
    before.dispose();
  }

  evaluate(batch: Batch): { loss: number; metrics: Record<string, number> } {
    return this.forward.evaluate(batch);
  }

  trainingLoss(batch: Batch, step: number): number {
    return this.forward.trainingLoss(batch, step);
  }

  gradient(batch: Batch, step: number, shift?: { direction: Float32Array; scale: number }): Float32Array {
    this.assertClosed();
    return this.forward.flatGradient(batch, step, shift);
  }

  signals(batch: Batch, step: number): OutputSignal[] {
    return this.forward.signals(batch, step);
  }

  activity(batch: Batch, step: number): (Activity | undefined)[] {
    return this.statistics.timed(() => this.forward.activity(batch, step));
  }

  weightsAreFinite(): boolean {
    return this.variables.every((variable) => variable.dataSync().every((value) => Number.isFinite(value)));
  }

  checkpoint(step: number): Checkpoint {
    this.assertClosed();
    return new TfjsCheckpoint(step, new Snapshot(this.state), this.clipState);
  }

  restore(checkpoint: Checkpoint): void {
    this.assertClosed();
    if (!(checkpoint instanceof TfjsCheckpoint)) throw new TypeError('This checkpoint belongs to another stepper.');
    checkpoint.values.restore();
    this.clipState = checkpoint.clipState;
  }

  /** Frees its own tensors; those of the model stay with the model. */
  dispose(): void {
    if (this.open !== null) this.discard();
    this.rule.dispose();
    this.forward.dispose();
  }

  private update(loss: number, gradients: tf.Tensor[], before: Snapshot, options: ProposeOptions): Omit<Proposal, 'loss' | 'metrics'> {
    if (options.unwatched === true && this.parts.clip === undefined) return this.plainUpdate(gradients, before, options);
    const { sample } = options;
    const known = sample === true ? this.statistics.ofGradients(gradients, before) : this.statistics.normsOf(gradients, before);
    const globalGradNorm = Math.sqrt(known.reduce((sum, item) => sum + item.norm * item.norm, 0));
    const sampling = typeof sample === 'function' ? sample({ loss, globalGradNorm }) : sample;
    const items = sampling && sample !== true ? this.statistics.ofGradients(gradients, before) : known;
    const clip = this.clip(items, globalGradNorm);
    const sums = this.rule.apply(gradients, options.learningRate, clip.cuts, sampling);
    this.applyConstraints();
    tf.dispose(clip.cuts.flatMap(({ units }) => units ?? []));
    // The sums are of the weights the rule made: constraints make them void.
    const usable = this.constraints.length === 0 ? sums : null;
    this.open = { before, clipState: clip.state };
    const sampled = sampling ? this.statistics.ofUpdate(items, this.variables, before, usable) : NOT_SAMPLED;
    return { globalGradNorm, clippedGradNorm: clip.norm, clipped: clip.clipped, ...sampled };
  }

  /** The update alone, without a look at it. */
  private plainUpdate(gradients: tf.Tensor[], before: Snapshot, { learningRate }: ProposeOptions): Omit<Proposal, 'loss' | 'metrics'> {
    this.rule.apply(
      gradients,
      learningRate,
      gradients.map(() => UNCUT),
      false,
    );
    this.applyConstraints();
    this.open = { before, clipState: this.clipState };
    return { globalGradNorm: NaN, clippedGradNorm: NaN, clipped: false, ...NOT_SAMPLED };
  }

  private clip(items: readonly ClipItem[], norm: number): ClipResult {
    if (this.parts.clip !== undefined) return clipGradients(this.parts.clip, items, norm, this.clipState);
    return { cuts: items.map(() => UNCUT), norm, clipped: false, state: this.clipState };
  }

  /** TensorFlow.js has constraints on its weights but its optimizers do not apply them. */
  private applyConstraints(): void {
    tf.tidy(() => this.constraints.forEach((constrain, i) => this.variables[i]?.assign(constrain(this.variables[i]))));
  }

  private assertClosed(): void {
    if (this.open !== null) throw new Error('A proposal is open: commit or discard it first.');
  }

  private takeOpen(): OpenProposal {
    const { open } = this;
    if (open === null) throw new Error('No proposal is open.');
    this.open = null;
    return open;
  }
}

const NOT_SAMPLED = { layers: null, predictedChange: null, updateRatio: null };

type Constraint = { apply(weight: tf.Tensor): tf.Tensor };

/** By position of the trainable weight; sparse: most weights have none. */
function constraintsOf(model: tf.LayersModel): ((weight: tf.Tensor) => tf.Tensor)[] {
  const constraints: ((weight: tf.Tensor) => tf.Tensor)[] = [];
  model.trainableWeights.forEach((weight, i) => {
    const { constraint } = weight as unknown as { constraint?: Constraint | null };
    if (constraint) constraints[i] = (value) => constraint.apply(value);
  });
  return constraints;
}
