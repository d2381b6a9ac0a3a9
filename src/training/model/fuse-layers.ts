import { dense } from '../engine/simd/dense.js';
import type { KernelModule } from '../engine/simd/kernel-module.js';
import { prelu, thresholdedRelu } from '../engine/simd/rectifiers.js';
import { kernelModule } from '../engine/simd/register-simd.js';
import { canFuse } from '../fused-update.js';
import type { OptimizerConfig } from '../../config/training-schema.js';
import { tf } from '../tf.js';
import { Fallbacks } from './fallbacks.js';
import { type ActivatedLayer, fuseActivated } from './fuse-activated.js';
import { fuseConvolutions } from './fuse-convolution.js';
import { type BatchNormLayer, fuseBatchNorm, fuseLayerNorm, type LayerNormLayer } from './fuse-normalization.js';
import { fuseSequence, isRecurrent, type RecurrentLayer, stepByStep } from './fuse-recurrent.js';
import { firstOf, partsOf } from './layer-parts.js';

/** What this code reads of a rectifier of tfjs: the slopes of a prelu, or the threshold. */
interface RectifierLayer extends tf.layers.Layer {
  alpha?: tf.LayerVariable;
  theta?: number;
}

/** What this code reads of a dense layer of tfjs. */
interface DenseLayer extends ActivatedLayer {
  kernel: tf.LayerVariable;
}

/** Layers none of our kernels computes as a whole, by the name of their class in tfjs. */
const WITHOUT_KERNEL: Readonly<Record<string, string>> = {
  ConvLSTM2D: stepByStep('convLstm2d has no kernel of ours'),
  Conv3D: 'has no kernel of ours',
  Conv3DTranspose: 'has no kernel of ours',
};

/**
 * Makes the dense, convolutional and normalising layers inside `layer` run as one operation on our kernels, and its recurrent layers
 * as one over the whole sequence. Layers and calls they do not cover stay with tfjs, and are noted in `fallbacks`. Does nothing on other
 * engines than wasm.
 */
export function fuseLayer(layer: tf.layers.Layer, fallbacks = new Fallbacks()): void {
  const module = kernelModule();
  if (module === null) return;
  const note = (reason: string): void => fallbacks.note(layer.name, reason);
  for (const { part } of partsOf(layer)) {
    const kind = part.getClassName();
    const reason = WITHOUT_KERNEL[kind];
    if (reason !== undefined) note(reason);
    if (kind === 'Dense') fuseDense(part as unknown as DenseLayer, note);
    fuseConvolutions(part, note);
    if (kind === 'BatchNormalization') fuseBatchNorm(module, part as unknown as BatchNormLayer);
    if (kind === 'LayerNormalization') fuseLayerNorm(module, part as unknown as LayerNormLayer, note);
    if (kind === 'PReLU' || kind === 'ThresholdedReLU') fuseRectifier(module, part);
    if (isRecurrent(kind)) fuseSequence(module, part as unknown as RecurrentLayer, kind, note);
  }
}

function fuseRectifier(module: KernelModule, layer: RectifierLayer): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = firstOf(inputs);
    if (tf.getBackend() !== 'wasm' || x.dtype !== 'float32') return call(inputs, kwargs);
    const { alpha, theta = 0 } = layer;
    return tf.tidy(() => (alpha === undefined ? thresholdedRelu(module, x, theta) : prelu(module, x, alpha.read())));
  };
}

/** Notes an optimizer whose update is not one pass of ours. */
export function noteOptimizer(optimizer: OptimizerConfig, fallbacks: Fallbacks): void {
  const { type } = optimizer;
  if (kernelModule() === null || canFuse(optimizer)) return;
  fallbacks.note(null, `${type === 'rmsprop' ? 'centered rmsprop' : type} updates in several passes; sgd, adam, adamw and rmsprop in one`);
}

function fuseDense(layer: DenseLayer, note: (reason: string) => void): void {
  fuseActivated(layer, note, (x, bias, relu) => {
    const w = layer.kernel.read();
    if (x.rank === 2) return dense(x, w, bias, relu);
    const rows = dense(tf.reshape(x, [-1, w.shape[0]]), w, bias, relu);
    return tf.reshape(rows, [...x.shape.slice(0, -1), w.shape[1] as number]);
  });
}
