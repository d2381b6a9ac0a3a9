import type { tf } from '../../tf.js';
import type { KernelModule } from './kernel-module.js';
import { type LayerAttributes, layerFunction, registerLayerOperation } from './layer-operation.js';
import type { MaskedGradient } from './masked-gradient.js';
import { multiply } from './products.js';

const KERNEL = 'GradwatchDense';
const run = layerFunction<LayerAttributes>(KERNEL);

/**
 * A dense layer as one differentiable operation: y [B, U] = act(x [B, I] . w [I, U] + b [U]), act linear or relu.
 * With dz = dy where y > 0 (relu) or dy (linear): dx = dz . w^T, dw = x^T . dz, db = column sums of dz.
 */
export function dense(x: tf.Tensor, w: tf.Tensor, b: tf.Tensor | null, relu: boolean): tf.Tensor {
  return run(x, w, b, { relu });
}

const sizesOf = (x: tf.TensorInfo, w: tf.TensorInfo) => ({ rows: x.shape[0] ?? 0, inputs: x.shape[1] ?? 0, units: w.shape[1] ?? 0 });

export function registerDense(module: KernelModule, masked: MaskedGradient): void {
  registerLayerOperation<LayerAttributes>(module, masked, {
    name: KERNEL,
    outputShape: (_, x, w) => [x.shape[0] ?? 0, w.shape[1] ?? 0],
    forward: (_, x, w, to, { bias, relu }) => {
      const { rows, inputs, units } = sizesOf(x, w);
      const a = { at: module.address(x), rows, columns: inputs, transposed: false };
      multiply(module, a, { at: module.address(w), rows: inputs, columns: units, transposed: false }, to, bias, relu);
    },
    inputGradient: (_, dz, x, w, to) => {
      const { rows, inputs, units } = sizesOf(x, w);
      const a = { at: dz, rows, columns: units, transposed: false };
      multiply(module, a, { at: module.address(w), rows: units, columns: inputs, transposed: true }, to);
    },
    weightGradient: (_, dz, x, w, to) => {
      const { rows, inputs, units } = sizesOf(x, w);
      const a = { at: module.address(x), rows: inputs, columns: rows, transposed: true };
      multiply(module, a, { at: dz, rows, columns: units, transposed: false }, to);
    },
  });
}
