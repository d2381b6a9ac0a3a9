import type { tf } from '../../tf.js';
import { numberOf } from './activation-kinds.js';
import { FLOAT, type KernelModule } from './kernel-module.js';
import { once, tensorOf } from './own-operation.js';
import { productInto, rowsOf, transposed } from './products.js';
import {
  columnSums,
  inputGradient,
  inputProducts,
  keepsSums,
  outputStates,
  type Recurrence,
  type RecurrentInputs,
  type RecurrentOptions,
  runSequence,
  withTimes,
} from './recurrent-parts.js';

/** GRU over a whole sequence, from a state of zeros. See kernels/gru.ts. */
export function gruSequence(module: KernelModule, inputs: RecurrentInputs, options: RecurrentOptions): tf.Tensor {
  const { kernels } = module;
  const { x, wx, wh } = inputs;
  const { sequence, back } = options;
  const [B, T, I] = x.shape as [number, number, number];
  const U = wh.shape[0];
  const G = 3 * U;
  const kinds = [numberOf(options.gate), numberOf(options.activation)] as const;

  const forward: Recurrence['forward'] = () => {
    const shapes = [[T, B, I], [T, B, G], [T + 1, B, U], [T, B, U]]; // prettier-ignore
    if (keepsSums([options.gate, options.activation])) shapes.push([T, B, G]);
    const kept = shapes.map((shape) => module.make(shape));
    const [xt, a, h, q, sums] = kept as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo | undefined];
    const [aAt, hAt, qAt] = [module.address(a), module.address(h), module.address(q)];
    inputProducts(module, inputs, xt, back, aAt);
    const scratch = module.scratch(kernels.gruScratch(B, U));
    kernels.gruForward(T, B, U, module.address(wh), aAt, module.addressOr0(sums), hAt, qAt, ...kinds, scratch);
    return { out: outputStates(module, hAt, [B, T, U], sequence), kept };
  };

  const backward: Recurrence['backward'] = (dOut, kept) => {
    const [xt, a, h, q, sums] = kept as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor | undefined];
    // The gates become their gradients in place, once, before the first product asks for them.
    const da = once(() =>
      withTimes(module, dOut, sequence, (from) => {
        const scratch = module.scratch(kernels.gruScratch(B, U));
        const [whAt, aAt, hAt] = [module.address(wh), module.address(a), module.address(h)];
        kernels.gruBackward(T, B, U, whAt, aAt, module.addressOr0(sums), hAt, from, sequence ? 1 : 0, ...kinds, scratch);
      }),
    );
    return {
      wx: () => {
        da();
        const out = module.make([I, G]);
        const to = [module.address(out), G * FLOAT] as const;
        productInto(module, [I, G, T * B], transposed(module.address(xt), I), rowsOf(module.address(a), G), to);
        return tensorOf(out);
      },
      wh: () => {
        da();
        const out = module.make([U, G]);
        const [to, gates, from] = [module.address(out), 2 * U * FLOAT, module.address(a)];
        productInto(module, [U, 2 * U, T * B], transposed(module.address(h), U), rowsOf(from, G), [to, G * FLOAT]);
        const candidates = [from + gates, G * FLOAT, FLOAT] as const;
        productInto(module, [U, U, T * B], transposed(module.address(q), U), candidates, [to + gates, G * FLOAT]);
        return tensorOf(out);
      },
      bias: () => {
        da();
        return columnSums(module, a, T * B, G);
      },
      x: () => {
        da();
        return inputGradient(module, a, wx, [B, T, I], back);
      },
    };
  };
  return runSequence(inputs, { forward, backward });
}
