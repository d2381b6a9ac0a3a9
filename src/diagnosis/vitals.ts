import type { EpochEvent, Evidence, Frame, StartEvent } from '../telemetry/events.js';
import type { Config } from '../config/config-schema.js';
import { EVIDENCE } from './finding.js';
import { Generalization } from './generalization.js';
import { isFullBatch, levelLimit, levelWindow, LIMITS, preflightSigns, type PreflightSigns, referenceLoss } from './explosion-signs.js';
import { type Line, SlidingLine } from './line-fit.js';
import { LossTrend } from './loss-trend.js';
import type { PreflightReport } from './preflight-report.js';
import { isQuadratic, settlingSteps, warmupSteps } from './config-facts.js';

/** Frames the growth is judged over. */
const WINDOW = 30;
/** Norms kept for the 90th percentile of the healthy ones. */
const KEPT_NORMS = 200;

const FLOAT32_MAX = 3.4e38;
/** Slope of ln per step below which nothing grows. */
const FLAT = 0.001;

/** Steps until a value that grows by exp(slope) a step reaches a limit; null where it does not grow. */
function stepsTo(limit: number, value: number, slope: number): number | null {
  if (!(slope > FLAT) || !(value > 0) || !Number.isFinite(value)) return null;
  return Math.max(0, Math.round((Math.log(limit) - Math.log(value)) / slope));
}

/** What vitals are made with; the rest follows from the frames and is remembered. */
export const VITALS_FIXED = ['report', 'signs', 'config', 'start', 'recentSize', 'warmup', 'constantCurvature', 'levelLimit'] as const;

/**
 * The numbers of a run that detectors share: computed once per frame, O(layers), bounded memory.
 */
export class Vitals {
  report: PreflightReport | null = null;
  signs: PreflightSigns | null = null;
  /** How training and validation loss part. */
  readonly generalization: Generalization;
  frames = 0;
  firstLoss = NaN;
  /** Mean loss of the last frames, enough of them to rest on 16 rows. */
  meanLoss = NaN;
  /** meanLoss / the first loss or the trivial predictor's, whichever is larger. */
  level = 1;
  /** Whether the loss has fallen, by more than noise. */
  readonly trend: LossTrend;
  normLine: Line = { count: 0, slope: 0, t: 0, rise: 0 };
  lossLine: Line = { count: 0, slope: 0, t: 0, rise: 0 };
  /** norm of the whole update / norm of all weights. */
  updateRatio = 0;
  /** Mean of updateRatio over the run, and the largest finite one. */
  meanUpdateRatio = 0;
  largestUpdateRatio = 0;
  /** Largest learning rate so far. */
  largestRate = 0;
  /** norm of all weights / what it was at the first frame. */
  weightShare = 1;
  /** First-order fall of the loss / loss; gradient descent only. */
  promise = 0;
  /** Index of the layer with the largest finite gradient. */
  hottest = 0;
  /** An explosion has been seen or is certain. */
  exploded = false;
  /** Updates that were too large, by the rate alone, have left the net constant. */
  killed = false;

  private firstWeights = NaN;
  private normFit = new SlidingLine(WINDOW);
  private lossFit = new SlidingLine(WINDOW);
  private recent: number[] = [];
  private readonly recentSize: number;
  private norms: number[] = [];
  private readonly warmup: number;
  private readonly constantCurvature: boolean;
  /** Level of the loss that is more than learning runs show. */
  readonly levelLimit: number;

  constructor(
    private readonly config: Config,
    private readonly start: StartEvent,
  ) {
    this.recentSize = levelWindow(config);
    this.levelLimit = levelLimit(config);
    this.warmup = warmupSteps(config);
    const guess = start.baseline.loss > 0 ? start.baseline.loss : Infinity;
    this.trend = new LossTrend(guess);
    this.generalization = new Generalization(guess, settlingSteps(config), start.baseline.accuracy);
    this.constantCurvature = isQuadratic(config) && isFullBatch(config, start) && config.training.learningRateSchedule === undefined;
  }

  /** Learns what the loss does, epoch by epoch. */
  updateEpoch(epoch: EpochEvent): void {
    this.generalization.update(epoch);
    if (this.start.stepsPerEpoch !== undefined) this.trend.updateEpoch(epoch.loss, this.start.stepsPerEpoch);
  }

  setReport(report: PreflightReport): void {
    this.report = report;
    this.signs = preflightSigns(report, this.config, this.start);
  }

  /** What the loss is compared with: the first loss or the trivial predictor's, whichever is larger. */
  get reference(): number {
    return referenceLoss(this.start, this.firstLoss);
  }

  /** The pre-flight speaks of this step: it tried it, or the curvature it measured is constant. */
  isForetold(step: number): boolean {
    return this.report !== null && (step < this.report.dry.length || this.constantCurvature);
  }

  isWarmingUp(step: number): boolean {
    return step < this.warmup;
  }

  update(frame: Frame): void {
    if (this.frames === 0) this.firstLoss = frame.loss;
    this.frames++;
    this.updateLoss(frame.loss);
    this.updateLayers(frame);
    this.promise = this.promisedFall(frame);
    this.normFit.push(frame.step, Math.log(frame.globalGradNorm));
    this.lossFit.push(frame.step, Math.log(Math.abs(frame.loss)));
    this.normLine = this.normFit.read();
    this.lossLine = this.lossFit.read();
    if (this.growth() <= LIMITS.growth && this.level < 2 && Number.isFinite(frame.globalGradNorm)) {
      this.norms.push(frame.globalGradNorm);
      if (this.norms.length > KEPT_NORMS) this.norms.shift();
    }
  }

  /** Factor of the gradient norm per step over the window. */
  growth(): number {
    return Math.exp(this.normLine.slope);
  }

  /** The norm grows geometrically while the loss rises with it: a rise of the norm alone is how deep nets take off. */
  isGrowing(decades: number): boolean {
    const { normLine: norm, lossLine: loss } = this;
    return (
      norm.count >= 8 &&
      norm.t > LIMITS.growthT &&
      this.growth() > LIMITS.growth &&
      norm.rise > decades * Math.LN10 &&
      loss.t > LIMITS.growthT / 2 &&
      loss.slope > 0
    );
  }

  /** 90th percentile of the norms before the trouble; null where there were none. */
  healthyNorm(): number | null {
    if (this.norms.length < 5) return null;
    const sorted = [...this.norms].sort((a, b) => a - b);
    return sorted[Math.floor(0.9 * (sorted.length - 1))] ?? null;
  }

  /** Steps until float32 overflows at the present growth, of the gradient or of the loss (a squared one comes first); null where neither grows. */
  stepsToOverflow({ globalGradNorm, loss }: Frame): number | null {
    const left = [stepsTo(FLOAT32_MAX, globalGradNorm, this.normLine.slope), stepsTo(FLOAT32_MAX, Math.abs(loss), this.lossLine.slope)];
    const known = left.filter((steps): steps is number => steps !== null);
    return known.length === 0 || left[0] === null ? null : Math.min(...known);
  }

  /**
   * The update of this frame makes the loss rise on its own batch, to more than learning runs show, and the loss had not
   * fallen before: a leap out of a low place mostly lands in a flatter one.
   */
  isLeap(frame: Frame): boolean {
    if (frame.overshoot === null || frame.overshoot <= LIMITS.overshoot || this.level < 1) return false;
    const mean = this.meanLoss + ((frame.overshoot - 1) * frame.loss) / Math.max(1, this.recent.length);
    return !(mean / this.reference <= this.levelLimit);
  }

  /** The signs of an explosion at this frame; the run's own, not the pre-flight's. */
  frameEvidence(frame: Frame): Evidence[] {
    const evidence: Evidence[] = [
      { name: EVIDENCE.growth, value: this.isGrowing(0.1) ? this.growth() : 1, limit: LIMITS.growth },
      { name: EVIDENCE.level, value: this.level, limit: this.levelLimit },
      { name: EVIDENCE.updateRatio, value: this.updateRatio, limit: LIMITS.updateRatio },
    ];
    if (frame.overshoot !== null) evidence.push({ name: EVIDENCE.overshoot, value: frame.overshoot, limit: LIMITS.overshoot });
    if (this.config.training.optimizer.type === 'sgd')
      evidence.push({ name: EVIDENCE.promise, value: this.promise, limit: LIMITS.promise });
    return evidence;
  }

  private updateLoss(loss: number): void {
    this.recent.push(loss);
    if (this.recent.length > this.recentSize) this.recent.shift();
    let sum = 0;
    for (const value of this.recent) sum += value;
    this.meanLoss = sum / this.recent.length;
    this.level = Number.isFinite(this.meanLoss) ? Math.abs(this.meanLoss) / this.reference : Infinity;
    this.trend.update(loss);
  }

  private updateLayers(frame: Frame): void {
    let update = 0;
    let weights = 0;
    let top = -1;
    for (let i = 0; i < frame.layers.length; i++) {
      const layer = frame.layers[i];
      if (layer === undefined) continue;
      weights += layer.weightNorm * layer.weightNorm;
      const moved = layer.updateRatio * layer.weightNorm;
      update += moved * moved;
      if (layer.gradNorm > top) {
        top = layer.gradNorm;
        this.hottest = i;
      }
    }
    this.updateRatio = weights > 0 ? Math.sqrt(update / weights) : 0;
    this.meanUpdateRatio += (this.updateRatio - this.meanUpdateRatio) / this.frames;
    this.largestRate = Math.max(this.largestRate, frame.learningRate);
    if (this.frames === 1) this.firstWeights = Math.sqrt(weights);
    this.weightShare = this.firstWeights > 0 ? Math.sqrt(weights) / this.firstWeights : 1;
    if (Number.isFinite(this.updateRatio)) this.largestUpdateRatio = Math.max(this.largestUpdateRatio, this.updateRatio);
  }

  /** Gradient descent: rate x norm(g) x norm(clipped g) / loss, the first-order fall as a share of the loss. */
  private promisedFall(frame: Frame): number {
    if (this.config.training.optimizer.type !== 'sgd' || !(frame.loss > 0)) return 0;
    const fall = (frame.learningRate * frame.globalGradNorm * frame.clippedGradNorm) / frame.loss;
    return Number.isNaN(fall) ? Infinity : fall;
  }
}
