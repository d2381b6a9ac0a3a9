import { EVIDENCE } from '../diagnosis/finding.js';
import { formatNumber, roundTo } from '../diagnosis/format-number.js';
import type { FindingEvent } from '../telemetry/events.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

/** Where nothing better is known. */
const STANDARD_THRESHOLD = 1;

/**
 * Limits the norm of all gradients together. The threshold is the 90th percentile of the healthy norms (Google's deep learning
 * tuning playbook); before there are any, the norm whose update is a hundredth of the weights; else 1.
 * Not offered where the gradient is clipped already, unless that threshold is the trouble.
 */
export const clipGradients: FixKind = {
  id: 'clip-gradients',
  make(finding, config) {
    const { gradientClip } = config.training;
    if (gradientClip !== undefined && finding.id !== 'clipping-too-often') return [];
    const { threshold, why } = thresholdFor(finding);
    if (gradientClip?.type === 'globalNorm' && gradientClip.threshold >= threshold) return [];
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

function thresholdFor(finding: FindingEvent): { threshold: number; why: string } {
  const healthy = evidenceNumber(finding, EVIDENCE.healthyNorm);
  if (healthy !== null && healthy > 0) {
    const threshold = roundTo(healthy);
    return {
      threshold,
      why: `90 % of the healthy gradient norms of this run are below ${formatNumber(threshold)} (90th-percentile rule, deep learning tuning playbook).`,
    };
  }
  const mild = evidenceNumber(finding, EVIDENCE.mildNorm);
  const norm = evidenceNumber(finding, EVIDENCE.gradNorm);
  if (mild !== null && mild > 0 && norm !== null && norm > mild) {
    const threshold = roundTo(mild);
    return {
      threshold,
      why: `The gradient norm is ${formatNumber(norm)}; at ${formatNumber(threshold)} one update changes the weights by 1 % (Pascanu et al. 2013).`,
    };
  }
  return {
    threshold: STANDARD_THRESHOLD,
    why: 'A gradient of norm 1 limits every update to the learning rate itself (Pascanu et al. 2013).',
  };
}
