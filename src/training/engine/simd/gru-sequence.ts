import type { tf } from '../../tf.js';
import { numberOf } from './activation-kinds.js';
import { FLOAT, type KernelModule } from './kernel-module.js';
import { made, once } from './own-operation.js';
import { productInto, rowsOf, transposed } from './products.js';
import {
  inputProducts,
  keep,
  outputStates,
  type Recurrence,
  recurrentGradients,
  type RecurrentInputs,
  type RecurrentOptions,
  runSequence,
  weightGradient,
  withTimes,
} from './recurrent-parts.js';

/** GRU over a whole sequence, from a state of zeros. See kernels/gru.ts. */
export function gruSequence(module: KernelModule, inputs: RecurrentInputs, options: RecurrentOptions): tf.Tensor {
  const { kernels } = module;
  const { x, wh } = inputs;
  const { sequence, back } = options;
  const [B, T, I] = x.shape as [number, number, number];
  const U = wh.shape[0];
  const G = 3 * U;
  const kinds = [numberOf(options.gate), numberOf(options.activation)] as const;

  const forward: Recurrence['forward'] = () => {
    const shapes = [[T, B, I], [T, B, G], [T + 1, B, U], [T, B, U]]; // prettier-ignore
    const kept = keep(module, shapes, [options.gate, options.activation], [T, B, G]);
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
    return recurrentGradients(module, inputs, back, a, da, {
      wx: () => weightGradient(module, xt, a),
      // The states were multiplied with the weights of two gates, the reset ones with those of the candidate.
      wh: () =>
        made(module, [U, G], (to) => {
          const [from, gates] = [module.address(a), 2 * U * FLOAT];
          productInto(module, [U, 2 * U, T * B], transposed(module.address(h), U), rowsOf(from, G), [to, G * FLOAT]);
          productInto(module, [U, U, T * B], transposed(module.address(q), U), rowsOf(from + gates, G), [to + gates, G * FLOAT]);
        }),
    });
  };
  return runSequence(inputs, { forward, backward });
}
