import type { FindingEvent, Frame } from '../telemetry/events.js';
import type { Detector, DetectorContext } from './detector.js';
import { explosionCause } from './explosion-cause.js';
import { explosionEvidence } from './explosion-evidence.js';
import { EVIDENCE, finding } from './finding.js';
import { formatNumber, roundTo } from './format-number.js';
import { isKilledByUpdates } from './standstill-cause.js';

/** Frames in a row without gradient. */
const PATIENCE = 20;
/** Share of a hidden layer's gradient entries that are exactly 0. */
const ZERO_SHARE = 0.999;

/**
 * An explosion, or updates as large as a third of the weights, left the net constant: a layer before the last that had a gradient
 * gets exact zeros for 20 frames, and the run has not learned. The loss looks calm, but only the output's bias still moves.
 *
 * Formula: zeros / weights >= 0.999 in some layer but the last, after a first frame below that. False alarms: a frozen layer has
 * no frames; after an explosion none are known.
 */
export const explodedThenDead: Detector = {
  id: 'exploded-then-dead',
  create(context) {
    const { vitals } = context;
    const state = context.memory.remember('exploded-then-dead', { wasAlive: [] as boolean[], since: 0 });
    return {
      frame(frame) {
        if (state.since > PATIENCE) return null;
        if (vitals.frames === 1) state.wasAlive = frame.layers.map((_, i) => !isDead(frame, context, i));
        const layer = frame.layers.findIndex((_, i) => i < frame.layers.length - 1 && isDead(frame, context, i));
        const wasAlive = vitals.exploded || state.wasAlive[layer] === true;
        const lost = layer >= 0 && !vitals.trend.hasLearned && isKilledByUpdates(vitals, wasAlive);
        state.since = lost ? state.since + 1 : 0;
        return lost && state.since === PATIENCE ? { finding: dead(frame, context, layer) } : null;
      },
    };
  },
};

function isDead(frame: Frame, { start }: DetectorContext, index: number): boolean {
  const parameters = start.layers[index]?.parameters ?? 0;
  return parameters > 0 && (frame.layers[index]?.zeros ?? 0) >= ZERO_SHARE * parameters;
}

function dead(frame: Frame, context: DetectorContext, index: number): FindingEvent {
  const { start, config, vitals } = context;
  const cause = explosionCause(vitals.report, config, start);
  vitals.killed = cause.kind === 'hasty';
  const layer = start.layers[index]?.name ?? null;
  const zeros = frame.layers[index]?.zeros ?? 0;
  return finding({
    id: 'exploded-then-dead',
    severity: 'error',
    phase: 'training',
    step: frame.step,
    layer,
    message: `${vitals.exploded ? 'An explosion' : 'Too large updates'} left the net constant: ${layer ?? 'a layer'} gets no gradient any more`,
    cause: cause.cause,
    at: cause.at,
    fixes: cause.fixes,
    evidence: {
      ...explosionEvidence(context, [], frame),
      'zero gradient entries': zeros,
      [EVIDENCE.updateRatio]: roundTo(vitals.largestUpdateRatio, 4),
      loss: frame.loss,
    },
    formula: `zero gradient entries ÷ weights\n${formatNumber(zeros)} ÷ ${formatNumber(start.layers[index]?.parameters ?? 0)}, ${PATIENCE} frames in a row`,
    caveat: 'The loss looks calm because the output no longer depends on the input.',
  });
}
