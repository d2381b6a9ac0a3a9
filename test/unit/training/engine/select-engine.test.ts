import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/config/app-error.js';
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

describe('the tensorflow engine', () => {
  let folder = '';
  const project = async (name: string, code: string, version = tf.version_core): Promise<string> => {
    const place = path.join(folder, name, 'node_modules', '@tensorflow', 'tfjs-node');
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, 'package.json'), JSON.stringify({ name: '@tensorflow/tfjs-node', version, main: 'main.js' }));
    await writeFile(path.join(place, 'main.js'), code);
    return path.join(folder, name);
  };
  const refusal = async (...args: Parameters<typeof selectEngine>): Promise<AppError> => {
    try {
      await selectEngine(...args);
    } catch (error) {
      if (AppError.is(error, 'engine-unavailable')) return error;
      throw error;
    }
    throw new Error('the engine was selected');
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-engine-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is refused with what to do where it is not installed', async () => {
    const error = await refusal('tensorflow', { tensorflowPath: folder, ownDir: folder, installDir: folder, env: {} });
    expect(error.action).toMatch(/npm install @tensorflow\/tfjs-node/);
    expect(error.place.path).toEqual(['training', 'engine']);
  });

  it('is not taken from a project that is not trusted', async () => {
    const projectDir = await project('untrusted', 'throw new Error("must not run");');
    expect((await refusal('tensorflow', { projectDir, ownDir: folder, installDir: folder, env: {} })).message).toMatch(/not trusted/);
    expect((await refusal('tensorflow', { projectDir, trusted: true, env: {} })).message).toMatch(/must not run/);
  });

  it('is refused where its version is another one', async () => {
    const tensorflowPath = await project('old', '', '3.21.1');
    expect((await refusal('tensorflow', { tensorflowPath })).message).toMatch(/3\.21\.1 .* does not go with/);
  });

  it('is refused where its binary is missing, with the reason', async () => {
    const tensorflowPath = await project('bare', 'throw new Error("tfjs_binding.node can not be found");');
    const error = await refusal('tensorflow', { tensorflowPath });
    expect(error.message).toMatch(/tfjs_binding\.node/);
    expect(error.action).toMatch(/rebuild/);
  });

  it('is used where it registers its backend on the engine that all copies of tfjs-core share', async () => {
    // What tfjs-node does on load, with the cpu backend as the native one.
    const code = `require('util').isNullOrUndefined(null);
      const engine = globalThis._tfengine;
      engine.registerBackend('tensorflow', () => engine.findBackend('cpu'), 3);`;
    await selectEngine('cpu');
    const tensorflowPath = await project('native', code);
    const { engine, reason } = await selectEngine('tensorflow', { tensorflowPath });
    expect(engine).toBe('tensorflow');
    expect(reason).toContain(tensorflowPath);
    expect(tf.getBackend()).toBe('tensorflow');
    expect((await selectEngine('wasm')).engine).toBe('wasm');
  });
});
