import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import type { PageMemory } from '../run/page-memory.js';
import { formatCount, formatNumber } from '../scales/format.js';
import { chartColumns, CHARTS, CHART_TITLES, netColumns, type ChartKey, type DataColumn } from '../view/chart-data.js';
import { formatMetric } from '../view/readings.js';
import { matchingLayers, windowOf } from '../view/run-facts.js';
import { branchTables } from './branch-table.js';
import { METRIC_NAMES } from './metric-names.js';
import { say } from '../language/language.js';

/** Rows of the table, spread over the steps on show. */
const TABLE_ROWS = 20;

/** What the table is about; closed while null. */
export type TableChoice = ChartKey | 'all' | null;

/** The charts as a table: the numbers of one of them, or of all, at steps spread over the window. Filled when it is opened. */
export function dataTable(run: RunView, memory: PageMemory, chart: TableChoice, choose: (chart: TableChoice) => void): TemplateResult {
  const toggle = (event: Event) => {
    const { open } = event.target as HTMLDetailsElement;
    if (open !== (chart !== null)) choose(open ? 'all' : null);
  };
  return html`<details class="data-table" ?open=${chart !== null} @toggle=${toggle}>
    <summary>${say('Show the data as a table')}</summary>
    ${chart === null ? nothing : html`${choices(chart, choose)} ${tableOf(run, memory, chart)}`}
  </details>`;
}

function choices(chart: TableChoice, choose: (chart: TableChoice) => void): TemplateResult {
  return html`<div class="metrics" role="group" aria-label=${say('Chart')}>
    ${(['all', ...CHARTS] as const).map(
      (key) =>
        html`<button aria-pressed=${key === chart ? 'true' : 'false'} @click=${() => choose(key)}>
          ${key === 'all' ? say('All') : CHART_TITLES[key]}
        </button>`,
    )}
  </div>`;
}

function tableOf(run: RunView, memory: PageMemory, chart: ChartKey | 'all'): TemplateResult {
  const { store } = run;
  const { from, to } = windowOf(run, memory);
  const [first, end] = [store.rowsBefore(from), store.rowsBefore(to + 1)];
  const count = Math.min(TABLE_ROWS, end - first);
  const rows = Array.from({ length: count }, (_, i) => first + Math.round((i * (end - first - 1)) / Math.max(1, count - 1)));
  const layers = matchingLayers(run, memory.filter);
  const columns =
    chart === 'all'
      ? [...netColumns(run), ...chartColumns(run, 'heat', memory.metric, layers)]
      : chartColumns(run, chart, memory.metric, layers);
  const ofLayers = columns.some(({ metric }) => metric !== undefined);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${say('Data of the charts')}>
    <table class="figures-table">
      <caption>
        ${say('{0} of {1} frames, steps {2} to {3}', count, formatCount(end - first), formatCount(from), formatCount(Math.min(to, Math.max(0, store.lastStep))))}${
          ofLayers ? say('; {0} of each layer', METRIC_NAMES[memory.metric].toLowerCase()) : ''
        }
      </caption>
      <thead>
        <tr>
          <th scope="col">${say('step')}</th>
          ${columns.map(({ title, metric }) => html`<th scope="col" translate=${metric === undefined ? nothing : 'no'}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <td>${store.step[row]}</td>
              ${columns.map((column) => html`<td>${cell(column, row)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
    ${chart === 'all' || chart === 'loss' || chart === 'rate' || chart === 'norm' ? branchTables(run.branches) : nothing}
  </div>`;
}

function cell({ metric, at }: DataColumn, row: number): string {
  return metric === undefined ? formatNumber(at(row)) : formatMetric(metric, at(row));
}
