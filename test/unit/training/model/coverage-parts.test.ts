import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ACTIVATIONS, constraintSchema, initializerSchema } from '../../../../src/config/layer-parts-schema.js';
import { LAYER_TYPES } from '../../../../src/config/layer-schema.js';
import { clipSchema, LOSSES, optimizerSchema } from '../../../../src/config/training-schema.js';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import { distance } from '../engine/gradient-check.js';
import { batchOf, smallNet, stepperFor, weightsOf } from '../nets.js';
import { type NetCase, train } from './train-config.js';

/*
 * The parts of a config beside its layers: every initialiser, constraint, optimizer and clip of the schema trains on wasm and on cpu
 * from equal weights to equal weights, and docs/engines.md names every kind of everything.
 */

/** Every name a schema allows: its plain names, and the `type` of its objects. */
function kindsOf(schema: z.ZodType): string[] {
  const found = new Set<string>();
  const visit = (node: unknown, inType: boolean): void => {
    if (typeof node !== 'object' || node === null) return;
    const { enum: names, const: name, properties, anyOf, oneOf } = node as Record<string, unknown>;
    if (inType) for (const value of [names, name].flat()) if (typeof value === 'string') found.add(value);
    for (const part of [anyOf, oneOf].flat()) visit(part, inType);
    visit((properties as Record<string, unknown> | undefined)?.['type'], true);
  };
  visit(z.toJSONSchema(schema, { io: 'input' }), true);
  return [...found].sort();
}

const initializers = kindsOf(initializerSchema);
const constraints = kindsOf(constraintSchema);
const optimizers = kindsOf(optimizerSchema);
const clips = kindsOf(clipSchema);

/** A square kernel, for identity and orthogonal want one. */
const net = (part: object): NetCase => ({
  inputShape: [6],
  layers: [{ type: 'dense', units: 6, activation: 'tanh', ...part }, { type: 'dense', units: 1 }], // prettier-ignore
});
const argumentsOf = (type: string): object => (type === 'constant' ? { type, value: 0.3 } : { type });

async function bothAgree(part: object): Promise<void> {
  const [cpu, wasm] = [await train(net(part), 'cpu'), await train(net(part), 'wasm')];
  expect(cpu.losses.every(Number.isFinite)).toBe(true);
  expect(distance(wasm.losses, cpu.losses)).toBeLessThan(1e-4);
  wasm.weights.forEach((weight, i) => expect(distance(weight, cpu.weights[i] as number[])).toBeLessThan(1e-4));
}

/** Weights after five steps of the product's own stepper, and what it told. */
async function step(engine: 'wasm' | 'cpu', optimizer: object, clip?: object): Promise<{ weights: number[]; norms: number[] }> {
  await selectEngine(engine);
  const model = smallNet();
  const config = optimizerSchema.parse(optimizer);
  const stepper = stepperFor(model, { optimizer: config, ...(clip === undefined ? {} : { clip: clipSchema.parse(clip) }) });
  const norms = [0, 1, 2, 3, 4].map((at) => {
    const proposal = stepper.propose(batchOf(16, 4), { learningRate: 0.05, step: at, sample: true });
    stepper.commit();
    return [proposal.clippedGradNorm, proposal.updateRatio ?? NaN, proposal.predictedChange ?? NaN];
  });
  const weights = weightsOf(model);
  stepper.dispose();
  model.dispose();
  return { weights, norms: norms.flat() };
}

describe('wasm and cpu train the same', () => {
  it.each(initializers)('initialiser %s', (type) => bothAgree({ kernelInitializer: argumentsOf(type) }));
  it.each(constraints)('constraint %s', (type) => bothAgree({ kernelConstraint: { type } }));

  it.each(optimizers.flatMap((type) => [undefined, ...clips].map((clip) => [type, clip] as const)))(
    'optimizer %s, clip %s',
    async (type, clip) => {
      const limits = clip === undefined ? undefined : { type: clip, threshold: clip === 'auto' ? 2.5 : 0.02 };
      const [wasm, cpu] = [await step('wasm', { type }, limits), await step('cpu', { type }, limits)];
      expect(distance(wasm.weights, cpu.weights)).toBeLessThan(1e-4);
      expect(distance(wasm.norms, cpu.norms)).toBeLessThan(1e-3);
    },
  );
});

describe('docs/engines.md', () => {
  const text = readFileSync('docs/engines.md', 'utf8');
  const table = text.slice(text.indexOf('## Layer kinds, and'), text.indexOf('## What runs on'));

  it('has every kind of the schema in its table', () => {
    const kinds = [...LAYER_TYPES, ...ACTIVATIONS, ...LOSSES, ...initializers, ...constraints, ...optimizers, ...clips];
    expect(kinds.length).toBeGreaterThan(90);
    expect(kinds.filter((kind) => !table.includes(`\`${kind}\``))).toEqual([]);
  });
});
