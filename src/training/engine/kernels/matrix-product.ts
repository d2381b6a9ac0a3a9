import type { tf } from '../../tf.js';
import { type Inputs, type Kernel, release, setKernel, stockKernel } from './host-arrays.js';

/** Multiply-adds below which transposing first costs more than it saves. */
const SMALLEST_WORK = 1 << 14;

const batchOf = (shape: readonly number[]): number => shape.slice(0, -2).reduce((a, b) => a * b, 1);

/**
 * BatchMatMul on wasm: a^T b and a b^T, the gradients of a dense layer, with the operand transposed first.
 *
 * a [1, m, k] (or transposed), b [1, k, n], out [1, m, n]. The stock kernel takes its fast path only where neither is
 * transposed and the batch is 1; [128,784]^T [128,512] is 8 to 10 times faster this way, and equal but for the order
 * of the float32 sums.
 */
export function registerMatrixProduct(): void {
  const stock = stockKernel('BatchMatMul', 'wasm');
  const transposeKernel = stockKernel('Transpose', 'wasm');
  const transposed = (x: tf.TensorInfo, backend: unknown): tf.TensorInfo => {
    const perm = x.shape.map((_, axis) => axis);
    perm.push(perm.pop() ?? 0, perm.pop() ?? 0);
    return transposeKernel({ inputs: { x }, attrs: { perm }, backend });
  };
  const product: Kernel = (args) => {
    const { a, b } = args.inputs as Inputs<'a' | 'b'>;
    const { backend } = args;
    const { transposeA, transposeB } = args.attrs as { transposeA: boolean; transposeB: boolean };
    const outputs = (transposeB ? b.shape.at(-2) : b.shape.at(-1)) ?? 1;
    const work = outputs * a.shape.reduce((x, y) => x * y, 1);
    if (!(transposeA || transposeB) || batchOf(a.shape) !== 1 || batchOf(b.shape) !== 1 || work < SMALLEST_WORK) return stock(args);
    const left = transposeA ? transposed(a, backend) : a;
    const right = transposeB ? transposed(b, backend) : b;
    const out = stock({ inputs: { a: left, b: right }, attrs: { transposeA: false, transposeB: false }, backend });
    if (left !== a) release(backend, left);
    if (right !== b) release(backend, right);
    return out;
  };
  setKernel('BatchMatMul', 'wasm', product);
}
