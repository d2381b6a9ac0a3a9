import type { FindingEvent, Frame } from '../telemetry/events.js';
import { layerPath, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { finding } from './finding.js';
import { formatNumber } from './format-number.js';

/** Share of a layer's units that are never active. */
const DEAD_LIMIT = 0.7;
/** Frames the loss is given to learn before it counts, and over which the layer must stay dead. */
const PATIENCE = 60;
/** A loss that has fallen below this share of its early values is on its way, dead units or not. */
const STALLED_SHARE = 0.9;
const RELU = new Set(['relu', 'relu6']);

/**
 * Most ReLU units of a layer are never active, while the net does not learn: their gradient is 0 and they cannot come back.
 *
 * Formula: dead units / units >= 0.7 throughout 60 frames without learning. Where the share was not probed, the share of
 * gradient entries that are exactly 0 stands for it: all weights of a dead unit have gradient 0. Source: DeepDiagnosis and
 * AUTOTRAINER use the same share. False alarms: sparse nets that do learn are left alone; inputs that are mostly 0 together
 * with a loss that does not fall.
 */
export const deadUnits: Detector = {
  id: 'dead-units',
  create(context) {
    const limit = thresholdOf(context.config, 'dead-units', DEAD_LIMIT);
    const rectified = rectifiedLayers(context);
    const since = rectified.map(() => 0);
    return {
      frame(frame) {
        const { vitals } = context;
        if (vitals.hasLearned || vitals.exploded || vitals.slowLoss < STALLED_SHARE * vitals.earlyLoss) return null;
        let worst = -1;
        rectified.forEach((layer, i) => {
          since[i] = deadShare(frame, context, layer) >= limit ? (since[i] ?? 0) + 1 : 0;
          if ((since[i] ?? 0) >= PATIENCE && worst < 0) worst = layer;
        });
        return worst < 0 ? null : { finding: dead(frame, context, worst, limit) };
      },
    };
  },
};

/** Indices of the layers of the frames whose own activation is a ReLU. */
function rectifiedLayers({ start }: DetectorContext): number[] {
  return start.layers.flatMap((layer, i) => {
    const activation = start.architecture?.find((a) => a.name === layer.name)?.activation;
    return activation !== undefined && RELU.has(activation) && layer.parameters > 0 ? [i] : [];
  });
}

function deadShare(frame: Frame, { start }: DetectorContext, index: number): number {
  const stats = frame.layers[index];
  return stats?.dead ?? (stats?.zeros ?? 0) / (start.layers[index]?.parameters ?? Infinity);
}

function dead(frame: Frame, context: DetectorContext, index: number, limit: number): FindingEvent {
  const { start } = context;
  const share = deadShare(frame, context, index);
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
