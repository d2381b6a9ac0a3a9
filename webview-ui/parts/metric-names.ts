import type { ShownMetric } from '../run/run-store.js';
import { say } from '../language/language.js';

export const METRIC_NAMES: Record<ShownMetric, string> = {
  gradNorm: say('Gradient norm'),
  updateRatio: say('Update ratio'),
  weightNorm: say('Weight norm'),
  dead: say('Dead share'),
  zeros: say('Zero share'),
};

/** What the colours of the heatmap stand for. */
export const METRIC_EXPLANATIONS: Record<ShownMetric, string> = {
  gradNorm: say('L2 norm before clipping, log scale'),
  updateRatio: say('update ÷ weight norm, log scale'),
  weightNorm: say('L2 norm, log scale'),
  dead: say('share of units never active'),
  zeros: say('share of gradient entries that are 0'),
};
