/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops' bounds keep the indices inside the arrays */
import { tf } from '../../tf.js';
import { allocate, floats, type HostArray, type Inputs, integers, type Kernel, setKernel, sizeOf, stockKernel } from './host-arrays.js';

/**
 * BatchMatMul of integers (int32 or bool) on wasm, where tfjs has only that of float32; the confusion matrix needs it. One
 * float among them makes a float32 product. Sums are float64 and exact below 2^53; int32 results wrap as in C.
 */
export function registerIntegerProduct(): void {
  const stock = stockKernel('BatchMatMul', 'wasm');
  const product: Kernel = (args) => {
    const { a, b } = args.inputs as Inputs<'a' | 'b'>;
    if (a.dtype === 'float32' && b.dtype === 'float32') return stock(args);
    const { transposeA, transposeB } = args.attrs as { transposeA: boolean; transposeB: boolean };
    const [rows, inner] = sides(a.shape, transposeA);
    const [innerB, columns] = sides(b.shape, transposeB);
    if (inner !== innerB) throw new Error(`Inner shapes of the factors differ: [${a.shape.join()}] and [${b.shape.join()}].`);
    const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const whole = a.dtype !== 'float32' && b.dtype !== 'float32';
    const out = allocate(args.backend, [...batchShape, rows, columns], whole ? 'int32' : 'float32');
    const values: HostArray = whole ? integers(args.backend, out) : floats(args.backend, out);
    const [left, right] = [floats(args.backend, a), floats(args.backend, b)];
    const ofA = broadcastOffsets(a.shape, batchShape);
    const ofB = broadcastOffsets(b.shape, batchShape);
    ofA.forEach((_, batch) => {
      const [from, other, to] = [ofA[batch]! * rows * inner, ofB[batch]! * inner * columns, batch * rows * columns];
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) {
            const x = left[from + (transposeA ? k * rows + i : i * inner + k)]!;
            sum += x * right[other + (transposeB ? j * inner + k : k * columns + j)]!;
          }
          values[to + i * columns + j] = sum;
        }
      }
    });
    return out;
  };
  setKernel('BatchMatMul', 'wasm', product);
}

function sides(shape: readonly number[], transposed: boolean): [rows: number, columns: number] {
  const [first, second] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  return transposed ? [second, first] : [first, second];
}

/** For each matrix of a batch of shape `batch`: which matrix of a tensor of `shape` [..., m, n] is broadcast to it. */
export function broadcastOffsets(shape: readonly number[], batch: readonly number[]): number[] {
  const own = shape.slice(0, -2);
  const padded = [...Array<number>(batch.length - own.length).fill(1), ...own];
  const count = sizeOf(batch);
  return Array.from({ length: count }, (_, index) => {
    let at = 0;
    let stride = 1;
    for (let axis = batch.length - 1, rest = index; axis >= 0; axis--) {
      const size = batch[axis]!;
      if (padded[axis]! > 1) at += (rest % size) * stride;
      stride *= padded[axis]!;
      rest = Math.floor(rest / size);
    }
    return at;
  });
}
