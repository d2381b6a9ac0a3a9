/** A run learns once its slow loss is below this share of the trivial predictor's and of its own first losses. */
const LEARNING_SHARE = 0.95;
/** Frames the slow mean of the loss rests on. */
const SLOW_FRAMES = 30;
/** Frames the first losses are averaged over before they are compared with: a single one is noise. */
const EARLY_FRAMES = 8;
/** Independent losses an exponential mean of weight 1 / n rests on: 2 n - 1. */
const SLOW_WEIGHT = 2 * SLOW_FRAMES - 1;
/** Standard errors a fall must exceed: below that it is the luck of the batches. */
const SIGNIFICANCE = 3;
/** Mean of |difference of two losses| / their standard deviation, for normal noise: 2 / sqrt(pi). */
const STEP_SPREAD = 2 / Math.sqrt(Math.PI);

/**
 * Whether the loss has fallen, told from the noise of the batches. The standard deviation of that noise is read from the differences
 * of successive losses, which a trend hardly touches; a fall counts where it exceeds 3 standard errors. So a run that stands still
 * below the trivial predictor (an untrained net can) has learned nothing, however lucky some batches are.
 */
export class LossTrend {
  frames = 0;
  /** Mean loss over about 30 frames, exponentially weighted. */
  slow = NaN;
  /** Largest slow loss of the first 30 frames, once it rests on 8; what later losses are compared with. */
  early = NaN;
  /** The slow loss has fallen below what guessing gives and below where it began. */
  hasLearned = false;
  /** Slow losses at the last two powers of two of the frames. */
  private atHalf = NaN;
  private atQuarter = NaN;
  private earlyFrames = 0;
  private last = NaN;
  private spread = 0;

  /** `guess`: loss of the trivial predictor; Infinity where it is not known. */
  constructor(private readonly guess: number) {}

  update(loss: number): void {
    this.frames++;
    const weight = 1 / Math.min(this.frames, SLOW_FRAMES);
    this.slow = this.frames === 1 ? loss : this.slow + weight * (loss - this.slow);
    if (this.frames > 1) this.spread += (Math.abs(loss - this.last) - this.spread) / Math.min(this.frames - 1, SLOW_FRAMES);
    this.last = loss;
    if (Number.isInteger(Math.log2(this.frames))) {
      this.atQuarter = this.atHalf;
      this.atHalf = this.slow;
    }
    if (this.frames <= EARLY_FRAMES || (this.frames <= SLOW_FRAMES && this.slow > this.early)) {
      this.early = this.slow;
      this.earlyFrames = this.frames;
    }
    if (this.frames < SLOW_FRAMES) return;
    const count = this.frames === SLOW_FRAMES ? SLOW_FRAMES : SLOW_WEIGHT;
    this.judge(this.slow, count);
  }

  /** The mean loss of an epoch rests on more batches than the slow one. */
  updateEpoch(loss: number, batches: number): void {
    if (this.frames >= EARLY_FRAMES) this.judge(loss, batches);
  }

  /** The slow loss is below `share` of the early one, by more than noise. */
  hasFallen(share: number): boolean {
    return this.isBelow(this.slow, SLOW_WEIGHT, share, this.early);
  }

  /**
   * The slow loss is below `share` of what it was a quarter to half of the way back, by more than noise: a loss that has stopped
   * falling is not, however far it came at first.
   */
  isFalling(share: number): boolean {
    return this.isBelow(this.slow, SLOW_WEIGHT, share, this.frames < SLOW_FRAMES ? this.early : this.atQuarter);
  }

  private judge(loss: number, count: number): void {
    const reference = Math.min(this.early, this.guess);
    if (this.isBelow(loss, count, LEARNING_SHARE, reference)) this.hasLearned = true;
  }

  private isBelow(loss: number, count: number, share: number, reference: number): boolean {
    const error = (this.spread / STEP_SPREAD) * Math.sqrt(1 / count + 1 / Math.max(1, this.earlyFrames));
    return loss < share * reference && loss < reference - SIGNIFICANCE * error;
  }
}
