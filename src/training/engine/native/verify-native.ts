import { AppError } from '../../../config/app-error.js';
import { configSchema } from '../../../config/config-schema.js';
import { timeInChild, type NativeTimer } from './time-in-child.js';

/** Loading the library from a cold disk takes many seconds. */
const LIMIT_MS = 120_000;
/** Enough for some steps of the small model. */
const BUDGET_MS = 100;
const ROWS = 32;
const INPUTS = 10;

export interface Verified {
  /** Version of tfjs-node. */
  version: string;
  /** Milliseconds of a training step of a small model. */
  stepMs: number;
}

/**
 * Loads the native engine of `folder` in a child process and trains a small model on it.
 * Throws AppError `engine-unavailable` where that fails.
 */
export async function verifyNative(folder: string, signal?: AbortSignal, timer: NativeTimer = timeInChild): Promise<Verified> {
  const config = configSchema.parse({
    data: { inline: { x: [[0]], y: [[0]] } },
    model: { layers: [{ type: 'dense', units: 64, activation: 'relu' }, { type: 'dense', units: 1 }] }, // prettier-ignore
    training: { loss: 'meanSquaredError', optimizer: { type: 'adam', learningRate: 0.01 } },
  });
  const shapes = { inputShape: [INPUTS], targetShape: [1] };
  const inputs = Float32Array.from({ length: ROWS * INPUTS }, (_, i) => Math.sin(i));
  const targets = Float32Array.from({ length: ROWS }, (_, i) => Math.cos(i));
  const { version, stepMs } = await timer(
    {
      type: 'time-native',
      config,
      configFile: folder,
      trusted: false,
      tensorflowPath: folder,
      model: { ...shapes, outputUnits: 1 },
      data: { train: shapes, targets: [] },
      batches: [{ rows: ROWS, inputs, targets }],
      learningRate: 0.01,
      budgetMs: BUDGET_MS,
    },
    LIMIT_MS,
    signal,
  );
  if (Number.isFinite(stepMs)) return { version, stepMs };
  throw new AppError('engine-unavailable', 'The native engine loads but does not train.', 'Try another TensorFlow: "gradwatch engine install --python PYTHON".'); // prettier-ignore
}
