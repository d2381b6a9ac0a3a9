import { expect } from 'vitest';
import type { Address, KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';

const GUARD = 64;
const CANARY = 1234.5;

/** Whole numbers and floats in a fixed order. */
export class Dice {
  constructor(private state: number) {}

  /** In [0, 1). */
  next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state / 2 ** 32;
  }

  /** Whole, from `low` to `high` inclusive. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(): boolean {
    return this.next() < 0.5;
  }

  pick<T>(...values: T[]): T {
    return values[this.whole(0, values.length - 1)] as T;
  }

  floats(length: number): Float32Array {
    return Float32Array.from({ length }, () => this.next() * 2 - 1);
  }
}

/** Buffers on the heap of the kernels, each between guards that nobody may write to. */
export class Arena {
  private readonly blocks: { at: Address; length: number }[] = [];

  constructor(readonly module: KernelModule) {}

  /** Address of a buffer of these values, or of `length` values of rubbish. */
  put(values: Float32Array | number): Address {
    const length = typeof values === 'number' ? values : values.length;
    const at = this.module.reserve((length + 2 * GUARD) * 4);
    this.blocks.push({ at, length });
    this.module.floats(at, length + 2 * GUARD).fill(CANARY);
    const start = at + GUARD * 4;
    if (typeof values !== 'number') this.module.floats(start, length).set(values);
    return start;
  }

  /** A buffer of as many bytes. */
  bytes(count: number): Address {
    return this.put(Math.ceil(count / 4));
  }

  read(at: Address, length: number): Float32Array {
    return this.module.floats(at, length).slice();
  }

  /** Checks all guards and gives the buffers back. */
  close(): void {
    for (const { at, length } of this.blocks) {
      const whole = this.module.floats(at, length + 2 * GUARD);
      expect(whole.subarray(0, GUARD).every((value) => value === CANARY)).toBe(true);
      expect(whole.subarray(GUARD + length).every((value) => value === CANARY)).toBe(true);
      this.module.release(at);
    }
    this.blocks.length = 0;
  }
}

/** Largest |a - b| / (1 + |b|), Infinity where only one is NaN. */
export function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (Object.is(x, y) || x === y) continue;
    const off = Math.abs(x - y) / (1 + Math.abs(y));
    worst = Number.isNaN(off) ? Infinity : Math.max(worst, off);
  }
  return worst;
}
