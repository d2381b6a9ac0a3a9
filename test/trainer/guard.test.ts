import { readFileSync } from 'node:fs';
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

describe('a run that ends before its plan', () => {
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
