import type { Evidence, Frame } from '../telemetry/events.js';
import type { DetectorContext } from './detector.js';
import { EVIDENCE } from './finding.js';
import { roundTo } from './format-number.js';

/**
 * The evidence of a finding about an explosion, with the numbers fixes compute their values from: learning rate, its
 * limit, a stable rate, gradient norms, planned steps. Figures that are not known are left out.
 */
export function explosionEvidence(context: DetectorContext, signs: readonly Evidence[], frame?: Frame): Record<string, number | string> {
  const { vitals, start, config } = context;
  const first = vitals.report?.dry[0];
  const evidence: Record<string, number | string> = {};
  const add = (name: string, value: number | null | undefined) => {
    if (value !== null && value !== undefined) evidence[name] = roundTo(value, 4);
  };
  for (const sign of signs) add(sign.name, sign.value);
  add(EVIDENCE.learningRate, frame?.learningRate ?? first?.learningRate ?? config.training.optimizer.learningRate);
  add(EVIDENCE.gradNorm, frame?.globalGradNorm ?? first?.globalGradNorm);
  add(EVIDENCE.rateLimit, vitals.signs?.rateLimit);
  add(EVIDENCE.stableRate, vitals.signs?.stableRate);
  if (config.training.optimizer.type === 'sgd' && first !== undefined && first.updateRatio > 0) {
    add(EVIDENCE.mildNorm, (0.01 * first.globalGradNorm) / first.updateRatio);
  }
  add(EVIDENCE.healthyNorm, vitals.healthyNorm());
  add(EVIDENCE.plannedSteps, start.plannedSteps);
  return evidence;
}
