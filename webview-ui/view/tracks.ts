import { strideFor, type BucketCache, type Buckets } from '../run/buckets.js';
import type { RunView } from '../run/dashboard-state.js';
import type { PageMemory } from '../run/page-memory.js';
import { isShare } from '../run/run-store.js';
import { everTrue } from '../run/scans.js';
import { stepCount, type StepWindow } from '../run/step-window.js';
import { formatNumber } from '../scales/format.js';
import { domainOf, MANY_LAYERS, NARROW_ROW, SMALL_ROW, TALL_ROW, type HeatModel } from './heat-model.js';
import { lineModel, type ChartLine, type LineModel, type Reference } from './line-model.js';
import { withRunBeside } from './overlay-run.js';
import { baselineLoss, clipThreshold, harmLoss, isOver, knownConfig, rateLimit, windowOf } from './run-facts.js';

/** Layers drawn in colour in the last track. */
export const TOP_LAYERS = 3;
/** Styles of the coloured layers: hue and dash both differ. */
export const RANK_STYLES = [
  { colour: 'other', dash: [], width: 2 },
  { colour: 'purple', dash: [5, 2], width: 1.5 },
  { colour: 'ok', dash: [2, 2], width: 1.5 },
] as const;
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
  const window = windowOf(run, memory.view);
  const stride = strideFor(stepCount(window), width);
  const height = narrow ? NARROW_HEIGHTS : HEIGHTS;
  const now = store.count > 0 ? store.lastStep : null;
  const net = (name: Parameters<typeof store.series>[0]) => cache.get(name, store.series(name), stride, window.from);
  const perLayer = Array.from({ length: store.layerCount }, (_, l) =>
    cache.get(`${memory.metric}/${l}`, store.layer(memory.metric, l), stride, window.from),
  );
  const selected = run.start?.layers.findIndex((layer) => layer.name === memory.layer) ?? -1;
  const top = topLayers(run, memory, selected);
  const tracks: Tracks = {
    window,
    now,
    shadeFrom: now !== null && now < window.to && !isOver(run) ? now : null,
    risk: net('risk'),
    loss: lineModel({
      lines: [line('loss', net('loss'))],
      broken: net('loss'),
      references: lossReferences(run),
      window,
      height: height.loss,
    }),
    rate: rateModel(run, net('learningRate'), window, height.rate),
    norm: normModel(run, net('globalGradNorm'), net('clippedGradNorm'), window, height.norm),
    heat: {
      metric: memory.metric,
      layers: perLayer,
      domain: domainOf(memory.metric, perLayer, store, window),
      window,
      stride,
      last: now ?? -1,
      rowHeight: store.layerCount > MANY_LAYERS ? SMALL_ROW : narrow ? NARROW_ROW : TALL_ROW,
      selected,
    },
    layers: lineModel({
      ...layerLines(run, perLayer, top),
      linear: isShare(memory.metric),
      top: 1.2,
      window,
      height: height.layers,
    }),
    top,
  };
  return withRunBeside(tracks, run, memory);
}

function line(name: string, buckets: Buckets, style: Partial<ChartLine> = {}): ChartLine {
  return { name, buckets, colour: 'run', dash: [], width: 1.75, dots: true, ...style };
}

function lossReferences(run: RunView): Reference[] {
  const references: Reference[] = [];
  const baseline = baselineLoss(run);
  if (baseline !== null) references.push({ value: baseline, label: 'baseline', colour: 'dim', dash: DOTTED, fit: true });
  const harm = harmLoss(run);
  const crossed = harm !== null && everTrue(run.store, 'harmed', (row) => !((run.store.series('loss')[row] as number) <= harm));
  if (harm !== null) references.push({ value: harm, label: '10× first loss', colour: crossed ? 'err' : 'dim', dash: DASHED, fit: crossed });
  return references;
}

function rateModel(run: RunView, rate: Buckets, window: StepWindow, height: number): LineModel {
  const limit = rateLimit(run);
  const largest = largestIn(rate);
  // A limit far below or above the rate cannot share a linear axis with it: then the reading says so.
  const shown = limit !== null && limit > largest / 20 && limit < largest * 5;
  const references: Reference[] = shown
    ? [{ value: limit, label: `limit ${formatNumber(limit)}`, colour: limit < largest ? 'err' : 'dim', dash: DASHED, fit: true }]
    : [];
  const top = Math.max(largest, shown ? limit : 0) * 1.5;
  return lineModel({ lines: [line('learning rate', rate, { dots: false })], references, linear: true, top, window, height });
}

function largestIn(buckets: Buckets): number {
  let largest = 0;
  for (let b = 0; b < buckets.length; b++) largest = Math.max(largest, buckets.max[b] as number);
  return Number.isFinite(largest) ? largest : 1;
}

function normModel(run: RunView, norm: Buckets, clipped: Buckets, window: StepWindow, height: number): LineModel {
  const threshold = clipThreshold(run);
  const isClipped = isEverClipped(run);
  const lines = isClipped ? [line('after clipping', clipped, { colour: 'fg', dash: [2, 2], width: 1, dots: false })] : [];
  lines.push(line('before clipping', norm));
  const references: Reference[] =
    threshold === null ? [] : [{ value: threshold, label: `clip ${formatNumber(threshold)}`, colour: 'dim', dash: DOTTED, fit: false }];
  return lineModel({ lines, references, broken: norm, window, height });
}

/** Whether the gradients of any frame were clipped. */
export function isEverClipped(run: RunView): boolean {
  if (knownConfig(run).training?.gradientClip === undefined) return false;
  const { store } = run;
  const before = store.series('globalGradNorm');
  const after = store.series('clippedGradNorm');
  return everTrue(store, 'clipped', (row) => (after[row] as number) < (before[row] as number) * (1 - 1e-6));
}

/** The selected layer first, then those with the largest value now; NaN counts as largest. */
function topLayers({ store }: RunView, { metric }: PageMemory, selected: number): number[] {
  const order = layersByValue(store.layerCount, (l) => (store.count > 0 ? (store.layer(metric, l)[store.count - 1] as number) : 0));
  const rest = order.filter((l) => l !== selected);
  return (selected >= 0 ? [selected, ...rest] : rest).slice(0, TOP_LAYERS);
}

/** Layer indices by descending value; NaN first, then infinity. */
export function layersByValue(count: number, value: (layer: number) => number): number[] {
  const key = (l: number) => {
    const v = value(l);
    return Number.isNaN(v) ? Infinity : Math.min(v, Number.MAX_VALUE);
  };
  return Array.from({ length: count }, (_, l) => l).sort((a, b) => (key(a) === key(b) ? a - b : key(b) - key(a)));
}

/** Few layers: each a curve, the rest fainter than those in colour. Many: all of them as ghosts, those in colour on top. */
function layerLines(run: RunView, perLayer: Buckets[], top: number[]): Pick<LineModel, 'lines' | 'ghosts'> {
  const name = (l: number) => run.start?.layers[l]?.name ?? `layer ${l + 1}`;
  const coloured = top.map((l, rank) => line(name(l), perLayer[l] as Buckets, RANK_STYLES[rank])).reverse();
  const thin = (colour: string) => perLayer.map((buckets, l) => line(name(l), buckets, { colour, width: 1, dots: false }));
  if (perLayer.length > MANY_LAYERS) return { lines: coloured, ghosts: thin('ghost') };
  return { lines: [...thin('faint').filter((_, l) => !top.includes(l)), ...coloured], ghosts: [] };
}
