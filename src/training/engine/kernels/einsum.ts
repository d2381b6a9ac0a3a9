import { tf } from '../../tf.js';
import { setKernel } from './host-arrays.js';

/**
 * Einsum on wasm, which tfjs has no kernel for: each input is transposed and reshaped to all dimensions of the equation (1
 * where it has none), the inputs are multiplied, and the dimensions that the output does not name are summed up.
 * float32 or int32; takes the memory of the whole product.
 */
export function registerEinsum(): void {
  setKernel('Einsum', 'wasm', ({ inputs, attrs }) => {
    const terms = Object.values(inputs) as tf.Tensor[];
    const { decodeEinsumEquation, checkEinsumDimSizes } = tf.backend_util;
    const { allDims, summedDims, idDims } = decodeEinsumEquation(attrs.equation as string, terms.length);
    checkEinsumDimSizes(allDims.length, idDims, terms);
    return tf.tidy(() => {
      const whole = terms.map((term, i) => spreadOver(allDims.length, term, idDims[i] ?? []));
      const product = whole.reduce((a, b) => tf.mul(a, b));
      return summedDims.length === 0 ? product : tf.sum(product, summedDims);
    });
  });
}

/** `dims[axis]` is the dimension of the equation that the axis is. */
function spreadOver(rank: number, term: tf.Tensor, dims: readonly number[]): tf.Tensor {
  const order = dims.map((_, axis) => axis).sort((a, b) => (dims[a] ?? 0) - (dims[b] ?? 0));
  const shape = Array<number>(rank).fill(1);
  dims.forEach((dim, axis) => (shape[dim] = term.shape[axis] ?? 1));
  return tf.reshape(tf.transpose(term, order), shape);
}
