import type { Config } from '../config/config-schema.js';
import { EVIDENCE } from '../diagnosis/finding.js';
import { formatNumber, roundTo } from '../diagnosis/format-number.js';
import type { FindingEvent } from '../telemetry/events.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

/** Where nothing better is known. */
const STANDARD_THRESHOLD = 1;
/** Largest update a clipped gradient may make, as a share of the weights; healthy runs stay near 1e-3 to 1e-2. */
const UPDATE_SHARE = 0.01;

/**
 * Limits the norm of all gradients together. The threshold is the 90th percentile of the healthy norms (Google's deep learning
 * tuning playbook); before there are any, the norm whose update is a hundredth of the weights; else 1.
 * Not offered where the gradient is clipped already.
 */
export const clipGradients: FixKind = {
  id: 'clip-gradients',
  make(finding, config) {
    if (config.training.gradientClip !== undefined) return [];
    const { threshold, why } = thresholdFor(finding, config);
    return [
      {
        id: 'clip-gradients',
        title: `Clip gradients to global norm ${formatNumber(threshold)}`,
        why,
        edits: [{ path: ['training', 'gradientClip'], value: { type: 'globalNorm', threshold } }],
        live: true,
      },
    ];
  },
};

function thresholdFor(finding: FindingEvent, config: Config): { threshold: number; why: string } {
  const healthy = evidenceNumber(finding, EVIDENCE.healthyNorm);
  if (healthy !== null && healthy > 0) {
    const threshold = roundTo(healthy);
    return {
      threshold,
      why: `90 % of the healthy gradient norms of this run are below ${formatNumber(threshold)} (90th-percentile rule, deep learning tuning playbook).`,
    };
  }
  const norm = evidenceNumber(finding, EVIDENCE.gradNorm);
  const ratio = evidenceNumber(finding, EVIDENCE.updateRatio);
  if (config.training.optimizer.type === 'sgd' && norm !== null && ratio !== null && ratio > UPDATE_SHARE && norm > 0) {
    const threshold = roundTo((norm * UPDATE_SHARE) / ratio);
    return {
      threshold,
      why: `The gradient norm is ${formatNumber(norm)}; at ${formatNumber(threshold)} one update changes the weights by 1 % instead of ${formatNumber(100 * ratio)} % (Pascanu et al. 2013).`,
    };
  }
  return {
    threshold: STANDARD_THRESHOLD,
    why: 'A gradient of norm 1 limits every update to the learning rate itself (Pascanu et al. 2013).',
  };
}
