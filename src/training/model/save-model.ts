import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tf } from '../tf.js';
import { SeededInitializer } from './seeded-initializer.js';

const MODEL_FILE = 'model.json';
const WEIGHTS_FILE = 'weights.bin';

/**
 * Writes a model with its weights as TensorFlow.js does: `model.json` (topology and manifest) and `weights.bin`, for
 * `tf.loadLayersModel` of any TensorFlow.js, and for its converter to Keras.
 *
 * @returns the path of model.json
 */
export async function saveModel(model: tf.LayersModel, directory: string): Promise<string> {
  const file = path.join(directory, MODEL_FILE);
  const handler = tf.io.withSaveHandler(async ({ modelTopology, weightSpecs = [], weightData = new ArrayBuffer(0), ...rest }) => {
    const { format, generatedBy, convertedBy } = rest;
    const weightsManifest = [{ paths: [WEIGHTS_FILE], weights: weightSpecs }];
    await mkdir(directory, { recursive: true });
    await writeFile(path.join(directory, WEIGHTS_FILE), Buffer.from(tf.io.CompositeArrayBuffer.join(weightData)));
    const topology = withStockInitializers(modelTopology);
    await writeFile(file, JSON.stringify({ format, generatedBy, convertedBy, modelTopology: topology, weightsManifest }));
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } };
  });
  await model.save(handler);
  return file;
}

/** Scales, in the notation of Keras, of the initializers that are a variance scaling under a name of their own. */
const SCALINGS: Readonly<Record<string, object>> = {
  glorot_uniform: { scale: 1, mode: 'fan_avg', distribution: 'uniform' },
  glorot_normal: { scale: 1, mode: 'fan_avg', distribution: 'normal' },
  he_uniform: { scale: 2, mode: 'fan_in', distribution: 'uniform' },
  he_normal: { scale: 2, mode: 'fan_in', distribution: 'normal' },
  le_cun_uniform: { scale: 1, mode: 'fan_in', distribution: 'uniform' },
  le_cun_normal: { scale: 1, mode: 'fan_in', distribution: 'normal' },
};

/** Our seeded initializers as those of TensorFlow.js with the same distribution: nobody else knows ours. */
function withStockInitializers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withStockInitializers);
  if (typeof value !== 'object' || value === null) return value;
  const { class_name: name, config } = value as { class_name?: unknown; config?: { spec?: object } };
  if (name === SeededInitializer.className) return stockInitializer(config?.spec ?? {});
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withStockInitializers(inner)]));
}

function stockInitializer(spec: { type?: string; seed?: unknown }): object {
  const { type = 'zeros', ...config } = spec;
  const scaling = SCALINGS[type];
  if (scaling !== undefined) return { class_name: 'VarianceScaling', config: { ...scaling, seed: spec.seed ?? null } };
  const words = type.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { class_name: words.join(''), config: type === 'zeros' || type === 'ones' ? {} : config };
}
