import { html, nothing, type TemplateResult } from 'lit';
import type { Palette } from '../charts/palette.js';
import type { RunView } from '../run/dashboard-state.js';
import { isShare, SHOWN_METRICS, type RunStore, type ShownMetric } from '../run/run-store.js';
import { cssColour, inkOn, legendTicks, rampIndex, type Rgb } from '../scales/heat-scale.js';
import { formatCount, formatDecade, formatPercent } from '../scales/format.js';
import type { HeatModel } from '../view/heat-model.js';
import { MANY_LAYERS } from '../view/heat-model.js';
import { formatMetric } from '../view/readings.js';
import { layerRows, spaced, type LayerRow } from '../view/run-facts.js';
import { layersByValue, RANK_STYLES, type Tracks } from '../view/tracks.js';
import { METRIC_EXPLANATIONS, METRIC_NAMES } from './metric-names.js';
import { styles } from './styles.js';

const COLUMNS: [ShownMetric, string][] = [
  ['gradNorm', 'gradient'],
  ['weightNorm', 'weight'],
  ['updateRatio', 'update'],
];
/** Width of the silhouette's widest layer and what every layer has. */
const SILHOUETTE = 34;
const LEAST_SILHOUETTE = 4;
/** Layers listed beside the last track. */
const LISTED_LAYERS = 8;

/** Heading of the layers: metric buttons and the heads of the value columns. */
export function layerHead(metric: ShownMetric, choose: (metric: ShownMetric) => void): TemplateResult {
  return html`<div class="row layer-head">
    <div class="gutter">
      <h2>Layers</h2>
      <span>params</span>
    </div>
    <div class="plot">
      <div class="metrics" role="group" aria-label="Layer metric">
        ${SHOWN_METRICS.map(
          (m) => html`<button aria-pressed=${m === metric ? 'true' : 'false'} @click=${() => choose(m)}>${METRIC_NAMES[m]}</button>`,
        )}
      </div>
    </div>
    <div class="columns">${columnsOf(metric).map(([m, name]) => html`<span class=${m === metric ? 'on' : ''}>${name}</span>`)}</div>
  </div>`;
}

/** A share takes the place of the update where it is chosen, so the coloured column is always there. */
function columnsOf(metric: ShownMetric): [ShownMetric, string][] {
  return isShare(metric) ? [...COLUMNS.slice(0, 2), [metric, metric]] : COLUMNS;
}

/** Heatmap with the model column on its left and the values at the crosshair on its right. */
export function heatRow(options: {
  run: RunView;
  heat: HeatModel;
  row: number;
  palette: Palette;
  summary: string;
  select: (layer: LayerRow) => void;
}): TemplateResult {
  const { run, heat, row, palette, summary, select } = options;
  const rows = layerRows(run);
  const widest = Math.max(1, ...rows.map((layer) => layer.units));
  const click = (event: MouseEvent) => {
    const top = (event.currentTarget as HTMLElement).getBoundingClientRect().top;
    const layer = rows[Math.floor((event.clientY - top) / heat.rowHeight)];
    if (layer !== undefined) select(layer);
  };
  return html`<div class="heat-scroll ${rows.length > MANY_LAYERS ? 'many' : ''}" ${styles({ '--row': `${heat.rowHeight}px` })}>
    <div class="row heat">
      <div class="model">
        ${rows.map((layer, l) => layerButton(layer, l, rows[l + 1]?.units ?? layer.units, widest, run.store, heat, row, palette, select))}
      </div>
      <div class="plot" role="img" aria-label=${summary} ${styles({ height: `${rows.length * heat.rowHeight}px` })} @click=${click}>
        <canvas class="heat-canvas"></canvas>
      </div>
      <div class="values">${rows.map((_, l) => valueCells(run.store, heat, l, row, palette))}</div>
    </div>
  </div>`;
}

function layerButton(
  layer: LayerRow,
  l: number,
  nextUnits: number,
  widest: number,
  store: RunStore,
  heat: HeatModel,
  row: number,
  palette: Palette,
  select: (layer: LayerRow) => void,
): TemplateResult {
  const value = row < 0 ? NaN : (store.layer(heat.metric, l)[row] as number);
  const colour = Number.isFinite(value) ? palette.rampCss[rampIndex(value, heat.domain)] : undefined;
  const activation = layer.activation === undefined ? '' : `, ${layer.activation}`;
  const title = `${layer.name}: ${spaced(layer.type)}, ${formatCount(layer.units)} units${activation}, ${formatCount(layer.parameters)} parameters`;
  return html`<button class="layer" title=${title} aria-pressed=${heat.selected === l ? 'true' : 'false'} @click=${() => select(layer)}>
    <span class="shape" aria-hidden="true"
      ><i
        class=${row < 0 ? 'unknown' : colour === undefined ? 'broken' : ''}
        ${styles({ 'clip-path': neck(layer.units, nextUnits, widest), background: colour ?? '' })}
      ></i
    ></span>
    <span class="name">${layer.name}</span>
    <span class="parameters">${formatCount(layer.parameters)}</span>
  </button>`;
}

/** Trapezium from this layer's width to the next one's; width is the square root of the units. */
function neck(units: number, next: number, widest: number): string {
  const width = (u: number) => LEAST_SILHOUETTE + (SILHOUETTE - LEAST_SILHOUETTE) * Math.sqrt(u / widest);
  const [top, bottom] = [width(units), width(next)];
  const [a, b] = [(SILHOUETTE - top) / 2, (SILHOUETTE - bottom) / 2];
  return `polygon(${a}px 0, ${a + top}px 0, ${b + bottom}px 100%, ${b}px 100%)`;
}

function valueCells(store: RunStore, heat: HeatModel, l: number, row: number, palette: Palette): TemplateResult {
  if (row < 0) return html`<div class="cells"></div>`;
  return html`<div class="cells">
    ${columnsOf(heat.metric).map(([metric]) => {
      const value = store.layer(metric, l)[row] as number;
      const on = metric === heat.metric;
      const colour = on && Number.isFinite(value) ? (palette.ramp[rampIndex(value, heat.domain)] as Rgb) : null;
      const paint: Record<string, string> = colour === null ? {} : { background: cssColour(colour), color: cssColour(inkOn(colour)) };
      return html`<span class=${on ? 'on' : ''} ${styles(paint)}>${formatMetric(metric, value)}</span>`;
    })}
  </div>`;
}

/** The colour scale with its ticks, and the patterns of values that are no numbers. */
export function legend(heat: HeatModel): TemplateResult {
  const { low, high, linear } = heat.domain;
  return html`<div class="row legend-row">
    <div class="gutter"></div>
    <div class="plot">
      <div class="legend">
        <span class="ramp">
          <canvas class="ramp-canvas" aria-hidden="true"></canvas>
          ${legendTicks(heat.domain).map(
            (tick) =>
              html`<span ${styles({ left: `${((tick - low) / (high - low)) * 100}%` })}
                >${linear ? formatPercent(tick) : formatDecade(tick)}</span
              >`,
          )}
        </span>
        <span class="swatch"><canvas class="swatch-canvas" data-kind="Inf" aria-hidden="true"></canvas>Inf</span>
        <span class="swatch"><canvas class="swatch-canvas" data-kind="NaN" aria-hidden="true"></canvas>NaN</span>
        <span class="explanation">${METRIC_EXPLANATIONS[heat.metric]}</span>
      </div>
    </div>
    <div></div>
  </div>`;
}

/** The layers of the last track by value at the crosshair, with the key of those in colour. */
export function layerList(run: RunView, tracks: Tracks, metric: ShownMetric, row: number): TemplateResult | typeof nothing {
  if (row < 0) return nothing;
  const { store } = run;
  const order = layersByValue(store.layerCount, (l) => store.layer(metric, l)[row] as number);
  const others = order.filter((l) => !tracks.top.includes(l)).slice(0, LISTED_LAYERS - tracks.top.length);
  const listed = order.filter((l) => tracks.top.includes(l) || others.includes(l));
  return html`<ul class="layer-list">
    ${listed.map((l) => {
      const rank = tracks.top.indexOf(l);
      return html`<li class=${rank < 0 ? 'off' : ''}>
        <span class="key ${rank < 0 ? 'faint' : (RANK_STYLES[rank]?.colour ?? '')}" aria-hidden="true"></span>
        <span class="name">${run.start?.layers[l]?.name ?? l + 1}</span>
        <span>${formatMetric(metric, store.layer(metric, l)[row] as number)}</span>
      </li>`;
    })}
  </ul>`;
}
