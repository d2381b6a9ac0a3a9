import type { FixKind } from './fix.js';
import { hiddenLayers } from './hidden-layers.js';

const RATE = 0.3;

/**
 * Puts dropout behind the last hidden layer, where most parameters meet. Not offered where the net drops values already.
 * Source: Srivastava et al. 2014, JMLR 15.
 */
export const addDropout: FixKind = {
  id: 'add-dropout',
  make(_finding, config) {
    const layers = config.model.layers ?? [];
    if (layers.some(({ type }) => type.toLowerCase().includes('dropout'))) return [];
    const last = hiddenLayers(config).at(-1);
    if (last === undefined) return [];
    const activation = layers[last.index + 1]?.type;
    const at = last.index + (activation === 'activation' || activation === 'reLU' ? 2 : 1);
    return [
      {
        id: 'add-dropout',
        title: `Drop ${100 * RATE} % of the last hidden layer in training`,
        why: 'Units that cannot rely on each other learn what holds for other rows too (Srivastava et al. 2014).',
        edits: [{ path: ['model', 'layers', at], value: { type: 'dropout', rate: RATE }, insert: true }],
        live: false,
      },
    ];
  },
};
