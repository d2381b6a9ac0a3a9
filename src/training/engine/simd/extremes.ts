import { tf } from '../../tf.js';
import { type Inputs, isFloat, type Kernel, setKernel, sizeOf, stockKernel } from '../kernels/host-arrays.js';
import { FLOAT, type KernelModule } from './kernel-module.js';

/** How one operand is read for an output of `rows` rows of n: bytes from row to row, and whether it is one value for all. */
interface Reading {
  row: number;
  one: boolean;
}

/**
 * Maximum and Minimum of float32, NaN where either is: of equal shapes, of a single value, or of a shape that repeats along the
 * first axes. Other broadcasts stay with the kernel registered before.
 */
export function registerExtremes(module: KernelModule): void {
  for (const name of ['Maximum', 'Minimum']) {
    const before = stockKernel(name, 'wasm');
    const kernel: Kernel = (args) => {
      const { a, b } = args.inputs as Inputs<'a' | 'b'>;
      if (!isFloat(a, b)) return before(args);
      const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const n = Math.min(...[a.shape, b.shape].map(sizeOf).filter((size) => size > 1), sizeOf(shape));
      const [ofA, ofB] = [readingOf(a.shape, shape, n), readingOf(b.shape, shape, n)];
      if (ofA === null || ofB === null || n === 0) return before(args);
      const out = module.make(shape);
      const [from, other] = [module.address(a), module.address(b)];
      const [oneA, oneB, largest] = [Number(ofA.one), Number(ofB.one), Number(name === 'Maximum')];
      module.kernels.extreme(module.address(out), from, ofA.row, oneA, other, ofB.row, oneB, sizeOf(shape) / n, n, largest);
      return out;
    };
    setKernel(name, 'wasm', kernel);
  }
}

/** Null where the operand is no single value, and neither the whole output nor its last n values over and over. */
function readingOf(from: readonly number[], shape: readonly number[], n: number): Reading | null {
  const size = sizeOf(from);
  if (size === 1) return { row: 0, one: true };
  if (size === sizeOf(shape)) return { row: n * FLOAT, one: false };
  const own = from.slice(from.findIndex((length) => length !== 1));
  const end = shape.slice(shape.length - own.length);
  return size === n && own.every((length, i) => length === end[i]) ? { row: 0, one: false } : null;
}
