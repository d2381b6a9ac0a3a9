import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunMirror } from '../../../src/extension/run-mirror.js';
import { RunService } from '../../../src/extension/run-service.js';
import type { StopTimes } from '../../../src/extension/stop-ladder.js';

const trainerScript = fileURLToPath(new URL('../../fixtures/fake-trainer.cjs', import.meta.url));
const configFile = fileURLToPath(new URL('../../fixtures/gradwatch.json', import.meta.url));
const quick: StopTimes = { terminate: 100, kill: 300, finish: 300 };

let lines: string[];
let runs: RunService;

function service(stopTimes = quick, script = trainerScript): RunService {
  const write = (line: string) => void lines.push(line);
  return new RunService({ trainerScript: script, stopTimes, log: { info: write, warn: write, error: write, debug: write } });
}

function start(words: string, nodePath?: string): Promise<RunMirror> {
  return runs.start({ options: { configFile, configText: words, trusted: true }, checkOnly: false, nodePath });
}

/** Resolves when the run has frames. */
function training(run: RunMirror): Promise<void> {
  return new Promise((resolve) => {
    if (run.latest?.step === 19) resolve();
    runs.onFrames(({ run: other }) => other === run && run.latest?.step === 19 && resolve());
  });
}

beforeEach(() => {
  lines = [];
  runs = service();
});
afterEach(() => runs.dispose());

describe('RunService', () => {
  it('mirrors a run to its end and lets the process go', async () => {
    const run = await start('finish');
    await runs.whenEnded(run);
    expect(run).toMatchObject({ state: 'completed', error: null, lastStep: 20, latest: { step: 19, loss: NaN, risk: 0.5 } });
    expect(run.frames()?.count).toBe(20);
    expect(run.start?.engine).toBe('fake');
    expect(runs.running).toBeNull();
    expect(runs.handlingTimes().count).toBe(2);
  });

  it('tells the end when the run says it, and then ends a process that stays', async () => {
    const run = await start('finish lingering');
    const seen: unknown[] = [];
    runs.onChange(() => seen.push(runs.running?.state ?? 'none'));
    await runs.whenEnded(run);
    expect(run).toMatchObject({ state: 'completed', error: null });
    expect(runs.running).toBeNull();
    expect(seen.at(-1)).toBe('none');
    expect(seen).not.toContain('completed');
    expect(runs.trainerPid).toBeDefined();
    await expect.poll(() => runs.trainerPid, { timeout: 3000 }).toBeUndefined();
  });

  it('does not keep the next run waiting for a process that stays', async () => {
    runs = service({ terminate: 10_000, kill: 10_000, finish: 10_000 });
    const first = await start('finish lingering');
    await runs.whenEnded(first);
    const pid = runs.trainerPid;
    const second = await start('finish');
    expect(runs.trainerPid).not.toBe(pid);
    await runs.whenEnded(second);
    expect(second.state).toBe('completed');
  });

  it('makes one run after the other of two starts at once', async () => {
    const [first, second] = await Promise.all([start(''), start('finish')]);
    expect(first.state).toBe('stopped');
    await runs.whenEnded(second);
    expect(second).toMatchObject({ state: 'completed', error: null });
    expect(runs.running).toBeNull();
  });

  it('stops by asking', async () => {
    const run = await start('');
    await training(run);
    await runs.stop();
    expect(run).toMatchObject({ state: 'stopped', stopRequested: true, error: null });
    expect(run.end?.status).toBe('stopped');
  });

  it.each(['deaf', 'deaf stubborn', 'hang'])('stops a trainer that does not answer: %s', async (words) => {
    const run = await start(words);
    await training(run);
    await runs.stop();
    expect(run).toMatchObject({ state: 'stopped', error: null });
    expect(runs.running).toBeNull();
  });

  it('tells of a crash with exit code, last step and last words', async () => {
    const run = await start('crash');
    await runs.whenEnded(run);
    expect(run.state).toBe('failed');
    expect(run.error?.code).toBe('trainer-crashed');
    expect(run.error?.message).toMatch(/exit code 7 at step 19.*out of memory/);
  });

  it('tells of a signal', async () => {
    const run = await start('');
    await training(run);
    process.kill(runs.trainerPid ?? 0, 'SIGKILL');
    await runs.whenEnded(run);
    expect(run.error?.message).toContain('SIGKILL');
  });

  it('tells of a Node that is not there', async () => {
    const run = await start('finish', '/no/such/node');
    await runs.whenEnded(run);
    expect(run.state).toBe('failed');
    expect(run.error?.message).toMatch(/could not be started.*ENOENT/);
  });

  it('hands on a coded error of the trainer and ends the run', async () => {
    const run = await start('refuse');
    await runs.whenEnded(run);
    expect(run.error).toMatchObject({ code: 'data-invalid', message: 'The table is empty.' });
    expect(lines.join('\n')).toContain('data-invalid');
  });

  it('stops the former run when a new one starts, and keeps both', async () => {
    const first = await start('');
    await training(first);
    const second = await start('finish');
    expect(first.state).toBe('stopped');
    await runs.whenEnded(second);
    expect(runs.runs.map((run) => run.state)).toEqual(['completed', 'stopped']);
  });

  it('pauses', async () => {
    const run = await start('');
    await training(run);
    const paused = new Promise<void>((resolve) => void runs.onChange(() => run.state === 'paused' && resolve()));
    runs.pause();
    await paused;
    expect(run.ended).toBe(false);
  });
});
