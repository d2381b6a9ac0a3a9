import { xoroshiro128plus } from 'pure-rand/generator/XoroShiro';

/** A seeded stream of random numbers. Each draw advances the stream; two streams of equal seed parts are equal. */
export interface Random {
  /** In [0, 1), 53 random bits. */
  uniform(): number;
  /** Whole number in [0, n). Throws RangeError unless 1 <= n <= 2^53. */
  integer(n: number): number;
  /** Standard normal: mean 0, deviation 1. */
  normal(): number;
  /** Puts the entries in random order, in place (Fisher-Yates), and returns the array. */
  shuffle<T extends Int32Array | unknown[]>(array: T): T;
}

/**
 * The one source of randomness of training: xoroshiro128+ (Blackman and Vigna 2018, as in pure-rand).
 *
 * Streams are derived, never shared: the 128 bits of state are a hash of all seed parts, so
 * `createRandom(seed, 'shuffle', epoch)` and `createRandom(seed, 'dropout', layer, step)` are independent of each
 * other and of the order in which they are made. By convention the first part is `training.seed` (or the seed of the
 * generator), the second the purpose, then whatever tells two streams of one purpose apart. The types and borders of
 * the parts count: (1, 23), (12, 3) and (1, '23') give three different streams.
 */
export function createRandom(...seedParts: (number | string)[]): Random {
  const source = xoroshiro128plus.fromState(stateOf(seedParts));
  let spare: number | null = null;

  const uniform = (): number => {
    const high = source.unsafeNext() >>> 5;
    const low = source.unsafeNext() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  };
  const integer = (n: number): number => {
    if (!(n >= 1 && n <= Number.MAX_SAFE_INTEGER)) throw new RangeError(`integer(n) needs 1 <= n <= 2^53, got ${n}`);
    return Math.floor(uniform() * n);
  };

  return {
    uniform,
    integer,
    // Box-Muller (1958): two independent normals from two uniforms; the second one is kept for the next call.
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle(array) {
      const entries: { [index: number]: unknown } = array;
      for (let i = array.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const kept = entries[i];
        entries[i] = entries[j];
        entries[j] = kept;
      }
      return array;
    },
  };
}

/** Four 32-bit words from the seed parts: four lanes of a multiply-xor hash, finished with the mixer of MurmurHash3. */
function stateOf(seedParts: readonly (number | string)[]): [number, number, number, number] {
  // The length keeps ('a', 'b') apart from ('a;s1:b').
  const text = seedParts.map((part) => (typeof part === 'number' ? `n${part};` : `s${part.length}:${part};`)).join('');
  const lanes = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667];
  const multipliers = [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    for (let k = 0; k < 4; k++) {
      const mixed = Math.imul((lanes[k] ?? 0) ^ unit, multipliers[k] ?? 1);
      lanes[k] = (mixed << 13) | (mixed >>> 19);
    }
  }
  const word = (k: number): number => finish((lanes[k] ?? 0) ^ Math.imul(lanes[(k + 1) % 4] ?? 0, 0x9e3779b1));
  const state: [number, number, number, number] = [word(0), word(1), word(2), word(3)];
  // The all-zero state is the one xoroshiro never leaves.
  return state.every((bits) => bits === 0) ? [1, 0, 0, 0] : state;
}

function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
