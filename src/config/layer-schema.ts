import { z } from 'zod';
import { LAYER_DESCRIPTIONS } from './layer-descriptions.js';
import {
  activationSchema,
  constraintSchema,
  dataFormatSchema,
  initializerSchema,
  paddingCausalSchema,
  paddingSchema,
  regularizerSchema,
  size1d,
  size2d,
} from './layer-parts-schema.js';

/*
 * One strict object per layer kind. `type` is the tfjs factory name, the other keys are that factory's arguments
 * (https://js.tensorflow.org/api/4.22.0/#Layers), with the same names and defaults.
 */
const positive = z.number().int().positive();
const rate = z.number().min(0).lt(1);
const dropRate = rate.describe('Share of the values dropped in training, 0 to below 1.');
const ownSeed = z.number().int().optional().describe('Own seed of the noise. Default: derived from training.seed.');
const axis = z.number().int().describe('Axis of the features or channels. Default -1, the last.');
const common = {
  name: z.string().min(1).optional().describe('Name of the layer in charts and findings. Default: type and number.'),
  trainable: z.boolean().optional().describe('false freezes the weights of this layer.'),
  inputShape: z
    .array(positive)
    .min(1)
    .optional()
    .describe('Shape of one row. Not needed: it follows from the data, and must agree with it.'),
};
const kernel = {
  activation: activationSchema.optional(),
  useBias: z.boolean().optional().describe('Add a bias. Default true.'),
  kernelInitializer: initializerSchema.optional(),
  biasInitializer: initializerSchema.optional(),
  kernelRegularizer: regularizerSchema.optional(),
  biasRegularizer: regularizerSchema.optional(),
  kernelConstraint: constraintSchema.optional(),
  biasConstraint: constraintSchema.optional(),
};
const filters = positive.describe('Number of output channels.');
const conv = <S extends z.ZodType, P extends z.ZodType>(size: S, padding: P) => ({
  kernelSize: size.describe('Extent of the kernel.'),
  strides: size.optional().describe('Step of the kernel. Default 1.'),
  padding: padding.optional().describe('valid: no padding; same: the output is as large as the input. Default valid.'),
  dataFormat: dataFormatSchema.optional(),
  dilationRate: size.optional().describe('Spacing of the kernel. Default 1.'),
});
const depthwise = {
  depthMultiplier: positive.optional().describe('Output channels per input channel. Default 1.'),
  depthwiseInitializer: initializerSchema.optional(),
  depthwiseRegularizer: regularizerSchema.optional(),
  depthwiseConstraint: constraintSchema.optional(),
};
const pool = <S extends z.ZodType>(size: S) => ({
  poolSize: size.optional().describe('Extent of the window. Default 2.'),
  strides: size.optional().describe('Step of the window. Default: the pool size.'),
  padding: paddingSchema.optional().describe('valid: no padding; same: the output is as large as the input. Default valid.'),
  dataFormat: dataFormatSchema.optional(),
});
const recurrent = {
  units: positive.describe('Size of the state.'),
  activation: activationSchema.optional().describe('Default tanh.'),
  useBias: z.boolean().optional().describe('Add a bias. Default true.'),
  kernelInitializer: initializerSchema.optional(),
  recurrentInitializer: initializerSchema.optional().describe('Default orthogonal.'),
  biasInitializer: initializerSchema.optional(),
  kernelRegularizer: regularizerSchema.optional(),
  recurrentRegularizer: regularizerSchema.optional(),
  biasRegularizer: regularizerSchema.optional(),
  kernelConstraint: constraintSchema.optional(),
  recurrentConstraint: constraintSchema.optional(),
  biasConstraint: constraintSchema.optional(),
  dropout: rate.optional().describe('Share of the inputs dropped.'),
  recurrentDropout: rate.optional().describe('Share of the state dropped.'),
  returnSequences: z.boolean().optional().describe('Output every step, not only the last.'),
  goBackwards: z.boolean().optional().describe('Read the sequence from its end.'),
  unroll: z.boolean().optional().describe('Build one step after the other instead of a loop.'),
};
const recurrentActivation = activationSchema.optional().describe('Activation of the gates. Default hardSigmoid.');
const dataFormat = { dataFormat: dataFormatSchema.optional() };
const layer = <T extends keyof typeof LAYER_DESCRIPTIONS, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), ...shape, ...common }).describe(LAYER_DESCRIPTIONS[type]);

const simpleLayers = [
  layer('dense', { units: positive.describe('Number of outputs.'), ...kernel }),
  layer('conv1d', { filters, ...conv(size1d, paddingCausalSchema), ...kernel }),
  layer('conv2d', { filters, ...conv(size2d, paddingSchema), ...kernel }),
  layer('conv2dTranspose', { filters, ...conv(size2d, paddingSchema), ...kernel }),
  layer('separableConv2d', {
    filters,
    ...conv(size2d, paddingSchema),
    ...kernel,
    ...depthwise,
    pointwiseInitializer: initializerSchema.optional(),
    pointwiseRegularizer: regularizerSchema.optional(),
    pointwiseConstraint: constraintSchema.optional(),
  }),
  layer('depthwiseConv2d', { ...conv(size2d, paddingSchema), ...kernel, ...depthwise }),
  layer('maxPooling1d', { ...pool(size1d) }),
  layer('averagePooling1d', { ...pool(size1d) }),
  layer('maxPooling2d', { ...pool(size2d) }),
  layer('averagePooling2d', { ...pool(size2d) }),
  layer('globalAveragePooling1d', {}),
  layer('globalMaxPooling1d', {}),
  layer('globalAveragePooling2d', dataFormat),
  layer('globalMaxPooling2d', dataFormat),
  layer('flatten', dataFormat),
  layer('reshape', { targetShape: z.array(positive).min(1).describe('Shape of one row after the layer.') }),
  layer('permute', { dims: z.array(positive).min(1).describe('New order of the axes, counted from 1.') }),
  layer('repeatVector', { n: positive.describe('How often each row is repeated.') }),
  layer('dropout', { rate: dropRate, seed: ownSeed }),
  layer('spatialDropout1d', { rate: dropRate, seed: ownSeed }),
  layer('gaussianNoise', { stddev: z.number().nonnegative().describe('Standard deviation of the noise added in training.'), seed: ownSeed }),
  layer('gaussianDropout', { rate: dropRate, seed: ownSeed }),
  layer('alphaDropout', { rate: dropRate, seed: ownSeed }),
  layer('activation', { activation: activationSchema }),
  layer('reLU', { maxValue: z.number().positive().optional().describe('Upper limit of the output. Default: none.') }),
  layer('leakyReLU', { alpha: z.number().nonnegative().optional().describe('Slope below 0. Default 0.3.') }),
  layer('elu', { alpha: z.number().nonnegative().optional().describe('Factor below 0. Default 1.') }),
  layer('thresholdedReLU', { theta: z.number().nonnegative().optional().describe('Values up to this become 0. Default 1.') }),
  layer('prelu', {
    alphaInitializer: initializerSchema.optional(),
    alphaRegularizer: regularizerSchema.optional(),
    alphaConstraint: constraintSchema.optional(),
    sharedAxes: z.array(positive).optional().describe('Axes along which the slopes are shared.'),
  }),
  layer('softmax', { axis: axis.optional() }),
  layer('batchNormalization', {
    axis: axis.optional(),
    momentum: z.number().min(0).max(1).optional().describe('Momentum of the running averages. Default 0.99.'),
    epsilon: z.number().positive().optional().describe('Added to the variance. Default 0.001.'),
    center: z.boolean().optional().describe('Add a learnt offset, beta. Default true.'),
    scale: z.boolean().optional().describe('Multiply by a learnt factor, gamma. Default true.'),
    betaInitializer: initializerSchema.optional(),
    gammaInitializer: initializerSchema.optional(),
    movingMeanInitializer: initializerSchema.optional(),
    movingVarianceInitializer: initializerSchema.optional(),
    betaRegularizer: regularizerSchema.optional(),
    gammaRegularizer: regularizerSchema.optional(),
    betaConstraint: constraintSchema.optional(),
    gammaConstraint: constraintSchema.optional(),
  }),
  layer('layerNormalization', {
    axis: z.union([z.number().int(), z.array(z.number().int())]).optional().describe('Axis or axes that are normalised. Default -1, the last.'),
    epsilon: z.number().positive().optional().describe('Added to the variance. Default 0.001.'),
    center: z.boolean().optional().describe('Add a learnt offset, beta. Default true.'),
    scale: z.boolean().optional().describe('Multiply by a learnt factor, gamma. Default true.'),
    betaInitializer: initializerSchema.optional(),
    gammaInitializer: initializerSchema.optional(),
    betaRegularizer: regularizerSchema.optional(),
    gammaRegularizer: regularizerSchema.optional(),
  }),
  layer('embedding', {
    inputDim: positive.describe('Size of the vocabulary: one more than the largest index.'),
    outputDim: positive.describe('Length of each vector.'),
    embeddingsInitializer: initializerSchema.optional(),
    embeddingsRegularizer: regularizerSchema.optional(),
    embeddingsConstraint: constraintSchema.optional(),
    maskZero: z.boolean().optional().describe('Index 0 is padding.'),
    inputLength: positive.optional().describe('Length of the sequences, where it is fixed.'),
  }),
  layer('simpleRNN', recurrent),
  layer('lstm', { ...recurrent, recurrentActivation, unitForgetBias: z.boolean().optional().describe('Start the forget bias at 1. Default true.') }),
  layer('gru', { ...recurrent, recurrentActivation }),
  layer('upSampling2d', { size: size2d.optional().describe('Factors for height and width. Default 2.'), interpolation: z.enum(['nearest', 'bilinear']).optional().describe('Default nearest.'), ...dataFormat }),
  layer('zeroPadding2d', {
    padding: z.union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative()).length(2), z.array(z.array(z.number().int().nonnegative()).length(2)).length(2)]).optional().describe('One number, [height, width], or [[top, bottom], [left, right]]. Unit: pixels.'),
    ...dataFormat,
  }),
  layer('cropping2d', { cropping: z.array(z.array(z.number().int().nonnegative()).length(2)).length(2).describe('[[top, bottom], [left, right]]. Unit: pixels.'), ...dataFormat }),
] as const; // prettier-ignore

/** Every layer kind that may stand inside a wrapper. */
const simpleLayerSchema = z.discriminatedUnion('type', simpleLayers);
const wrapperLayers = [
  layer('bidirectional', {
    layer: z
      .discriminatedUnion('type', [
        layer('simpleRNN', recurrent),
        layer('lstm', {
          ...recurrent,
          recurrentActivation,
          unitForgetBias: z.boolean().optional().describe('Start the forget bias at 1. Default true.'),
        }),
        layer('gru', { ...recurrent, recurrentActivation }),
      ])
      .describe('The recurrent layer that runs in both directions.'),
    mergeMode: z.enum(['sum', 'mul', 'concat', 'ave']).optional().describe('How the two directions are joined. Default concat.'),
  }),
  layer('timeDistributed', { layer: simpleLayerSchema.describe('The layer applied to every step.') }),
] as const;

export const layerSchema = z.discriminatedUnion('type', [...simpleLayers, ...wrapperLayers]);
export type LayerConfig = z.output<typeof layerSchema>;
export type LayerType = LayerConfig['type'];
/** Every layer kind of the contract, in the order of the schema. */
export const LAYER_TYPES: readonly LayerType[] = [...simpleLayers, ...wrapperLayers].map((s) => s.shape.type.value);
