import type { ClipConfig, OptimizerConfig } from '../config/training-schema.js';
import type { LayerInfo } from '../telemetry/events.js';
import { CLIP_START, clipGradients, type ClipState } from './clip.js';
import type { BuiltModel } from './model/build-model.js';
import { setPenalties } from './model/live-penalties.js';
import { createUpdateRule } from './optimizer.js';
import type { Activity } from './probes/activations.js';
import type { Cut, UpdateRule, Wanted } from './update-rule.js';
import { Snapshot } from './tensor-alias.js';
import type { Batch, Checkpoint, OutputSignal, Proposal, ProposeOptions, Reconfiguration, Stepper } from './stepper.js';
import { tf } from './tf.js';
import { TfjsForward, type Evaluator, type StepGradients } from './tfjs-forward.js';
import { normOf, type StepFigures, StepStatistics, type Change } from './tfjs-statistics.js';

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
  private limit: ClipConfig | undefined;
  private open: OpenProposal | null = null;

  constructor(private readonly parts: TfjsStepperParts) {
    const { built, clip } = parts;
    this.limit = clip;
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
      const forward = this.forward.gradients(batch, options.step);
      try {
        return this.update(forward, before, options);
      } finally {
        tf.dispose(forward.gradients);
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
    return this.statistics.timed(() => this.forward.trainingLoss(batch, step));
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

  reconfigure({ clip, penalties }: Reconfiguration): void {
    this.assertClosed();
    const { built } = this.parts;
    if (penalties !== undefined) setPenalties(built.model, penalties, built.architecture);
    this.forward.penaltiesChanged();
    if (clip?.type !== this.limit?.type) this.clipState = CLIP_START;
    this.limit = clip;
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

  private update(forward: StepGradients, before: Snapshot, options: ProposeOptions): Proposal {
    const { loss, gradients } = forward;
    const change = { gradients, before, after: this.variables };
    if (this.limit !== undefined) return this.clippedUpdate(this.limit, forward, change, options);
    // Nothing need be known of a gradient before it is applied: all is summed up on the way.
    const wanted = options.unwatched === true ? 'nothing' : options.sample === true || options.due === true ? 'all' : 'squares';
    const byProduct = this.apply(change, options, [], wanted);
    this.open = { before, clipState: this.clipState };
    if (wanted === 'nothing') return proposalOf(forward, NaN, NaN, false, null);
    const sums = byProduct ?? this.statistics.ofGradients(gradients, wanted);
    const globalGradNorm = normOf(sums);
    if (!asks(options, loss, globalGradNorm)) return proposalOf(forward, globalGradNorm, globalGradNorm, false, null);
    const whole = wanted === 'all' ? (byProduct ?? this.statistics.ofUpdate(change)) : this.statistics.ofChange(change);
    return proposalOf(forward, globalGradNorm, globalGradNorm, false, this.statistics.figures(whole));
  }

  private clippedUpdate(config: ClipConfig, forward: StepGradients, change: Change, options: ProposeOptions): Proposal {
    const sums = this.statistics.ofGradients(change.gradients, 'squares');
    const globalGradNorm = normOf(sums);
    const sampling = asks(options, forward.loss, globalGradNorm);
    const items = this.statistics.clipItems(change.gradients, change.before, sums);
    const clip = clipGradients(config, items, globalGradNorm, this.clipState);
    const byProduct = this.apply(change, options, clip.cuts, sampling ? 'all' : 'nothing');
    tf.dispose(clip.cuts.flatMap(({ units }) => units ?? []));
    this.open = { before: change.before, clipState: clip.state };
    const figures = sampling ? this.statistics.figures(byProduct ?? this.statistics.ofChange(change)) : null;
    return proposalOf(forward, globalGradNorm, clip.norm, clip.clipped, figures);
  }

  /** Applies the rule and the constraints. Its by-product, whose time counts as that of statistics; null where constraints would make it void. */
  private apply(change: Change, { learningRate }: ProposeOptions, cuts: readonly Cut[], wanted: Wanted): Float64Array | null {
    const summed = this.constraints.length === 0 ? wanted : 'nothing';
    const sums = this.rule.apply(change.gradients, learningRate, cuts, summed);
    if (sums !== null && summed !== 'nothing') this.statistics.countByProduct(summed, change);
    if (this.constraints.length === 0) return sums;
    // TensorFlow.js has constraints on its weights but its optimizers do not apply them.
    tf.tidy(() => this.constraints.forEach((constrain, i) => this.variables[i]?.assign(constrain(this.variables[i]))));
    return null;
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

/** All proposals in one form and in one piece: a step is short enough for copies to show. `figures`: null where it is not sampled. */
function proposalOf(
  { loss, metrics }: StepGradients,
  globalGradNorm: number,
  clippedGradNorm: number,
  clipped: boolean,
  figures: StepFigures | null,
): Proposal {
  const layers = figures?.layers ?? null;
  const predictedChange = figures?.predictedChange ?? null;
  const updateRatio = figures?.updateRatio ?? null;
  return { loss, metrics, globalGradNorm, clippedGradNorm, clipped, layers, predictedChange, updateRatio };
}

function asks({ sample }: ProposeOptions, loss: number, globalGradNorm: number): boolean {
  return typeof sample === 'function' ? sample({ loss, globalGradNorm }) : sample;
}

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
