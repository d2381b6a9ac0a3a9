import { describe, expect, it } from 'vitest';
import { searchLine, trialDetail, trialResult } from '../../../src/extension/trial-words.js';
import type { TrialEvent } from '../../../src/telemetry/events.js';

const trial: TrialEvent = {
  event: 'trial',
  fix: 'scale-inputs',
  edits: [],
  verdict: 'fixes',
  loss: 15,
  control: NaN,
  steps: 200,
  seeds: 3,
  seconds: 1,
  share: 0.25,
  controlShare: Infinity,
  worstNorm: 12,
};

describe('the words of a trial', () => {
  it('says what it has shown', () => {
    expect(trialResult(trial)).toBe('verified: loss 0.25 of baseline');
    expect(trialResult({ ...trial, verdict: 'helps' })).toBe('helps in a trial: loss 0.25 of baseline');
    expect(trialResult({ ...trial, verdict: 'no-effect', stopped: 'explosion-risk at step 0' })).toBe(
      'no effect in a trial (explosion-risk at step 0)',
    );
    expect(trialResult({ ...trial, verdict: 'worse', share: Infinity })).toBe('worse in a trial: the loss is no number');
  });

  it('sets the control beside it', () => {
    expect(trialDetail(trial)).toBe(
      'verified: loss 0.25 of baseline after 200 steps, 3 seeds; untouched: the loss is no number; largest gradient norm 12',
    );
  });

  it('tells how far a search is, and the best so far', () => {
    const control = { fix: null, title: '', steps: 40, share: 3, state: 'ended' as const };
    const base = { type: 'progress' as const, phase: 'trying' as const, spent: 0.1, seconds: 1 };
    expect(searchLine({ ...base, phase: 'diagnosing', trials: [control] })).toBe('Training the config as it is: step 40');
    const lost = { fix: 'add-l1', title: 'Add L1', steps: 3, share: Infinity, state: 'lost' as const };
    const good = { fix: 'scale-inputs', title: 'Scale the inputs', steps: 20, share: 0.5, state: 'running' as const };
    expect(searchLine({ ...base, trials: [control, lost, good] })).toBe(
      'Trying single fixes: 1 of 2 through. Best so far: Scale the inputs (loss 0.5 of baseline)',
    );
  });
});
