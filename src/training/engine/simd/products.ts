import type { tf } from '../../tf.js';
import { type Inputs, type Kernel, release, setKernel, stockKernel } from '../kernels/host-arrays.js';
import type { Address, KernelModule } from './kernel-module.js';

const FLOAT = 4;
const FROM_ZERO = 0;
const FROM_BIAS = 2;

const batchOf = (shape: readonly number[]): number => shape.slice(0, -2).reduce((a, b) => a * b, 1);

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

const rowStride = (m: Matrix): number => (m.transposed ? FLOAT : m.columns * FLOAT);
const columnStride = (m: Matrix): number => (m.transposed ? m.rows * FLOAT : FLOAT);

/** to [m, n] = act(a . b + bias). */
export function multiply(module: KernelModule, a: Matrix, b: Matrix, to: Address, bias: Address = 0, relu = false): void {
  const { kernels } = module;
  const scratch = module.scratch(kernels.productScratch(a.rows, b.columns, a.columns));
  const start = bias === 0 ? FROM_ZERO : FROM_BIAS;
  kernels.product(
    a.rows, b.columns, a.columns, a.at, rowStride(a), columnStride(a), b.at, rowStride(b), columnStride(b),
    to, b.columns * FLOAT, start, bias, relu ? 1 : 0, scratch,
  ); // prettier-ignore
}

/** Products of any batch on the SIMD kernels; what they do not cover (integers, broadcast batches) stays with tfjs. */
export function registerProducts(module: KernelModule): void {
  const stock = stockKernel('BatchMatMul', 'wasm');
  const product: Kernel = (args) => {
    const { a, b } = args.inputs as Inputs<'a' | 'b'>;
    const { transposeA, transposeB } = args.attrs as { transposeA: boolean; transposeB: boolean };
    const batch = batchOf(a.shape);
    if (a.dtype !== 'float32' || b.dtype !== 'float32' || batch !== batchOf(b.shape)) return stock(args);
    return batched(module, a, b, transposeA, transposeB);
  };
  setKernel('BatchMatMul', 'wasm', product);
  registerFused(module);
}

function batched(module: KernelModule, a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): tf.TensorInfo {
  const left = matrix(0, a.shape, transposeA);
  const right = matrix(0, b.shape, transposeB);
  const wider = a.shape.length >= b.shape.length ? a : b;
  const out = module.make([...wider.shape.slice(0, -2), left.rows, right.columns]);
  const [from, other, to] = [module.address(a), module.address(b), module.address(out)];
  for (let i = 0; i < batchOf(a.shape); i++) {
    multiply(
      module,
      { ...left, at: from + i * left.rows * left.columns * FLOAT },
      { ...right, at: other + i * right.rows * right.columns * FLOAT },
      to + i * left.rows * right.columns * FLOAT,
    );
  }
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
    const biasFits = bias === undefined || (bias.dtype === 'float32' && bias.shape.reduce((x, y) => x * y, 1) === right.columns);
    if (!biasFits || batchOf(a.shape) !== 1 || batchOf(b.shape) !== 1 || a.dtype !== 'float32' || b.dtype !== 'float32') return stock(args);
    const out = module.make([...a.shape.slice(0, -2), left.rows, right.columns]);
    multiply(module, left, right, module.address(out), bias === undefined ? 0 : module.address(bias), activation === 'relu');
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
