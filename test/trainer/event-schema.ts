import { z } from 'zod';
import { FINDING_IDS } from '../../src/config/finding-ids.js';
import { LOSSES } from '../../src/config/training-schema.js';

/*
 * The lines of a run as other programs may rely on them. A field may be added, so objects are open; none may be missing,
 * renamed, or null where a number is promised.
 */

/** Numbers that are not finite are written as text. */
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);
const figures = z.record(z.string(), number);
const evaluation = z.looseObject({ loss: number, metrics: figures });

const start = z.looseObject({
  event: z.literal('start'),
  schema: z.literal(1),
  run: z.string().min(1),
  config: z.looseObject({
    data: z.looseObject({
      scale: z.strictObject({ inputs: z.string(), target: z.string() }),
      factor: z.number(),
      validationSplit: z.number(),
      shuffle: z.boolean(),
      missing: z.string(),
    }),
    model: z.looseObject({ regularization: z.strictObject({ l1: z.number(), l2: z.number() }) }),
    training: z.looseObject({
      loss: z.strictObject({ type: z.enum(LOSSES), fromLogits: z.boolean() }),
      metrics: z.array(z.string()),
      optimizer: z.looseObject({ type: z.string(), learningRate: z.number() }),
      epochs: count,
      batchSize: count,
      steps: count.nullable(),
      seed: z.number().int(),
      engine: z.string(),
    }),
    watch: z.looseObject({ every: z.union([z.literal('auto'), count]), onTrouble: z.enum(['pause', 'stop', 'continue']) }),
  }),
  engine: z.enum(['tensorflow', 'wasm', 'cpu']),
  engineReason: z.string().min(1),
  layers: z.array(z.looseObject({ name: z.string(), type: z.string(), parameters: count })).min(1),
  parameters: count,
  samples: z.looseObject({ train: count, validation: count }),
  baseline: z.looseObject({ loss: z.number(), accuracy: share.optional() }),
  seed: z.number().int(),
});

const layer = z.looseObject({
  gradNorm: number,
  maxAbs: number,
  nonFinite: count,
  zeros: count,
  weightNorm: number,
  updateRatio: number,
  dead: share.optional(),
  saturated: share.optional(),
});

const frame = z.looseObject({
  event: z.literal('frame'),
  step: count,
  epoch: count,
  loss: number,
  learningRate: z.number().nonnegative(),
  globalGradNorm: number,
  clippedGradNorm: number,
  overshoot: number.nullable(),
  risk: share,
  riskEvidence: z.array(z.looseObject({ name: z.string(), value: number, limit: number })),
  layers: z.record(z.string(), layer),
});

const epoch = z.looseObject({
  event: z.literal('epoch'),
  epoch: count,
  loss: number,
  metrics: figures,
  validation: evaluation.nullable(),
});

const finding = z.looseObject({
  event: z.literal('finding'),
  id: z.enum(FINDING_IDS),
  severity: z.enum(['info', 'warning', 'error']),
  phase: z.enum(['preflight', 'training', 'end']),
  step: count,
  layer: z.string().nullable(),
  cause: z.string().min(1),
  message: z.string().min(1),
  evidence: z.record(z.string(), z.union([z.number(), z.string()])),
  stepsToOverflow: number.nullable(),
  at: z.array(z.union([z.string(), count])).min(1),
  fixes: z.array(z.string()),
});

const state = z.looseObject({
  event: z.literal('state'),
  state: z.enum(['starting', 'preflight', 'running', 'paused', 'completed', 'diverged', 'stopped', 'failed']),
  step: count,
});

const fallback = z.looseObject({ event: z.literal('fallback'), layer: z.string().nullable(), reason: z.string().min(1) });

const change = z.looseObject({
  event: z.literal('change'),
  step: count,
  from: z.enum(['now', 'healthy']),
  edits: z.array(z.looseObject({})).min(1),
});

const forecast = z.looseObject({ event: z.literal('forecast'), finding: z.string(), step: count, steps: count, actual: count.nullable() });

const rollback = z.looseObject({ event: z.literal('rollback'), step: count, to: count });

const end = z.looseObject({
  event: z.literal('end'),
  status: z.enum(['completed', 'diverged', 'stopped', 'failed']),
  steps: count,
  loss: number,
  metrics: figures,
  test: evaluation.nullable(),
  seconds: z.number().nonnegative(),
  telemetryShare: share,
});

/** One line of a run. */
export const lineSchema = z.discriminatedUnion('event', [start, frame, epoch, finding, state, fallback, rollback, change, forecast, end]);
export type Line = z.output<typeof lineSchema>;
export type LineOf<K extends Line['event']> = Extract<Line, { event: K }>;
