import type { Config } from '../config/config-schema.js';
import type { FindingEvent } from '../telemetry/events.js';
import type { Detector } from './detector.js';
import { CAUSES, EVIDENCE, finding } from './finding.js';
import { knownOutput, staticMismatch, type Mismatch } from './output-rules.js';
import type { PreflightReport } from './preflight-report.js';
import { targetMismatch } from './target-range.js';

/**
 * The output activation does not fit the loss or the target: a crossentropy over something that is no probability (or no
 * logit), a categorical loss over one unit, a regression target outside what the output can reach.
 *
 * Formula: the ranges of the activations against what the loss expects; target range from the training split.
 * Not said: sigmoid under a categorical loss and softplus or exponential outputs, which are normalised and do train;
 * softmax over one unit and softmax twice, which have their own findings.
 * False alarms: a linear output under a crossentropy can still learn where it happens to stay within 0 to 1.
 */
export const outputLossMismatch: Detector = {
  id: 'output-loss-mismatch',
  check(config) {
    const output = knownOutput(config, null);
    const mismatch = output === null || isSingleSoftmax(output) ? null : staticMismatch(config, output);
    return mismatch === null ? [] : [toFinding(mismatch, config, null)];
  },
  create({ config }) {
    return {
      preflight(report) {
        const output = knownOutput(config, report);
        if (output === null || isSingleSoftmax(output)) return [];
        const mismatch = staticMismatch(config, output) ?? targetMismatch(config, output, report.targets);
        return mismatch === null ? [] : [toFinding(mismatch, config, report)];
      },
    };
  },
};

function isSingleSoftmax(output: { activation: string; units: number | null }): boolean {
  return output.units === 1 && output.activation === 'softmax';
}

function toFinding(mismatch: Mismatch, config: Config, report: PreflightReport | null): FindingEvent {
  const output = knownOutput(config, report);
  return finding({
    id: 'output-loss-mismatch',
    severity: mismatch.severity,
    message: mismatch.message,
    cause: CAUSES.output,
    at: mismatch.at,
    fixes: ['change-output'],
    evidence: {
      rule: mismatch.rule,
      'output activation': output?.activation ?? 'unknown',
      'output units': output?.units ?? 'unknown',
      loss: config.training.loss.type,
      ...targetEvidence(report),
    },
    formula: mismatch.formula,
    caveat: mismatch.severity === 'warning' ? 'It can learn a little where the output happens to stay in range.' : undefined,
  });
}

/** Range and classes of the first target, where the data has been read. */
export function targetEvidence(report: PreflightReport | null): Record<string, number> {
  const target = report?.targets[0];
  if (target === undefined) return {};
  const evidence: Record<string, number> = { [EVIDENCE.targetMin]: target.min, [EVIDENCE.targetMax]: target.max };
  if (target.classes !== null) evidence[EVIDENCE.targetClasses] = target.classes;
  return evidence;
}
