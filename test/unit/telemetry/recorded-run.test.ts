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

  it('that went back keeps what it discarded apart from the course it is on', () => {
    const lines = log.trimEnd().split('\n');
    const frames = lines.filter((line) => line.includes('"event":"frame"'));
    const back = '{"event":"rollback","step":24,"to":12}';
    const text = [lines[0], ...frames.slice(0, 25), back, ...frames.slice(12, 19)].join('\n');
    const { run } = record(`${text}\n`, [text.indexOf(back) - 3]);
    expect(run?.frames?.step.at(-1)).toBe(18);
    expect(run?.frames?.count).toBe(19);
    expect(run?.branches.map(({ from, to, step }) => [from, to, step[0], step.at(-1)])).toEqual([[12, 24, 11, 24]]);
    // Before a frame of the new course has come, the old one is gone already.
    const short = [lines[0], ...frames.slice(0, 25), back].join('\n');
    expect(record(`${short}\n`).run?.frames?.step.at(-1)).toBe(11);
  });

  it('is none without a start', () => {
    expect(record('{"event":"state","state":"running","step":0}\n').run).toBeNull();
    expect(() => record('{"name":"a package"}\n')).toThrow(/^Line 1 /);
  });
});
