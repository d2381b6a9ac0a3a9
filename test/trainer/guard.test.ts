import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../src/telemetry/events.js';
import { explodingConfig, healthyConfig, TrainerProcess, writeConfig } from './trainer-process.js';

const started: TrainerProcess[] = [];
function trainer(): TrainerProcess {
  const process = new TrainerProcess();
  started.push(process);
  return process;
}
afterEach(() => {
  for (const process of started.splice(0)) process.child.kill('SIGKILL');
});

/** The last frame told of each step: what a rollback undid is told anew. */
function course(frames: readonly Frame[]): Frame[] {
  return [...new Map(frames.map((frame) => [frame.step, frame])).values()].sort((a, b) => a.step - b.step);
}

async function complete(configFile: string): Promise<TrainerProcess> {
  const run = trainer();
  run.train({ configFile });
  expect(await run.exited).toBe(0);
  return run;
}

/** y = x + 2 just above its limit of 0.00488: it grows slowly from the first step, so that there is something to go back to. */
function slowConfig(onTrouble: string, learningRate = 0.00505): unknown {
  const config = explodingConfig('pause') as { training: object };
  const optimizer = { type: 'sgd', learningRate };
  return { ...config, training: { ...config.training, optimizer, epochs: 2000 }, watch: { onTrouble, every: 1 } };
}

describe('a run that goes back to its last healthy step', () => {
  // 40 epochs of 5 steps; `auto` samples, the dropout draws, Adam remembers, and the validation is made again.
  const config = healthyConfig({ training: { epochs: 120 }, watch: { onTrouble: 'continue' } });

  it('gives from there on what an unharmed run gives, frames, risk, epochs and result, bit for bit', async () => {
    const configFile = writeConfig(config);
    const plain = await complete(configFile);
    const run = trainer();
    run.train({ configFile });
    await run.until((message) => message.type === 'frames' && (message.batch.step.at(-1) ?? 0) >= 60);
    run.send({ type: 'pause' });
    const paused = await run.event('state', (event) => event.state === 'paused');
    expect(paused.healthy).toBeLessThanOrEqual(paused.step);
    run.send({ type: 'rollback' });
    const rollback = await run.event('rollback');
    expect(rollback).toMatchObject({ step: paused.step, to: paused.healthy });
    const back = await run.event('state', (event) => event.step === rollback.to && event.reason?.startsWith('rolled back') === true);
    expect(back.state).toBe('paused');

    // A single step from there, then on to the end.
    run.send({ type: 'step' });
    const one = await run.event('state', (event) => event.state === 'paused' && event.step === rollback.to + 1);
    expect(one.reason).toBe('paused');
    run.send({ type: 'resume' });
    expect(await run.exited).toBe(0);
    expect(course(run.frames)).toEqual(plain.frames);
    const ends = [run, plain].map(({ events }) => events.findLast((event) => event.event === 'end'));
    for (const key of ['status', 'steps', 'loss', 'metrics', 'test', 'clippedShare'] as const)
      expect(ends[0]?.[key]).toEqual(ends[1]?.[key]);
    const epochs = (process: TrainerProcess) =>
      new Map(process.events.flatMap((event) => (event.event === 'epoch' ? [[event.epoch, event] as const] : [])));
    expect(epochs(run)).toEqual(epochs(plain));
  });

  it('holds at trouble, goes back behind it, and meets the same trouble again when nothing was changed', async () => {
    const run = trainer();
    run.train({ configFile: writeConfig(slowConfig('pause')) });
    // The first pause is that of the pre-flight, which foretells it; told to go on, it is held again at the explosion itself.
    await run.event('state', (event) => event.state === 'paused' && event.step === 0);
    run.send({ type: 'resume' });
    const harmed = await run.event('state', (event) => event.state === 'paused' && event.step > 0);
    const found = () => run.events.filter((event) => event.event === 'finding' && event.step === harmed.step);
    expect(found()).not.toHaveLength(0);
    run.send({ type: 'rollback' });
    const { to } = await run.event('rollback');
    expect(to).toBeLessThan(harmed.step);
    const before = found().length;
    run.send({ type: 'resume' });
    await run.until(() => found().length > before);
    const again = found();
    expect(again.slice(before)).toEqual(again.slice(0, before));
  });
});

describe('a change of a run that goes on', () => {
  const clip = { path: ['training', 'gradientClip'], value: { type: 'globalNorm', threshold: 5 } };
  const rate = (value: number) => ({ path: ['training', 'optimizer', 'learningRate'], value });

  it('turns an explosion into a training that learns, from its last healthy step, and leaves the config as it was', async () => {
    const configFile = writeConfig(slowConfig('pause'));
    const text = readFileSync(configFile, 'utf8');
    const run = trainer();
    run.train({ configFile });
    await run.event('state', (event) => event.state === 'paused' && event.step === 0);
    run.send({ type: 'resume' });
    const harmed = await run.event('state', (event) => event.state === 'paused' && event.step > 0);
    run.send({ type: 'change', change: { edits: [clip, rate(0.004)], from: 'healthy', fix: 'clip-gradients', title: 'Clip' } });
    const change = await run.event('change');
    const { to } = await run.event('rollback');
    expect(change).toMatchObject({ step: to, from: 'healthy', fix: 'clip-gradients', edits: [clip, rate(0.004)] });
    expect(to).toBeLessThan(harmed.step);
    const told = run.events.length;
    run.send({ type: 'resume' });
    expect(await run.exited).toBe(0);
    expect(run.events.slice(told).filter((event) => event.event === 'finding' && event.severity === 'error')).toEqual([]);
    expect(run.events.at(-1)).toMatchObject({ event: 'end', status: 'completed', steps: 2000 });
    const frames = course(run.frames);
    const first = frames.find((frame) => frame.step === to) as Frame;
    expect(frames.filter((frame) => frame.step >= to).every((frame) => frame.learningRate === 0.004 && frame.clippedGradNorm < 5.001)).toBe(
      true,
    );
    expect(frames.at(-1)?.loss).toBeLessThan(0.01 * first.loss);
    expect(readFileSync(configFile, 'utf8')).toBe(text);
  });

  it('holds from the step it is at, with the state of the optimizer, the same as if the run had begun with it', async () => {
    const config = (learningRate: number, more = {}) =>
      healthyConfig({
        training: { epochs: 40, optimizer: { type: 'adam', learningRate }, ...more },
        watch: { onTrouble: 'continue', every: 1 },
      });
    const run = trainer();
    run.train({ configFile: writeConfig(config(0.01)), steps: 150 });
    run.send({ type: 'pause' });
    expect(await run.event('state', (event) => event.state === 'paused')).toMatchObject({ step: 0, healthy: 0 });
    const penalty = { path: ['model', 'regularization', 'l2'], value: 0.01 };
    run.send({ type: 'change', change: { edits: [rate(0.02), penalty, clip], from: 'now' } });
    expect(await run.event('change')).toMatchObject({ step: 0, from: 'now' });
    run.send({ type: 'resume' });
    expect(await run.exited).toBe(0);
    const after = course(run.frames);
    expect(after.every((frame) => frame.learningRate === 0.02)).toBe(true);
    // Changed before its first step, it is the run of the changed config, bit for bit.
    const changed = config(0.02, { gradientClip: clip.value }) as { model: object };
    const plain = trainer();
    plain.train({ configFile: writeConfig({ ...changed, model: { ...changed.model, regularization: { l2: 0.01 } } }), steps: 150 });
    expect(await plain.exited).toBe(0);
    const figures = ({ step, loss, globalGradNorm, clippedGradNorm, layers }: Frame) => ({
      step,
      loss,
      globalGradNorm,
      clippedGradNorm,
      layers,
    });
    expect(after.map(figures)).toEqual(plain.frames.map(figures));
  });

  it('is refused with the reason where it is none of those a run can take, and the run goes on as it was', async () => {
    const configFile = writeConfig(healthyConfig({ training: { epochs: 40 } }));
    const plain = await complete(configFile);
    const run = trainer();
    run.train({ configFile });
    await run.until((message) => message.type === 'frames');
    for (const edits of [
      [{ path: ['training', 'batchSize'], value: 8 }],
      [{ path: ['training', 'optimizer', 'learningRate'], value: -1 }],
      [{ path: ['model', 'layers', 0, 'units'], value: 4 }],
      [],
    ])
      run.send({ type: 'change', change: { edits, from: 'now' } });
    expect(await run.exited).toBe(0);
    const refusals = run.messages.flatMap((message) =>
      message.type === 'refused' ? [message.error as { code: string; message: string }] : [],
    );
    expect(refusals.map(({ code }) => code)).toEqual(['arguments', 'config-invalid', 'arguments', 'arguments']);
    expect(refusals[0]?.message).toContain('training.batchSize cannot be changed while a run goes on');
    expect(run.frames).toEqual(plain.frames);
    expect(run.events.some((event) => event.event === 'change')).toBe(false);
  });
});

describe('forecasts of overflow', () => {
  it('are scored at the end of a run that was let go on to NaN, and are right within a tenth', async () => {
    const run = trainer();
    run.train({ configFile: writeConfig(slowConfig('continue', 0.006)) });
    expect(await run.exited).toBe(0);
    const scores = run.events.flatMap((event) => (event.event === 'forecast' ? [event] : []));
    const bad = run.frames.find(({ loss, globalGradNorm }) => !Number.isFinite(loss + globalGradNorm))?.step ?? NaN;
    expect(scores.length).toBeGreaterThan(0);
    for (const { step, steps, actual } of scores) {
      expect(actual).toBe(bad - step);
      expect(Math.abs(steps - (actual ?? NaN))).toBeLessThanOrEqual(0.1 * (actual ?? NaN));
    }
  });
});

describe('a run that ends before its plan', () => {
  it.each(['slow-explosion', 'auto-mpg'])(
    'spends no more than 5 % of its steps after the verdict with onTrouble stop: %s',
    async (example) => {
      const run = trainer();
      const runDir = path.join(mkdtempSync(path.join(tmpdir(), 'stop-')), 'run');
      run.train({ configFile: path.resolve('examples', example, 'gradwatch.json'), onTrouble: 'stop', runDir });
      const { steps, status, weights } = await run.event('end');
      const verdict = run.events.find((event) => event.event === 'finding' && event.severity === 'error');
      expect(status).toBe('diverged');
      expect(steps - (verdict as { step: number }).step).toBeLessThanOrEqual(0.05 * steps);
      expect(run.frames.filter((frame) => frame.step > (verdict as { step: number }).step)).toEqual([]);
      // What was learned before the harm is kept; before the first update there is nothing to keep.
      if (steps === 0) expect(weights).toBeUndefined();
      else expect(weights).toMatchObject({ file: path.join(runDir, 'healthy', 'model.json') });
      expect(weights?.step ?? 0).toBeLessThanOrEqual(steps);
      expect(await run.exited).toBe(0);
    },
  );

  it('leaves its last healthy weights beside its log where they can be loaded, and says where', async () => {
    const configFile = writeConfig(healthyConfig({ training: { epochs: 1_000_000 } }));
    const run = trainer();
    run.train({ configFile });
    await run.until((message) => message.type === 'frames' && (message.batch.step.at(-1) ?? 0) >= 30);
    run.send({ type: 'stop' });
    const { weights, steps } = await run.event('end');
    expect(weights?.step).toBe(steps);
    expect(path.dirname(path.dirname(path.dirname(weights?.file ?? '')))).toBe(path.join(path.dirname(configFile), '.gradwatch', 'runs'));
    const { weightsManifest } = JSON.parse(readFileSync(weights?.file ?? '', 'utf8')) as {
      weightsManifest: { weights: { shape: number[] }[] }[];
    };
    const count = weightsManifest[0]?.weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(readFileSync(path.join(path.dirname(weights?.file ?? ''), 'weights.bin')).byteLength).toBe(4 * (count ?? NaN));
    expect(count).toBe(4 * 8 + 8 + 8 + 1);
    expect(await run.exited).toBe(0);
  });
});
