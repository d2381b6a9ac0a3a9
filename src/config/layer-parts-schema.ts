import { z } from 'zod';

export const ACTIVATIONS = [
  'linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'tanh', 'softmax', 'softplus', 'softsign',
  'swish', 'mish', 'gelu', 'exponential',
] as const; // prettier-ignore
export const activationSchema = z.enum(ACTIVATIONS).describe('Activation function.');

const seed = z.number().int().optional().describe('Own seed. Default: derived from training.seed and the place of the weight.');
const plainInitializers = [
  'zeros', 'ones', 'glorotUniform', 'glorotNormal', 'heUniform', 'heNormal', 'leCunUniform', 'leCunNormal',
  'orthogonal', 'identity', 'randomUniform', 'randomNormal', 'truncatedNormal', 'varianceScaling',
] as const; // prettier-ignore

const initializerObject = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['zeros', 'ones']) }),
  z.strictObject({ type: z.enum(['glorotUniform', 'glorotNormal', 'heUniform', 'heNormal', 'leCunUniform', 'leCunNormal']), seed }),
  z.strictObject({ type: z.literal('constant'), value: z.number().describe('Every weight starts at this value.') }),
  z.strictObject({
    type: z.literal('randomUniform'),
    minval: z.number().default(-0.05).describe('Lower end.'),
    maxval: z.number().default(0.05).describe('Upper end.'),
    seed,
  }),
  z.strictObject({
    type: z.enum(['randomNormal', 'truncatedNormal']),
    mean: z.number().default(0).describe('Mean of the weights.'),
    stddev: z.number().nonnegative().default(0.05).describe('Standard deviation of the weights.'),
    seed,
  }),
  z.strictObject({ type: z.literal('identity'), gain: z.number().default(1).describe('Multiplies the matrix.') }),
  z.strictObject({ type: z.literal('orthogonal'), gain: z.number().default(1).describe('Multiplies the matrix.'), seed }),
  z.strictObject({
    type: z.literal('varianceScaling'),
    scale: z.number().positive().default(1).describe('Variance is scale / fan.'),
    mode: z.enum(['fanIn', 'fanOut', 'fanAvg']).default('fanIn').describe('What fan counts: inputs, outputs, or their mean.'),
    distribution: z.enum(['normal', 'uniform', 'truncatedNormal']).default('normal').describe('Shape of the distribution.'),
    seed,
  }),
]);
export const initializerSchema = z
  .union([z.enum(plainInitializers).transform((type) => initializerObject.parse({ type })), initializerObject])
  .describe('Initial values of the weights: a name or {type, ...arguments}. Seeded from training.seed.');
export type InitializerConfig = z.output<typeof initializerSchema>;

export const regularizerSchema = z
  .strictObject({
    l1: z.number().nonnegative().default(0).describe('Adds l1 * sum(|w|) to the loss.'),
    l2: z.number().nonnegative().default(0).describe('Adds l2 * sum(w^2) to the loss.'),
  })
  .describe('Penalty on the weights.');
export type RegularizerConfig = z.output<typeof regularizerSchema>;

const axis = z.number().int().optional().describe('Axis along which norms are taken. Default 0.');
const maxNorm = z.number().positive().describe('Largest norm of the weights of a unit.');
export const constraintSchema = z
  .union([
    z.enum(['maxNorm', 'minMaxNorm', 'nonNeg', 'unitNorm']).transform((type) => ({ type })),
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('maxNorm'), maxValue: maxNorm.default(2), axis }),
      z.strictObject({
        type: z.literal('minMaxNorm'),
        minValue: z.number().nonnegative().default(0).describe('Smallest norm of the weights of a unit.'),
        maxValue: maxNorm.default(1),
        rate: z.number().min(0).max(1).default(1).describe('How strictly the limits hold: 1 is at once.'),
        axis,
      }),
      z.strictObject({ type: z.literal('unitNorm'), axis }),
      z.strictObject({ type: z.literal('nonNeg') }),
    ]),
  ])
  .describe('Constraint applied to the weights after each update.');

const positive = z.number().int().positive();
/** A kernel, stride, pool or dilation size over one dimension. */
export const size1d = z.union([positive, z.tuple([positive])]);
/** A kernel, stride, pool or dilation size over two dimensions; one number serves for both. */
export const size2d = z.union([positive, z.tuple([positive, positive])]);
export const paddingSchema = z.enum(['valid', 'same']);
export const paddingCausalSchema = z.enum(['valid', 'same', 'causal']);
export const dataFormatSchema = z.enum(['channelsLast']).describe('Gradwatch computes channelsLast only.');
