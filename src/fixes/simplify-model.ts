import type { ConfigEdit } from '../config/config-path.js';
import type { FixKind } from './fix.js';
import { hiddenLayers, sizeKey } from './hidden-layers.js';

/** Units a layer keeps at least. */
const FEWEST = 4;

/**
 * Halves the units (filters) of every hidden layer: between two such layers that leaves a quarter of the parameters. Not offered
 * where every hidden layer has 4 or fewer.
 */
export const simplifyModel: FixKind = {
  id: 'simplify-model',
  make(_finding, config) {
    const edits = hiddenLayers(config).flatMap(({ index, layer }): ConfigEdit[] => {
      const key = sizeKey(layer);
      const size = key === null ? 0 : (layer as Partial<Record<typeof key, number>>)[key];
      if (key === null || size === undefined || size <= FEWEST) return [];
      return [{ path: ['model', 'layers', index, key], value: Math.max(FEWEST, Math.floor(size / 2)) }];
    });
    if (edits.length === 0) return [];
    return [
      {
        id: 'simplify-model',
        title: `Halve the units of ${edits.length === 1 ? 'the hidden layer' : `the ${edits.length} hidden layers`}`,
        why: 'A net with fewer parameters has less room to learn single rows by heart.',
        edits,
        live: false,
      },
    ];
  },
};
