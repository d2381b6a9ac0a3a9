import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogReader } from '../../../src/telemetry/log-reader.js';
import { RunRecorder, unfinishedNote, type RecordedRun } from '../../../src/telemetry/recorded-run.js';

const log = readFileSync(new URL('../../fixtures/runs/growing.events.jsonl', import.meta.url), 'utf8');

/** Reads a log in pieces that end at the given places. */
function record(text: string, cuts: readonly number[] = []): { run: RecordedRun | null; truncated: boolean } {
  const reader = new LogReader();
  const recorder = new RunRecorder();
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    recorder.take(reader.read(text.slice(from, cut)));
    from = Math.max(from, cut);
  }
  recorder.take(reader.read(text.slice(from)));
  recorder.take(reader.finish());
  return { run: recorder.result(), truncated: reader.truncated };
}

describe('a recorded run', () => {
  it('is the same however the file comes in pieces', () => {
    const whole = record(log);
    expect(whole.run).toMatchObject({ state: 'diverged', frameCount: 32, end: { status: 'diverged', steps: 32 } });
    expect(whole.run?.findings.map((finding) => finding.id)).toContain('explosion-risk');
    fc.assert(
      fc.property(fc.array(fc.nat(log.length), { maxLength: 6 }), (cuts) => {
        expect(record(log, cuts)).toEqual(whole);
      }),
      { numRuns: 10 },
    );
  });

  it('loses nothing but the line that was cut off', () => {
    const lines = log.trimEnd().split('\n');
    const cut = lines.findIndex((line) => line.includes('"step":9,'));
    const short = lines.slice(0, cut).join('\n') + '\n' + lines[cut]?.slice(0, 40);
    const { run, truncated } = record(short);
    expect(truncated).toBe(true);
    expect(run?.frames?.step.at(-1)).toBe(8);
    expect(run && unfinishedNote(run)).toMatchObject({ message: 'The log of this run stops after step 8, without an end' });
    const whole = record(log).run;
    expect(whole && unfinishedNote(whole)).toBeUndefined();
  });

  it('is none without a start', () => {
    expect(record('{"event":"state","state":"running","step":0}\n').run).toBeNull();
    expect(() => record('{"name":"a package"}\n')).toThrow(/^Line 1 /);
  });
});
