import { describe, expect, it } from 'vitest';
import { applyConfigEdits } from '../../../src/config/edits.js';
import { parseConfig } from '../../../src/config/parse-config.js';
import { finding } from '../../../src/diagnosis/finding.js';
import type { FindingId } from '../../../src/config/finding-ids.js';
import { FIX_KINDS } from '../../../src/fixes/fix-kinds.js';
import type { FixId } from '../../../src/fixes/fix.js';

const NET = [
  { type: 'conv2d', filters: 8, kernelSize: 3, activation: 'relu' },
  { type: 'flatten' },
  { type: 'dense', units: 64, activation: 'relu' },
  { type: 'dense', units: 5, activation: 'relu' },
  { type: 'dense', units: 3, activation: 'softmax' },
];

interface Parts {
  layers?: unknown[];
  data?: object;
  training?: object;
  evidence?: Record<string, number | string>;
  from?: FindingId;
}

/** The config after the fix, or null where it is not offered. */
function apply(id: FixId, { layers = NET, data = {}, training = {}, evidence = {}, from = 'overfitting' }: Parts = {}) {
  const text = JSON.stringify({
    data: { generator: { name: 'regression' }, ...data },
    model: { layers },
    training: { loss: 'categoricalCrossentropy', optimizer: { type: 'sgd' }, ...training },
  });
  const { config } = parseConfig(text, 'test.gradwatch.json');
  if (config === undefined) throw new Error('the config of this test is not valid');
  const said = finding({ id: from, severity: 'warning', message: '', cause: '', at: [], fixes: [id], evidence });
  const fix = FIX_KINDS.find((kind) => kind.id === id)?.make(said, config)[0];
  if (fix === undefined) return null;
  return parseConfig(applyConfigEdits(text, fix.edits), 'test.gradwatch.json').config ?? null;
}
const types = (config: ReturnType<typeof apply>) => config?.model.layers?.map(({ type }) => type);

describe('simplify the model', () => {
  it('halves the hidden layers, leaves the output, keeps four units', () => {
    const layers = apply('simplify-model')?.model.layers;
    expect(layers).toMatchObject([{ filters: 4 }, {}, { units: 32 }, { units: 4 }, { units: 3 }]);
    expect(apply('simplify-model', { layers: [{ type: 'dense', units: 4 }, { type: 'dense', units: 3 }] })).toBeNull(); // prettier-ignore
  });
});

describe('regularise', () => {
  it('puts dropout behind the last hidden layer, once', () => {
    expect(types(apply('add-dropout'))).toEqual(['conv2d', 'flatten', 'dense', 'dense', 'dropout', 'dense']);
    expect(apply('add-dropout', { layers: [...NET.slice(0, 4), { type: 'dropout', rate: 0.1 }, NET[4]] })).toBeNull();
  });
  it('stops where the validation loss was lowest', () => {
    expect(apply('early-stop', { evidence: { 'best step': 120 } })?.training.steps).toBe(120);
    expect(apply('early-stop', { evidence: { 'best step': 120 }, training: { steps: 100 } })).toBeNull();
    expect(apply('early-stop')).toBeNull();
  });
  it('normalises behind every hidden layer, by rows where batches are small', () => {
    const wanted = ['conv2d', 'batchNormalization', 'flatten', 'dense', 'batchNormalization', 'dense', 'batchNormalization', 'dense'];
    expect(types(apply('add-normalization'))).toEqual(wanted);
    expect(types(apply('add-normalization', { training: { batchSize: 2 } }))?.[1]).toBe('layerNormalization');
  });
});

describe('limit or clean the data', () => {
  const features = ['a', 'b', 'c'];
  it('leaves out a constant or repeated column', () => {
    const data = { file: 'x.csv', generator: undefined, features };
    expect(apply('clean-data', { data, from: 'bad-data', evidence: { 'first constant column': 'b' } })?.data.features).toEqual(['a', 'c']);
    expect(apply('clean-data', { data, from: 'bad-data', evidence: { 'first repeated column': 'c' } })?.data.features).toEqual(['a', 'b']);
    expect(apply('clean-data', { data, from: 'bad-data', evidence: { 'repeated rows': 9 } })).toBeNull();
  });
  it('limits rows of which most repeat', () => {
    const evidence = (different: number) => ({ samples: 800, 'different rows': different });
    expect(apply('limit-data', { evidence: evidence(100) })?.data.limit).toBe(125);
    expect(apply('limit-data', { evidence: evidence(500) })).toBeNull();
  });
});

describe('adapt the learning rate', () => {
  it('warms up over a twentieth of the run, and keeps a schedule', () => {
    expect(apply('warm-up', { training: { steps: 400 } })?.training.learningRateSchedule).toMatchObject({ warmupSteps: 20 });
    const cosine = { type: 'cosine', decaySteps: 400 };
    const warmed = apply('warm-up', { training: { steps: 400, learningRateSchedule: cosine } });
    expect(warmed?.training.learningRateSchedule).toMatchObject({ ...cosine, warmupSteps: 20 });
    expect(apply('warm-up', { training: { learningRateSchedule: { ...cosine, warmupSteps: 5 } } })).toBeNull();
  });
  it('takes larger batches where they are small', () => {
    expect(apply('increase-batch', { training: { batchSize: 1 } })?.training.batchSize).toBe(16);
    expect(apply('increase-batch', { training: { batchSize: 8 } })?.training.batchSize).toBe(32);
    expect(apply('increase-batch', { training: { batchSize: 64 } })).toBeNull();
  });
  it('raises a threshold that clips too often', () => {
    const training = { gradientClip: { type: 'globalNorm', threshold: 0.001 } };
    const evidence = { 'healthy gradient norm': 3.2 };
    expect(apply('clip-gradients', { training, evidence, from: 'clipping-too-often' })?.training.gradientClip).toMatchObject({ threshold: 3.2 }); // prettier-ignore
    expect(apply('clip-gradients', { training, evidence })).toBeNull();
  });
});
