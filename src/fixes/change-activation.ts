import type { ConfigEdit } from '../config/config-path.js';
import { outputOf } from '../diagnosis/config-facts.js';
import type { FixKind } from './fix.js';

/** Hidden activations that pass little or no gradient, and what replaces them. */
const REPLACEMENTS: Record<string, string> = {
  sigmoid: 'relu',
  hardSigmoid: 'relu',
  softsign: 'relu',
  tanh: 'relu',
  relu: 'elu',
  relu6: 'elu',
};
const KINDS = new Set(['dense', 'conv1d', 'conv2d', 'activation']);

/**
 * Replaces hidden activations that stop the gradient: sigmoid and tanh by relu with a He initialiser (a sigmoid passes at most a
 * quarter per layer), relu whose units are dead by elu, which has a gradient below 0 too. Recurrent layers are left
 * alone. Sources: Glorot et al. 2011, Clevert et al. 2016.
 */
export const changeActivation: FixKind = {
  id: 'change-activation',
  make(_finding, config) {
    const layers = config.model.layers ?? [];
    const output = outputOf(config);
    const edits: ConfigEdit[] = [];
    let to = '';
    layers.forEach((layer, index) => {
      const activation = KINDS.has(layer.type) && 'activation' in layer ? layer.activation : undefined;
      const next = activation === undefined ? undefined : REPLACEMENTS[activation];
      if (next === undefined || index === output?.index || index === output?.weightsIndex) return;
      to = next;
      edits.push({ path: ['model', 'layers', index, 'activation'], value: next });
      if ('kernelInitializer' in layer || layer.type === 'dense')
        edits.push({ path: ['model', 'layers', index, 'kernelInitializer'], value: 'heNormal' });
    });
    if (edits.length === 0) return [];
    return [
      {
        id: 'change-activation',
        title: `Use ${to} in the hidden layers`,
        why:
          to === 'relu'
            ? 'A sigmoid passes at most 0.25 of the gradient per layer, relu passes all of it (Glorot et al. 2011).'
            : 'elu has a gradient below 0 too, so its units cannot die (Clevert et al. 2016).',
        edits,
        live: false,
      },
    ];
  },
};
