import type { Branch, BranchSeries } from '../../src/telemetry/branches.js';
import type { RunView } from '../run/dashboard-state.js';
import type { Buckets } from '../run/buckets.js';
import { FINITE } from '../run/pyramid.js';
import { largestRow } from '../run/scans.js';
import { formatCount, formatNumber } from '../scales/format.js';
import { layerName } from './layer-lines.js';
import { forBuckets } from './line-model.js';
import type { Readings } from './readings.js';
import { isHeld, isOver } from './run-facts.js';
import type { Tracks } from './tracks.js';
import { say } from '../language/language.js';

/** First, last and largest value of a track in words, for those who cannot see it. */
export function summaryOf(title: string, run: RunView, name: 'loss' | 'learningRate' | 'globalGradNorm' | 'risk'): string {
  const { store } = run;
  if (store.count === 0) return say('{0}. No data yet.', title);
  const column = store.series(name);
  const at = (row: number) => say('step {0}: {1}', store.step[row] ?? 0, formatNumber(column[row]));
  const largest = largestRow(store, name);
  const most = largest < 0 ? '' : ` ${say('Largest at {0}.', at(largest))}`;
  return `${say('{0}. First, {1}. Last, {2}.', title, at(0), at(store.count - 1))}${most}${name === 'risk' ? '' : discarded(run, name)}`;
}

/** The courses that were left in words. */
function discarded({ branches }: RunView, name: BranchSeries): string {
  const sentence = ({ from, to, ...series }: Branch) =>
    say('Steps {0} to {1} were discarded; there it ended at {2}.', from, to, formatNumber(series[name].at(-1)));
  return branches.map((branch) => ` ${sentence(branch)}`).join('');
}

/** Row with the largest finite value on screen; -1 where there is none. */
function hottestLayer(layers: readonly Buckets[], tracks: Tracks): number {
  let best = -1;
  let value = -Infinity;
  layers.forEach((buckets, l) =>
    forBuckets(buckets, tracks.window, (b) => {
      if (buckets.kind[b] === FINITE && (buckets.max[b] as number) > value) [best, value] = [l, buckets.max[b] as number];
    }),
  );
  return best;
}

/** The heatmap in words. */
export function heatSummary(run: RunView, tracks: Tracks, metricName: string): string {
  const { heat, window } = tracks;
  const hottest = heat.shown[hottestLayer(heat.layers, tracks)];
  const name = hottest === undefined ? undefined : run.start?.layers[hottest]?.name;
  const most = name === undefined ? '' : ` ${say('Largest: {0}.', name)}`;
  const text = say(
    'Heatmap of {0} per layer and step, {1} layers, steps {2} to {3}.',
    metricName.toLowerCase(),
    heat.shown.length,
    window.from,
    Math.min(heat.last, window.to),
  );
  const both = heat.other === undefined ? '' : ` ${say('In each row run A lies above run B.')}`;
  return `${text}${most}${both}`;
}

/** What the curves by layer show; of two runs also which curve is the other's. */
export function layersUnit(run: RunView, { top }: Tracks, metricName: string): string {
  const first = top[0];
  const unit = metricName.toLowerCase();
  const isThere = first !== undefined && run.beside?.run.start?.layers.some(({ name }) => name === layerName(run, first));
  return isThere === true ? say('{0} of A; long dashes: {1} of B', unit, layerName(run, first)) : unit;
}

/** The curves by layer in words. */
export function layersSummary(run: RunView, { heat, top }: Tracks, metricName: string): string {
  const coloured = top.map((l) => layerName(run, l)).join(', ');
  return say('{0} by layer, {1} layers. In colour: {2}.', metricName, heat.shown.length, coloured);
}

/** Which step the reading column is about. Where frames have been thinned a reading is one of those around its step. */
export function readingHead(run: RunView, readings: Readings | null, cursor: number | null, narrow: boolean): string {
  if (readings === null) return '';
  const near =
    readings.row < run.store.thinned ? say('near step {0}', formatCount(readings.step)) : say('step {0}', formatCount(readings.step));
  if (cursor !== null || narrow) return near;
  if (isHeld(run)) return say('before {0}', near);
  if (isOver(run)) return say('last, {0}', near);
  return run.state === 'paused' ? say('paused at {0}', near) : say('now, {0}', near);
}

/** What is said when the crosshair was moved by key. */
export function spokenReading({ step, loss, rate, norm, risk }: Readings): string {
  return say('Step {0}: loss {1}, learning rate {2}, gradient norm {3}, risk {4}.', step, loss.value, rate.value, norm.value, risk);
}
