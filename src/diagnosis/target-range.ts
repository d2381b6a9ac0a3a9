import type { Config } from '../config/config-schema.js';
import { LOSS_PATH } from './config-facts.js';
import { formatNumber } from './format-number.js';
import { isCrossentropy, type KnownOutput, type Mismatch } from './output-rules.js';
import type { TargetStats } from './preflight-report.js';

/** Values each activation can reach. */
const RANGES: Record<string, [number, number]> = {
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  softmax: [0, 1],
  tanh: [-1, 1],
  softsign: [-1, 1],
  relu: [0, Infinity],
  softplus: [0, Infinity],
  exponential: [0, Infinity],
  relu6: [0, 6],
};

/** Share of the target's own spread it may reach outside before that counts: a few outliers do not stop learning. */
const TOLERANCE = 1;

/**
 * Rules that need the data: a target to be predicted outside what the output can reach (by more than one standard
 * deviation of the target), and a target that is no probability under binary crossentropy.
 */
export function targetMismatch(config: Config, output: KnownOutput, targets: readonly TargetStats[]): Mismatch | null {
  const { loss } = config.training;
  if (loss.type === 'binaryCrossentropy') {
    const wrong = targets.find((t) => t.min < -0.001 || t.max > 1.001);
    if (wrong === undefined) return null;
    return {
      rule: 'target-not-probability',
      severity: 'error',
      message: `binaryCrossentropy expects targets from 0 to 1, but ${wrong.name} is ${formatNumber(wrong.min)} to ${formatNumber(wrong.max)}`,
      formula: 'loss = -y ln p - (1 - y) ln(1 - p)\nhas no minimum for y outside 0 to 1',
      at: LOSS_PATH,
    };
  }
  const range = RANGES[output.activation];
  if (isCrossentropy(config) || loss.type === 'hinge' || range === undefined) return null;
  const [low, high] = range;
  const wrong = targets.find((t) => t.classes === null && Math.max(low - t.min, t.max - high) > TOLERANCE * t.deviation);
  if (wrong === undefined) return null;
  const reach = high === Infinity ? `at least ${low}` : `${low} to ${high}`;
  return {
    rule: 'target-out-of-range',
    severity: 'warning',
    message: `The ${output.activation} output cannot reach the target: ${wrong.name} is ${formatNumber(wrong.min)} to ${formatNumber(wrong.max)}`,
    formula: `${output.activation} gives ${reach}\ntarget ${formatNumber(wrong.min)} to ${formatNumber(wrong.max)}`,
    at: output.at,
  };
}
