import type { BackendWasm, tf } from '../../tf.js';
import { type Address, FLOAT, type KernelModule } from './kernel-module.js';

/** Kernels may read a few values past the end of a gradient. */
const SLACK_BYTES = 64;

/**
 * dz = dy where a relu was active (y > 0), else 0, and its sums over all but the last axis, for the operation whose gradients
 * are being made. They are asked for one after the other, so that one buffer serves all operations; the tape would free a
 * tensor between them.
 */
export class MaskedGradient {
  private at: Address = 0;
  private size = 0;
  private owner: object | null = null;
  private backend: BackendWasm | null = null;
  /** Data of outputs of a relu. */
  private readonly outputs = new WeakSet<object>();
  /** Data of gradients that are 0 already wherever that output is. */
  private readonly done = new WeakMap<object, object>();

  constructor(private readonly module: KernelModule) {}

  /** Tells that y is the output of a relu. */
  noteOutput(y: tf.TensorInfo): void {
    this.outputs.add(y.dataId);
  }

  isOutput(x: tf.TensorInfo): boolean {
    return this.outputs.has(x.dataId);
  }

  /** Tells that a gradient of y is masked: whoever made it saw that y is the output of a relu. */
  noteMasked(dy: tf.TensorInfo, y: tf.TensorInfo): void {
    this.done.set(dy.dataId, y.dataId);
  }

  /** Addresses of dz and its sums, filled for `owner` if they hold another's. */
  of(owner: object, dy: tf.Tensor, y: tf.Tensor): { dz: Address; sums: Address } {
    const { module } = this;
    const columns = y.shape.at(-1) ?? 1;
    const masked = this.done.get(dy.dataId) === y.dataId;
    const gradientBytes = masked ? 0 : y.size * FLOAT + SLACK_BYTES;
    this.grow(gradientBytes + columns * FLOAT);
    const [dz, sums] = [masked ? module.address(dy) : this.at, this.at + gradientBytes];
    if (this.owner === owner) return { dz, sums };
    this.owner = owner;
    if (masked) module.kernels.columnSum(sums, dz, y.size / columns, columns);
    else module.kernels.reluGradientSums(dz, module.address(dy), module.address(y), y.size / columns, columns, sums);
    return { dz, sums };
  }

  private grow(bytes: number): void {
    const { module } = this;
    if (this.backend !== module.backend) {
      this.backend = module.backend;
      this.at = 0;
      this.size = 0;
    }
    if (bytes <= this.size) return;
    this.at = module.reserve(bytes, this.at);
    this.size = bytes;
    this.owner = null;
  }
}
