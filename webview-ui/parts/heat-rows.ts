import { html, nothing, type TemplateResult } from 'lit';
import type { Palette } from '../charts/palette.js';
import type { RunView } from '../run/dashboard-state.js';
import type { PageMemory } from '../run/page-memory.js';
import { isShare, SHOWN_METRICS, type RunStore, type ShownMetric } from '../run/run-store.js';
import { cssColour, inkOn, rampIndex, type Rgb } from '../scales/heat-scale.js';
import { formatCount, formatNumber } from '../scales/format.js';
import { MANY_LAYERS, type HeatModel } from '../view/heat-model.js';
import { formatMetric } from '../view/readings.js';
import { layerRows, spaced, type LayerRow } from '../view/run-facts.js';
import type { PageActions } from './actions.js';
import { METRIC_NAMES } from './metric-names.js';
import { silhouette } from './silhouette.js';
import { styles } from './styles.js';
import { say } from '../language/language.js';

const COLUMNS: [ShownMetric, string][] = [
  ['gradNorm', say('gradient')],
  ['weightNorm', say('weight')],
  ['updateRatio', say('update')],
];
/** Fewer layers than this need no filter. */
const LEAST_FILTERED = 4;

/** Heading of the layers: metric buttons, the filter, and the heads of the value columns. */
export function layerHead(options: {
  memory: PageMemory;
  /** Each row holds two runs. */
  split: boolean;
  layers: number;
  remember: PageActions['remember'];
  menu: TemplateResult;
}): TemplateResult {
  const { memory, split, layers, remember, menu } = options;
  const { metric } = memory;
  return html`<div class="row layer-head" data-chart="heat">
    <div class="gutter">
      <h2>${say('Layers')}</h2>
      <span>${say('params')}</span>
    </div>
    <div class="plot">
      <div class="metrics" role="group" aria-label=${say('Layer metric')}>
        ${SHOWN_METRICS.map(
          (m) =>
            html`<button aria-pressed=${m === metric ? 'true' : 'false'} @click=${() => remember({ metric: m })}>
              ${METRIC_NAMES[m]}
            </button>`,
        )}
      </div>
      ${
        layers < LEAST_FILTERED
          ? nothing
          : html`<input
              class="filter"
              type="search"
              placeholder=${say('Filter layers')}
              aria-label=${say('Filter layers by name or type')}
              .value=${memory.filter}
              @input=${(event: Event) => remember({ filter: (event.target as HTMLInputElement).value })}
            />`
      }
      ${menu}
    </div>
    <div class="columns">
      ${split ? html`<span>A</span><span>B</span><span>A ÷ B</span>` : columnsOf(metric).map(([m, name]) => html`<span class=${m === metric ? 'on' : ''}>${name}</span>`)}
    </div>
  </div>`;
}

/** Columns of a layer's values. A share takes the place of the update where it is chosen, so the coloured column is always there. */
export function columnsOf(metric: ShownMetric): [ShownMetric, string][] {
  return isShare(metric) ? [...COLUMNS.slice(0, 2), [metric, metric === 'dead' ? say('dead') : say('zeros')]] : COLUMNS;
}

/** Heatmap with the model column on its left and the values at the crosshair on its right. */
export function heatRow(options: {
  run: RunView;
  heat: HeatModel;
  row: number;
  palette: Palette;
  summary: string;
  select: (layer: string) => void;
}): TemplateResult {
  const { run, heat, row, palette, summary, select } = options;
  const otherRow = rowBeside(run, row);
  const all = layerRows(run);
  const widest = Math.max(1, ...all.map((layer) => layer.units));
  const column = heat.shown.map((l, place) => {
    const layer = all[l];
    if (layer === undefined) return nothing;
    return layerButton({ layer, l, place, next: all[l + 1]?.units ?? layer.units, widest, run, heat, row, palette, select });
  });
  return html`<div
    class="heat-scroll ${heat.shown.length > MANY_LAYERS ? 'many' : ''} ${heat.other === undefined ? '' : 'split'}"
    ${styles({ '--row': `${heat.rowHeight}px` })}
  >
    <div class="row heat" data-track="heat">
      <div class="model">${heat.shown.length === 0 ? html`<p class="dim">${say('No layer matches.')}</p>` : column}</div>
      <div class="plot" role="img" aria-label=${summary} ${styles({ height: `${heat.shown.length * heat.rowHeight}px` })}>
        <canvas class="heat-canvas"></canvas>
      </div>
      <div class="values">
        ${heat.shown.map((l, place) => (run.beside === undefined ? valueCells(run.store, heat, l, row, palette) : splitCells(run, heat, place, [row, otherRow], palette)))}
      </div>
    </div>
  </div>`;
}

function layerButton(options: {
  layer: LayerRow;
  l: number;
  /** Row of the heatmap. */
  place: number;
  /** Units of the next layer of the net. */
  next: number;
  widest: number;
  run: RunView;
  heat: HeatModel;
  row: number;
  palette: Palette;
  select: (layer: string) => void;
}): TemplateResult {
  const { layer, l, place, next, widest, run, heat, row, palette, select } = options;
  const activation = layer.activation === undefined ? '' : `, ${layer.activation}`;
  const facts = say(
    '{0}, {1} units{2}, {3} parameters',
    spaced(layer.type),
    formatCount(layer.units),
    activation,
    formatCount(layer.parameters),
  );
  const title = `${layer.name}: ${facts}`;
  const pressed = heat.selected === place ? 'true' : 'false';
  return html`<button class="layer" title=${title} aria-pressed=${pressed} @click=${() => select(layer.name)}>
    ${silhouette({ units: layer.units, next, widest, colour: shapeColour(run.store, heat, l, row, palette) })}
    <span class="name" translate="no">${layer.name}</span>
    <span class="parameters">${formatCount(layer.parameters)}</span>
  </button>`;
}

/** What a layer's silhouette is painted with: the colour of the heatmap's metric at a frame. */
export function shapeColour(store: RunStore, { metric, domain }: HeatModel, l: number, row: number, palette: Palette): string | null {
  if (row < 0) return null;
  const value = store.layer(metric, l)[row] as number;
  return Number.isFinite(value) ? (palette.rampCss[rampIndex(value, domain)] ?? null) : 'broken';
}

/** Background and ink of a value on the heatmap's scale; nothing for what is no number. */
export function valuePaint({ domain }: HeatModel, value: number, palette: Palette): Record<string, string> {
  if (!Number.isFinite(value)) return {};
  const colour = palette.ramp[rampIndex(value, domain)] as Rgb;
  return { background: cssColour(colour), color: cssColour(inkOn(colour)) };
}

function valueCells(store: RunStore, heat: HeatModel, l: number, row: number, palette: Palette): TemplateResult {
  if (row < 0) return html`<div class="cells"></div>`;
  return html`<div class="cells">
    ${columnsOf(heat.metric).map(([metric]) => {
      const value = store.layer(metric, l)[row] as number;
      const on = metric === heat.metric;
      return html`<span class=${on ? 'on' : ''} ${styles(on ? valuePaint(heat, value, palette) : {})}
        >${formatMetric(metric, value)}</span
      >`;
    })}
  </div>`;
}

/** Row of the run beside at the step of a row of the run on show; -1 where it has no frame there. */
function rowBeside({ store, beside }: RunView, row: number): number {
  const step = row < 0 ? Infinity : (store.step[row] as number);
  return beside === undefined || step > beside.run.store.lastStep ? -1 : beside.run.store.rowAt(step);
}

/** Of two runs the values of the metric on show, and how many times the second one the first is. */
function splitCells(run: RunView, heat: HeatModel, place: number, [row, otherRow]: [number, number], palette: Palette): TemplateResult {
  const { metric, shown, other } = heat;
  const index = other?.indices[place] ?? -1;
  const store = run.beside?.run.store;
  const a = row < 0 ? null : (run.store.layer(metric, shown[place] ?? 0)[row] as number);
  const b = index < 0 || otherRow < 0 || store === undefined ? null : (store.layer(metric, index)[otherRow] as number);
  const cell = (value: number | null) =>
    html`<span class="on" ${styles(value === null ? {} : valuePaint(heat, value, palette))}
      >${value === null ? '–' : formatMetric(metric, value)}</span
    >`;
  const ratio = a === null || b === null || !(a > 0 && b > 0) ? '' : `×${formatNumber(a / b, 2)}`;
  return html`<div class="cells">${cell(a)}${cell(b)}<span>${ratio}</span></div>`;
}
