import type { FindingEvent, Frame } from '../telemetry/events.js';
import { layerPath, thresholdOf, unwrapped } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { finding } from './finding.js';
import { formatNumber } from './format-number.js';
import { isLateInRun } from './late-in-run.js';
import { standstillCause } from './standstill-cause.js';

/** First layer's gradient norm / last layer's: runs that learn stay above 0.05, vanished ones below 2e-4. */
const RATIO_LIMIT = 1e-3;
/** Frames without learning before it counts: deep nets take off late. */
const PATIENCE = 100;
/** Ratio / its lowest: a gradient that is coming back has not vanished. */
const COMING_BACK = 3;

/**
 * Early layers get almost no gradient while the loss does not improve: the geometric mean over about 30 frames of
 * norm(first) / norm(last) is below 1e-3, for 100 frames without learning; with an adaptive optimiser, which
 * moves early layers however small their gradient, for half of the run, too, and not while the ratio stands above 3 x its lowest.
 *
 * Source: AUTOTRAINER (Zhang et al. 2021), whose rule this is, there without patience. False alarms: a first layer that
 * is meant to be frozen; nets that take off only after hundreds of steps.
 * The cause is the activations or the units, unless the gradient was there at first and large updates ended it, or the first
 * weights are so small that the signal is lost.
 */
export const vanishingGradients: Detector = {
  id: 'vanishing-gradients',
  create(context) {
    const limit = thresholdOf(context.config, 'vanishing-gradients', RATIO_LIMIT);
    const adaptive = context.config.training.optimizer.type !== 'sgd';
    const fresh = { firstRatio: NaN, logRatio: 0, lowest: Infinity, frames: 0, since: 0, said: false };
    const state = context.memory.remember('vanishing-gradients', fresh);
    return {
      frame(frame) {
        const { vitals } = context;
        const ratio = layerRatio(frame);
        if (state.said || ratio === null || vitals.trend.hasLearned || vitals.exploded) return null;
        state.frames++;
        if (state.frames === 1) state.firstRatio = ratio;
        state.logRatio += (Math.log(Math.max(ratio, 1e-12)) - state.logRatio) / Math.min(state.frames, 30);
        if (state.frames < 30) return null;
        state.since = Math.exp(state.logRatio) < limit ? state.since + 1 : 0;
        state.lowest = Math.min(state.lowest, state.logRatio);
        const comesBack = adaptive && state.logRatio > state.lowest + Math.log(COMING_BACK);
        state.said = state.since > PATIENCE - 30 && (!adaptive || isLateInRun(frame.step, context.start)) && !comesBack;
        return state.said ? { finding: vanished(frame, context, Math.exp(state.logRatio), limit, state.firstRatio > limit) } : null;
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

function vanished(frame: Frame, context: DetectorContext, ratio: number, limit: number, wasAlive: boolean): FindingEvent {
  const { start, config } = context;
  const root = standstillCause(context, wasAlive);
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
    cause: root?.cause ?? (squashes ? 'activations squash the gradient' : 'units pass no gradient'),
    at: root?.at ?? layerPath(start, first),
    fixes:
      root?.fixes ??
      (squashes
        ? ['change-activation', 'change-initializer', 'add-normalization', 'change-optimizer']
        : ['change-initializer', 'change-activation', 'add-normalization']),
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
