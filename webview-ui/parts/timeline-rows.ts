import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import { largestRow } from '../run/scans.js';
import { stepAtShare, stepPosition, type View } from '../run/step-window.js';
import { stepTicks } from '../scales/ticks.js';
import { formatCount, formatNumber } from '../scales/format.js';
import type { Buckets } from '../run/buckets.js';
import { FINITE } from '../run/pyramid.js';
import { brokenRuns, forBuckets, plotY, type LineModel } from '../view/line-model.js';
import { placeLabels } from '../view/label-place.js';
import type { Marker } from '../view/markers.js';
import type { Reading } from '../view/readings.js';
import type { Tracks } from '../view/tracks.js';
import { icon } from './icon.js';
import { styles } from './styles.js';

/** Words in a hatched stretch need so many pixels. */
const WORD_WIDTH = 30;
/** Ticks closer to the crosshair's label than this give way to it. */
const CROSS_LABEL_ROOM = 24;
const px = (value: number) => `${value}px`;

/** The ruler on top: view switch, finding markers, step ticks, and which step the reading column shows. */
export function ruler(options: {
  tracks: Tracks;
  markers: Marker[];
  cursor: number | null;
  width: number;
  view: View;
  reading: string;
  setView: (view: View) => void;
  openMarker: (marker: Marker) => void;
}): TemplateResult {
  const { tracks, markers, cursor, width, view, reading, setView, openMarker } = options;
  const { window } = tracks;
  const at = (step: number) => stepPosition(step, window) * width;
  const viewButton = (value: View, text: string) =>
    html`<button aria-pressed=${value === view ? 'true' : 'false'} @click=${() => setView(value)}>${text}</button>`;
  return html`<div class="row ruler">
    <div class="gutter">
      <span>Step</span>
      <span class="views" role="group" aria-label="Steps shown">${viewButton('whole', 'whole run')}${viewButton('follow', 'follow')}</span>
    </div>
    <div class="plot">
      ${stepTicks(window.from, window.to, width)
        .filter((step) => at(step) + 8 <= width && (cursor === null || Math.abs(at(step) - at(cursor)) > CROSS_LABEL_ROOM))
        .map((step) => html`<span class="step-tick" ${styles({ left: px(at(step)) })}>${formatCount(step)}</span>`)}
      ${markers.map((marker) => markerFlag(marker, width, openMarker))}
      ${cursor === null ? nothing : html`<span class="cross-label" ${styles({ left: px(at(cursor)) })}>${formatCount(cursor)}</span>`}
    </div>
    <div class="reading">${reading}</div>
  </div>`;
}

function markerFlag(marker: Marker, width: number, open: (marker: Marker) => void): TemplateResult {
  const { severity, label, step, count, left, side } = marker;
  const title = `${label}${count > 1 ? ` and ${count - 1} more` : ''}, step ${formatCount(step)}`;
  const place: Record<string, string> =
    side === 'left' ? { right: px(width - left - 6), left: 'auto' } : { left: px(left - 6), right: 'auto' };
  return html`<button class="flag ${severity} ${side}" title=${title} aria-label=${title} ${styles(place)} @click=${() => open(marker)}>
    ${icon(severity, severity)}${side === 'none' ? nothing : html`<span>${label}</span>`}
  </button>`;
}

/** One line track: name and y ticks, plot, reading. The chart itself is painted into `.chart`. */
export function lineRow(options: {
  key: string;
  title: string;
  unit: string;
  model: LineModel;
  width: number;
  summary: string;
  reading: TemplateResult | typeof nothing;
  extra?: TemplateResult;
}): TemplateResult {
  const { key, title, unit, model, width, summary, reading, extra } = options;
  return html`<div class="row line ${key}" data-track=${key}>
    <div class="gutter">
      <h2>${title}</h2>
      <div class="unit">${unit}</div>
      ${extra ?? nothing}
      <div class="y-ticks" aria-hidden="true">
        ${model.ticks.map(({ at, label }) => html`<span ${styles({ top: px(plotY(at, model)) })}>${label}</span>`)}
      </div>
    </div>
    <div class="plot" role="img" aria-label=${summary} ${styles({ height: px(model.height) })}>
      <div class="chart"></div>
      ${
        width > 0
          ? placeLabels(model, width).map(
              ({ text, tone, left, top }) =>
                html`<span class="plot-label ${tone}" ${styles({ left: px(left), top: px(top) })}>${text}</span>`,
            )
          : nothing
      }
      ${model.broken === null ? nothing : brokenWords(model.broken, model, width)}
    </div>
    <div class="reading">${reading}</div>
  </div>`;
}

function brokenWords(broken: Buckets, model: LineModel, width: number): TemplateResult[] {
  return brokenRuns(broken, model.window).flatMap(({ kind, from, to }) => {
    const left = stepPosition(from - 0.5, model.window) * width;
    const right = stepPosition(to + 0.5, model.window) * width;
    if (right - left < WORD_WIDTH) return [];
    return [html`<span class="plot-label word" ${styles({ left: px((left + right) / 2), top: px(model.height / 2 - 7) })}>${kind}</span>`];
  });
}

/** Value and note of a track in the reading column. */
export function readingOf(reading: Reading | undefined): TemplateResult | typeof nothing {
  if (reading === undefined) return nothing;
  return html`<div class="value">${reading.value}</div>
    <div class="dim note">${reading.note}<span class="long">${reading.rest}</span></div>`;
}

/** Vertical lines through all tracks: findings, now, crosshair. */
export function overlay(tracks: Tracks, markers: Marker[], cursor: number | null): TemplateResult {
  const at = (step: number) => styles({ left: `${stepPosition(step, tracks.window) * 100}%` });
  const { shadeFrom } = tracks;
  return html`<div class="overlay" aria-hidden="true">
    ${markers.map(({ step, severity }) => html`<i class="marker ${severity}" ${at(step)}></i>`)}
    ${shadeFrom === null ? nothing : html`<i class="now" ${at(shadeFrom + 0.5)}></i>`}
    ${cursor === null ? nothing : html`<i class="cross" ${at(cursor)}></i>`}
  </div>`;
}

/** First, last and largest value of a track in words, for those who cannot see it. */
export function summaryOf(title: string, run: RunView, name: 'loss' | 'learningRate' | 'globalGradNorm' | 'risk'): string {
  const { store } = run;
  if (store.count === 0) return `${title}. No data yet.`;
  const column = store.series(name);
  const at = (row: number) => `step ${store.step[row]}: ${formatNumber(column[row])}`;
  const largest = largestRow(store, name);
  const most = largest < 0 ? '' : ` Largest at ${at(largest)}.`;
  return `${title}. First, ${at(0)}. Last, ${at(store.count - 1)}.${most}`;
}

/** Index of the layer with the largest finite value on screen, for the heatmap's summary; -1 where there is none. */
export function hottestLayer(layers: readonly Buckets[], tracks: Tracks): number {
  let best = -1;
  let value = -Infinity;
  layers.forEach((buckets, l) =>
    forBuckets(buckets, tracks.window, (b) => {
      if (buckets.kind[b] === FINITE && (buckets.max[b] as number) > value) [best, value] = [l, buckets.max[b] as number];
    }),
  );
  return best;
}

/** The step under a pointer, limited to what was measured; null outside the plots. */
export function stepUnder(clientX: number, plot: DOMRect, { window, now }: Tracks): number | null {
  const share = (clientX - plot.left) / plot.width;
  if (!(share >= 0 && share <= 1) || now === null) return null;
  return Math.min(stepAtShare(share, window), now);
}
