import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import type { PageMemory } from '../run/page-memory.js';
import { formatNumber } from '../scales/format.js';
import { formatMetric } from '../view/readings.js';
import { METRIC_NAMES } from './metric-names.js';

/** Rows of the table, spread over the run. */
const TABLE_ROWS = 20;

/** The charts as a table: figures of the net and the shown metric of every layer. Filled when it is opened. */
export function dataTable(run: RunView, { metric }: PageMemory, open: boolean, toggle: (open: boolean) => void): TemplateResult {
  return html`<details class="data-table" ?open=${open} @toggle=${(e: Event) => toggle((e.target as HTMLDetailsElement).open)}>
    <summary>Show the data as a table</summary>
    ${open ? tableOf(run, metric) : nothing}
  </details>`;
}

function tableOf(run: RunView, metric: PageMemory['metric']): TemplateResult {
  const { store, start } = run;
  const count = Math.min(TABLE_ROWS, store.count);
  const rows = Array.from({ length: count }, (_, i) => Math.round((i * (store.count - 1)) / Math.max(1, count - 1)));
  const names = start?.layers.map((layer) => layer.name) ?? [];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Data of the charts">
    <table class="figures-table">
      <caption>
        ${METRIC_NAMES[metric]} of each layer
      </caption>
      <thead>
        <tr>
          ${['step', 'loss', 'learning rate', 'gradient norm', 'after clipping', 'risk', ...names].map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => {
          const net = (['loss', 'learningRate', 'globalGradNorm', 'clippedGradNorm', 'risk'] as const).map(
            (name) => store.series(name)[row] as number,
          );
          return html`<tr>
            <td>${store.step[row]}</td>
            ${net.map((value) => html`<td>${formatNumber(value)}</td>`)}
            ${names.map((_, l) => html`<td>${formatMetric(metric, store.layer(metric, l)[row] as number)}</td>`)}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
