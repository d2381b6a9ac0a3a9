import { describe, expect, it } from 'vitest';
import { endNotice, failureNotice, findingsNotice } from '../../../src/extension/notice.js';
import { RunMirror } from '../../../src/extension/run-mirror.js';
import type { EndEvent, FindingEvent, Severity } from '../../../src/telemetry/events.js';

const NAME = 'gradwatch.json';
const unseen = { findingsTold: false, dashboardVisible: false };

function finding(severity: Severity, message: string): FindingEvent {
  return { event: 'finding', id: 'x', severity, phase: 'training', step: 0, layer: null, cause: '', message, evidence: {}, stepsToOverflow: null, at: [], fixes: [] }; // prettier-ignore
}

function ended(status: EndEvent['status'], checkOnly = false): RunMirror {
  const run = new RunMirror(`/x/${NAME}`, '{}', checkOnly, 0);
  run.addEvent({ event: 'end', status, steps: 1200, loss: 0.5, metrics: {}, test: null, seconds: 1, telemetryShare: 0 });
  return run;
}

describe('findingsNotice', () => {
  it('tells the first error and counts the others, as a warning that VS Code takes away by itself', () => {
    const notice = findingsNotice([finding('warning', 'w'), finding('error', 'one'), finding('error', 'two')], NAME);
    expect(notice).toEqual({ kind: 'findings', severity: 'warning', message: 'gradwatch.json: one (and 1 more)' });
  });

  it('leaves warnings to the Problems panel', () => {
    expect(findingsNotice([finding('warning', 'w')], NAME)).toBeNull();
  });
});

describe('endNotice', () => {
  it('tells the end where nobody saw it', () => {
    expect(endNotice(ended('completed'), NAME, unseen)?.message).toBe('gradwatch.json: trained 1,200 steps, loss 0.5.');
    expect(endNotice(ended('diverged'), NAME, unseen)?.severity).toBe('warning');
  });

  it('keeps quiet about what was told, seen or asked for', () => {
    expect(endNotice(ended('completed'), NAME, { ...unseen, dashboardVisible: true })).toBeNull();
    expect(endNotice(ended('diverged'), NAME, { ...unseen, findingsTold: true })).toBeNull();
    expect(endNotice(ended('completed', true), NAME, unseen)).toBeNull();
    const stopped = ended('stopped');
    stopped.stopRequested = true;
    expect(endNotice(stopped, NAME, unseen)).toBeNull();
  });
});

describe('failureNotice', () => {
  it('gives sentence and action, once asked for nothing', () => {
    const run = new RunMirror(`/x/${NAME}`, '{}', false, 0);
    expect(failureNotice(run, NAME)).toBeNull();
    run.fail({ code: 'data-not-found', message: 'No x.csv.', action: 'Check the path.', place: {} });
    expect(failureNotice(run, NAME)?.message).toBe('gradwatch.json: No x.csv. Check the path.');
    run.stopRequested = true;
    expect(failureNotice(run, NAME)).toBeNull();
  });
});
