import { formatNumber } from '../diagnosis/format-number.js';
import { evidenceNumber } from './evidence-number.js';
import type { FixKind } from './fix.js';

/**
 * Scales each input column to mean 0 and deviation 1, fitted on the training split only. Keeps the target's scaling.
 * Source: LeCun et al. 1998, Efficient BackProp, section 4.3. Not offered where the inputs are scaled.
 */
export const scaleInputs: FixKind = {
  id: 'scale-inputs',
  make(finding, config) {
    const { inputs, target } = config.data.scale;
    if (inputs !== 'none') return [];
    const rms = evidenceNumber(finding, 'input rms');
    return [
      {
        id: 'scale-inputs',
        title: 'Scale the inputs to mean 0 and deviation 1',
        why: `${rms === null ? 'The inputs are raw' : `The inputs have a root mean square of ${formatNumber(rms)}`}; curvature grows with its square, and scaled inputs have 1 (LeCun et al. 1998).`,
        edits: [{ path: ['data', 'scale'], value: target === 'none' ? 'standard' : { inputs: 'standard', target } }],
        live: false,
      },
    ];
  },
};
