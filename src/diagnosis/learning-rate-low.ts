import type { FindingEvent, Frame } from '../telemetry/events.js';
import { LEARNING_RATE_PATH, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { EVIDENCE, finding } from './finding.js';
import { formatNumber, roundTo } from './format-number.js';
import { isTooSlow, plannedSteps } from './slow-updates.js';

/** Mean update / weights; the rule of thumb is 1e-3, runs that learned had 1.6e-4 or more. */
const UPDATE_LIMIT = 1e-5;
/** Clipped norm / norm below which the threshold, not the rate, makes the updates small. */
const CLIPPED = 0.1;
/** Share of a hidden layer's gradient entries that are exactly 0 where its units, not the rate, make the updates small. */
const DEAD_SHARE = 0.7;

/**
 * The updates are too small to learn: norm(update) / norm(weights) is below 1e-5 on average, the whole run at this pace moves
 * the weights by less than 2 %, and the loss has not fallen. Not said where a clip cuts the gradients to a tenth, or where a layer
 * has no gradient: those have findings of their own.
 *
 * Source: update ratio rule of thumb 1e-3 (Karpathy, CS231n). False alarms: fine-tuning that is meant to move little.
 */
export const learningRateLow: Detector = {
  id: 'learning-rate-low',
  create(context) {
    const limit = thresholdOf(context.config, 'learning-rate-low', UPDATE_LIMIT);
    const state = context.memory.remember('learning-rate-low', { said: false });
    return {
      frame(frame) {
        if (state.said || !isTooSlow(frame, context, limit) || isClippedAway(frame) || hasDeadLayer(frame, context)) return null;
        state.said = true;
        return { finding: slow(frame, context, limit, plannedSteps(frame, context.start)) };
      },
    };
  },
};

function isClippedAway({ clippedGradNorm, globalGradNorm }: Frame): boolean {
  return clippedGradNorm < CLIPPED * globalGradNorm;
}

function hasDeadLayer(frame: Frame, { start }: DetectorContext): boolean {
  return frame.layers.some(
    (layer, i) => i < frame.layers.length - 1 && layer.zeros >= DEAD_SHARE * (start.layers[i]?.parameters ?? Infinity),
  );
}

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
