import { type BackendWasm, tf } from '../../tf.js';
import type { Address, KernelModule } from './kernel-module.js';
import { tensorOf } from './own-operation.js';
import { multiply } from './products.js';

const KERNEL = 'GradwatchDense';

/**
 * A dense layer as one differentiable operation: y [B, U] = act(x [B, I] . w [I, U] + b [U]), act linear or relu.
 * With dz = dy where y > 0 (relu) or dy (linear): dx = dz . w^T, dw = x^T . dz, db = column sums of dz.
 */
export function dense(x: tf.Tensor, w: tf.Tensor, b: tf.Tensor | null, relu: boolean): tf.Tensor {
  return tf.engine().runKernel(KERNEL, b === null ? { x, w } : { x, w, b }, { relu });
}

const FLOAT = 4;

export function registerDense(module: KernelModule): void {
  const masked = new MaskedGradient(module);
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'wasm',
    // Called for every wasm backend that tfjs starts.
    setupFunc: (backend) => module.moveTo(backend as BackendWasm),
    kernelFunc: ({ inputs, attrs }) => {
      const { x, w, b } = inputs as { x: tf.TensorInfo; w: tf.TensorInfo; b?: tf.TensorInfo };
      const [rows = 0, inputSize = 0] = x.shape;
      const units = w.shape[1] ?? 0;
      const out = module.make([rows, units]);
      multiply(
        module,
        { at: module.address(x), rows, columns: inputSize, transposed: false },
        { at: module.address(w), rows: inputSize, columns: units, transposed: false },
        module.address(out),
        b === undefined ? 0 : module.address(b),
        (attrs as unknown as { relu: boolean }).relu,
      );
      return out;
    },
  });
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ['x', 'w'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      const [x, w, y] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const [rows, inputSize] = x.shape;
      const units = w.shape[1];
      const { relu } = attrs as unknown as { relu: boolean };
      const owner = {};
      const gradient = dy as tf.Tensor;
      const dz = (): Address => (relu ? masked.of(owner, gradient, y) : module.address(gradient));
      return {
        x: () => {
          const out = module.make(x.shape);
          multiply(
            module,
            { at: dz(), rows, columns: units, transposed: false },
            { at: module.address(w), rows: units, columns: inputSize, transposed: true },
            module.address(out),
          );
          return tensorOf(out);
        },
        w: () => {
          const out = module.make(w.shape);
          multiply(
            module,
            { at: module.address(x), rows: inputSize, columns: rows, transposed: true },
            { at: dz(), rows, columns: units, transposed: false },
            module.address(out),
          );
          return tensorOf(out);
        },
        b: () => {
          const out = module.make([units]);
          module.kernels.columnSum(module.address(out), dz(), rows, units);
          return tensorOf(out);
        },
      };
    },
  });
}

/**
 * dy where the relu was active, for the operation whose gradients are being made. They are asked for one after the other,
 * so that one buffer serves all operations; the tape would free a tensor between them.
 */
class MaskedGradient {
  private at: Address = 0;
  private size = 0;
  private owner: object | null = null;
  private backend: BackendWasm | null = null;

  constructor(private readonly module: KernelModule) {}

  /** Address of dz, filled for `owner` if it holds another's. */
  of(owner: object, dy: tf.Tensor, y: tf.Tensor): Address {
    const { module } = this;
    if (this.backend !== module.backend) {
      this.backend = module.backend;
      this.at = 0;
      this.size = 0;
    }
    if (y.size > this.size) {
      this.at = module.reserve(y.size * FLOAT, this.at);
      this.size = y.size;
      this.owner = null;
    }
    if (this.owner !== owner) module.kernels.reluGradient(this.at, module.address(dy), module.address(y), y.size);
    this.owner = owner;
    return this.at;
  }
}
