import { describe, expect, it } from 'vitest';
import { staticFindings } from '../../../src/diagnosis/static-checks.js';
import { diagnose, makeConfig, makeReport, makeStart } from './builders.js';

type Last = Record<string, unknown>;
const logits = (type: string) => ({ type, fromLogits: true });
const check = (last: Last | Last[], loss: unknown) => {
  const tail = Array.isArray(last) ? last : [last];
  const layers = [{ type: 'dense', units: 8, activation: 'relu' }, ...tail];
  return staticFindings(makeConfig(layers, { loss }));
};
const ids = (last: Last | Last[], loss: unknown) => check(last, loss).map((f) => f.id);
const dense = (units: number, activation?: string): Last => ({ type: 'dense', units, ...(activation === undefined ? {} : { activation }) });

describe('single-unit-softmax', () => {
  it('points at the activation, whatever the loss', () => {
    for (const loss of ['meanSquaredError', 'binaryCrossentropy', 'sparseCategoricalCrossentropy']) {
      const found = check(dense(1, 'softmax'), loss);
      expect(found.map((f) => f.id)).toEqual(['single-unit-softmax']);
      expect(found[0]).toMatchObject({ severity: 'error', at: ['model', 'layers', 1, 'activation'] });
    }
  });
  it('sees a softmax layer behind a dense one, through dropout', () => {
    const found = check([dense(1), { type: 'dropout', rate: 0.1 }, { type: 'softmax' }], 'meanSquaredError');
    expect(found[0]).toMatchObject({ id: 'single-unit-softmax', at: ['model', 'layers', 3] });
  });
});

describe('double-softmax', () => {
  it('sees softmax in the output and in the loss', () => {
    const found = check(dense(3, 'softmax'), logits('categoricalCrossentropy'));
    expect(found.map((f) => f.id)).toEqual(['double-softmax']);
    expect(found[0]?.formula).toContain('0.58');
  });
  it('sees two softmaxes in a row', () => {
    expect(ids([dense(3, 'softmax'), { type: 'softmax' }], 'categoricalCrossentropy')).toEqual(['double-softmax']);
  });
});

describe('output-loss-mismatch', () => {
  const wrong: [Last, unknown][] = [
    [dense(3, 'relu'), 'categoricalCrossentropy'],
    [dense(3), 'sparseCategoricalCrossentropy'],
    [dense(1, 'tanh'), 'binaryCrossentropy'],
    [dense(1, 'sigmoid'), logits('binaryCrossentropy')],
    [dense(3, 'relu'), logits('categoricalCrossentropy')],
    [dense(1), logits('categoricalCrossentropy')],
    [dense(1, 'sigmoid'), 'categoricalCrossentropy'],
  ];
  it.each(wrong)('flags %j under %j', (last, loss) => expect(ids(last, loss)).toEqual(['output-loss-mismatch']));

  const right: [Last, unknown][] = [
    [dense(3, 'softmax'), 'categoricalCrossentropy'],
    [dense(3), logits('sparseCategoricalCrossentropy')],
    [dense(1, 'sigmoid'), 'binaryCrossentropy'],
    [dense(1), logits('binaryCrossentropy')],
    [dense(1), 'meanSquaredError'],
    [dense(1, 'relu'), 'meanSquaredError'],
    [dense(3, 'sigmoid'), 'categoricalCrossentropy'],
    [dense(3, 'softplus'), 'categoricalCrossentropy'],
    [dense(2, 'softmax'), 'binaryCrossentropy'],
    [{ type: 'lstm', units: 4 }, 'meanSquaredError'],
    [dense(1, 'tanh'), 'hinge'],
  ];
  it.each(right)('says nothing about %j under %j', (last, loss) => expect(ids(last, loss)).toEqual([]));

  const target = (min: number, max: number, classes: number | null = null) => ({
    name: 'y', mean: (min + max) / 2, deviation: (max - min) / 4, min, max, nonFinite: 0, classes, classCounts: null,
  }); // prettier-ignore
  const withTarget = (activation: string, loss: string, stats: ReturnType<typeof target>) =>
    diagnose(makeConfig([dense(1, activation)], { loss }), makeStart(['dense_1']), makeReport({ targets: [stats] }), []).filter(
      (f) => f.id === 'output-loss-mismatch',
    );
  it('knows what an output can reach once the data is read', () => {
    expect(withTarget('sigmoid', 'meanSquaredError', target(9, 46.6)).length).toBe(1);
    expect(withTarget('relu', 'meanSquaredError', target(-10, 10)).length).toBe(1);
    expect(withTarget('tanh', 'huber', target(-3, 3)).length).toBe(1);
    expect(withTarget('relu', 'meanSquaredError', target(9, 46.6))).toEqual([]);
    expect(withTarget('sigmoid', 'meanSquaredError', target(0, 1))).toEqual([]);
    expect(withTarget('relu', 'meanSquaredError', target(-0.5, 46.6))).toEqual([]);
    expect(withTarget('sigmoid', 'meanSquaredError', target(0, 2, 3))).toEqual([]);
  });
  it('is an error when binary crossentropy gets a target outside 0 to 1', () => {
    expect(withTarget('sigmoid', 'binaryCrossentropy', target(0, 5))[0]?.severity).toBe('error');
  });
});

describe('settings', () => {
  it('leaves out what the config turns off', () => {
    const config = makeConfig([dense(1, 'softmax')], {}, { watch: { detectors: { 'single-unit-softmax': 'off' } } });
    expect(staticFindings(config)).toEqual([]);
    expect(diagnose(config, makeStart(['dense_1']), makeReport(), []).map((f) => f.id)).not.toContain('single-unit-softmax');
  });
  it('cannot tell the output of a model from a file, but can once it is built', () => {
    const config = makeConfig([dense(1)], { loss: 'binaryCrossentropy' });
    const fromFile = { ...config, model: { file: 'model.json', regularization: { l1: 0, l2: 0 } } };
    expect(staticFindings(fromFile)).toEqual([]);
    const output = { layer: 'out', units: 1, activation: 'softmax', configIndex: null };
    expect(diagnose(fromFile, makeStart(['out']), makeReport({ output }), []).map((f) => f.id)).toContain('single-unit-softmax');
  });
});
