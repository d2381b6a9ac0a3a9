import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultOf, prepare, rowsOf } from './prepare.js';

describe('inline rows', () => {
  it('reads numbers, text, flat lists and missing values', async () => {
    const data = await prepare({ inline: { x: [[1, 'red'], [null, 'blue'], [3, 'red']], y: [1, 2, 4] }, missing: 'mean' }); // prettier-ignore
    expect(data.features.map((f) => f.name)).toEqual(['x0', 'x1=blue', 'x1=red']);
    expect(rowsOf(data.train.inputs, 3)).toEqual([
      [1, 0, 1],
      [2, 1, 0],
      [3, 0, 1],
    ]);
    expect(data.train.targetShape).toEqual([1]);
  });

  it('keeps the shape of sequences, and of sequences of targets', async () => {
    const x = [[[1, 2], [3, 4], [5, 6]]]; // prettier-ignore
    const data = await prepare({ inline: { x, y: [[[1], [2], [3]]] } });
    expect(data.train.inputShape).toEqual([3, 2]);
    expect([...data.train.inputs]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([data.train.targetShape, data.outputUnits]).toEqual([[3, 1], 1]);
  });

  it.each([
    ['ragged rows', [[1, 2], [3]], [1, 2], ['data', 'inline', 'x', 1], /row 2 does not have the shape \[2\]/],
    ['deeper rows', [[1], [[2]]], [1, 2], ['data', 'inline', 'x', 1], /row 2 is nested deeper/],
    ['fewer targets', [[1], [2]], [1], ['data', 'inline', 'y'], /"x" has 2 rows, "y" has 1/],
    ['empty rows', [[], []], [1, 2], ['data', 'inline', 'x', 0], /row 1 is empty/],
    ['a missing value', [[1, 2], [3, null]], [1, 2], ['data', 'inline', 'x', 1, 1], /"x1" has no number in row 2/],
    ['text among numbers', [[1], [2], ['a']], [1, 2, 3], ['data', 'inline', 'x', 2, 0], /row 3 has the text "a"/],
    ['text in sequences', [[[1]], [['a']]], [1, 2], ['data', 'inline', 'x', 1], /not a number/],
    ['huge values', [[1], [1e39]], [1, 2], ['data', 'inline', 'x', 1, 0], /beyond the largest float32/],
  ])('refuses %s with the path of the entry', async (_, x, y, place, message) => {
    const fault = await faultOf(prepare({ inline: { x, y } }));
    expect(fault).toMatchObject({ code: 'data-invalid', file: undefined, path: place });
    expect(fault.message).toMatch(message);
  }); // prettier-ignore

  it('refuses to pick columns', async () => {
    const fault = await faultOf(prepare({ inline: { x: [1], y: [1] }, target: 'y' }));
    expect(fault).toMatchObject({ code: 'config-invalid', path: ['data', 'target'] });
  });
});

describe('inputShape', () => {
  it('reshapes each row and refuses sizes that disagree', async () => {
    const inline = { x: [[1, 2, 3, 4], [5, 6, 7, 8]], y: [1, 2] }; // prettier-ignore
    expect((await prepare({ inline, inputShape: [2, 2, 1] })).train.inputShape).toEqual([2, 2, 1]);
    const fault = await faultOf(prepare({ inline, inputShape: [28, 28, 1] }));
    expect(fault).toMatchObject({ code: 'shape-mismatch', path: ['data', 'inputShape'] });
    expect(fault.message).toBe('"inputShape" [28, 28, 1] has 784 numbers, but a row has 4.');
  });
});

describe('data module', () => {
  let folder = '';
  const modules: Record<string, string> = {
    'arrays.mjs': 'export default async () => ({ x: [[1, 2], [3, 4]], y: Float32Array.of(5, 6) });',
    'tensors.mjs': 'export default async (tf) => ({ x: tf.make([2, 1, 2], [1, 2, 3, 4]), y: tf.make([2], [0, 1]) });',
    'syntax.mjs': 'export default async (',
    'throws.mjs': 'export default () => { throw new Error("no such server"); };',
    'nothing.mjs': 'export default () => null;',
    'named.mjs': 'export const data = 1;',
    'uneven.mjs': 'export default () => ({ x: [1, 2], y: [1] });',
    'objects.mjs': 'export default () => ({ x: [{}, {}], y: [1, 2] });',
    'cyclic.mjs': 'export default () => { const x = []; x.push(x); return { x, y: [1] }; };',
  };
  beforeAll(async () => {
    // Below node_modules, so that the test runner leaves the import to Node.
    folder = await mkdtemp(path.resolve('node_modules', '.gradwatch-module-'));
    for (const [name, text] of Object.entries(modules)) await writeFile(path.join(folder, name), text);
  });
  afterAll(() => rm(folder, { recursive: true }));
  const run = (module: string, trusted = true, tf?: unknown) =>
    prepare({ module }, 'meanSquaredError', { configFile: path.join(folder, 'gradwatch.json'), trusted, tf });

  it('runs only where code is trusted', async () => {
    expect(await faultOf(run('arrays.mjs', false))).toMatchObject({ code: 'untrusted', path: ['data', 'module'] });
    const data = await run('arrays.mjs');
    expect([...data.train.inputs]).toEqual([1, 2, 3, 4]);
    expect([...data.train.targets]).toEqual([5, 6]);
  });

  it('hands the namespace over, reads tensors and disposes of them', async () => {
    let disposed = 0;
    const make = (shape: number[], values: number[]) => ({
      shape,
      dtype: 'float32',
      data: () => Promise.resolve(Float32Array.from(values)),
      dispose: () => disposed++,
    });
    const data = await run('tensors.mjs', true, { make });
    expect(data.train.inputShape).toEqual([1, 2]);
    expect(data.train.targetShape).toEqual([1]);
    expect([...data.train.inputs, ...data.train.targets]).toEqual([1, 2, 3, 4, 0, 1]);
    expect(disposed).toBe(2);
  });

  it.each([
    ['syntax.mjs', /failed: /],
    ['throws.mjs', /failed: no such server/],
    ['nothing.mjs', /did not return \{ x, y \}/],
    ['named.mjs', /no function as its default export/],
    ['uneven.mjs', /2 rows of x and 1 of y/],
    ['objects.mjs', /neither number, text/],
    ['cyclic.mjs', /nested deeper|not a number/],
  ])('refuses %s', async (module, message) => {
    const fault = await faultOf(run(module));
    expect(fault).toMatchObject({ code: 'data-invalid', file: module, path: ['data', 'module'] });
    expect(fault.message).toMatch(message);
  });

  it('names a module that does not exist', async () => {
    expect(await faultOf(run('gone.mjs'))).toMatchObject({ code: 'data-not-found', path: ['data', 'module'] });
  });
});
