import type { FixKind } from './fix.js';

/** The standard rate of Adam. */
const RATE = 0.001;

/**
 * Adam at its standard rate: its steps do not depend on the size of the gradient (Kingma and Ba 2015). Not offered where the
 * optimizer is adaptive already.
 */
export const changeOptimizer: FixKind = {
  id: 'change-optimizer',
  make(_finding, config) {
    if (config.training.optimizer.type !== 'sgd') return [];
    return [
      {
        id: 'change-optimizer',
        title: `Use Adam with learning rate ${RATE}`,
        why: 'Its steps depend on the direction of the gradient, not on its size (Kingma and Ba 2015).',
        edits: [{ path: ['training', 'optimizer'], value: { type: 'adam', learningRate: RATE } }],
        live: false,
      },
    ];
  },
};
