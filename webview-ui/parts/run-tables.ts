import { html, nothing, type TemplateResult } from 'lit';
import type { RunSummary } from '../../src/telemetry/page-protocol.js';
import type { RunView } from '../run/dashboard-state.js';
import { formatCount, formatNumber, formatShare } from '../scales/format.js';
import { baselineLoss, clipThreshold, knownConfig, lossName, spaced } from '../view/run-facts.js';
import type { PageActions } from './actions.js';
import { iconButton } from './button.js';
import { icon } from './icon.js';

/** What is being trained, in words. */
export function setupSection(run: RunView): TemplateResult | typeof nothing {
  const { start } = run;
  if (start === null) return nothing;
  const { training } = knownConfig(run);
  const threshold = clipThreshold(run);
  const clip = training?.gradientClip;
  const baseline = baselineLoss(run);
  const facts: [string, string][] = [
    ['Data', `${formatCount(start.samples.train)} training, ${formatCount(start.samples.validation)} validation samples`],
    ['Model', `${start.layers.length} layers with weights, ${formatCount(start.parameters)} parameters`],
    ['Optimizer', training?.optimizer?.type ?? 'unknown'],
    ['Clip', clip === undefined ? 'none' : threshold === null ? spaced(clip.type ?? '') : `global norm ${formatNumber(threshold)}`],
    ['Loss', `${lossName(run)}${baseline === null ? '' : `, baseline ${formatNumber(baseline)}`}`],
    ['Engine', `${start.engine}: ${start.engineReason}`],
    ...fallbackFacts(run),
  ];
  return html`<section class="section setup" aria-labelledby="setup-title">
    <header><h2 id="setup-title">Setup</h2></header>
    <dl class="inner key-values">
      ${facts.map(
        ([key, value]) =>
          html`<div>
            <dt>${key}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

/** What does not run on our own kernels, one line each. */
function fallbackFacts({ fallbacks }: RunView): [string, string][] {
  return fallbacks.map(({ layer, reason }) => ['Slower', `${layer ?? 'optimizer'}: ${reason}`]);
}

const STATUS_ICONS: Partial<Record<RunSummary['status'], [string, string]>> = {
  completed: ['pass', 'ok'],
  diverged: ['error', 'error'],
  failed: ['error', 'error'],
  stopped: ['debug-stop', 'dim'],
};

/** Earlier runs, to open again. */
export function runsSection(history: RunSummary[], current: string | null, { send }: PageActions): TemplateResult | typeof nothing {
  if (history.length === 0) return nothing;
  return html`<section class="runs" aria-labelledby="runs-title">
    <h2 id="runs-title">Runs</h2>
    <table class="runs-table">
      <thead>
        <tr>
          <th scope="col">started</th>
          <th scope="col" class="grow">config</th>
          <th scope="col">state</th>
          <th scope="col" class="figure-column">steps</th>
          <th scope="col" class="figure-column">loss ÷ baseline</th>
          <td></td>
        </tr>
      </thead>
      <tbody>
        ${history.map((run) => historyRow(run, run.run === current, send))}
      </tbody>
    </table>
  </section>`;
}

function historyRow(run: RunSummary, current: boolean, send: PageActions['send']): TemplateResult {
  const [codicon, tone] = STATUS_ICONS[run.status] ?? ['circle-large', 'dim'];
  const share = run.baselineLoss > 0 ? formatShare(run.loss / run.baselineLoss) : formatNumber(run.loss);
  return html`<tr class=${current ? 'current' : ''}>
    <td>${icon(codicon, tone)} ${startTime(run.time)}</td>
    <td class="grow">${run.config}</td>
    <td>${run.status}</td>
    <td class="figure-column">${formatCount(run.steps)}</td>
    <td class="figure-column">${share}</td>
    <td class="figure-column">
      ${current ? 'this run' : iconButton('go-to-file', `Open the run of ${startTime(run.time)}`, () => send({ type: 'openRun', run: run.run }))}
    </td>
  </tr>`;
}

function startTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
