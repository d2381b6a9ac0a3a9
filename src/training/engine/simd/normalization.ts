import type { tf } from '../../tf.js';
import { type Address, FLOAT, type KernelModule } from './kernel-module.js';
import { made, once, runOperation, tensorOf } from './own-operation.js';

/** What is normalised: x [..., C], with gamma and beta of C values where the layer has them. */
export interface NormalizationInputs {
  x: tf.Tensor;
  gamma: tf.Tensor | null;
  beta: tf.Tensor | null;
}

/**
 * Batch normalisation in training over the last axis as one operation, see kernels/normalization.ts. Gives mean and
 * variance [C] too, for the running averages; no gradient goes through those. They belong to the caller.
 */
export function batchNormalization(
  module: KernelModule,
  { x, gamma, beta }: NormalizationInputs,
  epsilon: number,
): { y: tf.Tensor; mean: tf.Tensor; variance: tf.Tensor } {
  const { kernels } = module;
  const C = x.shape.at(-1) as number;
  const N = x.size / C;
  const [mean, variance] = [module.make([C]), module.make([C])];
  const forward = (): { out: tf.TensorInfo; kept: tf.Tensor[] } => {
    const out = module.make(x.shape);
    // mean, inverse, dgamma, dbeta: the last two are filled by the backward pass.
    const figures = tensorOf(module.make([4, C]));
    const at = module.address(figures);
    kernels.batchNorm(
      module.address(x), N, C, module.addressOr0(gamma), module.addressOr0(beta), epsilon,
      at, module.address(variance), at + C * FLOAT, module.address(out),
    ); // prettier-ignore
    module.copy(module.address(mean), at, C);
    return { out, kept: gamma === null ? [x, figures] : [x, figures, gamma] };
  };
  const y = runOperation({ x, gamma, beta }, forward, (dOut, kept) => {
    const [from, figures, scale] = kept as [tf.Tensor, tf.Tensor, tf.Tensor?];
    const at = module.address(figures);
    const [inverse, dGamma, dBeta] = [at + C * FLOAT, at + 2 * C * FLOAT, at + 3 * C * FLOAT] as const;
    const sums = once(() => kernels.batchNormSums(module.address(from), module.address(dOut), N, C, at, inverse, dGamma, dBeta));
    const summed = (source: Address) => (): tf.Tensor => {
      sums();
      return made(module, [C], (to) => module.copy(to, source, C));
    };
    return {
      gamma: summed(dGamma),
      beta: summed(dBeta),
      x: () => {
        sums();
        const [xAt, dyAt, gammaAt] = [module.address(from), module.address(dOut), module.addressOr0(scale)];
        return made(module, from.shape, (to) => kernels.batchNormGradient(xAt, dyAt, N, C, gammaAt, at, inverse, dGamma, dBeta, to));
      },
    };
  });
  return { y, mean: tensorOf(mean), variance: tensorOf(variance) };
}

/** Layer normalisation over the last `C` values as one operation, see kernels/normalization.ts. gamma and beta may have any shape of C values. */
export function layerNormalization(module: KernelModule, inputs: NormalizationInputs, C: number, epsilon: number): tf.Tensor {
  const { kernels } = module;
  const { x, gamma, beta } = inputs;
  const N = x.size / C;
  const forward = (): { out: tf.TensorInfo; kept: tf.Tensor[] } => {
    const out = module.make(x.shape);
    // mean and inverse of each row.
    const figures = tensorOf(module.make([2, N]));
    const at = module.address(figures);
    kernels.layerNorm(
      module.address(x), N, C, module.addressOr0(gamma), module.addressOr0(beta), epsilon, at, at + N * FLOAT, module.address(out),
    ); // prettier-ignore
    return { out, kept: gamma === null ? [x, figures] : [x, figures, gamma] };
  };
  return runOperation({ x, gamma, beta }, forward, (dOut, kept) => {
    const [from, figures, scale] = kept as [tf.Tensor, tf.Tensor, tf.Tensor?];
    const mean = module.address(figures);
    const inverse = mean + N * FLOAT;
    const [xAt, dyAt, gammaAt] = [module.address(from), module.address(dOut), module.addressOr0(scale)];
    return {
      gamma: () => made(module, (gamma as tf.Tensor).shape, (to) => kernels.layerNormSums(xAt, dyAt, N, C, mean, inverse, to)),
      beta: () => made(module, (beta as tf.Tensor).shape, (to) => kernels.columnSum(to, dyAt, N, C)),
      x: () => made(module, from.shape, (to) => kernels.layerNormGradient(xAt, dyAt, N, C, gammaAt, mean, inverse, to)),
    };
  });
}
