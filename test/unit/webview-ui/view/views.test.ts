import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeFrames } from '../../../../src/telemetry/frame-batch.js';
import type { FrameEvent } from '../../../../src/telemetry/json-lines.js';
import { decodeLog } from '../../../../src/telemetry/log-reader.js';
import type { PageFinding, RunSnapshot } from '../../../../src/telemetry/page-protocol.js';
import { BucketCache } from '../../../../webview-ui/run/buckets.js';
import { emptyDashboard, receive, type RunView } from '../../../../webview-ui/run/dashboard-state.js';
import { FIRST_MEMORY } from '../../../../webview-ui/run/page-memory.js';
import { rowCells } from '../../../../webview-ui/view/heat-model.js';
import { placeLabels } from '../../../../webview-ui/view/label-place.js';
import { alignedPoints, brokenRuns } from '../../../../webview-ui/view/line-model.js';
import { markersOf } from '../../../../webview-ui/view/markers.js';
import { barActions, runStatus } from '../../../../webview-ui/view/run-status.js';
import { LIMIT_POSITION, signalOf } from '../../../../webview-ui/view/signals.js';
import { buildTracks } from '../../../../webview-ui/view/tracks.js';
import { ranked, verdictOf } from '../../../../webview-ui/view/verdict.js';

/** A recorded run up to a step, as the page holds it. */
function viewOf(name: string, until: number, change: Partial<RunSnapshot> = {}): RunView {
  const { start, entries } = decodeLog(readFileSync(`test/fixtures/runs/${name}.events.jsonl`, 'utf8'));
  if (start === null) throw new Error('The log has no start.');
  const frames = entries.filter((e): e is FrameEvent => e.event === 'frame' && e.step <= until);
  const snapshot: RunSnapshot = {
    run: name,
    config: 'gradwatch.json',
    state: 'running',
    start,
    frames: frames.length === 0 ? null : encodeFrames(frames, start.layers.length),
    epochs: [],
    findings: entries.filter((e): e is PageFinding => e.event === 'finding' && (e.phase === 'preflight' || e.step <= until)),
    fixes: [],
    end: null,
    ...change,
  };
  const state = emptyDashboard();
  receive(state, { type: 'snapshot', version: 1, snapshot, configs: [], history: [], trusted: true }, 0);
  if (state.run === null) throw new Error('The snapshot was not taken.');
  return state.run;
}

const tracksOf = (run: RunView, width = 560) => buildTracks(run, new BucketCache(run.store), FIRST_MEMORY, width, false);

describe('the verdict', () => {
  it('is one calm line while nothing is found', () => {
    expect(verdictOf(viewOf('healthy', 90))).toMatchObject({ level: 'calm', tone: 'ok', headline: 'Healthy', facts: [] });
  });

  it('is the worst finding, what happened before what caused it', () => {
    const run = viewOf('exploding', 7);
    expect(ranked(run.findings)[0]?.id).toBe('non-finite');
    const verdict = verdictOf(run);
    expect(verdict.level).toBe('bad');
    expect(verdict.facts.map(({ label }) => label)).toEqual(['Layer', 'Since', 'Cause']);
    expect(verdict.facts[2]?.value).toBe(verdict.finding?.cause);
  });

  it('says that a held run has trained nothing', () => {
    const run = viewOf('held', -1, { state: 'paused' });
    expect(verdictOf(run).detail).toBe('The run is held before the first update. Nothing has been trained.');
    expect(runStatus(run, 'bad').text).toBe('Held before the first update');
  });

  it('names the guard that paused the run', () => {
    const run = viewOf('growing', 24, { state: 'paused', stateReason: 'paused at exploding-gradients' });
    expect(verdictOf(run).detail).toContain('The run is paused at step 24 by exploding-gradients.');
  });
});

describe('a signal', () => {
  it('stands at its limit where the value is the limit, and past it beyond', () => {
    expect(signalOf({ name: 'loss after ÷ before', value: 1.3, limit: 1.3 })).toMatchObject({ position: LIMIT_POSITION, past: false });
    expect(signalOf({ name: 'norm growth per step', value: 1.05, limit: 1.02 })).toMatchObject({
      value: '×1.05',
      limit: 'limit ×1.02',
      past: true,
    });
    expect(signalOf({ name: 'update ÷ weights', value: NaN, limit: 1 })).toMatchObject({ position: 1, past: true });
  });
});

describe('the tracks', () => {
  it('keep a single spike at any width', () => {
    const run = viewOf('growing', 23);
    const norms = run.store.series('globalGradNorm').subarray(0, run.store.count);
    const highest = Math.log10(Math.max(...norms));
    for (const width of [560, 10, 3]) {
      const [, ys] = alignedPoints(tracksOf(run, width).norm);
      expect(Math.max(...(ys ?? []).map((y) => y ?? -Infinity))).toBeCloseTo(highest, 9);
    }
  });

  it('break a curve where it is not a number and hatch it there', () => {
    const { loss } = tracksOf(viewOf('exploding', 7));
    const [xs, ys] = alignedPoints(loss);
    expect(xs).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(ys?.slice(2)).toEqual([null, null, null, null, null, null]);
    expect(brokenRuns(loss.broken ?? never(), loss.window).map(({ kind }) => kind)).toEqual(['Inf', 'NaN', 'NaN', 'NaN', 'NaN', 'NaN']);
  });

  it('end the heatmap at the newest step', () => {
    const { heat } = tracksOf(viewOf('growing', 23));
    const cells = rowCells(heat.layers[0] ?? never(), heat);
    expect(cells.slice(0, 24).every((cell) => cell !== null && typeof cell === 'object')).toBe(true);
    expect(cells.slice(24)).toEqual(new Array(8).fill(null));
  });

  it('put labels inside the plot and not over each other', () => {
    const labels = placeLabels(tracksOf(viewOf('growing', 26)).loss, 560);
    expect(labels.map(({ text }) => text).sort()).toEqual(['10× first loss', 'baseline']);
    for (const { left, top } of labels) expect(left >= 0 && left < 560 && top >= 0 && top < 88).toBe(true);
    const [a, b] = labels;
    expect(Math.abs((a?.left ?? 0) - (b?.left ?? 0)) > 80 || Math.abs((a?.top ?? 0) - (b?.top ?? 0)) > 12).toBe(true);
  });

  it('mark each step with findings once, labels where they have room', () => {
    const run = viewOf('growing', 26);
    const markers = markersOf(run, tracksOf(run).window, 560);
    expect(new Set(markers.map(({ step }) => step)).size).toBe(markers.length);
    expect(markers.map(({ side }) => side)).toContain('right');
  });
});

it('the run bar disables with reasons', () => {
  const actions = (run: RunView) => Object.fromEntries(barActions(run, true).map(({ command, reason }) => [command, reason]));
  const first = 'Pause the run first';
  expect(actions(viewOf('healthy', 5))).toEqual({ pause: undefined, step: first, rollback: first, stop: undefined });
  expect(actions(viewOf('healthy', 5, { state: 'paused' }))).toEqual({
    resume: undefined,
    step: undefined,
    rollback: undefined,
    stop: undefined,
  });
  expect(actions(viewOf('healthy', 5, { state: 'completed' }))).toEqual({
    train: undefined,
    step: 'The run is over',
    stop: 'The run is over',
  });
  expect(barActions(viewOf('healthy', 5, { state: 'completed' }), false)[0]?.reason).toBe('Training needs a trusted workspace');
});

function never(): never {
  throw new Error('It is missing.');
}
