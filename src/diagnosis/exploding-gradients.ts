import type { FindingEvent, Frame } from '../telemetry/events.js';
import { thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { explosionCause } from './explosion-cause.js';
import { explosionEvidence } from './explosion-evidence.js';
import { LIMITS } from './explosion-signs.js';
import { finding } from './finding.js';
import { formatNumber } from './format-number.js';

/**
 * The loss has left 10 x its first value, or gradient norms grow geometrically: exp(slope of ln norm) > 1.02 per step
 * with t > 6 and one decade over the window, while the loss rises and stands above its first value.
 *
 * Total growth and absolute norms are no sign: healthy deep nets grow theirs x164 while their loss falls.
 * Source: own measurements; no healthy run of 20 passed 3 x its first loss. The first loss is the trivial predictor's
 * where that is larger, so that one lucky first batch does not make a run look exploded.
 * False alarms: a first loss far below what the task allows, for example weights restored from an earlier run.
 */
export const explodingGradients: Detector = {
  id: 'exploding-gradients',
  create(context) {
    const harm = thresholdOf(context.config, 'exploding-gradients', LIMITS.harm);
    const state = context.memory.remember('exploding-gradients', { said: false });
    return {
      frame(frame) {
        const { vitals } = context;
        if (state.said) return null;
        const left = !(vitals.level <= harm);
        const grown = vitals.isGrowing(1) && vitals.level > 1;
        if (!left && !grown) return null;
        state.said = true;
        vitals.exploded = true;
        return { finding: explosion(frame, context, left, harm) };
      },
    };
  },
};

function explosion(frame: Frame, context: DetectorContext, left: boolean, harm: number): FindingEvent {
  const { vitals, start, config } = context;
  const cause = explosionCause(vitals.report, config, start);
  const layer = start.layers[vitals.hottest]?.name ?? null;
  const growth = formatNumber(vitals.growth());
  const level = formatNumber(vitals.level);
  return finding({
    id: 'exploding-gradients',
    severity: 'error',
    phase: 'training',
    step: frame.step,
    layer,
    message: left ? leftMessage(frame.step, level) : `Gradients grew ×${growth} per step, led by ${layer ?? 'one layer'}`,
    cause: cause.cause,
    at: cause.at,
    fixes: cause.fixes,
    evidence: explosionEvidence(context, vitals.frameEvidence(frame), frame),
    stepsToOverflow: vitals.stepsToOverflow(frame),
    formula: left
      ? `loss ÷ first = ${formatNumber(vitals.meanLoss)} ÷ ${formatNumber(vitals.reference)}\n= ${level} > ${harm}`
      : `exp(slope of ln ‖g‖) = ×${growth} per step\nt = ${formatNumber(vitals.normLine.t)} > ${LIMITS.growthT}, up ${formatNumber(vitals.normLine.rise / Math.LN10, 2)} decades`,
    caveat: left ? 'Can be wrong where the weights come from an earlier run.' : 'Can be wrong while a warm-up still raises the rate.',
  });
}

function leftMessage(step: number, level: string): string {
  const updates = step === 1 ? 'One update' : `${step} updates`;
  return step <= 20 ? `${updates} multiplied the loss by ${level}` : `The loss has reached ${level} times its first value`;
}
