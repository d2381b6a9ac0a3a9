import { LEARNING_RATE_PATH } from '../diagnosis/config-facts.js';
import { EVIDENCE } from '../diagnosis/finding.js';
import { formatNumber, roundTo } from '../diagnosis/format-number.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

/** Update / weights to aim at, the rule of thumb of CS231n. */
const UPDATE_TARGET = 1e-3;
const STANDARD_FACTOR = 10;
/** Where the curvature is not known the rate is not raised further at once. */
const LARGEST_FACTOR = 1e4;

/**
 * Raises the learning rate: to the stable rate of the pre-flight (half the curvature limit) where it was measured, else so that
 * an update is a thousandth of the weights.
 */
export const raiseLearningRate: FixKind = {
  id: 'raise-learning-rate',
  make(finding, config) {
    const rate = config.training.optimizer.learningRate;
    const stable = evidenceNumber(finding, EVIDENCE.stableRate);
    const ratio = evidenceNumber(finding, EVIDENCE.updateRatio);
    const isKnown = stable !== null && stable > 1.5 * rate && config.training.optimizer.type === 'sgd';
    const byRatio = ratio !== null && ratio > 0 && ratio < UPDATE_TARGET ? UPDATE_TARGET / ratio : STANDARD_FACTOR;
    const value = roundTo(isKnown ? stable : rate * Math.min(byRatio, LARGEST_FACTOR));
    return [
      {
        id: 'raise-learning-rate',
        title: `Raise the learning rate to ${formatNumber(value)}`,
        why: isKnown
          ? `Half the limit the curvature sets (2 ÷ sharpness, Cohen et al. 2021); the rate is ${formatNumber(rate)}.`
          : `An update then changes the weights by about a thousandth, the usual pace; the rate is ${formatNumber(rate)}.`,
        edits: [{ path: LEARNING_RATE_PATH, value }],
        live: true,
      },
    ];
  },
};
