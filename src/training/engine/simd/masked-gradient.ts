import type { BackendWasm, tf } from '../../tf.js';
import type { Address, KernelModule } from './kernel-module.js';

const FLOAT = 4;
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

  constructor(private readonly module: KernelModule) {}

  /** Addresses of dz and its sums, filled for `owner` if they hold another's. */
  of(owner: object, dy: tf.Tensor, y: tf.Tensor): { dz: Address; sums: Address } {
    const { module } = this;
    const columns = y.shape.at(-1) ?? 1;
    const gradientBytes = y.size * FLOAT + SLACK_BYTES;
    this.grow(gradientBytes + columns * FLOAT);
    const sums = this.at + gradientBytes;
    if (this.owner !== owner)
      module.kernels.reluGradientSums(this.at, module.address(dy), module.address(y), y.size / columns, columns, sums);
    this.owner = owner;
    return { dz: this.at, sums };
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
