import { html, nothing, type TemplateResult } from 'lit';
import { stepPosition, type StepWindow, type View } from '../run/step-window.js';
import { stepTicks } from '../scales/ticks.js';
import { formatCount } from '../scales/format.js';
import type { Buckets } from '../run/buckets.js';
import { brokenRuns, plotY, type LineModel } from '../view/line-model.js';
import { placeLabels } from '../view/label-place.js';
import type { Marker } from '../view/markers.js';
import type { Reading } from '../view/readings.js';
import type { Tracks } from '../view/tracks.js';
import { icon } from './icon.js';
import { KEY_HELP_ID } from './key-help.js';
import { styles } from './styles.js';
import { say } from '../language/language.js';

/** Words in a hatched stretch need so many pixels. */
const WORD_WIDTH = 30;
/** Ticks closer to the crosshair's label than this give way to it. */
const CROSS_LABEL_ROOM = 24;
/** Pixels the word "forecast" needs right of now. */
const FORECAST_ROOM = 70;
/** Pixels between the ring of a forecast and its words. */
const HARM_LABEL_GAP = 8;
const px = (value: number) => `${value}px`;

/** The ruler on top: view switch, finding markers, step ticks, and which step the reading column shows. */
export function ruler(options: {
  tracks: Tracks;
  markers: Marker[];
  cursor: number | null;
  width: number;
  /** The view that is on; null while the reader has zoomed. */
  view: View | null;
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
      <span>${say('Step')}</span>
      <span class="views" role="group" aria-label=${say('Steps shown')}
        >${viewButton('whole', say('whole run'))}${viewButton('follow', say('follow'))}</span
      >
    </div>
    <div class="plot">
      ${stepTicks(window.from, window.to, width)
        .filter((step) => at(step) + 8 <= width && (cursor === null || Math.abs(at(step) - at(cursor)) > CROSS_LABEL_ROOM))
        .map((step) => html`<span class="step-tick" ${styles({ left: px(at(step)) })}>${formatCount(step)}</span>`)}
      ${forecastWord(tracks, at)} ${markers.map((marker) => markerFlag(marker, width, openMarker))}
      ${cursor === null ? nothing : html`<span class="cross-label" ${styles({ left: px(at(cursor)) })}>${formatCount(cursor)}</span>`}
    </div>
    <div class="reading">
      <span>${reading}</span>
      <button
        class="icon-button help"
        title=${say('Keys of the charts (?)')}
        aria-label=${say('Keys of the charts')}
        popovertarget=${KEY_HELP_ID}
      >
        ${icon('question')}
      </button>
    </div>
  </div>`;
}

/** The ruler before anything is known of its width: what is in it is drawn once, not twice. */
export function emptyRuler(): TemplateResult {
  return html`<div class="timeline">
    <div class="row ruler">
      <div class="gutter"></div>
      <div class="plot"></div>
      <div class="reading"></div>
    </div>
  </div>`;
}

/** Right of now, what is drawn has not happened: it says so where nothing else stands. */
function forecastWord({ forecast, shadeFrom, window }: Tracks, at: (step: number) => number): TemplateResult | typeof nothing {
  if (forecast.norm === null || shadeFrom === null || at(window.to) - at(shadeFrom) < FORECAST_ROOM) return nothing;
  return html`<span class="forecast-word" ${styles({ left: px(at(shadeFrom + 0.5) + 4) })}>${say('forecast')}</span>`;
}

/** Of what is no finding. */
const MARKER_ICONS: Partial<Record<Marker['severity'], string>> = { change: 'wrench', back: 'discard', parting: 'git-compare' };

function markerFlag(marker: Marker, width: number, open: (marker: Marker) => void): TemplateResult {
  const { severity, label, title: what, step, count, left, side } = marker;
  const title =
    count > 1 ? say('{0} and {1} more, step {2}', what, count - 1, formatCount(step)) : say('{0}, step {1}', what, formatCount(step));
  const place: Record<string, string> =
    side === 'left' ? { right: px(width - left - 6), left: 'auto' } : { left: px(left - 6), right: 'auto' };
  return html`<button class="flag ${severity} ${side}" title=${title} aria-label=${title} ${styles(place)} @click=${() => open(marker)}>
    ${icon(MARKER_ICONS[severity] ?? severity, severity)}${side === 'none' ? nothing : html`<span>${label}</span>`}
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
  menu: TemplateResult;
  extra?: TemplateResult | typeof nothing;
}): TemplateResult {
  const { key, title, unit, model, width, summary, reading, menu, extra } = options;
  return html`<div class="row line ${key}" data-track=${key} data-chart=${key}>
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
      ${model.forecast?.harm == null || width === 0 ? nothing : harmLabel(model.forecast.harm, model, width)}
    </div>
    ${menu}
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

/** Says where a forecast does harm, left of the ring that marks it; nothing where that is outside the chart. */
function harmLabel({ step, at }: { step: number; at: number }, model: LineModel, width: number): TemplateResult | typeof nothing {
  if (step > model.window.to || at > model.high) return nothing;
  const right = width - stepPosition(step, model.window) * width + HARM_LABEL_GAP;
  const place = { right: px(right), left: 'auto', top: px(plotY(at, model) - 7) };
  return html`<span class="plot-label err harm" ${styles(place)}>${say('about step {0}', formatCount(step))}</span>`;
}

/** Value and note of a track in the reading column; of two runs both values. */
export function readingOf(reading: Reading | undefined, other: Reading | null | undefined): TemplateResult | typeof nothing {
  if (reading === undefined) return nothing;
  if (other !== undefined)
    return html`<div class="value"><i class="line-key run" role="img" aria-label="A"></i>${reading.value}</div>
      <div class="value"><i class="line-key other" role="img" aria-label="B"></i>${other?.value ?? '–'}</div>
      <div class="dim note"><span class="long">${reading.note}${reading.rest}</span></div>`;
  return html`<div class="value">${reading.value}</div>
    <div class="dim note">${reading.note}<span class="long">${reading.rest}</span></div>`;
}

function between({ from, to }: StepWindow, window: StepWindow): ReturnType<typeof styles> {
  const [left, right] = [stepPosition(from - 0.5, window), stepPosition(to + 0.5, window)];
  return styles({ left: `${left * 100}%`, width: `${(right - left) * 100}%` });
}

/** Vertical lines through all tracks, findings, now, crosshair, and the stretch that is being dragged. */
export function overlay(tracks: Tracks, markers: Marker[], cursor: number | null, stretch: StepWindow | null): TemplateResult {
  const at = (step: number) => styles({ left: `${stepPosition(step, tracks.window) * 100}%` });
  const { shadeFrom } = tracks;
  return html`<div class="overlay" aria-hidden="true">
    ${markers.map(({ step, severity }) => html`<i class="marker ${severity}" ${at(step)}></i>`)}
    ${shadeFrom === null ? nothing : html`<i class="now" ${at(shadeFrom + 0.5)}></i>`}
    ${cursor === null ? nothing : html`<i class="cross" ${at(cursor)}></i>`}
    ${stretch === null ? nothing : html`<b class="stretch" ${between(stretch, tracks.window)}></b>`}
  </div>`;
}
