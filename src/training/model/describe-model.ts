import { LAYER_TYPES, type LayerConfig } from '../../config/layer-schema.js';
import type { ArchitectureLayer } from '../../telemetry/events.js';
import type { tf } from '../tf.js';
import type { Part } from './layer-parts.js';

const TYPES = new Map<string, string>(LAYER_TYPES.map((type) => [type.toLowerCase(), type]));

/** Every layer of a model but its input, from input to output. `configs` are the layers it was built from, if any. */
export function describeArchitecture(model: tf.LayersModel, configs: readonly LayerConfig[] | undefined): ArchitectureLayer[] {
  const layers = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
  return layers.map((layer, index) => {
    const described: ArchitectureLayer = {
      name: layer.name,
      type: configs?.[index]?.type ?? typeOf(layer),
      parameters: layer.trainableWeights.reduce((sum, weight) => sum + weight.read().size, 0),
      outputShape: (layer.outputShape as (number | null)[]).slice(1),
    };
    const activation = activationOf(layer);
    if (activation !== undefined) described.activation = activation;
    if (configs !== undefined) described.configIndex = index;
    return described;
  });
}

/** Name of the config's layer kind: Conv2D is conv2d. */
function typeOf(layer: tf.layers.Layer): string {
  const name = layer.getClassName();
  return TYPES.get(name.toLowerCase()) ?? name.charAt(0).toLowerCase() + name.slice(1);
}

/** What the output of the layer passes through last. */
function activationOf(layer: Part): string | undefined {
  const inner = layer.cell ?? layer.forwardLayer?.cell ?? (layer.getClassName() === 'TimeDistributed' ? layer.layer : undefined) ?? layer;
  const { activation } = inner as { activation?: { getClassName?(): string } };
  return activation?.getClassName?.();
}
