/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops' bounds keep the indices inside the arrays */
import type { tf } from '../../tf.js';
import {
  allocate,
  floats,
  hasNaN,
  type HostArray,
  type Inputs,
  integers,
  type Kernel,
  release,
  setKernel,
  stockKernel,
} from './host-arrays.js';

/*
 * Kernels of tfjs-wasm that turn NaN into a number. A run whose weights are NaN then reports a finite loss; with these
 * it reports NaN, as tfjs-cpu and TensorFlow do. Where nothing is NaN the values are those of the stock kernels.
 */

/** ClipByValue: min(max(x, low), high), NaN stays. float32 or int32, any shape. */
const clipByValue: Kernel = ({ inputs, attrs, backend }) => {
  const { x } = inputs as Inputs<'x'>;
  return mapValues(backend, x, Number(attrs.clipValueMin), Number(attrs.clipValueMax));
};

/** Relu6: min(max(x, 0), 6), NaN stays. */
const relu6: Kernel = ({ inputs, backend }) => mapValues(backend, (inputs as Inputs<'x'>).x, 0, 6);

function mapValues(backend: unknown, x: tf.TensorInfo, low: number, high: number): tf.TensorInfo {
  const whole = x.dtype === 'int32';
  const out = allocate(backend, x.shape, whole ? 'int32' : 'float32');
  const from: HostArray = whole ? integers(backend, x) : floats(backend, x);
  const to: HostArray = whole ? integers(backend, out) : floats(backend, out);
  // The stock kernel's limits are float32.
  const least = whole ? low : Math.fround(low);
  const most = whole ? high : Math.fround(high);
  for (let i = 0; i < from.length; i++) {
    const value = from[i]!;
    to[i] = value < least ? least : value > most ? most : value;
  }
  return out;
}

/** Maximum or Minimum of two tensors, broadcast: NaN where either is NaN. The stock kernel keeps only that of `a`. */
function extreme(stock: Kernel): Kernel {
  return (args) => {
    const { b } = args.inputs as Inputs<'b'>;
    const out = stock(args);
    if (b.dtype !== 'float32' || !hasNaN(floats(args.backend, b))) return out;
    const other = floats(args.backend, b);
    const to = floats(args.backend, out);
    const source = broadcastIndex(b.shape, out.shape);
    for (let i = 0; i < to.length; i++) if (Number.isNaN(other[source(i)]!)) to[i] = NaN;
    return out;
  };
}

/** For the flat index of an entry of `shape`: the flat index of the entry of `from` that is broadcast to it. */
function broadcastIndex(from: readonly number[], shape: readonly number[]): (index: number) => number {
  const padded = [...Array<number>(shape.length - from.length).fill(1), ...from];
  return (index) => {
    let at = 0;
    let stride = 1;
    for (let axis = shape.length - 1, rest = index; axis >= 0; axis--) {
      const size = shape[axis]!;
      if (padded[axis]! > 1) at += (rest % size) * stride;
      stride *= padded[axis]!;
      rest = Math.floor(rest / size);
    }
    return at;
  };
}

/**
 * A fused product or convolution: the activation follows a linear one as a step of its own, for the fused clamp loses
 * NaN; and where a convolution wrote -Infinity for NaN (its clamp again), the NaN is put back before that.
 */
function fused(stock: Kernel, convolution: boolean): Kernel {
  return (args) => {
    const { backend } = args;
    const activation = args.attrs.activation as string;
    if (!SEPARATE.has(activation)) return stock(args);
    const linear = stock({ ...args, attrs: { ...args.attrs, activation: 'linear' } });
    if (convolution) restoreNaN(args, linear);
    if (activation === 'relu') clampInPlace(floats(backend, linear), Infinity);
    if (activation === 'relu6') clampInPlace(floats(backend, linear), 6);
    if (activation !== 'elu' && activation !== 'sigmoid') return linear;
    const out = stockKernel(activation === 'elu' ? 'Elu' : 'Sigmoid', 'wasm')({ inputs: { x: linear }, attrs: {}, backend });
    release(backend, linear);
    return out;
  };
}

const SEPARATE = new Set(['linear', 'relu', 'relu6', 'elu', 'sigmoid']);

function clampInPlace(values: Float32Array, most: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < 0) values[i] = 0;
    else if (value > most) values[i] = most;
  }
}

/** -Infinity becomes NaN where an input holds NaN. */
function restoreNaN({ inputs, backend }: Parameters<Kernel>[0], out: tf.TensorInfo): void {
  const values = floats(backend, out);
  if (!values.includes(-Infinity)) return;
  const named = Object.values(inputs) as (tf.TensorInfo | undefined)[];
  if (!named.some((input) => input?.dtype === 'float32' && hasNaN(floats(backend, input)))) return;
  for (let i = 0; i < values.length; i++) if (values[i] === -Infinity) values[i] = NaN;
}

function convolution(stock: Kernel): Kernel {
  return (args) => {
    const out = stock(args);
    restoreNaN(args, out);
    return out;
  };
}

export function registerNaNKeeping(): void {
  setKernel('ClipByValue', 'wasm', clipByValue);
  setKernel('Relu6', 'wasm', relu6);
  for (const name of ['Maximum', 'Minimum']) setKernel(name, 'wasm', extreme(stockKernel(name, 'wasm')));
  for (const name of ['Conv2D', 'DepthwiseConv2dNative']) setKernel(name, 'wasm', convolution(stockKernel(name, 'wasm')));
  setKernel('_FusedMatMul', 'wasm', fused(stockKernel('_FusedMatMul', 'wasm'), false));
  for (const name of ['FusedConv2D', 'FusedDepthwiseConv2D']) setKernel(name, 'wasm', fused(stockKernel(name, 'wasm'), true));
}
