import type { tf } from '../../tf.js';
import { numberOf } from './activation-kinds.js';
import { FLOAT, type KernelModule } from './kernel-module.js';
import { made, once } from './own-operation.js';
import { productInto, rowsOf, transposed } from './products.js';
import { keep, type Recurrence, recurrentGradients, type RecurrentInputs, type RecurrentOptions, runSequence } from './recurrent-parts.js';

/** LSTM over a whole sequence, from a state of zeros. See kernels/lstm.ts. */
export function lstmSequence(module: KernelModule, inputs: RecurrentInputs, options: RecurrentOptions): tf.Tensor {
  const { kernels } = module;
  const { x, wx, wh, bias } = inputs;
  const { sequence, back } = options;
  const [B, T, I] = x.shape as [number, number, number];
  const U = wh.shape[0];
  const G = 4 * U;
  const K = I + U;
  const kinds = [numberOf(options.gate), numberOf(options.activation)] as const;

  const forward: Recurrence['forward'] = () => {
    // The gradient of (wx; wh) is made in one product, of which each takes its rows.
    const shapes = [[T + 1, B, K], [T, B, G], [T, B, U], [T, B, U], [K, G]]; // prettier-ignore
    const kept = keep(module, shapes, [options.gate, options.activation], [T, B, G]);
    const out = module.make(sequence ? [B, T, U] : [B, U]);
    const scratch = module.scratch(kernels.lstmForwardScratch(I, U));
    const [xh, z, c, actC, , sums] = kept.map((info) => module.address(info));
    kernels.lstmForward(
      T, B, I, U, module.address(x), module.address(wx), module.address(wh), module.addressOr0(bias), xh as number, z as number,
      sums ?? 0, c as number, actC as number, module.address(out), sequence ? 1 : 0, back ? 1 : 0, ...kinds, scratch,
    ); // prettier-ignore
    return { out, kept };
  };

  const backward: Recurrence['backward'] = (dOut, kept) => {
    const [xh, z, c, actC, dw, sums] = kept as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor | undefined];
    // The gates become their gradients in place, once, before the first product asks for them.
    const dz = once(() => {
      const scratch = module.scratch(kernels.lstmBackwardScratch(B, U));
      const [zAt, cAt, actAt] = [module.address(z), module.address(c), module.address(actC)];
      const [whAt, dAt] = [module.address(wh), module.address(dOut)];
      kernels.lstmBackward(T, B, U, whAt, zAt, module.addressOr0(sums), cAt, actAt, dAt, sequence ? 1 : 0, ...kinds, scratch);
    });
    const weights = once(() => {
      const to = [module.address(dw), G * FLOAT] as const;
      productInto(module, [K, G, T * B], transposed(module.address(xh), K), rowsOf(module.address(z), G), to);
    });
    const rowsOfWeights = (first: number, rows: number) => (): tf.Tensor => {
      weights();
      return made(module, [rows, G], (to) => module.copy(to, module.address(dw) + first * G * FLOAT, rows * G));
    };
    return recurrentGradients(module, inputs, back, z, dz, { wx: rowsOfWeights(0, I), wh: rowsOfWeights(I, U) });
  };
  return runSequence(inputs, { forward, backward });
}
