import type { Buckets } from '../run/buckets.js';
import type { RunView } from '../run/dashboard-state.js';
import type { PageMemory } from '../run/page-memory.js';
import { MANY_LAYERS } from './heat-model.js';
import { chartLine, type ChartLine, type LineModel } from './line-model.js';
import { say } from '../language/language.js';

/** Styles of the coloured layers, first rank first: hue and dash together tell them apart, at most three hues. */
export const RANK_STYLES = [
  { colour: 'other', dash: [], width: 2 },
  { colour: 'purple', dash: [5, 2], width: 1.5 },
  { colour: 'ok', dash: [2, 2], width: 1.5 },
  { colour: 'other', dash: [8, 3, 2, 3], width: 1.5 },
  { colour: 'purple', dash: [], width: 1.25 },
  { colour: 'ok', dash: [7, 2], width: 1.25 },
  { colour: 'other', dash: [2, 3], width: 1.25 },
  { colour: 'purple', dash: [1, 2], width: 1.25 },
] as const;

export function layerName(run: RunView, l: number): string {
  return run.start?.layers[l]?.name ?? say('layer {0}', l + 1);
}

/** The selected layer first, then those of the shown ones with the largest value now; NaN counts as largest. */
export function topLayers({ store }: RunView, { metric, top }: PageMemory, shown: readonly number[], selected: number): number[] {
  const order = layersByValue(shown, (l) => (store.count > 0 ? (store.layer(metric, l)[store.count - 1] as number) : 0));
  const rest = order.filter((l) => l !== selected);
  return (selected >= 0 ? [selected, ...rest] : rest).slice(0, top);
}

/** Layer indices by descending value; NaN first, then infinity. */
export function layersByValue(layers: readonly number[], value: (layer: number) => number): number[] {
  const key = (l: number) => {
    const v = value(l);
    return Number.isNaN(v) ? Infinity : Math.min(v, Number.MAX_VALUE);
  };
  return [...layers].sort((a, b) => (key(a) === key(b) ? a - b : key(b) - key(a)));
}

/**
 * Few layers: each a curve, the rest fainter than those in colour. Many: all of them as ghosts, those in colour on top.
 * @param shown layers with a curve; `perLayer` has their buckets in the same order
 */
export function layerLines(
  run: RunView,
  shown: readonly number[],
  perLayer: readonly Buckets[],
  top: readonly number[],
): Pick<LineModel, 'lines' | 'ghosts'> {
  const buckets = new Map(shown.map((l, i) => [l, perLayer[i]]));
  const bucketsOf = (l: number) => buckets.get(l) as Buckets;
  const coloured = top.map((l, rank) => chartLine(layerName(run, l), bucketsOf(l), RANK_STYLES[rank])).reverse();
  const thin = (layers: readonly number[], colour: string): ChartLine[] =>
    layers.map((l) => chartLine(layerName(run, l), bucketsOf(l), { colour, width: 1, dots: false }));
  if (shown.length > MANY_LAYERS) return { lines: coloured, ghosts: thin(shown, 'ghost') };
  return {
    lines: [
      ...thin(
        shown.filter((l) => !top.includes(l)),
        'faint',
      ),
      ...coloured,
    ],
    ghosts: [],
  };
}
