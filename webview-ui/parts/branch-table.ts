import { html, nothing, type TemplateResult } from 'lit';
import type { Branch, BranchSeries } from '../../src/telemetry/branches.js';
import { formatCount, formatNumber } from '../scales/format.js';
import { say } from '../language/language.js';

/** Rows of the table of one branch. */
const ROWS = 10;
const COLUMNS: readonly [BranchSeries, string][] = [
  ['loss', say('loss')],
  ['learningRate', say('learning rate')],
  ['globalGradNorm', say('gradient norm')],
];

/** The courses a run has left by going back, as tables. */
export function branchTables(branches: readonly Branch[]): TemplateResult | typeof nothing {
  return branches.length === 0 ? nothing : html`${branches.map(branchTable)}`;
}

function branchTable({ from, to, step, ...series }: Branch): TemplateResult {
  const count = Math.min(ROWS, step.length);
  const rows = Array.from({ length: count }, (_, i) => Math.round((i * (step.length - 1)) / Math.max(1, count - 1)));
  return html`<table class="figures-table">
    <caption>
      ${say('Discarded: steps {0} to {1}', formatCount(from), formatCount(to))}
    </caption>
    <thead>
      <tr>
        <th scope="col">${say('step')}</th>
        ${COLUMNS.map(([, title]) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            <td>${step[row]}</td>
            ${COLUMNS.map(([name]) => html`<td>${formatNumber(series[name][row] ?? null)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
