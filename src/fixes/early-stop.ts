import { formatNumber } from '../diagnosis/format-number.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

/**
 * Ends the run at the step where the validation loss was lowest. Not offered where that step is not known or the run is that
 * short already. Source: early stopping (Prechelt 1998).
 */
export const earlyStop: FixKind = {
  id: 'early-stop',
  make(finding, config) {
    const best = evidenceNumber(finding, 'best step');
    const { steps } = config.training;
    if (best === null || best < 1 || (steps !== null && steps <= best)) return [];
    return [
      {
        id: 'early-stop',
        title: `Stop after ${formatNumber(best)} steps`,
        why: `The validation loss was lowest there${lowest(evidenceNumber(finding, 'best validation loss'))}, and has risen since (Prechelt 1998).`,
        edits: [{ path: ['training', 'steps'], value: best }],
        live: false,
      },
    ];
  },
};

function lowest(loss: number | null): string {
  return loss === null ? '' : `, at ${formatNumber(loss)}`;
}
