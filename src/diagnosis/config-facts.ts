import type { Config } from '../config/config-schema.js';
import type { LayerConfig } from '../config/layer-schema.js';
import type { ConfigPath } from '../config/config-path.js';
import type { FindingId } from '../config/finding-ids.js';
import type { StartEvent } from '../telemetry/events.js';

export const LEARNING_RATE_PATH: ConfigPath = ['training', 'optimizer', 'learningRate'];
export const LOSS_PATH: ConfigPath = ['training', 'loss'];

const PASS_THROUGH = new Set([
  'dropout',
  'spatialDropout1d',
  'gaussianNoise',
  'gaussianDropout',
  'alphaDropout',
  'flatten',
  'reshape',
  'permute',
]);
const ACTIVATION_LAYERS: Record<string, string> = { softmax: 'softmax', reLU: 'relu', thresholdedReLU: 'relu' };
const RECURRENT = new Set(['simpleRNN', 'lstm', 'gru']);

/** The last activation of a network and the layer that carries it. */
export interface OutputFacts {
  /** Index in model.layers of the layer with that activation, or of the last layer with weights. */
  index: number;
  activation: string;
  /** Units of the last layer with weights. */
  units: number | null;
  /** Index of the last layer with weights. */
  weightsIndex: number;
  /** Indices of softmax activations that follow each other at the end, from input to output. */
  softmax: number[];
}

/**
 * Reads the output of `model.layers`, skipping layers that change no value (dropout, flatten, ...).
 * Null where the model is not given as layers, or ends in a layer whose activation cannot be told (pooling, leaky ReLU).
 */
export function outputOf(config: Config): OutputFacts | null {
  const layers = config.model.layers;
  if (layers === undefined) return null;
  const activations: { index: number; activation: string }[] = [];
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = unwrapped(layers[i] as LayerConfig);
    if (PASS_THROUGH.has(layer.type)) continue;
    const activation = activationOf(layer);
    if (activation === null) return null;
    if (activation !== 'linear') activations.unshift({ index: i, activation });
    const units = unitsOf(layer);
    if (units === null) continue;
    const last = activations.at(-1) ?? { index: i, activation: 'linear' };
    return { ...last, units, weightsIndex: i, softmax: activations.filter((a) => a.activation === 'softmax').map((a) => a.index) };
  }
  return null;
}

/** Layer inside a timeDistributed or bidirectional wrapper, or the layer itself. */
export function unwrapped(layer: LayerConfig): LayerConfig {
  return layer.type === 'timeDistributed' || layer.type === 'bidirectional' ? layer.layer : layer;
}

/** "linear" where a layer has none; null where it cannot be told. */
export function activationOf(layer: LayerConfig): string | null {
  if (layer.type in ACTIVATION_LAYERS) return ACTIVATION_LAYERS[layer.type] ?? null;
  if (layer.type === 'activation') return layer.activation;
  if ('activation' in layer && layer.activation !== undefined) return layer.activation;
  if (RECURRENT.has(layer.type)) return 'tanh';
  return 'units' in layer || 'filters' in layer ? 'linear' : null;
}

function unitsOf(layer: LayerConfig): number | null {
  if ('units' in layer) return layer.units;
  return 'filters' in layer ? layer.filters : null;
}

/** The network normalises its signal (batch or layer normalisation), so that its loss hardly feels the size of the weights. */
export function isNormalised(config: Config): boolean {
  return config.model.layers?.some((l) => l.type === 'batchNormalization' || l.type === 'layerNormalization') ?? false;
}

/**
 * Largest rate x sharpness at which gradient descent on a quadratic converges: 2; heavy ball 2 (1 + m); Nesterov
 * 2 (1 + m) / (1 + 2 m). Null where no such limit holds: adaptive optimisers (theirs is on the preconditioned curvature)
 * and clipped gradients. Source: Cohen et al. 2021, arXiv 2103.00065, section 2.
 */
export function stabilityLimit(config: Config): number | null {
  const { optimizer, gradientClip } = config.training;
  if (optimizer.type !== 'sgd' || gradientClip !== undefined) return null;
  const m = optimizer.momentum;
  return optimizer.nesterov ? (2 * (1 + m)) / (1 + 2 * m) : 2 * (1 + m);
}

/** The loss is an exact quadratic of the weights: one linear layer under a squared error. */
export function isQuadratic(config: Config): boolean {
  const layers = config.model.layers?.filter((l) => !PASS_THROUGH.has(l.type)) ?? [];
  const only = layers[0];
  return (
    layers.length === 1 &&
    only?.type === 'dense' &&
    activationOf(only) === 'linear' &&
    config.training.loss.type === 'meanSquaredError' &&
    config.model.layers?.length === 1
  );
}

/** Share of their first values that the running averages of batch normalisation may still hold. */
const SETTLED = 0.01;
/** Keras and TensorFlow.js: momentum of those averages. */
const STANDARD_MOMENTUM = 0.99;

/**
 * Updates after which the running averages of batch normalisation hold less than 1 % of what they began with (mean 0, variance 1):
 * momentum ^ updates < 0.01, 459 at the standard 0.99. Before that an evaluation, which uses them, is not of the net that is
 * trained. 0 without such a layer.
 */
export function settlingSteps(config: Config): number {
  const momenta = (config.model.layers ?? []).flatMap((l) => (l.type === 'batchNormalization' ? [l.momentum ?? STANDARD_MOMENTUM] : []));
  const slowest = Math.max(0, ...momenta);
  return slowest === 0 ? 0 : Math.ceil(Math.log(SETTLED) / Math.log(slowest));
}

/** The loss holds a penalty on the weights. */
export function hasPenalty(config: Config): boolean {
  const { l1, l2 } = config.model.regularization;
  return l1 > 0 || l2 > 0 || (config.model.layers?.some((l) => 'kernelRegularizer' in l && l.kernelRegularizer !== undefined) ?? false);
}

/** Updates over which the learning rate still rises. */
export function warmupSteps(config: Config): number {
  return config.training.learningRateSchedule?.warmupSteps ?? 0;
}

/** The limit a detector judges by: the config's own where it gives one. */
export function thresholdOf(config: Config, id: FindingId, standard: number): number {
  const setting = config.watch.detectors[id];
  return typeof setting === 'object' ? (setting.threshold ?? standard) : standard;
}

export function isOff(config: Config, id: FindingId): boolean {
  return config.watch.detectors[id] === 'off';
}

/** Config path of a layer by its name in the run: its entry in model.layers, or the model. */
export function layerPath(start: StartEvent, layer: string | null): ConfigPath {
  const index = start.architecture?.find((l) => l.name === layer)?.configIndex;
  return index === undefined ? ['model'] : ['model', 'layers', index];
}
