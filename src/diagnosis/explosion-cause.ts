import type { Config } from '../config/config-schema.js';
import type { ConfigPath } from '../config/config-path.js';
import type { StartEvent } from '../telemetry/events.js';
import { LEARNING_RATE_PATH, layerPath } from './config-facts.js';
import { CAUSES } from './finding.js';
import type { FeatureStats, LayerSignal, PreflightReport, TargetStats } from './preflight-report.js';

/** Root mean square of the input columns above which an explosion is put down to them: 0..255 images have 130. */
export const INPUT_RMS_LIMIT = 30;
/** The same for a target to be predicted. */
export const TARGET_RMS_LIMIT = 100;
/** Factor of the signal per layer at step 0, and over all layers, above which weights start too wide. */
const SIGNAL_GAIN = 1.5;
const SIGNAL_TOTAL = 30;
/** Factor per layer below which they start too small, and the signal falls below 1 / 30 in all: tanh and sigmoid keep more than 0.6. */
const SIGNAL_LOSS = 0.5;

/** Factor of the signal per step of a sequence above which recurrent weights start too wide: 1.1^40 = 45. */
const RECURRENT_GAIN = 1.1;
/** Batches of fewer rows are mostly noise. */
const SMALL_BATCH = 8;

export interface ExplosionCause {
  kind: 'inputs' | 'target' | 'initialization' | 'hasty';
  /** In the product's words. */
  cause: string;
  /** Config path of the key to change. */
  at: ConfigPath;
  layer: string | null;
  /** Ids of the fixes, best first. */
  fixes: string[];
}

const STEP_FIXES = ['lower-learning-rate', 'clip-gradients', 'decay-learning-rate', 'add-l2', 'add-l1'];

/** Where batches are small their noise may be the trouble, and a larger one its cure. */
function hastyFixes({ training }: Config): string[] {
  const [first = '', ...others] = STEP_FIXES;
  return training.batchSize < SMALL_BATCH ? [first, 'increase-batch', ...others] : [...STEP_FIXES];
}

/** The same for trouble that only came while it trained: the rate was not too high for the first batches. */
export function laterFixes({ fixes }: ExplosionCause): string[] {
  return fixes.includes('increase-batch') ? ['increase-batch', ...fixes.filter((id) => id !== 'increase-batch')] : fixes;
}

/**
 * Puts an explosion down to its root: raw inputs, a raw target or wide initial weights make the curvature; only where
 * none of them does is the learning rate itself the cause.
 */
export function explosionCause(report: PreflightReport | null, config: Config, start: StartEvent): ExplosionCause {
  if (report !== null && inputRms(report.features) > INPUT_RMS_LIMIT && config.data.scale.inputs === 'none') {
    return { kind: 'inputs', cause: CAUSES.inputs, at: scalePath(config), layer: null, fixes: ['scale-inputs', ...STEP_FIXES] };
  }
  if (report !== null && targetRms(report.targets) > TARGET_RMS_LIMIT && config.data.scale.target === 'none') {
    return { kind: 'target', cause: CAUSES.target, at: scalePath(config), layer: null, fixes: ['scale-target', ...STEP_FIXES] };
  }
  const wide = report === null ? null : wideLayer(report.signal);
  if (wide !== null) {
    const at = initializerPath(config, start, wide.layer);
    return { kind: 'initialization', cause: CAUSES.initialization, at, layer: wide.layer, fixes: ['change-initializer', ...STEP_FIXES] };
  }
  const recurrence = wideRecurrence(config);
  if (recurrence !== null) {
    const at = ['model', 'layers', recurrence, 'recurrentInitializer'];
    const layer = start.architecture?.find(({ configIndex }) => configIndex === recurrence)?.name ?? null;
    return { kind: 'initialization', cause: CAUSES.initialization, at, layer, fixes: ['change-initializer', ...STEP_FIXES] };
  }
  return { kind: 'hasty', cause: CAUSES.hasty, at: LEARNING_RATE_PATH, layer: null, fixes: hastyFixes(config) };
}

/**
 * Index of the first recurrent layer whose recurrent weights are drawn with a fixed deviation s too wide for its n units: a step
 * multiplies the signal by about s √n (the spectral radius of such a matrix, Ginibre's circular law), by s √(n / 2) behind a relu,
 * and a sequence by that to its length. Null where there is none.
 */
function wideRecurrence(config: Config): number | null {
  const index = (config.model.layers ?? []).findIndex((layer) => {
    if (!('recurrentInitializer' in layer) || layer.recurrentInitializer?.type !== 'randomNormal') return false;
    const halved = 'activation' in layer && layer.activation === 'relu' ? 2 : 1;
    return layer.recurrentInitializer.stddev * Math.sqrt(layer.units / halved) > RECURRENT_GAIN;
  });
  return index < 0 ? null : index;
}

/** Root mean square over all input columns; columns with non-finite figures are left out. */
export function inputRms(features: FeatureStats[]): number {
  return rms(features);
}

/** Root mean square of the largest target that is a number to be predicted; 0 for classes. */
export function targetRms(targets: TargetStats[]): number {
  return Math.max(0, ...targets.filter((t) => t.classes === null).map((t) => rms([t])));
}

function rms(columns: { mean: number; deviation: number }[]): number {
  const squares = columns.map((c) => c.mean ** 2 + c.deviation ** 2).filter(Number.isFinite);
  return squares.length === 0 ? 0 : Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
}

/** Geometric growth of the signal through the layers at step 0. */
export interface SignalGrowth {
  layer: string;
  /** Factor per layer. */
  gain: number;
  /** Factor from the first layer to the last but one. */
  total: number;
  layers: number;
}

/** The layer with the largest own gain where the signal grows geometrically through the net; null where it does not. */
export function wideLayer(signal: LayerSignal[]): SignalGrowth | null {
  const growth = growthOf(signal, (gain, extreme) => gain > extreme);
  return growth !== null && growth.gain > SIGNAL_GAIN && growth.total > SIGNAL_TOTAL ? growth : null;
}

/** The layer with the smallest own gain where the signal shrinks to half or less per layer; null where it does not. */
export function narrowLayer(signal: LayerSignal[]): SignalGrowth | null {
  const growth = growthOf(signal, (gain, extreme) => gain < extreme);
  return growth !== null && growth.gain < SIGNAL_LOSS && growth.total < 1 / SIGNAL_TOTAL ? growth : null;
}

/** Null with fewer than three layers that give a signal. */
function growthOf(signal: LayerSignal[], isMore: (gain: number, extreme: number) => boolean): SignalGrowth | null {
  const finite = signal.filter((s) => s.outputRms > 0 && Number.isFinite(s.outputRms));
  if (finite.length < 3) return null;
  const rmsOf = (i: number) => (finite[i] as LayerSignal).outputRms;
  const last = finite.length - 1;
  const total = rmsOf(last) / rmsOf(0);
  let extreme = 1;
  for (let i = 2; i <= last; i++) if (isMore(rmsOf(i) / rmsOf(i - 1), rmsOf(extreme) / rmsOf(extreme - 1))) extreme = i;
  return { layer: (finite[extreme] as LayerSignal).layer, gain: total ** (1 / last), total, layers: finite.length };
}

/** data.scale where the user has written one or can: data itself holds it otherwise. */
export function scalePath(config: Config): ConfigPath {
  const { inputs, target } = config.data.scale;
  return inputs === 'none' && target === 'none' ? ['data'] : ['data', 'scale'];
}

/** The initialiser of a layer where the config gives one, the layer itself otherwise. */
export function initializerPath(config: Config, start: StartEvent, layer: string): ConfigPath {
  const path = layerPath(start, layer);
  const index = path[2];
  const entry = typeof index === 'number' ? config.model.layers?.[index] : undefined;
  return entry !== undefined && 'kernelInitializer' in entry && entry.kernelInitializer !== undefined
    ? [...path, 'kernelInitializer']
    : path;
}
