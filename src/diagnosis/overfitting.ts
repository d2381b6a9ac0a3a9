import type { Detector, DetectorContext } from './detector.js';
import { CAUSES, finding } from './finding.js';
import { formatNumber } from './format-number.js';
import { overfitSigns } from './overfit-signs.js';

/**
 * The net learns the training rows by heart: the validation loss (mean of 3 epochs) has been above its best for 5 epochs, by
 * 1.2 x, and rises steadily (t > 4 over 10 epochs), while the training loss fell by a tenth and is at its lowest. A note; after
 * 8 epochs a warning where the validation loss is worse than guessing, or 1.5 x its best
 * and the accuracy, where there is one, has fallen too; and where it was no better than guessing for 8 epochs with a training
 * loss below a tenth of it; and, with more than 20 parameters per row, where less than half of what was learned has held for 8 epochs.
 *
 * Source: early stopping (Prechelt 1998, "Early stopping - but when?", generalisation loss). False alarms: few
 * validation rows (below 10 it stays a note).
 */
export const overfitting: Detector = {
  id: 'overfitting',
  create(context) {
    return { epoch: (epoch) => judge(context, epoch.step ?? 0) };
  },
};

function judge(context: DetectorContext, step: number) {
  const signs = overfitSigns(context);
  if (signs === null) return null;
  const { validation, best, epochsSinceBest, training } = context.vitals.generalization;
  const guess = context.start.baseline.loss;
  const risen = signs.kind === 'rising';
  return finding({
    id: 'overfitting',
    severity: signs.severity,
    phase: 'training',
    step,
    message: risen
      ? `The validation loss has risen to ${formatNumber(validation / best)} times its best, while the training loss falls`
      : `The training rows are learned by heart: on others the loss is ${formatNumber(validation / guess)} of guessing`,
    cause: signs.cause === 'model' ? CAUSES.complex : CAUSES.littleData,
    at: ['model'],
    fixes: ['add-dropout', 'add-l2', 'simplify-model', 'early-stop', 'add-l1'],
    evidence: signs.evidence,
    formula: risen
      ? `validation loss ÷ its best\n${formatNumber(validation)} ÷ ${formatNumber(best)}, ${epochsSinceBest} epochs ago`
      : `loss ÷ guessing: validation ${formatNumber(validation / guess)}\ntraining ${formatNumber(training / guess)}`,
    caveat: 'Can be wrong where the validation split is small.',
  });
}
