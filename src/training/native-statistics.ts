import { scanGradient, scanUpdate, type GradientScan, type UpdateScan } from './probes/layer-stats.js';
import { tf } from './tf.js';

/*
 * Statistics on the native engine. An op costs about 15 us there and a pass over 400,000 values 0.1 ms, but reading those
 * values takes 1 ms: so large tensors are reduced where they are, all their scalars stacked and read at once, and small ones are
 * read and scanned as on the other engines.
 *
 * The sums are float32 ones. Where they are near the limits of float32, which is where trouble is, the values are read and
 * scanned in float64 after all: no sum overflows, and what is not finite is counted exactly.
 */

/** From this size on seven reductions are cheaper than a read and a scan (measured: at 4,096 they cost 4 times as much). */
const REDUCED_FROM = 32_768;
const TINY = 1e-24;
const HUGE = 1e30;

/** Where `tf.backend()` is the native engine. */
export function isNative(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** What each gradient is, over its entries. */
export function nativeGradientScans(gradients: readonly tf.Tensor[], reducedFrom = REDUCED_FROM): GradientScan[] {
  const sums = reduced(gradients, reducedFrom, (gradient) => [
    tf.sum(tf.square(gradient)),
    tf.max(gradient),
    tf.min(gradient),
    tf.sum(tf.cast(tf.equal(gradient, 0), 'float32')),
  ]);
  return gradients.map((gradient, i) => {
    const [squares, max, min, zeros] = sums.get(i) ?? [];
    if (!safe(squares)) return scanGradient(gradient.dataSync<'float32'>());
    return { norm: Math.sqrt(squares), maxAbs: Math.max(max as number, -(min as number)), nonFinite: 0, zeros: zeros as number };
  });
}

/** The sum of squares of each gradient alone: one reduction where a whole scan takes four. */
export function nativeSquares(gradients: readonly tf.Tensor[], reducedFrom = REDUCED_FROM): number[] {
  const sums = reduced(gradients, reducedFrom, (gradient) => [tf.sum(tf.square(gradient))]);
  return gradients.map((gradient, i) => {
    const squares = sums.get(i)?.[0];
    // By way of the norm, so that the bits are those of a whole scan.
    return (safe(squares) ? Math.sqrt(squares) : scanGradient(gradient.dataSync<'float32'>()).norm) ** 2;
  });
}

/** What each update does: `before` and `after` are the weights, in the order of the gradients. */
export function nativeUpdateScans(
  gradients: readonly tf.Tensor[],
  before: readonly tf.Tensor[],
  after: readonly tf.Tensor[],
  reducedFrom = REDUCED_FROM,
): UpdateScan[] {
  const sums = reduced(gradients, reducedFrom, (gradient, i) => {
    const old = before[i] as tf.Tensor;
    const change = tf.sub(after[i] as tf.Tensor, old);
    return [tf.sum(tf.square(old)), tf.sum(tf.square(change)), tf.sum(tf.mul(gradient, change))];
  });
  return gradients.map((gradient, i) => {
    const [weight, update, dot] = sums.get(i) ?? [];
    if (safe(weight) && safe(update) && Number.isFinite(dot)) return { weight, update, dot: dot as number };
    const values = [gradient, before[i] as tf.Tensor, after[i] as tf.Tensor].map((tensor) => tensor.dataSync<'float32'>());
    return scanUpdate(...(values as [Float32Array, Float32Array, Float32Array]));
  });
}

function safe(squares: number | undefined): squares is number {
  return squares !== undefined && squares > TINY && squares < HUGE;
}

/** The scalars of every tensor of at least `from` values, by its place; one read for all of them. */
function reduced(
  tensors: readonly tf.Tensor[],
  from: number,
  reduce: (tensor: tf.Tensor, i: number) => tf.Tensor[],
): Map<number, number[]> {
  const places = tensors.flatMap((tensor, i) => (tensor.size >= from ? [i] : []));
  if (places.length === 0) return new Map();
  const values = tf.tidy(() => tf.stack(places.flatMap((i) => reduce(tensors[i] as tf.Tensor, i))).dataSync());
  const each = values.length / places.length;
  return new Map(places.map((place, k) => [place, Array.from(values.subarray(k * each, (k + 1) * each))]));
}
