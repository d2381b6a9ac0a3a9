import { SHOWN_METRICS, type ShownMetric } from './run-store.js';
import type { StepWindow, View } from './step-window.js';

/** How many layers the last track may have in colour. */
export const TOP_CHOICES = [1, 3, 5, 8] as const;
export type TopChoice = (typeof TOP_CHOICES)[number];

/** What the page itself decides and keeps over a reload. */
export interface PageMemory {
  version: 1;
  /** The run it last showed: for the host, which restores the panel. */
  run: string | null;
  /** The run that was laid over it. */
  compare: string | null;
  metric: ShownMetric;
  view: View;
  /** Steps the reader looks at closely; null where the view decides. */
  zoom: StepWindow | null;
  /** Name of the selected layer. */
  layer: string | null;
  /** Text that names of layers must contain to be shown. */
  filter: string;
  /** Layers in colour in the last track. */
  top: TopChoice;
  /** Whether the model is unfolded; null where its number of layers decides. */
  model: boolean | null;
}

export const FIRST_MEMORY: PageMemory = {
  version: 1,
  run: null,
  compare: null,
  metric: 'gradNorm',
  view: 'whole',
  zoom: null,
  layer: null,
  filter: '',
  top: 3,
  model: null,
};

/** What belongs to one run and is forgotten with it. */
export const FORGOTTEN: Partial<PageMemory> = { zoom: null, layer: null, filter: '' };

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
    zoom: readWindow(value.zoom),
    layer: typeof value.layer === 'string' ? value.layer : null,
    filter: typeof value.filter === 'string' ? value.filter : '',
    top: TOP_CHOICES.find((top) => top === value.top) ?? FIRST_MEMORY.top,
    model: typeof value.model === 'boolean' ? value.model : null,
  };
}

function readWindow(kept: unknown): StepWindow | null {
  const { from, to } = (kept ?? {}) as Partial<StepWindow>;
  return Number.isInteger(from) && Number.isInteger(to) ? { from: Number(from), to: Number(to) } : null;
}
