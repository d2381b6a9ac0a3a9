import type { Batch, Stepper } from '../../stepper.js';

/** First steps allocate and compile: they are not counted. */
const WARM_STEPS = 3;
const MAX_STEPS = 30;

/**
 * Median milliseconds of a step with its telemetry, from as many steps as fit into `budgetMs` (one at least). Every step is
 * discarded: the stepper is left as it was.
 */
export function timeSteps(stepper: Stepper, batches: readonly Batch[], learningRate: number, budgetMs: number): number {
  const times: number[] = [];
  const begin = performance.now();
  for (let step = 0; step < WARM_STEPS + MAX_STEPS; step++) {
    const batch = batches[step % batches.length];
    if (batch === undefined) break;
    const start = performance.now();
    stepper.propose(batch, { learningRate, step, sample: true });
    stepper.discard();
    const end = performance.now();
    times.push(end - start);
    if (end - begin > budgetMs) break;
  }
  const counted = times.length > WARM_STEPS ? times.slice(WARM_STEPS) : times.slice(-1);
  return counted.sort((a, b) => a - b)[counted.length >> 1] ?? NaN;
}
