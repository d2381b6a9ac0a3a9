import { formatNumber } from '../diagnosis/format-number.js';
import type { FixKind } from './fix.js';
import { plannedSteps } from './planned-steps.js';

/** The rate falls to a tenth over the run, in 20 equal factors: 0.1^(1/20) = 0.89. */
const DECAY_RATE = 0.89;
const INTERVALS = 20;

/**
 * Lets the learning rate fall exponentially to a tenth over the planned steps (learning rate adaptation, the reference
 * answer to hasty training). Keeps a warm-up. Where the rate decays already it is offered only to a run that learned nothing
 * because of that: it then decays more slowly.
 */
export const decayLearningRate: FixKind = {
  id: 'decay-learning-rate',
  make(finding, config) {
    const schedule = config.training.learningRateSchedule;
    const decays = schedule !== undefined && schedule.type !== 'constant';
    if (decays && finding.id !== 'learning-rate-low') return [];
    const decaySteps = Math.max(1, Math.round(plannedSteps(finding, config) / INTERVALS));
    const isSlow = schedule?.type === 'exponential' && schedule.decayRate >= DECAY_RATE && schedule.decaySteps >= decaySteps;
    if (isSlow) return [];
    const warmupSteps = schedule?.warmupSteps ?? 0;
    const value = { type: 'exponential', decayRate: DECAY_RATE, decaySteps, ...(warmupSteps > 0 ? { warmupSteps } : {}) };
    return [
      {
        id: 'decay-learning-rate',
        title: `Decay the learning rate ${decays ? 'more slowly, ' : ''}by ${DECAY_RATE} every ${formatNumber(decaySteps)} steps`,
        why: `The rate falls from ${formatNumber(config.training.optimizer.learningRate)} to a tenth over the run, so that late updates are small; the first ones stay as they are.`,
        edits: [{ path: ['training', 'learningRateSchedule'], value }],
        live: true,
      },
    ];
  },
};
