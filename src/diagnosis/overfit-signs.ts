import type { DetectorContext } from './detector.js';

/** Epochs since the best validation loss. */
const PATIENCE = 5;
const HARM_PATIENCE = 8;
/** t-value of the rise over the last 10 epochs: one or two jumps have less. */
const TREND_T = 4;
/** Training loss / its lowest: a net that is thrown back does not overfit. */
const NEAR_LOWEST = 1.1;
/** Validation loss / its best, and training loss / its value then. */
const RISE = 1.2;
const FALL = 0.9;
/** The same for harm: the rise counts where it is also a tenth of what guessing costs. */
const HARMFUL_RISE = 1.5;
const HARMFUL_SHARE = 0.1;
/** Accuracy lost since its best. */
const ACCURACY_LOSS = 0.03;
/** With fewer validation rows their loss is chance. */
const FEWEST_ROWS = 10;
/** Parameters per training row above which the model, not the data, is named as the cause. */
export const COMPLEX_RATIO = 20;

export interface OverfitSigns {
  severity: 'info' | 'warning';
  /** The validation loss rose from its best, or was never better than guessing. */
  kind: 'rising' | 'by-heart';
  /** Which of the two causes. */
  cause: 'model' | 'data';
  evidence: Record<string, number>;
}

/**
 * The validation loss rises steadily for 5 epochs (8 for a warning) while the training loss falls. A warning where that does harm: it is worse than
 * guessing, or 1.5 x its best and no accuracy tells that it is harmless (nets grow overconfident long before they decide
 * worse). A warning, too, where the training loss is below a tenth of guessing and the validation loss no better than guessing for
 * 8 epochs: nothing that holds for other rows was learned, risen or not. With more than 20 parameters per training row a warning, too,
 * where for 8 epochs less than half of what was learned on the training rows (guessing - loss) has held for others and the
 * validation loss has stopped falling: runs of such nets
 * that learned kept 0.8 and more. Null while nothing of it is seen.
 */
export function overfitSigns({ vitals, start }: DetectorContext): OverfitSigns | null {
  const g = vitals.generalization;
  const rises = g.epochsSinceBest >= PATIENCE && g.validation > RISE * g.best && g.validation > g.training;
  const learns = g.training < FALL * g.trainingAtBest && g.training <= NEAR_LOWEST * g.lowestTraining;
  const enough = start.samples.validation >= FEWEST_ROWS;
  const ratio = start.parameters / start.samples.train;
  const halfLost = ratio > COMPLEX_RATIO && g.halfLostEpochs >= HARM_PATIENCE && g.epochsSinceBest >= PATIENCE;
  const byHeart = (g.byHeartEpochs >= HARM_PATIENCE || halfLost) && enough;
  const rising = rises && learns && g.trend.t > TREND_T;
  if ((!rising && !byHeart) || vitals.exploded) return null;
  const guess = start.baseline.loss;
  const decidesWorse = Number.isNaN(g.accuracy) || g.accuracy < g.bestAccuracy - ACCURACY_LOSS;
  const worse = g.validation > HARMFUL_RISE * g.best && g.validation - g.best > HARMFUL_SHARE * guess && decidesWorse;
  const harmful = byHeart || ((worse || g.validation > guess) && g.epochsSinceBest >= HARM_PATIENCE && enough);
  const evidence: Record<string, number> = {
    'validation loss': g.validation,
    'best validation loss': g.best,
    'training loss': g.training,
    samples: start.samples.train,
    parameters: start.parameters,
    'parameters ÷ samples': ratio,
  };
  if (g.stepAtBest !== null) evidence['best step'] = g.stepAtBest;
  const kind = byHeart && !rising ? 'by-heart' : 'rising';
  return { severity: harmful ? 'warning' : 'info', cause: ratio > COMPLEX_RATIO ? 'model' : 'data', kind, evidence };
}
