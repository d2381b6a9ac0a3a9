import { Ajv } from 'ajv';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/config-schema.js';
import { withReference } from '../../../src/config/config-reference.js';
import { generateJsonSchema, jsonSchemaText } from '../../../src/config/json-schema.js';
import { LAYER_TYPES } from '../../../src/config/layer-schema.js';
import type { JsonSchema } from '../../../src/config/schema-sharing.js';

const schemaFile = 'src/config/gradwatch.schema.json';
const docsFile = 'docs/config.md';
const maxBytes = 80_000;

const schema = generateJsonSchema();
const check = new Ajv({ strict: false, allErrors: true }).compile(schema);

const base = {
  data: { generator: { name: 'circles', samples: 10 } },
  model: { layers: [{ type: 'dense', units: 1 }] },
  training: { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate: 0.1 } },
};
const layers = (...list: unknown[]): object => ({ ...base, model: { layers: list } });
const training = (rest: object): object => ({ ...base, training: { ...base.training, ...rest } });
const data = (value: object): object => ({ ...base, data: value });
const dense = (rest: object): object => layers({ type: 'dense', units: 1, ...rest });

describe('the committed JSON Schema', () => {
  it('is the one the code makes (npm run schema writes it)', () => {
    expect(readFileSync(schemaFile, 'utf8')).toBe(jsonSchemaText());
  });

  it('is small, allows comments and trailing commas, and has no reference to nothing', () => {
    const text = jsonSchemaText();
    expect(text.length).toBeLessThan(maxBytes);
    expect(schema).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#', allowTrailingCommas: true, allowComments: true });
    const references = [...text.matchAll(/"#\/definitions\/([^"]+)"/g)].map((match) => match[1]);
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((name) => schema.definitions?.[name ?? ''] === undefined)).toEqual([]);
  });

  it('tells layers apart by their type', () => {
    const items = schema.properties?.['model']?.properties?.['layers']?.items as JsonSchema;
    expect(items.properties?.['type']?.enum).toEqual(LAYER_TYPES);
    expect(items.allOf).toHaveLength(LAYER_TYPES.length);
  });

  it('names only what is wrong about a layer of a known type', () => {
    check(dense({ activatoin: 'relu' }));
    const messages = check.errors?.filter((error) => error.keyword !== 'if').map((error) => `${error.instancePath} ${error.message}`);
    expect(messages).toEqual(['/model/layers/0 must NOT have additional properties']);
  });
});

describe('docs/config.md', () => {
  const docs = readFileSync(docsFile, 'utf8');

  it('is the one the schema makes (npm run schema writes it)', () => {
    expect(docs).toBe(withReference(docs));
  });

  it('mentions every key and every name of the schema', () => {
    const missing = new Set<string>();
    const visit = (part: JsonSchema): void => {
      for (const [key, value] of Object.entries(part.properties ?? {})) {
        if (!docs.includes(`\`${key}\``)) missing.add(key);
        visit(value);
      }
      for (const name of [...(part.enum ?? []), ...(part.const === undefined ? [] : [part.const])]) {
        if (!docs.includes(`\`${String(name)}\``) && !docs.includes(`\`"${String(name)}"\``)) missing.add(String(name));
      }
      const inner = [...(part.anyOf ?? []), ...(part.allOf ?? []), part.then, part.items].flat();
      for (const child of inner) if (child !== undefined) visit(child);
    };
    visit(schema);
    for (const part of Object.values(schema.definitions ?? {})) visit(part);
    expect([...missing].filter((key) => key !== '$schema')).toEqual([]);
  });
});

describe('JSON Schema and zod schema agree', () => {
  it.each(
    readdirSync('examples', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => readdirSync(path.join('examples', name)).map((file) => path.join('examples', name, file)))
      .filter((file) => /gradwatch\.jsonc?$/.test(file)),
  )('on %s', (file) => {
    const value: unknown = parse(readFileSync(file, 'utf8'));
    expect(check(value), JSON.stringify(check.errors)).toBe(true);
    expect(configSchema.safeParse(value).success).toBe(true);
  });

  it.each([
    [true, base],
    [
      true,
      { ...base, $schema: './gradwatch.schema.json', watch: { every: 3, detectors: { plateau: 'off', 'dead-units': { threshold: 0.8 } } } },
    ],
    [true, data({ file: 'a.npz', target: { x: 'images', y: 'labels' }, scale: 'minmax', inputShape: [28, 28, 1] })],
    [true, data({ inline: { x: [[1, [2]], 3], y: ['a', null] } })],
    [true, data({ module: './data.mjs', missing: 'mean', limit: 5, features: ['a'], target: ['b', 'c'] })],
    [
      true,
      dense({ kernelInitializer: 'heNormal', biasInitializer: { type: 'constant', value: 1 }, kernelConstraint: { type: 'maxNorm' } }),
    ],
    [true, dense({ kernelInitializer: { type: 'zeros' }, kernelRegularizer: { l1: 0.01 }, name: 'out', trainable: false })],
    [true, layers({ type: 'conv2d', filters: 4, kernelSize: [3, 3], padding: 'same' }, { type: 'flatten' }, { type: 'dense', units: 2 })],
    [true, layers({ type: 'bidirectional', layer: { type: 'lstm', units: 4 }, mergeMode: 'sum' })],
    [true, layers({ type: 'timeDistributed', layer: { type: 'dense', units: 4 } })],
    [
      true,
      layers(
        {
          type: 'zeroPadding2d',
          padding: [
            [1, 2],
            [3, 4],
          ],
        },
        { type: 'layerNormalization', axis: [1, 2] },
      ),
    ],
    [true, training({ loss: { type: 'huber', fromLogits: false }, steps: null, learningRateSchedule: { type: 'cosine', decaySteps: 5 } })],
    [true, training({ optimizer: { type: 'adamw', weightDecay: 0 }, gradientClip: { type: 'adaptive' }, metrics: ['accuracy'] })],
    [false, {}],
    [false, { ...base, foo: 1 }],
    [false, { ...base, watch: { detectors: { foo: 'off' } } }],
    [false, { ...base, watch: { every: 0 } }],
    [false, data({})],
    [false, data({ file: 'a.csv', module: 'b.mjs' })],
    [false, data({ generator: { name: 'moon' } })],
    [false, data({ generator: { name: 'moons', centers: 2 } })],
    [false, data({ inline: { x: [{}], y: [1] } })],
    [false, data({ file: '', scale: 'max' })],
    [false, { ...base, model: {} }],
    [false, { ...base, model: { layers: [] } }],
    [false, layers({ type: 'dense' })],
    [false, layers({ type: 'dens', units: 1 })],
    [false, layers({ units: 1 })],
    [false, layers('dense')],
    [false, dense({ units: 1.5 })],
    [false, dense({ rate: 0.5 })],
    [false, dense({ kernelInitializer: { type: 'heNormal', stddev: 1 } })],
    [false, dense({ kernelConstraint: { type: 'maxNorm', minValue: 1 } })],
    [false, layers({ type: 'conv2d', filters: 4, kernelSize: [3] })],
    [false, layers({ type: 'bidirectional', layer: { type: 'dense', units: 4 } })],
    [false, training({ optimizer: 'adam' })],
    [false, training({ optimizer: { type: 'sgd', beta1: 0.9 } })],
    [false, training({ optimizer: { type: 'sgd', learningRate: 0 } })],
    [false, training({ loss: 'mse' })],
    [false, training({ loss: { fromLogits: true } })],
    [false, training({ gradientClip: { type: 'norm', threshold: -1 } })],
    [false, training({ epochs: 0 })],
    [false, training({ seed: 0.5 })],
  ] as [boolean, object][])('%s for %j', (expected, value) => {
    expect(configSchema.safeParse(value).success).toBe(expected);
    expect(check(value), JSON.stringify(check.errors)).toBe(expected);
  });

  it('for every layer kind: nothing but its type and required keys', () => {
    const required: Record<string, object> = {
      ...Object.fromEntries(['dense', 'simpleRNN', 'lstm', 'gru'].map((type) => [type, { units: 1 }])),
      ...Object.fromEntries(
        ['conv1d', 'conv2d', 'conv2dTranspose', 'separableConv2d'].map((type) => [type, { filters: 1, kernelSize: 1 }]),
      ),
      ...Object.fromEntries(['dropout', 'spatialDropout1d', 'gaussianDropout', 'alphaDropout'].map((type) => [type, { rate: 0.1 }])),
      depthwiseConv2d: { kernelSize: 1 },
      reshape: { targetShape: [1] },
      permute: { dims: [1] },
      repeatVector: { n: 2 },
      gaussianNoise: { stddev: 1 },
      activation: { activation: 'relu' },
      embedding: { inputDim: 2, outputDim: 2 },
      cropping2d: { cropping: [[0, 0], [0, 0]] }, // prettier-ignore
      bidirectional: { layer: { type: 'gru', units: 1 } },
      timeDistributed: { layer: { type: 'flatten' } },
    };
    for (const type of LAYER_TYPES) {
      const good = layers({ type, ...required[type] });
      expect([type, configSchema.safeParse(good).success, check(good)]).toEqual([type, true, true]);
      const bad = layers({ type, ...required[type], nonsense: 1 });
      expect([type, configSchema.safeParse(bad).success, check(bad)]).toEqual([type, false, false]);
    }
  });
});
