import type { EndEvent, FindingEvent, Frame, Severity } from '../telemetry/events.js';
import { thresholdOf } from './config-facts.js';
import type { Detector, DetectorContext } from './detector.js';
import { EVIDENCE, finding } from './finding.js';
import { formatNumber, roundTo } from './format-number.js';
import { isTooSlow } from './slow-updates.js';

/** Share of the updates that are clipped. */
const SHARE_LIMIT = 0.5;
/** Frames before the share means something: clipping the first updates is what clipping is for. */
const PATIENCE = 100;
/** A clipped norm this close below the other was clipped. */
const ROUNDING = 1e-6;
/** Final loss / the trivial predictor's: no better than guessing. */
const NOTHING_LEARNED = 0.95;
/** Mean update / weights below which the threshold itself holds the net back, and below which nothing can be learned. */
const SMALL_UPDATES = 1e-4;
const TINY_UPDATES = 1e-5;

/**
 * More than half of the updates are clipped: the threshold, not the gradient, then sets the length of every step. A note while
 * the net learns; a warning where the updates are too small to learn (as in learning-rate-low), and at the end of a run that learned
 * nothing.
 *
 * Formula: clipped updates / updates > 0.5 over at least 100 frames. Source: Google deep learning tuning playbook ("if more than
 * 50 % of updates are clipped, lower the learning rate"). False alarms: none known above a note.
 */
export const clippingTooOften: Detector = {
  id: 'clipping-too-often',
  create(context) {
    if (context.config.training.gradientClip === undefined) return {};
    const limit = thresholdOf(context.config, 'clipping-too-often', SHARE_LIMIT);
    const seen = context.memory.remember('clipping-too-often', { frames: 0, clipped: 0, said: null as Severity | null });
    return {
      frame(frame) {
        seen.frames++;
        if (isClipped(frame)) seen.clipped++;
        const share = seen.clipped / seen.frames;
        if (seen.said === 'warning' || !(share > limit)) return null;
        const severity = isTooSlow(frame, context, TINY_UPDATES) ? 'warning' : 'info';
        if (severity === seen.said || (severity === 'info' && seen.frames < PATIENCE)) return null;
        seen.said = severity;
        return { finding: often(context, share, limit, severity, frame) };
      },
      end(end) {
        const share = end.clippedShare ?? seen.clipped / Math.max(1, seen.frames);
        return seen.frames >= PATIENCE && share > limit && isLost(end, context) ? often(context, share, limit, 'warning', end) : null;
      },
    };
  },
};

function isClipped({ globalGradNorm, clippedGradNorm }: Frame): boolean {
  return clippedGradNorm < globalGradNorm * (1 - ROUNDING);
}

function isLost(end: EndEvent, { vitals, start }: DetectorContext): boolean {
  return end.status === 'completed' && !vitals.trend.hasLearned && end.loss > NOTHING_LEARNED * start.baseline.loss;
}

function often(context: DetectorContext, share: number, limit: number, severity: Severity, at: Frame | EndEvent): FindingEvent {
  const { vitals, config } = context;
  const tooTight = vitals.meanUpdateRatio < SMALL_UPDATES;
  const evidence: Record<string, number> = {
    'clipped share': roundTo(share, 4),
    [EVIDENCE.learningRate]: config.training.optimizer.learningRate,
    [EVIDENCE.updateRatio]: roundTo(vitals.meanUpdateRatio, 4),
  };
  const norm = vitals.healthyNorm();
  if (norm !== null) evidence[EVIDENCE.healthyNorm] = roundTo(norm, 4);
  return finding({
    id: 'clipping-too-often',
    severity,
    phase: 'step' in at ? 'training' : 'end',
    step: 'step' in at ? at.step : at.steps,
    message: `${formatNumber(100 * share)} % of the updates are clipped: the threshold sets the steps, not the gradient`,
    cause: tooTight ? 'clipping threshold too small' : 'clipping hides a learning rate that is too large',
    at: ['training', 'gradientClip'],
    fixes: tooTight ? ['clip-gradients', 'raise-learning-rate'] : ['lower-learning-rate', 'clip-gradients', 'decay-learning-rate'],
    evidence,
    formula: `clipped updates ÷ updates\n= ${formatNumber(share)} > ${formatNumber(limit)}`,
    caveat: 'A net can learn well with normalised gradients.',
  });
}
