import type { Config } from '../config/config-schema.js';
import type { Evidence, StartEvent } from '../telemetry/events.js';
import { isNormalised, isQuadratic, stabilityLimit } from './config-facts.js';
import { EVIDENCE } from './finding.js';
import type { DryStep, PreflightReport } from './preflight-report.js';

/** Limits of the signs of an explosion, with what was measured on both sides of them. */
export const LIMITS = {
  /** Loss after / before an update on its own batch; 1 is no change, and a rise counts only with the level below. */
  overshoot: 1.3,
  /** Loss / reference loss: of 180 runs that learned with gradient descent 4 passed 3, exploding ones reach 4 to 1e28. */
  level: 3,
  /** The same that counts as harm. Adaptive optimisers and normalised nets come back from 5, so theirs is this one. */
  harm: 10,
  /** Norm of an update / norm of the weights: support only, since a net that starts near zero takes steps of 10. */
  updateRatio: 1,
  /** First-order fall / loss: a parabola that touches 0 rises again beyond 4. Support only. */
  promise: 4,
  /**
   * Rate x sharpness / its limit: beyond 6 nothing survives (a relu net's catapult ends at about 12 / sharpness, Lewkowycz et
   * al. 2020, arXiv 2003.02218). Runs that learned reached 3.7, hopeless ones 4.2 to 6e6.
   */
  catapult: 6,
  /** exp(slope of ln norm) per step, and its t-value. */
  growth: 1.02,
  growthT: 6,
} as const;

/** Losses are averaged until they rest on so many rows: one row's squared error is above 10 x its mean once in 600. */
const LEVEL_ROWS = 16;

/** Frames a loss is averaged over before it is compared. */
export function levelWindow(config: Config): number {
  return Math.max(1, Math.ceil(LEVEL_ROWS / config.training.batchSize));
}

/** Level of the loss that is more than learning runs show. */
export function levelLimit(config: Config): number {
  return config.training.optimizer.type === 'sgd' && !isNormalised(config) ? LIMITS.level : LIMITS.harm;
}

/** What the dry steps and the curvature say about the first updates. */
export interface PreflightSigns {
  /** All of the evidence, crossed or not. */
  evidence: Evidence[];
  /** Names of independent kinds of evidence past their limits. */
  crossed: string[];
  verdict: 'calm' | 'warning' | 'error';
  /** The first dry step that leaps too high, else the one with the largest leap or overshoot; null without dry steps. */
  worst: DryStep | null;
  /** Learning rate x sharpness; null where unknown or where it is no limit. */
  rateTimesSharpness: number | null;
  rateLimit: number | null;
  /** A rate well inside the limit, from curvature or from the dry steps; null where nothing is known. */
  stableRate: number | null;
}

/**
 * Judges the pre-flight by agreement of independent evidence: overshoot and level (measured), rate x sharpness (theory,
 * gradient descent only), promised fall (first order) and update ratio (size).
 */
export function preflightSigns(report: PreflightReport, config: Config, start: StartEvent): PreflightSigns {
  const reference = referenceLoss(start, report.dry[0]?.lossBefore ?? NaN);
  const worst = worstStep(report.dry, levelLimit(config) * reference);
  const limit = isNormalised(config) ? null : stabilityLimit(config);
  const rate = report.dry[0]?.learningRate ?? config.training.optimizer.learningRate;
  const sharpness = report.sharpness !== null && report.sharpness > 0 ? report.sharpness : null;
  const rateTimesSharpness = limit !== null && sharpness !== null ? rate * sharpness : null;

  const evidence: Evidence[] = [];
  const crossed: string[] = [];
  const judge = (name: string, value: number, limitValue: number) => {
    evidence.push({ name, value, limit: limitValue });
    if (!(value <= limitValue)) crossed.push(name);
  };
  const level = worst === null ? 0 : leapLevel(report.dry, reference, levelWindow(config));
  if (worst !== null) judge(EVIDENCE.overshoot, overshootOf(worst), LIMITS.overshoot);
  if (worst !== null) judge(EVIDENCE.level, level, levelLimit(config));
  if (rateTimesSharpness !== null && limit !== null) judge(EVIDENCE.sharpness, rateTimesSharpness, limit);
  if (report.dry.length > 0) {
    judge(EVIDENCE.updateRatio, largest(report.dry.map((d) => d.updateRatio)), LIMITS.updateRatio);
    judge(EVIDENCE.promise, Math.max(0, ...report.dry.map((d) => promisedFall(d, config))), LIMITS.promise);
  }
  return {
    evidence,
    crossed,
    verdict: judgeSigns(evidence, crossed, level, report, config, start),
    worst,
    rateTimesSharpness,
    rateLimit: limit !== null && sharpness !== null ? limit / sharpness : null,
    stableRate: stableRate(report, config, sharpness, start.plannedSteps),
  };
}

function judgeSigns(
  evidence: Evidence[],
  crossed: string[],
  level: number,
  report: PreflightReport,
  config: Config,
  start: StartEvent,
): PreflightSigns['verdict'] {
  const nonFinite = report.dry.some((d) => d.nonFiniteGradients > 0 || !Number.isFinite(d.lossAfter) || !Number.isFinite(d.lossBefore));
  if (nonFinite) return 'error';
  if (isQuadratic(config) && isFullBatch(config, start) && crossed.includes(EVIDENCE.sharpness)) return 'error';
  const standing = evidence.find((e) => e.name === EVIDENCE.sharpness);
  const beyondCatapult = standing !== undefined && standing.value > LIMITS.catapult * standing.limit;
  if (beyondCatapult && crossed.includes(EVIDENCE.promise)) return crossed.includes(EVIDENCE.overshoot) ? 'error' : 'warning';
  if (!crossed.includes(EVIDENCE.overshoot) || !crossed.includes(EVIDENCE.level)) return 'calm';
  const support = crossed.length - 2;
  if (level > LIMITS.harm || support >= 2) return 'error';
  return support >= 1 ? 'warning' : 'calm';
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

/**
 * Highest level the loss reaches by a leap: mean loss after the last `window` updates up to a leap / the reference. 0 without a
 * leap; infinite where a loss is not finite.
 */
function leapLevel(dry: DryStep[], reference: number, window: number): number {
  let top = 0;
  dry.forEach((step, i) => {
    if (overshootOf(step) <= LIMITS.overshoot) return;
    const losses = dry.slice(Math.max(0, i + 1 - window), i + 1).map((d) => d.lossAfter);
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    top = Math.max(top, Number.isFinite(mean) ? mean / reference : Infinity);
  });
  return Number.isNaN(top) ? Infinity : top;
}

/** What losses are compared with: the first one or the trivial predictor's, whichever is larger; 1 where neither is a number. */
export function referenceLoss(start: StartEvent, firstLoss: number): number {
  const losses = [Math.abs(firstLoss), Math.abs(start.baseline.loss)].filter((l) => Number.isFinite(l) && l > 0);
  return losses.length === 0 ? 1 : Math.max(...losses);
}

/** Largest of the numbers; NaN counts as infinite; 0 of none. */
function largest(values: number[]): number {
  return values.reduce((top, v) => Math.max(top, Number.isNaN(v) ? Infinity : v), 0);
}

/** The first step that leaps above the level, else the one that leaps highest, else the largest overshoot. */
function worstStep(dry: DryStep[], harmful: number): DryStep | null {
  const leaps = (d: DryStep) => !(overshootOf(d) <= LIMITS.overshoot);
  const height = (d: DryStep) => (leaps(d) ? (Number.isFinite(d.lossAfter) ? d.lossAfter : Infinity) : d.overshoot - LIMITS.overshoot);
  const first = dry.find((d) => leaps(d) && !(d.lossAfter <= harmful));
  return first ?? dry.reduce<DryStep | null>((worst, d) => (worst === null || height(d) > height(worst) ? d : worst), null);
}

export function isFullBatch(config: Config, start: StartEvent): boolean {
  return config.training.batchSize >= start.samples.train;
}

/**
 * A learning rate to recommend. Gradient descent: half the limit, 1 / sharpness, where the loss is a quadratic; a quarter of it for
 * other nets, whose curvature rises once they are trained (progressive sharpening, Cohen et al. 2021); or the Polyak step
 * loss / norm(g)^2 (Polyak 1987) where that is smaller or the curvature unknown. Adaptive optimisers: the rate at
 * which an update is a hundredth of the weights, or 1 / planned steps where that is higher: in a run so short a weight could not
 * move by 1. At most a tenth of the present rate.
 */
function stableRate(report: PreflightReport, config: Config, sharpness: number | null, planned = Infinity): number | null {
  const first = report.dry[0];
  const curvature = sharpness === null ? Infinity : (isQuadratic(config) ? 1 : 0.5) / sharpness;
  if (first === undefined) return Number.isFinite(curvature) ? curvature : null;
  if (config.training.optimizer.type !== 'sgd') {
    const ratio = largest(report.dry.map((d) => d.updateRatio).filter(Number.isFinite));
    return ratio > 0 ? Math.min(0.1 * first.learningRate, Math.max((0.01 * first.learningRate) / ratio, 1 / planned)) : null;
  }
  const keep = 1 - config.training.optimizer.momentum;
  const polyak = (first.lossBefore / first.globalGradNorm ** 2) * keep;
  const rate = Math.min(curvature, Number.isFinite(polyak) && polyak > 0 ? polyak : Infinity);
  return Number.isFinite(rate) && rate > 0 ? rate : null;
}
