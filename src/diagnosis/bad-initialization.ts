import type { FindingEvent } from '../telemetry/events.js';
import type { Detector, DetectorContext } from './detector.js';
import { explosionCause, initializerPath, narrowLayer, type SignalGrowth, wideLayer } from './explosion-cause.js';
import { explosionEvidence } from './explosion-evidence.js';
import { CAUSES, finding } from './finding.js';
import { formatNumber } from './format-number.js';
import type { PreflightReport } from './preflight-report.js';

/**
 * The forward signal grows geometrically through the layers at step 0: more than x1.5 per layer and x30 in all. He and Glorot
 * initialisation keep it constant. Or it shrinks: to less than half per layer and 1/30 in all, which is a note here and the cause
 * of vanishing gradients where they come to that.
 *
 * A note while the dry steps are calm; with their verdict, its cause. Sources: He et al. 2015, Glorot and Bengio 2010.
 * False alarms: nets that normalise the signal again, whose loss does not feel it.
 */
export const badInitialization: Detector = {
  id: 'bad-initialization',
  create(context) {
    return { preflight: (report) => judge(report, context) };
  },
};

function judge(report: PreflightReport, context: DetectorContext): FindingEvent[] {
  const wide = wideLayer(report.signal);
  const narrow = narrowLayer(report.signal);
  if (narrow !== null) return [shrinks(narrow, context)];
  if (wide === null) return [];
  const cause = explosionCause(report, context.config, context.start);
  const verdict = context.vitals.signs?.verdict ?? 'calm';
  return [
    finding({
      id: 'bad-initialization',
      severity: cause.kind === 'initialization' && verdict !== 'calm' ? verdict : 'info',
      layer: wide.layer,
      message: `Weights start too wide: the signal grows ×${formatNumber(wide.gain)} per layer, most in ${wide.layer}`,
      cause: CAUSES.initialization,
      at: cause.kind === 'initialization' ? cause.at : ['model'],
      fixes: ['change-initializer', 'lower-learning-rate', 'clip-gradients'],
      evidence: {
        ...explosionEvidence(context, []),
        'signal gain per layer': wide.gain,
        'signal gain in all': wide.total,
        layers: wide.layers,
      },
      formula: `rms(last) ÷ rms(first) = ${formatNumber(wide.total)}\n= ×${formatNumber(wide.gain)} per layer over ${wide.layers} layers`,
      caveat: 'Normalisation layers can undo it.',
    }),
  ];
}

function shrinks({ layer, gain, total, layers }: SignalGrowth, { config, start }: DetectorContext): FindingEvent {
  return finding({
    id: 'bad-initialization',
    severity: 'info',
    layer,
    message: `Weights start too small: the signal shrinks ×${formatNumber(gain)} per layer, most in ${layer}`,
    cause: CAUSES.narrow,
    at: initializerPath(config, start, layer),
    fixes: ['change-initializer', 'add-normalization', 'change-activation'],
    evidence: { 'signal gain per layer': gain, 'signal gain in all': total, layers },
    formula: `rms(last) ÷ rms(first) = ${formatNumber(total)}\n= ×${formatNumber(gain)} per layer over ${layers} layers`,
    caveat: 'Normalisation layers can undo it, and nets with few layers grow out of it.',
  });
}
