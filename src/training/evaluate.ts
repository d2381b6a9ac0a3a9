import type { EvaluationResult } from '../telemetry/events.js';
import { inOrder } from './batches.js';
import type { Dataset } from './data/dataset.js';
import type { Stepper } from './stepper.js';

/** The evaluation was told to stop. */
export class EvaluationCancelled extends Error {}

/**
 * Mean loss (penalties included) and metrics over all rows, in inference mode. `breathe` lets others run between batches.
 * Throws EvaluationCancelled when it says stop.
 */
export async function evaluateDataset(
  stepper: Stepper,
  dataset: Dataset,
  batchSize: number,
  breathe: () => Promise<boolean>,
): Promise<EvaluationResult> {
  let loss = 0;
  const metrics: Record<string, number> = {};
  for (const batch of inOrder(dataset, batchSize)) {
    if (await breathe()) throw new EvaluationCancelled();
    const share = batch.rows / dataset.rows;
    const result = stepper.evaluate(batch);
    loss += result.loss * share;
    for (const [name, value] of Object.entries(result.metrics)) metrics[name] = (metrics[name] ?? 0) + value * share;
  }
  return { loss, metrics };
}
