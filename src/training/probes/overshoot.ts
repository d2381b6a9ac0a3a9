import { HIGH_RISK, SOME_RISK } from '../risk-levels.js';
import type { Batch, Proposal, Stepper } from '../stepper.js';

/** Steps at the start that are always probed: nine of twelve explosions do their harm within the first seven. */
const FIRST_STEPS = 4;
/** From `SOME_RISK` on every fourth step is probed, from `HIGH_RISK` on every one. */
const SOME_RISK_INTERVAL = 4;

/** Whether to probe at this step: the first ones, powers of two, and densely while there is risk. */
export function overshootDue(step: number, risk: number): boolean {
  if (step < FIRST_STEPS || risk >= HIGH_RISK) return true;
  if (risk >= SOME_RISK && step % SOME_RISK_INTERVAL === 0) return true;
  return (step & (step - 1)) === 0;
}

/**
 * Loss after / loss before the open proposal's update, on its own batch with the same noise.
 * 1 where both are 0. May be NaN or infinite.
 */
export function measureOvershoot(stepper: Stepper, batch: Batch, proposal: Proposal, step: number): number {
  return overshootOf(proposal.loss, stepper.trainingLoss(batch, step));
}

export function overshootOf(before: number, after: number): number {
  return before === after && Number.isFinite(before) ? 1 : after / before;
}
