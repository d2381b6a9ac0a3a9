import type { FindingEvent, Severity } from '../telemetry/events.js';
import { thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { CAUSES, finding } from './finding.js';
import { formatNumber } from './format-number.js';
import { COMPLEX_RATIO, overfitSigns } from './overfit-signs.js';

/**
 * Many more parameters than training rows: parameters / samples > 20. A note before training, since large nets often
 * generalise all the same; a warning only when the validation loss rises harmfully while the training loss falls.
 *
 * Source: Zhang et al. 2017, arXiv 1611.03530: such a net can fit random labels. False alarms: none above a note without
 * that evidence.
 */
export const modelTooComplex: Detector = {
  id: 'model-too-complex',
  create(context) {
    const limit = thresholdOf(context.config, 'model-too-complex', COMPLEX_RATIO);
    const { parameters, samples } = context.start;
    return {
      preflight: () => (parameters > limit * samples.train ? [complex(context, limit, 'info')] : []),
      epoch(epoch) {
        const signs = overfitSigns(context);
        if (signs?.severity !== 'warning' || signs.cause !== 'model') return null;
        return complex(context, limit, 'warning', { phase: 'training', step: epoch.step ?? 0, evidence: signs.evidence });
      },
    };
  },
};

function complex(context: DetectorContext, limit: number, severity: Severity, more: Partial<FindingEvent> = {}): FindingEvent {
  const { parameters, samples } = context.start;
  const ratio = parameters / samples.train;
  const numbers = `${formatNumber(parameters)} parameters for ${formatNumber(samples.train)} training rows`;
  return {
    ...finding({
      id: 'model-too-complex',
      severity,
      message: severity === 'info' ? `The model is large for its data: ${numbers}` : `The model learns its rows by heart: ${numbers}`,
      cause: CAUSES.complex,
      at: ['model'],
      fixes: ['simplify-model', 'add-dropout', 'add-l2', 'add-l1', 'early-stop'],
      evidence: { samples: samples.train, parameters, 'parameters ÷ samples': ratio },
      formula: `parameters ÷ samples\n${formatNumber(parameters)} ÷ ${formatNumber(samples.train)} = ${formatNumber(ratio)} > ${formatNumber(limit)}`,
      caveat: 'Large nets often generalise all the same: the validation loss decides.',
    }),
    ...more,
  };
}
