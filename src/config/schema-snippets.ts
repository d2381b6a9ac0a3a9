import type { Snippet } from './schema-sharing.js';

/*
 * Snippets of the JSON Schema, in the form of VS Code's JSON language service: `${1:text}` is a place to fill in, a
 * leading `^` says that what follows is no text but a number.
 */

/** Whole configs. */
export const CONFIG_SNIPPETS: readonly Snippet[] = [
  {
    label: 'Gradwatch: regression on a CSV file',
    description: 'Predicts a number from the columns of a table.',
    body: {
      data: { file: '${1:data.csv}', target: '${2:target}', scale: 'standard' },
      model: {
        layers: [
          { type: 'dense', units: '^${3:32}', activation: 'relu' },
          { type: 'dense', units: 1 },
        ],
      },
      training: {
        loss: 'meanSquaredError',
        optimizer: { type: 'adam', learningRate: '^${4:0.001}' },
        epochs: '^${5:20}',
        batchSize: 32,
        seed: 42,
      },
    },
  },
  {
    label: 'Gradwatch: classification of generated data',
    description: 'Tells two rings of points apart; needs no file.',
    body: {
      data: { generator: { name: 'circles', samples: '^${1:1000}', noise: 0.1 } },
      model: {
        layers: [
          { type: 'dense', units: '^${2:16}', activation: 'relu' },
          { type: 'dense', units: 1, activation: 'sigmoid' },
        ],
      },
      training: {
        loss: 'binaryCrossentropy',
        metrics: ['accuracy'],
        optimizer: { type: 'adam', learningRate: '^${3:0.01}' },
        epochs: '^${4:20}',
        batchSize: 32,
        seed: 42,
      },
    },
  },
];

/** New entries of `model.layers`. */
export const LAYER_SNIPPETS: readonly Snippet[] = [
  {
    label: 'dense',
    description: 'Fully connected layer.',
    body: { type: 'dense', units: '^${1:16}', activation: '${2:relu}' },
  },
  {
    label: 'conv2d',
    description: 'Convolution over images.',
    body: { type: 'conv2d', filters: '^${1:16}', kernelSize: '^${2:3}', activation: '${3:relu}' },
  },
  { label: 'lstm', description: 'Long short-term memory.', body: { type: 'lstm', units: '^${1:16}' } },
  { label: 'dropout', description: 'Drops a share of the values in training.', body: { type: 'dropout', rate: '^${1:0.5}' } },
  { label: 'batchNormalization', description: 'Normalises over the batch.', body: { type: 'batchNormalization' } },
];
