import type { BatchSource } from './batches.js';
import type { Progress, ProgressState } from './progress.js';
import { Sampling, type SamplingPlan, type SamplingState } from './sampling.js';
import type { LearningRate, RateState } from './schedule.js';
import type { Batch, Checkpoint, Stepper } from './stepper.js';

export interface TrainingPlan extends SamplingPlan {
  stepper: Stepper;
  batches: BatchSource;
  learningRate: LearningRate;
  epochs: number;
  /** Hard limit on the updates; Infinity where there is none. */
  steps: number;
}

/** A step that is about to be made; its batch is valid until the course is asked for the next one. */
export interface Leg {
  step: number;
  epoch: number;
  batch: Batch;
  /** It is the last one of its epoch. */
  endsEpoch: boolean;
}

/** Everything the steps from one moment on follow from. Owned by its course. */
export interface Moment {
  readonly step: number;
  readonly weights: Checkpoint;
  readonly progress: ProgressState;
  readonly rate: RateState;
  readonly sampling: SamplingState;
  readonly lastLook: number | null;
}

/**
 * Where a training stands in its plan. Between two steps it can be captured, and later put back: weights, moments, running
 * averages, the place in the data, the learning rate and what telemetry remembers. The masks of noise layers are a function of the
 * step, so the steps after a rewind are those that followed the first time, bit for bit.
 */
export class Course {
  readonly sampling: Sampling;
  /** Step at which the activations were last looked at. */
  lastLook: number | null = null;
  private batches: Generator<Batch> | null = null;

  constructor(
    readonly plan: TrainingPlan,
    readonly progress: Progress,
  ) {
    this.sampling = new Sampling(plan);
  }

  /** The next step of the plan; null at its end. */
  next(): Leg | null {
    const { plan, progress } = this;
    const { perEpoch } = plan.batches;
    const step = progress.steps;
    const epoch = Math.floor(step / perEpoch);
    const place = step % perEpoch;
    if (step >= plan.steps || epoch >= plan.epochs) return null;
    if (place === 0) progress.startEpoch(epoch);
    if (place === 0 || this.batches === null) this.batches = plan.batches.passing(epoch, place);
    const batch = this.batches.next().value as Batch;
    return { step, epoch, batch, endsEpoch: place === perEpoch - 1 };
  }

  /** Not while an update is open. The moment holds a set of weights and moments until it is disposed of. */
  capture(): Moment {
    const { plan, progress, sampling, lastLook } = this;
    return {
      step: progress.steps,
      weights: plan.stepper.checkpoint(progress.steps),
      progress: progress.save(),
      rate: plan.learningRate.save(),
      sampling: sampling.save(),
      lastLook,
    };
  }

  /** The next step is that of the moment again, which stays usable. Not while an update is open. */
  rewind(moment: Moment): void {
    this.plan.stepper.restore(moment.weights);
    this.progress.restore(moment.progress);
    this.plan.learningRate.restore(moment.rate);
    this.sampling.restore(moment.sampling);
    this.lastLook = moment.lastLook;
    this.batches = null;
  }
}
