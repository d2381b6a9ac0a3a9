import type { InitializerConfig, RegularizerConfig } from '../../config/layer-parts-schema.js';
import type { LayerConfig } from '../../config/layer-schema.js';
import { tf } from '../tf.js';
import { initializerArgument } from './seeded-initializer.js';

type Arguments = Record<string, unknown>;

/** Penalties that fall on a kernel, by layer kind; model.regularization fills those that are not given. */
export const KERNEL_PENALTIES: Partial<Record<LayerConfig['type'], readonly string[]>> = {
  dense: ['kernelRegularizer'],
  conv1d: ['kernelRegularizer'],
  conv2d: ['kernelRegularizer'],
  conv2dTranspose: ['kernelRegularizer'],
  separableConv2d: ['depthwiseRegularizer', 'pointwiseRegularizer'],
  depthwiseConv2d: ['depthwiseRegularizer'],
  simpleRNN: ['kernelRegularizer', 'recurrentRegularizer'],
  lstm: ['kernelRegularizer', 'recurrentRegularizer'],
  gru: ['kernelRegularizer', 'recurrentRegularizer'],
};

/** Names of the factories of tfjs that differ from the layer's type. */
const FACTORY: Partial<Record<LayerConfig['type'], string>> = { cropping2d: 'cropping2D' };

/** The exponential function as an activation, which tfjs lacks. */
class Exponential extends tf.serialization.Serializable {
  static className = 'exponential';
  apply(x: tf.Tensor): tf.Tensor {
    return tf.exp(x);
  }
  getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}
tf.serialization.registerClass(Exponential);

/** Makes the tfjs layer a config describes, not yet built, its initializers not yet seeded. May throw errors of tfjs. */
export function makeLayer(
  config: LayerConfig,
  name: string,
  regularization: RegularizerConfig,
  inputShape?: readonly number[],
): tf.layers.Layer {
  // unroll changes nothing in tfjs but the messages it prints.
  const { type, name: _name, inputShape: _inputShape, trainable, unroll: _unroll, ...own } = config as LayerConfig & Arguments;
  const args: Arguments = { name };
  for (const [key, value] of Object.entries(own)) args[key] = argumentOf(key, value, name, regularization);
  for (const key of KERNEL_PENALTIES[type] ?? []) {
    if (own[key] === undefined) args[key] = penalty(regularization);
  }
  // tfjs starts the forget bias at 0 where nothing is said, Keras and the schema at 1 (Jozefowicz et al. 2015).
  if (type === 'lstm') args.unitForgetBias ??= true;
  if (inputShape !== undefined) args.inputShape = [...inputShape];
  const factories = tf.layers as unknown as Record<string, (args: Arguments) => tf.layers.Layer>;
  const factory = factories[FACTORY[type] ?? type];
  if (factory === undefined) throw new Error(`TensorFlow.js has no layer "${type}"`);
  const layer = factory(args);
  // tfjs refuses rows that are flat already; Keras lets them pass.
  if (type === 'flatten') layer.inputSpec = [{ minNDim: 2 }];
  // Given as an argument, a wrapper loses it.
  if (trainable !== undefined) layer.trainable = trainable;
  return layer;
}

function argumentOf(key: string, value: unknown, name: string, regularization: RegularizerConfig): unknown {
  if (value === undefined || value === null) return undefined;
  if (key === 'layer') return makeLayer(value as LayerConfig, (value as LayerConfig).name ?? name, regularization);
  if (key.endsWith('Initializer')) return initializerArgument(value as InitializerConfig);
  if (key.endsWith('Regularizer')) return penalty(value as RegularizerConfig);
  if (key.endsWith('Constraint')) return constraint(value as { type: string });
  return value;
}

/** Both factors are given always: what tfjs does not get, it takes to be 0.01. */
function penalty({ l1, l2 }: RegularizerConfig): unknown {
  return l1 === 0 && l2 === 0 ? undefined : tf.regularizers.l1l2({ l1, l2 });
}

function constraint({ type, ...args }: { type: string } & Arguments): unknown {
  const make = (tf.constraints as unknown as Record<string, (args: Arguments) => unknown>)[type];
  return make?.(args);
}
