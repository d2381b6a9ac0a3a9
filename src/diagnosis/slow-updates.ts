import type { EndEvent, Frame } from '../telemetry/events.js';
import { warmupSteps } from './config-facts.js';
import type { DetectorContext } from './detector.js';

/** The whole run moves the weights by less than this share: slow runs moved them by 0.01 at most, runs that learned by 0.17 and more. */
const JOURNEY_LIMIT = 0.02;
const PATIENCE = 50;
/** Share of the planned steps before it counts. */
const ENOUGH = 0.1;
/** Share of the planned steps up to which a rate that has decayed to nothing is early. */
const EARLY = 0.5;
/** Learning rate / its largest that has decayed to nothing. */
const DECAYED = 0.01;
/** Slow loss / the early one of a run that is on its way. */
const FALLEN_SHARE = 0.9;
/** A shorter run has not had its chance. */
const SHORTEST_RUN = 100;

/**
 * The updates are too small to learn: below `limit` of the weights on average, the whole run at this pace moves the weights by less
 * than 2 %, and the loss has not fallen. Where the rate has decayed to nothing in the first half of the run the rest of it is what
 * counts, at the present pace.
 */
export function isTooSlow(frame: Frame, context: DetectorContext, limit: number): boolean {
  const { vitals, start } = context;
  const planned = plannedSteps(frame, start);
  const warming = vitals.isWarmingUp(frame.step);
  if (vitals.frames < PATIENCE || frame.step < ENOUGH * planned || (warming && !outlastsRun(context))) return false;
  if (vitals.trend.hasLearned || vitals.exploded || vitals.trend.hasFallen(FALLEN_SHARE)) return false;
  const left = planned - frame.step;
  // Updates of such a rate can be lost in the rounding of the weights: exact zeros.
  if (hasDecayed(frame, context) && left > EARLY * planned) return isShort(vitals.updateRatio, limit, left);
  // While the rate still rises in proportion to the step, the mean pace of the whole run is as much larger as the run is longer.
  return isSlow(vitals.meanUpdateRatio * (warming ? planned / frame.step : 1), limit, planned);
}

/** A run that is over, has learned nothing, and has moved its weights by less than 2 % on the whole way. */
export function wasTooSlow(end: EndEvent, { vitals }: DetectorContext): boolean {
  if (end.status !== 'completed' || end.steps < SHORTEST_RUN || vitals.trend.hasLearned || vitals.exploded) return false;
  return isSlow(vitals.meanUpdateRatio, Infinity, end.steps);
}

/** The schedule has cut the rate to a hundredth. */
export function hasDecayed({ learningRate }: Frame, { vitals }: DetectorContext): boolean {
  return learningRate < DECAYED * vitals.largestRate;
}

export function plannedSteps(frame: Frame, start: DetectorContext['start']): number {
  return start.plannedSteps ?? frame.step + 1;
}

/** Zero is no slow pace: nothing moves, and not for the rate. */
function isSlow(ratio: number, limit: number, steps: number): boolean {
  return ratio > 0 && isShort(ratio, limit, steps);
}

function isShort(ratio: number, limit: number, steps: number): boolean {
  return ratio < limit && ratio * steps < JOURNEY_LIMIT;
}

/** A warm-up that goes on beyond the planned end is no excuse for small updates. */
function outlastsRun({ config, start }: DetectorContext): boolean {
  return start.plannedSteps !== undefined && warmupSteps(config) >= start.plannedSteps;
}
