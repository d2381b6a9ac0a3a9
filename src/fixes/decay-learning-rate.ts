import { formatNumber } from '../diagnosis/format-number.js';
import type { FixKind } from './fix.js';
import { plannedSteps } from './planned-steps.js';

/** The rate falls to a tenth over the run, in 20 equal factors: 0.1^(1/20) = 0.89. */
const DECAY_RATE = 0.89;
const INTERVALS = 20;

/**
 * Lets the learning rate fall exponentially to a tenth over the planned steps (learning rate adaptation, the reference
 * answer to hasty training). Keeps a warm-up; not offered where the rate decays already.
 */
export const decayLearningRate: FixKind = {
  id: 'decay-learning-rate',
  make(finding, config) {
    const schedule = config.training.learningRateSchedule;
    if (schedule !== undefined && schedule.type !== 'constant') return [];
    const decaySteps = Math.max(1, Math.round(plannedSteps(finding, config) / INTERVALS));
    const warmupSteps = schedule?.warmupSteps ?? 0;
    const value = { type: 'exponential', decayRate: DECAY_RATE, decaySteps, ...(warmupSteps > 0 ? { warmupSteps } : {}) };
    return [
      {
        id: 'decay-learning-rate',
        title: `Decay the learning rate by ${DECAY_RATE} every ${formatNumber(decaySteps)} steps`,
        why: `The rate falls from ${formatNumber(config.training.optimizer.learningRate)} to a tenth over the run, so that late updates are small; the first ones stay as they are.`,
        edits: [{ path: ['training', 'learningRateSchedule'], value }],
        live: true,
      },
    ];
  },
};
