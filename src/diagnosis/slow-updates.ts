import type { Frame } from '../telemetry/events.js';
import type { DetectorContext } from './detector.js';

/** The whole run moves the weights by less than this share. */
const JOURNEY_LIMIT = 0.02;
const PATIENCE = 50;
/** Share of the planned steps before it counts. */
const ENOUGH = 0.1;
/** Slow loss / the early one of a run that is on its way. */
const FALLEN_SHARE = 0.9;

/**
 * The updates are too small to learn: below `limit` of the weights on average, the whole run at this pace moves the weights by less
 * than 2 %, and the loss has not fallen.
 */
export function isTooSlow(frame: Frame, { vitals, start }: DetectorContext, limit: number): boolean {
  const planned = plannedSteps(frame, start);
  if (vitals.frames < PATIENCE || frame.step < ENOUGH * planned || vitals.isWarmingUp(frame.step)) return false;
  if (vitals.trend.hasLearned || vitals.exploded || vitals.trend.hasFallen(FALLEN_SHARE)) return false;
  const ratio = vitals.meanUpdateRatio;
  return ratio > 0 && ratio < limit && ratio * planned < JOURNEY_LIMIT;
}

export function plannedSteps(frame: Frame, start: DetectorContext['start']): number {
  return start.plannedSteps ?? frame.step + 1;
}
