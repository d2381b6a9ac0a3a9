import { strideFor, type BucketCache, type Buckets } from '../run/buckets.js';
import type { RunView } from '../run/dashboard-state.js';
import type { PageMemory } from '../run/page-memory.js';
import { isShare } from '../run/run-store.js';
import { everTrue } from '../run/scans.js';
import { stepCount, type StepWindow } from '../run/step-window.js';
import { formatNumber } from '../scales/format.js';
import { forecastsOf, type Forecast, type Forecasts } from './forecast.js';
import { domainOf, MANY_LAYERS, NARROW_ROW, SMALL_ROW, TALL_ROW, type HeatModel } from './heat-model.js';
import { lineModel, chartLine, type LineModel, type Reference } from './line-model.js';
import { layerLines, topLayers } from './layer-lines.js';
import { withBranches } from './branch-lines.js';
import { withRunBeside } from './overlay-run.js';
import { EQUAL_NORMS } from './readings.js';
import { baselineLoss, clipThreshold, harmLoss, isOver, knownConfig, matchingLayers, rateLimit, windowOf } from './run-facts.js';
import { say } from '../language/language.js';

/** Room for a forecast in the "follow" view, as a share of its steps. */
const FORECAST_SHARE = 0.4;
const DOTTED = [1, 3];
const DASHED = [4, 3];

/** Everything the timeline draws, on one x axis. */
export interface Tracks {
  window: StepWindow;
  /** Newest step, or null before the first frame. */
  now: number | null;
  /** Step after which nothing is measured yet, while the axis goes on; null where it does not. */
  shadeFrom: number | null;
  risk: Buckets;
  loss: LineModel;
  rate: LineModel;
  norm: LineModel;
  heat: HeatModel;
  layers: LineModel;
  forecast: Forecasts;
  /** Layer indices in colour, first style first. */
  top: number[];
}

interface Heights {
  loss: number;
  rate: number;
  norm: number;
  layers: number;
}
const HEIGHTS: Heights = { loss: 88, rate: 42, norm: 92, layers: 132 };
const NARROW_HEIGHTS: Heights = { loss: 76, rate: 34, norm: 72, layers: 108 };

/**
 * Builds the models of all tracks.
 * @param cache buckets of this run's store
 * @param width of a plot in CSS pixels
 * @param narrow the layout of a side column
 */
export function buildTracks(run: RunView, cache: BucketCache, memory: PageMemory, width: number, narrow: boolean): Tracks {
  const { store } = run;
  const forecast = forecastsOf(run);
  const window = withRoom(windowOf(run, memory), memory, forecast);
  const stride = strideFor(stepCount(window), width);
  const height = narrow ? NARROW_HEIGHTS : HEIGHTS;
  const now = store.count > 0 ? store.lastStep : null;
  // A zoom stays where it is while the run goes on: what lies right of it is not asked for.
  const end = memory.zoom === null ? Infinity : window.to;
  const net = (name: Parameters<typeof store.series>[0]) => cache.get(name, store.series(name), stride, window.from, end);
  const shown = matchingLayers(run, memory.filter);
  const perLayer = shown.map((l) => cache.get(store.layerKey(memory.metric, l), store.layer(memory.metric, l), stride, window.from, end));
  const selected = shown.find((l) => run.start?.layers[l]?.name === memory.layer) ?? -1;
  const top = topLayers(run, memory, shown, selected);
  const tracks: Tracks = {
    window,
    now,
    shadeFrom: now !== null && now < window.to && !isOver(run) ? now : null,
    risk: net('risk'),
    loss: lineModel({
      lines: [chartLine('loss', net('loss'))],
      broken: net('loss'),
      references: lossReferences(run, forecast.loss?.harm != null && forecast.loss.harm.step <= window.to),
      forecast: forecast.loss,
      window,
      height: height.loss,
    }),
    rate: rateModel(run, net('learningRate'), window, height.rate),
    norm: normModel(run, net('globalGradNorm'), net('clippedGradNorm'), forecast.norm, window, height.norm),
    heat: {
      metric: memory.metric,
      layers: perLayer,
      domain: domainOf(memory.metric, perLayer, shown, store, window),
      window,
      stride,
      last: now ?? -1,
      shown,
      rowHeight: shown.length > MANY_LAYERS ? SMALL_ROW : narrow ? NARROW_ROW : TALL_ROW,
      selected: shown.indexOf(selected),
    },
    layers: lineModel({
      ...layerLines(run, shown, perLayer, top),
      linear: isShare(memory.metric),
      top: 1.2,
      window,
      height: height.layers,
    }),
    top,
    forecast,
  };
  return withRunBeside(withBranches(tracks, run), run, memory);
}

/** In the "follow" view a forecast gets room on the right, which a view of the whole run has anyway. */
function withRoom(window: StepWindow, { view, zoom }: PageMemory, { norm }: Forecasts): StepWindow {
  if (norm === null || zoom !== null || view !== 'follow') return window;
  return { from: window.from, to: Math.max(window.to, norm.from + Math.round(stepCount(window) * FORECAST_SHARE)) };
}

function lossReferences(run: RunView, willCross: boolean): Reference[] {
  const references: Reference[] = [];
  const baseline = baselineLoss(run);
  if (baseline !== null) references.push({ value: baseline, label: say('baseline'), colour: 'dim', dash: DOTTED, fit: true });
  const harm = harmLoss(run);
  const crossed = harm !== null && everTrue(run.store, 'harmed', (row) => !((run.store.series('loss')[row] as number) <= harm));
  if (harm !== null)
    references.push({
      value: harm,
      label: say('10× first loss'),
      colour: crossed || willCross ? 'err' : 'dim',
      dash: DASHED,
      fit: crossed || willCross,
    });
  return references;
}

function rateModel(run: RunView, rate: Buckets, window: StepWindow, height: number): LineModel {
  const limit = rateLimit(run);
  const largest = largestIn(rate);
  // A limit far below or above the rate cannot share a linear axis with it: then the reading says so.
  const shown = limit !== null && limit > largest / 20 && limit < largest * 5;
  const references: Reference[] = shown
    ? [{ value: limit, label: say('limit {0}', formatNumber(limit)), colour: limit < largest ? 'err' : 'dim', dash: DASHED, fit: true }]
    : [];
  const top = Math.max(largest, shown ? limit : 0) * 1.5;
  return lineModel({ lines: [chartLine('rate', rate, { dots: false })], references, linear: true, top, window, height });
}

function largestIn(buckets: Buckets): number {
  let largest = 0;
  for (let b = 0; b < buckets.length; b++) largest = Math.max(largest, buckets.max[b] as number);
  return Number.isFinite(largest) ? largest : 1;
}

function normModel(
  run: RunView,
  norm: Buckets,
  clipped: Buckets,
  forecast: Forecast | null,
  window: StepWindow,
  height: number,
): LineModel {
  const threshold = clipThreshold(run);
  const isClipped = isEverClipped(run);
  const lines = isClipped ? [chartLine('clipped', clipped, { colour: 'fg', dash: [2, 2], width: 1, dots: false })] : [];
  lines.push(chartLine('norm', norm));
  const references: Reference[] =
    threshold === null
      ? []
      : [{ value: threshold, label: say('clip {0}', formatNumber(threshold)), colour: 'dim', dash: DOTTED, fit: false }];
  return lineModel({ lines, references, broken: norm, forecast, window, height });
}

/** Whether the gradients of any frame were clipped. */
export function isEverClipped(run: RunView): boolean {
  if (knownConfig(run).training?.gradientClip === undefined) return false;
  const { store } = run;
  const before = store.series('globalGradNorm');
  const after = store.series('clippedGradNorm');
  return everTrue(store, 'clipped', (row) => (after[row] as number) < (before[row] as number) * (1 - EQUAL_NORMS));
}
