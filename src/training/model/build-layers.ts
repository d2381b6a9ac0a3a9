import { AppError } from '../../config/app-error.js';
import type { Config } from '../../config/config-schema.js';
import type { ConfigPath } from '../../config/config-path.js';
import type { LayerConfig } from '../../config/layer-schema.js';
import { tf } from '../tf.js';
import { repairConvolutions } from './convolution-repairs.js';
import type { Fallbacks } from './fallbacks.js';
import { finishLayer } from './finish-layer.js';
import { makeLayer } from './layer-arguments.js';
import { seedInitializers } from './layer-parts.js';
import { checkIncoming, checkOutgoing, type Incoming, type RowShape, shapeText } from './layer-rules.js';
import type { NoiseClock } from './noise-clock.js';
import { MAX_WEIGHTS, TooManyWeights } from './seeded-initializer.js';

/**
 * Builds the layers of model.layers one after the other into a LayersModel. Weights are seeded by (seed, index of the
 * layer, name of the weight). Layers that do not run on our kernels are noted in `fallbacks`.
 *
 * @throws AppError `shape-mismatch` or `model-invalid` at ["model", "layers", index]
 */
export function buildLayers(
  config: Config,
  inputShape: readonly number[],
  noise: NoiseClock,
  seed: number,
  fallbacks: Fallbacks,
): tf.LayersModel {
  const layers = config.model.layers ?? [];
  const names = layerNames(layers);
  const input = tf.input({ shape: [...inputShape], name: 'input' });
  let tensor: tf.SymbolicTensor = input;
  layers.forEach((layer, index) => {
    const before = layers[index - 1];
    const incoming: Incoming = {
      path: ['model', 'layers', index],
      name: names[index] ?? '',
      shape: tensor.shape.slice(1),
      from: index === 0 ? 'the data' : `layer "${names[index - 1]}"`,
      lastStepOf: isLastStep(before) ? names[index - 1] : undefined,
    };
    checkIncoming(layer, incoming);
    const make = (): tf.layers.Layer => makeLayer(layer, incoming.name, config.model.regularization);
    tensor = addLayer(layer, index, incoming, tensor, make, noise, seed, fallbacks);
  });
  return tf.model({ inputs: input, outputs: tensor, name: 'model' });
}

function addLayer(
  config: LayerConfig,
  index: number,
  incoming: Incoming,
  tensor: tf.SymbolicTensor,
  make: () => tf.layers.Layer,
  noise: NoiseClock,
  seed: number,
  fallbacks: Fallbacks,
): tf.SymbolicTensor {
  try {
    const layer = make();
    seedInitializers(layer, seed, index);
    repairConvolutions(layer);
    const output = applyTidily(layer, tensor);
    checkOutgoing(config, output.shape.slice(1), incoming);
    finishLayer(layer, index, noise, fallbacks);
    nameErrors(layer, config, incoming);
    return output;
  } catch (error) {
    throw AppError.is(error) ? error : translated(error, config, incoming.path, incoming.name, incoming.shape);
  }
}

interface ConstrainedWeight {
  read(): tf.Variable;
  constraint?: { apply(weight: tf.Tensor): tf.Tensor } | null;
}

/** Layers build their weights when they are applied, and some leave what they made them from behind. */
function applyTidily(layer: tf.layers.Layer, tensor: tf.SymbolicTensor): tf.SymbolicTensor {
  let output: unknown;
  tf.tidy(() => {
    output = layer.apply(tensor);
    // Whether a constraint fits its weight shows only when it is applied.
    for (const weight of layer.trainableWeights as unknown as ConstrainedWeight[]) weight.constraint?.apply(weight.read());
  });
  return output as tf.SymbolicTensor;
}

function isLastStep(layer: LayerConfig | undefined): boolean {
  if (layer?.type === 'bidirectional') return layer.layer.returnSequences !== true;
  return (layer?.type === 'simpleRNN' || layer?.type === 'lstm' || layer?.type === 'gru') && layer.returnSequences !== true;
}

/** What is wrong with a layer or its rows may show in the middle of training only: says which layer, and what to do. */
function nameErrors(layer: tf.layers.Layer, config: LayerConfig, { path, name, shape }: Incoming): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    try {
      return call(inputs, kwargs);
    } catch (cause) {
      if (AppError.is(cause)) throw cause;
      throw (config.type === 'embedding' ? indexError(cause, config, path, name) : null) ?? translated(cause, config, path, name, shape);
    }
  };
}

/** An index beyond the vocabulary; null where the error is another. */
function indexError(
  cause: unknown,
  { inputDim }: Extract<LayerConfig, { type: 'embedding' }>,
  path: ConfigPath,
  name: string,
): AppError | null {
  const found = /index value (-?\d+)/.exec((cause as Error).message)?.[1];
  if (found === undefined) return null;
  const message = `Layer "${name}" (embedding) has ${inputDim} entries, but the data holds the index ${found}.`;
  const action = `Set inputDim to at least ${Math.max(0, Number(found)) + 1}, and let indices start at 0.`;
  return new AppError('data-invalid', message, action, { path: [...path, 'inputDim'] }, { cause });
}

/** An error of tfjs about a layer, as ours. */
function translated(error: unknown, { type }: LayerConfig, path: ConfigPath, name: string, shape: RowShape): AppError {
  if (error instanceof TooManyWeights) {
    const message = `Layer "${name}" (${type}) would have ${error.count} weights on rows of the shape ${shapeText(shape)}; ${MAX_WEIGHTS} are the most.`;
    return new AppError('model-invalid', message, 'Make it, or the layer before it, smaller.', { path }, { cause: error });
  }
  const text = error instanceof Error ? error.message : String(error);
  const message = `Layer "${name}" (${type}) cannot work on rows of the shape ${shapeText(shape)}: ${text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.?$/, '.')}`;
  return new AppError('model-invalid', message, 'Change its arguments, or the layer before it.', { path }, { cause: error });
}

/**
 * The names of the layers: their own, or type and number among the unnamed layers of the type: dense_1, dense_2.
 *
 * @throws AppError `model-invalid` at the name, where two are equal or one has other characters than tfjs takes
 */
export function layerNames(layers: readonly LayerConfig[]): string[] {
  const taken = new Map<string, number>();
  layers.forEach(({ name }, index) => {
    if (name === undefined) return;
    const path = ['model', 'layers', index, 'name'];
    const first = taken.get(name);
    if (first !== undefined) {
      const message = `Two layers are named "${name}": number ${first + 1} and number ${index + 1}.`;
      throw new AppError('model-invalid', message, 'Give each layer a name of its own, or leave the names out.', { path });
    }
    if (!/^[A-Za-z0-9][-A-Za-z0-9._/]*$/.test(name) || name === 'input') {
      const action = 'Use letters, digits, "-", "_", "." and "/", beginning with a letter or digit; "input" is taken.';
      throw new AppError('model-invalid', `"${name}" cannot be the name of a layer.`, action, { path });
    }
    taken.set(name, index);
  });
  const counts = new Map<string, number>();
  return layers.map(({ type, name }) => {
    if (name !== undefined) return name;
    let count = counts.get(type) ?? 0;
    do count += 1;
    while (taken.has(`${type}_${count}`));
    counts.set(type, count);
    return `${type}_${count}`;
  });
}
