import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import { TOP_CHOICES, type PageMemory, type TopChoice } from '../run/page-memory.js';
import { formatDecade, formatPercent } from '../scales/format.js';
import { legendTicks } from '../scales/heat-scale.js';
import type { HeatModel } from '../view/heat-model.js';
import { layerName, layersByValue, RANK_STYLES } from '../view/layer-lines.js';
import { formatMetric } from '../view/readings.js';
import type { Tracks } from '../view/tracks.js';
import type { PageActions } from './actions.js';
import { METRIC_EXPLANATIONS } from './metric-names.js';
import { styles } from './styles.js';
import { say } from '../language/language.js';

/** Layers listed beside the last track. */
const LISTED_LAYERS = 8;

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
        <span class="explanation"
          >${heat.other === undefined ? METRIC_EXPLANATIONS[heat.metric] : say('A above B; {0}', METRIC_EXPLANATIONS[heat.metric])}</span
        >
      </div>
    </div>
    <div></div>
  </div>`;
}

/** The layers of the last track by value at the crosshair, with the key of those in colour; a click selects one. */
export function layerList(
  run: RunView,
  { top, heat }: Tracks,
  { metric, layer }: PageMemory,
  row: number,
  select: (layer: string) => void,
): TemplateResult | typeof nothing {
  if (row < 0) return nothing;
  const value = (l: number) => run.store.layer(metric, l)[row] as number;
  const order = layersByValue(heat.shown, value);
  const others = order.filter((l) => !top.includes(l)).slice(0, Math.max(0, LISTED_LAYERS - top.length));
  const listed = order.filter((l) => top.includes(l) || others.includes(l));
  return html`<ul class="layer-list" aria-label=${say('Layers by value')}>
    ${listed.map((l) => {
      const name = layerName(run, l);
      const rank = top.indexOf(l);
      return html`<li class=${rank < 0 ? 'off' : ''}>
        <button aria-pressed=${name === layer ? 'true' : 'false'} @click=${() => select(name)}>
          <span class="key ${rank < 0 ? 'faint' : `${RANK_STYLES[rank]?.colour ?? ''} rank-${rank}`}" aria-hidden="true"></span>
          <span class="name" translate="no">${name}</span>
          <span>${formatMetric(metric, value(l))}</span>
        </button>
      </li>`;
    })}
  </ul>`;
}

/** How many layers are in colour, to be chosen. */
export function topChoice(shown: number, { top }: PageMemory, remember: PageActions['remember']): TemplateResult | typeof nothing {
  if (shown <= TOP_CHOICES[0]) return nothing;
  const choose = (event: Event) => remember({ top: Number((event.target as HTMLSelectElement).value) as TopChoice });
  return html`<label class="top">
    <span class="hidden">${say('Layers in colour')}</span>
    <select @change=${choose}>
      ${TOP_CHOICES.map((n) => html`<option value=${n} ?selected=${n === top}>${say('top {0}', n)}</option>`)}
    </select>
    ${say('of {0}', shown)}
  </label>`;
}
