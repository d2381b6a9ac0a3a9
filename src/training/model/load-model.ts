import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../config/app-error.js';
import { createRandom } from '../random.js';
import { tf } from '../tf.js';
import { callModule } from '../user-module.js';
import { type Part, partsOf } from './layer-parts.js';
import { orthogonal } from './orthogonal.js';
import { initialValues, type Initializer, specOf } from './seeded-initializer.js';

interface Place {
  configFile: string;
  seed: number;
}

/**
 * The model of a TensorFlow.js or Keras model.json: its topology, with fresh weights seeded by (seed, place of the layer,
 * name of the weight).
 *
 * @throws AppError `model-invalid` at ["model", "file"]
 */
export async function loadModelFile(file: string, { configFile, seed }: Place): Promise<tf.LayersModel> {
  const full = path.resolve(path.dirname(configFile), file);
  const at = { path: ['model', 'file'] };
  const inFile = { ...at, file: full };
  let topology: unknown;
  try {
    topology = topologyOf(JSON.parse(await readFile(full, 'utf8')));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (cause instanceof SyntaxError) {
      throw new AppError('model-invalid', `${file} is no JSON: ${firstLine(cause)}`, 'Save the model again.', inFile, { cause });
    }
    const message = code === 'ENOENT' ? `There is no model file ${file}.` : `${file} cannot be read (${code ?? firstLine(cause)}).`;
    throw new AppError('model-invalid', message, 'Check the path; it is relative to the config.', at, { cause });
  }
  try {
    quickOrthogonal();
    const model = await tf.models.modelFromJSON(topology as Parameters<typeof tf.models.modelFromJSON>[0]);
    model.layers.forEach((layer, index) => initialize(layer, seed, index));
    return model;
  } catch (cause) {
    const action = 'Save it with tfjs model.save, or model.to_json of Keras 2, and use layers TensorFlow.js has.';
    throw new AppError('model-invalid', `${file} is not a model TensorFlow.js can build: ${firstLine(cause)}`, action, inFile, { cause });
  }
}

/** What an error says, as one sentence. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `${text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')}.`;
}

/** The part of a model.json that modelFromJSON takes. */
function topologyOf(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if ('modelTopology' in json) {
    const { modelTopology } = json;
    if (typeof modelTopology === 'object' && modelTopology !== null && 'model_config' in modelTopology)
      return { modelTopology: modelTopology.model_config };
    return { modelTopology };
  }
  return 'model_config' in json ? { modelTopology: json.model_config } : { modelTopology: json };
}

/** Names of the weights of tfjs layers whose initializer has another name. */
const INITIALIZER_OF: Record<string, string> = {
  recurrent_kernel: 'recurrent',
  depthwise_kernel: 'depthwise',
  pointwise_kernel: 'pointwise',
};

/** Gives the weights of a built layer the values its initializers would have given it, seeded. */
function initialize(layer: tf.layers.Layer, seed: number, place: number): void {
  for (const { part, path: inside } of partsOf(layer)) {
    const fields = part as unknown as Record<string, unknown>;
    for (const weight of ownWeights(part)) {
      const name = weight.originalName.split('/').pop() ?? '';
      const key = `${INITIALIZER_OF[name] ?? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Initializer`;
      const spec = fields[key] === undefined || fields[key] === null ? null : specOf(fields[key] as Initializer);
      // The forget gate of an LSTM has an initial value of its own.
      if (spec === null || (name === 'bias' && fields.unitForgetBias === true)) continue;
      const random = createRandom(seed, 'initializer', place, ...inside, key);
      const values = tf.tensor(initialValues(spec, weight.shape as number[], random), weight.shape as number[]);
      weight.write(values);
      values.dispose();
    }
  }
}

interface LayerWeight {
  originalName: string;
  shape: readonly (number | null)[];
  write(value: tf.Tensor): unknown;
}

/** Weights the part itself made; wrappers and recurrent layers show those of their cell. */
function ownWeights(part: Part): LayerWeight[] {
  const own = part as unknown as { _trainableWeights?: LayerWeight[]; _nonTrainableWeights?: LayerWeight[] };
  return [...(own._trainableWeights ?? []), ...(own._nonTrainableWeights ?? [])];
}

let replaced = false;

/** The orthogonal initializer of tfjs takes seconds for a few hundred units; this one milliseconds, from the same distribution. */
function quickOrthogonal(): void {
  if (replaced) return;
  replaced = true;
  const prototype = Object.getPrototypeOf(tf.initializers.orthogonal({})) as { apply: (shape: number[]) => tf.Tensor };
  prototype.apply = function (this: { gain: number; seed?: number }, shape) {
    const columns = shape[shape.length - 1] ?? 1;
    const rows = shape.reduce((a, b) => a * b, 1) / columns;
    // eslint-disable-next-line no-restricted-properties -- unseeded in tfjs as well; seeded while a module builds its model
    const random = createRandom(this.seed ?? Math.random(), 'orthogonal');
    return tf.tensor(orthogonal(rows, columns, this.gain, random), shape);
  };
}

export interface ModuleData {
  inputShape: readonly number[];
  outputUnits: number;
}

/**
 * The model that a module of the workspace makes. Unseeded random numbers drawn meanwhile are seeded.
 *
 * @throws AppError `untrusted`, or `model-invalid` at ["model", "module"]
 */
export async function loadModelModule(
  file: string,
  data: ModuleData,
  { configFile, seed, trusted }: Place & { trusted: boolean },
): Promise<tf.LayersModel> {
  const at = { path: ['model', 'module'] };
  if (!trusted) {
    const message = `The model comes from the code in ${file}, and this workspace is not trusted.`;
    throw new AppError('untrusted', message, 'Trust the workspace, or describe the model in model.layers.', at);
  }
  const full = path.resolve(path.dirname(configFile), file);
  quickOrthogonal();
  const shape = 'Its default export is (tf, { inputShape, outputUnits }) => LayersModel.';
  const module = { name: file, file: full, ...at, kind: 'model module', shape, code: 'model-invalid' } as const;
  const model = await callModule(module, (make) =>
    withSeededRandom(seed, async () => make(tf, { inputShape: [...data.inputShape], outputUnits: data.outputUnits })),
  );
  if (model instanceof tf.LayersModel) return model;
  const action = 'Return a tf.sequential() or tf.model() made with the tf it is given, not with another copy of TensorFlow.js.';
  throw new AppError('model-invalid', `The model module ${file} does not return a LayersModel.`, action, at);
}

async function withSeededRandom<T>(seed: number, work: () => Promise<T>): Promise<T> {
  const random = createRandom(seed, 'module');
  const original = Object.getOwnPropertyDescriptor(Math, 'random') as PropertyDescriptor;
  Object.defineProperty(Math, 'random', { ...original, value: () => random.uniform() });
  try {
    return await work();
  } finally {
    Object.defineProperty(Math, 'random', original);
  }
}
