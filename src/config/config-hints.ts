import { normaliseName } from './nearest-name.js';

/** Where a key belongs that is often written in the wrong place. */
const HOMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    learningRate: 'training.optimizer',
    momentum: 'training.optimizer',
    fromLogits: 'training.loss',
    loss: 'training',
    metrics: 'training',
    optimizer: 'training',
    learningRateSchedule: 'training',
    gradientClip: 'training',
    epochs: 'training',
    batchSize: 'training',
    steps: 'training',
    engine: 'training',
    warmupSteps: 'training.learningRateSchedule',
    layers: 'model',
    regularization: 'model',
    file: 'data',
    generator: 'data',
    features: 'data',
    target: 'data',
    scale: 'data',
    validationSplit: 'data',
    telemetryBudget: 'watch',
    onTrouble: 'watch',
    detectors: 'watch',
  }),
);

const NORMALISED_HOMES = new Map([...HOMES].map(([key, home]) => [normaliseName(key), { key, home }]));

/** The place where a key belongs, and how it is spelt there, whatever its case, `_` and `-`. */
export function homeOf(key: string): { key: string; home: string } | undefined {
  return NORMALISED_HOMES.get(normaliseName(key));
}

/** What to add where a key is missing. */
export const MISSING_EXAMPLES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    data: '"data": { "file": "data.csv", "target": "y" }',
    model: '"model": { "layers": [{ "type": "dense", "units": 1 }] }',
    training: '"training": { "loss": "meanSquaredError", "optimizer": { "type": "adam" } }',
    loss: '"loss": "meanSquaredError"',
    optimizer: '"optimizer": { "type": "adam", "learningRate": 0.001 }',
    units: '"units" with the number of outputs of the layer',
    filters: '"filters" with the number of output channels',
    kernelSize: '"kernelSize": 3',
    rate: '"rate": 0.5',
    layer: '"layer" with the layer that is wrapped',
    x: '"x" with one entry a row',
    y: '"y" with one entry a row',
    from: '"from" with the first x',
    to: '"to" with the last x',
    decaySteps: '"decaySteps" with the number of steps the decay takes',
  }),
);

const typed = (value: string): string => `Write an object: { "type": ${JSON.stringify(value)} }.`;

/** What to write where a bare name stands in place of an object. */
export const VALUE_EXAMPLES: ReadonlyMap<string, (value: string) => string> = new Map(
  Object.entries({
    optimizer: typed,
    learningRateSchedule: typed,
    gradientClip: typed,
    layer: typed,
    generator: (value) => `Write an object: { "name": ${JSON.stringify(value)} }.`,
    regularization: () => 'Write an object: { "l1": 0, "l2": 0.01 }.',
    kernelRegularizer: () => 'Write an object: { "l1": 0, "l2": 0.01 }.',
  }),
);
