import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ACTIVATIONS } from '../../src/config/layer-parts-schema.js';
import { LAYER_TYPES } from '../../src/config/layer-schema.js';
import { LOSSES, METRICS } from '../../src/config/training-schema.js';
import type { Random } from '../../src/training/random.js';

/* Small configs of all kinds with their data files, and what can be done to them. */

export interface Workspace {
  config: string;
  files: Record<string, Buffer>;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const dense = (units: number, activation = 'linear'): JsonObject => ({ type: 'dense', units, activation });
const sgd: JsonObject = { type: 'sgd', learningRate: 0.01 };
const training = (loss: Json, more: JsonObject = {}): JsonObject => ({ loss, optimizer: sgd, epochs: 3, batchSize: 4, ...more });
const numbers = (rows: number, width: number): number[][] =>
  Array.from({ length: rows }, (_, row) => Array.from({ length: width }, (__, i) => ((row * 7 + i * 3) % 11) / 11));
const example = (name: string): JsonObject => JSON.parse(readFileSync(path.join('examples', name, 'gradwatch.json'), 'utf8').replace(/^\s*\/\/.*$/gm, '')) as JsonObject; // prettier-ignore
const head = (file: string, lines: number): Buffer => Buffer.from(readFileSync(path.join('examples', file), 'utf8').split('\n').slice(0, lines).join('\n') + '\n'); // prettier-ignore
const fixture = (name: string): Buffer => readFileSync(path.join('test/fixtures/data', name));
const text = (content: string): Buffer => Buffer.from(content);

const csv = text(`a,b,c,y\n${numbers(12, 4).map((row) => row.join(',')).join('\n')}\n`); // prettier-ignore
const classes = text('a,b,kind\n1,0.5,cat\n2,0.1,dog\n1.5,0.2,cat\n2.5,0.9,dog\n1,0.4,bird\n0.5,0.6,bird\n3,0.1,cat\n2,0.2,dog\n');
const jsonRows = text('[{"a":1,"b":"u","y":1},{"a":2,"b":"v","y":0},{"a":3,"b":"u","y":1},{"a":0,"b":"w","y":0},{"a":2,"b":"w","y":1}]');
const jsonl = text('{"a":1,"b":true,"y":1.5}\n{"a":2,"b":false,"y":0}\n{"a":-3,"b":true,"y":1}\n{"a":0.5,"b":true,"y":2}\n');

interface Sample {
  config: JsonObject;
  files?: Record<string, Buffer>;
}

const samples: Sample[] = [
  { config: example('auto-mpg'), files: { 'auto-mpg.csv': head('auto-mpg/auto-mpg.csv', 25) } },
  { config: example('penguins'), files: { 'penguins.csv': head('penguins/penguins.csv', 25) } },
  {
    config: { data: { file: 'd.csv', target: 'y', scale: 'standard' }, model: { layers: [dense(4, 'relu'), dense(1)] }, training: training('meanSquaredError') },
    files: { 'd.csv': csv },
  },
  {
    config: {
      data: { file: 'd.csv', target: ['c', 'y'], features: ['a', 'b'], scale: { inputs: 'minmax', target: 'standard' }, validationSplit: 0.25 },
      model: { layers: [dense(3, 'tanh'), { type: 'dropout', rate: 0.2 }, dense(2)], regularization: { l1: 0.01, l2: 0.001 } },
      training: training('huber', { optimizer: { type: 'adam', learningRate: 0.01, beta1: 0.9 }, gradientClip: { type: 'globalNorm', threshold: 1 } }),
    },
    files: { 'd.csv': csv },
  },
  {
    config: {
      data: { file: 'k.csv', target: 'kind', missing: 'drop' },
      model: { layers: [dense(4, 'relu'), { type: 'batchNormalization' }, dense(3, 'softmax')] },
      training: training('sparseCategoricalCrossentropy', { metrics: ['accuracy'], learningRateSchedule: { type: 'cosine', decaySteps: 10, warmupSteps: 2 } }),
    },
    files: { 'k.csv': classes },
  },
  {
    config: {
      data: { file: 'r.json', target: 'y' },
      model: { layers: [dense(4, 'sigmoid'), dense(1, 'sigmoid')] },
      training: training('binaryCrossentropy', { optimizer: { type: 'rmsprop', learningRate: 0.01 }, gradientClip: { type: 'adaptive' } }),
    },
    files: { 'r.json': jsonRows },
  },
  {
    config: { data: { file: 'r.jsonl', target: 'y', features: ['a', 'b'] }, model: { layers: [dense(1)] }, training: training('logCosh', { optimizer: { type: 'adamw' } }) },
    files: { 'r.jsonl': jsonl },
  },
  { config: { data: { file: 'd.npy' }, model: { layers: [dense(1)] }, training: training('meanAbsoluteError') }, files: { 'd.npy': fixture('f8.npy') } },
  {
    config: { data: { file: 's.npz' }, model: { layers: [{ type: 'flatten' }, dense(1)] }, training: training('meanSquaredError') },
    files: { 's.npz': fixture('stored.npz') },
  },
  {
    config: {
      data: { inline: { x: numbers(6, 16), y: [0, 1, 0, 1, 0, 1] }, inputShape: [4, 4, 1], validationSplit: 0 },
      model: { layers: [{ type: 'conv2d', filters: 2, kernelSize: 3, padding: 'same', activation: 'relu' }, { type: 'maxPooling2d', poolSize: 2 }, { type: 'flatten' }, dense(2, 'softmax')] },
      training: training({ type: 'categoricalCrossentropy', fromLogits: false }, { metrics: ['categoricalAccuracy'] }),
    },
  },
  {
    config: {
      data: { generator: { name: 'adding', samples: 12, length: 4, seed: 3 } },
      model: { layers: [{ type: 'lstm', units: 3, recurrentDropout: 0.1, returnSequences: true }, { type: 'bidirectional', layer: { type: 'gru', units: 2 } }, dense(1)] },
      training: training('meanSquaredError', { learningRateSchedule: { type: 'reduceOnPlateau', patience: 1 }, gradientClip: { type: 'auto' } }),
    },
  },
  {
    config: {
      data: { inline: { x: [[1, 2, 3], [0, 4, 2], [3, 3, 1], [2, 0, 0]], y: ['u', 'v', 'u', 'v'] } },
      model: { layers: [{ type: 'embedding', inputDim: 5, outputDim: 3 }, { type: 'simpleRNN', units: 3 }, dense(2, 'softmax')] },
      training: training('sparseCategoricalCrossentropy', { optimizer: { type: 'adagrad' } }),
    },
  },
  {
    config: {
      data: { generator: { name: 'blobs', samples: 20, centers: 3, std: 0.5 }, factor: 0.1 },
      model: { layers: [{ type: 'dense', units: 4, kernelInitializer: { type: 'randomNormal', stddev: 0.5 }, kernelRegularizer: { l1: 0.01 }, kernelConstraint: 'maxNorm' }, { type: 'leakyReLU' }, { type: 'layerNormalization' }, dense(3)] },
      training: training({ type: 'sparseCategoricalCrossentropy', fromLogits: true }, { optimizer: { type: 'adamax' }, learningRateSchedule: { type: 'step', everySteps: 2 } }),
    },
  },
  {
    config: {
      data: { generator: { name: 'uniform', samples: 15, features: 4, coefficients: [1, 2, 3, 4] }, inputShape: [2, 2] },
      model: { layers: [{ type: 'timeDistributed', layer: dense(3) }, { type: 'conv1d', filters: 2, kernelSize: 2, padding: 'causal' }, { type: 'globalAveragePooling1d' }, { type: 'prelu' }, dense(1)] },
      training: training('meanSquaredError', { optimizer: { type: 'adadelta' }, learningRateSchedule: { type: 'exponential', decayRate: 0.9, decaySteps: 5 }, gradientClip: { type: 'value' } }),
      watch: { every: 2, onTrouble: 'continue', detectors: { 'dead-units': { threshold: 0.5 }, plateau: 'off' } },
    },
  },
  { config: { data: { generator: { name: 'circles', samples: 20, noise: 0.1 } }, model: { layers: [dense(4, 'relu'), dense(1)] }, training: training('hinge', { gradientClip: { type: 'norm' }, learningRateSchedule: { type: 'polynomial', decaySteps: 4 } }) } },
  { config: { data: { generator: { name: 'linear', from: 1, to: 24, intercept: 2 }, validationSplit: 0 }, model: { layers: [dense(1)] }, training: training('meanSquaredError', { optimizer: { type: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true } }) } },
]; // prettier-ignore

const JUNK: Json[] = [null, true, false, '', 'x', 'none', '3', 'NaN', -1, 0, 0.5, 1.5, 1, 2, 3, 7, -0.001, 1e-30, 1e30, 1e300, -1e300, 9007199254740991, [], [1], [2, 2], [0], [-1, 2], [[1, 2], [3, 4]], {}, { type: 'dense' }, ['a', 'b'], { l1: 1e30 }]; // prettier-ignore
const SCHEDULES = ['constant', 'exponential', 'cosine', 'step', 'inverseTime', 'polynomial', 'reduceOnPlateau'];
const OPTIMIZERS = ['sgd', 'adam', 'adamax', 'adamw', 'rmsprop', 'adagrad', 'adadelta'];
const GENERATORS = ['circles', 'blobs', 'moons', 'spiral', 'xor', 'linear', 'polynomial', 'regression', 'uniform', 'squares', 'adding', 'randomLabels']; // prettier-ignore
const CLIPS = ['globalNorm', 'norm', 'value', 'adaptive', 'auto'];
const SIZES: Json[] = [-1, 0, 1, 2, 3, 5, 8, 1e300, 1e9, '4', 2.5, null, [2, 2], [3]];
const RATES: Json[] = [0, 1e-30, 0.001, 0.5, 1, 10, 1e10, 3e38, 1e39, -0.1, '0.1'];
const NUMBERS: Json[] = [0, 0.2, 0.999, 1, -1, 1e30, 1e300, '0.5'];
const INITIALIZERS: Json[] = ['zeros', 'ones', 'heNormal', 'orthogonal', 'identity', 'leCunUniform', { type: 'constant', value: 1e30 }, { type: 'randomNormal', stddev: 1e20 }, { type: 'randomUniform', minval: 1, maxval: -1 }, 'glorot']; // prettier-ignore

/** Values that a key could have, right and wrong ones. */
const VALUES: Record<string, Json[]> = {
  loss: [...LOSSES, ...LOSSES.map((type) => ({ type, fromLogits: true })), 'mse'],
  activation: [...ACTIVATIONS, 'leaky'],
  metrics: [[], ['accuracy'], [...METRICS], ['auc']],
  scale: ['none', 'standard', 'minmax', { target: 'standard' }, { inputs: 'minmax', target: 'minmax' }, 'robust'],
  missing: ['error', 'drop', 'mean', 'skip'],
  target: ['y', 'a', 'kind', 'nothing', ['a', 'y'], ['a', 'a'], { x: 'x', y: 'y' }, []],
  features: [['a'], ['b', 'a'], ['a', 'a'], ['y'], ['nothing']],
  inputShape: [[1], [2, 1], [4], [2, 2], [16], [4, 4, 1], [0], [-1]],
  targetShape: [[1], [2, 2], [4, 1], [3], [1e9]],
  kernelInitializer: INITIALIZERS,
  biasInitializer: INITIALIZERS,
  recurrentInitializer: INITIALIZERS,
  kernelConstraint: ['maxNorm', 'minMaxNorm', 'nonNeg', 'unitNorm', { type: 'maxNorm', maxValue: 1e-30 }, { type: 'unitNorm', axis: 5 }],
  kernelRegularizer: [{ l1: 1e30 }, { l2: 3e38 }, { l1: 0, l2: 0 }, { l3: 1 }],
  gradientClip: CLIPS.map((type) => ({ type })),
  learningRateSchedule: SCHEDULES.map((type) => ({ type, warmupSteps: 1, decaySteps: 2, decayRate: 0.5, everySteps: 1 })),
  optimizer: OPTIMIZERS.map((type) => ({ type, learningRate: 1 })),
  learningRate: RATES,
  generator: GENERATORS.map((name) => ({ name, samples: 10, seed: 2 })),
  file: ['d.csv', 'd.npy', 'r.json', 's.npz', 'nothing.csv', '.', '../x.csv', 'd.parquet', 'd.csv\u0000'],
  padding: ['valid', 'same', 'causal', 1],
  every: ['auto', 1, 2, 0, 1e300],
  onTrouble: ['pause', 'stop', 'continue', 'ask'],
  axis: [0, 1, -1, 2, 5, -5, [1], [1, 2], 0.5],
  sharedAxes: [[1], [2], [9], []],
  dims: [[1], [2, 1], [1, 2], [1, 1], [3, 1, 2]],
  cropping: [
    [
      [0, 0],
      [0, 0],
    ],
    [
      [9, 9],
      [0, 0],
    ],
  ],
  size: [2, [1, 3], 0],
  mergeMode: ['sum', 'mul', 'concat', 'ave', 'max'],
  n: [1, 2, 3, 0],
  maskZero: [true],
  inputLength: [1, 3, 7],
  returnSequences: [true, false],
  trainable: [false],
  name: ['a', 'input', 'a b', 'dense_1', ''],
  onlyHere: [true],
};
for (const key of ['units', 'filters', 'kernelSize', 'poolSize', 'strides', 'dilationRate', 'samples', 'length', 'centers', 'classes', 'epochs', 'batchSize', 'steps', 'limit', 'inputDim', 'outputDim', 'decaySteps', 'warmupSteps', 'patience', 'seed', 'rows', 'degree']) VALUES[key] = SIZES; // prettier-ignore
for (const key of ['rate', 'momentum', 'beta1', 'beta2', 'noise', 'factor', 'validationSplit', 'dropout', 'recurrentDropout', 'l1', 'l2', 'threshold', 'stddev', 'epsilon', 'decayRate', 'from', 'to', 'step', 'slope', 'low', 'high', 'alpha']) VALUES[key] = NUMBERS; // prettier-ignore

interface Spot {
  parent: JsonObject | Json[];
  key: string | number;
}

function spotsOf(value: Json, spots: Spot[] = []): Spot[] {
  if (typeof value !== 'object' || value === null) return spots;
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const key of keys) {
    const parent = value as Record<string | number, Json> as JsonObject;
    spots.push({ parent, key });
    spotsOf(parent[key] as Json, spots);
  }
  return spots;
}

const pick = <T>(values: readonly T[], random: Random): T => values[random.integer(values.length)] as T;

const LAYERS: JsonObject[] = LAYER_TYPES.map((type) => {
  const all: Record<string, JsonObject> = {
    conv1d: { filters: 2, kernelSize: 2 }, conv2d: { filters: 2, kernelSize: 2 }, conv2dTranspose: { filters: 2, kernelSize: 2 },
    separableConv2d: { filters: 2, kernelSize: 2 }, depthwiseConv2d: { kernelSize: 2 }, reshape: { targetShape: [2, 2] }, permute: { dims: [2, 1] },
    repeatVector: { n: 2 }, dropout: { rate: 0.5 }, spatialDropout1d: { rate: 0.5 }, gaussianNoise: { stddev: 0.1 }, gaussianDropout: { rate: 0.5 },
    alphaDropout: { rate: 0.5 }, activation: { activation: 'tanh' }, embedding: { inputDim: 4, outputDim: 2 }, dense: { units: 2 },
    simpleRNN: { units: 2 }, lstm: { units: 2 }, gru: { units: 2 }, cropping2d: { cropping: [[1, 0], [0, 1]] },
    bidirectional: { layer: { type: 'lstm', units: 2 }, mergeMode: 'concat' }, softmax: { axis: -1 }, batchNormalization: { axis: -1 }, layerNormalization: { axis: -1 }, prelu: { sharedAxes: [1] }, upSampling2d: { size: 2 }, timeDistributed: { layer: { type: 'dense', units: 2 } },
  }; // prettier-ignore
  return { type, ...all[type] };
});

/** Changes one value, key or layer of a config. */
function changeConfig(config: JsonObject, random: Random): void {
  const kind = random.integer(10);
  const layers = (config['model'] as JsonObject | undefined)?.['layers'];
  if (kind < 2 && Array.isArray(layers)) {
    const at = random.integer(layers.length + 1);
    if (kind === 0) layers.splice(at, random.integer(2), structuredClone(pick(LAYERS, random)));
    else if (random.integer(2) === 0) layers.splice(at, 1);
    else layers.reverse();
    return;
  }
  const known = spotsOf(config).filter(({ key }) => typeof key === 'string' && key in VALUES);
  const spots = kind < 7 && known.length > 0 ? known : spotsOf(config);
  if (spots.length === 0) return;
  const { parent, key } = pick(spots, random);
  const target = parent as Record<string | number, Json>;
  if (kind === 7) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete target[key];
  } else if (kind === 8) {
    const [name] = Array.isArray(parent) ? [key] : [pick(Object.keys(VALUES), random)];
    target[name] = structuredClone(pick(VALUES[String(name)] ?? JUNK, random));
  } else {
    const choices = kind < 7 ? (VALUES[String(key)] ?? JUNK) : JUNK;
    target[key] = structuredClone(pick(choices, random));
  }
}

const TOKENS = ['"', ',', '\n', ':', '{', '}', '[', ']', '1e300', '-', 'NaN', 'null', '//', '\u0000', 'é', '0', '.5', '"type"', '\ufeff', ';', '\t']; // prettier-ignore

/** Cuts, repeats, replaces or inserts some bytes. */
export function changeBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.integer(bytes.length + 1);
  const size = 1 + random.integer(6);
  const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, at + size), bytes.subarray(at + size)];
  switch (random.integer(7)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, part, part, after]);
    case 2:
      return random.integer(4) === 0 ? Buffer.from(before) : Buffer.concat([before, Buffer.from([random.integer(256)]), after]);
    default:
      return Buffer.concat([before, Buffer.from(pick(TOKENS, random)), random.integer(2) === 0 ? part : Buffer.alloc(0), after]);
  }
}

/** A sample config and its files, changed in one to three ways: its values, its layers, its text, its data. */
export function mutatedWorkspace(random: Random): Workspace {
  const sample = pick(samples, random);
  const config = structuredClone(sample.config);
  const files = { ...sample.files };
  const kind = random.integer(10);
  const names = Object.keys(files);
  if (kind < 8) for (let n = random.integer(3) === 0 ? 2 : 1; n > 0; n--) changeConfig(config, random);
  if (kind > 5 && names.length > 0) {
    const name = pick(names, random);
    for (let n = 1 + random.integer(2); n > 0; n--) files[name] = changeBytes(files[name] as Buffer, random);
  }
  const written = Buffer.from(JSON.stringify(config, null, 1));
  return { config: (kind === 8 ? changeBytes(written, random) : written).toString('utf8'), files };
}
