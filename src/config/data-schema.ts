import { z } from 'zod';
import { exactlyOne } from './exactly-one.js';

const nonNegative = (text: string) => z.number().nonnegative().describe(text);
const count = (text: string) => z.number().int().positive().describe(text);
const seed = z.number().int().default(1).describe('Seed of the generator. The same seed gives the same rows on every machine.');

/** Generators of design names; each is deterministic in its `seed`. */
const generatorSchema = z
  .discriminatedUnion('name', [
    z.strictObject({
      name: z.literal('circles'),
      samples: count('Number of rows.').default(1000),
      noise: nonNegative('Standard deviation of the Gaussian noise added to both coordinates.').default(0),
      factor: z.number().gt(0).lt(1).default(0.8).describe('Radius of the inner circle as a share of the outer one.'),
      seed,
    }),
    z.strictObject({
      name: z.literal('blobs'),
      samples: count('Number of rows.').default(1000),
      centers: count('Number of classes, one Gaussian blob each.').default(3),
      features: count('Number of input columns.').default(2),
      std: nonNegative('Standard deviation of each blob.').default(1),
      spread: z.number().positive().default(10).describe('Centres are drawn from [-spread, spread] in each feature.'),
      seed,
    }),
    z.strictObject({
      name: z.literal('moons'),
      samples: count('Number of rows.').default(1000),
      noise: nonNegative('Standard deviation of the Gaussian noise.').default(0),
      seed,
    }),
    z.strictObject({
      name: z.literal('spiral'),
      samples: count('Number of rows.').default(1000),
      classes: count('Number of arms, one class each.').default(2),
      turns: z.number().positive().default(1).describe('Turns of each arm.'),
      noise: nonNegative('Standard deviation of the Gaussian noise.').default(0),
      seed,
    }),
    z.strictObject({ name: z.literal('xor'), rows: count('Number of rows; the four xor rows repeat.').default(4), seed }),
    z.strictObject({
      name: z.literal('linear'),
      from: z.number().describe('First x.'),
      to: z.number().describe('Last x, included.'),
      step: z.number().positive().default(1).describe('Distance of two x.'),
      slope: z.number().default(1).describe('y = slope * x + intercept.'),
      intercept: z.number().default(0).describe('y = slope * x + intercept.'),
      noise: nonNegative('Standard deviation of the Gaussian noise on y.').default(0),
      seed,
    }),
    z.strictObject({
      name: z.literal('polynomial'),
      from: z.number().describe('First x.'),
      to: z.number().describe('Last x, included.'),
      step: z.number().positive().default(1).describe('Distance of two x.'),
      degree: z.number().int().nonnegative().default(2).describe('y = coefficient * x^degree.'),
      coefficient: z.number().default(1).describe('y = coefficient * x^degree.'),
      noise: nonNegative('Standard deviation of the Gaussian noise on y.').default(0),
      seed,
    }),
    z.strictObject({
      name: z.literal('regression'),
      samples: count('Number of rows.').default(1000),
      features: count('Number of Gaussian input columns.').default(10),
      noise: nonNegative('Standard deviation of the Gaussian noise on y, before targetScale.').default(0),
      targetScale: z.number().default(1).describe('Multiplies the target.'),
      seed,
    }),
    z.strictObject({
      name: z.literal('uniform'),
      samples: count('Number of rows.').default(1000),
      features: count('Number of input columns.').default(1),
      low: z.number().default(0).describe('Lower end of the inputs.'),
      high: z.number().default(1).describe('Upper end of the inputs.'),
      coefficients: z.array(z.number()).optional().describe('One per feature; y = sum(coefficient * x) + intercept. Default: all 1.'),
      intercept: z.number().default(0).describe('Added to y.'),
      seed,
    }),
    z.strictObject({ name: z.literal('squares'), samples: count('Number of rows.').default(1000), seed }),
    z.strictObject({
      name: z.literal('adding'),
      samples: count('Number of sequences.').default(1000),
      length: count('Steps of each sequence.').default(20),
      seed,
    }),
    z.strictObject({
      name: z.literal('randomLabels'),
      samples: count('Number of rows.').default(1000),
      features: count('Number of input columns.').default(10),
      low: z.number().default(0).describe('Lower end of the inputs.'),
      high: z.number().default(1).describe('Upper end of the inputs.'),
      classes: count('Number of classes; labels are drawn without looking at the inputs.').default(2),
      seed,
    }),
  ])
  .describe('Makes the data from a formula.');

/** A number or nested arrays of numbers, text or null, as written in `data.inline`. */
export type NestedValue = number | string | boolean | null | NestedValue[];
const nested: z.ZodType<NestedValue> = z.lazy(() => z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(nested)]));

const scaleName = z.enum(['none', 'standard', 'minmax']);
const names = z.union([z.string(), z.array(z.string()).min(1)]);

export const dataSchema = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .optional()
      .describe('Data file, relative to this config: .csv .tsv (header row), .json (array of objects), .jsonl, .npy, .npz or .parquet.'),
    generator: generatorSchema.optional(),
    inline: z
      .strictObject({
        x: z.array(nested).min(1).describe('Inputs: a number or nested lists of numbers for each row.'),
        y: z.array(nested).min(1).describe('Targets: a number, a class name or a list for each row.'),
      })
      .optional()
      .describe('The rows themselves: inputs x and targets y, one entry a row.'),
    module: z
      .string()
      .min(1)
      .optional()
      .describe('JavaScript module whose default export is async (tf) => ({ x, y }). Runs only in trusted workspaces.'),
    features: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Input columns. Default: every column but the target. Text columns are one-hot encoded.'),
    target: z
      .union([
        names,
        z.strictObject({ x: z.string().describe('Name of the array of inputs.'), y: z.string().describe('Name of the array of targets.') }),
      ])
      .optional()
      .describe('Target column name or names; for .npz the arrays, as {"x": "...", "y": "..."} (default x and y).'),
    scale: z
      .union([
        scaleName.transform((inputs) => ({ inputs, target: 'none' as const })),
        z.strictObject({
          inputs: scaleName.default('none').describe('Scaling of the inputs.'),
          target: scaleName.default('none').describe('Scaling of the target.'),
        }),
      ])
      .default({ inputs: 'none', target: 'none' })
      .describe(
        'Scaling, fitted on the training split only: none, standard (mean 0, deviation 1) or minmax (0 to 1). A name scales the inputs.',
      ),
    factor: z.number().default(1).describe('Multiplies the inputs, for example 0.00392156862 for images of 0..255.'),
    validationSplit: z.number().min(0).lt(1).default(0.2).describe('Share of the rows held out for validation, 0 to below 1.'),
    shuffle: z.boolean().default(true).describe('Shuffle the rows before the split and again in each epoch, seeded by training.seed.'),
    limit: z.number().int().positive().optional().describe('Use at most this many rows.'),
    missing: z
      .enum(['error', 'drop', 'mean'])
      .default('error')
      .describe('What to do with empty or NaN cells: error, drop the row, or fill with the column mean of the training split.'),
    inputShape: z.array(z.number().int().positive()).min(1).optional().describe('Reshape each row to this shape, for example [28, 28, 1].'),
  })
  .describe('Where the data comes from. Exactly one of file, generator, inline or module.')
  .superRefine(exactlyOne({ part: 'data', noun: 'source', keys: ['file', 'generator', 'inline', 'module'] }));

export type DataConfig = z.output<typeof dataSchema>;
export type GeneratorConfig = z.output<typeof generatorSchema>;
