import { tf } from '../../tf.js';
import type { KernelModule } from './kernel-module.js';
import { made, runOperation, tensorOf } from './own-operation.js';

/** y = x > 0 ? x : alpha x, where alpha has the shape of a row of x, with 1 where an axis is shared. See kernels/rectifiers.ts. */
export function prelu(module: KernelModule, x: tf.Tensor, alpha: tf.Tensor): tf.Tensor {
  const row = x.shape.slice(1);
  const own = row.slice(alpha.shape.findIndex((size) => size !== 1));
  // Shared axes that come first only repeat the slopes; others are written out.
  const slopes = alpha.size === tf.util.sizeFromShape(own) || alpha.size === 1 ? alpha : tf.broadcastTo(alpha, row);
  return preluOf(module, x, slopes);
}

function preluOf(module: KernelModule, x: tf.Tensor, alpha: tf.Tensor): tf.Tensor {
  const { kernels } = module;
  const n = alpha.size;
  const rows = x.size / n;
  const forward = (): { out: tf.TensorInfo; kept: tf.Tensor[] } => {
    const out = module.make(x.shape);
    const from = module.address(x);
    kernels.preluGradient(module.address(out), from, from, module.address(alpha), rows, n);
    return { out, kept: [x, alpha] };
  };
  return runOperation({ x, alpha }, forward, (dOut, kept) => {
    const [input, slopes] = kept as [tf.Tensor, tf.Tensor];
    const [dy, from] = [module.address(dOut), module.address(input)];
    return {
      x: () => made(module, x.shape, (to) => kernels.preluGradient(to, dy, from, module.address(slopes), rows, n)),
      alpha: () => made(module, slopes.shape, (to) => kernels.preluSlopeGradient(to, dy, from, rows, n)),
    };
  });
}

/** y = x > theta ? x : 0. */
export function thresholdedRelu(module: KernelModule, x: tf.Tensor, theta: number): tf.Tensor {
  const made = (dy: tf.Tensor, input: tf.Tensor): tf.TensorInfo => {
    const out = module.make(input.shape);
    module.kernels.thresholded(module.address(out), module.address(dy), module.address(input), theta, input.size);
    return out;
  };
  return runOperation(
    { x },
    () => ({ out: made(x, x), kept: [x] }),
    (dOut, [input]) => ({ x: () => tensorOf(made(dOut, input as tf.Tensor)) }),
  );
}
