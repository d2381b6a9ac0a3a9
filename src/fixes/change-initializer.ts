import type { ConfigEdit } from '../config/config-path.js';
import type { LayerConfig } from '../config/layer-schema.js';
import { activationOf } from '../diagnosis/config-facts.js';
import type { FixKind } from './fix.js';

const RELU_LIKE = new Set(['relu', 'relu6', 'elu', 'swish', 'mish', 'gelu', 'softplus']);
/** Initialisers that scale with the fan: replacing them changes nothing that matters. */
const SCALED = /^(he|glorot|leCun)|^(orthogonal|identity|varianceScaling)$/;

/**
 * Replaces initialisers of a fixed width by one that keeps the signal constant: He for ReLU-like layers, LeCun for selu,
 * Glorot for the rest; an orthogonal one for recurrent weights. Sources: He et al. 2015, Glorot and Bengio 2010, Saxe et al. 2014.
 * Not offered where no layer has one of a fixed width.
 */
export const changeInitializer: FixKind = {
  id: 'change-initializer',
  make(_finding, config) {
    const edits = (config.model.layers ?? []).flatMap((layer, index) => layerEdits(layer, index));
    if (edits.length === 0) return [];
    const names = [...new Set(edits.map((e) => ('value' in e ? String(e.value) : '')))].join(' and ');
    return [
      {
        id: 'change-initializer',
        title: `Initialise ${edits.length === 1 ? 'the weights' : `${edits.length} layers`} with ${names}`,
        why: 'Its width follows the number of inputs, so that the signal neither grows nor shrinks from layer to layer (He et al. 2015).',
        edits,
        live: false,
      },
    ];
  },
};

function layerEdits(layer: LayerConfig, index: number): ConfigEdit[] {
  const edits: ConfigEdit[] = [];
  if ('kernelInitializer' in layer && layer.kernelInitializer !== undefined && !SCALED.test(layer.kernelInitializer.type)) {
    edits.push({ path: ['model', 'layers', index, 'kernelInitializer'], value: fitting(activationOf(layer) ?? 'linear') });
  }
  if ('recurrentInitializer' in layer && layer.recurrentInitializer !== undefined && !SCALED.test(layer.recurrentInitializer.type)) {
    edits.push({ path: ['model', 'layers', index, 'recurrentInitializer'], value: 'orthogonal' });
  }
  return edits;
}

function fitting(activation: string): string {
  if (activation === 'selu') return 'leCunNormal';
  return RELU_LIKE.has(activation) ? 'heNormal' : 'glorotUniform';
}
