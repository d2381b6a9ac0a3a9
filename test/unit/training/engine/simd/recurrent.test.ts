import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import { ACTIVATION_KINDS, type ActivationKind } from '../../../../../src/training/engine/simd/activation-kinds.js';
import { gruSequence } from '../../../../../src/training/engine/simd/gru-sequence.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { lstmSequence } from '../../../../../src/training/engine/simd/lstm-sequence.js';
import type { RecurrentOptions } from '../../../../../src/training/engine/simd/recurrent-parts.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { simpleRnnSequence } from '../../../../../src/training/engine/simd/simple-rnn-sequence.js';
import { fuseLayer } from '../../../../../src/training/model/fuse-layers.js';
import { tf } from '../../../../../src/training/tf.js';
import { gradientCheck } from '../gradient-check.js';
import { Arena, Dice, gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

type Kind = 'lstm' | 'gru' | 'simpleRNN';
const kinds: Kind[] = ['lstm', 'gru', 'simpleRNN'];
const gatesOf = { lstm: 4, gru: 3, simpleRNN: 1 };
const sequences = { lstm: lstmSequence, gru: gruSequence, simpleRNN: simpleRnnSequence };
const usual = { gate: 'sigmoid', activation: 'tanh', sequence: true, back: false } as const;
const choices = [false, true].flatMap((sequence) =>
  [false, true].flatMap((back) => (['sigmoid', 'hardSigmoid'] as const).map((gate) => ({ ...usual, sequence, back, gate }))),
);
/** Not in tfjs-layers; the model builder brings it. */
const inTfjs = ACTIVATION_KINDS.filter((kind) => kind !== 'exponential');

interface Layout {
  kind: Kind;
  options: RecurrentOptions;
  bidirectional: boolean;
  useBias: boolean;
  units: number;
  shape: [number, number, number];
}

function makeLayer({ kind, options, bidirectional, useBias, units, shape }: Layout): tf.layers.Layer {
  const settings = {
    units,
    useBias,
    activation: options.activation as 'tanh',
    recurrentActivation: options.gate as 'sigmoid',
    returnSequences: options.sequence,
    goBackwards: options.back,
    recurrentInitializer: 'glorotUniform' as const,
    biasInitializer: 'randomUniform' as const,
  };
  const inner = tf.layers[kind](settings);
  const layer = bidirectional ? tf.layers.bidirectional({ layer: inner, mergeMode: 'concat' }) : inner;
  tf.dispose(tf.tidy(() => layer.apply(tf.zeros(shape)) as tf.Tensor));
  return layer;
}

/** Output, and gradients of a weighted sum of it by the input and every weight. */
function outcome(layer: tf.layers.Layer, x: tf.Tensor): Float32Array[] {
  return tf.tidy(() => {
    const y = layer.apply(x) as tf.Tensor;
    const project = tf.tensor(new Dice(77).floats(y.size), y.shape);
    const loss = (): tf.Scalar => tf.sum(tf.mul(layer.apply(x) as tf.Tensor, project));
    const { grads } = tf.variableGrads(loss);
    const byInput = tf.grad((input) => tf.sum(tf.mul(layer.apply(input) as tf.Tensor, project)))(x);
    const byWeight = layer.trainableWeights.map(({ originalName, name }) => grads[name] ?? grads[originalName]);
    return [y, byInput, ...byWeight].map((tensor) => (tensor as tf.Tensor).dataSync() as Float32Array) as unknown as tf.Tensor[];
  }) as unknown as Float32Array[];
}

function compare(layout: Layout, seed: number): number {
  const before = tf.memory().numTensors;
  const [stock, fused] = [makeLayer(layout), makeLayer(layout)];
  fused.setWeights(stock.getWeights());
  fuseLayer(fused);
  const x = tf.tensor3d(new Dice(seed).floats(layout.shape.reduce((a, b) => a * b, 1)), layout.shape);
  const [expected, got] = [outcome(stock, x), outcome(fused, x)];
  for (const { weights } of [stock, fused]) weights.forEach((weight) => weight.dispose());
  x.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return Math.max(...expected.map((values, i) => gap(got[i] as Float32Array, values)));
}

describe.each(kinds)('%s over a whole sequence', (kind) => {
  it.each(choices)('equals the layer of tfjs, forward and backward: %o', (options) => {
    expect(compare({ kind, options, bidirectional: false, useBias: true, units: 7, shape: [3, 6, 5] }, 1)).toBeLessThan(5e-6);
  });

  it.each(inTfjs)('equals it with the activation %s', (activation) => {
    const shape: [number, number, number] = [3, 4, 5];
    const layout = { kind, bidirectional: false, useBias: true, units: 6, shape };
    expect(compare({ ...layout, options: { ...usual, activation } }, 4)).toBeLessThan(2e-5);
    if (kind !== 'simpleRNN') expect(compare({ ...layout, options: { ...usual, gate: activation } }, 5)).toBeLessThan(2e-5);
  });

  it.each([true, false])('equals it in Bidirectional and without bias (sequence %s)', (sequence) => {
    const options = { ...usual, sequence, gate: 'hardSigmoid' as const };
    expect(compare({ kind, options, bidirectional: true, useBias: false, units: 4, shape: [2, 5, 3] }, 2)).toBeLessThan(5e-6);
  });

  it('equals it for odd and single sizes', () => {
    const dice = new Dice(3);
    for (let round = 0; round < 8; round++) {
      const shape: [number, number, number] = [dice.whole(1, 9), dice.whole(1, 7), dice.whole(1, 11)];
      const gate = dice.chance() ? 'sigmoid' : 'hardSigmoid';
      const options = { ...usual, gate, sequence: dice.chance(), back: dice.chance() } as const;
      const layout = { kind, options, bidirectional: false, useBias: dice.chance(), units: dice.whole(1, 21), shape };
      expect(compare(layout, round)).toBeLessThan(1e-5);
    }
  });

  it.each<[boolean, ActivationKind, ActivationKind]>([
    [false, 'sigmoid', 'tanh'],
    [true, 'softsign', 'gelu'],
    [true, 'mish', 'softmax'],
    [true, 'swish', 'softplus'],
  ])('has the gradient of finite differences (sequence %s, gates %s, state %s)', (sequence, gate, activation) => {
    const [units, inputs, gates] = [3, 3, gatesOf[kind]];
    const { error } = gradientCheck({
      shapes: [[2, 4, inputs], [inputs, gates * units], [units, gates * units], [gates * units]],
      f: (x, wx, wh, bias) => sequences[kind](module, { x, wx, wh, bias }, { gate, activation, sequence, back: true }),
      step: 0.02,
    }); // prettier-ignore
    expect(error).toBeLessThan(5e-3);
  });

  it('keeps NaN', () => {
    const y = tf.tidy(() => {
      const [x, wx, wh] = [tf.fill([2, 3, 2], NaN), tf.ones([2, gatesOf[kind] * 4]), tf.ones([4, gatesOf[kind] * 4])];
      return sequences[kind](module, { x, wx, wh }, { ...usual, gate: 'hardSigmoid', sequence: false }).dataSync();
    });
    expect(y.every(Number.isNaN)).toBe(true);
  });
});

describe('recurrent kernels', () => {
  it('write nothing outside their buffers', () => {
    const dice = new Dice(6);
    const { kernels } = module;
    for (let round = 0; round < 60; round++) {
      const [T, B, I, U] = [dice.whole(1, 4), dice.whole(1, 9), dice.whole(1, 7), dice.whole(1, 17)];
      const [sequence, back] = [dice.whole(0, 1), dice.whole(0, 1)];
      const [gate, act, keep] = [dice.whole(0, 14), dice.whole(0, 14), dice.chance()];
      const arena = new Arena(module);
      const put = (...shape: number[]) => arena.put(dice.floats(shape.reduce((a, b) => a * b, 1)));
      const sums = (...shape: number[]) => (keep ? put(...shape) : 0);
      const out = put(sequence === 1 ? B * T * U : B * U);
      const [x, wx, wh, bias] = [put(B, T, I), put(I, 4 * U), put(U, 4 * U), put(4 * U)];
      const [xh, z, c, actC, before] = [put(T + 1, B, I + U), put(T, B, 4 * U), put(T, B, U), put(T, B, U), sums(T, B, 4 * U)];
      const [forwards, backwards] = [arena.bytes(kernels.lstmForwardScratch(I, U)), arena.bytes(kernels.lstmBackwardScratch(B, U))];
      kernels.lstmForward(T, B, I, U, x, wx, wh, bias, xh, z, before, c, actC, out, sequence, back, gate, act, forwards);
      kernels.lstmBackward(T, B, U, wh, z, before, c, actC, out, sequence, gate, act, backwards);
      const [a, h, q, whGru, dOut] = [put(T, B, 3 * U), put(T + 1, B, U), put(T, B, U), put(U, 3 * U), put(sequence === 1 ? T * B * U : B * U)]; // prettier-ignore
      const [sumsGru, gruScratch] = [sums(T, B, 3 * U), () => arena.bytes(kernels.gruScratch(B, U))];
      kernels.gruForward(T, B, U, whGru, a, sumsGru, h, q, gate, act, gruScratch());
      kernels.gruBackward(T, B, U, whGru, a, sumsGru, h, dOut, sequence, gate, act, gruScratch());
      const [whSimple, sumsSimple, da] = [put(U, U), sums(T, B, U), put(T, B, U)];
      const simpleScratch = () => arena.bytes(kernels.simpleRnnScratch(B, U));
      kernels.simpleRnnForward(T, B, U, whSimple, h, sumsSimple, act, simpleScratch());
      kernels.simpleRnnBackward(T, B, U, whSimple, h, sumsSimple, da, dOut, sequence, act, simpleScratch());
      const times = put(T, B, I);
      kernels.timeMajor(times, x, B, T, I, back);
      const again = put(B, T, I);
      kernels.batchMajor(again, times, B, T, I, back);
      expect(arena.read(again, B * T * I)).toEqual(arena.read(x, B * T * I));
      arena.close();
    }
  });
});
