import type { FindingEvent, Frame } from '../telemetry/events.js';
import { layerPath, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { finding } from './finding.js';
import { formatNumber } from './format-number.js';

/** Share of a layer's units that are never active. */
const DEAD_LIMIT = 0.7;
/** Probed frames in a row before it counts. */
const PROBES = 2;
/** Frames the loss is given to learn before it counts. */
const PATIENCE = 30;

/**
 * Most ReLU units of a layer are never active on the probed batch, while the net does not learn: their gradient is 0
 * and they cannot come back.
 *
 * Formula: dead units / units >= 0.7 at two probes in a row, after 30 frames without learning. Source: DeepDiagnosis and
 * AUTOTRAINER use the same share. False alarms: sparse nets that do learn are left alone; very small batches.
 */
export const deadUnits: Detector = {
  id: 'dead-units',
  create(context) {
    const limit = thresholdOf(context.config, 'dead-units', DEAD_LIMIT);
    let probes = 0;
    return {
      frame(frame) {
        const { vitals } = context;
        const worst = worstLayer(frame);
        if (worst === null) return null;
        probes = (frame.layers[worst]?.dead ?? 0) >= limit ? probes + 1 : 0;
        if (probes < PROBES || vitals.frames < PATIENCE || vitals.hasLearned || vitals.exploded) return null;
        return { finding: dead(frame, context, worst, limit) };
      },
    };
  },
};

/** Index of the layer with the largest dead share; null where this frame was not probed. */
function worstLayer(frame: Frame): number | null {
  let worst: number | null = null;
  for (let i = 0; i < frame.layers.length; i++) {
    const share = frame.layers[i]?.dead;
    if (share !== undefined && (worst === null || share > (frame.layers[worst]?.dead ?? 0))) worst = i;
  }
  return worst;
}

function dead(frame: Frame, { start }: DetectorContext, index: number, limit: number): FindingEvent {
  const share = frame.layers[index]?.dead ?? 0;
  const layer = start.layers[index]?.name ?? null;
  return finding({
    id: 'dead-units',
    severity: 'warning',
    phase: 'training',
    step: frame.step,
    layer,
    message: `${formatNumber(100 * share)} % of the units of ${layer ?? 'one layer'} are never active, and the loss does not fall`,
    cause: 'units are dead',
    at: layerPath(start, layer),
    fixes: ['change-initializer', 'change-activation', 'lower-learning-rate'],
    evidence: { 'dead share': share },
    formula: `never active ÷ units\n= ${formatNumber(share)} ≥ ${formatNumber(limit)}`,
    caveat: 'Measured on one batch: a unit may be active on others.',
  });
}
