import type { TrialRecord } from './trial-record.js';

/** First look at a candidate, as a share of a full run; each next look is twice as far. */
const FIRST_SHARE = 1 / 32;
const FEWEST_STEPS = 5;
/** A repair is verified over this share of a full run ... */
const VERIFIED_SHARE = 1 / 4;
/** ... and past the step at which the control got into trouble. */
const PAST_TROUBLE = 1.25;
/** Look at which a trial has to have gained something. */
const PATIENCE_SHARE = 1 / 8;
const GAIN = 0.97;
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

/** It has had its chance and gained next to nothing over the second half of it. */
export function isHopeless(record: TrialRecord, fullRun: number): boolean {
  if (record.steps < fullRun * PATIENCE_SHARE) return false;
  return !(record.shareAt() <= GAIN * record.shareAt(Math.floor(record.steps / 2)));
}

/** How many of these trials, best first, go on to the next look: half of them, all while they cannot be told apart. */
export function survivors(shares: readonly number[]): number {
  const finite = shares.filter(Number.isFinite);
  const isTold = finite.length < 2 || Math.max(...finite) > INDISTINCT * Math.min(...finite);
  return isTold ? Math.ceil(shares.length / 2) : shares.length;
}
