import type { Config } from '../../config/config-schema.js';
import { createLearningRate } from '../schedule.js';
import { REPAIRED_SHARE, type TrialRecord } from './trial-record.js';

/** First look at a candidate, as a share of a full run; each next look is twice as far. */
const FIRST_SHARE = 1 / 40;
const FEWEST_STEPS = 5;
/** A repair is verified over this share of a full run ... */
const VERIFIED_SHARE = 1 / 5;
/** ... and past the step at which the control got into trouble. */
const PAST_TROUBLE = 1.25;
/** Steps of a run at which its schedule is looked at. */
const PEAK_POINTS = 64;
/** Share of a full run from which the fall of the loss tells where it will end. */
const PATIENCE_SHARE = 1 / 10;
/** Largest loss share / smallest at which candidates cannot be told apart. */
const INDISTINCT = 1.03;

/** The number of updates at look 0, 1, 2, ...; the last one is the full run. */
export function rung(look: number, fullRun: number): number {
  return Math.min(fullRun, Math.max(FEWEST_STEPS, Math.ceil(fullRun * FIRST_SHARE * 2 ** look)));
}

/** The first look that is further than this. */
export function rungAfter(steps: number, fullRun: number): number {
  for (let look = 0; ; look++) {
    const at = rung(look, fullRun);
    if (at > steps || at >= fullRun) return at;
  }
}

/** Updates over which a repair has to hold. */
export function verificationSteps(fullRun: number, troubleStep: number): number {
  return Math.min(fullRun, Math.max(rung(0, fullRun), Math.ceil(fullRun * VERIFIED_SHARE), Math.ceil(PAST_TROUBLE * troubleStep)));
}

/** The step by which a run has seen the highest learning rate of its schedule for a while: 0 where that is its first one. */
export function pastPeak({ training }: Config, fullRun: number): number {
  const rate = createLearningRate(training.optimizer, training.learningRateSchedule);
  let peak = 0;
  for (let i = 1; i < PEAK_POINTS; i++) {
    const step = Math.floor((i * fullRun) / PEAK_POINTS);
    if (rate.at(step) > rate.at(peak)) peak = step;
  }
  return Math.ceil(PAST_TROUBLE * peak);
}

/** The loss falls too slowly to be repaired by the end of a full run. */
export function isHopeless(record: TrialRecord, fullRun: number): boolean {
  return record.steps >= fullRun * PATIENCE_SHARE && !(record.projected(fullRun) <= REPAIRED_SHARE);
}

/** How many of these trials, best first, go on to the next look: half of them, all while they cannot be told apart. */
export function survivors(shares: readonly number[]): number {
  const finite = shares.filter(Number.isFinite);
  const isTold = finite.length < 2 || Math.max(...finite) > INDISTINCT * Math.min(...finite);
  return isTold ? Math.ceil(shares.length / 2) : shares.length;
}
