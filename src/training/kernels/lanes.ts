/*
 * Four float32 lanes: at the end of a row that is not a multiple of four long, where `left` is the number of bytes still there, and
 * summed up.
 */

function takePart(p: usize, left: usize): v128 {
  let v = v128.load32_zero(p);
  if (left > 4) v = f32x4.replace_lane(v, 1, load<f32>(p, 4));
  if (left > 8) v = f32x4.replace_lane(v, 2, load<f32>(p, 8));
  return v;
}

function putPart(p: usize, v: v128, left: usize): void {
  store<f32>(p, f32x4.extract_lane(v, 0));
  if (left > 4) store<f32>(p, f32x4.extract_lane(v, 1), 4);
  if (left > 8) store<f32>(p, f32x4.extract_lane(v, 2), 8);
}

/** The four values at p, zeros where the row has ended. */
@inline
export function take(p: usize, left: usize): v128 {
  return left >= 16 ? v128.load(p) : takePart(p, left);
}

/** Stores those of the four values that the row has room for. */
@inline
export function put(p: usize, v: v128, left: usize): void {
  if (left >= 16) v128.store(p, v);
  else putPart(p, v, left);
}

/** to = to + x, `bytes` / 4 values. */
export function addTo(to: usize, x: usize, bytes: usize): void {
  for (let j: usize = 0; j < bytes; j += 16) {
    const left = bytes - j;
    put(to + j, f32x4.add(take(to + j, left), take(x + j, left)), left);
  }
}

/** The first two lanes as float64. */
@inline
export function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** The last two lanes as float64. */
@inline
export function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
}

/** Sum of the float64 lanes. */
@inline
export function sum2(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** Sum of the float32 lanes, two and two. */
@inline
export function sum4(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Sum of the int32 lanes. */
@inline
export function count4(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

/** Adds to the float64 at `at`. */
@inline
export function addNumber(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}
