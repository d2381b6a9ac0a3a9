import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/config/app-error.js';
import { RunSession, type RunResult } from '../../../src/training/run-session.js';

/* What mutated configs and files have brought to light, each by its name. */

function run(changes: { data?: object; layers: object[]; training?: object }): Promise<RunResult> {
  const configFile = path.join(mkdtempSync(path.join(tmpdir(), 'gradwatch-turns-')), 'gradwatch.json');
  const config = {
    data: changes.data ?? { generator: { name: 'uniform', samples: 15, features: 4 }, inputShape: [2, 2] },
    model: { layers: changes.layers },
    training: { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate: 1e-3 }, batchSize: 4, ...changes.training },
  };
  writeFileSync(configFile, JSON.stringify(config, null, 1));
  return new RunSession({ configFile, trusted: false, engine: 'wasm', steps: 2, runDir: path.join(configFile, '..', 'run') }, []).run();
}
const errorOf = (changes: Parameters<typeof run>[0]): Promise<AppError> => run(changes).then(() => Promise.reject(new Error('It ran.')), (error: unknown) => error as AppError); // prettier-ignore
const dense = { type: 'dense', units: 1 };

describe('a run', () => {
  it('trains layers before a sequence of one step', async () => {
    const layers = [{ type: 'conv1d', filters: 2, kernelSize: 2 }, { type: 'simpleRNN', units: 2 }, dense];
    expect((await run({ layers })).end).toMatchObject({ status: 'completed', steps: 2 });
  });

  it('names the line where an index is met beyond the vocabulary, in the middle of it', async () => {
    const data = { inline: { x: [[1, 9], [0, 1]], y: [1, 2] }, validationSplit: 0 }; // prettier-ignore
    const error = await errorOf({ data, layers: [{ type: 'embedding', inputDim: 3, outputDim: 2 }, { type: 'flatten' }, dense] });
    expect(error).toMatchObject({ code: 'data-invalid', place: { path: ['model', 'layers', 0, 'inputDim'] } });
    expect(error.place.line).toBeGreaterThan(1);
  });

  it('refuses a constraint along an axis its weight does not have', async () => {
    const error = await errorOf({ layers: [{ type: 'flatten' }, { ...dense, kernelConstraint: { type: 'unitNorm', axis: 5 } }] });
    expect(error).toMatchObject({ code: 'model-invalid', place: { path: ['model', 'layers', 1] } });
    expect(error.message).toContain('axis 5');
  });

  it('refuses a weight no memory holds before it is made', async () => {
    const error = await errorOf({ layers: [{ type: 'flatten' }, { type: 'dense', units: 1e6 }, { type: 'dense', units: 1e6 }, dense] });
    expect(error).toMatchObject({ code: 'model-invalid', place: { path: ['model', 'layers', 2] } });
    expect(error.message).toContain('1000000000000 weights');
  });

  it('measures every accuracy on one-hot targets and on class indices alike', async () => {
    const metrics = ['categoricalAccuracy', 'sparseCategoricalAccuracy'];
    const data = { generator: { name: 'blobs', samples: 30, centers: 3, std: 0.5 } };
    const layers = [{ type: 'dense', units: 3, activation: 'softmax' }];
    for (const loss of ['categoricalCrossentropy', 'sparseCategoricalCrossentropy']) {
      const { end } = await run({ data, layers, training: { loss, metrics } });
      expect(end.test?.metrics['categoricalAccuracy'], loss).toBe(end.test?.metrics['sparseCategoricalAccuracy']);
    }
  });
});
