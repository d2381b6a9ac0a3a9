import { describe, expect, it } from 'vitest';
import { applyConfigEdits } from '../../../src/config/edits.js';
import { parseConfig } from '../../../src/config/parse-config.js';
import { finding } from '../../../src/diagnosis/finding.js';
import { staticFindings } from '../../../src/diagnosis/static-checks.js';
import { FIX_KINDS } from '../../../src/fixes/fix-kinds.js';
import type { Fix } from '../../../src/fixes/fix.js';
import { proposeFixes } from '../../../src/fixes/propose-fixes.js';
import type { FindingEvent } from '../../../src/telemetry/events.js';

interface Parts {
  layers?: unknown[];
  training?: Record<string, unknown>;
  data?: Record<string, unknown>;
  regularization?: unknown;
}

const MLP = [
  { type: 'dense', units: 8, activation: 'sigmoid' },
  { type: 'dense', units: 1 },
];

/** The text of a config and its parsed form. */
function configOf({ layers = MLP, training = {}, data = {}, regularization }: Parts = {}) {
  const text = JSON.stringify(
    {
      data: { generator: { name: 'regression' }, ...data },
      model: { layers, ...(regularization === undefined ? {} : { regularization }) },
      training: { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate: 0.1 }, ...training },
    },
    null,
    2,
  );
  return { text, config: parsed(text) };
}

function parsed(text: string) {
  const { config, errors } = parseConfig(text, 'test.gradwatch.json');
  if (config === undefined) throw new Error(errors.map((e) => e.format()).join('\n'));
  return config;
}

/** A finding with the evidence fixes read. */
function explosion(evidence: Record<string, number> = {}, over: Partial<FindingEvent> = {}): FindingEvent {
  const draft = {
    id: 'explosion-risk',
    severity: 'error',
    message: '',
    cause: '',
    at: [],
    fixes: FIX_KINDS.map((k) => k.id),
    evidence,
  } as const;
  return { ...finding({ ...draft, at: [], fixes: [...draft.fixes] }), ...over };
}

const fixOf = (id: string, evidence: Record<string, number>, parts: Parts = {}): Fix | undefined =>
  FIX_KINDS.find((k) => k.id === id)?.make(explosion(evidence), configOf(parts).config)[0];

describe('proposeFixes', () => {
  it('takes the root before the symptom, and each kind once', () => {
    const { config } = configOf();
    const symptom = explosion({}, { id: 'exploding-gradients', fixes: ['clip-gradients', 'lower-learning-rate'] });
    const cause = explosion({ 'input rms': 1378 }, { id: 'unscaled-inputs', fixes: ['scale-inputs', 'lower-learning-rate'] });
    const note = explosion({}, { id: 'learning-rate-high', severity: 'info', fixes: ['decay-learning-rate'] });
    const fixes = proposeFixes([note, symptom, cause], config);
    expect(fixes.map((f) => f.id)).toEqual(['scale-inputs', 'lower-learning-rate', 'clip-gradients', 'decay-learning-rate']);
    expect(fixes[0]?.why).toContain('1,378');
  });
  it('has nothing for findings without fixes', () => {
    expect(proposeFixes([explosion({}, { fixes: [] }), explosion({}, { fixes: ['no-such-kind'] })], configOf().config)).toEqual([]);
  });
  it('every fix leaves a valid config, changes it, and is not offered again once applied', () => {
    const variants: Parts[] = [
      {},
      { training: { optimizer: { type: 'adam', learningRate: 1 } } },
      { layers: [{ type: 'dense', units: 8, activation: 'relu', kernelInitializer: { type: 'randomNormal', stddev: 1 } }, { type: 'dense', units: 1, kernelRegularizer: { l2: 0.1 } }] },
      { layers: [{ type: 'simpleRNN', units: 4, recurrentInitializer: { type: 'randomNormal', stddev: 0.3 } }, { type: 'dense', units: 1 }] },
      { data: { scale: { inputs: 'none', target: 'standard' } }, training: { learningRateSchedule: { type: 'constant', warmupSteps: 5 } } },
    ]; // prettier-ignore
    const evidence = {
      'stable learning rate': 0.0123456,
      'learning rate limit': 0.0246,
      'healthy gradient norm': 3.456,
      'planned steps': 400,
    };
    for (const parts of variants) {
      const { text, config } = configOf(parts);
      const fixes = proposeFixes([explosion(evidence)], config);
      expect(fixes.length).toBeGreaterThan(4);
      for (const fix of fixes) {
        const after = applyConfigEdits(text, fix.edits);
        const next = parsed(after);
        expect(next).not.toEqual(config);
        expect(fix.title).toMatch(/^[A-Z][a-z]+ .*[^.]$/);
        expect(fix.why).toMatch(/\.$/);
        // These can be taken further: a lower rate still, elu after relu.
        if (['lower-learning-rate', 'raise-learning-rate', 'change-activation'].includes(fix.id)) continue;
        expect(proposeFixes([explosion(evidence, { fixes: [fix.id] })], next)).toEqual([]);
      }
    }
  });
});

describe('values from the evidence', () => {
  it('clips at the 90th percentile of the healthy norms, else where an update is 1 % of the weights, else at 1', () => {
    const value = (evidence: Record<string, number>) => fixOf('clip-gradients', evidence)?.edits[0];
    const path = ['training', 'gradientClip'];
    expect(value({ 'healthy gradient norm': 23.9 })).toEqual({ path, value: { type: 'globalNorm', threshold: 24 } });
    expect(value({ 'global gradient norm': 96, 'gradient norm for 1 % updates': 1.13 })).toMatchObject({ value: { threshold: 1.1 } });
    expect(value({})).toMatchObject({ value: { threshold: 1 } });
    expect(fixOf('clip-gradients', { 'healthy gradient norm': 23.9 })?.title).toBe('Clip gradients to global norm 24');
    expect(fixOf('clip-gradients', {}, { training: { gradientClip: { type: 'value', threshold: 1 } } })).toBeUndefined();
  });
  it('lowers the rate below the measured limit, and to a tenth where none was measured', () => {
    const value = (evidence: Record<string, number>) => fixOf('lower-learning-rate', evidence)?.edits[0];
    expect(value({ 'stable learning rate': 0.02439, 'learning rate limit': 0.0488 })).toMatchObject({ value: 0.024 });
    expect(value({})).toMatchObject({ value: 0.01 });
    expect(value({ 'stable learning rate': 0.5 })).toMatchObject({ value: 0.01 });
    expect(fixOf('lower-learning-rate', { 'stable learning rate': 0.024, 'learning rate limit': 0.0488 })?.why).toContain('0.0488');
  });
  it('decays to a tenth over the planned steps and keeps the warm-up', () => {
    const warm = { training: { learningRateSchedule: { type: 'constant', warmupSteps: 5 } } };
    const edit = fixOf('decay-learning-rate', { 'planned steps': 400 }, warm)?.edits[0];
    expect(edit).toMatchObject({ value: { type: 'exponential', decayRate: 0.89, decaySteps: 20, warmupSteps: 5 } });
    expect(0.89 ** 20).toBeCloseTo(0.1, 2);
  });
  it('slows a decay down where it left nothing to learn with, and leaves it alone else', () => {
    const schedule = (decayRate: number, decaySteps = 5) => ({
      training: { learningRateSchedule: { type: 'exponential', decayRate, decaySteps } },
    });
    const slow = explosion({ 'planned steps': 400 }, { id: 'learning-rate-low', fixes: ['decay-learning-rate'] });
    const [fix] = proposeFixes([slow], configOf(schedule(0.5)).config);
    expect(fix?.title).toBe('Decay the learning rate more slowly, by 0.89 every 20 steps');
    expect(fix?.edits[0]).toMatchObject({ value: { decayRate: 0.89, decaySteps: 20 } });
    expect(proposeFixes([slow], configOf(schedule(0.89, 20)).config)).toEqual([]);
    expect(fixOf('decay-learning-rate', { 'planned steps': 400 }, schedule(0.5))).toBeUndefined();
  });
  it('puts a penalty on the kernels that have none: shared ones through model.regularization, own ones in place', () => {
    const own = { type: 'dense', units: 1, kernelRegularizer: { l2: 0.1 } };
    const paths = (parts: Parts) => fixOf('add-l1', {}, parts)?.edits.map((e) => e.path.join('.'));
    expect(paths({})).toEqual(['model.regularization.l1']);
    expect(paths({ layers: [MLP[0], own] })).toEqual(['model.regularization.l1', 'model.layers.1.kernelRegularizer.l1']);
    expect(paths({ layers: [own] })).toEqual(['model.layers.0.kernelRegularizer.l1']);
    expect(paths({ regularization: { l1: 0.01 } })).toBeUndefined();
  });
  it('keeps what else is scaled', () => {
    expect(fixOf('scale-inputs', {})?.edits[0]).toMatchObject({ value: 'standard' });
    expect(fixOf('scale-inputs', {}, { data: { scale: { target: 'minmax' } } })?.edits[0]).toMatchObject({
      value: { inputs: 'standard', target: 'minmax' },
    });
    expect(fixOf('scale-inputs', {}, { data: { scale: 'minmax' } })).toBeUndefined();
  });
});

describe('change-output', () => {
  const dense = (units: number, activation?: string) => ({ type: 'dense', units, ...(activation === undefined ? {} : { activation }) });
  const logits = (type: string) => ({ type, fromLogits: true });
  /** Applies the first fix of the static findings, and returns output and loss after it. */
  const repair = (tail: unknown[], loss: unknown) => {
    const { text, config } = configOf({ layers: [dense(8, 'relu'), ...tail], training: { loss } });
    const fix = proposeFixes(staticFindings(config), config)[0];
    if (fix === undefined) return null;
    const next = parsed(applyConfigEdits(text, fix.edits));
    return { left: staticFindings(next).map((f) => f.id), layers: next.model.layers?.slice(1), loss: next.training.loss };
  };
  it('makes one softmax unit a sigmoid under binary crossentropy', () => {
    const after = repair([dense(1, 'softmax')], logits('sparseCategoricalCrossentropy'));
    expect(after).toMatchObject({ left: [], layers: [{ activation: 'sigmoid' }], loss: { type: 'binaryCrossentropy', fromLogits: false } });
    expect(repair([dense(1), { type: 'softmax' }], 'meanSquaredError')).toMatchObject({
      left: [],
      layers: [{}, { type: 'activation', activation: 'sigmoid' }],
    });
  });
  it('gives a number to be predicted a linear output instead, and three classes three units', () => {
    const { config } = configOf({ layers: [dense(1, 'softmax')] });
    const make = (evidence: Record<string, number>) =>
      proposeFixes([explosion(evidence, { id: 'single-unit-softmax', fixes: ['change-output'] })], config)[0];
    expect(make({ 'target minimum': 9, 'target maximum': 46 })?.edits).toEqual([
      { path: ['model', 'layers', 0, 'activation'], remove: true },
    ]);
    expect(make({ 'target minimum': 0, 'target maximum': 2, 'target classes': 3 })?.edits[0]).toEqual({
      path: ['model', 'layers', 0, 'units'],
      value: 3,
    });
  });
  it('removes one of two softmaxes', () => {
    expect(repair([dense(3, 'softmax')], logits('categoricalCrossentropy'))).toMatchObject({ left: [], loss: { fromLogits: true } });
    expect(repair([dense(3, 'softmax'), { type: 'softmax' }], 'categoricalCrossentropy')).toMatchObject({ left: [] });
    expect(repair([dense(3, 'softmax'), { type: 'softmax' }], logits('categoricalCrossentropy'))).toMatchObject({ left: [] });
  });
  it('gives a crossentropy logits', () => {
    for (const activation of ['relu', 'tanh', undefined]) {
      expect(repair([dense(3, activation)], 'categoricalCrossentropy')).toMatchObject({
        left: [],
        loss: { type: 'categoricalCrossentropy', fromLogits: true },
      });
    }
    expect(repair([dense(1, 'sigmoid')], logits('binaryCrossentropy'))).toMatchObject({ left: [] });
    expect(repair([dense(3), { type: 'reLU' }], 'categoricalCrossentropy')).toMatchObject({ left: [] });
    expect(repair([dense(1)], 'categoricalCrossentropy')).toMatchObject({ left: [], loss: { type: 'binaryCrossentropy' } });
  });
});
