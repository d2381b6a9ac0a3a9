import type { FindingEvent, Frame } from '../telemetry/events.js';
import { LEARNING_RATE_PATH, stabilityLimit, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { explosionCause } from './explosion-cause.js';
import { explosionEvidence } from './explosion-evidence.js';
import { CAUSES, EVIDENCE, finding } from './finding.js';
import { formatNumber, roundTo } from './format-number.js';

/**
 * Training too hasty: the update is too large for the curvature. rate x sharpness > 2 for gradient descent (2 (1 + m) with
 * momentum m), or updates larger than the weights for adaptive optimisers, where the dry steps agree and no other root
 * (raw inputs, raw target, wide weights) explains the curvature. While it trains, too, once too large updates have left the net constant
 * (exploded-then-dead) and no other root explains them.
 *
 * Source: Cohen et al. 2021, arXiv 2103.00065. False alarms: real nets can hover at rate x sharpness = 2 for thousands of
 * healthy steps (edge of stability), so the product alone is a note and only its agreement with the dry steps a warning.
 */
export const learningRateHigh: Detector = {
  id: 'learning-rate-high',
  create(context) {
    const state = context.memory.remember('learning-rate-high', { said: false });
    return {
      preflight: () => judge(context),
      frame(frame) {
        if (state.said || !context.vitals.killed) return null;
        state.said = true;
        return { finding: provedTooHigh(frame, context) };
      },
    };
  },
};

/** The updates have left the net constant (exploded-then-dead), and nothing but the rate explains it. */
function provedTooHigh(frame: Frame, context: DetectorContext): FindingEvent {
  const { vitals, config, start } = context;
  const ratio = vitals.largestUpdateRatio;
  return finding({
    id: 'learning-rate-high',
    severity: 'warning',
    phase: 'training',
    step: frame.step,
    message: 'Training too hasty: the updates at this learning rate have left the net constant',
    cause: CAUSES.hasty,
    at: LEARNING_RATE_PATH,
    fixes: explosionCause(vitals.report, config, start).fixes,
    evidence: { ...explosionEvidence(context, [], frame), [EVIDENCE.updateRatio]: roundTo(ratio, 4) },
    formula: `largest update ÷ weights = ${formatNumber(ratio)}\nrate ${formatNumber(frame.learningRate)}`,
    caveat: 'Large updates alone are no harm: these ended the gradient.',
  });
}

function judge(context: DetectorContext): FindingEvent[] {
  const { vitals, config, start } = context;
  const { signs, report } = vitals;
  if (signs === null || report === null) return [];
  const standard = stabilityLimit(config);
  const limit = standard === null ? null : thresholdOf(config, 'learning-rate-high', standard);
  const above = limit !== null && signs.rateTimesSharpness !== null && signs.rateTimesSharpness > limit;
  if (signs.verdict === 'calm' && !above) return [];
  const cause = explosionCause(report, config, start);
  const rate = config.training.optimizer.learningRate;
  return [
    finding({
      id: 'learning-rate-high',
      severity: signs.verdict !== 'calm' && cause.kind === 'hasty' ? signs.verdict : 'info',
      message: above ? 'Training too hasty: the learning rate is above its limit' : 'Training too hasty: the first updates are too large',
      cause: CAUSES.hasty,
      at: LEARNING_RATE_PATH,
      fixes: ['lower-learning-rate', 'clip-gradients', 'decay-learning-rate', 'warm-up'],
      evidence: explosionEvidence(context, signs.evidence),
      formula: above
        ? `${formatNumber(rate)} × sharpness ${formatNumber((signs.rateTimesSharpness ?? NaN) / rate)} = ${formatNumber(signs.rateTimesSharpness ?? NaN, 4)} > ${formatNumber(limit)}`
        : `update ÷ weights = ${formatNumber(Number(signs.evidence.find((e) => e.name === EVIDENCE.updateRatio)?.value ?? NaN))}, rate ${formatNumber(rate)}`,
      caveat: 'A net can hover at this limit for long without harm, and a warm-up moves to flatter places first.',
    }),
  ];
}
