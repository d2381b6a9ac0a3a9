import { z } from 'zod';
import { exactlyOne } from './exactly-one.js';
import { layerSchema } from './layer-schema.js';
import { regularizerSchema } from './layer-parts-schema.js';

export const modelSchema = z
  .strictObject({
    layers: z.array(layerSchema).min(1).optional().describe('The layers from input to output.'),
    file: z.string().min(1).optional().describe('A TensorFlow.js or Keras model.json, relative to this config; its topology is used.'),
    module: z
      .string()
      .min(1)
      .optional()
      .describe(
        'JavaScript module whose default export is (tf, { inputShape, outputUnits }) => LayersModel. Runs only in trusted workspaces.',
      ),
    regularization: regularizerSchema.default({ l1: 0, l2: 0 }).describe('Penalty for every kernel that has none of its own.'),
  })
  .describe('The network. Exactly one of layers, file or module.')
  .superRefine(exactlyOne({ part: 'model', noun: 'network', keys: ['layers', 'file', 'module'] }));
