import type { Config } from '../../config/config-schema.js';
import type { ArchitectureLayer, LayerInfo } from '../../telemetry/events.js';
import { tf } from '../tf.js';
import { NoiseClock } from './noise-clock.js';

/** What the data asks of the model. */
export interface ModelData {
  /** Shape of one input row, without the batch axis. */
  inputShape: readonly number[];
  /** Units the output needs for the target and the loss. */
  outputUnits: number;
}

export interface BuildOptions {
  /** Path of the config file: model.file and model.module are relative to it. */
  configFile: string;
  seed: number;
  /** Whether code of the workspace (model.module) may run. */
  trusted: boolean;
}

export interface BuiltModel {
  model: tf.LayersModel;
  /** Every layer from input to output. */
  architecture: ArchitectureLayer[];
  /** The layers with trainable weights, in the order of the model. */
  layers: LayerInfo[];
  /** Trainable variables in the order of `model.trainableWeights`, with the index of their layer in `layers`. */
  variables: { variable: tf.Variable; layer: number }[];
  /** Decides the masks of all noise layers: set `noise.step` before each training forward pass. */
  noise: NoiseClock;
  /** Trainable and not. */
  parameters: number;
}

/**
 * Builds the model of a config.
 *
 * @throws AppError `model-invalid`, `shape-mismatch` at the key of the config, `untrusted` for model.module
 */
export async function buildModel(config: Config, data: ModelData, options: BuildOptions): Promise<BuiltModel> {
  void options;
  const model = tf.sequential();
  const infos: ArchitectureLayer[] = [];
  for (const [index, layer] of (config.model.layers ?? []).entries()) {
    const { type, ...args } = layer as { type: string } & Record<string, unknown>;
    const factory = (tf.layers as unknown as Record<string, (args: object) => tf.layers.Layer>)[type];
    if (factory === undefined) throw new Error(`unknown layer ${type}`);
    const made = factory({ name: `${type}_${index + 1}`, ...(index === 0 ? { inputShape: [...data.inputShape] } : {}), ...plain(args) });
    model.add(made);
    infos.push({
      name: made.name,
      type,
      parameters: made.countParams(),
      outputShape: (made.outputShape as (number | null)[]).slice(1),
      configIndex: index,
    });
  }
  const trained = model.layers.filter((layer) => layer.trainableWeights.length > 0);
  return {
    model,
    architecture: infos,
    layers: trained.map((layer) => {
      const info = infos.find((i) => i.name === layer.name);
      return { name: layer.name, type: info?.type ?? layer.getClassName(), parameters: layer.countParams() };
    }),
    variables: trained.flatMap((layer, index) => layer.trainableWeights.map((w) => ({ variable: w.read() as tf.Variable, layer: index }))),
    noise: new NoiseClock(options.seed),
    parameters: model.countParams(),
  };
}

/** Arguments as the tfjs factories take them. */
function plain(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => {
      if (!key.endsWith('Initializer') || typeof value !== 'object' || value === null) return [key, value];
      const { type, ...rest } = value as { type: string };
      const make = (tf.initializers as unknown as Record<string, (args: object) => unknown>)[type];
      return [key, make?.(rest)];
    }),
  );
}
