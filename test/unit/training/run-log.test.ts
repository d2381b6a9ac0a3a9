import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/config/app-error.js';
import type { Frame, RunEvent } from '../../../src/telemetry/events.js';
import { decodeLog } from '../../../src/telemetry/log-reader.js';
import { defaultRunDirectory, RunLog } from '../../../src/training/run-log.js';
import { RunOutbox } from '../../../src/training/run-outbox.js';
import { frameAt } from '../telemetry/sample-frames.js';

const start: RunEvent = {
  event: 'start',
  schema: 1,
  run: 'r',
  config: {},
  engine: 'cpu',
  engineReason: 'test',
  layers: [{ name: 'only', type: 'dense', parameters: 2 }],
  parameters: 2,
  samples: { train: 1, validation: 0 },
  baseline: { loss: 1 },
  seed: 1,
};
const state = (step: number): RunEvent => ({ event: 'state', state: 'paused', step });

describe('the run log', () => {
  it('holds everything in the order it happened, frames before the event they led to', () => {
    const directory = path.join(mkdtempSync(path.join(tmpdir(), 'gradwatch-log-')), 'deep', 'run');
    const log = new RunLog(directory, { name: 'net.gradwatch.jsonc', text: '{} // kept' });
    const outbox = new RunOutbox([log]);
    outbox.event(start);
    const frames: Frame[] = [frameAt(0, 1), frameAt(1, NaN), frameAt(2, Infinity)];
    frames.forEach((frame) => outbox.frame(frame));
    outbox.event(state(2));
    log.close();
    const record = decodeLog(readFileSync(path.join(directory, 'events.jsonl'), 'utf8'));
    expect(record.entries).toEqual([start, ...frames.map((frame) => ({ event: 'frame', ...frame })), state(2)]);
    expect(readFileSync(path.join(directory, 'net.gradwatch.jsonc'), 'utf8')).toBe('{} // kept');
    outbox.event(state(3));
    expect(decodeLog(readFileSync(path.join(directory, 'events.jsonl'), 'utf8')).entries).toHaveLength(5);
  });

  it('refuses a place it cannot write to', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'gradwatch-log-')), 'file');
    writeFileSync(file, '');
    const open = () => new RunLog(path.join(file, 'run'), { name: 'c', text: '' });
    expect(open).toThrow(AppError);
    expect(open).toThrow(/cannot be written/);
  });

  it('lies beside the config, under its name or that of its folder', () => {
    const time = new Date('2026-01-02T03:04:05.678Z');
    const name = (file: string) => path.relative(path.join('/w', 'auto-mpg', '.gradwatch', 'runs'), defaultRunDirectory(path.join('/w', 'auto-mpg', file), time)); // prettier-ignore
    expect(name('gradwatch.json')).toBe('2026-01-02T03-04-05-678Z-auto-mpg');
    expect(name('deep.gradwatch.jsonc')).toBe('2026-01-02T03-04-05-678Z-deep');
  });
});
