import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '../../src/config/app-error.js';
import type { RunEvent } from '../../src/telemetry/events.js';
import { decodeLog } from '../../src/telemetry/log-reader.js';
import { selectEngine } from '../../src/training/engine/select-engine.js';
import { createRandom } from '../../src/training/random.js';
import { RunLog } from '../../src/training/run-log.js';
import { RunSession } from '../../src/training/run-session.js';
import { tf } from '../../src/training/tf.js';
import { mutatedWorkspace, type Workspace } from './mutations.js';

/*
 * Configs and data files that were right once, trained for three steps whatever was done to them: each ends in a coded error
 * with its place and what to do, or in a run with a whole log; never in another error, a hang, a leak or half a file.
 * GRADWATCH_MUTATIONS sets how many, GRADWATCH_MUTATION one to
 * try alone, GRADWATCH_SEED other ones.
 */
const SEED = Number(process.env['GRADWATCH_SEED'] ?? 31_337);
const COUNT = Number(process.env['GRADWATCH_MUTATIONS'] ?? 1000);
const ONE = process.env['GRADWATCH_MUTATION'];
const STEPS = 3;
/** One takes some tens of milliseconds; the rest is for a busy machine. */
const MAX_MS = 15_000;

const USER_CODES = ['config-syntax', 'config-invalid', 'data-not-found', 'data-invalid', 'model-invalid', 'shape-mismatch'];

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gradwatch-mutated-'));
  await selectEngine('wasm');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  /** A code, or how the run ended. */
  end: string;
  milliseconds: number;
}

async function attempt(number: number): Promise<Outcome> {
  const home = path.join(folder, String(number));
  mkdirSync(home);
  const workspace = mutatedWorkspace(createRandom(SEED, 'mutation', number));
  try {
    return await inTime(outcomeOf(home, workspace));
  } catch (error) {
    const told = new Error(`Mutation ${number}: ${error instanceof Error ? error.message : String(error)}\n${workspace.config}`);
    throw Object.assign(told, { stack: `${told.message}\n${(error as Error).stack ?? ''}`, cause: error });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function outcomeOf(home: string, { config, files }: Workspace): Promise<Outcome> {
  const configFile = path.join(home, 'net.gradwatch.json');
  writeFileSync(configFile, config);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(home, name), bytes);
  const names = readdirSync(home).sort();
  const runDir = path.join(home, 'run');
  const tensors = tf.memory().numTensors;
  const events: RunEvent[] = [];
  const logs: RunLog[] = [];
  const recorder = { event: (event: RunEvent) => void events.push(event), frames: () => undefined };
  const session = new RunSession({ configFile, trusted: false, engine: 'wasm', steps: STEPS, runDir }, [recorder], {
    pauseMeansStop: true,
    opened: ({ directory, document }) => {
      logs.push(new RunLog(directory, { name: path.basename(document.file), text: document.text }));
      return logs;
    },
  });
  const started = performance.now();
  const error = await session.run().then(() => null, (reason: unknown) => reason); // prettier-ignore
  const milliseconds = performance.now() - started;
  logs.forEach((log) => log.close());
  if (error !== null) expectUserError(error);
  // What a forward pass that throws has saved for its gradient is lost to tfjs; such a process ends with its run.
  if (error === null || logs.length === 0) expect(tf.memory().numTensors - tensors, 'tensors left behind').toBe(0);
  expect(readdirSync(home).sort()).toEqual(logs.length === 0 ? names : [...names, 'run'].sort());
  if (logs.length > 0) expectWholeLog(runDir, config);
  if (error === null) return { end: expectRun(events), milliseconds };
  expectUserError(error);
  if (logs.length > 0) expect(events.at(-1)).toMatchObject({ event: 'end', status: 'failed', error: { code: error.code } });
  else expect(events).toEqual([]);
  return { end: error.code, milliseconds };
}

function expectUserError(error: unknown): asserts error is AppError {
  if (!AppError.is(error)) throw error;
  expect(USER_CODES).toContain(error.code);
  expect(error.message).toMatch(/^\S[^\n]{10,900}$/);
  expect(error.message).not.toMatch(/undefined|\[object|is not a function|Cannot read prop|NaNx|at .*:\d+:\d+\)/);
  expect(error.action).toMatch(/^\S[^\n]{4,900}$/);
  expect(error.place.file).toMatch(/^\//);
  expect(existsSync(error.place.file as string)).toBe(true);
  if (error.place.file?.endsWith('net.gradwatch.json') === true) {
    expect(error.place.line).toBeGreaterThan(0);
    expect(error.place.column).toBeGreaterThan(0);
  } else expect(error.place.path).toBeDefined();
}

function expectRun(events: readonly RunEvent[]): string {
  expect(events[0]?.event).toBe('start');
  expect(events.filter((event) => event.event === 'end')).toHaveLength(1);
  const end = events.at(-1);
  if (end?.event !== 'end') throw new Error('The run has no end event.');
  expect(['completed', 'diverged', 'stopped']).toContain(end.status);
  expect(end.steps).toBeLessThanOrEqual(STEPS);
  if (end.status === 'completed') expect(end.steps).toBeGreaterThan(0);
  return end.status;
}

function expectWholeLog(directory: string, config: string): void {
  expect(readdirSync(directory).sort()).toEqual(['events.jsonl', 'net.gradwatch.json']);
  expect(readFileSync(path.join(directory, 'net.gradwatch.json'), 'utf8')).toBe(config.replace(/^\ufeff/, ''));
  const log = readFileSync(path.join(directory, 'events.jsonl'), 'utf8');
  expect(log.endsWith('\n')).toBe(true);
  const record = decodeLog(log);
  expect(record.entries).toHaveLength(log.trimEnd().split('\n').length);
  const frames = record.entries.filter((entry) => entry.event === 'frame');
  const steps = frames.map((frame) => frame.step);
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  expect(record.entries.at(-1)).toMatchObject({ event: 'end' });
}

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`has not ended within ${MAX_MS} ms`)), MAX_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

it(`${COUNT} mutated configs and data files end in a run or in a coded error with its place`, { timeout: 600_000 }, async () => {
  const outcomes = new Map<string, number>();
  const failures: unknown[] = [];
  for (let number = 0; number < COUNT; number++) {
    if (ONE !== undefined && number !== Number(ONE)) continue;
    try {
      const { end, milliseconds } = await attempt(number);
      outcomes.set(end, (outcomes.get(end) ?? 0) + 1);
      expect(milliseconds, `mutation ${number}`).toBeLessThan(MAX_MS);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n\n').slice(0, 20_000));
  if (ONE !== undefined || COUNT < 1000) return;
  for (const code of [...USER_CODES, 'completed', 'diverged']) expect(outcomes.get(code) ?? 0, code).toBeGreaterThan(0);
});
