import type { FindingEvent } from '../telemetry/events.js';
import type { Detector } from './detector.js';
import { CAUSES, finding } from './finding.js';
import { targetEvidence } from './output-loss-mismatch.js';
import { knownOutput, type KnownOutput } from './output-rules.js';
import type { PreflightReport } from './preflight-report.js';

/**
 * A softmax over one unit always outputs 1: exp(z) / exp(z). Its gradient is 0 and nothing is learned.
 * Exact; false alarms: none, except an output that is never trained.
 */
export const singleUnitSoftmax: Detector = {
  id: 'single-unit-softmax',
  check: (config) => judge(knownOutput(config, null), null),
  create: ({ config }) => ({ preflight: (report) => judge(knownOutput(config, report), report) }),
};

function judge(output: KnownOutput | null, report: PreflightReport | null): FindingEvent[] {
  if (output === null || output.units !== 1 || output.activation !== 'softmax') return [];
  return [
    finding({
      id: 'single-unit-softmax',
      severity: 'error',
      message: 'A softmax over one unit always outputs 1: nothing can be learned',
      cause: CAUSES.output,
      at: output.at,
      fixes: ['change-output'],
      evidence: { 'output units': 1, 'output activation': 'softmax', ...targetEvidence(report) },
      formula: 'softmax(z) = exp(z) ÷ exp(z) = 1\ngradient = p (1 - p) = 0',
    }),
  ];
}
