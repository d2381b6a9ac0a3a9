import { AppError } from '../../config/app-error.js';
import type { Config } from '../../config/config-schema.js';
import type { ConfigPath } from '../../config/config-path.js';
import type { ArchitectureLayer, LayerInfo } from '../../telemetry/events.js';
import { type tf } from '../tf.js';
import { buildLayers } from './build-layers.js';
import { repairConvolutions } from './convolution-repairs.js';
import { describeArchitecture } from './describe-model.js';
import { shapeText } from './layer-rules.js';
import { Fallbacks } from './fallbacks.js';
import { finishLayer } from './finish-layer.js';
import { noteOptimizer } from './fuse-layers.js';
import { loadModelFile, loadModelModule } from './load-model.js';
import { NoiseClock } from './noise-clock.js';
import { checkOutput } from './output-rules.js';

/** What the data asks of the model. */
export interface ModelData {
  /** Shape of one input row, without the batch axis. */
  inputShape: readonly number[];
  /** Units the output needs for the target and the loss. */
  outputUnits: number;
  /** Shape of one target row; [outputUnits] (for class indices [1]) where not given. */
  targetShape?: readonly number[];
}

export interface BuildOptions {
  /** Path of the config file: model.file and model.module are relative to it. */
  configFile: string;
  seed: number;
  /** Whether code of the workspace (model.module) may run. */
  trusted: boolean;
}

/** A trainable weight. */
export interface ModelVariable {
  variable: tf.Variable;
  /** Index of its layer in `BuiltModel.layers`. */
  layer: number;
  /** What the weight must be after each update; tfjs does not apply it by itself. The tensor belongs to the caller. */
  constraint?: (weight: tf.Tensor) => tf.Tensor;
}

export interface BuiltModel {
  model: tf.LayersModel;
  /** Every layer from input to output. */
  architecture: ArchitectureLayer[];
  /** The layers with trainable weights, in the order of the model. */
  layers: LayerInfo[];
  /** Trainable variables in the order of `model.trainableWeights`. */
  variables: ModelVariable[];
  /** Decides the masks of all noise layers: set `noise.step` before each training forward pass. */
  noise: NoiseClock;
  /** What does not run on our own kernels; those met in forward passes are added. */
  fallbacks: Fallbacks;
  /** Trainable and not. */
  parameters: number;
}

/**
 * Builds the model of a config, its weights seeded.
 *
 * @throws AppError `model-invalid`, `shape-mismatch` at the key of the config, `untrusted` for model.module
 */
export async function buildModel(config: Config, data: ModelData, options: BuildOptions): Promise<BuiltModel> {
  const noise = new NoiseClock(options.seed);
  const fallbacks = new Fallbacks();
  const { file, module } = config.model;
  let model: tf.LayersModel;
  if (file !== undefined) model = adopt(await loadModelFile(file, options), data, noise, fallbacks, ['model', 'file']);
  else if (module !== undefined) model = adopt(await loadModelModule(module, data, options), data, noise, fallbacks, ['model', 'module']);
  else model = buildLayers(config, data.inputShape, noise, options.seed, fallbacks);
  noteOptimizer(config.training.optimizer, fallbacks);
  const architecture = describeArchitecture(model, config.model.layers);
  const last = architecture.at(-1);
  checkOutput(last?.outputShape ?? [], {
    loss: config.training.loss,
    outputUnits: data.outputUnits,
    targetShape: data.targetShape,
    layer: last?.name ?? '',
    path: outputPath(config, file, module),
  });
  return { model, architecture, ...trainable(model, architecture), noise, fallbacks, parameters: model.countParams() };
}

function outputPath({ model }: Config, file: string | undefined, module: string | undefined): ConfigPath {
  if (file !== undefined) return ['model', 'file'];
  if (module !== undefined) return ['model', 'module'];
  return ['model', 'layers', (model.layers ?? []).length - 1];
}

/** Makes a model from elsewhere ours: one input that fits the data, one output, penalties and noise as we want them. */
function adopt(model: tf.LayersModel, data: ModelData, noise: NoiseClock, fallbacks: Fallbacks, path: ConfigPath): tf.LayersModel {
  if (model.inputs?.length !== 1 || model.outputs?.length !== 1) {
    const message = `This model has ${model.inputs?.length ?? 0} inputs and ${model.outputs?.length ?? 0} outputs.`;
    throw new AppError('model-invalid', message, 'Use a model of one input and one output.', { path });
  }
  const wanted = (model.inputs[0]?.shape ?? []).slice(1);
  const fits = wanted.length === data.inputShape.length && wanted.every((size, i) => size === null || size === data.inputShape[i]);
  if (!fits) {
    const message = `The model takes rows of the shape ${shapeText(wanted)}, but the data gives ${shapeText(data.inputShape)}.`;
    throw new AppError('shape-mismatch', message, 'Set data.inputShape or data.features, or change the model.', { path });
  }
  model.layers.forEach((layer, index) => {
    repairConvolutions(layer);
    finishLayer(layer, index, noise, fallbacks);
  });
  return model;
}

interface LayerWeight {
  read(): tf.Variable;
  constraint?: { apply(weight: tf.Tensor): tf.Tensor } | null;
}

function trainable(model: tf.LayersModel, architecture: readonly ArchitectureLayer[]): Pick<BuiltModel, 'layers' | 'variables'> {
  const layers: LayerInfo[] = [];
  const variables: ModelVariable[] = [];
  for (const layer of model.layers) {
    const weights = layer.trainableWeights as unknown as LayerWeight[];
    if (weights.length === 0) continue;
    const type = architecture.find(({ name }) => name === layer.name)?.type ?? layer.getClassName();
    for (const weight of weights) {
      const { constraint } = weight;
      const entry: ModelVariable = { variable: weight.read(), layer: layers.length };
      if (constraint !== null && constraint !== undefined) entry.constraint = (value) => constraint.apply(value);
      variables.push(entry);
    }
    layers.push({ name: layer.name, type, parameters: weights.reduce((sum, weight) => sum + weight.read().size, 0) });
  }
  return { layers, variables };
}
