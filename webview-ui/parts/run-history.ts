import { html, nothing, svg, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { RunSummary } from '../../src/telemetry/page-protocol.js';
import { formatCount, formatNumber, formatShare } from '../scales/format.js';
import { sparkPath } from '../scales/spark.js';
import type { PageActions } from './actions.js';
import { iconButton } from './button.js';
import { icon } from './icon.js';
import { say, sayName } from '../language/language.js';

const STATUS_ICONS: Partial<Record<RunSummary['status'], [string, string]>> = {
  completed: ['pass', 'ok'],
  diverged: ['error', 'error'],
  failed: ['error', 'error'],
  stopped: ['debug-stop', 'dim'],
};
const CURVE = { width: 72, height: 16 };
/** The language of dates is the page's own. */
const START_TIME = new Intl.DateTimeFormat(say('en-GB'), { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** The run on show and the one laid over it. */
interface ShownRuns {
  current: string | null;
  other: string | null;
}

/** The runs of the workspace, to open, to lay over the one on show, to name and to delete. */
export function runsSection(history: RunSummary[], shown: ShownRuns, { send }: PageActions): TemplateResult | typeof nothing {
  if (history.length === 0) return nothing;
  return html`<section class="runs" aria-labelledby="runs-title">
    <h2 id="runs-title">${say('Runs')}</h2>
    <div class="runs-scroll" tabindex="0" role="region" aria-label=${say('List of runs')}>
      <table class="runs-table">
        <thead>
          <tr>
            <th scope="col">${say('started')}</th>
            <th scope="col" class="grow">${say('name')}</th>
            <th scope="col">${say('loss')}</th>
            <th scope="col">${say('state')}</th>
            <th scope="col" class="figure-column">${say('steps')}</th>
            <th scope="col" class="figure-column">${say('loss ÷ baseline')}</th>
            <td></td>
          </tr>
        </thead>
        <tbody>
          ${history.map((run) => guard(whatRowShows(run, shown), () => historyRow(run, shown, send)))}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** A row is drawn again only where one of these is another: the list is long, and the page draws at every frame. */
function whatRowShows(run: RunSummary, { current, other }: ShownRuns): [RunSummary, boolean, boolean, boolean] {
  return [run, run.run === current, run.run === other, other === null];
}

function historyRow(run: RunSummary, shown: ShownRuns, send: PageActions['send']): TemplateResult {
  const [, isCurrent, isOther, alone] = whatRowShows(run, shown);
  const [codicon, tone] = run.problem === undefined ? (STATUS_ICONS[run.status] ?? ['circle-large', 'dim']) : ['warning', 'warning'];
  const share = run.baselineLoss > 0 ? formatShare(run.loss / run.baselineLoss) : formatNumber(run.loss);
  const letter = alone ? nothing : html`<b class="run-letter">${isCurrent ? 'A' : isOther ? 'B' : ''}</b>`;
  return html`<tr class=${isCurrent || isOther ? 'current' : ''} data-run=${run.run}>
    <td>${icon(codicon, tone)} ${startTime(run.time)} ${letter}</td>
    <td class="grow" title=${run.config}>${run.label ?? run.config}</td>
    <td>${curve(run.losses)}</td>
    <td>${run.problem ?? sayName(run.status)}</td>
    <td class="figure-column">${run.problem === undefined ? formatCount(run.steps) : ''}</td>
    <td class="figure-column">${run.problem === undefined ? share : ''}</td>
    <td class="figure-column">
      ${isCurrent ? html`<span class="this-run">${say('this run')}</span>` : nothing}${actions(run, isCurrent, isOther, send)}
    </td>
  </tr>`;
}

function actions({ run, time, label, recorded, problem }: RunSummary, isCurrent: boolean, isOther: boolean, send: PageActions['send']) {
  const name = label ?? say('the run of {0}', startTime(time));
  const open = !isCurrent && problem === undefined;
  return html`<span class="run-actions">
    ${open ? iconButton('go-to-file', say('Open {0}', name), () => send({ type: 'openRun', run })) : nothing}
    ${open ? iconButton(isOther ? 'close' : 'git-compare', isOther ? say('End the comparison') : say('Compare with {0}', name), () => send({ type: 'compareRun', run: isOther ? null : run })) : nothing}
    ${recorded === true && problem === undefined ? iconButton('edit', say('Name {0}', name), () => send({ type: 'renameRun', run })) : nothing}
    ${recorded === true ? iconButton('trash', say('Delete {0}', name), () => send({ type: 'deleteRun', run })) : nothing}
  </span>`; // prettier-ignore
}

/** The loss over the run, log scale, without axes: the figures stand beside it. */
function curve(losses: number[] | undefined): TemplateResult | typeof nothing {
  if (losses === undefined || losses.length < 2) return nothing;
  const points = losses.map((loss, i): [number, number] => [i, loss]);
  return html`<svg class="spark" width=${CURVE.width} height=${CURVE.height} aria-hidden="true">
    ${svg`<path d=${sparkPath(points, { ...CURVE, low: null, high: null })}></path>`}
  </svg>`;
}

function startTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return START_TIME.format(time);
}
