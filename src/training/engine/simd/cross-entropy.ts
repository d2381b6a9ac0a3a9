import type { tf } from '../../tf.js';
import type { KernelModule } from './kernel-module.js';
import { made, runOperation, tensorOf } from './own-operation.js';

/** Figures of a row: max, sum of exponentials, sum of the target, target times logits. */
const FIGURES = 4;

/**
 * Mean cross-entropy of softmax(logits [..., C]) as one differentiable operation: a scalar. `sparse`: the target holds one
 * class index per row, else it has the shape of the logits. The rows are summed up in float64. See kernels/cross-entropy.ts.
 */
export function softmaxCrossEntropy(module: KernelModule, target: tf.Tensor, logits: tf.Tensor, sparse: boolean): tf.Scalar {
  const { kernels } = module;
  const C = logits.shape.at(-1) as number;
  const N = logits.size / C;
  const flag = sparse ? 1 : 0;
  const forward = (): { out: tf.TensorInfo; kept: tf.Tensor[] } => {
    const out = module.make([]);
    const kept = [tensorOf(module.make([N, C])), tensorOf(module.make([N, FIGURES]))];
    const [p = 0, figures = 0] = kept.map((tensor) => module.address(tensor));
    kernels.softmaxRows(module.address(logits), module.address(target), flag, N, C, p, figures);
    module.floats(module.address(out), 1)[0] = meanOf(module.floats(figures, N * FIGURES));
    return { out, kept: [...kept, target] };
  };
  return runOperation({ logits }, forward, (dOut, [p, figures, y]) => ({
    logits: () => {
      const [share = NaN] = module.floats(module.address(dOut), 1);
      const [from = 0, rows = 0, wanted = 0] = [p, figures, y].map((tensor) => module.address(tensor as tf.Tensor));
      return made(module, logits.shape, (to) => kernels.softmaxGradient(from, wanted, flag, N, C, rows, share / N, to));
    },
  })) as tf.Scalar;
}

function meanOf(figures: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < figures.length; i += FIGURES) {
    const [most = NaN, exponentials = NaN, weight = NaN, dot = NaN] = figures.subarray(i, i + FIGURES);
    sum += (most + Math.log(exponentials)) * weight - dot;
  }
  return sum / (figures.length / FIGURES);
}
