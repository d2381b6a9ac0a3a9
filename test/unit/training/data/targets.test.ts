import { describe, expect, it } from 'vitest';
import type { LossType } from '../../../../src/config/training-schema.js';
import { faultOf, prepare, rowsOf } from './prepare.js';

const rowsFor = (y: unknown[]) => ({ inline: { x: y.map((_, i) => i), y: y as number[] } });
const encode = async (y: unknown[], loss: LossType) => {
  const data = await prepare(rowsFor(y), loss);
  return { ...data, rows: rowsOf(data.train.targets, data.train.targets.length / data.train.rows) };
};

describe('one column of classes', () => {
  const two = ['no', 'yes', 'no'];
  const three = ['c', 'a', 'b'];

  it.each([
    ['categoricalCrossentropy', two, [[1, 0], [0, 1], [1, 0]], 2],
    ['categoricalCrossentropy', three, [[0, 0, 1], [1, 0, 0], [0, 1, 0]], 3],
    ['sparseCategoricalCrossentropy', three, [[2], [0], [1]], 3],
    ['binaryCrossentropy', two, [[0], [1], [0]], 1],
    ['binaryCrossentropy', three, [[0, 0, 1], [1, 0, 0], [0, 1, 0]], 3],
    ['binaryCrossentropy', [0.25, 0, 1], [[0.25], [0], [1]], 1],
    ['hinge', two, [[-1], [1], [-1]], 1],
    ['hinge', three, [[-1, -1, 1], [1, -1, -1], [-1, 1, -1]], 3],
    ['meanSquaredError', two, [[0], [1], [0]], 1],
    ['meanAbsoluteError', three, [[0, 0, 1], [1, 0, 0], [0, 1, 0]], 3],
    ['huber', [true, false, true], [[1], [0], [1]], 1],
    ['logCosh', [3, 1, 2], [[3], [1], [2]], 1],
  ] as const)('%s of %j', async (loss, y, rows, units) => {
    const data = await encode([...y], loss);
    expect(data.rows).toEqual(rows);
    expect(data.outputUnits).toBe(units);
    expect(data.train.targetShape).toEqual([rows[0].length]);
  }); // prettier-ignore

  it.each([
    [[0, 1, 2, 1], [0, 1, 2, 1], ['0', '1', '2']],
    [[1, 2, 1, 3], [0, 1, 0, 2], ['1', '2', '3']],
    [[-1, 1, 1, -1], [0, 1, 1, 0], ['-1', '1']],
    [[0, 2, 2, 0], [0, 1, 1, 0], ['0', '2']],
    [[10, 5, 1000000, 5], [1, 0, 2, 0], ['5', '10', '1000000']],
    [[true, false, false, true], [1, 0, 0, 1], ['false', 'true']],
    [['10', '9', '10', '9'], [1, 0, 1, 0], ['9', '10']],
  ])('numbers the classes %j', async (y, indices, names) => {
    const data = await encode(y, 'sparseCategoricalCrossentropy');
    expect(data.rows.flat()).toEqual(indices);
    expect(data.classNames).toEqual(names);
  }); // prettier-ignore

  it('keeps class indices where a tenth of the classes has no rows', async () => {
    const y = [0, 1, 2, 3, 4, 5, 6, 8, 9];
    const data = await encode(y, 'sparseCategoricalCrossentropy');
    expect(data.rows.flat()).toEqual(y);
    expect(data.outputUnits).toBe(10);
    expect(data.targets[0]?.classCounts).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 1, 1]);
  });

  it('keeps the classes of all rows under a limit', async () => {
    const data = await prepare({ ...rowsFor(['a', 'b', 'c', 'd']), limit: 2 }, 'categoricalCrossentropy');
    expect(data.classNames).toEqual(['a', 'b', 'c', 'd']);
    expect(data.train.targetShape).toEqual([4]);
  });

  it('counts the classes of the training rows', async () => {
    const data = await prepare({ ...rowsFor(['b', 'a', 'b', 'a', 'a']), validationSplit: 0.4 }, 'categoricalCrossentropy');
    expect(data.targets).toEqual([
      {
        name: 'y',
        mean: expect.closeTo(2 / 3),
        deviation: expect.closeTo(Math.sqrt(2) / 3),
        min: 0,
        max: 1,
        nonFinite: 0,
        classes: 2,
        classCounts: [1, 2],
      },
    ]);
  });

  it('does not take a number to be predicted for a class', async () => {
    expect((await encode([0, 1, 1, 0], 'meanSquaredError')).targets[0]).toMatchObject({ classes: null, classCounts: null });
  });
});

describe('several target columns', () => {
  it.each([
    ['categoricalCrossentropy', [[0, 1], [1, 0]], [[0, 1], [1, 0]], 2],
    ['categoricalCrossentropy', [[0.25, 0.75], [1, 0]], [[0.25, 0.75], [1, 0]], 2],
    ['sparseCategoricalCrossentropy', [[0, 1, 0], [1, 0, 0]], [[1], [0]], 3],
    ['sparseCategoricalCrossentropy', [[3, 0, 2], [1, 1, 0]], [[3, 0, 2], [1, 1, 0]], 4],
    ['binaryCrossentropy', [[1, 1], [0, 1]], [[1, 1], [0, 1]], 2],
    ['hinge', [[1, 0], [0, 1]], [[1, -1], [-1, 1]], 2],
    ['hinge', [[1, -1], [-1, -1]], [[1, -1], [-1, -1]], 2],
    ['meanSquaredError', [[1.5, -2], [3, 4]], [[1.5, -2], [3, 4]], 2],
    ['meanSquaredError', [[1.5, 'a'], [3, 'b']], [[1.5, 0], [3, 1]], 2],
    ['meanSquaredError', [[1.5, 'a'], [3, 'b'], [2, 'c']], [[1.5, 1, 0, 0], [3, 0, 1, 0], [2, 0, 0, 1]], 4],
    ['binaryCrossentropy', [['a', true], ['b', false]], [[0, 1], [1, 0]], 2],
  ] as const)('%s of %j', async (loss, y, rows, units) => {
    const data = await encode([...y], loss);
    expect(data.rows).toEqual(rows);
    expect(data.outputUnits).toBe(units);
  }); // prettier-ignore

  it('keeps sequences of one-hot targets', async () => {
    const y = [[[0, 1], [1, 0]], [[1, 0], [1, 0]]]; // prettier-ignore
    const data = await encode(y, 'categoricalCrossentropy');
    expect(data.train.targetShape).toEqual([2, 2]);
    expect(data.outputUnits).toBe(2);
  });

  it('describes labels one by one and one-hot classes as one', async () => {
    const labels = await encode([[1, 1], [0, 1], [0, 1]], 'binaryCrossentropy'); // prettier-ignore
    expect(labels.targets.map((t) => t.classCounts)).toEqual([[2, 1], [0, 3]]); // prettier-ignore
    const oneHot = await encode([[1, 0], [0, 1], [0, 1]], 'categoricalCrossentropy'); // prettier-ignore
    expect(oneHot.targets.map((t) => t.classCounts)).toEqual([[1, 2]]);
  });
});

describe('targets that do not fit the loss', () => {
  it.each([
    ['one class', ['a', 'a'], 'categoricalCrossentropy', /All rows used have the class "a"/],
    ['one class of numbers', [1, 1, 1], 'binaryCrossentropy', /the class "1"/],
    ['one class, one-hot', [[0, 1], [0, 1]], 'categoricalCrossentropy', /the class "y1"/],
    ['fractions', [0, 1, 2.5], 'sparseCategoricalCrossentropy', /needs classes, but the target "y" has 2.5 in row 3/],
    ['numbers beside classes', [[0, 1], [1, 3.5]], 'categoricalCrossentropy', /"y1" in row 2 is not between 0 and 1 \(3.5\)/],
    ['fractions of several columns', [[0.5, 1], [1, 0]], 'sparseCategoricalCrossentropy', /neither one-hot nor a class index/],
    ['text in several columns', [['a', 'b'], ['c', 'd']], 'categoricalCrossentropy', /cannot use the text column "y0"/],
    ['a third sign', [[-1, 0.5], [1, 1]], 'hinge', /neither -1 nor 1/],
  ] as const)('refuses %s', async (_, y, loss, message) => {
    const fault = await faultOf(prepare(rowsFor([...y]), loss));
    expect(fault.code).toBe('data-invalid');
    expect(fault.message).toMatch(message);
  }); // prettier-ignore

  it.each(['categoricalCrossentropy', 'meanSquaredError'] as const)('refuses to scale the classes of %s', async (loss) => {
    const fault = await faultOf(prepare({ ...rowsFor(['a', 'b']), scale: { target: 'standard' } }, loss));
    expect(fault).toMatchObject({ code: 'config-invalid', path: ['data', 'scale', 'target'] });
  });
});
