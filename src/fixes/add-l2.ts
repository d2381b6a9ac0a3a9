import type { FixKind } from './fix.js';
import { canPenaliseLive, penaltyEdits } from './regularization.js';

/** The reference example, where nothing better is known. */
const PENALTY = 0.01;

/**
 * Adds an L2 penalty of 0.01 to every kernel: keeps all weights small.
 * Source: weight decay (Krogh and Hertz 1992). It repairs no explosion by itself; the trial tells the truth.
 */
export const addL2: FixKind = {
  id: 'add-l2',
  make(_finding, config) {
    const edits = penaltyEdits(config, 'l2', PENALTY);
    if (edits.length === 0) return [];
    return [
      {
        id: 'add-l2',
        title: `Add L2 ${PENALTY} to the kernels`,
        why: 'Adds 0.01 × sum of w² to the loss, which keeps all weights small; weight decay (Krogh and Hertz 1992).',
        edits,
        live: canPenaliseLive(config),
      },
    ];
  },
};
