import type { LayerStats } from '../telemetry/events.js';
import type { ClipItem } from './clip.js';
import type { BuiltModel } from './model/build-model.js';
import { type Address, DOUBLE, type KernelModule } from './engine/simd/kernel-module.js';
import { kernelModule } from './engine/simd/register-simd.js';
import { isNative, nativeGradientScans, nativeSquares, nativeUpdateScans } from './native-statistics.js';
import { scanGradient, scanUpdate } from './probes/layer-stats.js';
import type { Snapshot } from './tensor-alias.js';
import { BackendWasm, tf } from './tf.js';
import { SUM, SUM_COUNT } from './update-rule.js';

/** A gradient and the weights before and after the update it makes, by variable. */
export interface Change {
  gradients: readonly tf.Tensor[];
  before: Snapshot;
  after: readonly tf.Tensor[];
}

/** Layers as frames have them, and all of them together. */
export interface StepFigures {
  layers: LayerStats[];
  predictedChange: number;
  updateRatio: number;
}

/** Reads gradients and updates as numbers: one pass over the values in float64, which neither overflows nor drifts. */
export class StepStatistics {
  /** Time spent here. */
  seconds = 0;
  /** SUM_COUNT numbers of each variable, in the order of SUM. */
  private readonly sums: Float64Array;
  private readonly layerOf: readonly number[];
  /** Seconds of a pass over all values alone: what it costs at least where it is part of the update. Null until timed. */
  private passSeconds: { squares: number; all: number } | null = null;

  constructor(private readonly built: BuiltModel) {
    this.layerOf = built.variables.map((entry) => entry.layer);
    this.sums = new Float64Array(this.layerOf.length * SUM_COUNT);
  }

  /** The squares of every gradient, at least; everything about them where that costs no more, or where it is wanted. Valid until the next call. */
  ofGradients(gradients: readonly tf.Tensor[], wanted: 'squares' | 'all'): Float64Array {
    return this.timed(() => {
      const module = kernelModule();
      if (module !== null) sumOnKernels(module, gradients, wanted, this.sums);
      else if (isNative() && wanted === 'squares')
        nativeSquares(gradients).forEach((squares, i) => this.sums.set([squares], i * SUM_COUNT));
      else if (isNative()) nativeGradientScans(gradients).forEach((scan, i) => this.put(i, scan));
      else gradients.forEach((gradient, i) => this.put(i, scanGradient(hostValues(gradient))));
      return this.sums;
    });
  }

  /** The same sums with those of the update. */
  ofChange(change: Change): Float64Array {
    this.ofGradients(change.gradients, 'all');
    return this.ofUpdate(change);
  }

  /** Adds those of the update to what `ofGradients` found last. */
  ofUpdate({ gradients, before, after }: Change): Float64Array {
    return this.timed(() => {
      const { sums } = this;
      const module = kernelModule();
      if (module !== null) return addUpdateOnKernels(module, { gradients, before, after }, sums);
      const native = isNative() ? nativeUpdateScans(gradients, gradients.map((_, i) => before.at(i)), after) : null; // prettier-ignore
      gradients.forEach((gradient, i) => {
        const scan = native?.[i] ?? scanUpdate(hostValues(gradient), hostValues(before.at(i)), hostValues(after[i] as tf.Tensor));
        sums[i * SUM_COUNT + SUM.weight] = scan.weight;
        sums[i * SUM_COUNT + SUM.update] = scan.update;
        sums[i * SUM_COUNT + SUM.dot] = scan.dot;
      });
      return sums;
    });
  }

  /** What clipping looks at, from the sums of the gradients. */
  clipItems(gradients: readonly tf.Tensor[], before: Snapshot, sums: Float64Array): ClipItem[] {
    return gradients.map((gradient, i) => {
      return { gradient, weight: before.at(i), norm: Math.sqrt(sums[i * SUM_COUNT + SUM.squares] as number) };
    });
  }

  /** Sums of the variables put together by layer. */
  figures(sums: Float64Array): StepFigures {
    return this.timed(() => {
      const layers = this.built.layers.map(emptyLayer);
      let weight = 0;
      let update = 0;
      let predictedChange = 0;
      for (let i = 0; i < this.layerOf.length; i++) {
        const layer = layers[this.layerOf[i] as number];
        if (layer === undefined) continue;
        const at = i * SUM_COUNT;
        layer.gradNorm += sums[at + SUM.squares] as number;
        layer.maxAbs = larger(layer.maxAbs, sums[at + SUM.maxAbs] as number);
        layer.nonFinite += sums[at + SUM.nonFinite] as number;
        layer.zeros += sums[at + SUM.zeros] as number;
        layer.weightNorm += sums[at + SUM.weight] as number;
        layer.updateRatio += sums[at + SUM.update] as number;
        weight += sums[at + SUM.weight] as number;
        update += sums[at + SUM.update] as number;
        predictedChange += sums[at + SUM.dot] as number;
      }
      for (const layer of layers) takeRoots(layer);
      return { layers, predictedChange, updateRatio: ratio(update, weight) };
    });
  }

  /** Counts what an update summed up on its way: the time of a pass of its own, once measured. */
  countByProduct(wanted: 'squares' | 'all', change: Change): void {
    this.passSeconds ??= this.timePasses(change);
    this.seconds += this.passSeconds[wanted];
  }

  /** Does work that only watching costs. */
  timed<T>(work: () => T): T {
    const start = performance.now();
    const result = work();
    this.seconds += (performance.now() - start) / 1000;
    return result;
  }

  private timePasses(change: Change): { squares: number; all: number } {
    const { seconds } = this;
    const time = (work: () => unknown): number => {
      // The first time it may have to be compiled.
      work();
      const start = performance.now();
      work();
      return (performance.now() - start) / 1000;
    };
    const squares = time(() => this.ofGradients(change.gradients, 'squares'));
    const all = time(() => this.ofChange(change));
    this.seconds = seconds;
    return { squares, all };
  }

  private put(i: number, { norm, maxAbs, nonFinite, zeros }: ReturnType<typeof scanGradient>): void {
    this.sums.set([norm * norm, maxAbs, nonFinite, zeros], i * SUM_COUNT);
  }
}

/** L2 norm over all variables, from the sums of their gradients. */
export function normOf(sums: Float64Array): number {
  let squares = 0;
  for (let at = SUM.squares; at < sums.length; at += SUM_COUNT) squares += sums[at] as number;
  return Math.sqrt(squares);
}

/** Sums of squares stand in for the norms until all are added. */
function emptyLayer(): LayerStats {
  return { gradNorm: 0, maxAbs: 0, nonFinite: 0, zeros: 0, weightNorm: 0, updateRatio: 0 };
}

function takeRoots(layer: LayerStats): void {
  layer.gradNorm = Math.sqrt(layer.gradNorm);
  layer.updateRatio = ratio(layer.updateRatio, layer.weightNorm);
  layer.weightNorm = Math.sqrt(layer.weightNorm);
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

/** One pass over each gradient on our kernels; sums of the update are put to 0. */
function sumOnKernels(module: KernelModule, gradients: readonly tf.Tensor[], wanted: 'squares' | 'all', to: Float64Array): void {
  const { gradientSquares, gradientStatistics } = module.kernels;
  const kernel = wanted === 'all' ? gradientStatistics : gradientSquares;
  onKernels(module, to.fill(0), (i, at) => kernel(sizeAt(gradients, i), module.address(gradients[i] as tf.Tensor), at));
}

function addUpdateOnKernels(module: KernelModule, { gradients, before, after }: Change, to: Float64Array): Float64Array {
  const address = (tensor: tf.Tensor | undefined): Address => module.address(tensor as tf.Tensor);
  return onKernels(module, to, (i, at) =>
    module.kernels.updateStatistics(
      sizeAt(gradients, i),
      address(before.at(i)),
      address(after[i]),
      address(gradients[i]),
      at + SUM.weight * DOUBLE,
    ),
  );
}

const sizeAt = (tensors: readonly tf.Tensor[], i: number): number => tensors[i]?.size ?? 0;

/** Lets a kernel add to the sums of each variable, in memory of its own. */
function onKernels(module: KernelModule, sums: Float64Array, run: (i: number, at: Address) => void): Float64Array {
  const at = module.scratch(sums.length * DOUBLE);
  const shared = module.doubles(at, sums.length);
  shared.set(sums);
  for (let i = 0; i * SUM_COUNT < sums.length; i++) run(i, at + i * SUM_COUNT * DOUBLE);
  sums.set(shared);
  return sums;
}
