import { tf } from '../../tf.js';
import { type Inputs, setKernel, stockKernel } from './host-arrays.js';

/*
 * Kernels of tfjs-wasm that take their arguments as they come and then compute nonsense.
 */

/** Cast to bool: 1 where a value is not 0. The stock kernel copies the numbers, and keeps a 3. */
function registerCast(): void {
  const stock = stockKernel('Cast', 'wasm');
  setKernel('Cast', 'wasm', (args) => {
    const { x } = args.inputs as Inputs<'x'>;
    const numbers = x.dtype === 'float32' || x.dtype === 'int32';
    if (args.attrs.dtype !== 'bool' || !numbers) return stock(args);
    return tf.tidy(() => tf.notEqual(x as tf.Tensor, tf.scalar(0, x.dtype)));
  });
}

/** Slice: refuses a range that leaves the tensor, from which the stock kernel reads foreign memory. */
function registerSlice(): void {
  const stock = stockKernel('Slice', 'wasm');
  setKernel('Slice', 'wasm', (args) => {
    const { x } = args.inputs as Inputs<'x'>;
    const { begin, size } = args.attrs as { begin: number | number[]; size?: number | number[] };
    const [from = [], extent = []] = tf.slice_util.parseSliceParams(x, begin, size);
    tf.slice_util.assertParamsValid(x, from, extent);
    return stock(args);
  });
}

/** Bincount counts the values of a tensor of any shape; the stock kernel counts those of each row of its first axis. */
function registerBincount(): void {
  const stock = stockKernel('Bincount', 'wasm');
  const flat = (x: tf.TensorInfo): tf.TensorInfo => ({ dataId: x.dataId, dtype: x.dtype, shape: [tf.util.sizeFromShape(x.shape)] });
  setKernel('Bincount', 'wasm', (args) => {
    const { x, weights } = args.inputs as Inputs<'x' | 'weights'>;
    return stock({ ...args, inputs: { x: flat(x), weights: flat(weights) } });
  });
}

/** Prelu with slopes that are shared along later axes; the stock kernel takes the slopes in turn, as if they were of the last axes. */
function registerPrelu(): void {
  const stock = stockKernel('Prelu', 'wasm');
  setKernel('Prelu', 'wasm', (args) => {
    const { x, alpha } = args.inputs as Inputs<'x' | 'alpha'>;
    const own = alpha.shape.slice(alpha.shape.findIndex((size) => size !== 1));
    const end = x.shape.slice(x.shape.length - own.length);
    if (own.every((size, i) => size === end[i])) return stock(args);
    return tf.tidy(() => tf.where(tf.greater(x as tf.Tensor, 0), x as tf.Tensor, tf.mul(x as tf.Tensor, alpha as tf.Tensor)));
  });
}

export function registerArgumentChecks(): void {
  registerCast();
  registerSlice();
  registerBincount();
  registerPrelu();
}
