import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { TrainerMessage } from '../../src/telemetry/trainer-protocol.js';
import type { TrialsMessage, TrialsResult, TrialStanding } from '../../src/telemetry/trials-protocol.js';
import { runDir } from './command-line.js';
import { descendants, isAlive } from './processes.js';
import { explodingConfig, healthyConfig, TrainerProcess, writeConfig } from './trainer-process.js';

const open: TrainerProcess[] = [];
const trainer = (): TrainerProcess => {
  const run = new TrainerProcess();
  open.push(run);
  return run;
};
afterEach(() => {
  for (const run of open.splice(0)) run.child.kill('SIGKILL');
});

const isStanding = (fits: (standing: TrialStanding) => boolean) => (message: TrainerMessage) =>
  message.type === 'standing' && fits(message.standing);
const standingsOf = (run: TrainerProcess): TrialStanding[] =>
  run.messages.flatMap((message) => (message.type === 'standing' ? [message.standing] : []));

const isTrials = (fits: (message: TrialsMessage) => boolean) => (message: TrainerMessage) =>
  message.type === 'trials' && fits(message.message);

async function resultOf(run: TrainerProcess): Promise<TrialsResult> {
  const message = await run.until(isTrials(({ type }) => type === 'result'));
  if (message.type !== 'trials' || message.message.type !== 'result') throw new Error('no result');
  return message.message.result;
}

describe('a trial', () => {
  it.each(['wasm', 'cpu'] as const)('is the run of the user itself, bit for bit, wherever it waits (%s)', async (engine) => {
    const configFile = writeConfig(healthyConfig());
    const run = trainer();
    run.train({ configFile, engine, runDir: runDir() });
    await run.exited;
    const trial = trainer();
    await trial.until(({ type }) => type === 'ready');
    trial.send({ type: 'trial', options: { configFile, trusted: true, engine, onTrouble: 'continue' }, upTo: 7, frames: true });
    await trial.until(isStanding(({ steps }) => steps === 7));
    trial.send({ type: 'go-on', upTo: Infinity });
    await trial.until(isStanding(({ why }) => why === 'ended'));
    await trial.exited;
    expect(trial.frames).toEqual(run.frames);
    expect(trial.frames).toHaveLength(20);
    const losses = standingsOf(trial).flatMap((standing) => [...standing.losses]);
    expect(losses).toEqual(run.frames.map(({ loss }) => loss));
    expect(standingsOf(trial).at(-1)?.endLoss).toBe(run.events.flatMap((event) => (event.event === 'end' ? [event.loss] : []))[0]);
  });

  it('waits at what it finds, and leaves no run log', async () => {
    const configFile = writeConfig(explodingConfig('pause'));
    const trial = trainer();
    await trial.until(({ type }) => type === 'ready');
    trial.send({ type: 'trial', options: { configFile, trusted: true, onTrouble: 'continue' }, upTo: 50 });
    await trial.until(isStanding(() => true));
    expect(standingsOf(trial)[0]).toMatchObject({ steps: 0, why: 'finding' });
    expect(standingsOf(trial)[0]?.findings.map(({ id }) => id)).toContain('explosion-risk');
    expect(readdirSync(path.dirname(configFile))).toEqual(['net.gradwatch.json']);
  });
});

/** y = x + 2; ends the second process that loads it. The first one is the control. */
const crashing = `
import { writeFileSync } from 'node:fs';
const place = (n) => {
  try {
    writeFileSync(new URL('./process-' + n, import.meta.url), '', { flag: 'wx' });
    return n;
  } catch {
    return place(n + 1);
  }
};
if (place(0) === 1) process.exit(7);
const x = Array.from({ length: 24 }, (_, i) => [i + 1]);
export default async () => ({ x, y: x.map(([v]) => [v + 2]) });
`;

describe('a search', () => {
  it('goes on where one of its trials crashes, and says so', async () => {
    const config = { ...(explodingConfig('pause') as object), data: { module: './data.mjs', validationSplit: 0 } };
    const run = trainer();
    await run.until(({ type }) => type === 'ready');
    run.send({ type: 'find-fix', request: { configFile: writeConfig(config, { 'data.mjs': crashing }), trusted: true } });
    const { trials, status } = await resultOf(run);
    const crashed = trials.filter(({ stopped }) => stopped?.includes('exit code 7'));
    expect(crashed).toHaveLength(1);
    expect(crashed[0]).toMatchObject({ verdict: 'no-effect', steps: 0 });
    expect(trials.filter(({ steps }) => steps > 0)).toHaveLength(trials.length - 1);
    expect(['fixed', 'helps']).toContain(status);
    expect(await run.exited).toBe(0);
  });

  it('tells its start, findings, progress and result, and takes the findings of an earlier run', async () => {
    const configFile = writeConfig(explodingConfig('pause'));
    const run = trainer();
    await run.until(({ type }) => type === 'ready');
    run.send({ type: 'find-fix', request: { configFile, trusted: true } });
    const result = await resultOf(run);
    const kinds = run.messages.flatMap((message) => (message.type === 'trials' ? [message.message.type] : []));
    expect(kinds[0] === 'start' || kinds[0] === 'progress').toBe(true);
    expect(new Set(kinds)).toEqual(new Set(['start', 'finding', 'progress', 'result']));
    expect(result.steps).toBe(Math.round(result.cost * result.fullRun));
    const again = trainer();
    await again.until(({ type }) => type === 'ready');
    again.send({ type: 'find-fix', request: { configFile, trusted: true, findings: result.findings, processes: 1 } });
    const second = await resultOf(again);
    expect(second.best?.edits).toEqual(result.best?.edits);
    expect(second.best?.loss).toBe(result.best?.loss);
  });

  it('is cancelled by stop, and leaves no process', async () => {
    const run = trainer();
    await run.until(({ type }) => type === 'ready');
    const endless = healthyConfig({ training: { epochs: 1_000_000 } });
    run.send({ type: 'find-fix', request: { configFile: writeConfig(endless), trusted: true } });
    await run.until(isTrials((message) => message.type === 'progress' && message.trials.some(({ steps }) => steps > 0)));
    const below = descendants(run.pid);
    expect(below.length).toBeGreaterThan(0);
    run.send({ type: 'stop' });
    expect((await resultOf(run)).status).toBe('cancelled');
    await run.exited;
    for (let i = 0; i < 50 && below.some(isAlive); i++) await wait(20);
    expect(below.filter(isAlive)).toEqual([]);
  });
});
