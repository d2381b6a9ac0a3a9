import { describe, expect, it } from 'vitest';
import { stepAtShare, stepPosition, stepWindow } from '../../../../webview-ui/run/step-window.js';

const run = { first: 0, last: 0, planned: null, over: false };

describe('the window of a run', () => {
  it('shows at least eight steps', () => {
    expect(stepWindow({ ...run, last: 2, over: true }, 'whole')).toEqual({ from: 0, to: 7 });
    expect(stepWindow(run, 'follow')).toEqual({ from: 0, to: 7 });
  });

  it('doubles early in a long run, shows the plan later, and ends with the run', () => {
    expect(stepWindow({ ...run, last: 40, planned: 10_000 }, 'whole')).toEqual({ from: 0, to: 63 });
    expect(stepWindow({ ...run, last: 64, planned: 10_000 }, 'whole')).toEqual({ from: 0, to: 127 });
    expect(stepWindow({ ...run, last: 137, planned: 200 }, 'whole')).toEqual({ from: 0, to: 199 });
    expect(stepWindow({ ...run, last: 137, planned: 200, over: true }, 'whole')).toEqual({ from: 0, to: 137 });
  });

  it('never grows past the plan while the plan is short', () => {
    expect(stepWindow({ ...run, last: 2, planned: 12 }, 'whole').to).toBeLessThanOrEqual(11);
  });

  it('follows the last 200 steps', () => {
    expect(stepWindow({ ...run, last: 999 }, 'follow')).toEqual({ from: 800, to: 999 });
  });
});

it('positions and steps are inverse to each other', () => {
  const window = { from: 10, to: 29 };
  for (let step = 10; step <= 29; step++) expect(stepAtShare(stepPosition(step, window), window)).toBe(step);
  expect(stepAtShare(1, window)).toBe(29);
});
