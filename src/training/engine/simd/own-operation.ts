import { tf } from '../../tf.js';
import type { Address, KernelModule } from './kernel-module.js';

/** Gradients by input name, made when asked for. */
export type Gradients = Record<string, () => tf.Tensor>;

/** The door of tfjs's engine for an operation with a gradient of its own; private in its types. */
interface KernelRunner {
  runKernelFunc(operation: {
    inputs: Record<string, tf.Tensor>;
    forwardFunc(backend: unknown, save: (kept: tf.Tensor[]) => void): tf.Tensor;
    backwardsFunc(dOut: tf.Tensor, kept: tf.Tensor[]): Gradients;
  }): tf.Tensor;
}

/** A tensor of the engine from what a kernel made. */
export const tensorOf = (info: tf.TensorInfo): tf.Tensor => tf.engine().makeTensorFromTensorInfo(info);

/** A tensor of a shape whose values `write` puts at its address. */
export function made(module: KernelModule, shape: readonly number[], write: (to: Address) => void): tf.Tensor {
  const out = module.make(shape);
  write(module.address(out));
  return tensorOf(out);
}

/** Inputs by name; those not given take no part. */
export type OptionalInputs = Readonly<Record<string, tf.Tensor | null | undefined>>;

/**
 * One differentiable operation. `forward` gives its output and the tensors its gradients need; those are handed to
 * `backward`. Not a registered kernel: for one with several outputs the tape would make zero gradients of those nobody uses.
 */
export function runOperation(
  inputs: OptionalInputs,
  forward: () => { out: tf.TensorInfo; kept: tf.Tensor[] },
  backward: (dOut: tf.Tensor, kept: tf.Tensor[]) => Gradients,
): tf.Tensor {
  const given = Object.entries(inputs).filter((entry): entry is [string, tf.Tensor] => entry[1] !== null && entry[1] !== undefined);
  return (tf.engine() as unknown as KernelRunner).runKernelFunc({
    inputs: Object.fromEntries(given),
    forwardFunc: (_backend, save) => {
      const { out, kept } = forward();
      save(kept);
      return tensorOf(out);
    },
    backwardsFunc: backward,
  });
}

/** `work`, the first time it is called. */
export function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
