import { FINITE } from '../run/pyramid.js';
import type { RunView } from '../run/dashboard-state.js';
import { layerName } from './layer-lines.js';
import { plotY } from './line-model.js';
import type { Tracks } from './tracks.js';

/** A curve further from the pointer than this is not meant. */
const REACH_PIXELS = 12;

/** Name of the layer at a place of the heatmap or of the layers' curves; null where there is none. `y` in pixels from the top of the plot. */
export function layerAt(run: RunView, { heat, layers }: Tracks, chart: 'heat' | 'layers', step: number, y: number): string | null {
  if (chart === 'heat') {
    const l = heat.shown[Math.floor(y / heat.rowHeight)];
    return l === undefined ? null : layerName(run, l);
  }
  let nearest: number | null = null;
  let distance = REACH_PIXELS;
  heat.layers.forEach((buckets, place) => {
    const b = Math.floor(step / buckets.stride) - buckets.first;
    if (buckets.kind[b] !== FINITE) return;
    const [low, high] = layers.linear ? [buckets.min, buckets.max] : [buckets.logMin, buckets.logMax];
    const [bottom, top] = [plotY(low[b] as number, layers), plotY(high[b] as number, layers)];
    const away = Math.max(0, top - y, y - bottom);
    if (away < distance) [nearest, distance] = [heat.shown[place] ?? null, away];
  });
  return nearest === null ? null : layerName(run, nearest);
}
