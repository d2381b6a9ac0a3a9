import type { FindingEvent, Frame } from '../telemetry/events.js';
import type { Detector, DetectorContext } from './detector.js';
import { explosionCause } from './explosion-cause.js';
import { explosionEvidence } from './explosion-evidence.js';
import { finding } from './finding.js';
import { formatNumber } from './format-number.js';

/** Frames in a row without gradient. */
const PATIENCE = 20;
/** Share of a hidden layer's gradient entries that are exactly 0. */
const ZERO_SHARE = 0.999;

/**
 * An explosion left the net constant: after it, a layer before the last gets a gradient of exact zeros for 20 frames. The loss
 * looks calm, but only the output's bias still moves.
 *
 * Formula: zeros / weights >= 0.999 in some layer but the last. False alarms: a frozen layer has no frames; after an explosion
 * none are known.
 */
export const explodedThenDead: Detector = {
  id: 'exploded-then-dead',
  create(context) {
    const state = context.memory.remember('exploded-then-dead', { since: 0 });
    return {
      frame(frame) {
        if (!context.vitals.exploded || state.since > PATIENCE) return null;
        const layer = deadLayer(frame, context);
        state.since = layer === null ? 0 : state.since + 1;
        return layer !== null && state.since === PATIENCE ? { finding: dead(frame, context, layer) } : null;
      },
    };
  },
};

function deadLayer(frame: Frame, { start }: DetectorContext): number | null {
  for (let i = 0; i < frame.layers.length - 1; i++) {
    const parameters = start.layers[i]?.parameters ?? 0;
    if (parameters > 0 && (frame.layers[i]?.zeros ?? 0) >= ZERO_SHARE * parameters) return i;
  }
  return null;
}

function dead(frame: Frame, context: DetectorContext, index: number): FindingEvent {
  const { start, config, vitals } = context;
  const cause = explosionCause(vitals.report, config, start);
  const layer = start.layers[index]?.name ?? null;
  const zeros = frame.layers[index]?.zeros ?? 0;
  return finding({
    id: 'exploded-then-dead',
    severity: 'error',
    phase: 'training',
    step: frame.step,
    layer,
    message: `An explosion left the net constant: ${layer ?? 'a layer'} gets no gradient any more`,
    cause: cause.cause,
    at: cause.at,
    fixes: cause.fixes,
    evidence: { ...explosionEvidence(context, [], frame), 'zero gradient entries': zeros, loss: frame.loss },
    formula: `zero gradient entries ÷ weights\n${formatNumber(zeros)} ÷ ${formatNumber(start.layers[index]?.parameters ?? 0)}, ${PATIENCE} frames in a row`,
    caveat: 'The loss looks calm because the output no longer depends on the input.',
  });
}
