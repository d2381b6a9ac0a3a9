import { describe, expect, it } from 'vitest';
import type { ArchitectureLayer } from '../../../src/telemetry/events.js';
import { autoInterval, keepInterval, type StepCost } from '../../../src/training/auto-interval.js';

const dense = (inputs: number, units: number): ArchitectureLayer => ({
  name: `dense_${units}`,
  type: 'dense',
  parameters: (inputs + 1) * units,
  outputShape: [units],
});
const cost = (changes: Partial<StepCost>): StepCost => ({ engine: 'wasm', architecture: [], inputShape: [10], batchSize: 32, ...changes });

describe('interval of the telemetry', () => {
  it('is long where a step is nothing but bookkeeping', () => {
    const architecture = [dense(10, 64), dense(64, 64), dense(64, 1)];
    expect(autoInterval(cost({ architecture }))).toBe(32);
  });

  it('is every step where the products are most of the work', () => {
    const architecture = [dense(784, 512), dense(512, 512), dense(512, 10)];
    const big = cost({ architecture, inputShape: [784], batchSize: 1024 });
    expect(autoInterval(big)).toBe(1);
    expect(autoInterval({ ...big, batchSize: 8 })).toBeGreaterThan(1);
    expect(autoInterval({ ...big, batchSize: 8 }, 1)).toBe(1);
  });

  it('follows the budget, and what an engine takes for a frame', () => {
    const middle = cost({ architecture: [dense(784, 512), dense(512, 512), dense(512, 10)], inputShape: [784], batchSize: 128 });
    const intervals = [0.5, 0.06, 0.03, 0.01].map((budget) => autoInterval(middle, budget));
    expect(intervals).toEqual([...intervals].sort((a, b) => a - b));
    expect(intervals[0]).toBe(1);
    expect(intervals[3]).toBe(32);
    // On cpu a step takes so long that every one can have a frame.
    expect(autoInterval({ ...middle, engine: 'cpu' })).toBe(1);
    expect(autoInterval({ ...middle, engine: 'tensorflow' })).toBeGreaterThan(1);
  });

  it('counts the steps of a sequence and the pixels of a picture', () => {
    const lstm: ArchitectureLayer = { name: 'lstm_1', type: 'lstm', parameters: 4 * 64 * (8 + 64 + 1), outputShape: [64] };
    expect(autoInterval(cost({ architecture: [lstm], inputShape: [200, 8] }))).toBe(1);
    expect(autoInterval(cost({ architecture: [lstm], inputShape: [1, 8] }))).toBeGreaterThan(1);
    const conv: ArchitectureLayer = { name: 'conv2d_1', type: 'conv2d', parameters: 3 * 3 * 16 * 16, outputShape: [64, 64, 16] };
    expect(autoInterval(cost({ architecture: [conv], inputShape: [64, 64, 16] }))).toBe(1);
  });

  it('knows that a sequence goes step by step on TensorFlow, whose step then dwarfs a frame', () => {
    const lstm: ArchitectureLayer = { name: 'lstm_1', type: 'lstm', parameters: 4 * 64 * (8 + 64 + 1), outputShape: [64] };
    const sequence = cost({ architecture: [lstm, dense(64, 1)], inputShape: [50, 8] });
    expect(autoInterval({ ...sequence, engine: 'tensorflow' })).toBe(1);
    expect(autoInterval({ ...sequence, engine: 'tensorflow', inputShape: [1, 8] })).toBeGreaterThan(8);
  });

  it('keeps healthy moments often where steps are long, seldom where they are short', () => {
    const small = cost({ architecture: [dense(10, 64), dense(64, 1)] });
    expect(keepInterval(small)).toBe(256);
    const architecture = [dense(784, 4096), dense(4096, 4096), dense(4096, 10)];
    expect(keepInterval(cost({ architecture, inputShape: [784], batchSize: 1024 }))).toBe(8);
  });

  it('takes no lookup for a product', () => {
    const embedding: ArchitectureLayer = { name: 'embedding_1', type: 'embedding', parameters: 1_000_000, outputShape: [40, 32] };
    expect(autoInterval(cost({ architecture: [embedding], inputShape: [40] }))).toBe(32);
  });
});
