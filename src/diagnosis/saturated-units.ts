import type { FindingEvent, Frame } from '../telemetry/events.js';
import { layerPath, LEARNING_RATE_PATH, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { INPUT_RMS_LIMIT, inputRms, scalePath } from './explosion-cause.js';
import { CAUSES, finding } from './finding.js';
import { formatNumber } from './format-number.js';
import { isKilledByUpdates } from './standstill-cause.js';
import { type StuckLayer, StuckShare } from './stuck-share.js';

/** Share of a layer's activations whose input is beyond 5. */
const SATURATED_LIMIT = 0.5;

/**
 * Most sigmoid or tanh units of a hidden layer stand at their limits while the net does not learn: their slope there is below
 * 0.0067 (sigmoid) or 0.0002 (tanh), so what is behind them gets no gradient.
 *
 * Formula: activations with |input| > 5 / activations > 0.5 in every probe of 60 frames without learning. Source: Glorot and
 * Bengio 2010, section 4.3. False alarms: a net that learns with saturated units is left alone; the output layer and the
 * gates of recurrent cells are not judged, since being certain is their work.
 */
export const saturatedUnits: Detector = {
  id: 'saturated-units',
  create(context) {
    const limit = thresholdOf(context.config, 'saturated-units', SATURATED_LIMIT);
    const shares = new StuckShare(
      context.start.layers.slice(0, -1).map((_, i) => i),
      limit,
      (stats) => stats.saturated,
      () => 0,
    );
    const stuck = context.memory.remember('saturated-units', shares);
    return {
      frame(frame) {
        const worst = stuck.update(frame, context);
        return worst === null ? null : { finding: saturated(frame, context, worst, limit) };
      },
    };
  },
};

function saturated(frame: Frame, context: DetectorContext, { layer: index, share, wasAlive }: StuckLayer, limit: number): FindingEvent {
  const { start, config, vitals } = context;
  const layer = start.layers[index]?.name ?? null;
  const raw = index === 0 && vitals.report !== null && inputRms(vitals.report.features) > INPUT_RMS_LIMIT;
  const scalable = raw && config.data.scale.inputs === 'none';
  const killed = isKilledByUpdates(vitals, wasAlive);
  return finding({
    id: 'saturated-units',
    severity: 'warning',
    phase: 'training',
    step: frame.step,
    layer,
    message: `${formatNumber(100 * share)} % of the activations of ${layer ?? 'one layer'} are at their limits, and the loss does not fall`,
    cause: scalable ? CAUSES.inputs : killed ? CAUSES.hasty : 'units are saturated',
    at: scalable ? scalePath(config) : killed ? LEARNING_RATE_PATH : layerPath(start, layer),
    fixes: [
      ...(scalable ? ['scale-inputs'] : killed ? ['lower-learning-rate', 'clip-gradients'] : []),
      'change-initializer',
      'change-activation',
      'add-normalization',
      ...(killed ? [] : ['lower-learning-rate']),
    ],
    evidence: { 'saturated share': share },
    formula: `inputs beyond ±5 ÷ all inputs\n= ${formatNumber(share)} > ${formatNumber(limit)}`,
    caveat: 'Measured on a sample of the rows.',
  });
}
