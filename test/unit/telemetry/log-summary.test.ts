import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lossIn, summarizeLog } from '../../../src/telemetry/log-summary.js';

const log = readFileSync(new URL('../../fixtures/runs/healthy.events.jsonl', import.meta.url), 'utf8');

describe('the summary of a log', () => {
  it('needs its two ends only, wherever they are cut', () => {
    const whole = summarizeLog(log, log);
    expect(whole).toMatchObject({ state: 'completed', steps: 120, ended: true });
    expect(whole?.start.run).toBe('healthy');
    expect(summarizeLog(log.slice(0, 8000), log.slice(-3000))).toEqual(whole);
  });

  it('says failed of a log without an end, with its last step', () => {
    const cut = log.slice(0, log.indexOf('"step":50,') + 300);
    expect(summarizeLog(cut, cut)).toMatchObject({ state: 'failed', steps: 49, ended: false });
  });

  it('is none for what is no run log', () => {
    expect(summarizeLog('{"name":"a"}\n', '{"name":"a"}\n')).toBeNull();
    expect(summarizeLog('', '')).toBeNull();
  });

  it('finds a loss in a piece from the middle', () => {
    expect(lossIn(log.slice(40_000, 48_000))).toBeGreaterThan(0);
    expect(lossIn('no frame here')).toBeNull();
  });
});
