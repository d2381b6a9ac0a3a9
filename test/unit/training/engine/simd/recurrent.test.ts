import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../../src/training/engine/select-engine.js';
import type { KernelModule } from '../../../../../src/training/engine/simd/kernel-module.js';
import { gruSequence, lstmSequence, type RecurrentOptions } from '../../../../../src/training/engine/simd/recurrent.js';
import { kernelModule } from '../../../../../src/training/engine/simd/register-simd.js';
import { fuseLayer } from '../../../../../src/training/model/fuse-layers.js';
import { tf } from '../../../../../src/training/tf.js';
import { gradientCheck } from '../gradient-check.js';
import { Arena, Dice, gap } from './arena.js';

let module: KernelModule;
beforeAll(async () => {
  await selectEngine('wasm');
  module = kernelModule() as KernelModule;
});

type Kind = 'lstm' | 'gru';
const kinds: Kind[] = ['lstm', 'gru'];
const gatesOf = { lstm: 4, gru: 3 };
const sequences = { lstm: lstmSequence, gru: gruSequence };
const choices = [false, true].flatMap((sequence) =>
  [false, true].flatMap((back) => [false, true].map((hard) => ({ sequence, back, hard }))),
);

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
    recurrentActivation: options.hard ? ('hardSigmoid' as const) : ('sigmoid' as const),
    returnSequences: options.sequence,
    goBackwards: options.back,
    recurrentInitializer: 'glorotUniform' as const,
    biasInitializer: 'randomUniform' as const,
  };
  const inner = kind === 'lstm' ? tf.layers.lstm(settings) : tf.layers.gru(settings);
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
    expect(compare({ kind, options, bidirectional: false, useBias: true, units: 8, shape: [3, 6, 5] }, 1)).toBeLessThan(5e-6);
  });

  it.each([true, false])('equals it in Bidirectional and without bias (sequence %s)', (sequence) => {
    const options = { sequence, back: false, hard: true };
    expect(compare({ kind, options, bidirectional: true, useBias: false, units: 4, shape: [2, 5, 3] }, 2)).toBeLessThan(5e-6);
  });

  it('equals it for odd and single sizes', () => {
    const dice = new Dice(3);
    for (let round = 0; round < 12; round++) {
      const shape: [number, number, number] = [dice.whole(1, 9), dice.whole(1, 7), dice.whole(1, 11)];
      const options = { sequence: dice.chance(), back: dice.chance(), hard: dice.chance() };
      const layout = { kind, options, bidirectional: false, useBias: dice.chance(), units: 4 * dice.whole(1, 5), shape };
      expect(compare(layout, round)).toBeLessThan(1e-5);
    }
  });

  it.each([false, true])('has the gradient of finite differences (sequence %s)', (sequence) => {
    const [units, inputs, gates] = [4, 3, gatesOf[kind]];
    const { error } = gradientCheck({
      shapes: [[2, 4, inputs], [inputs, gates * units], [units, gates * units], [gates * units]],
      f: (x, wx, wh, bias) => sequences[kind](module, { x, wx, wh, bias }, { hard: false, sequence, back: true }),
      step: 0.02,
    }); // prettier-ignore
    expect(error).toBeLessThan(3e-3);
  });

  it('keeps NaN', () => {
    const y = tf.tidy(() => {
      const [x, wx, wh] = [tf.fill([2, 3, 2], NaN), tf.ones([2, gatesOf[kind] * 4]), tf.ones([4, gatesOf[kind] * 4])];
      return sequences[kind](module, { x, wx, wh }, { hard: true, sequence: false, back: false }).dataSync();
    });
    expect(y.every(Number.isNaN)).toBe(true);
  });
});

describe('recurrent kernels', () => {
  it('write nothing outside their buffers', () => {
    const dice = new Dice(6);
    const { kernels } = module;
    for (let round = 0; round < 60; round++) {
      const [T, B, I, U] = [dice.whole(1, 4), dice.whole(1, 9), dice.whole(1, 7), 4 * dice.whole(1, 4)];
      const [sequence, back, hard] = [dice.whole(0, 1), dice.whole(0, 1), dice.whole(0, 1)];
      const arena = new Arena(module);
      const put = (...shape: number[]) => arena.put(dice.floats(shape.reduce((a, b) => a * b, 1)));
      const out = put(sequence === 1 ? B * T * U : B * U);
      const [x, wx, wh, bias] = [put(B, T, I), put(I, 4 * U), put(U, 4 * U), put(4 * U)];
      const [xh, z, c, tanhC] = [put(T + 1, B, I + U), put(T, B, 4 * U), put(T, B, U), put(T, B, U)];
      kernels.lstmForward(
        T,
        B,
        I,
        U,
        x,
        wx,
        wh,
        bias,
        xh,
        z,
        c,
        tanhC,
        out,
        sequence,
        back,
        hard,
        arena.bytes(kernels.lstmForwardScratch(I, U)),
      );
      kernels.lstmBackward(T, B, U, wh, z, c, tanhC, out, sequence, hard, arena.bytes(kernels.lstmBackwardScratch(B, U)));
      const [a, h, q, whGru, dOut] = [put(T, B, 3 * U), put(T + 1, B, U), put(T, B, U), put(U, 3 * U), put(sequence === 1 ? T * B * U : B * U)]; // prettier-ignore
      kernels.gruForward(T, B, U, whGru, a, h, q, hard, arena.bytes(kernels.gruScratch(B, U)));
      kernels.gruBackward(T, B, U, whGru, a, h, dOut, sequence, hard, arena.bytes(kernels.gruScratch(B, U)));
      const times = put(T, B, I);
      kernels.timeMajor(times, x, B, T, I, back);
      const again = put(B, T, I);
      kernels.batchMajor(again, times, B, T, I, back);
      expect(arena.read(again, B * T * I)).toEqual(arena.read(x, B * T * I));
      arena.close();
    }
  });
});
