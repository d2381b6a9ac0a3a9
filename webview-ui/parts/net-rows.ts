import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import { CHART_TITLES, type ChartKey } from '../view/chart-data.js';
import { readBeside, RISK_LIMIT, type Readings } from '../view/readings.js';
import { lossName } from '../view/run-facts.js';
import { summaryOf } from '../view/timeline-words.js';
import { isEverClipped, type Tracks } from '../view/tracks.js';
import { lineRow, readingOf } from './timeline-rows.js';
import { say } from '../language/language.js';

/** The tracks of the whole net: risk, loss, learning rate and gradient norm. */
export function netRows(options: {
  run: RunView;
  tracks: Tracks;
  readings: Readings | null;
  width: number;
  menu: (chart: ChartKey) => TemplateResult;
}): TemplateResult {
  const { run, tracks, readings, width, menu } = options;
  const other = run.beside === undefined ? undefined : readBeside(run, readings);
  const row = (key: 'loss' | 'rate' | 'norm', unit: string, name: Parameters<typeof summaryOf>[2]) =>
    lineRow({
      key,
      title: CHART_TITLES[key],
      unit,
      model: tracks[key],
      width,
      summary: summaryOf(`${CHART_TITLES[key]}, ${unit}`, run, name),
      reading: readingOf(readings?.[key], other === undefined ? undefined : (other?.[key] ?? null)),
      menu: menu(key),
    });
  return html`<div class="row risk-row" data-track="risk" data-chart="risk">
      <div class="gutter"><h2>${say('Risk')}</h2></div>
      <div class="plot" role="img" aria-label=${summaryOf(say('Risk, 0 to 1, limit {0}', RISK_LIMIT), run, 'risk')}>
        <canvas class="risk-canvas"></canvas>
      </div>
      ${menu('risk')}
      <div class="reading">
        ${readings?.risk ?? ''}${readings?.pastRisk === true ? html`<span class="long">${say(', past {0}', RISK_LIMIT.toFixed(2))}</span>` : nothing}
      </div>
    </div>
    ${row('loss', lossName(run), 'loss')} ${row('rate', say('per step'), 'learningRate')}
    ${row('norm', isEverClipped(run) ? say('whole net, dashed after clipping') : say('whole net, L2'), 'globalGradNorm')}`;
}
