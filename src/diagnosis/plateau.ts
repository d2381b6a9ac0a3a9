import type { EndEvent, FindingEvent } from '../telemetry/events.js';
import { hasPenalty, LEARNING_RATE_PATH, thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { CAUSES, finding } from './finding.js';
import { formatNumber } from './format-number.js';

/** Final loss / the trivial predictor's that is no better than guessing; the slowest deep nets that still move end at 0.988. */
const SHARE_LIMIT = 0.995;
/** Accuracy above the trivial predictor's that may be chance. */
const CHANCE = 0.02;
/** A shorter run has not had its chance. */
const SHORTEST_RUN = 100;

/**
 * The run has ended no better than guessing: its last loss is not below 0.995 x the trivial predictor's (the mean of the
 * target, or the class frequencies) and it never learned in between.
 *
 * Said at the end only, since deep nets take off late. With l1 or l2 the penalty is part of the loss, so such runs are judged by
 * their accuracy too, and not without one: no better than the trivial predictor's. False alarms: data without anything to learn.
 */
export const plateau: Detector = {
  id: 'plateau',
  create(context) {
    const limit = thresholdOf(context.config, 'plateau', SHARE_LIMIT);
    return { end: (end) => judge(end, context, limit) };
  },
};

function judge(end: EndEvent, { vitals, start, config }: DetectorContext, limit: number): FindingEvent | null {
  const baseline = start.baseline.loss;
  const regularised = hasPenalty(config);
  if (end.status !== 'completed' || end.steps < SHORTEST_RUN || vitals.exploded || vitals.trend.hasLearned) return null;
  if (regularised && !guesses(end, start)) return null;
  if (!(baseline > 0) || !(end.loss > limit * baseline)) return null;
  return finding({
    id: 'plateau',
    severity: 'warning',
    phase: 'end',
    step: end.steps,
    message: `Nothing was learned: the loss ended at ${formatNumber(end.loss / baseline)} of the trivial predictor's`,
    cause: regularised ? CAUSES.penalty : 'no progress',
    at: regularised ? ['model'] : LEARNING_RATE_PATH,
    fixes: ['change-optimizer', 'change-activation', 'change-initializer', 'raise-learning-rate'],
    evidence: { 'loss ÷ baseline': end.loss / baseline, baseline },
    formula: `last loss ÷ trivial predictor's loss\n${formatNumber(end.loss)} ÷ ${formatNumber(baseline)} = ${formatNumber(end.loss / baseline)}`,
    caveat: 'Can be wrong where the data holds nothing to learn.',
  });
}

/** The accuracy is known, and no better than the trivial predictor's. */
function guesses(end: EndEvent, { baseline }: DetectorContext['start']): boolean {
  const accuracy = end.metrics['accuracy'] ?? end.test?.metrics['accuracy'];
  return accuracy !== undefined && baseline.accuracy !== undefined && accuracy <= baseline.accuracy + CHANCE;
}
