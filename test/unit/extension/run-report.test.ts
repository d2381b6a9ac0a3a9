import { describe, expect, it } from 'vitest';
import { RunMirror } from '../../../src/extension/run-mirror.js';
import { exitCode, reportLine } from '../../../src/extension/run-report.js';
import type { EndEvent } from '../../../src/telemetry/events.js';

const end = (status: EndEvent['status'], accuracy?: number): EndEvent => ({
  event: 'end',
  status,
  steps: 140,
  loss: 0.3,
  metrics: {},
  test: accuracy === undefined ? null : { loss: 0.4, metrics: { accuracy } },
  seconds: 1,
  telemetryShare: 0,
});

function run(...events: EndEvent[]): RunMirror {
  const mirror = new RunMirror('/x/gradwatch.json', '{}', false, 0);
  events.forEach((event) => mirror.addEvent(event));
  return mirror;
}

describe('reportLine', () => {
  it('prints the accuracy on held-out data', () => {
    expect(reportLine(end('completed', 0.956))).toBe('completed after 140 steps, loss 0.3\nTest accuracy: 0.956');
  });

  it('names what runs on fallback', () => {
    const line = reportLine({ event: 'fallback', layer: 'lstm_1', reason: 'goes step by step: recurrentDropout' });
    expect(line).toBe('note: layer "lstm_1" runs without Gradwatch\'s fast kernels: it goes step by step: recurrentDropout');
  });
});

describe('exitCode', () => {
  it('is that of the command line', () => {
    expect(exitCode(run(end('completed')))).toBe(0);
    expect(exitCode(run(end('diverged')))).toBe(3);
    const stopped = run(end('stopped'));
    stopped.stopRequested = true;
    expect(exitCode(stopped)).toBe(130);
    const failed = run();
    failed.fail({ code: 'data-invalid', message: '', action: '', place: {} });
    expect(exitCode(failed)).toBe(2);
    const crashed = run();
    crashed.fail({ code: 'trainer-crashed', message: '', action: '', place: {} });
    expect(exitCode(crashed)).toBe(1);
  });
});
