import { AppError } from '../../config/app-error.js';
import type { ConfigPath } from '../../config/config-path.js';
import type { LossConfig } from '../../config/training-schema.js';
import { type RowShape, shapeText } from './layer-rules.js';

export interface OutputDemand {
  loss: LossConfig;
  /** Units the output needs for the target and the loss. */
  outputUnits: number;
  /** Shape of one target row, where it is known; [outputUnits] else. */
  targetShape?: readonly number[];
  /** Config path of the layer to change. */
  path: ConfigPath;
  /** Name of the last layer. */
  layer: string;
}

/**
 * Throws AppError `shape-mismatch` where the output of the model does not fit the target.
 *
 * One unit is let pass with sparseCategoricalCrossentropy: it trains (and learns nothing), which is a finding, not an
 * error. So are more units than there are classes.
 */
export function checkOutput(output: RowShape, demand: OutputDemand): void {
  const sparse = demand.loss.type === 'sparseCategoricalCrossentropy';
  const units = output[output.length - 1] ?? 1;
  const leading = output.slice(0, -1);
  const expected = leadingShape(demand, sparse);
  if (leading.length !== expected.length || leading.some((size, i) => size !== null && size !== expected[i])) {
    const wanted = shapeText([...expected, demand.outputUnits]);
    throw fail(demand, output, wanted, rankAction(leading.length, expected.length));
  }
  const fits = sparse ? units === 1 || units >= demand.outputUnits : units === demand.outputUnits;
  if (fits) return;
  const target =
    sparse || demand.loss.type === 'categoricalCrossentropy' ? `the ${demand.outputUnits} classes of the target` : 'the target';
  throw fail(demand, output, shapeText([...expected, demand.outputUnits]), `Set its units to ${demand.outputUnits}, for ${target}.`);
}

/** The axes of an output before its units. */
function leadingShape({ targetShape, outputUnits }: OutputDemand, sparse: boolean): readonly number[] {
  if (targetShape === undefined) return [];
  if (!sparse) return targetShape.slice(0, -1);
  // Class indices: [] or [1] one per row, [steps] or [steps, 1] one per step.
  if (targetShape.length === 1 && targetShape[0] !== 1 && outputUnits > 1) return targetShape;
  return targetShape.slice(0, -1);
}

function rankAction(output: number, expected: number): string {
  if (output > expected)
    return 'Add a flatten layer (or globalAveragePooling1d) before it, or set "returnSequences": false on the last recurrent layer.';
  return 'Add a reshape layer after it, or choose a target of one value per output.';
}

function fail({ path, layer, loss }: OutputDemand, output: RowShape, wanted: string, action: string): AppError {
  const message = `The output, layer "${layer}", is ${shapeText(output)}, but the target with ${loss.type} needs ${wanted}.`;
  return new AppError('shape-mismatch', message, action, { path });
}
