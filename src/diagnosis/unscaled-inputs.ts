import type { FindingEvent } from '../telemetry/events.js';
import { thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { INPUT_RMS_LIMIT, inputRms, scalePath } from './explosion-cause.js';
import { explosionEvidence } from './explosion-evidence.js';
import { CAUSES, finding } from './finding.js';
import { formatNumber } from './format-number.js';
import type { FeatureStats, PreflightReport } from './preflight-report.js';

/** A shorter run has not had its chance. */
const SHORTEST_RUN = 100;

/**
 * The inputs reach the net unscaled: the root mean square over all input columns is above 30. Sharpness grows with its
 * square (for a linear layer the Hessian is the second moment of the inputs), so the learning rate must shrink with it.
 *
 * A note while nothing is wrong, since adaptive optimisers and small rates live with raw inputs; a warning or an error with
 * the dry steps' verdict, as its cause; a warning at the end of a run that stayed worse than guessing.
 * Source: LeCun et al. 1998, Efficient BackProp, section 4.3. False alarms: indices for an embedding are not magnitudes
 * (left out); inputs that a normalisation layer scales first.
 */
export const unscaledInputs: Detector = {
  id: 'unscaled-inputs',
  create(context) {
    return {
      preflight: (report) => judge(report, context),
      end(end) {
        const { vitals, start } = context;
        const failed =
          end.status === 'completed' && end.steps >= SHORTEST_RUN && !vitals.trend.hasLearned && end.loss > start.baseline.loss;
        if (!failed || vitals.report === null) return null;
        return (
          judge(vitals.report, context).map((f) => ({ ...f, severity: 'warning' as const, phase: 'end' as const, step: end.steps }))[0] ??
          null
        );
      },
    };
  },
};

function judge(report: PreflightReport, context: DetectorContext): FindingEvent[] {
  const { config, vitals } = context;
  const limit = thresholdOf(config, 'unscaled-inputs', INPUT_RMS_LIMIT);
  const size = inputRms(report.features);
  const scaledFirst = ['embedding', 'batchNormalization', 'layerNormalization'].includes(config.model.layers?.[0]?.type ?? '');
  if (!(size > limit) || scaledFirst) return [];
  const verdict = vitals.signs?.verdict ?? 'calm';
  const largest = report.features.reduce((a, b) => (rms(b) > rms(a) ? b : a));
  const smallest = report.features.reduce((a, b) => (rms(b) < rms(a) ? b : a));
  const reach = Math.max(Math.abs(largest.min), Math.abs(largest.max));
  return [
    finding({
      id: 'unscaled-inputs',
      severity: verdict === 'calm' ? 'info' : verdict,
      message: `Inputs are not scaled: ${largest.name} reaches ${formatNumber(reach)}`,
      cause: CAUSES.inputs,
      at: scalePath(config),
      fixes: ['scale-inputs', 'lower-learning-rate'],
      evidence: { ...explosionEvidence(context, []), 'input rms': size, 'largest column': largest.name, 'largest rms': rms(largest) },
      formula:
        report.features.length > 1
          ? `rms of all columns ${formatNumber(size)} > ${limit}\nlargest ÷ smallest = ${formatNumber(rms(largest) / rms(smallest))}`
          : `rms of ${largest.name}\n${formatNumber(size)} > ${limit}`,
      caveat: 'Adaptive optimisers and very small rates can live with raw inputs.',
    }),
  ];
}

function rms({ mean, deviation }: FeatureStats): number {
  return Math.sqrt(mean ** 2 + deviation ** 2);
}
