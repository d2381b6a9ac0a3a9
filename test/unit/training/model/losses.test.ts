import { describe, expect, it } from 'vitest';
import { LOSSES, METRICS, type LossConfig, type MetricName } from '../../../../src/config/training-schema.js';
import { selectEngine } from '../../../../src/training/engine/select-engine.js';
import { ENGINES_HERE } from '../engine/engine-under-test.js';
import { createLoss } from '../../../../src/training/model/losses.js';
import { createMetrics } from '../../../../src/training/model/metrics.js';
import { tf } from '../../../../src/training/tf.js';

type Rows = number[][];
const lossOf = (loss: LossConfig, yTrue: Rows, yPred: Rows): number => {
  const value = createLoss(loss)(tf.tensor2d(yTrue), tf.tensor2d(yPred)).dataSync();
  return value[0] as number;
};
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const softmax = (row: number[]): number[] => {
  const e = row.map((v) => Math.exp(v - Math.max(...row)));
  return e.map((v) => v / e.reduce((a, b) => a + b, 0));
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const y = [[0.5], [-2], [3]];
const p = [[0.7], [1], [-4]];
const difference = [0.2, 3, -7];
const binary = [[1], [0], [1]];
const chance = [[0.8], [0.3], [0.1]];
const oneHot = [[1, 0, 0], [0, 0, 1]]; // prettier-ignore
const logits = [[1, -2, 0.5], [3, 0, -1]]; // prettier-ignore

describe.each(ENGINES_HERE)('losses on %s', (engine) => {
  const at = async <T>(work: () => T): Promise<T> => {
    await selectEngine(engine);
    return tf.tidy(work as () => never);
  };

  const expected: [LossConfig, Rows, Rows, number][] = [
    [{ type: 'meanSquaredError', fromLogits: false }, y, p, mean(difference.map((d) => d * d))],
    [{ type: 'meanAbsoluteError', fromLogits: false }, y, p, mean(difference.map(Math.abs))],
    [{ type: 'huber', fromLogits: false }, y, p, mean(difference.map((d) => (Math.abs(d) < 1 ? (d * d) / 2 : Math.abs(d) - 0.5)))],
    [{ type: 'logCosh', fromLogits: false }, y, p, mean(difference.map((d) => Math.log(Math.cosh(d))))],
    [{ type: 'hinge', fromLogits: false }, [[1], [-1], [1]], p, mean([0.3, 2, 5])],
    [{ type: 'binaryCrossentropy', fromLogits: false }, binary, chance, mean([-Math.log(0.8), -Math.log(0.7), -Math.log(0.1)])],
    [{ type: 'binaryCrossentropy', fromLogits: true }, binary, p, mean([-Math.log(sigmoid(0.7)), -Math.log(1 - sigmoid(1)), -Math.log(sigmoid(-4))])],
    [{ type: 'categoricalCrossentropy', fromLogits: false }, oneHot, logits.map(softmax), mean(logits.map((row, i) => -Math.log(softmax(row)[i === 0 ? 0 : 2] as number)))],
    [{ type: 'categoricalCrossentropy', fromLogits: true }, oneHot, logits, mean(logits.map((row, i) => -Math.log(softmax(row)[i === 0 ? 0 : 2] as number)))],
    [{ type: 'sparseCategoricalCrossentropy', fromLogits: false }, [[0], [2]], logits.map(softmax), mean(logits.map((row, i) => -Math.log(softmax(row)[i === 0 ? 0 : 2] as number)))],
    [{ type: 'sparseCategoricalCrossentropy', fromLogits: true }, [[0], [2]], logits, mean(logits.map((row, i) => -Math.log(softmax(row)[i === 0 ? 0 : 2] as number)))],
  ]; // prettier-ignore
  it.each(expected)('%o', async (loss, yTrue, yPred, value) => {
    expect(await at(() => lossOf(loss, yTrue, yPred))).toBeCloseTo(value, 4);
  });

  it('stays exact for huge logits', async () => {
    expect(await at(() => lossOf({ type: 'binaryCrossentropy', fromLogits: true }, [[0]], [[500]]))).toBeCloseTo(500, 3);
    expect(await at(() => lossOf({ type: 'sparseCategoricalCrossentropy', fromLogits: true }, [[1]], [[500, 0]]))).toBeCloseTo(500, 3);
  });

  it.each(
    LOSSES.flatMap((type) => [
      { type, fromLogits: false },
      { type, fromLogits: true },
    ]),
  )('%o of NaN is NaN', async (loss) => {
    const yTrue = loss.type === 'sparseCategoricalCrossentropy' ? [[1], [0]] : [[1, 0], [0, 1]]; // prettier-ignore
    const yPred = [[NaN, NaN], [0.5, 0.5]]; // prettier-ignore
    expect(await at(() => lossOf(loss, yTrue, yPred))).toBeNaN();
  });

  it.each([
    'meanSquaredError',
    'meanAbsoluteError',
    'binaryCrossentropy',
    'categoricalCrossentropy',
    'sparseCategoricalCrossentropy',
    'hinge',
  ] as const)('%s is that of LayersModel.fit', async (type) => {
    await selectEngine(engine);
    const model = tf.sequential({ layers: [tf.layers.activation({ activation: 'linear', inputShape: [3] })] });
    model.compile({ optimizer: 'sgd', loss: type });
    const yTrue = type === 'sparseCategoricalCrossentropy' ? [[0], [2]] : oneHot;
    const yPred = logits.map(softmax);
    const fitted = (model.evaluate(tf.tensor2d(yPred), tf.tensor2d(yTrue)) as tf.Scalar).dataSync()[0];
    expect(lossOf({ type, fromLogits: false }, yTrue, yPred)).toBeCloseTo(fitted as number, 5);
  });

  const metric = (name: MetricName, loss: LossConfig['type'], yTrue: Rows, yPred: Rows, fromLogits = false): number => {
    const metrics = createMetrics({ training: { loss: { type: loss, fromLogits }, metrics: [name] } as never });
    return metrics[name]?.(tf.tensor2d(yTrue), tf.tensor2d(yPred)) as number;
  };
  const metricCases: [MetricName, LossConfig['type'], Rows, Rows, boolean, number][] = [
    ['accuracy', 'binaryCrossentropy', binary, chance, false, 2 / 3],
    ['accuracy', 'binaryCrossentropy', binary, [[2], [0.3], [-1]], true, 1 / 3],
    ['accuracy', 'hinge', [[1], [-1], [-1]], [[0.2], [-3], [1]], false, 2 / 3],
    ['accuracy', 'categoricalCrossentropy', oneHot, logits, false, 0.5],
    ['accuracy', 'sparseCategoricalCrossentropy', [[0], [2]], logits, false, 0.5],
    ['accuracy', 'sparseCategoricalCrossentropy', [[0], [2]], [[NaN, NaN, NaN], [0, 0, 1]], false, 0.5],
    ['accuracy', 'binaryCrossentropy', [[0], [1]], [[NaN], [0.9]], false, 0.5],
    ['precision', 'binaryCrossentropy', [[1], [0], [1], [0]], [[0.9], [0.8], [0.1], [0.2]], false, 0.5],
    ['recall', 'binaryCrossentropy', [[1], [0], [1], [1]], [[0.9], [0.8], [0.1], [0.2]], false, 1 / 3],
    ['precision', 'binaryCrossentropy', [[1]], [[0.1]], false, 0],
    ['recall', 'sparseCategoricalCrossentropy', [[0], [2]], [[0.9, 0.1, 0], [0.8, 0.1, 0.1]], false, 0.5],
    ['meanSquaredError', 'meanSquaredError', y, p, false, mean(difference.map((d) => d * d))],
    ['meanAbsoluteError', 'meanSquaredError', y, p, false, mean(difference.map(Math.abs))],
    ['meanAbsolutePercentageError', 'meanSquaredError', y, p, false, 100 * mean([0.2 / 0.5, 3 / 2, 7 / 3])],
  ]; // prettier-ignore
  it.each(metricCases)('metric %s with %s', async (name, loss, yTrue, yPred, fromLogits, value) => {
    expect(await at(() => metric(name, loss, yTrue, yPred, fromLogits))).toBeCloseTo(value, 4);
  });
  it('there is a metric for every name of the schema', async () => {
    await selectEngine(engine);
    const metrics = createMetrics({
      training: { loss: { type: 'categoricalCrossentropy', fromLogits: false }, metrics: [...METRICS] } as never,
    });
    expect(Object.keys(metrics)).toEqual([...METRICS]);
  });
});
