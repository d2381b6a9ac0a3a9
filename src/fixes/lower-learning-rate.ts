import { EVIDENCE } from '../diagnosis/finding.js';
import { LEARNING_RATE_PATH } from '../diagnosis/config-facts.js';
import { formatNumber, roundTo } from '../diagnosis/format-number.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

/** Where nothing is known of the curvature. */
const STANDARD_FACTOR = 0.1;

/**
 * Lowers the learning rate below the measured stability limit: half of it, 1 / sharpness, or the Polyak step
 * where that is smaller; a tenth of the present rate where neither is known or both allow more than half of it.
 */
export const lowerLearningRate: FixKind = {
  id: 'lower-learning-rate',
  make(finding, config) {
    const rate = config.training.optimizer.learningRate;
    const stable = evidenceNumber(finding, EVIDENCE.stableRate);
    const limit = evidenceNumber(finding, EVIDENCE.rateLimit);
    const known = stable !== null && stable > 0 && stable < rate / 1.5;
    const value = roundTo(known ? stable : rate * STANDARD_FACTOR);
    if (!(value > 0)) return [];
    return [
      {
        id: 'lower-learning-rate',
        title: `Lower the learning rate to ${formatNumber(value)}`,
        why: known
          ? limit !== null
            ? `The measured limit is ${formatNumber(limit)} (2 ÷ sharpness, Cohen et al. 2021); the rate is ${formatNumber(rate)}.`
            : `At ${formatNumber(value)} the first updates stay within about 1 % of the weights; the rate is ${formatNumber(rate)}.`
          : `A tenth of the present rate of ${formatNumber(rate)}; its limit could not be measured.`,
        edits: [{ path: LEARNING_RATE_PATH, value }],
        live: true,
      },
    ];
  },
};
