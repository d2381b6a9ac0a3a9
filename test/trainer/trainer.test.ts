import { createHash } from 'node:crypto';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeLog } from '../../src/telemetry/log-reader.js';
import { isAlive } from './processes.js';
import { explodingConfig, healthyConfig, TRAINER, TrainerProcess, writeConfig } from './trainer-process.js';

const started: TrainerProcess[] = [];
const trainer = (...nodeArguments: string[]) => {
  const process = new TrainerProcess(nodeArguments);
  started.push(process);
  return process;
};
afterEach(() => {
  for (const process of started.splice(0)) process.child.kill('SIGKILL');
});

const endless = healthyConfig({ training: { epochs: 1_000_000 } });

function logOf(configFile: string): string {
  const runs = path.join(path.dirname(configFile), '.gradwatch', 'runs');
  const [run] = readdirSync(runs);
  return readFileSync(path.join(runs, run ?? '', 'events.jsonl'), 'utf8');
}

function hashOf(process: TrainerProcess): string {
  const hash = createHash('sha256');
  for (const frame of process.frames)
    hash.update(JSON.stringify(frame, (_, value: unknown) => (typeof value === 'number' ? String(value) : value)));
  return hash.digest('hex');
}

async function complete(config: unknown, options = {}): Promise<TrainerProcess> {
  const run = trainer();
  run.train({ configFile: writeConfig(config), ...options });
  expect(await run.exited).toBe(0);
  return run;
}

describe('a trainer process', () => {
  it('says ready, trains, and tells everything in order', async () => {
    const run = await complete(healthyConfig());
    expect(run.messages[0]).toEqual({ type: 'ready' });
    expect(run.events[0]).toMatchObject({ event: 'start', schema: 1, samples: { train: 160, validation: 40 }, seed: 42 });
    expect(run.events.filter((event) => event.event === 'state').map((event) => event.state)).toEqual([
      'preflight',
      'running',
      'completed',
    ]);
    expect(run.events.filter((event) => event.event === 'epoch')).toHaveLength(4);
    expect(run.events.at(-1)).toMatchObject({ event: 'end', status: 'completed', steps: 20 });
    expect(run.frames.map((frame) => frame.step)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const end = run.events.at(-1);
    expect(end?.event === 'end' && end.test !== null && end.test.loss < (run.frames[0]?.loss ?? 0)).toBe(true);
  });

  it('gives bit-identical frames in two processes of one seed, and others with another', async () => {
    const config = healthyConfig({ training: { epochs: 20 } });
    const [a, b, other] = [await complete(config), await complete(config), await complete(config, { seed: 7 })];
    expect(a.frames).toHaveLength(100);
    expect(hashOf(a)).toBe(hashOf(b));
    expect(hashOf(other)).not.toBe(hashOf(a));
  });

  it('stops within 300 ms and closes its log', async () => {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const run = trainer();
      const configFile = writeConfig(endless);
      run.train({ configFile });
      await run.until((message) => message.type === 'frames');
      const asked = performance.now();
      run.send({ type: 'stop' });
      expect(await run.event('end')).toMatchObject({ status: 'stopped' });
      times.push(performance.now() - asked);
      expect(await run.exited).toBe(0);
      const record = decodeLog(logOf(configFile));
      expect(record.truncated).toBe(false);
      expect(record.entries.at(-1)).toMatchObject({ event: 'end', status: 'stopped' });
      expect(record.entries.filter((entry) => entry.event === 'frame')).toHaveLength(run.frames.length);
    }
    // The median: another process may hold the machine once.
    expect(times.sort((a, b) => a - b)[1]).toBeLessThan(300);
  });

  it('pauses, makes single steps, goes on', async () => {
    const run = trainer();
    run.train({ configFile: writeConfig(endless) });
    await run.until((message) => message.type === 'frames');
    run.send({ type: 'pause' });
    const paused = await run.event('state', (event) => event.state === 'paused');
    expect(run.frames.at(-1)?.step).toBe(paused.step - 1);
    run.send({ type: 'step' });
    const again = await run.event('state', (event) => event.state === 'paused' && event.step === paused.step + 1);
    expect(run.frames.at(-1)?.step).toBe(again.step - 1);
    await wait(150);
    expect(run.frames.at(-1)?.step).toBe(again.step - 1);
    run.send({ type: 'resume' });
    await run.until((message) => message.type === 'frames' && (message.batch.step[0] ?? 0) > again.step);
    run.send({ type: 'stop' });
    expect(await run.exited).toBe(0);
  });

  it('holds an update that would do harm back, and applies it when told to go on', async () => {
    const run = trainer();
    run.train({ configFile: writeConfig(explodingConfig('pause')) });
    const paused = await run.event('state', (event) => event.state === 'paused');
    expect(paused.reason).toMatch(/^paused at /);
    expect(run.events.some((event) => event.event === 'finding' && event.severity === 'error')).toBe(true);
    const held = paused.step;
    expect(run.frames.at(-1)?.step).toBe(held);
    run.send({ type: 'resume' });
    await run.until((message) => message.type === 'frames' && Array.from(message.batch.step).some((step) => step > held));
    run.send({ type: 'stop' });
    const end = await run.event('end');
    expect(end.steps).toBeGreaterThan(held);
    expect(await run.exited).toBe(0);
  });

  it('tells errors of the config with their place', async () => {
    const run = trainer();
    const configText = JSON.stringify(healthyConfig(), null, 2).replace('"epochs"', '"epoch"');
    run.train({ configFile: '/somewhere/net.gradwatch.json', configText });
    const message = await run.until((m): m is Extract<typeof m, { type: 'error' }> => m.type === 'error');
    expect(message.error).toMatchObject({
      code: 'config-invalid',
      place: { line: configText.split('"epoch"')[0]?.split('\n').length },
    });
    expect(await run.exited).toBe(1);
  });

  it('tells a crash that comes from no module and ends with 1', async () => {
    const run = trainer();
    const module =
      'export default async () => { setTimeout(() => { throw Object.assign(new Error("boom in user code"), { stack: "from nowhere" }); }, 5); await new Promise((r) => setTimeout(r, 500)); return { x: [[1],[2]], y: [[1],[2]] }; };';
    const { generator: _, ...data } = (healthyConfig() as { data: Record<string, unknown> }).data;
    run.train({
      configFile: writeConfig({ ...(healthyConfig() as object), data: { ...data, module: './data.mjs' } }, { 'data.mjs': module }),
    });
    const message = await run.until((m): m is Extract<typeof m, { type: 'error' }> => m.type === 'error');
    expect(message.error).toMatchObject({ code: 'trainer-crashed' });
    expect((message.error as { message: string }).message).toContain('boom in user code');
    expect(await run.exited).toBe(1);
  });

  it('can be killed; the log up to then is readable', async () => {
    const run = trainer();
    const configFile = writeConfig(endless);
    run.train({ configFile });
    await run.until((message) => message.type === 'frames' && (message.batch.step[0] ?? 0) > 50);
    run.child.kill('SIGKILL');
    expect(await run.exited).toBe('SIGKILL');
    const steps = decodeLog(logOf(configFile)).entries.flatMap((entry) => (entry.event === 'frame' ? [entry.step] : []));
    expect(steps.length).toBeGreaterThan(50);
    expect(steps).toEqual(steps.map((_, i) => i));
  });

  it('ends itself when its parent is gone', async () => {
    const configFile = writeConfig(endless);
    const script = `
      const child = require('child_process').fork(${JSON.stringify(TRAINER)}, [], { serialization: 'advanced' });
      child.on('message', (m) => { if (m.type === 'frames') process.stdout.write(child.pid + '\\n'); });
      child.send({ type: 'train', options: { configFile: ${JSON.stringify(configFile)}, trusted: true } });`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (data: Buffer) => resolve(parseInt(data.toString(), 10))),
    );
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    for (let i = 0; i < 40 && isAlive(pid); i++) await wait(50);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(configFile)).toBe(true);
  });

  it('keeps its memory over 10,000 steps', async () => {
    // Between two collections of garbage the resident memory grows with what is no longer needed: not what is asked here.
    const run = trainer('--expose-gc', '--require', path.resolve('test/fixtures/collect-garbage.cjs'));
    const resident: { step: number; mebibytes: number }[] = [];
    run.child.on('message', (message: { type: string; batch?: { count: number; step: Float64Array } }) => {
      const step = message.batch?.step[message.batch.count - 1];
      if (step !== undefined) resident.push({ step, mebibytes: residentMebibytes(run.pid) });
    });
    run.train({ configFile: writeConfig(healthyConfig({ training: { epochs: 1_000_000, steps: 10_000 } })) });
    await run.event('end');
    const median = (from: number, to: number) => {
      const values = resident.filter(({ step }) => step >= from && step < to).map(({ mebibytes }) => mebibytes);
      return values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
    };
    const [warm, last] = [median(3000, 5000), median(8000, 10_000)];
    console.log(`resident memory: ${warm.toFixed(1)} MiB at steps 3,000-5,000, ${last.toFixed(1)} MiB at 8,000-10,000`);
    expect(last - warm).toBeLessThan(6);
  });
});

function residentMebibytes(pid: number): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024;
}
