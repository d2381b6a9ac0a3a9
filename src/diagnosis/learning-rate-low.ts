import type { FindingEvent, Frame } from '../telemetry/events.js';
import { LEARNING_RATE_PATH, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { EVIDENCE, finding } from './finding.js';
import { formatNumber, roundTo } from './format-number.js';

/** Mean update / weights; the rule of thumb is 1e-3, runs that learned had 1.6e-4 or more. */
const UPDATE_LIMIT = 1e-5;
/** The whole run moves the weights by less than this share. */
const JOURNEY_LIMIT = 0.02;
const PATIENCE = 50;
/** Slow loss / the early one of a run that is on its way. */
const FALLEN_SHARE = 0.9;

/**
 * The updates are too small to learn: norm(update) / norm(weights) is below 1e-5 on average, the whole run at this pace moves
 * the weights by less than 2 %, and the loss has not fallen.
 *
 * Source: update ratio rule of thumb 1e-3 (Karpathy, CS231n). False alarms: fine-tuning that is meant to move little.
 */
export const learningRateLow: Detector = {
  id: 'learning-rate-low',
  create(context) {
    const limit = thresholdOf(context.config, 'learning-rate-low', UPDATE_LIMIT);
    return {
      frame(frame) {
        const { vitals, start } = context;
        const planned = start.plannedSteps ?? frame.step + 1;
        const isSlow = vitals.meanUpdateRatio < limit && vitals.meanUpdateRatio * planned < JOURNEY_LIMIT;
        const enough = vitals.frames >= PATIENCE && frame.step >= 0.1 * planned && !vitals.isWarmingUp(frame.step);
        if (!isSlow || !enough || vitals.trend.hasLearned || vitals.exploded) return null;
        if (vitals.trend.hasFallen(FALLEN_SHARE)) return null;
        return vitals.meanUpdateRatio > 0 ? { finding: slow(frame, context, limit, planned) } : null;
      },
    };
  },
};

function slow(frame: Frame, { vitals }: DetectorContext, limit: number, planned: number): FindingEvent {
  const ratio = vitals.meanUpdateRatio;
  const evidence: Record<string, number> = {
    [EVIDENCE.updateRatio]: roundTo(ratio, 4),
    [EVIDENCE.learningRate]: frame.learningRate,
    [EVIDENCE.gradNorm]: roundTo(frame.globalGradNorm, 4),
    [EVIDENCE.plannedSteps]: planned,
  };
  if (vitals.signs?.stableRate !== null && vitals.signs?.stableRate !== undefined)
    evidence[EVIDENCE.stableRate] = roundTo(vitals.signs.stableRate, 4);
  return finding({
    id: 'learning-rate-low',
    severity: 'warning',
    phase: 'training',
    step: frame.step,
    message: `The updates are too small to learn: ${formatNumber(100 * ratio * planned)} % of the weights over the whole run`,
    cause: 'learning rate too small',
    at: LEARNING_RATE_PATH,
    fixes: ['raise-learning-rate', 'change-optimizer'],
    evidence,
    formula: `update ÷ weights = ${formatNumber(ratio)} < ${formatNumber(limit)}\n× ${formatNumber(planned)} steps = ${formatNumber(ratio * planned)}`,
    caveat: 'Can be wrong for fine-tuning that is meant to move little.',
  });
}
