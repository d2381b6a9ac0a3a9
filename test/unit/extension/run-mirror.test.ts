import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runSnapshot } from '../../../src/extension/page-snapshot.js';
import { RunMirror } from '../../../src/extension/run-mirror.js';
import { recordedSnapshot } from '../../../src/fixes/recorded-snapshot.js';
import type { ChangeEvent, FindingEvent, ForecastEvent, RollbackEvent, RunEvent } from '../../../src/telemetry/events.js';
import { encodeEvent } from '../../../src/telemetry/json-lines.js';
import { decodeLog } from '../../../src/telemetry/log-reader.js';
import { RunRecorder, type RecordedRun } from '../../../src/telemetry/recorded-run.js';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/runs/${name}`, import.meta.url), 'utf8');
const log = fixture('exploding.events.jsonl');
const config = { name: 'exploding.gradwatch.jsonc', text: fixture('exploding.gradwatch.jsonc') };
const entries = decodeLog(log).entries.filter((entry) => entry.event !== 'frame');
const start = entries.filter((entry) => entry.event === 'start');
const [end] = entries.filter((entry) => entry.event === 'end');
const [template] = entries.filter((entry) => entry.event === 'finding');

const finding = (step: number): FindingEvent => ({ ...(template as FindingEvent), phase: 'training', step, fixes: ['clip-gradients'] });
const rollback: RollbackEvent = { event: 'rollback', step: 9, to: 6 };
const change: ChangeEvent = { event: 'change', step: 6, from: 'healthy', edits: [], fix: 'clip-gradients' };
const forecast: ForecastEvent = { event: 'forecast', finding: 'explosion-risk', step: 2, steps: 5, actual: 6 };
const told: RunEvent[] = [...start, finding(3), finding(8), rollback, change, finding(20), forecast, end as RunEvent];

describe('a recorded run that left its course', () => {
  const recorder = new RunRecorder();
  recorder.take(decodeLog(told.map((event) => `${encodeEvent(event)}\n`).join('')).entries);
  const recorded = recorder.result() as RecordedRun;

  it('is shown as it was while it ran: what is past, where it went back or was changed, what it forecast', () => {
    const live = new RunMirror('/models/net.gradwatch.json', config.text, false, 0, 'a');
    told.forEach((event) => live.addEvent(event));
    const again = RunMirror.recorded(recorded, { file: live.configFile, text: config.text }, 'a', 2 ** 20);
    const shown = (run: RunMirror) => runSnapshot(run, config.name, [], config.text, 'gradNorm');
    expect(shown(again).findings.map(({ past }) => past)).toEqual(['changed', 'rolled back', undefined]);
    expect(shown(again)).toEqual(shown(live));
    expect(again.standing.map(({ step }) => step)).toEqual([20]);
  });

  it('is told by a report the same way', () => {
    const snapshot = recordedSnapshot(recorded, config);
    expect(snapshot.findings.map(({ past }) => past)).toEqual(['changed', 'rolled back', undefined]);
    expect(snapshot.course).toEqual([rollback, change]);
    expect(snapshot.forecasts).toEqual([forecast]);
    expect(snapshot.fixes.find(({ id }) => id === 'clip-gradients')?.appliedLive).toBe(6);
  });
});
