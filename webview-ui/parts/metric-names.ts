import type { ShownMetric } from '../run/run-store.js';

export const METRIC_NAMES: Record<ShownMetric, string> = {
  gradNorm: 'Gradient norm',
  updateRatio: 'Update ratio',
  weightNorm: 'Weight norm',
  dead: 'Dead share',
  zeros: 'Zero share',
};

/** What the colours of the heatmap stand for. */
export const METRIC_EXPLANATIONS: Record<ShownMetric, string> = {
  gradNorm: 'L2 norm before clipping, log scale',
  updateRatio: 'update ÷ weight norm, log scale',
  weightNorm: 'L2 norm, log scale',
  dead: 'share of units never active',
  zeros: 'share of gradient entries that are 0',
};
