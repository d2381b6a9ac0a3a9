import { createRandom } from '../random.js';
import type { Batch, Stepper } from '../stepper.js';

/** Most iterations; measured: 8 are enough to tell a rate above 2 / sharpness from one below. */
const MAX_ITERATIONS = 12;
/** Relative change at which the estimate is done. */
const TOLERANCE = 0.01;
/** Length of the finite difference along a unit vector: small beside the weights, large beside the rounding of float32. */
const SHIFT = 1e-3;
/**
 * Most work it is done for, weights x rows of the batch. A bound on work, not on time, so that the same config gives
 * the same report on every machine.
 */
const MAX_WORK = 2e7;
/** CPU time after which even work that looked small is given up, whole: a half-done estimate would differ from run to run. */
const MAX_CPU_SECONDS = 2;

/**
 * Largest eigenvalue of the Hessian of the loss on one batch, by power iteration; Hessian-vector products are central
 * differences of gradients, (g(w + e v) - g(w - e v)) / 2e. Null where it is not affordable or not finite.
 * (For gradient descent on a quadratic, a rate above 2 / sharpness diverges; Cohen et al. 2021.)
 */
export async function estimateSharpness(stepper: Stepper, batch: Batch, breathe: () => Promise<boolean>): Promise<number | null> {
  const size = stepper.layers.reduce((sum, layer) => sum + layer.parameters, 0);
  if (size * batch.rows > MAX_WORK) return null;
  const started = process.cpuUsage();
  let vector = startVector(stepper.gradient(batch, 0));
  let estimate = 0;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    const product = hessianTimes(stepper, batch, vector);
    const next = dot(vector, product);
    const length = Math.sqrt(dot(product, product));
    if (!Number.isFinite(length)) return null;
    if (length === 0) return i === 0 ? 0 : estimate;
    const settled = Math.abs(next - estimate) <= TOLERANCE * Math.abs(next);
    estimate = next;
    if (settled) break;
    vector = product.map((value) => value / length);
    const used = process.cpuUsage(started);
    if (used.user + used.system > MAX_CPU_SECONDS * 1e6 || (await breathe())) return null;
  }
  return estimate;
}

function hessianTimes(stepper: Stepper, batch: Batch, direction: Float32Array): Float32Array {
  const plus = stepper.gradient(batch, 0, { direction, scale: SHIFT });
  const minus = stepper.gradient(batch, 0, { direction, scale: -SHIFT });
  return plus.map((value, i) => (value - (minus[i] as number)) / (2 * SHIFT));
}

/** The gradient, which lies mostly along the sharp directions, with a little of everything mixed in; of length 1. */
function startVector(gradient: Float32Array): Float32Array {
  const random = createRandom(1, 'sharpness');
  const length = Math.sqrt(dot(gradient, gradient));
  const share = Number.isFinite(length) && length > 0 ? 1 / length : 0;
  const noise = 0.1 / Math.sqrt(gradient.length);
  const mixed = gradient.map((value) => (share === 0 ? 0 : value * share) + noise * random.normal());
  const norm = Math.sqrt(dot(mixed, mixed));
  return mixed.map((value) => value / norm);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
