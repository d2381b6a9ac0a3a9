import type { FindingEvent } from '../telemetry/events.js';
import { thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { explosionCause, scalePath, TARGET_RMS_LIMIT, targetRms } from './explosion-cause.js';
import { explosionEvidence } from './explosion-evidence.js';
import { CAUSES, finding } from './finding.js';
import { formatNumber } from './format-number.js';
import type { PreflightReport } from './preflight-report.js';

/**
 * The target to be predicted is large: its root mean square is above 100. The gradient of a squared error grows with it, so
 * updates leave the region the net starts in.
 *
 * A note while nothing is wrong; a warning or an error with the dry steps' verdict, as its cause.
 * False alarms: losses that do not feel the size (absolute error), adaptive optimisers.
 */
export const unscaledTarget: Detector = {
  id: 'unscaled-target',
  create(context) {
    return { preflight: (report) => judge(report, context) };
  },
};

function judge(report: PreflightReport, context: DetectorContext): FindingEvent[] {
  const { config, start, vitals } = context;
  const limit = thresholdOf(config, 'unscaled-target', TARGET_RMS_LIMIT);
  const size = targetRms(report.targets);
  if (!(size > limit)) return [];
  const isCause = explosionCause(report, config, start).kind === 'target';
  const verdict = vitals.signs?.verdict ?? 'calm';
  const target = report.targets.find((t) => t.classes === null);
  return [
    finding({
      id: 'unscaled-target',
      severity: isCause && verdict !== 'calm' ? verdict : 'info',
      message: `The target is not scaled: ${target?.name ?? 'it'} is ${formatNumber(target?.min ?? NaN)} to ${formatNumber(target?.max ?? NaN)}`,
      cause: CAUSES.target,
      at: scalePath(config),
      fixes: ['scale-target', 'lower-learning-rate', 'clip-gradients'],
      evidence: { ...explosionEvidence(context, []), 'target rms': size },
      formula: `rms of the target\n${formatNumber(size)} > ${formatNumber(limit)}`,
      caveat: 'Adaptive optimisers can live with a large target.',
    }),
  ];
}
