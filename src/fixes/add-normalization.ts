import type { ConfigEdit } from '../config/config-path.js';
import { isNormalised } from '../diagnosis/config-facts.js';
import type { FixKind } from './fix.js';
import { hiddenLayers } from './hidden-layers.js';

/** Batch statistics of fewer rows are noise. */
const SMALLEST_BATCH = 8;
const RECURRENT: ReadonlySet<string> = new Set(['simpleRNN', 'lstm', 'gru']);

/**
 * Puts a normalisation behind every hidden dense or convolution layer: batch normalisation, or layer normalisation for batches of
 * fewer than 8 rows. Not offered where the net is normalised. Sources: Ioffe and Szegedy 2015, Ba et al. 2016.
 */
export const addNormalization: FixKind = {
  id: 'add-normalization',
  make(_finding, config) {
    const hidden = hiddenLayers(config).filter(({ layer }) => !RECURRENT.has(layer.type));
    if (isNormalised(config) || hidden.length === 0) return [];
    const type = config.training.batchSize < SMALLEST_BATCH ? 'layerNormalization' : 'batchNormalization';
    // From the output to the input, so that the places of those still to come stay.
    const edits = hidden.reverse().map(({ index }): ConfigEdit => {
      return { path: ['model', 'layers', index + 1], value: { type }, insert: true };
    });
    return [
      {
        id: 'add-normalization',
        title: `Add ${type === 'batchNormalization' ? 'batch' : 'layer'} normalization behind ${layersOf(hidden.length)}`,
        why: 'A normalised signal neither grows nor fades through the layers, and stays where activations have a slope (Ioffe and Szegedy 2015).',
        edits,
        live: false,
      },
    ];
  },
};

function layersOf(count: number): string {
  return count === 1 ? 'the hidden layer' : `the ${count} hidden layers`;
}
