import { SHOWN_METRICS, type ShownMetric } from './run-store.js';
import type { View } from './step-window.js';

/** What the page itself decides and keeps over a reload. */
export interface PageMemory {
  version: 1;
  /** The run it last showed: for the host, which restores the panel. */
  run: string | null;
  /** The run that was laid over it. */
  compare: string | null;
  metric: ShownMetric;
  view: View;
  /** Name of the selected layer. */
  layer: string | null;
}

export const FIRST_MEMORY: PageMemory = { version: 1, run: null, compare: null, metric: 'gradNorm', view: 'whole', layer: null };

/** Reads what was kept; anything that is not a memory of this version becomes the first one. */
export function readMemory(kept: unknown): PageMemory {
  if (typeof kept !== 'object' || kept === null) return FIRST_MEMORY;
  const value = kept as Partial<PageMemory>;
  if (value.version !== 1) return FIRST_MEMORY;
  return {
    version: 1,
    run: typeof value.run === 'string' ? value.run : null,
    compare: typeof value.compare === 'string' ? value.compare : null,
    metric: SHOWN_METRICS.find((metric) => metric === value.metric) ?? 'gradNorm',
    view: value.view === 'follow' ? 'follow' : 'whole',
    layer: typeof value.layer === 'string' ? value.layer : null,
  };
}
