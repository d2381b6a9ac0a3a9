import type { tf } from '../../tf.js';
import { numberOf } from './activation-kinds.js';
import { FLOAT, type KernelModule } from './kernel-module.js';
import { once } from './own-operation.js';
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

/** The simple recurrent layer over a whole sequence, from a state of zeros. See kernels/simple-rnn.ts. */
export function simpleRnnSequence(module: KernelModule, inputs: RecurrentInputs, options: Omit<RecurrentOptions, 'gate'>): tf.Tensor {
  const { kernels } = module;
  const { x, wh } = inputs;
  const { sequence, back, activation } = options;
  const [B, T, I] = x.shape as [number, number, number];
  const U = wh.shape[0];
  const kind = numberOf(activation);

  const forward: Recurrence['forward'] = () => {
    const shapes = [[T, B, I], [T + 1, B, U], [T, B, U]]; // prettier-ignore
    const kept = keep(module, shapes, [activation], [T, B, U]);
    const [xt, h, , sums] = kept as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo | undefined];
    const hAt = module.address(h);
    inputProducts(module, inputs, xt, back, hAt + B * U * FLOAT);
    const scratch = module.scratch(kernels.simpleRnnScratch(B, U));
    kernels.simpleRnnForward(T, B, U, module.address(wh), hAt, module.addressOr0(sums), kind, scratch);
    return { out: outputStates(module, hAt, [B, T, U], sequence), kept };
  };

  const backward: Recurrence['backward'] = (dOut, kept) => {
    const [xt, h, sumGradients, sums] = kept as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor | undefined];
    const da = once(() =>
      withTimes(module, dOut, sequence, (from) => {
        const scratch = module.scratch(kernels.simpleRnnScratch(B, U));
        const [hAt, daAt] = [module.address(h), module.address(sumGradients)];
        kernels.simpleRnnBackward(T, B, U, module.address(wh), hAt, module.addressOr0(sums), daAt, from, sequence ? 1 : 0, kind, scratch);
      }),
    );
    return recurrentGradients(module, inputs, back, sumGradients, da, {
      wx: () => weightGradient(module, xt, sumGradients),
      wh: () => weightGradient(module, h, sumGradients),
    });
  };
  return runSequence(inputs, { forward, backward });
}
