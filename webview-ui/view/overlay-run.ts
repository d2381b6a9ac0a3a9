import { BucketCache } from '../run/buckets.js';
import type { RunView } from '../run/dashboard-state.js';
import type { PageMemory } from '../run/page-memory.js';
import type { NetSeries, RunStore } from '../run/run-store.js';
import { domainOf, MANY_LAYERS, SMALL_SPLIT_ROW, SPLIT_ROW, type HeatModel } from './heat-model.js';
import { lineModel, type ChartLine, type LineModel } from './line-model.js';
import type { StepWindow } from '../run/step-window.js';

/** The second run is dashed wherever it is drawn; its hue differs too. */
export const OTHER_DASH = [6, 3] as const;

/** The part of the tracks that shows a second run. */
interface OverlaidTracks {
  window: StepWindow;
  heat: HeatModel;
  loss: LineModel;
  rate: LineModel;
  norm: LineModel;
  layers: LineModel;
  /** Layer indices in colour, first style first. */
  top: number[];
}

/** Lays the run beside over the tracks of the one on show: loss, learning rate, gradient norm, heatmap, and the layer in focus. */
export function withRunBeside<T extends OverlaidTracks>(tracks: T, run: RunView, memory: PageMemory): T {
  const { beside } = run;
  if (beside === undefined) return tracks;
  const { store } = beside.run;
  const cache = cacheOf(store);
  const { stride } = tracks.heat;
  const net = (model: LineModel, name: NetSeries) =>
    over(model, { ...OTHER_LINE, name: `${name} of B`, buckets: cache.get(name, store.series(name), stride, tracks.window.from) });
  const layer = layerInFocus(run, tracks);
  const index = beside.run.start?.layers.findIndex(({ name }) => name === layer) ?? -1;
  const buckets =
    index < 0 ? null : cache.get(store.layerKey(memory.metric, index), store.layer(memory.metric, index), stride, tracks.window.from);
  return {
    ...tracks,
    heat: splitHeat(tracks.heat, run, beside.run, cache),
    loss: net(tracks.loss, 'loss'),
    rate: net(tracks.rate, 'learningRate'),
    norm: net(tracks.norm, 'globalGradNorm'),
    layers: buckets === null ? tracks.layers : over(tracks.layers, { ...OTHER_LINE, name: `${layer} of B`, buckets, colour: 'fg' }),
  };
}

const OTHER_LINE: Omit<ChartLine, 'name' | 'buckets'> = { colour: 'other', dash: OTHER_DASH, width: 1.5, dots: true };

/** The heatmap with the cells of both runs in each row, on one scale for both. Layers are the same where their names are. */
function splitHeat(heat: HeatModel, run: RunView, other: RunView, cache: BucketCache): HeatModel {
  const { metric, window, stride, shown } = heat;
  const { store } = other;
  const places = new Map(other.start?.layers.map(({ name }, l) => [name, l]));
  const indices = shown.map((l) => places.get(run.start?.layers[l]?.name ?? '') ?? -1);
  const layers = indices.map((l) => (l < 0 ? null : cache.get(store.layerKey(metric, l), store.layer(metric, l), stride, window.from)));
  const both = [...heat.layers, ...layers.filter((buckets) => buckets !== null)];
  return {
    ...heat,
    domain: domainOf(metric, both, shown, run.store, window),
    rowHeight: shown.length > MANY_LAYERS ? SMALL_SPLIT_ROW : SPLIT_ROW,
    other: { layers, indices, last: store.lastStep },
  };
}

/** The layer whose curve is drawn for both runs: the first one in colour. */
function layerInFocus(run: RunView, { top }: OverlaidTracks): string | undefined {
  return top[0] === undefined ? undefined : run.start?.layers[top[0]]?.name;
}

/** The model with one more curve on top, its axis fitted to all of them. */
function over(model: LineModel, line: ChartLine): LineModel {
  const top = model.linear ? Math.max(model.high, 1.2 * largestOf(line)) : undefined;
  return lineModel({ ...model, lines: [...model.lines, line], top });
}

function largestOf({ buckets }: ChartLine): number {
  return buckets.max.subarray(0, buckets.length).reduce((most, value) => (Number.isFinite(value) ? Math.max(most, value) : most), 0);
}

const caches = new WeakMap<RunStore, BucketCache>();

function cacheOf(store: RunStore): BucketCache {
  const known = caches.get(store) ?? new BucketCache(store);
  caches.set(store, known);
  return known;
}
