import type { EpochEvent } from '../telemetry/events.js';
import { type Line, SlidingLine } from './line-fit.js';

/** Epochs the loss is averaged over before it is compared: single epochs are noise. */
const SMOOTHED_EPOCHS = 3;
/** Training loss / guessing that is learned by heart where the validation loss is no better than guessing. */
const BY_HEART = 0.1;
/** Share of what was learned on the training rows that holds for others, below which most of it was learned by heart. */
const HALF = 0.5;
/** Epochs the trend of the validation loss is read from. */
const TREND_EPOCHS = 10;

/**
 * How training and validation loss part, epoch by epoch. All losses are means over 3 epochs. `best` is the lowest validation
 * loss, with the training loss of that time.
 */
export class Generalization {
  epochs = 0;
  training = NaN;
  lowestTraining = Infinity;
  validation = NaN;
  best = Infinity;
  trainingAtBest = NaN;
  /** Updates done at the best epoch; null where the epochs do not tell. */
  stepAtBest: number | null = null;
  epochsSinceBest = 0;
  /** Epochs in a row with a training loss below a tenth of guessing and a validation loss no better than it. */
  byHeartEpochs = 0;
  /** Epochs in a row in which less than half of what was learned held for other rows, in loss and, where it is measured, in accuracy. */
  halfLostEpochs = 0;
  /** Line through ln of the last validation losses, one by one: a jump is no trend. */
  trend: Line = { count: 0, slope: 0, t: 0, rise: 0 };
  /** Validation accuracy now and at its best; NaN where it is not measured. */
  accuracy = NaN;
  bestAccuracy = NaN;
  private readonly trendFit = new SlidingLine(TREND_EPOCHS);
  private readonly trainingLosses: number[] = [];
  private readonly validationLosses: number[] = [];

  /**
   * `guess`: loss of the trivial predictor; Infinity where it is not known. `settling`: updates before an evaluation means something
   * (see settlingSteps). `guessedAccuracy`: of the trivial predictor; NaN where it is not known.
   */
  constructor(
    private readonly guess: number,
    private readonly settling = 0,
    private readonly guessedAccuracy = NaN,
  ) {}

  update(epoch: EpochEvent): void {
    const { validation } = epoch;
    if ((epoch.step ?? Infinity) < this.settling) return;
    if (validation === null || !Number.isFinite(validation.loss) || !Number.isFinite(epoch.loss)) return;
    this.epochs++;
    this.training = push(this.trainingLosses, epoch.loss);
    this.validation = push(this.validationLosses, validation.loss);
    this.lowestTraining = Math.min(this.lowestTraining, this.training);
    const byHeart = this.training < BY_HEART * this.guess && this.validation >= this.guess;
    this.byHeartEpochs = byHeart ? this.byHeartEpochs + 1 : 0;
    this.halfLostEpochs = this.hasLostHalf(accuracyOf(epoch.metrics), accuracyOf(validation.metrics)) ? this.halfLostEpochs + 1 : 0;
    this.trendFit.push(this.epochs, Math.log(Math.abs(validation.loss)));
    this.trend = this.trendFit.read();
    this.accuracy = accuracyOf(validation.metrics);
    if (!(this.accuracy <= this.bestAccuracy)) this.bestAccuracy = this.accuracy;
    if (this.validation < this.best) {
      this.best = this.validation;
      this.trainingAtBest = this.training;
      this.stepAtBest = epoch.step ?? null;
      this.epochsSinceBest = 0;
    } else this.epochsSinceBest++;
  }

  private hasLostHalf(trainingAccuracy: number, accuracy: number): boolean {
    const lost = this.training < HALF * this.guess && this.guess - this.validation < HALF * (this.guess - this.training);
    const learned = trainingAccuracy - this.guessedAccuracy;
    // A net that decides well all the same is only too sure of itself.
    return lost && !(accuracy - this.guessedAccuracy >= HALF * learned);
  }
}

function push(losses: number[], loss: number): number {
  losses.push(loss);
  if (losses.length > SMOOTHED_EPOCHS) losses.shift();
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

function accuracyOf(metrics: Record<string, number>): number {
  const name = Object.keys(metrics).find((key) => key.toLowerCase().endsWith('accuracy'));
  return name === undefined ? NaN : (metrics[name] as number);
}
