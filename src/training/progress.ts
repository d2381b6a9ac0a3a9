import type { Proposal } from './stepper.js';

/** Losses the final loss is the mean of, where a run ends within an epoch. */
const LAST_STEPS = 20;

/** What a progress is at one moment. */
export type ProgressState = Pick<Progress, 'steps' | 'clipped' | 'epoch' | 'firstLoss'> & { readonly rest: unknown };

/** How far a training has come. */
export class Progress {
  /** Updates applied. */
  steps = 0;
  /** Updates applied whose gradient was clipped. */
  clipped = 0;
  epoch = 0;
  firstLoss = NaN;
  private recent: number[] = [];
  /** Of the epoch so far; a batch counts by its rows. */
  private rows = 0;
  private lossSum = 0;
  private metricSums: Record<string, number> = {};
  /** Of the last epoch that ended, for a run that stops early in the next one. */
  private lastMetrics: Record<string, number> = {};

  startEpoch(epoch: number): void {
    if (this.rows > 0) this.lastMetrics = this.metrics;
    this.epoch = epoch;
    this.rows = 0;
    this.lossSum = 0;
    this.metricSums = {};
  }

  /** A step was proposed: its loss is known, whether it is applied or not. */
  measured(proposal: Proposal): void {
    if (this.recent.length === 0) this.firstLoss = proposal.loss;
    this.recent.push(proposal.loss);
    if (this.recent.length > LAST_STEPS) this.recent.shift();
  }

  /** Its update was applied. */
  updated(proposal: Proposal, rows: number): void {
    this.steps += 1;
    if (proposal.clipped) this.clipped += 1;
    this.rows += rows;
    this.lossSum += proposal.loss * rows;
    for (const [name, value] of Object.entries(proposal.metrics)) this.metricSums[name] = (this.metricSums[name] ?? 0) + value * rows;
  }

  save(): ProgressState {
    const { steps, clipped, epoch, firstLoss, rows, lossSum, metricSums, lastMetrics, recent } = this;
    return { steps, clipped, epoch, firstLoss, rest: { rows, lossSum, metricSums: { ...metricSums }, lastMetrics, recent: [...recent] } };
  }

  /** Puts back what `save` gave. */
  restore({ rest, ...known }: ProgressState): void {
    Object.assign(this, known, structuredClone(rest));
  }

  /** Loss of the last step that was proposed; NaN before the first. */
  get lastLoss(): number {
    return this.recent.at(-1) ?? NaN;
  }

  /** Mean loss of the epoch so far; NaN before its first update. */
  get epochLoss(): number {
    return this.lossSum / this.rows;
  }

  /** Mean metrics of the epoch so far, or of the one before where it has just begun. */
  get metrics(): Record<string, number> {
    if (this.rows === 0) return this.lastMetrics;
    return Object.fromEntries(Object.entries(this.metricSums).map(([name, sum]) => [name, sum / this.rows]));
  }

  /** Mean loss of the last epoch where `wholeEpoch`, else of the last 20 steps; NaN where there was none. */
  finalLoss(wholeEpoch: boolean): number {
    return wholeEpoch && this.rows > 0 ? this.epochLoss : mean(this.recent);
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
