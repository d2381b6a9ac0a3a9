import type { FindingEvent, Frame } from '../telemetry/events.js';
import { layerPath, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { finding } from './finding.js';
import { formatNumber } from './format-number.js';
import { standstillCause } from './standstill-cause.js';
import { type StuckLayer, StuckShare } from './stuck-share.js';

/** Share of a layer's units that are never active. */
const DEAD_LIMIT = 0.7;
const RELU = new Set(['relu', 'relu6']);

/**
 * Most ReLU units of a layer are never active, while the net does not learn: their gradient is 0 and they cannot come back.
 *
 * Formula: dead units / units >= 0.7 in every probe of 60 frames without learning. Where the share was never probed, the share
 * of gradient entries that are exactly 0 stands for it: all weights of a dead unit have gradient 0. Source: DeepDiagnosis and
 * AUTOTRAINER use the same share. False alarms: sparse nets that do learn are left alone; inputs that are mostly 0 together
 * with a loss that does not fall.
 * The cause is where the units start, unless they were active at first and large updates ended it.
 */
export const deadUnits: Detector = {
  id: 'dead-units',
  create(context) {
    const limit = thresholdOf(context.config, 'dead-units', DEAD_LIMIT);
    const parameters = (layer: number) => context.start.layers[layer]?.parameters ?? Infinity;
    const shares = new StuckShare(
      rectifiedLayers(context),
      limit,
      (stats) => stats.dead,
      (stats, layer) => stats.zeros / parameters(layer),
    );
    const stuck = context.memory.remember('dead-units', shares);
    return {
      frame(frame) {
        const worst = stuck.update(frame, context);
        return worst === null ? null : { finding: dead(frame, context, worst, limit) };
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

function dead(frame: Frame, context: DetectorContext, { layer: index, share, wasAlive }: StuckLayer, limit: number): FindingEvent {
  const { start } = context;
  const root = standstillCause(context, wasAlive);
  const layer = start.layers[index]?.name ?? null;
  return finding({
    id: 'dead-units',
    severity: 'warning',
    phase: 'training',
    step: frame.step,
    layer,
    message: `${formatNumber(100 * share)} % of the units of ${layer ?? 'one layer'} are never active, and the loss does not fall`,
    cause: root?.cause ?? 'units are dead',
    at: root?.at ?? layerPath(start, layer),
    fixes: root?.fixes ?? ['change-initializer', 'change-activation', 'lower-learning-rate'],
    evidence: { 'dead share': share },
    formula: `never active ÷ units\n= ${formatNumber(share)} ≥ ${formatNumber(limit)}`,
    caveat: 'Measured on a sample of the rows: a unit may be active on others.',
  });
}
