import { SOME_RISK } from './risk-levels.js';
import type { ProposeOptions, SampleRule } from './stepper.js';

/** A loss or a gradient norm above so many times the largest of the last ones deserves a look. */
const LEAP = 2;
/** Steps in a row that are sampled once something leaps: enough to tell a spike from a rise. */
const BURST_STEPS = 10;
/** Steps over which the largest loss and norm are forgotten by half. */
const MEMORY_STEPS = 32;
const KEEP = 0.5 ** (1 / MEMORY_STEPS);

/** How often a run is looked at. */
export interface SamplingPlan {
  /** Steps between two frames. */
  every: number;
  /** `auto`: so many steps at the start all have a frame, and those where loss or gradient leap. Default: neither. */
  firstSteps?: number;
  /** No step is looked at: only to time what watching costs. */
  unwatched?: boolean;
}

/** What was usual so far. */
export interface SamplingState {
  readonly loss: number;
  readonly norm: number;
  readonly seen: number;
  /** Steps before this one are all sampled. */
  readonly burstEnd: number;
}

/**
 * Which steps are sampled: every so many, and every one while there is risk; with `firstSteps` the first ones too, and those at
 * which something has leapt.
 * A function of the run's own numbers and of nothing else: no clock, so that a run repeated is sampled at the same steps.
 */
export class Sampling {
  private state: SamplingState = { loss: 0, norm: 0, seen: 0, burstEnd: 0 };

  constructor(private readonly plan: SamplingPlan) {}

  /** The options of a step, with how it is watched; call once a step, in order. */
  at(step: number, risk: number, learningRate: number): ProposeOptions {
    // All of one form: a step is short enough for that to show.
    if (this.plan.unwatched === true) return { learningRate, step, sample: false, due: false, unwatched: true };
    const due = this.isDue(step, risk);
    if (this.plan.firstSteps === undefined || this.plan.every === 1) return { learningRate, step, sample: due, due, unwatched: false };
    let answer: boolean | null = null;
    // A step that is held back is proposed twice, and is one step all the same.
    const rule: SampleRule = ({ loss, globalGradNorm }) => (answer ??= this.leaps(step, Math.abs(loss), globalGradNorm) || due);
    return { learningRate, step, sample: rule, due, unwatched: false };
  }

  save(): SamplingState {
    return this.state;
  }

  restore(state: SamplingState): void {
    this.state = state;
  }

  private isDue(step: number, risk: number): boolean {
    const { every, firstSteps = 0 } = this.plan;
    return step < firstSteps || step % every === 0 || step < this.state.burstEnd || risk >= SOME_RISK;
  }

  /** Whether one of the two leaves what was usual; remembers both. Numbers that are not finite leap. */
  private leaps(step: number, loss: number, norm: number): boolean {
    const { state } = this;
    const leapt = state.seen > 0 && !(loss <= LEAP * state.loss && norm <= LEAP * state.norm);
    this.state = {
      loss: Math.max(loss, KEEP * state.loss),
      norm: Math.max(norm, KEEP * state.norm),
      seen: state.seen + 1,
      burstEnd: leapt ? step + BURST_STEPS : state.burstEnd,
    };
    return leapt;
  }
}
