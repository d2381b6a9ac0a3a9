import { EVIDENCE } from '../diagnosis/finding.js';
import { formatNumber, roundTo } from '../diagnosis/format-number.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

/** The standard rate of Adam, and the highest one worth a try. */
const STANDARD_RATE = 0.001;
const HIGHEST_RATE = 0.02;
/** How far each weight can get in a run: a step of Adam is at most about its rate. */
const JOURNEY = 4;

/**
 * Adam, whose steps do not depend on the size of the gradient, at its standard rate; at a higher one where the run is so short that a
 * weight could not move by 4 in all. Not offered where the optimizer is adaptive already. Source: Kingma and Ba 2015, section 2.1.
 */
export const changeOptimizer: FixKind = {
  id: 'change-optimizer',
  make(finding, config) {
    if (config.training.optimizer.type !== 'sgd') return [];
    const planned = evidenceNumber(finding, EVIDENCE.plannedSteps) ?? config.training.steps;
    const needed = planned === null || planned <= 0 ? STANDARD_RATE : JOURNEY / planned;
    const rate = roundTo(Math.min(HIGHEST_RATE, Math.max(STANDARD_RATE, needed)));
    const length =
      rate > STANDARD_RATE ? `; ${formatNumber(planned ?? 0)} steps of at most ${formatNumber(rate)} can move a weight by 4` : '';
    return [
      {
        id: 'change-optimizer',
        title: `Use Adam with learning rate ${formatNumber(rate)}`,
        why: `Its steps depend on the direction of the gradient, not on its size (Kingma and Ba 2015)${length}.`,
        edits: [{ path: ['training', 'optimizer'], value: { type: 'adam', learningRate: rate } }],
        live: false,
      },
    ];
  },
};
