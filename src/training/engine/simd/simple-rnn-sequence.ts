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

/** The simple recurrent layer over a whole sequence, from a state of zeros. See kernels/simple-rnn.ts. */
export function simpleRnnSequence(module: KernelModule, inputs: RecurrentInputs, options: Omit<RecurrentOptions, 'gate'>): tf.Tensor {
  const { kernels } = module;
  const { x, wx, wh } = inputs;
  const { sequence, back, activation } = options;
  const [B, T, I] = x.shape as [number, number, number];
  const U = wh.shape[0];
  const kind = numberOf(activation);

  const forward: Recurrence['forward'] = () => {
    const shapes = [[T, B, I], [T + 1, B, U], [T, B, U]]; // prettier-ignore
    if (keepsSums([activation])) shapes.push([T, B, U]);
    const kept = shapes.map((shape) => module.make(shape));
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
    /** Gradient of the weights that what stands in `from` [T, B, rows] was multiplied with. */
    const weights = (from: tf.Tensor, rows: number) => (): tf.Tensor => {
      da();
      const out = module.make([rows, U]);
      const to = [module.address(out), U * FLOAT] as const;
      productInto(module, [rows, U, T * B], transposed(module.address(from), rows), rowsOf(module.address(sumGradients), U), to);
      return tensorOf(out);
    };
    return {
      wx: weights(xt, I),
      wh: weights(h, U),
      bias: () => {
        da();
        return columnSums(module, sumGradients, T * B, U);
      },
      x: () => {
        da();
        return inputGradient(module, sumGradients, wx, [B, T, I], back);
      },
    };
  };
  return runSequence(inputs, { forward, backward });
}
