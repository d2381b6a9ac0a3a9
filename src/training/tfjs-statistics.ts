import type { LayerStats } from '../telemetry/events.js';
import type { ClipItem } from './clip.js';
import type { BuiltModel } from './model/build-model.js';
import { kernelModule } from './engine/simd/register-simd.js';

import { isNative, nativeGradientScans, nativeUpdateScans } from './native-statistics.js';
import { scanGradient, scanUpdate } from './probes/layer-stats.js';
import type { Snapshot } from './tensor-alias.js';
import { BackendWasm, tf } from './tf.js';
import type { UpdateSums } from './update-rule.js';

interface GradientItem extends ClipItem {
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
      const native = isNative() ? nativeGradientScans(gradients) : null;
      return gradients.map((gradient, i) => ({ gradient, weight: before.at(i), ...(native?.[i] ?? readGradient(gradient)) }));
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

/** One pass of our kernels on the wasm engine, of JavaScript elsewhere. */
function readGradient(gradient: tf.Tensor): ReturnType<typeof scanGradient> {
  const module = tf.getBackend() === 'wasm' ? kernelModule() : null;
  if (module === null) return scanGradient(hostValues(gradient));
  const at = module.scratch(GRADIENT_SUMS * DOUBLE);
  module.doubles(at, GRADIENT_SUMS).fill(0);
  module.kernels.gradientStatistics(gradient.size, module.address(gradient), at);
  const [squares = NaN, maxAbs = NaN, nonFinite = NaN, zeros = NaN] = module.doubles(at, GRADIENT_SUMS);
  return { norm: Math.sqrt(squares), maxAbs, nonFinite, zeros };
}
