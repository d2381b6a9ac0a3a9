import { formatNumber } from '../diagnosis/format-number.js';
import type { FixKind } from './fix.js';
import { plannedSteps } from './planned-steps.js';

/** Share of the run over which the rate rises, and its bounds in steps. */
const SHARE = 0.05;
const FEWEST_STEPS = 10;
const MOST_STEPS = 1000;

/**
 * Lets the learning rate rise linearly over the first twentieth of the run: the first updates are small while the curvature is
 * highest. Not offered where it does already. Source: Goyal et al. 2017, arXiv 1706.02677.
 */
export const warmUp: FixKind = {
  id: 'warm-up',
  make(finding, config) {
    const schedule = config.training.learningRateSchedule;
    if ((schedule?.warmupSteps ?? 0) > 0) return [];
    const steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, Math.round(SHARE * plannedSteps(finding, config))));
    const path = ['training', 'learningRateSchedule'];
    return [
      {
        id: 'warm-up',
        title: `Warm the learning rate up over ${formatNumber(steps)} steps`,
        why: 'The first updates are small while the curvature is highest; later ones stay as they are (Goyal et al. 2017).',
        edits: [
          schedule === undefined
            ? { path, value: { type: 'constant', warmupSteps: steps } }
            : { path: [...path, 'warmupSteps'], value: steps },
        ],
        live: false,
      },
    ];
  },
};
