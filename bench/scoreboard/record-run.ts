import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { decodeLine, type FrameEvent } from '../../src/telemetry/json-lines.js';
import type { EndEvent, FindingEvent, RunState, StartEvent } from '../../src/telemetry/events.js';

const TIMEOUT_MS = 180_000;
const CLI = path.join(import.meta.dirname, '../../dist/cli.js');

/** What a run said, read from the standard output of the built command line. */
export interface RecordedRun {
  start: StartEvent | null;
  frames: FrameEvent[];
  findings: FindingEvent[];
  end: EndEvent | null;
  /** When the run entered each state, ms since the process was started. */
  stateMs: Partial<Record<RunState, number>>;
  ms: number;
  code: number | null;
  /** Last lines of standard error, for a run that has not ended well. */
  errors: string;
}

/** Loss at the end / that of the trivial predictor; NaN where the run did not come so far. */
export function lossShareOf({ start, end }: Pick<RecordedRun, 'start' | 'end'>): number {
  return (end?.loss ?? NaN) / (start?.baseline.loss ?? NaN);
}

/** On the validation split, else in training; null where it is not measured. */
export function accuracyOf({ end }: Pick<RecordedRun, 'end'>): number | null {
  return end?.test?.metrics['accuracy'] ?? end?.metrics['accuracy'] ?? null;
}

export interface RunRequest {
  configFile: string;
  seed: number;
  onTrouble: 'continue' | 'stop';
}

/** Trains a config in a process of its own. A line that is no event ends up in `errors`, and so does a run that takes too long. */
export async function recordRun({ configFile, seed, onTrouble }: RunRequest): Promise<RecordedRun> {
  const runDir = await mkdtemp(path.join(os.tmpdir(), 'gradwatch-score-'));
  const args = [CLI, 'train', configFile, '--json', '--on-trouble', onTrouble, '--seed', String(seed), '--run-dir', runDir];
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const run: RecordedRun = { start: null, frames: [], findings: [], end: null, stateMs: {}, ms: 0, code: null, errors: '' };
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  child.stderr.on('data', (data: Buffer) => (run.errors = (run.errors + data.toString()).slice(-2000)));
  createInterface({ input: child.stdout }).on('line', (line) => take(run, line, performance.now() - started));
  run.code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  run.ms = performance.now() - started;
  await rm(runDir, { recursive: true, force: true });
  return run;
}

function take(run: RecordedRun, line: string, ms: number): void {
  let entry;
  try {
    entry = decodeLine(line, run.start?.layers.map((layer) => layer.name) ?? []);
  } catch (error) {
    run.errors += `\n${String(error)}`;
    return;
  }
  if (entry.event === 'start') run.start = entry;
  else if (entry.event === 'frame') run.frames.push(entry);
  else if (entry.event === 'end') run.end = entry;
  else if (entry.event === 'state') run.stateMs[entry.state] ??= ms;
  else if (entry.event === 'finding') run.findings.push(entry);
}
