import type { Config } from '../../config/config-schema.js';
import type { FindingEvent, StartEvent } from '../../telemetry/events.js';
import type { TrialStanding } from '../../telemetry/trials-protocol.js';

/** Losses a loss is the mean of. */
const WINDOW_STEPS = 20;
/** ... so many that they rest on these rows. */
const WINDOW_ROWS = 64;
/** ... but never more than this share of the steps made: the first losses are those of the initial weights. */
const WINDOW_SHARE = 0.25;

/** Share of the trivial predictor's loss at which a run counts as repaired. */
export const REPAIRED_SHARE = 0.5;

/** The accuracy of one epoch may be higher than that of the next. */
const SKILL_MARGIN = 0.05;

/** What is known of one trial: everything the search decides by. */
export class TrialRecord {
  start: StartEvent | null = null;
  steps = 0;
  seconds = 0;
  worstNorm = 0;
  accuracy: number | null = null;
  endLoss: number | null = null;
  /** A learning rate well inside the limit of this config; null where it is not known. */
  stableRate: number | null = null;
  /** The loss is no number any more. */
  lost = false;
  ended = false;
  /** Why its process is gone. */
  failure: string | null = null;
  readonly findings: FindingEvent[] = [];
  private readonly losses: number[] = [];

  constructor(readonly config: Config) {}

  add(standing: TrialStanding): void {
    this.start ??= standing.start;
    this.steps = standing.steps;
    this.seconds = standing.seconds;
    this.worstNorm = standing.worstNorm;
    this.accuracy = standing.accuracy;
    this.endLoss = standing.endLoss;
    this.stableRate = standing.stableRate;
    this.lost = standing.why === 'non-finite';
    this.ended = standing.why === 'ended';
    this.findings.push(...standing.findings);
    for (const loss of standing.losses) this.losses.push(loss);
  }

  /** The first error finding; null while there is none. */
  get error(): FindingEvent | null {
    return this.findings.find(({ severity }) => severity === 'error') ?? null;
  }

  get hasWarning(): boolean {
    return this.findings.some(({ severity }) => severity === 'warning');
  }

  /** Why it goes no further, in words; null where it could. */
  get stopped(): string | null {
    if (this.failure !== null) return this.failure;
    if (this.lost) return `the loss is ${String(this.losses.at(-1))} after step ${this.steps - 1}`;
    const { error } = this;
    return error === null ? null : `${error.id} ${error.phase === 'preflight' ? 'before training' : `at step ${error.step}`}`;
  }

  /** Mean loss of the last steps up to this one; NaN before the first. */
  lossAt(step = this.steps): number {
    if (step >= this.steps && this.endLoss !== null && Number.isFinite(this.endLoss)) return this.endLoss;
    const end = Math.min(step, this.losses.length);
    const batch = this.start?.batchSize ?? this.config.training.batchSize;
    const wanted = Math.max(WINDOW_STEPS, Math.ceil(WINDOW_ROWS / batch));
    const from = end - Math.max(1, Math.min(wanted, Math.floor(WINDOW_SHARE * end)));
    let sum = 0;
    for (let i = from; i < end; i++) sum += this.losses[i] ?? NaN;
    return end === 0 ? NaN : sum / (end - from);
  }

  /** lossAt / loss of its own trivial predictor: free of the units of the loss. Infinity where it is no number. */
  shareAt(step = this.steps): number {
    const baseline = this.start?.baseline.loss ?? NaN;
    const share = this.lossAt(step) / (baseline > 0 ? baseline : Math.abs(this.losses[0] ?? NaN));
    return Number.isNaN(share) ? Infinity : share;
  }

  /** Accuracy as a share of the way from the trivial predictor's to 1; 0 where it is not known. */
  get skill(): number {
    const guess = this.start?.baseline.accuracy;
    if (this.accuracy === null || guess === undefined || guess >= 1) return 0;
    return (this.accuracy - guess) / (1 - guess);
  }

  /** No error finding, and half of what the trivial predictor leaves has been learned. */
  get isRepaired(): boolean {
    const { failure, lost, error } = this;
    if (failure !== null || lost || error !== null || this.steps === 0) return false;
    return this.shareAt() <= REPAIRED_SHARE || this.skill >= 1 - REPAIRED_SHARE + (this.ended ? 0 : SKILL_MARGIN);
  }

  /** Share at which the loss would end after so many updates, if it went on falling as over the second half of those so far. */
  projected(fullRun: number): number {
    const [now, half] = [this.shareAt(), this.shareAt(Math.ceil(this.steps / 2))];
    const factor = Math.min(1, now / half);
    const halves = Math.max(0, fullRun - this.steps) / (this.steps / 2);
    return now * factor ** halves;
  }

  /** Smoothed shares at up to `points` steps, evenly spread. */
  curve(points: number): [number, number][] {
    const count = Math.min(points, this.steps);
    return Array.from({ length: count }, (_, i) => {
      const step = Math.round(((i + 1) * this.steps) / count);
      return [step, this.shareAt(step)];
    });
  }
}
