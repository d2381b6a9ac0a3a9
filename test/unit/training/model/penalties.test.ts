import { beforeAll, describe, expect, it } from 'vitest';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import type { KernelModule } from '../../../../src/training/engine/simd/kernel-module.js';
import { kernelModule } from '../../../../src/training/engine/simd/register-simd.js';
import { WeightPenalties } from '../../../../src/training/model/penalties.js';
import { tf } from '../../../../src/training/tf.js';
import { Arena, Dice, gap } from '../engine/simd/arena.js';

beforeAll(() => selectEngine('wasm'));

const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

describe('penalties of weights', () => {
  it('are l1 |w| + l2 w^2 and their gradient, 0 at 0 and NaN at NaN, and write nothing else', () => {
    const { kernels } = kernelModule() as KernelModule;
    const dice = new Dice(4);
    for (let round = 0; round < 30; round++) {
      const n = dice.whole(1, 40);
      const arena = new Arena(kernelModule() as KernelModule);
      const [g, w] = [dice.floats(n), dice.floats(n)];
      w[0] = 0;
      const [to, sum] = [arena.put(n), arena.put(new Float32Array(2))];
      kernels.addPenalty(n, to, arena.put(g), arena.put(w), 0.3, 0.2, sum);
      const exact = g.map((value, i) => value + 0.3 * Math.sign(w[i] as number) + 0.4 * (w[i] as number));
      expect(gap(arena.read(to, n), exact)).toBeLessThan(1e-6);
      const penalty = w.reduce((total, value) => total + 0.3 * Math.abs(value) + 0.2 * value * value, 0);
      expect(new Float64Array(arena.read(sum, 2).buffer)[0]).toBeCloseTo(penalty, 5);
      arena.close();
    }
  });

  it('are those of the tape: the same loss and gradients, no tensor left, frozen and foreign ones stay on the tape', () => {
    const before = tf.memory().numTensors;
    const model = tf.sequential();
    const shared = tf.regularizers.l1l2({ l1: 0.1, l2: 0.2 });
    model.add(tf.layers.dense({ units: 3, inputShape: [4], kernelRegularizer: shared, biasRegularizer: 'l1l2', biasInitializer: 'ones' }));
    model.add(tf.layers.dense({ units: 2, kernelRegularizer: shared, trainable: false }));
    model.add(tf.layers.dense({ units: 1, kernelRegularizer: tf.regularizers.l2({ l2: 0.5 }) }));
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const x = tf.ones([2, 4]);
    tf.dispose(model.predict(x));
    const run = (losses: () => tf.Scalar[]) => {
      const { value, grads } = tf.variableGrads(() => losses().reduce((sum, loss) => tf.add(sum, loss), tf.mean(model.apply(x) as tf.Tensor).asScalar()), variables); // prettier-ignore
      const gradients = variables.map(({ name }) => grads[name] as tf.Tensor);
      return { value, gradients };
    };
    const tape = run(() => model.calculateLosses());
    const penalties = new WeightPenalties(model, variables);
    let onTape = 0;
    const own = run(() => {
      const losses = penalties.losses();
      onTape = losses.length;
      return losses;
    });
    const loss = (own.value.dataSync()[0] as number) + penalties.addTo(own.gradients);
    expect(onTape).toBe(1);
    expect(loss).toBeCloseTo(tape.value.dataSync()[0] as number, 5);
    own.gradients.forEach((gradient, i) => expect(gap(values(gradient), values(tape.gradients[i] as tf.Tensor))).toBeLessThan(1e-6));
    const outside = model.calculateLosses();
    expect(outside.every((penalty) => (penalty.dataSync()[0] as number) > 0)).toBe(true);
    tf.dispose([x, tape.value, tape.gradients, own.value, own.gradients, outside]);
    penalties.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
