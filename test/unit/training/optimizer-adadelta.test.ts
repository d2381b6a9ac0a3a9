import { beforeAll, describe, expect, it } from 'vitest';
import { optimizerSchema } from '../../../src/config/training-schema.js';
import { selectEngine } from '../../../src/training/engine/select-engine.js';
import { createUpdateRule } from '../../../src/training/optimizer.js';
import { tf } from '../../../src/training/tf.js';
import { ENGINE_UNDER_TEST } from './engine/engine-under-test.js';

beforeAll(() => selectEngine(ENGINE_UNDER_TEST));

const START = [1, -2, 0.5];
/** The loss is the sum of c w^2 / 2. */
const CURVATURE = [1, 4, 0.25];

/** Weights after each of so many steps. */
function trained({ rate, rho, epsilon }: { rate: number; rho: number; epsilon: number }, steps: number): number[][] {
  const weights = tf.variable(tf.tensor1d(START));
  const rule = createUpdateRule(optimizerSchema.parse({ type: 'adadelta', learningRate: rate, rho, epsilon }), [weights]);
  const course = Array.from({ length: steps }, () => {
    const gradient = tf.mul(weights, CURVATURE);
    rule.apply([gradient], rate, []);
    gradient.dispose();
    return [...weights.dataSync()];
  });
  rule.dispose();
  weights.dispose();
  return course;
}

const expectClose = (found: readonly number[] = [], wanted: readonly number[], tolerance: number): void => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => expect(Math.abs(value - (wanted[i] ?? NaN))).toBeLessThan(tolerance));
};

describe('adadelta', () => {
  it('is the algorithm of Zeiler 2012', () => {
    const [rate, rho, epsilon] = [0.8, 0.9, 1e-4];
    const course = trained({ rate, rho, epsilon }, 100);
    START.forEach((start, i) => {
      let [weight, squares, updates] = [start, 0, 0];
      course.forEach((weights) => {
        const gradient = weight * (CURVATURE[i] ?? NaN);
        squares = rho * squares + (1 - rho) * gradient ** 2;
        const update = (-Math.sqrt(updates + epsilon) / Math.sqrt(squares + epsilon)) * gradient;
        updates = rho * updates + (1 - rho) * update ** 2;
        weight += rate * update;
        expect(Math.abs((weights[i] ?? NaN) - weight)).toBeLessThan(2e-6);
      });
    });
  });

  // keras.optimizers.Adadelta of Keras 3.15.1 on the same gradients, after steps 1, 2, 10 and 50.
  it.each([
    [
      { rate: 1, rho: 0.95, epsilon: 1e-7 },
      [0.9985857605934143, -1.998585820198059, 0.49858587980270386],
      [0.9971545338630676, -1.9971541166305542, 0.49715572595596313],
      [0.9854720234870911, -1.985438346862793, 0.4855406582355499],
      [0.9261985421180725, -1.9250202178955078, 0.42850545048713684],
    ],
    [
      { rate: 0.5, rho: 0.9, epsilon: 1e-6 },
      [0.9984188675880432, -1.9984188079833984, 0.4984193742275238],
      [0.9967978596687317, -1.9967972040176392, 0.49680012464523315],
      [0.9832114577293396, -1.9831676483154297, 0.48330408334732056],
      [0.9098405241966248, -1.9082103967666626, 0.4130544364452362],
    ],
  ])('is that of Keras: %o', (settings, first, second, tenth, last) => {
    const course = trained(settings, 50);
    [first, second, tenth, last].forEach((wanted, i) => expectClose(course[[0, 1, 9, 49][i] ?? 0], wanted, 2e-6));
  });

  it('does not take the whole gradient as its first step', () => {
    const [[first = NaN] = []] = trained({ rate: 1, rho: 0.95, epsilon: 1e-7 }, 1);
    expect(Math.abs(first - 1)).toBeLessThan(0.01);
  });
});
