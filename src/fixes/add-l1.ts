import type { FixKind } from './fix.js';
import { canPenaliseLive, penaltyEdits } from './regularization.js';

/** The reference example, where nothing better is known. */
const PENALTY = 0.01;

/**
 * Adds an L1 penalty of 0.01 to every kernel: shrinks weights that do not earn their keep to 0.
 * Source: L1 of 0.01 on the kernels is the reference example (Tibshirani 1996). It repairs no explosion by itself; the trial tells the truth.
 */
export const addL1: FixKind = {
  id: 'add-l1',
  make(_finding, config) {
    const edits = penaltyEdits(config, 'l1', PENALTY);
    if (edits.length === 0) return [];
    return [
      {
        id: 'add-l1',
        title: `Add L1 ${PENALTY} to the kernels`,
        why: 'Adds 0.01 × sum of |w| to the loss, which shrinks weights that do not earn their keep to 0; L1 of 0.01 on the kernels is the reference example (Tibshirani 1996).',
        edits,
        live: canPenaliseLive(config),
      },
    ];
  },
};
