import type { FindingEvent, Frame } from '../telemetry/events.js';
import { LEARNING_RATE_PATH, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { EVIDENCE, finding } from './finding.js';
import { formatNumber, roundTo } from './format-number.js';
import { hasDecayed, isTooSlow, plannedSteps, wasTooSlow } from './slow-updates.js';

/** Mean update / weights; the rule of thumb is 1e-3, runs that learned had 1.6e-4 or more. */
const UPDATE_LIMIT = 1e-5;
/** Clipped norm / norm below which the threshold, not the rate, makes the updates small. */
const CLIPPED = 0.1;
/** Share of a hidden layer's gradient entries that are exactly 0 where its units, not the rate, make the updates small. */
const DEAD_SHARE = 0.7;

/** Share of a layer's units at their limits where they, not the rate, hold the net back. */
const SATURATED_SHARE = 0.5;

/**
 * The updates are too small to learn: norm(update) / norm(weights) is below 1e-5 on average, the whole run at this pace moves
 * the weights by less than 2 %, and the loss has not fallen. Where a schedule has cut the rate to a hundredth in the first half of the
 * run, the steps that are left count, at the present pace. At the end of a run that learned nothing the way it has gone is
 * known: below 2 % it is too short, whatever the pace. Not said where a clip cuts the gradients to a tenth, or where the units of a
 * layer are dead or saturated: those have findings of their own.
 *
 * Source: update ratio rule of thumb 1e-3 (Karpathy, CS231n). False alarms: fine-tuning that is meant to move little.
 */
export const learningRateLow: Detector = {
  id: 'learning-rate-low',
  create(context) {
    const limit = thresholdOf(context.config, 'learning-rate-low', UPDATE_LIMIT);
    const state = context.memory.remember('learning-rate-low', { said: false, last: null as Frame | null, saturated: false });
    return {
      frame(frame) {
        if (state.said) return null;
        state.last = frame;
        const probed = frame.layers.some(({ saturated }) => saturated !== undefined);
        if (probed) state.saturated = frame.layers.some(({ saturated = 0 }) => saturated > SATURATED_SHARE);
        if (!isTooSlow(frame, context, limit) || isHindered(frame, context, state.saturated)) return null;
        state.said = true;
        const planned = plannedSteps(frame, context.start);
        return { finding: hasDecayed(frame, context) ? decayed(frame, context, planned) : slow(frame, context, planned, limit) };
      },
      end(end) {
        const { last } = state;
        if (state.said || last === null || !wasTooSlow(end, context) || isHindered(last, context, state.saturated)) return null;
        const said = hasDecayed(last, context) ? decayed(last, context, end.steps) : slow(last, context, end.steps, limit);
        return { ...said, phase: 'end', step: end.steps };
      },
    };
  },
};

/** Something else than the rate makes the updates small. */
function isHindered(frame: Frame, context: DetectorContext, saturated: boolean): boolean {
  return saturated || isClippedAway(frame) || hasDeadLayer(frame, context);
}

function isClippedAway({ clippedGradNorm, globalGradNorm }: Frame): boolean {
  return clippedGradNorm < CLIPPED * globalGradNorm;
}

function hasDeadLayer(frame: Frame, { start }: DetectorContext): boolean {
  return frame.layers.some(
    (layer, i) => i < frame.layers.length - 1 && layer.zeros >= DEAD_SHARE * (start.layers[i]?.parameters ?? Infinity),
  );
}

/** The weights move too little at the rate as it is. */
function slow(frame: Frame, context: DetectorContext, planned: number, limit: number): FindingEvent {
  const ratio = context.vitals.meanUpdateRatio;
  return finding({
    ...draftOf(frame, context, ratio, planned),
    message: `The updates are too small to learn: ${formatNumber(100 * ratio * planned)} % of the weights over the whole run`,
    at: LEARNING_RATE_PATH,
    fixes: ['raise-learning-rate', 'change-optimizer'],
    formula: `update ÷ weights = ${formatNumber(ratio)}${ratio < limit ? ` < ${formatNumber(limit)}` : ''}\n× ${formatNumber(planned)} steps = ${formatNumber(ratio * planned)}`,
    caveat: 'Can be wrong for fine-tuning that is meant to move little.',
  });
}

/** The schedule has cut the rate before the net learned. */
function decayed(frame: Frame, context: DetectorContext, planned: number): FindingEvent {
  const { vitals } = context;
  return finding({
    ...draftOf(frame, context, vitals.updateRatio, planned),
    message: `The learning rate has decayed to ${formatNumber(frame.learningRate)} before anything was learned`,
    at: ['training', 'learningRateSchedule'],
    fixes: ['decay-learning-rate', 'change-optimizer'],
    formula: `rate ÷ its largest at step ${formatNumber(frame.step)}\n${formatNumber(frame.learningRate)} ÷ ${formatNumber(vitals.largestRate)} = ${formatNumber(frame.learningRate / vitals.largestRate)}`,
    caveat: 'Can be wrong where the loss is as low as the data allow.',
  });
}

function draftOf(frame: Frame, { vitals }: DetectorContext, ratio: number, planned: number) {
  const evidence: Record<string, number> = {
    [EVIDENCE.updateRatio]: roundTo(ratio, 4),
    [EVIDENCE.learningRate]: frame.learningRate,
    [EVIDENCE.gradNorm]: roundTo(frame.globalGradNorm, 4),
    [EVIDENCE.plannedSteps]: planned,
  };
  const stable = vitals.signs?.stableRate;
  if (stable !== null && stable !== undefined) evidence[EVIDENCE.stableRate] = roundTo(stable, 4);
  return {
    id: 'learning-rate-low',
    severity: 'warning',
    phase: 'training',
    step: frame.step,
    cause: 'learning rate too small',
    evidence,
  } as const;
}
