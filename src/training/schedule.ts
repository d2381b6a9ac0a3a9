import type { OptimizerConfig, ScheduleConfig } from '../config/training-schema.js';

/** The learning rate of each update. */
export interface LearningRate {
  /** Rate of the update `step` (from 0). */
  at(step: number): number;
  /** Tells it the loss of a finished epoch; only `reduceOnPlateau` listens. */
  epochEnd(loss: number): void;
  /** What it remembers between steps. */
  save(): RateState;
  /** Puts back what `save` gave, of this rate or of one with another config. */
  restore(state: RateState): void;
}

/** What a plateau has done so far. */
export interface RateState {
  readonly factor: number;
  readonly best: number;
  readonly waited: number;
}
const RATE_START: RateState = { factor: 1, best: Infinity, waited: 0 };

/**
 * Makes the learning rate from the config. Every kind but `reduceOnPlateau` is a pure function of the step.
 * The decay is counted from the end of the warm-up, and both from step `from`, where the schedule came into force.
 */
export function createLearningRate(optimizer: OptimizerConfig, schedule: ScheduleConfig | undefined, from = 0): LearningRate {
  const base = optimizer.learningRate;
  // The rate decay some optimizers carry themselves is done here, so that the rate shown is the rate used.
  const own = optimizer.type === 'adamax' ? (step: number) => 1 / (1 + optimizer.decay * step) : () => 1;
  const warmup = schedule?.warmupSteps ?? 0;
  const plateau = schedule?.type === 'reduceOnPlateau' ? new PlateauFactor(schedule, base) : null;
  return {
    at: (step) => {
      const decayed = schedule === undefined ? base : scheduledRate(schedule, base, Math.max(0, step - from - warmup));
      return decayed * (plateau?.state.factor ?? 1) * warmupFactor(Math.max(0, step - from), warmup) * own(step);
    },
    epochEnd: (loss) => plateau?.epochEnd(loss),
    save: () => plateau?.state ?? RATE_START,
    restore: (state) => {
      if (plateau !== null) plateau.state = state;
    },
  };
}

/** Rises linearly: 1/warmup at step 0, 1 from step warmup - 1 on. */
function warmupFactor(step: number, warmupSteps: number): number {
  return step + 1 >= warmupSteps ? 1 : (step + 1) / warmupSteps;
}

/** Rate `step` updates after the warm-up, without what a plateau has done. */
function scheduledRate(schedule: ScheduleConfig, base: number, step: number): number {
  switch (schedule.type) {
    case 'constant':
    case 'reduceOnPlateau':
      return base;
    case 'exponential': {
      const intervals = step / schedule.decaySteps;
      return base * schedule.decayRate ** (schedule.staircase ? Math.floor(intervals) : intervals);
    }
    case 'cosine': {
      const share = Math.min(1, step / schedule.decaySteps);
      return schedule.minimum + (base - schedule.minimum) * 0.5 * (1 + Math.cos(Math.PI * share));
    }
    case 'step':
      return base * schedule.factor ** Math.floor(step / schedule.everySteps);
    case 'inverseTime':
      return base / (1 + (schedule.decayRate * step) / schedule.decaySteps);
    case 'polynomial': {
      const share = Math.min(1, step / schedule.decaySteps);
      return schedule.end + (base - schedule.end) * (1 - share) ** schedule.power;
    }
  }
}

type PlateauConfig = Extract<ScheduleConfig, { type: 'reduceOnPlateau' }>;

/** Multiplies the rate each time `patience` epochs have passed without a lower loss. */
class PlateauFactor {
  state = RATE_START;

  constructor(
    private readonly config: PlateauConfig,
    private readonly base: number,
  ) {}

  epochEnd(loss: number): void {
    const { factor, best, waited } = this.state;
    if (loss < best) this.state = { factor, best: loss, waited: 0 };
    else if (waited + 1 < this.config.patience) this.state = { factor, best, waited: waited + 1 };
    else {
      const lowered = Math.max(this.config.minimum, this.base * factor * this.config.factor);
      this.state = { factor: Math.min(factor, lowered / this.base), best, waited: 0 };
    }
  }
}
