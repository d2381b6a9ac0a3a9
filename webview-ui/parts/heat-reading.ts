import type { Palette } from '../charts/palette.js';
import type { RunView } from '../run/dashboard-state.js';
import type { HeatModel } from '../view/heat-model.js';
import { readAt } from '../view/readings.js';
import { readingHead } from '../view/timeline-words.js';

/** What the timeline reads at its crosshair, or at the newest frame, and how its heatmap colours it. */
export interface HeatReading {
  run: RunView;
  /** Row of the frame in the run's store, or -1 before the first. */
  row: number;
  /** Which step that is, in words. */
  head: string;
  heat: HeatModel;
  palette: Palette;
}

/** Tells who listens at the timeline what it reads now, by the event "heatreading". */
export function tellReading(timeline: HTMLElement, run: RunView, heat: HeatModel, palette: Palette, cursor: number | null): void {
  const readings = readAt(run, cursor);
  const detail: HeatReading = { run, row: readings?.row ?? -1, head: readingHead(run, readings, cursor, false), heat, palette };
  timeline.dispatchEvent(new CustomEvent('heatreading', { detail }));
}
