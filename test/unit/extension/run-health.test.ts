import { describe, expect, it } from 'vitest';
import { healthOf, statusItem, type RunHealth } from '../../../src/extension/run-health.js';
import { RunMirror } from '../../../src/extension/run-mirror.js';

const training: RunHealth = {
  config: 'gradwatch.json',
  state: 'running',
  stopping: false,
  checkOnly: false,
  engine: 'wasm',
  engineReason: 'fastest here',
  stepsPerSecond: 812.4,
  epoch: 3,
  epochs: 20,
  step: 1500,
  loss: 0.25,
  baselineLoss: 1,
  risk: 0.03,
  worst: null,
};

describe('statusItem', () => {
  it('says nothing without a run', () => {
    expect(statusItem(null)).toBeNull();
  });

  it('gives engine, pace, epoch, loss and risk', () => {
    expect(statusItem(training)).toEqual({
      text: '$(pulse) Training · wasm · 812 steps/s · epoch 3/20 · loss 0.25 · risk 3 %',
      tooltip:
        'Gradwatch: gradwatch.json\nTraining\nEngine wasm: fastest here\nStep 1500\nLoss 0.25, 0.25 of the baseline\nClick to open the gradient dashboard.',
      tone: 'normal',
    });
  });

  it('keeps its words for a loss that is no number', () => {
    expect(statusItem({ ...training, loss: NaN })?.text).toContain('loss NaN');
  });

  it('has no pace while paused, and says why it paused', () => {
    const item = statusItem({ ...training, state: 'paused', reason: 'paused at explosion-risk', worst: 'error' });
    expect(item).toMatchObject({ text: '$(debug-pause) Paused · wasm · epoch 3/20 · loss 0.25 · risk 3 %', tone: 'error' });
    expect(item?.tooltip).toContain('paused at explosion-risk');
  });

  it('warns at a warning or a high risk', () => {
    expect(statusItem({ ...training, worst: 'warning' })?.tone).toBe('warning');
    expect(statusItem({ ...training, risk: 0.7 })?.tone).toBe('warning');
  });

  it('shows that a stop is under way', () => {
    expect(statusItem({ ...training, stopping: true })?.text).toMatch(/^\$\(loading~spin\) Stopping/);
  });

  it('gives the error of a failed run', () => {
    const item = statusItem({ ...training, state: 'failed', error: 'The table is empty.' });
    expect(item).toMatchObject({ text: '$(error) Failed', tone: 'error' });
    expect(item?.tooltip).toContain('The table is empty.');
  });

  it('shows no figures for a check', () => {
    expect(statusItem({ ...training, checkOnly: true, state: 'completed' })?.text).toBe('$(check) Checked');
  });
});

describe('healthOf', () => {
  it('reads an untouched run', () => {
    const run = new RunMirror('/somewhere/a.gradwatch.json', '{}', false, 0);
    expect(healthOf(run)).toMatchObject({ config: 'a.gradwatch.json', state: 'starting', engine: null, loss: null, worst: null });
  });

  it('takes the worst finding', () => {
    const run = new RunMirror('/somewhere/a.gradwatch.json', '{}', false, 0);
    for (const severity of ['info', 'error', 'warning'] as const)
      run.addEvent({ event: 'finding', id: 'x', severity, phase: 'training', step: 0, layer: null, cause: '', message: '', evidence: {}, stepsToOverflow: null, at: [], fixes: [] }); // prettier-ignore
    expect(healthOf(run).worst).toBe('error');
  });
});
