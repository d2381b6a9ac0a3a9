import { z } from 'zod';

export const LOSSES = [
  'meanSquaredError',
  'meanAbsoluteError',
  'huber',
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'hinge',
  'logCosh',
] as const;
export type LossType = (typeof LOSSES)[number];
const lossName = z.enum(LOSSES);
const lossSchema = z
  .union([
    lossName.transform((type) => ({ type, fromLogits: false })),
    z.strictObject({
      type: lossName.describe('Name of the loss.'),
      fromLogits: z.boolean().default(false).describe('The output is logits: the loss applies the softmax or sigmoid itself.'),
    }),
  ])
  .describe('What training minimises: a name, or { type, fromLogits }.');
export type LossConfig = z.output<typeof lossSchema>;

export const METRICS = [
  'accuracy', 'binaryAccuracy', 'categoricalAccuracy', 'sparseCategoricalAccuracy', 'precision', 'recall',
  'meanSquaredError', 'meanAbsoluteError', 'meanAbsolutePercentageError',
] as const; // prettier-ignore
export type MetricName = (typeof METRICS)[number];

const learningRate = (value: number) => z.number().positive().default(value).describe('Step size. Unit: weights per gradient.');
const beta = (value: number, text: string) => z.number().min(0).lt(1).default(value).describe(text);
const epsilon = (value: number) => z.number().nonnegative().default(value).describe('Added to the denominator.');
const decay = z.number().nonnegative().default(0).describe('Learning rate decay per step: rate / (1 + decay * step).');
export const optimizerSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('sgd'),
      learningRate: learningRate(0.01),
      momentum: beta(0, 'Share of the last update that is kept.'),
      nesterov: z.boolean().default(false).describe('Nesterov momentum.'),
    }),
    z.strictObject({
      type: z.literal('adam'),
      learningRate: learningRate(0.001),
      beta1: beta(0.9, 'Decay of the first moment.'),
      beta2: beta(0.999, 'Decay of the second moment.'),
      epsilon: epsilon(1e-7),
    }),
    z.strictObject({
      type: z.literal('adamax'),
      learningRate: learningRate(0.002),
      beta1: beta(0.9, 'Decay of the first moment.'),
      beta2: beta(0.999, 'Decay of the infinity norm.'),
      epsilon: epsilon(1e-7),
      decay,
    }),
    z.strictObject({
      type: z.literal('adamw'),
      learningRate: learningRate(0.001),
      beta1: beta(0.9, 'Decay of the first moment.'),
      beta2: beta(0.999, 'Decay of the second moment.'),
      epsilon: epsilon(1e-7),
      weightDecay: z.number().nonnegative().default(0.004).describe('Decoupled weight decay: w -= learningRate * weightDecay * w.'),
    }),
    z.strictObject({
      type: z.literal('rmsprop'),
      learningRate: learningRate(0.001),
      decay: beta(0.9, 'Decay of the mean square (rho in Keras).'),
      momentum: beta(0, 'Share of the last update that is kept.'),
      epsilon: epsilon(1e-7),
      centered: z.boolean().default(false).describe('Subtract the squared mean.'),
    }),
    z.strictObject({
      type: z.literal('adagrad'),
      learningRate: learningRate(0.01),
      initialAccumulatorValue: z.number().nonnegative().default(0.1).describe('Start of the accumulators.'),
    }),
    z.strictObject({
      type: z.literal('adadelta'),
      learningRate: learningRate(0.001),
      rho: beta(0.95, 'Decay of the accumulators.'),
      epsilon: epsilon(1e-7),
    }),
  ])
  .describe('The optimizer and its arguments.');
export type OptimizerConfig = z.output<typeof optimizerSchema>;

const warmupSteps = z.number().int().nonnegative().default(0).describe('The rate rises linearly from 0 over so many steps first.');
const decaySteps = z.number().int().positive().describe('Length of the decay. Unit: steps.');
const minimum = z.number().nonnegative().default(0).describe('The rate never falls below this.');
export const scheduleSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('constant'), warmupSteps }),
    z.strictObject({
      type: z.literal('exponential'),
      decayRate: z.number().positive().describe('rate = learningRate * decayRate^(step / decaySteps).'),
      decaySteps,
      staircase: z.boolean().default(false).describe('Decay in whole intervals only.'),
      warmupSteps,
    }),
    z.strictObject({ type: z.literal('cosine'), decaySteps, minimum, warmupSteps }),
    z.strictObject({
      type: z.literal('step'),
      factor: z.number().positive().default(0.5).describe('Multiplies the rate each time.'),
      everySteps: z.number().int().positive().describe('Unit: steps.'),
      warmupSteps,
    }),
    z.strictObject({
      type: z.literal('inverseTime'),
      decayRate: z.number().nonnegative().describe('rate = learningRate / (1 + decayRate * step / decaySteps).'),
      decaySteps,
      warmupSteps,
    }),
    z.strictObject({
      type: z.literal('polynomial'),
      decaySteps,
      end: z.number().nonnegative().default(0.0001).describe('Rate after decaySteps.'),
      power: z.number().positive().default(1).describe('1 is linear.'),
      warmupSteps,
    }),
    z.strictObject({
      type: z.literal('reduceOnPlateau'),
      factor: z.number().gt(0).lt(1).default(0.5).describe('Multiplies the rate when the loss stops falling.'),
      patience: z.number().int().positive().default(10).describe('Epochs without improvement before that.'),
      minimum,
      warmupSteps,
    }),
  ])
  .describe('How the learning rate changes with the step.');
export type ScheduleConfig = z.output<typeof scheduleSchema>;

const threshold = z.number().positive();
export const clipSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('globalNorm'), threshold: threshold.default(1).describe('Largest norm of all gradients together.') }),
    z.strictObject({ type: z.literal('norm'), threshold: threshold.default(1).describe('Largest norm of each variable.') }),
    z.strictObject({ type: z.literal('value'), threshold: threshold.default(0.5).describe('Largest absolute value of each entry.') }),
    z.strictObject({
      type: z.literal('adaptive'),
      threshold: threshold.default(0.01).describe('Largest unit-wise norm(g) / max(norm(w), 1e-3).'),
    }),
    z.strictObject({
      type: z.literal('auto'),
      threshold: threshold.default(2.5).describe('Clip where the norm is so many standard deviations above its running mean.'),
    }),
  ])
  .describe('Limits the gradient before the update. Reported norms are the unclipped ones.');
export type ClipConfig = z.output<typeof clipSchema>;

export const trainingSchema = z
  .strictObject({
    loss: lossSchema,
    metrics: z.array(z.enum(METRICS)).default([]).describe('Figures reported per epoch beside the loss.'),
    optimizer: optimizerSchema,
    learningRateSchedule: scheduleSchema.optional(),
    gradientClip: clipSchema.optional(),
    epochs: z.number().int().positive().default(10).describe('Passes over the training rows.'),
    batchSize: z.number().int().positive().default(32).describe('Rows per update.'),
    steps: z.number().int().positive().nullable().default(null).describe('Hard limit on the updates; null: none.'),
    seed: z.number().int().default(42).describe('Seed of the initial weights, the shuffles, the dropout masks.'),
    engine: z
      .enum(['auto', 'tensorflow', 'wasm', 'cpu'])
      .default('auto')
      .describe('What computes: auto picks the fastest that can run this model; the choice and its reason are shown.'),
  })
  .describe('How the model is trained.');
export type TrainingConfig = z.output<typeof trainingSchema>;
export type EngineChoice = TrainingConfig['engine'];
