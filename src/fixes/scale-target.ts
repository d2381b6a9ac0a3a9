import { formatNumber } from '../diagnosis/format-number.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

/**
 * Scales a target to be predicted to mean 0 and deviation 1, fitted on the training split only. Keeps the scaling of the inputs.
 * Not offered where the target is scaled.
 */
export const scaleTarget: FixKind = {
  id: 'scale-target',
  make(finding, config) {
    const { inputs, target } = config.data.scale;
    if (target !== 'none') return [];
    const rms = evidenceNumber(finding, 'target rms');
    return [
      {
        id: 'scale-target',
        title: 'Scale the target to mean 0 and deviation 1',
        why: `${rms === null ? 'The target is raw' : `The target has a root mean square of ${formatNumber(rms)}`}; the gradient of a squared error grows with it.`,
        edits: [{ path: ['data', 'scale'], value: { inputs, target: 'standard' } }],
        live: false,
      },
    ];
  },
};
