import type { FindingEvent, Frame } from '../telemetry/events.js';
import { LEARNING_RATE_PATH, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { CAUSES, EVIDENCE, finding } from './finding.js';
import { formatNumber, roundTo } from './format-number.js';
import { isLateInRun } from './late-in-run.js';

/** Losses are averaged over blocks of so many rows, so that the noise of small batches is not taken for oscillation. */
const BLOCK_ROWS = 64;
const BLOCK_FRAMES = 3;
/** Blocks judged, after as many to compare with. */
const BLOCKS = 20;
/** Standard deviation of the block means / their mean: runs that do not learn but stand still have 0.1. */
const VARIATION_LIMIT = 0.25;
/** Mean of these blocks / of those before: it is not on its way down. */
const NOT_FALLING = 0.9;
/** Mean / trivial predictor's loss: a note, and a warning. Runs that learned with such variation stood below 0.5. */
const NOTE_LEVEL = 0.5;
const WARNING_LEVEL = 1;

/**
 * The loss jumps up and down instead of settling, no better than guessing: over 20 blocks of at least 64 rows the standard
 * deviation of their means is above 0.25 of their mean, which is not lower than that of the 20 blocks before and above the trivial
 * predictor's loss (above 0.5 x, or before half of the run: a note).
 *
 * Source: own measurements. False alarms: losses near 0 vary much and are not judged; a schedule that will lower the rate.
 */
export const oscillatingLoss: Detector = {
  id: 'oscillating-loss',
  create(context) {
    const limit = thresholdOf(context.config, 'oscillating-loss', VARIATION_LIMIT);
    const perBlock = Math.max(BLOCK_FRAMES, Math.ceil(BLOCK_ROWS / context.config.training.batchSize));
    const state = context.memory.remember('oscillating-loss', { blocks: [] as number[], sum: 0, count: 0 });
    return {
      frame(frame) {
        state.sum += frame.loss;
        if (++state.count < perBlock) return null;
        const { blocks } = state;
        blocks.push(state.sum / state.count);
        state.sum = state.count = 0;
        if (blocks.length > 2 * BLOCKS) blocks.shift();
        const found = blocks.length < 2 * BLOCKS || context.vitals.exploded ? null : judge(frame, blocks, context, limit);
        return found === null ? null : { finding: found };
      },
    };
  },
};

function judge(frame: Frame, blocks: number[], context: DetectorContext, limit: number): FindingEvent | null {
  const { start, vitals } = context;
  const before = meanOf(blocks.slice(0, BLOCKS));
  const last = blocks.slice(BLOCKS);
  const mean = meanOf(last);
  const variation = Math.sqrt(meanOf(last.map((loss) => (loss - mean) ** 2))) / mean;
  const level = mean / start.baseline.loss;
  if (!(variation > limit) || !(mean >= NOT_FALLING * before) || !(level > NOTE_LEVEL) || !Number.isFinite(level)) return null;
  if (vitals.isWarmingUp(frame.step)) return null;
  return finding({
    id: 'oscillating-loss',
    severity: level > WARNING_LEVEL && isLateInRun(frame.step, start) ? 'warning' : 'info',
    phase: 'training',
    step: frame.step,
    message: `The loss jumps between ${formatNumber(Math.min(...last))} and ${formatNumber(Math.max(...last))} instead of settling`,
    cause: CAUSES.hasty,
    at: LEARNING_RATE_PATH,
    fixes: ['lower-learning-rate', 'decay-learning-rate', 'increase-batch', 'clip-gradients', 'change-optimizer'],
    evidence: {
      'deviation ÷ mean': roundTo(variation, 4),
      'loss ÷ baseline': roundTo(level, 4),
      [EVIDENCE.learningRate]: frame.learningRate,
      'batch size': start.batchSize ?? context.config.training.batchSize,
    },
    formula: `deviation ÷ mean of ${BLOCKS} block losses\n= ${formatNumber(variation)} > ${formatNumber(limit)}`,
    caveat: 'Can be wrong where a schedule will lower the rate later.',
  });
}

function meanOf(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
