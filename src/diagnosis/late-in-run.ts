import type { StartEvent } from '../telemetry/events.js';

const MOST_STEPS = 1000;

/**
 * Half of the planned run, at most 1000 steps. Nets that stand still, with dead or saturated units, a vanishing gradient or a loss that
 * jumps, have been seen to learn as late as a third to half of their run: before that such signs are no warning.
 */
export function isLateInRun(step: number, start: StartEvent): boolean {
  return step >= Math.min(MOST_STEPS, (start.plannedSteps ?? Infinity) / 2);
}
