import { DOUBLE, FLOAT, type KernelModule } from './engine/simd/kernel-module.js';
import { kernelModule } from './engine/simd/register-simd.js';
import { tf } from './tf.js';
import { type Cut, UNCUT } from './update-rule.js';

/** What clipping does to a gradient and the L2 norm it leaves; the cut is UNCUT where it does nothing. */
export interface MeasuredCut {
  cut: Cut;
  norm: number;
}

/** Smallest weight norm adaptive clipping reckons with, so that weights of 0 can start to move. */
const MIN_UNIT_NORM = 1e-3;

/** Values kept within +-limit. A NaN stays one, and so does the norm. Sums are float64. */
export function limited(gradient: tf.Tensor, limit: number): MeasuredCut {
  const module = kernelModule();
  const [squares, beyond] = module === null ? limitedOf(gradient.dataSync<'float32'>(), limit) : limitedThere(module, gradient, limit);
  return { cut: beyond === 0 ? UNCUT : { ...UNCUT, limit }, norm: Math.sqrt(squares) };
}

function limitedOf(values: Float32Array, limit: number): [squares: number, beyond: number] {
  let squares = 0;
  let beyond = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > limit) beyond += 1;
    squares += size > limit ? limit * limit : size * size;
  }
  return [squares, beyond];
}

function limitedThere(module: KernelModule, gradient: tf.Tensor, limit: number): [squares: number, beyond: number] {
  const at = module.scratch(2 * DOUBLE);
  module.doubles(at, 2).fill(0);
  module.kernels.limitedSquares(gradient.size, module.address(gradient), limit, at);
  const [squares = NaN, beyond = 0] = module.doubles(at, 2);
  return [squares, beyond];
}

/**
 * Adaptive gradient clipping (Brock et al. 2021, NFNets): each unit's gradient is scaled to at most threshold * max(norm(w), 1e-3).
 * A unit is a column of the last axis of a kernel, or a whole bias. A gradient that is not finite is left as it is.
 */
export function unitwise(gradient: tf.Tensor, weight: tf.Tensor, threshold: number): MeasuredCut {
  const columns = gradient.rank < 2 ? 1 : (gradient.shape.at(-1) as number);
  const module = kernelModule();
  const { scales, squares, cut } =
    module === null
      ? scalesOf(gradient.dataSync<'float32'>(), weight.dataSync<'float32'>(), columns, threshold)
      : scalesThere(module, gradient, weight, columns, threshold);
  const norm = Math.sqrt(squares);
  return cut === 0 ? { cut: UNCUT, norm } : { cut: { ...UNCUT, units: tf.tensor1d(scales, 'float32') }, norm };
}

/** Scales of the units, the sum of squares that they leave, and how many are below 1. */
interface UnitScales {
  scales: Float32Array;
  squares: number;
  cut: number;
}

function scalesOf(gradient: Float32Array, weight: Float32Array, columns: number, threshold: number): UnitScales {
  const [ofGradient, ofWeight] = [columnSquares(gradient, columns), columnSquares(weight, columns)];
  const whole = ofGradient.reduce((sum, square) => sum + square, 0);
  const scales = new Float32Array(columns).fill(1);
  if (!Number.isFinite(whole)) return { scales, squares: whole, cut: 0 };
  let squares = 0;
  let cut = 0;
  ofGradient.forEach((square, c) => {
    const allowed = threshold * Math.max(Math.sqrt(ofWeight[c] as number), MIN_UNIT_NORM);
    const beyond = Math.sqrt(square) > allowed;
    if (beyond) scales[c] = allowed / Math.sqrt(square);
    cut += beyond ? 1 : 0;
    squares += beyond ? allowed * allowed : square;
  });
  return { scales, squares, cut };
}

function columnSquares(values: Float32Array, columns: number): Float64Array {
  const squares = new Float64Array(columns);
  values.forEach((value, i) => (squares[i % columns] = (squares[i % columns] as number) + value * value));
  return squares;
}

function scalesThere(module: KernelModule, gradient: tf.Tensor, weight: tf.Tensor, columns: number, threshold: number): UnitScales {
  const { kernels } = module;
  const sums = module.scratch(2 * DOUBLE + columns * FLOAT + DOUBLE + kernels.unitScalesScratch(columns));
  const [at, scratch] = [sums + 2 * DOUBLE, sums + 2 * DOUBLE + Math.ceil(columns / 2) * DOUBLE];
  module.doubles(sums, 2).fill(0);
  kernels.unitScales(at, module.address(gradient), module.address(weight), gradient.size / columns, columns, threshold, sums, scratch);
  const [squares = NaN, cut = 0] = module.doubles(sums, 2);
  return { scales: module.floats(at, columns).slice(), squares, cut };
}
