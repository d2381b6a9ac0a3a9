import type { tf } from '../../tf.js';
import { type ActivationKind, needsInput } from './activation-kinds.js';
import { type Address, FLOAT, type KernelModule } from './kernel-module.js';
import { type Gradients, made, runOperation, tensorOf } from './own-operation.js';
import { productInto, rowsOf, transposed } from './products.js';

/** Inputs of a recurrent layer: x [B, T, I], wx [I, gates * U], wh [U, gates * U], bias [gates * U]. */
export interface RecurrentInputs {
  x: tf.Tensor;
  wx: tf.Tensor;
  wh: tf.Tensor;
  bias?: tf.Tensor;
}

export interface RecurrentOptions {
  /** Of the state: tanh where nothing is said in a config. */
  activation: ActivationKind;
  /** Of the gates; a simple layer has none. */
  gate: ActivationKind;
  /** Put out every step [B, T, U], not only the last [B, U]. */
  sequence: boolean;
  /** Time runs backwards; a sequence is put out in the order it was computed. */
  back: boolean;
}

/** What the kinds of layer differ in. */
export interface Recurrence {
  /** The output, and what the backward pass keeps, as tensors. */
  forward(): { out: tf.TensorInfo; kept: tf.TensorInfo[] };
  /** Gradients by input name, made when asked for. */
  backward(dOut: tf.Tensor, kept: tf.Tensor[]): Gradients;
}

export function runSequence(inputs: RecurrentInputs, recurrence: Recurrence): tf.Tensor {
  const forward = (): { out: tf.TensorInfo; kept: tf.Tensor[] } => {
    const { out, kept } = recurrence.forward();
    return { out, kept: kept.map(tensorOf) };
  };
  return runOperation({ ...inputs }, forward, (dOut, kept) => recurrence.backward(dOut, kept));
}

/**
 * Tensors of these shapes, to be filled by a forward pass and kept; last the sums before the activations, of the shape `sums`,
 * where a slope does not follow from the value of its activation.
 */
export function keep(
  module: KernelModule,
  shapes: readonly (readonly number[])[],
  kinds: readonly ActivationKind[],
  sums: readonly number[],
): tf.TensorInfo[] {
  return (kinds.some(needsInput) ? [...shapes, sums] : shapes).map((shape) => module.make(shape));
}

/**
 * d(weights) [I, G] = from^T . gates, where the weights multiplied the rows of `from` [.., I]: as many of them as there are rows of
 * gates [T, B, G]. (The states h have T + 1 steps, the last of which nothing multiplied.)
 */
export function weightGradient(module: KernelModule, from: tf.Tensor, gates: tf.Tensor): tf.Tensor {
  const [I = 0, G = 0] = [from.shape.at(-1), gates.shape.at(-1)];
  const [left, right] = [transposed(module.address(from), I), rowsOf(module.address(gates), G)];
  return made(module, [I, G], (to) => productInto(module, [I, G, gates.size / G], left, right, [to, G * FLOAT]));
}

/** The gradients of a recurrent layer: those of its weights as given, of x and bias from the gradients of the gates. Each after `ready`. */
export function recurrentGradients(
  module: KernelModule,
  { x, wx }: RecurrentInputs,
  back: boolean,
  gates: tf.Tensor,
  ready: () => void,
  weights: Record<'wx' | 'wh', () => tf.Tensor>,
): Gradients {
  const whenReady = (gradient: () => tf.Tensor) => (): tf.Tensor => {
    ready();
    return gradient();
  };
  return {
    wx: whenReady(weights.wx),
    wh: whenReady(weights.wh),
    bias: whenReady(() => columnSums(module, gates)),
    x: whenReady(() => inputGradient(module, gates, wx, x.shape, back)),
  };
}

/** The gradient of the bias. */
function columnSums(module: KernelModule, gates: tf.Tensor): tf.Tensor {
  const G = gates.shape.at(-1) ?? 1;
  return made(module, [G], (to) => module.kernels.columnSum(to, module.address(gates), gates.size / G, G));
}

/** dx [B, T, I] = dgates [T, B, G] . wx^T, brought back to batch-major order. */
function inputGradient(module: KernelModule, gates: tf.Tensor, wx: tf.Tensor, shape: readonly number[], back: boolean): tf.Tensor {
  const [B = 0, T = 0, I = 0] = shape;
  const G = wx.shape[1] as number;
  return made(module, shape, (to) => {
    const times = module.make([T, B, I]);
    const at = module.address(times);
    productInto(module, [T * B, I, G], rowsOf(module.address(gates), G), transposed(module.address(wx), G), [at, I * FLOAT]);
    module.kernels.batchMajor(to, at, B, T, I, back ? 1 : 0);
    module.backend.disposeData(times.dataId);
  });
}

/** The input in the order of computation, [T, B, I], and x . wx + bias of it at `to`. */
export function inputProducts(module: KernelModule, { x, wx, bias }: RecurrentInputs, xt: tf.TensorInfo, back: boolean, to: Address): void {
  const [B = 0, T = 0, I = 0] = x.shape;
  const G = wx.shape[1] as number;
  const at = module.address(xt);
  module.kernels.timeMajor(at, module.address(x), B, T, I, back ? 1 : 0);
  productInto(module, [T * B, G, I], rowsOf(at, I), rowsOf(module.address(wx), G), [to, G * FLOAT], module.addressOr0(bias));
}

/** The states h [T + 1, B, U] put out as the layer does: all of them as [B, T, U], or the last. */
export function outputStates(
  module: KernelModule,
  h: Address,
  [B, T, U]: readonly [number, number, number],
  sequence: boolean,
): tf.TensorInfo {
  const out = module.make(sequence ? [B, T, U] : [B, U]);
  if (sequence) module.kernels.batchMajor(module.address(out), h + B * U * FLOAT, B, T, U, 0);
  else module.copy(module.address(out), h + T * B * U * FLOAT, B * U);
  return out;
}

/** Calls `work` with the gradient of the output in the order of time. */
export function withTimes(module: KernelModule, dOut: tf.Tensor, sequence: boolean, work: (dOut: Address) => void): void {
  if (!sequence) return work(module.address(dOut));
  const [B = 0, T = 0, U = 0] = dOut.shape;
  const times = module.make([T, B, U]);
  module.kernels.timeMajor(module.address(times), module.address(dOut), B, T, U, 0);
  work(module.address(times));
  module.backend.disposeData(times.dataId);
}
