import { beforeAll, describe, expect, it } from 'vitest';
import type { OptimizerConfig } from '../../../../../src/config/training-schema.js';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { canFuse, FusedUpdateRule } from '../../../../../src/training/fused-update.js';
import { Snapshot } from '../../../../../src/training/tensor-alias.js';
import { cutGradient } from '../../../../../src/training/clip.js';
import { tf } from '../../../../../src/training/tf.js';
import { type Cut, SUM, SUM_COUNT, UNCUT } from '../../../../../src/training/update-rule.js';
import { Arena, Dice, gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

const rate = 0.01;
const adam = { learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
const rmsprop = { type: 'rmsprop' as const, learningRate: rate, decay: 0.9, momentum: 0.5, epsilon: 1e-7, centered: false };
const optimizers: Record<string, { config: OptimizerConfig; stock: () => tf.Optimizer; shrink?: number }> = {
  'sgd': { config: { type: 'sgd', learningRate: rate, momentum: 0, nesterov: false }, stock: () => tf.train.sgd(rate) },
  'momentum': { config: { type: 'sgd', learningRate: rate, momentum: 0.9, nesterov: false }, stock: () => tf.train.momentum(rate, 0.9) },
  'nesterov': { config: { type: 'sgd', learningRate: rate, momentum: 0.9, nesterov: true }, stock: () => tf.train.momentum(rate, 0.9, true) },
  'adam': { config: { type: 'adam', ...adam }, stock: () => tf.train.adam(rate, 0.9, 0.999, 1e-7) },
  'adamw': { config: { type: 'adamw', ...adam, weightDecay: 0.1 }, stock: () => tf.train.adam(rate, 0.9, 0.999, 1e-7), shrink: 1 - rate * 0.1 },
  'rmsprop': { config: rmsprop, stock: () => tf.train.rmsprop(rate, 0.9, 0.5, 1e-7) },
}; // prettier-ignore

const SHAPES = [[7, 9], [1], [513], [3, 2, 5], [1031]]; // prettier-ignore

function makeVariables(dice: Dice): tf.Variable[] {
  return SHAPES.map((shape) => tf.tidy(() => tf.variable(tf.tensor(dice.floats(tf.util.sizeFromShape(shape)), shape))));
}

function makeRule(config: OptimizerConfig, variables: tf.Variable[]): FusedUpdateRule {
  if (!canFuse(config)) throw new Error('not fused');
  return new FusedUpdateRule(config, variables, module);
}

/** Every kind of clip: by unit, not at all, by a norm, by value; over several chunks and with a rest. */
const makeCuts = (): Cut[] => [
  { ...UNCUT, units: tf.tensor1d([1, 0.5, 0.25, 1, 0.1, 1, 1, 0.75, 0.3]) },
  UNCUT,
  { ...UNCUT, scale: 0.5 },
  { ...UNCUT, units: tf.tensor1d([0.2, 1, 0.6, 0.9, 0.4]) },
  { ...UNCUT, limit: 0.3 },
];

const makeGradients = (dice: Dice): tf.Tensor[] => SHAPES.map((shape) => tf.tensor(dice.floats(tf.util.sizeFromShape(shape)), shape));
const values = (tensors: readonly tf.Tensor[]): number[] => tensors.flatMap((tensor) => [...tensor.dataSync()]);

const columnOf = (sums: Float64Array | undefined, column: number): number[] => SHAPES.map((_, i) => sums?.[i * SUM_COUNT + column] ?? NaN);

describe('fused updates', () => {
  it.each(Object.entries(optimizers))(
    '%s equals the optimizer of tfjs after 100 steps, and leaves nothing behind',
    (_, { config, stock, shrink }) => {
      const before = { tensors: tf.memory().numTensors, data: tf.engine().backend.numDataIds() };
      const [own, other] = [makeVariables(new Dice(1)), makeVariables(new Dice(1))];
      const [rule, optimizer, dice] = [makeRule(config, own), stock(), new Dice(2)];
      for (let step = 0; step < 100; step++) {
        const gradients = makeGradients(dice);
        const [cuts, old] = [makeCuts(), own.map((variable) => [...variable.dataSync()])];
        const wanted = step % 2 === 0 ? 'all' : 'squares';
        const sums = rule.apply(gradients, rate, cuts, wanted)?.slice();
        tf.tidy(() => {
          if (shrink !== undefined) other.forEach((variable) => variable.assign(tf.mul(variable, shrink)));
          const scaled = gradients.map((gradient, i) => cutGradient(gradient, cuts[i] ?? UNCUT));
          optimizer.applyGradients(other.map(({ name }, i) => ({ name, tensor: scaled[i] as tf.Tensor })));
        });
        const moved = own.map((variable, i) => [...variable.dataSync()].reduce((sum, value, k) => sum + Math.fround(value - (old[i]?.[k] as number)) ** 2, 0)); // prettier-ignore
        const squares = gradients.map((gradient) => [...gradient.dataSync()].reduce((sum, value) => sum + value ** 2, 0));
        expect(gap(columnOf(sums, SUM.squares), squares)).toBeLessThan(1e-12);
        expect(gap(columnOf(sums, SUM.update), wanted === 'all' ? moved : SHAPES.map(() => 0))).toBeLessThan(1e-12);
        const dots = gradients.map((gradient, i) => [...gradient.dataSync()].reduce((sum, value, k) => sum + value * Math.fround((own[i]?.dataSync()[k] as number) - (old[i]?.[k] as number)), 0)); // prettier-ignore
        expect(gap(columnOf(sums, SUM.dot), wanted === 'all' ? dots : SHAPES.map(() => 0))).toBeLessThan(1e-12);
        tf.dispose([gradients, cuts.flatMap(({ units }) => units ?? [])]);
      }
      expect(gap(values(own), values(other))).toBeLessThan(1e-6);
      rule.dispose();
      optimizer.dispose();
      (optimizer as unknown as { c?: tf.Tensor }).c?.dispose();
      tf.dispose([...own, ...other]);
      expect({ tensors: tf.memory().numTensors, data: tf.engine().backend.numDataIds() }).toEqual(before);
    },
  );

  it.each(Object.entries(optimizers))('%s: a discarded proposal leaves weights and moments bit for bit', (_, { config }) => {
    const variables = makeVariables(new Dice(3));
    const [rule, dice] = [makeRule(config, variables), new Dice(4)];
    const update = () => {
      const gradients = makeGradients(dice);
      const cuts = makeCuts();
      rule.apply(gradients, rate, cuts);
      tf.dispose(cuts.flatMap(({ units }) => units ?? []));
      tf.dispose(gradients);
    };
    update();
    const all = [...variables, ...rule.slots];
    const held = values(all);
    const snapshot = new Snapshot(all);
    update();
    expect(values(all)).not.toEqual(held);
    snapshot.restore();
    expect(values(all)).toEqual(held);
    snapshot.dispose();
    rule.dispose();
    tf.dispose(variables);
  });

  it('write nothing outside their buffers', () => {
    const dice = new Dice(9);
    const { kernels } = module;
    for (let round = 0; round < 60; round++) {
      const n = dice.whole(1, round % 5 === 0 ? 1600 : 30);
      const arena = new Arena(module);
      const [w, g, m, v, next, nextM, nextV] = [dice.floats(n), dice.floats(n), dice.floats(n), dice.floats(n).map(Math.abs), n, n, n].map((block) => arena.put(block)) as [number, number, number, number, number, number, number]; // prettier-ignore
      // 8 float64; the last says whether all of them are wanted.
      const sums = arena.put(new Float32Array(16));
      module.doubles(sums, 8)[7] = round % 2;
      const columns = dice.whole(1, n);
      const units = arena.put(dice.floats(columns));
      const cut = () => [1, dice.pick(Infinity, 0.5), dice.pick(0, units), columns, arena.bytes(2048), sums] as const;
      kernels.proposeSgd(n, w, g, m, next, nextM, 0.1, 0.9, 1, ...cut());
      kernels.proposeSgd(n, w, g, 0, next, 0, 0.1, 0, 0, ...cut());
      kernels.proposeAdam(n, w, g, m, v, next, nextM, nextV, 0.1, 0.9, 0.1, 0.999, 0.001, 0.1, 0.001, 1e-7, 1, ...cut());
      kernels.proposeRmsprop(n, w, g, v, m, next, nextV, nextM, 0.1, 0.9, 0.1, 0, 1e-7, ...cut());
      kernels.limitedSquares(n, g, 0.5, arena.put(new Float32Array(4)));
      const rows = Math.floor(n / columns);
      kernels.unitScales(units, g, w, rows, columns, 0.01, arena.put(new Float32Array(4)), arena.bytes(kernels.unitScalesScratch(columns)));
      arena.close();
    }
  });
});
