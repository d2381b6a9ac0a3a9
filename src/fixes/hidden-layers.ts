import type { Config } from '../config/config-schema.js';
import type { LayerConfig } from '../config/layer-schema.js';
import { outputOf } from '../diagnosis/config-facts.js';

const WITH_UNITS: ReadonlySet<string> = new Set(['dense', 'simpleRNN', 'lstm', 'gru']);

export interface HiddenLayer {
  /** In model.layers. */
  index: number;
  layer: LayerConfig;
}

/** Layers with units or filters before the output layer, from input to output; none where the model is not given as layers. */
export function hiddenLayers(config: Config): HiddenLayer[] {
  const layers = config.model.layers ?? [];
  const output = outputOf(config)?.weightsIndex ?? lastWithSize(layers);
  return layers.flatMap((layer, index) => (index < output && sizeKey(layer) !== null ? [{ index, layer }] : []));
}

/** The key that says how large a layer is. */
export function sizeKey(layer: LayerConfig): 'units' | 'filters' | null {
  if (WITH_UNITS.has(layer.type)) return 'units';
  return layer.type === 'conv1d' || layer.type === 'conv2d' ? 'filters' : null;
}

function lastWithSize(layers: readonly LayerConfig[]): number {
  return layers.findLastIndex((layer) => sizeKey(layer) !== null);
}
