import type { Config } from '../config/config-schema.js';
import type { Evidence, StartEvent } from '../telemetry/events.js';
import { isNormalised, isQuadratic, stabilityLimit } from './config-facts.js';
import { EVIDENCE } from './finding.js';
import type { DryStep, PreflightReport } from './preflight-report.js';

/** Limits of the signs of an explosion. Each has its reason and the margin measured on both sides in docs/findings. */
export const LIMITS = {
  /** Loss after / before an update on its own batch: healthy <= 1.0, exploding > 1.3. */
  overshoot: 1.3,
  /** One update that multiplies the loss so much is proof by itself. */
  certainOvershoot: 10,
  /** Norm of an update / norm of the weights: healthy <= 0.15 (0.7 from a start at 0.01), exploding 1.2 to 1e10. */
  updateRatio: 1,
  /** First-order fall / loss: a parabola that touches 0 rises again beyond 4. */
  promise: 4,
  /** Loss / first loss: healthy runs never pass 3. */
  level: 3,
  /** Loss / first loss that counts as harm. */
  harm: 10,
  /** exp(slope of ln norm) per step. */
  growth: 1.02,
  growthT: 6,
} as const;

/** What the dry steps and the curvature say about the first updates. */
export interface PreflightSigns {
  /** All of the evidence, crossed or not. */
  evidence: Evidence[];
  /** Names of independent kinds of evidence past their limits. */
  crossed: string[];
  verdict: 'calm' | 'warning' | 'error';
  /** The dry step with the largest overshoot; null without dry steps. */
  worst: DryStep | null;
  /** Learning rate x sharpness; null where unknown or where it is no limit. */
  rateTimesSharpness: number | null;
  rateLimit: number | null;
  /** A rate well inside the limit, from curvature or from the dry steps; null where nothing is known. */
  stableRate: number | null;
}

/**
 * Judges the pre-flight by agreement of independent evidence: overshoot (measured), rate x sharpness (theory, gradient
 * descent only), promised fall (first order) and update ratio (size). Not judged: a run whose loss is tiny already.
 */
export function preflightSigns(report: PreflightReport, config: Config, start: StartEvent): PreflightSigns {
  const worst = worstStep(report.dry);
  const limit = stabilityLimit(config);
  const rate = report.dry[0]?.learningRate ?? config.training.optimizer.learningRate;
  const sharpness = report.sharpness !== null && report.sharpness > 0 ? report.sharpness : null;
  const rateTimesSharpness = limit !== null && sharpness !== null ? rate * sharpness : null;
  const promise = Math.max(0, ...report.dry.map((d) => promisedFall(d, config)));
  const ratio = largest(report.dry.map((d) => d.updateRatio));
  const level = lossLevel(report.dry, start.baseline.loss);

  const evidence: Evidence[] = [];
  const crossed: string[] = [];
  const judge = (name: string, value: number, limitValue: number) => {
    evidence.push({ name, value, limit: limitValue });
    if (!(value <= limitValue)) crossed.push(name);
  };
  if (worst !== null) judge(EVIDENCE.overshoot, overshootOf(worst), LIMITS.overshoot);
  if (rateTimesSharpness !== null && limit !== null) judge(EVIDENCE.sharpness, rateTimesSharpness, limit);
  if (report.dry.length > 0) {
    judge(EVIDENCE.updateRatio, ratio, LIMITS.updateRatio);
    judge(EVIDENCE.promise, promise, LIMITS.promise);
    judge(EVIDENCE.level, level, LIMITS.level);
  }
  return {
    evidence,
    crossed,
    verdict: judgeSigns(crossed, worst, report, config, start),
    worst,
    rateTimesSharpness,
    rateLimit: limit !== null && sharpness !== null ? limit / sharpness : null,
    stableRate: stableRate(report, config, sharpness),
  };
}

function judgeSigns(
  crossed: string[],
  worst: DryStep | null,
  report: PreflightReport,
  config: Config,
  start: StartEvent,
): PreflightSigns['verdict'] {
  const nonFinite = report.dry.some((d) => d.nonFiniteGradients > 0 || !Number.isFinite(d.lossAfter) || !Number.isFinite(d.lossBefore));
  if (nonFinite) return 'error';
  const overshoots = crossed.includes(EVIDENCE.overshoot);
  const exact = isQuadratic(config) && isFullBatch(config, start) && crossed.includes(EVIDENCE.sharpness);
  if (exact) return 'error';
  const supporters = crossed.filter((name) => name !== EVIDENCE.overshoot).length;
  if (overshoots && worst !== null && (overshootOf(worst) > LIMITS.certainOvershoot || supporters >= 2)) return 'error';
  if (overshoots && supporters >= 1) return 'warning';
  // Normalised nets forgive large steps: their loss does not depend on the size of the weights.
  return supporters >= 3 && !isNormalised(config) ? 'warning' : 'calm';
}

/** loss after / before, infinite where it cannot be computed. */
export function overshootOf(step: DryStep): number {
  return Number.isFinite(step.overshoot) ? step.overshoot : Infinity;
}

/**
 * -(g . dw) / loss: the share of the loss the update would remove if the loss were linear. Beyond 4 even a parabola
 * that touches zero has risen above its start.
 */
function promisedFall(step: DryStep, config: Config): number {
  const change = (step.lossAfter - step.lossBefore) / step.rho;
  if (Number.isFinite(change) && step.lossBefore > 0) return Math.max(0, -change / step.lossBefore);
  if (config.training.optimizer.type !== 'sgd' || config.training.gradientClip !== undefined) return 0;
  const fall = (step.learningRate * step.globalGradNorm ** 2) / step.lossBefore;
  return Number.isNaN(fall) ? Infinity : Math.max(0, fall);
}

/** Largest loss met by the dry steps / the first loss or the trivial predictor's, whichever is larger. */
function lossLevel(dry: DryStep[], baseline: number): number {
  const first = Math.max(Math.abs(dry[0]?.lossBefore ?? NaN), Number.isFinite(baseline) ? Math.abs(baseline) : 0);
  const highest = largest(dry.slice(1).map((d) => d.lossBefore));
  return first > 0 && dry.length > 1 ? highest / first : dry.length > 1 ? NaN : 1;
}

/** Largest of the numbers; NaN counts as infinite; 0 of none. */
function largest(values: number[]): number {
  return values.reduce((top, v) => Math.max(top, Number.isNaN(v) ? Infinity : v), 0);
}

function worstStep(dry: DryStep[]): DryStep | null {
  return dry.reduce<DryStep | null>((worst, d) => (worst === null || overshootOf(d) > overshootOf(worst) ? d : worst), null);
}

export function isFullBatch(config: Config, start: StartEvent): boolean {
  return config.training.batchSize >= start.samples.train;
}

/**
 * A learning rate to recommend. Gradient descent: half the limit, 1 / sharpness, or the Polyak step
 * loss / norm(g)^2 (Polyak 1987) where that is smaller or the curvature unknown. Adaptive optimisers: the rate at
 * which an update is a hundredth of the weights.
 */
function stableRate(report: PreflightReport, config: Config, sharpness: number | null): number | null {
  const first = report.dry[0];
  if (first === undefined) return sharpness === null ? null : 1 / sharpness;
  if (config.training.optimizer.type !== 'sgd') {
    const ratio = largest(report.dry.map((d) => d.updateRatio).filter(Number.isFinite));
    return ratio > 0 ? first.learningRate * Math.min(0.1, 0.01 / ratio) : null;
  }
  const keep = 1 - config.training.optimizer.momentum;
  const polyak = (first.lossBefore / first.globalGradNorm ** 2) * keep;
  const curvature = sharpness === null ? Infinity : 1 / sharpness;
  const rate = Math.min(curvature, Number.isFinite(polyak) && polyak > 0 ? polyak : Infinity);
  return Number.isFinite(rate) && rate > 0 ? rate : null;
}
