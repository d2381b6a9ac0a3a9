import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../src/config/config-schema.js';
import { cli, runDir } from './command-line.js';
import { lineSchema, type Line, type LineOf } from './event-schema.js';
import { writeConfig } from './trainer-process.js';

interface Row {
  data: ConfigInput['data'];
  layers?: NonNullable<ConfigInput['model']['layers']>;
  training: Partial<ConfigInput['training']>;
}

const FIXTURES = path.resolve('test/fixtures/data');
const CSV = 'a,b,name,y\n' + Array.from({ length: 24 }, (_, i) => `${i},${(i * 7) % 5},${'uvw'[i % 3]},${2 * i + 1}\n`).join('');
const OBJECTS = Array.from({ length: 24 }, (_, i) => ({ a: i / 24, b: (i * 7) % 5, y: i % 2 === 0 ? 'no' : 'yes' }));
const FILES = {
  'table.csv': CSV,
  'table.tsv': CSV.replaceAll(',', '\t'),
  'rows.json': JSON.stringify(OBJECTS),
  'rows.jsonl': OBJECTS.map((row) => JSON.stringify(row)).join('\n'),
  'data.mjs': 'export default async (tf) => ({ x: tf.range(0, 24).reshape([24, 1]).div(24), y: tf.range(0, 24).reshape([24, 1]) });',
};

const dense = (units: number, activation?: 'relu' | 'tanh' | 'sigmoid' | 'softmax') =>
  activation === undefined ? ({ type: 'dense', units } as const) : ({ type: 'dense', units, activation } as const);

/** Every source, generator, loss, optimizer, schedule and clip stands in at least one row. */
const rows: Record<string, Row> = {
  circles: {
    data: { generator: { name: 'circles', samples: 64, noise: 0.1, seed: 1 } },
    layers: [dense(8, 'relu'), dense(1, 'sigmoid')],
    training: {
      loss: 'binaryCrossentropy',
      metrics: ['accuracy', 'precision', 'recall'],
      optimizer: { type: 'sgd', momentum: 0.9, nesterov: true },
    },
  },
  blobs: {
    data: { generator: { name: 'blobs', samples: 60, std: 1 } },
    layers: [dense(8, 'tanh'), dense(3)],
    training: {
      loss: { type: 'sparseCategoricalCrossentropy', fromLogits: true },
      optimizer: { type: 'adam' },
      learningRateSchedule: { type: 'cosine', decaySteps: 6, minimum: 1e-4 },
      gradientClip: { type: 'globalNorm', threshold: 0.1 },
    },
  },
  moons: {
    data: { generator: { name: 'moons', samples: 64 } },
    training: { loss: 'hinge', optimizer: { type: 'adamax' }, gradientClip: { type: 'norm', threshold: 0.1 } },
  },
  spiral: {
    data: { generator: { name: 'spiral', samples: 60, classes: 3 } },
    layers: [dense(8, 'relu'), dense(3, 'softmax')],
    training: { loss: 'categoricalCrossentropy', optimizer: { type: 'adamw' }, gradientClip: { type: 'value', threshold: 0.01 } },
  },
  xor: {
    data: { generator: { name: 'xor', rows: 8 }, validationSplit: 0 },
    training: { loss: 'meanSquaredError', optimizer: { type: 'rmsprop' }, learningRateSchedule: { type: 'step', everySteps: 1 } },
  },
  linear: {
    data: { generator: { name: 'linear', from: 0, to: 1, step: 0.02 } },
    training: {
      loss: 'huber',
      optimizer: { type: 'adagrad' },
      learningRateSchedule: { type: 'inverseTime', decayRate: 1, decaySteps: 2 },
      gradientClip: { type: 'adaptive' },
    },
  },
  polynomial: {
    data: { generator: { name: 'polynomial', from: -1, to: 1, step: 0.05, degree: 3 } },
    training: {
      loss: 'logCosh',
      optimizer: { type: 'adadelta' },
      learningRateSchedule: { type: 'polynomial', decaySteps: 5 },
      gradientClip: { type: 'auto' },
    },
  },
  regression: {
    data: { generator: { name: 'regression', samples: 64, features: 3, noise: 0.1 }, scale: { inputs: 'standard', target: 'standard' } },
    training: {
      loss: 'meanAbsoluteError',
      metrics: ['meanSquaredError'],
      learningRateSchedule: { type: 'reduceOnPlateau', factor: 0.5, patience: 1 },
    },
  },
  uniform: {
    data: { generator: { name: 'uniform', samples: 64, features: 2, low: -1, high: 1, coefficients: [2, -1], intercept: 5 } },
    training: { loss: 'meanSquaredError', learningRateSchedule: { type: 'constant', warmupSteps: 3 } },
  },
  squares: {
    data: { generator: { name: 'squares', samples: 64 } },
    layers: [dense(1)],
    training: { loss: { type: 'binaryCrossentropy', fromLogits: true } },
  },
  adding: {
    data: { generator: { name: 'adding', samples: 48, length: 6 } },
    layers: [{ type: 'lstm', units: 4 }, dense(1)],
    training: { loss: 'meanSquaredError' },
  },
  randomLabels: {
    data: { generator: { name: 'randomLabels', samples: 60, features: 4, low: 0, high: 1, classes: 4 } },
    layers: [dense(4, 'softmax')],
    training: { loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] },
  },
  csv: {
    data: { file: 'table.csv', features: ['a', 'b', 'name'], target: 'y', scale: 'minmax' },
    training: {
      loss: 'meanSquaredError',
      optimizer: { type: 'sgd', learningRate: 0.001 },
      learningRateSchedule: { type: 'exponential', decayRate: 0.9, decaySteps: 2 },
    },
  },
  tsv: { data: { file: 'table.tsv', target: 'y', scale: 'standard' }, training: { loss: 'meanSquaredError' } },
  json: { data: { file: 'rows.json', target: 'y' }, layers: [dense(1, 'sigmoid')], training: { loss: 'binaryCrossentropy' } },
  jsonl: { data: { file: 'rows.jsonl', target: 'y' }, layers: [dense(2, 'softmax')], training: { loss: 'categoricalCrossentropy' } },
  npz: {
    data: { file: 'deflated.npz', validationSplit: 0, scale: 'standard' },
    layers: [{ type: 'flatten' }, dense(1)],
    training: { loss: 'meanSquaredError' },
  },
  parquet: {
    data: { file: 'people-snappy.parquet', target: 'score', missing: 'drop', validationSplit: 0, scale: 'standard' },
    training: { loss: 'meanSquaredError' },
  },
  inline: {
    data: { inline: { x: [[1], [2], [3], [4]], y: [[2], [3], [4], [5]] }, validationSplit: 0.25 },
    training: { loss: 'meanSquaredError' },
  },
  module: {
    data: { module: 'data.mjs', limit: 20 },
    training: { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate: 0.001 } },
  },
};

/** Trains one row for two epochs with the real command line and reads its lines. */
async function linesOf({ data, layers, training }: Row): Promise<Line[]> {
  const config = writeConfig(
    {
      data,
      model: { layers: layers ?? [dense(4, 'tanh'), dense(1)] },
      training: { optimizer: { type: 'sgd' }, epochs: 2, batchSize: 16, ...training },
      watch: { every: 1 },
    },
    FILES,
  );
  if (data.file !== undefined && !(data.file in FILES)) cpSync(path.join(FIXTURES, data.file), path.join(path.dirname(config), data.file));
  const directory = runDir();
  const { code, out, err } = await cli('train', config, '--json', '--on-trouble', 'continue', '--run-dir', directory);
  expect(err).not.toMatch(/error \S+-\S+:|at .*\.js:/);
  expect(out).toBe(readFileSync(path.join(directory, 'events.jsonl'), 'utf8'));
  const lines = out.trimEnd().split('\n').map((line) => lineSchema.parse(JSON.parse(line))); // prettier-ignore
  const errors = all(lines, 'finding').filter((finding) => finding.severity === 'error');
  expect(code, err).toBe(errors.length > 0 ? 3 : 0);
  return lines;
}

function all<K extends Line['event']>(lines: readonly Line[], kind: K): LineOf<K>[] {
  return lines.filter((line): line is LineOf<K> => line.event === kind);
}

describe.concurrent('the lines of a run', () => {
  it.each(Object.entries(rows))('%s', async (_, row) => {
    const lines = await linesOf(row);
    const [[start], frames, epochs, [end]] = [all(lines, 'start'), all(lines, 'frame'), all(lines, 'epoch'), all(lines, 'end')];
    if (start === undefined || end === undefined) throw new Error('A run starts and ends.');
    expect(lines[0]).toBe(start);
    expect(lines.at(-1)).toBe(end);

    const { validation } = start.samples;
    expect(validation > 0).toBe(row.data.validationSplit !== 0);
    expect(start.parameters).toBe(start.layers.reduce((sum, layer) => sum + layer.parameters, 0));

    const names = start.layers.map((layer) => layer.name);
    for (const frame of frames) {
      expect(Object.keys(frame.layers)).toEqual(names);
      const norms = Object.values(frame.layers).map((layer) => Number(layer.gradNorm));
      expect(Number(frame.globalGradNorm)).toBeCloseTo(Math.hypot(...norms), 4);
      expect(Number(frame.clippedGradNorm)).toBeLessThanOrEqual(Number(frame.globalGradNorm) * (1 + 1e-5));
    }
    expect(frames.map((frame) => frame.step)).toEqual(Array.from({ length: end.steps }, (_, step) => step));

    expect(epochs.map((epoch) => epoch.epoch)).toEqual([0, 1]);
    const last = epochs.at(-1);
    expect(end).toMatchObject({ status: 'completed', loss: last?.loss, metrics: last?.metrics, test: last?.validation });
    expect(end.test === null).toBe(validation === 0);
    for (const metric of row.training.metrics ?? []) expect(end.metrics).toHaveProperty(metric);
  });
});
