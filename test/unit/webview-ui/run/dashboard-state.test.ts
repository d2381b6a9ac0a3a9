import { describe, expect, it } from 'vitest';
import type { StartEvent } from '../../../../src/telemetry/events.js';
import type { HostMessage } from '../../../../src/telemetry/page-protocol.js';
import { emptyDashboard, receive } from '../../../../webview-ui/run/dashboard-state.js';
import { FIRST_MEMORY, readMemory } from '../../../../webview-ui/run/page-memory.js';
import { batchOf } from '../batches.js';

const start: StartEvent = {
  event: 'start',
  schema: 1,
  run: 'a',
  config: {},
  configFile: '/models/net.gradwatch.json',
  engine: 'cpu',
  engineReason: 'asked for',
  layers: [{ name: 'dense_1', type: 'dense', parameters: 3 }],
  parameters: 3,
  samples: { train: 10, validation: 2 },
  baseline: { loss: 1 },
  seed: 1,
};
const snapshot: HostMessage = { type: 'snapshot', version: 1, snapshot: null, configs: [], history: [], trusted: true };

describe('messages of the host', () => {
  it('a snapshot replaces everything', () => {
    const state = emptyDashboard();
    receive(state, snapshot, 0);
    expect(state).toMatchObject({ connected: true, run: null });
  });

  it('a run that starts is shown, its frames are appended, others are dropped', () => {
    const state = emptyDashboard();
    receive(state, { type: 'event', run: 'a', event: start }, 0);
    expect(state.run).toMatchObject({ config: 'net.gradwatch.json', state: 'starting' });
    receive(state, { type: 'frames', run: 'a', batch: batchOf([1, 2, 3]) }, 0);
    receive(state, { type: 'frames', run: 'other', batch: batchOf([9, 9]) }, 0);
    expect(state.run?.store.count).toBe(3);
  });

  it('states, epochs and the end are taken over', () => {
    const state = emptyDashboard();
    receive(state, { type: 'event', run: 'a', event: start }, 0);
    receive(state, { type: 'event', run: 'a', event: { event: 'state', state: 'paused', step: 3, reason: 'paused at non-finite' } }, 0);
    expect(state.run).toMatchObject({ state: 'paused', stateReason: 'paused at non-finite' });
    for (const loss of [2, 1])
      receive(state, { type: 'event', run: 'a', event: { event: 'epoch', epoch: 0, loss, metrics: {}, validation: null } }, 0);
    expect(state.run?.epochs).toEqual([expect.objectContaining({ loss: 1 })]);
    receive(state, { type: 'failed', run: 'a', error: { message: 'The trainer ended', action: 'Show the log' } }, 0);
    expect(state.run).toMatchObject({ state: 'failed', error: { message: 'The trainer ended' } });
  });

  it('what runs on fallback is kept', () => {
    const state = emptyDashboard();
    receive(state, { type: 'event', run: 'a', event: start }, 0);
    receive(state, { type: 'event', run: 'a', event: { event: 'fallback', layer: null, reason: 'updates in several passes' } }, 0);
    expect(state.run?.fallbacks).toEqual([{ event: 'fallback', layer: null, reason: 'updates in several passes' }]);
  });

  it('where two runs part is looked for again as one grows, and after it went back', () => {
    const state = emptyDashboard();
    const ones = (count: number) => new Array<number>(count).fill(1);
    const frames = batchOf(ones(100));
    const empty = { epochs: [], findings: [], fixes: [], end: null };
    receive(state, { type: 'event', run: 'a', event: start }, 0);
    receive(state, { type: 'compare', snapshot: { ...empty, run: 'b', config: '', state: 'completed', start, frames } }, 0);
    receive(state, { type: 'frames', run: 'a', batch: batchOf([...ones(40), ...new Array<number>(40).fill(9)]) }, 0);
    expect(state.run?.beside?.parting).toEqual({ firstDifference: 40, parts: 40 });
    receive(state, { type: 'event', run: 'a', event: { event: 'rollback', step: 80, to: 40 } }, 0);
    expect(state.run?.beside?.parting).toEqual({ firstDifference: null, parts: null });
    receive(state, { type: 'frames', run: 'a', batch: batchOf(ones(30), 40) }, 0);
    expect(state.run?.beside?.rows).toBe(70);
  });

  it('the rate is that of the frames that arrived', () => {
    const state = emptyDashboard();
    receive(state, { type: 'event', run: 'a', event: start }, 0);
    receive(state, { type: 'frames', run: 'a', batch: batchOf([1]) }, 1000);
    expect(state.run?.pace.stepsPerSecond).toBeNull();
    receive(state, { type: 'frames', run: 'a', batch: batchOf(new Array<number>(50).fill(1), 1) }, 1500);
    expect(state.run?.pace.stepsPerSecond).toBe(100);
  });
});

it('a memory of another version is forgotten, unknown values too', () => {
  expect(readMemory(undefined)).toEqual(FIRST_MEMORY);
  expect(readMemory({ version: 2, view: 'follow' })).toEqual(FIRST_MEMORY);
  expect(readMemory({ version: 1, view: 'follow', metric: 'colour', layer: 7 })).toEqual({ ...FIRST_MEMORY, view: 'follow' });
});
