import type { InitializerConfig } from '../../config/layer-parts-schema.js';
import { createRandom, type Random } from '../random.js';
import { tf } from '../tf.js';
import { orthogonal } from './orthogonal.js';

/** What the layers of tfjs ask of an initializer. */
export interface Initializer {
  apply(shape: number[], dtype?: tf.DataType): tf.Tensor;
  getClassName(): string;
  getConfig(): Record<string, unknown>;
}

/** Most values of one weight: 400 MB as float32, before gradients and moments. */
export const MAX_WEIGHTS = 1e8;

/** A weight that no memory holds together with its gradient. */
export class TooManyWeights extends Error {
  constructor(readonly count: number) {
    super(`${count} weights`);
  }
}

/**
 * An initializer whose values are a pure function of its spec, the seed parts and the shape, the same on every engine.
 *
 * The distributions are those of tfjs of the same name; "normal" of varianceScaling (and so heNormal, glorotNormal,
 * leCunNormal) is cut at two standard deviations, as there.
 */
export class SeededInitializer extends tf.serialization.Serializable implements Initializer {
  static className = 'GradwatchInitializer';
  readonly spec: InitializerConfig;
  readonly seedParts: readonly (number | string)[];

  constructor({ spec, seedParts = [] }: { spec: InitializerConfig; seedParts?: readonly (number | string)[] }) {
    super();
    this.spec = spec;
    this.seedParts = seedParts;
  }

  apply(shape: number[]): tf.Tensor {
    const count = shape.reduce((a, b) => a * b, 1);
    if (count > MAX_WEIGHTS) throw new TooManyWeights(count);
    const own = 'seed' in this.spec ? this.spec.seed : undefined;
    const random = own === undefined ? createRandom(...this.seedParts) : createRandom(own, 'initializer');
    return tf.tensor(initialValues(this.spec, shape, random), shape);
  }

  getConfig(): tf.serialization.ConfigDict {
    return { spec: this.spec, seedParts: [...this.seedParts] };
  }
}
tf.serialization.registerClass(SeededInitializer);

/** The form in which a layer's arguments carry an initializer. */
export function initializerArgument(spec: InitializerConfig): object {
  return { className: SeededInitializer.className, config: { spec } };
}

/** The values of a weight of this shape, row-major. Throws RangeError where the initializer does not fit the shape. */
export function initialValues(spec: InitializerConfig, shape: readonly number[], random: Random): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const fill = (next: () => number): Float32Array => {
    const out = new Float32Array(size);
    for (let i = 0; i < size; i++) out[i] = next();
    return out;
  };
  switch (spec.type) {
    case 'zeros':
      return new Float32Array(size);
    case 'ones':
      return new Float32Array(size).fill(1);
    case 'constant':
      return new Float32Array(size).fill(spec.value);
    case 'randomUniform':
      return fill(() => spec.minval + (spec.maxval - spec.minval) * random.uniform());
    case 'randomNormal':
      return fill(() => spec.mean + spec.stddev * random.normal());
    case 'truncatedNormal':
      return fill(() => spec.mean + spec.stddev * truncated(random));
    case 'identity':
      return identity(shape, spec.gain);
    case 'orthogonal': {
      if (shape.length < 2) throw new RangeError('orthogonal needs a weight with at least two axes');
      const columns = shape[shape.length - 1] ?? 1;
      return orthogonal(size / columns, columns, spec.gain, random);
    }
    default:
      return varianceScaling(shape, scalingOf(spec), random, fill);
  }
}

interface Scaling {
  scale: number;
  mode: 'fanIn' | 'fanOut' | 'fanAvg';
  distribution: 'normal' | 'uniform' | 'truncatedNormal';
}

/** Glorot and Bengio 2010; He et al. 2015; LeCun et al. 1998. */
const NAMED = {
  glorotUniform: { scale: 1, mode: 'fanAvg', distribution: 'uniform' },
  glorotNormal: { scale: 1, mode: 'fanAvg', distribution: 'normal' },
  heUniform: { scale: 2, mode: 'fanIn', distribution: 'uniform' },
  heNormal: { scale: 2, mode: 'fanIn', distribution: 'normal' },
  leCunUniform: { scale: 1, mode: 'fanIn', distribution: 'uniform' },
  leCunNormal: { scale: 1, mode: 'fanIn', distribution: 'normal' },
} as const;

function scalingOf(spec: Extract<InitializerConfig, { type: keyof typeof NAMED | 'varianceScaling' }>): Scaling {
  return spec.type === 'varianceScaling' ? spec : NAMED[spec.type];
}

/** Variance scale / fan; uniform in +-sqrt(3 scale / fan), or normal with deviation sqrt(scale / fan) cut at two deviations. */
function varianceScaling(
  shape: readonly number[],
  { scale, mode, distribution }: Scaling,
  random: Random,
  fill: (next: () => number) => Float32Array,
): Float32Array {
  const [fanIn, fanOut] = fans(shape);
  const fan = mode === 'fanIn' ? fanIn : mode === 'fanOut' ? fanOut : (fanIn + fanOut) / 2;
  const variance = scale / Math.max(1, fan);
  if (distribution === 'uniform') {
    const limit = Math.sqrt(3 * variance);
    return fill(() => limit * (2 * random.uniform() - 1));
  }
  const deviation = Math.sqrt(variance);
  return fill(() => deviation * truncated(random));
}

/** Inputs and outputs of one unit; a convolution counts its window. */
function fans(shape: readonly number[]): [number, number] {
  const size = shape.reduce((a, b) => a * b, 1);
  if (shape.length < 2 || shape.length > 5) return [Math.sqrt(size), Math.sqrt(size)];
  const inputs = shape[shape.length - 2] ?? 1;
  const outputs = shape[shape.length - 1] ?? 1;
  return [size / outputs, size / inputs];
}

/** Standard normal, redrawn beyond two deviations. */
function truncated(random: Random): number {
  let value = random.normal();
  while (Math.abs(value) > 2) value = random.normal();
  return value;
}

function identity(shape: readonly number[], gain: number): Float32Array {
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || rows !== columns) {
    throw new RangeError(`identity needs a square weight, this one is [${shape.join(', ')}]`);
  }
  const out = new Float32Array(rows * rows);
  for (let i = 0; i < rows; i++) out[i * rows + i] = gain;
  return out;
}

/** The spec that describes an initializer of tfjs; null for one that is not of tfjs. */
export function specOf(initializer: Initializer): InitializerConfig | null {
  if (initializer instanceof SeededInitializer) return initializer.spec;
  const config = initializer.getConfig();
  const type = STOCK[initializer.getClassName()];
  return type === undefined ? null : ({ ...config, type, seed: config.seed ?? undefined } as InitializerConfig);
}

const STOCK: Record<string, InitializerConfig['type'] | undefined> = {
  Zeros: 'zeros',
  Ones: 'ones',
  Constant: 'constant',
  RandomUniform: 'randomUniform',
  RandomNormal: 'randomNormal',
  TruncatedNormal: 'truncatedNormal',
  Identity: 'identity',
  Orthogonal: 'orthogonal',
  VarianceScaling: 'varianceScaling',
};
