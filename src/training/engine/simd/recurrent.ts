import type { tf } from '../../tf.js';
import type { KernelModule } from './kernel-module.js';
import { type Gradients, once, runOperation, tensorOf } from './own-operation.js';

const FLOAT = 4;

/** Inputs of a recurrent layer: x [B, T, I], wx [I, gates * U], wh [U, gates * U], bias [gates * U]. */
export interface RecurrentInputs {
  x: tf.Tensor;
  wx: tf.Tensor;
  wh: tf.Tensor;
  bias?: tf.Tensor;
}

export interface RecurrentOptions {
  /** Gate activation: hard sigmoid, else the logistic one. */
  hard: boolean;
  /** Put out every step [B, T, U], not only the last [B, U]. */
  sequence: boolean;
  /** Time runs backwards; a sequence is put out in the order it was computed. */
  back: boolean;
}

/** What the two kinds of layer differ in. */
interface Recurrence {
  /** The output, and what the backward pass keeps, as tensors. */
  forward(): { out: tf.TensorInfo; kept: tf.TensorInfo[] };
  /** Gradients by input name, made when asked for. */
  backward(dOut: tf.Tensor, kept: tf.Tensor[]): Gradients;
}

function run(inputs: RecurrentInputs, recurrence: Recurrence): tf.Tensor {
  const forward = (): { out: tf.TensorInfo; kept: tf.Tensor[] } => {
    const { out, kept } = recurrence.forward();
    return { out, kept: kept.map(tensorOf) };
  };
  return runOperation({ ...inputs }, forward, (dOut, kept) => recurrence.backward(dOut, kept));
}

/** LSTM with tanh cells over a whole sequence; units must be a multiple of 4. See kernels/lstm.ts. */
export function lstmSequence(module: KernelModule, inputs: RecurrentInputs, { hard, sequence, back }: RecurrentOptions): tf.Tensor {
  const { kernels } = module;
  const { x, wx, wh, bias } = inputs;
  const [B, T, I] = x.shape as [number, number, number];
  const U = wh.shape[0];
  const G = 4 * U;
  const K = I + U;
  const flags = [sequence ? 1 : 0, back ? 1 : 0, hard ? 1 : 0] as const;

  const forward: Recurrence['forward'] = () => {
    const kept = [[T + 1, B, K], [T, B, G], [T, B, U], [T, B, U]].map((shape) => module.make(shape)); // prettier-ignore
    const out = module.make(sequence ? [B, T, U] : [B, U]);
    const scratch = module.scratch(kernels.lstmForwardScratch(I, U));
    const [xh = 0, z = 0, c = 0, tanhC = 0] = kept.map((info) => module.address(info));
    kernels.lstmForward(
      T, B, I, U, module.address(x), module.address(wx), module.address(wh), bias === undefined ? 0 : module.address(bias),
      xh, z, c, tanhC, module.address(out), ...flags, scratch,
    ); // prettier-ignore
    return { out, kept };
  };

  const backward: Recurrence['backward'] = (dOut, [xh, z, c, tanhC]) => {
    // The gates become their gradients in place, once, before the first product asks for them.
    const dz = once(() => {
      const scratch = module.scratch(kernels.lstmBackwardScratch(B, U));
      const [zAt = 0, cAt = 0, tanhAt = 0] = [z, c, tanhC].map((tensor) => module.address(tensor as tf.Tensor));
      kernels.lstmBackward(T, B, U, module.address(wh), zAt, cAt, tanhAt, module.address(dOut), flags[0], flags[2], scratch);
    });
    const weights = (firstColumn: number, rows: number) => (): tf.Tensor => {
      const out = module.make([rows, G]);
      dz();
      productInto(module, rows, G, T * B, module.address(xh as tf.Tensor) + firstColumn * FLOAT, FLOAT, K * FLOAT, module.address(z as tf.Tensor), G * FLOAT, FLOAT, module.address(out), G * FLOAT); // prettier-ignore
      return tensorOf(out);
    };
    return {
      wx: weights(0, I),
      wh: weights(I, U),
      bias: () => columnSums(module, z as tf.Tensor, T * B, G, dz),
      x: () => inputGradient(module, z as tf.Tensor, wx, [B, T, I], G, back, dz),
    };
  };
  return run(inputs, { forward, backward });
}

/** GRU with tanh candidates over a whole sequence; units must be a multiple of 4. See kernels/gru.ts. */
export function gruSequence(module: KernelModule, inputs: RecurrentInputs, { hard, sequence, back }: RecurrentOptions): tf.Tensor {
  const { kernels } = module;
  const { x, wx, wh, bias } = inputs;
  const [B, T, I] = x.shape as [number, number, number];
  const U = wh.shape[0];
  const G = 3 * U;
  const hardFlag = hard ? 1 : 0;

  const forward: Recurrence['forward'] = () => {
    const kept = [[T, B, I], [T, B, G], [T + 1, B, U], [T, B, U]].map((shape) => module.make(shape)); // prettier-ignore
    const out = module.make(sequence ? [B, T, U] : [B, U]);
    const [xt = 0, a = 0, h = 0, q = 0] = kept.map((info) => module.address(info));
    kernels.timeMajor(xt, module.address(x), B, T, I, back ? 1 : 0);
    const biasAt = bias === undefined ? 0 : module.address(bias);
    productInto(module, T * B, G, I, xt, I * FLOAT, FLOAT, module.address(wx), G * FLOAT, FLOAT, a, G * FLOAT, biasAt);
    kernels.gruForward(T, B, U, module.address(wh), a, h, q, hardFlag, module.scratch(kernels.gruScratch(B, U)));
    if (sequence) kernels.batchMajor(module.address(out), h + B * U * FLOAT, B, T, U, 0);
    else module.floats(module.address(out), B * U).set(module.floats(h + T * B * U * FLOAT, B * U));
    return { out, kept };
  };

  const backward: Recurrence['backward'] = (dOut, [xt, a, h, q]) => {
    const da = once(() => {
      const times = sequence ? module.make([T, B, U]) : null;
      if (times !== null) kernels.timeMajor(module.address(times), module.address(dOut), B, T, U, 0);
      const scratch = module.scratch(kernels.gruScratch(B, U));
      const [aAt = 0, hAt = 0] = [a, h].map((tensor) => module.address(tensor as tf.Tensor));
      const from = module.address(times ?? dOut);
      kernels.gruBackward(T, B, U, module.address(wh), aAt, hAt, from, sequence ? 1 : 0, hardFlag, scratch);
      if (times !== null) module.backend.disposeData(times.dataId);
    });
    const at = (tensor: tf.Tensor | undefined): number => module.address(tensor as tf.Tensor);
    return {
      wx: () => {
        const out = module.make([I, G]);
        da();
        productInto(module, I, G, T * B, at(xt), FLOAT, I * FLOAT, at(a), G * FLOAT, FLOAT, module.address(out), G * FLOAT);
        return tensorOf(out);
      },
      wh: () => {
        const out = module.make([U, G]);
        da();
        const [to, gates] = [module.address(out), 2 * U * FLOAT];
        productInto(module, U, 2 * U, T * B, at(h), FLOAT, U * FLOAT, at(a), G * FLOAT, FLOAT, to, G * FLOAT);
        productInto(module, U, U, T * B, at(q), FLOAT, U * FLOAT, at(a) + gates, G * FLOAT, FLOAT, to + gates, G * FLOAT);
        return tensorOf(out);
      },
      bias: () => columnSums(module, a as tf.Tensor, T * B, G, da),
      x: () => inputGradient(module, a as tf.Tensor, wx, [B, T, I], G, back, da),
    };
  };
  return run(inputs, { forward, backward });
}

/** to [m, n] = A [m, k] . B [k, n] (+ bias), each given by address and strides in bytes. */
function productInto(
  module: KernelModule,
  m: number,
  n: number,
  k: number,
  a: number,
  rowA: number,
  columnA: number,
  b: number,
  rowB: number,
  columnB: number,
  to: number,
  rowTo: number,
  bias = 0,
): void {
  // prettier-ignore
  const scratch = module.scratch(module.kernels.productScratch(m, n, k));
  module.kernels.product(m, n, k, a, rowA, columnA, b, rowB, columnB, to, rowTo, bias === 0 ? 0 : 2, bias, 0, scratch);
}

function columnSums(module: KernelModule, gates: tf.Tensor, rows: number, columns: number, ready: () => void): tf.Tensor {
  const out = module.make([columns]);
  ready();
  module.kernels.columnSum(module.address(out), module.address(gates), rows, columns);
  return tensorOf(out);
}

/** dx [B, T, I] = dgates [T, B, G] . wx^T, brought back to batch-major order. */
function inputGradient(
  module: KernelModule,
  gates: tf.Tensor,
  wx: tf.Tensor,
  shape: [number, number, number],
  G: number,
  back: boolean,
  ready: () => void,
): tf.Tensor {
  // prettier-ignore
  const [B, T, I] = shape;
  const [out, times] = [module.make(shape), module.make([T, B, I])];
  ready();
  productInto(module, T * B, I, G, module.address(gates), G * FLOAT, FLOAT, module.address(wx), FLOAT, G * FLOAT, module.address(times), I * FLOAT); // prettier-ignore
  module.kernels.batchMajor(module.address(out), module.address(times), B, T, I, back ? 1 : 0);
  module.backend.disposeData(times.dataId);
  return tensorOf(out);
}
