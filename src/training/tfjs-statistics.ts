import type { LayerStats } from '../telemetry/events.js';
import type { ClipItem } from './clip.js';
import type { BuiltModel } from './model/build-model.js';
import type { Address, KernelModule } from './engine/simd/kernel-module.js';
import { kernelModule } from './engine/simd/register-simd.js';
import { isNative, nativeGradientScans, nativeUpdateScans } from './native-statistics.js';
import { scanGradient, scanUpdate, type GradientScan } from './probes/layer-stats.js';
import type { Snapshot } from './tensor-alias.js';
import { BackendWasm, tf } from './tf.js';
import type { UpdateSums } from './update-rule.js';

interface GradientItem extends ClipItem {
  maxAbs: number;
  nonFinite: number;
  zeros: number;
}

/** Reads gradients and updates as numbers: one pass over the values in float64, which neither overflows nor drifts. */
export class StepStatistics {
  /** Time spent here. */
  seconds = 0;
  private readonly layerOf: readonly number[];

  constructor(private readonly built: BuiltModel) {
    this.layerOf = built.variables.map((entry) => entry.layer);
  }

  /** `gradients[i]` belongs to trainable variable i; `before` holds the weights first. */
  ofGradients(gradients: readonly tf.Tensor[], before: Snapshot): GradientItem[] {
    return this.timed(() => {
      const scans = scanAll(gradients);
      return gradients.map((gradient, i) => {
        const { norm, maxAbs, nonFinite, zeros } = scans[i] as GradientScan;
        return { gradient, weight: before.at(i), norm, maxAbs, nonFinite, zeros };
      });
    });
  }

  /** Their norms alone; the same numbers in less time. */
  normsOf(gradients: readonly tf.Tensor[], before: Snapshot): GradientItem[] {
    const module = tf.getBackend() === 'wasm' ? kernelModule() : null;
    if (module === null) return this.ofGradients(gradients, before);
    return this.timed(() => {
      const sums = sumsOf(module, gradients, 1, module.kernels.gradientSquares);
      return gradients.map((gradient, i) => ({
        gradient,
        weight: before.at(i),
        norm: Math.sqrt(sums[i] as number),
        maxAbs: NaN,
        nonFinite: 0,
        zeros: 0,
      }));
    });
  }

  /** Per layer and in all, from the unclipped gradients and the weights before and after the proposed update. */
  ofUpdate(
    items: readonly GradientItem[],
    after: readonly tf.Tensor[],
    before: Snapshot,
    known: readonly UpdateSums[] | null,
  ): { layers: LayerStats[]; predictedChange: number; updateRatio: number } {
    return this.timed(() => {
      const reduced = isNative() ? nativeUpdateScans(items.map(({ gradient }) => gradient), items.map((_, i) => before.at(i)), after) : known; // prettier-ignore
      const sums = this.built.layers.map(() => ({ gradient: 0, maxAbs: 0, nonFinite: 0, zeros: 0, weight: 0, update: 0 }));
      const all = { weight: 0, update: 0, dot: 0 };
      items.forEach((item, i) => {
        const sum = sums[this.layerOf[i] as number];
        if (sum === undefined) return;
        const change = reduced?.[i] ?? scanUpdate(hostValues(item.gradient), hostValues(before.at(i)), hostValues(after[i] as tf.Tensor));
        sum.gradient += item.norm * item.norm;
        sum.maxAbs = larger(sum.maxAbs, item.maxAbs);
        sum.nonFinite += item.nonFinite;
        sum.zeros += item.zeros;
        sum.weight += change.weight;
        sum.update += change.update;
        all.weight += change.weight;
        all.update += change.update;
        all.dot += change.dot;
      });
      const layers = sums.map(({ gradient, maxAbs, nonFinite, zeros, weight, update }) => {
        return {
          gradNorm: Math.sqrt(gradient),
          maxAbs,
          nonFinite,
          zeros,
          weightNorm: Math.sqrt(weight),
          updateRatio: ratio(update, weight),
        };
      });
      return { layers, predictedChange: all.dot, updateRatio: ratio(all.update, all.weight) };
    });
  }

  /** Does work that only watching costs. */
  timed<T>(work: () => T): T {
    const start = performance.now();
    const result = work();
    this.seconds += (performance.now() - start) / 1000;
    return result;
  }
}

/** norm / norm from sums of squares; weights of norm 0 make any update infinitely large. */
function ratio(update: number, weight: number): number {
  return update === 0 ? 0 : Math.sqrt(update / weight);
}

function larger(a: number, b: number): number {
  return Number.isNaN(a) || a > b ? a : b;
}

/** The values of a tensor; on the wasm engine a view of its heap, valid until the next tensor is made. */
function hostValues(tensor: tf.Tensor): Float32Array {
  const backend = tf.backend();
  if (backend instanceof BackendWasm) return backend.typedArrayFromHeap(tensor) as Float32Array;
  return tensor.dataSync<'float32'>();
}

const GRADIENT_SUMS = 4;
const DOUBLE = 8;

/** One pass over each on our kernels on the wasm engine, in place on the native one, in JavaScript elsewhere. */
function scanAll(gradients: readonly tf.Tensor[]): GradientScan[] {
  if (isNative()) return nativeGradientScans(gradients);
  const module = tf.getBackend() === 'wasm' ? kernelModule() : null;
  if (module === null) return gradients.map((gradient) => scanGradient(hostValues(gradient)));
  const sums = sumsOf(module, gradients, GRADIENT_SUMS, module.kernels.gradientStatistics);
  return gradients.map((_, i) => {
    const at = i * GRADIENT_SUMS;
    return {
      norm: Math.sqrt(sums[at] as number),
      maxAbs: sums[at + 1] as number,
      nonFinite: sums[at + 2] as number,
      zeros: sums[at + 3] as number,
    };
  });
}

/** `count` sums of every tensor side by side, in memory that is valid until the next kernel runs. */
function sumsOf(
  module: KernelModule,
  tensors: readonly tf.Tensor[],
  count: number,
  kernel: (n: number, values: Address, sums: Address) => void,
): Float64Array {
  const at = module.scratch(tensors.length * count * DOUBLE);
  const sums = module.doubles(at, tensors.length * count).fill(0);
  tensors.forEach((tensor, i) => kernel(tensor.size, module.address(tensor), at + i * count * DOUBLE));
  return sums;
}
