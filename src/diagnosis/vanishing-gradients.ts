import type { FindingEvent, Frame } from '../telemetry/events.js';
import { layerPath, thresholdOf, unwrapped } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { finding } from './finding.js';
import { formatNumber } from './format-number.js';

/** First layer's gradient norm / last layer's: runs that learn stay above 0.05, vanished ones below 2e-4. */
const RATIO_LIMIT = 1e-3;
/** Frames without learning before it counts: deep nets take off late. */
const PATIENCE = 100;

/**
 * Early layers get almost no gradient while the loss does not improve: the geometric mean over about 30 frames of
 * norm(first) / norm(last) is below 1e-3, for 100 frames without learning.
 *
 * Source: AUTOTRAINER (Zhang et al. 2021), whose rule this is, there without patience. False alarms: a first layer that
 * is meant to be frozen; nets that take off only after hundreds of steps.
 */
export const vanishingGradients: Detector = {
  id: 'vanishing-gradients',
  create(context) {
    const limit = thresholdOf(context.config, 'vanishing-gradients', RATIO_LIMIT);
    const state = context.memory.remember('vanishing-gradients', { logRatio: 0, frames: 0, since: 0 });
    return {
      frame(frame) {
        const { vitals } = context;
        const ratio = layerRatio(frame);
        if (ratio === null || vitals.hasLearned || vitals.exploded) return null;
        state.frames++;
        state.logRatio += (Math.log(Math.max(ratio, 1e-12)) - state.logRatio) / Math.min(state.frames, 30);
        state.since = state.frames >= 30 && Math.exp(state.logRatio) < limit ? state.since + 1 : 0;
        return state.since > PATIENCE - 30 ? { finding: vanished(frame, context, Math.exp(state.logRatio), limit) } : null;
      },
    };
  },
};

/** Gradient norm of the first layer / the last; null with one layer or where a norm is not finite. */
function layerRatio(frame: Frame): number | null {
  const first = frame.layers[0]?.gradNorm;
  const last = frame.layers.at(-1)?.gradNorm;
  if (frame.layers.length < 2 || first === undefined || last === undefined) return null;
  return Number.isFinite(first) && Number.isFinite(last) && last > 0 ? first / last : null;
}

function vanished(frame: Frame, { start, config }: DetectorContext, ratio: number, limit: number): FindingEvent {
  const first = start.layers[0]?.name ?? null;
  const last = start.layers.at(-1)?.name ?? 'the last layer';
  const squashes = config.model.layers?.some((l) => ['sigmoid', 'tanh', 'hardSigmoid'].includes(activation(unwrapped(l)))) ?? false;
  return finding({
    id: 'vanishing-gradients',
    severity: 'warning',
    phase: 'training',
    step: frame.step,
    layer: first,
    message: `${first ?? 'The first layer'} gets almost no gradient, and the loss does not fall`,
    cause: squashes ? 'activations squash the gradient' : 'units pass no gradient',
    at: layerPath(start, first),
    fixes: squashes
      ? ['change-activation', 'change-initializer', 'add-normalization', 'change-optimizer']
      : ['change-initializer', 'change-activation', 'add-normalization'],
    evidence: {
      'first ÷ last gradient': ratio,
      'gradient of first layer': frame.layers[0]?.gradNorm ?? 0,
      'gradient of last layer': frame.layers.at(-1)?.gradNorm ?? 0,
    },
    formula: `‖g‖ first layer ÷ last layer\n= ${formatNumber(ratio)} < ${formatNumber(limit)}`,
    caveat: `Can be wrong for a net that takes off after hundreds of steps; compared with ${last}.`,
  });
}

function activation(layer: object): string {
  return 'activation' in layer && typeof layer.activation === 'string' ? layer.activation : '';
}
