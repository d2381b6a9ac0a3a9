import { describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import { tf } from '../../../../src/training/tf.js';

describe('selectEngine', () => {
  it.each(['auto', 'wasm'] as const)('%s computes on wasm', async (choice) => {
    const { engine, reason } = await selectEngine(choice);
    expect(engine).toBe('wasm');
    expect(reason.length).toBeGreaterThan(10);
    expect(tf.getBackend()).toBe('wasm');
    expect(Array.from(tf.matMul([[1, 2]], [[3], [4]]).dataSync())).toEqual([11]);
  });

  it('cpu computes on cpu and chained methods exist', async () => {
    expect((await selectEngine('cpu')).engine).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    expect(Array.from(tf.tensor1d([1, 2]).square().dataSync())).toEqual([1, 4]);
  });
});
