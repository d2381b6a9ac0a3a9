import { describe, expect, it } from 'vitest';
import { chooseNative, compare, type NativeQuestion } from '../../../../../src/training/engine/native/choose-native.js';
import type { NativeTimer } from '../../../../../src/training/engine/native/time-in-child.js';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import { batchOf, smallNet, stepperFor, weightsOf } from '../../nets.js';
import { project, temporary } from './folders.js';

const nowhere = temporary();
const hidden = { ownDir: nowhere, installDir: nowhere, env: {} };
const never: NativeTimer = () => Promise.reject(new Error('must not be timed'));

async function question(parts: Partial<NativeQuestion>): Promise<{ question: NativeQuestion; weights: () => number[] }> {
  await selectEngine('wasm');
  const model = smallNet();
  const request = () => ({ batches: [batchOf(16, 4)], learningRate: 0.1 }) as ReturnType<NativeQuestion['request']>;
  return {
    question: { stepper: stepperFor(model), request, plannedSteps: 1e9, sources: hidden, timer: never, ...parts },
    weights: () => weightsOf(model),
  };
}

describe('chooseNative', () => {
  it.each([
    ['it is not installed', { ...hidden, trusted: true }],
    ['the workspace is not trusted', { ...hidden, tensorflowPath: project({ binding: true }) }],
    ['its native part is missing', { ...hidden, trusted: true, tensorflowPath: project() }],
  ])('costs nothing where %s', async (_, sources) => {
    const request = () => {
      throw new Error('must not be made');
    };
    expect(await chooseNative((await question({ sources, request })).question)).toBeNull();
  });

  const sources = { ...hidden, trusted: true, tensorflowPath: project({ binding: true }) };

  it('does not load it for a run that is over before it would pay, and says so', async () => {
    const verdict = await chooseNative((await question({ sources, plannedSteps: 10 })).question);
    expect(verdict?.engine).toBe('wasm');
    expect(verdict?.reason).toMatch(/ms a step.*too short/);
  });

  it('takes it where it measures faster, with both figures in the reason', async () => {
    const verdict = await chooseNative((await question({ sources, timer: () => Promise.resolve({ stepMs: 1e-6, version: '' }) })).question);
    expect(verdict?.engine).toBe('tensorflow');
    expect(verdict?.reason).toMatch(/native TensorFlow 0\.000001 ms a step, wasm [\d.]+ ms, [\d.]+ times as fast/);
  });

  it('stays on wasm where it measures slower, with both figures, and leaves the weights as they were', async () => {
    const { question: asked, weights } = await question({ sources, timer: () => Promise.resolve({ stepMs: 1e6, version: '' }) });
    const before = weights();
    const verdict = await chooseNative(asked);
    expect(verdict?.engine).toBe('wasm');
    expect(verdict?.reason).toMatch(/native TensorFlow 1000000 ms a step, wasm [\d.]+ ms/);
    expect(weights()).toEqual(before);
  });

  it('stays on wasm where it fails, with the reason', async () => {
    const verdict = await chooseNative((await question({ sources, timer: () => Promise.reject(new Error('no such library.')) })).question);
    expect(verdict).toMatchObject({ engine: 'wasm' });
    expect(verdict?.reason).toContain('no such library.');
  });
});

describe('compare', () => {
  const found = { main: '', version: '4.22.0', from: 'here' };
  it('takes native from 1.3 times as fast', () => {
    expect(compare(13, 10, found).engine).toBe('tensorflow');
    expect(compare(12.9, 10, found).engine).toBe('wasm');
  });

  it('never takes what has no time', () => {
    expect(compare(10, NaN, found).engine).toBe('wasm');
  });
});
