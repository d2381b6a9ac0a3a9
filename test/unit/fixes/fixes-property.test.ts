import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyConfigEdits } from '../../../src/config/edits.js';
import { loadConfig } from '../../../src/config/parse-config.js';
import { EVIDENCE, finding } from '../../../src/diagnosis/finding.js';
import { FIX_KINDS } from '../../../src/fixes/fix-kinds.js';

/*
 * Every kind of fix on hundreds of valid configs and any evidence: what it offers leads to a valid config, changes something, keeps
 * every comment, and says what it does.
 */
const seed = 20_240_918;
const runs = 300;
const FILE = 'some.gradwatch.json';

const activation = fc.constantFrom(undefined, 'relu', 'tanh', 'sigmoid', 'elu', 'softmax');
const initializer = fc.constantFrom<unknown>(undefined, 'heNormal', 'zeros', { type: 'randomNormal', stddev: 0.5 }, { type: 'randomUniform', minval: -1, maxval: 1 }); // prettier-ignore
const dense = fc.record({
  type: fc.constant('dense'),
  units: fc.integer({ min: 1, max: 64 }),
  activation,
  kernelInitializer: initializer,
  kernelRegularizer: fc.constantFrom(undefined, { l1: 0.01 }, { l2: 0.1 }),
});
const hidden = fc.oneof(dense, fc.constantFrom<object>({ type: 'dropout', rate: 0.2 }, { type: 'batchNormalization' }, { type: 'activation', activation: 'relu' })); // prettier-ignore
const config = fc.record({
  data: fc.record({
    generator: fc.constant({ name: 'regression' }),
    scale: fc.constantFrom<unknown>(undefined, 'none', 'standard', { inputs: 'minmax', target: 'none' }),
    features: fc.constantFrom<unknown>(undefined),
    missing: fc.constantFrom(undefined, 'drop'),
  }),
  model: fc.record({
    layers: fc.tuple(fc.array(hidden, { maxLength: 4 }), dense).map(([before, output]) => [...before, output]),
    regularization: fc.constantFrom<unknown>(undefined, { l1: 0.1 }),
  }),
  training: fc.record({
    loss: fc.constantFrom<unknown>('meanSquaredError', 'huber', 'binaryCrossentropy', { type: 'categoricalCrossentropy', fromLogits: true }), // prettier-ignore
    optimizer: fc.record({ type: fc.constantFrom('sgd', 'adam', 'rmsprop'), learningRate: fc.constantFrom(1e-7, 0.001, 0.1, 5) }),
    gradientClip: fc.constantFrom<unknown>(undefined, { type: 'globalNorm', threshold: 1 }, { type: 'value', threshold: 2 }),
    learningRateSchedule: fc.constantFrom<unknown>(undefined, { type: 'constant', warmupSteps: 5 }, { type: 'cosine', decaySteps: 10 }),
    batchSize: fc.integer({ min: 1, max: 256 }),
    steps: fc.constantFrom(undefined, 1, 100, 10_000),
  }),
});
const names = [...Object.values(EVIDENCE), 'input rms', 'target rms', 'samples', 'different rows', 'best step', 'best validation loss'];
const figure = fc.oneof(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.constantFrom(0, -1, NaN, Infinity, 1));
/** Numbers of steps and rows are whole. */
const whole = new Set<string>([EVIDENCE.plannedSteps, 'samples', 'different rows', 'best step']);
const figures = fc
  .dictionary(fc.constantFrom(...names), figure, { maxKeys: 8, noNullPrototype: true })
  .map((all) => Object.fromEntries(Object.entries(all).map(([name, value]) => [name, whole.has(name) ? Math.ceil(value) : value])));
const repeated = fc.constantFrom<Record<string, number>>({}, { samples: 400, 'different rows': 100 });
const evidence = fc.tuple(figures, repeated).map(([some, more]) => ({ ...some, ...more }));
const rule = fc.constantFrom('', 'one-unit-categorical', 'not-probabilities', 'not-logits', 'target-out-of-range', 'target-not-probability'); // prettier-ignore
const id = fc.constantFrom('explosion-risk', 'plateau', 'single-unit-softmax', 'double-softmax', 'output-loss-mismatch', 'overfitting', 'clipping-too-often'); // prettier-ignore

/** A comment behind every opening brace and every comma at the end of a line. */
function commented(value: unknown): string {
  let count = 0;
  return JSON.stringify(value, null, 2).replace(/([{,])\n/g, (_all, mark: string) => `${mark} // note ${count++}\n`);
}

const notesOf = (text: string): string[] => text.match(/\/\/ note \d+/g) ?? [];

describe('every kind of fix', () => {
  it('leads from any valid config to another valid one, and keeps the comments outside what it replaces', () => {
    const offered = new Set<string>();
    fc.assert(
      fc.property(config, evidence, rule, id, fc.nat(99), (value, given, ruleName, findingId, pick) => {
        const text = commented(value);
        const parsed = loadConfig(text, FILE).config;
        const found = finding({ id: findingId, severity: 'error', message: '', cause: '', at: [], fixes: [], evidence: { ...given, rule: ruleName } }); // prettier-ignore
        const fixes = FIX_KINDS.flatMap((kind) => kind.make(found, parsed));
        for (const fix of fixes.slice(pick % fixes.length).slice(0, 2)) {
          offered.add(fix.id);
          const after = applyConfigEdits(text, fix.edits, FILE);
          expect(after).not.toBe(text);
          expect(loadConfig(after, FILE).config).not.toEqual(parsed);
          // A value that is replaced as a whole takes its comments with it: at most an object per edit.
          expect(notesOf(after).length).toBeGreaterThanOrEqual(notesOf(text).length - 5 * fix.edits.length);
          expect(notesOf(after)).toEqual(notesOf(text).filter((note) => notesOf(after).includes(note)));
          expect(fix.title).toMatch(/^[A-Z].*[^.\s]$/);
          // clean-data speaks of NaN itself.
          expect(fix.title + (fix.id === 'clean-data' ? '' : fix.why)).not.toMatch(/NaN|Infinity|undefined/);
          expect(fix.why).toMatch(/\.$/);
        }
      }),
      { seed, numRuns: runs },
    );
    const unheard = FIX_KINDS.map((kind) => kind.id).filter((kind) => !offered.has(kind));
    expect(unheard).toEqual([]);
  });
});
