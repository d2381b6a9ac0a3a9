import type { Config } from '../config/config-schema.js';
import type { FindingEvent } from '../telemetry/events.js';
import { outputOf } from './config-facts.js';
import type { Detector } from './detector.js';
import { CAUSES, finding } from './finding.js';
import { activationPath, knownOutput } from './output-rules.js';
import type { PreflightReport } from './preflight-report.js';

/**
 * Softmax is applied twice: by the output and again by the loss (fromLogits), or by two layers in a row. The second one
 * gets values from 0 to 1, so no probability can pass e / (e + n - 1): the loss cannot fall to 0 and gradients shrink.
 * Exact; false alarms: none, it trains but badly. One unit is single-unit-softmax.
 */
export const doubleSoftmax: Detector = {
  id: 'double-softmax',
  check: (config) => judge(config, null),
  create: ({ config }) => ({ preflight: (report) => judge(config, report) }),
};

function judge(config: Config, report: PreflightReport | null): FindingEvent[] {
  const output = knownOutput(config, report);
  if (output === null) return [];
  const twice = (outputOf(config)?.softmax.length ?? 0) > 1;
  const byLoss = config.training.loss.fromLogits && output.activation === 'softmax';
  if (!twice && !byLoss) return [];
  const index = outputOf(config)?.softmax[0];
  const classes = output.units ?? 2;
  const best = Math.E / (Math.E + classes - 1);
  return [
    finding({
      id: 'double-softmax',
      severity: 'warning',
      message: byLoss
        ? 'Softmax is applied twice: by the output layer and by fromLogits'
        : 'Softmax is applied twice: by two layers in a row',
      cause: CAUSES.output,
      at: twice && index !== undefined ? activationPath(config, index) : output.at,
      fixes: ['change-output'],
      evidence: { by: byLoss ? 'output and loss' : 'two layers', classes, 'largest probability': Number(best.toFixed(3)) },
      formula: `largest probability = e ÷ (e + ${classes - 1})\n= ${best.toFixed(2)}, loss never below ${(-Math.log(best)).toFixed(2)}`,
      caveat: 'It trains, but slower and never to a loss near 0.',
    }),
  ];
}
