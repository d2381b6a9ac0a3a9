import { z } from 'zod';
import { dataSchema } from './data-schema.js';
import { FINDING_IDS } from './finding-ids.js';
import { modelSchema } from './model-schema.js';
import { trainingSchema } from './training-schema.js';

const detectorSetting = z
  .union([
    z.literal('off'),
    z.literal('on'),
    z.strictObject({ threshold: z.number().optional().describe('Replaces the limit this detector judges by.') }),
  ])
  .describe('"off", "on", or the threshold.');

const watchSchema = z
  .strictObject({
    every: z
      .union([z.literal('auto'), z.number().int().positive()])
      .default('auto')
      .describe('Steps between two frames of telemetry; auto keeps its cost within a budget.'),
    telemetryBudget: z
      .number()
      .positive()
      .max(1)
      .default(0.03)
      .describe('Share of the step time that telemetry may take where every is auto; 0.03 is 3 %.'),
    onTrouble: z
      .enum(['pause', 'stop', 'continue'])
      .default('pause')
      .describe('What to do at an error finding, before the update that would do harm is applied.'),
    detectors: z.partialRecord(z.enum(FINDING_IDS), detectorSetting).default({}).describe('Settings of single detectors, by finding id.'),
  })
  .describe('What is watched while training.');

/** The one schema of a Gradwatch config. Types, defaults, the JSON Schema and the error messages all come from it. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Address of the JSON Schema, for editors without the extension.'),
    data: dataSchema,
    model: modelSchema,
    training: trainingSchema,
    watch: watchSchema.default({ every: 'auto', telemetryBudget: 0.03, onTrouble: 'pause', detectors: {} }),
  })
  .describe('A Gradwatch training configuration.');

/** A config with all defaults filled in. */
export type Config = z.output<typeof configSchema>;
/** A config as users write it. */
export type ConfigInput = z.input<typeof configSchema>;
