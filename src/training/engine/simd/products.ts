import { tf } from '../../tf.js';
import { type Inputs, isFloat, isPerChannel, type Kernel, release, setKernel, sizeOf, stockKernel } from '../kernels/host-arrays.js';
import { broadcastOffsets } from '../kernels/integer-product.js';
import { type Address, FLOAT, type KernelModule } from './kernel-module.js';

const FROM_ZERO = 0;
const FROM_BIAS = 2;

const batchOf = (shape: readonly number[]): number => sizeOf(shape.slice(0, -2));

/** A matrix in memory: its address, and the bytes from row to row and from column to column. */
type Strided = readonly [at: Address, row: number, column: number];

/** The matrix whose rows of `width` values lie one after the other, and its transpose. */
export const rowsOf = (at: Address, width: number): Strided => [at, width * FLOAT, FLOAT];
export const transposed = (at: Address, width: number): Strided => [at, FLOAT, width * FLOAT];

/** to [m, n] = act(a [m, k] . b [k, n] + bias), `rowTo` bytes from row to row; bias 0: none. */
export function productInto(
  module: KernelModule,
  [m, n, k]: readonly [number, number, number],
  a: Strided,
  b: Strided,
  [to, rowTo]: readonly [Address, number],
  bias: Address = 0,
  relu = false,
): void {
  const scratch = module.scratch(module.kernels.productScratch(m, n, k));
  module.kernels.product(m, n, k, ...a, ...b, to, rowTo, bias === 0 ? FROM_ZERO : FROM_BIAS, bias, relu ? 1 : 0, scratch);
}

/** One matrix in memory: rows x columns, `transposed` as stored. */
interface Matrix {
  at: Address;
  rows: number;
  columns: number;
  transposed: boolean;
}

function matrix(at: Address, shape: readonly number[], transposed: boolean): Matrix {
  const [first, second] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  return { at, rows: transposed ? second : first, columns: transposed ? first : second, transposed };
}

const stridesOf = (m: Matrix): Strided => (m.transposed ? transposed(m.at, m.rows) : rowsOf(m.at, m.columns));

/** to [m, n] = act(a . b + bias). */
export function multiply(module: KernelModule, a: Matrix, b: Matrix, to: Address, bias: Address = 0, relu = false): void {
  const sizes = [a.rows, b.columns, a.columns] as const;
  productInto(module, sizes, stridesOf(a), stridesOf(b), [to, b.columns * FLOAT], bias, relu);
}

/** Products of any batch on the SIMD kernels; integers, and factors that do not fit, stay with the kernel registered before. */
export function registerProducts(module: KernelModule): void {
  const stock = stockKernel('BatchMatMul', 'wasm');
  const product: Kernel = (args) => {
    const { a, b } = args.inputs as Inputs<'a' | 'b'>;
    const { transposeA, transposeB } = args.attrs as { transposeA: boolean; transposeB: boolean };
    if (!fit(a, b, transposeA, transposeB)) return stock(args);
    return batched(module, a, b, transposeA, transposeB);
  };
  setKernel('BatchMatMul', 'wasm', product);
  registerFused(module);
}

/** Whether these are float32 matrices whose inner sizes agree: the stock kernel says what is wrong where not. */
function fit(a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): boolean {
  const matrices = a.shape.length >= 2 && b.shape.length >= 2 && isFloat(a, b);
  return matrices && matrix(0, a.shape, transposeA).columns === matrix(0, b.shape, transposeB).rows;
}

function batched(module: KernelModule, a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): tf.TensorInfo {
  const left = matrix(0, a.shape, transposeA);
  const right = matrix(0, b.shape, transposeB);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = module.make([...batch, left.rows, right.columns]);
  const [from, other, to] = [module.address(a), module.address(b), module.address(out)];
  const [ofA, ofB] = [broadcastOffsets(a.shape, batch), broadcastOffsets(b.shape, batch)];
  ofA.forEach((indexA, i) => {
    multiply(
      module,
      { ...left, at: from + indexA * left.rows * left.columns * FLOAT },
      { ...right, at: other + (ofB[i] ?? 0) * right.rows * right.columns * FLOAT },
      to + i * left.rows * right.columns * FLOAT,
    );
  });
  return out;
}

/** Product, bias and activation in one pass. Relu keeps NaN, as tfjs-cpu does and the stock wasm kernel does not. */
function registerFused(module: KernelModule): void {
  const stock = stockKernel('_FusedMatMul', 'wasm');
  setKernel('_FusedMatMul', 'wasm', (args) => {
    const { a, b, bias } = args.inputs as Inputs<'a' | 'b'> & { bias?: tf.TensorInfo };
    const { activation, transposeA, transposeB } = args.attrs as { activation: string; transposeA: boolean; transposeB: boolean };
    const plain = activation === 'linear' || activation === 'relu';
    const left = matrix(module.address(a), a.shape, transposeA);
    const right = matrix(module.address(b), b.shape, transposeB);
    // One value per column; [n, 1] would be one per row.
    const biasFits = isPerChannel(bias, right.columns) && isFloat(bias);
    const single = batchOf(a.shape) === 1 && batchOf(b.shape) === 1;
    if (!biasFits || !single || !fit(a, b, transposeA, transposeB)) return stock(args);
    const outer = a.shape.length >= b.shape.length ? a.shape : b.shape;
    const out = module.make([...outer.slice(0, -2), left.rows, right.columns]);
    multiply(module, left, right, module.address(out), module.addressOr0(bias), activation === 'relu');
    if (plain) return out;
    const kernelName = ACTIVATION_KERNELS[activation];
    if (kernelName === undefined || stockAttributes(args.attrs)) {
      release(args.backend, out);
      return stock(args);
    }
    const activated = stockKernel(kernelName, 'wasm')({ inputs: { x: out }, attrs: {}, backend: args.backend });
    release(args.backend, out);
    return activated;
  });
}

/** Leaky relu and prelu carry a slope of their own. */
function stockAttributes(attrs: Record<string, unknown>): boolean {
  return attrs.leakyreluAlpha !== undefined && attrs.activation === 'leakyrelu';
}

const ACTIVATION_KERNELS: Readonly<Record<string, string>> = { relu6: 'Relu6', elu: 'Elu', sigmoid: 'Sigmoid' };
