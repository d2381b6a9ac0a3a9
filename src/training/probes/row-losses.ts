import type { RowLoss } from '../../diagnosis/batch-rows.js';
import type { Batch, Stepper } from '../stepper.js';

/** Rows asked for at most: the cost stays bounded. */
const MOST_ROWS = 256;

/**
 * The loss of each of the first 256 rows of a batch alone, in inference mode, so that batch normalisation and noise do not mix them.
 * One forward pass per row. Not while a proposal is open: they would be those of the proposed weights.
 */
export function rowLosses(stepper: Stepper, batch: Batch): RowLoss[] {
  const [x, y] = [batch.inputs.length / batch.rows, batch.targets.length / batch.rows];
  return Array.from({ length: Math.min(batch.rows, MOST_ROWS) }, (_, row) => {
    const inputs = batch.inputs.slice(row * x, (row + 1) * x);
    const targets = batch.targets.slice(row * y, (row + 1) * y);
    return { row, sample: batch.samples?.[row] ?? null, loss: stepper.evaluate({ rows: 1, inputs, targets }).loss };
  });
}
