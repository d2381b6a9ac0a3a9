import { html, nothing, type TemplateResult } from 'lit';
import type { TrialEvent } from '../../src/telemetry/events.js';
import { formatCount, formatNumber } from '../scales/format.js';
import { trialSpark } from './trial-spark.js';

const ICONS = { fixes: 'pass', helps: 'arrow-small-up', 'no-effect': 'circle-slash', worse: 'arrow-small-down' };
const TONES = { fixes: 'ok', helps: '', 'no-effect': 'dim', worse: 'error' };

/** Codicon and tone of a verdict. */
export function verdictMark({ verdict }: TrialEvent): { codicon: string; tone: string } {
  return { codicon: ICONS[verdict], tone: TONES[verdict] };
}

/** The result in a word or two, for the line of the fix: "0.25 of baseline", "diverged", "no effect". */
export function resultWord({ verdict, share, stopped }: TrialEvent): string {
  if (verdict === 'worse') return share !== undefined && Number.isFinite(share) ? `worse: ${formatNumber(share)}` : 'diverged';
  if (verdict === 'no-effect') return stopped === undefined ? 'no effect' : 'no repair';
  return share !== undefined && Number.isFinite(share) ? `${formatNumber(share)} of baseline` : 'diverged';
}

/** What a fix did in its trial, beside what the untouched config did after as many steps. */
export function trialResult(trial: TrialEvent): TemplateResult {
  const { controlShare, steps, seeds, seconds, curve = [], controlCurve = [], worstNorm, controlWorstNorm, stopped } = trial;
  const control =
    controlShare === undefined
      ? 'Not measured beside the control'
      : Number.isFinite(controlShare)
        ? `Untouched: ${formatNumber(controlShare)} of baseline`
        : 'Untouched: the loss is no number any more';
  const outcome = resultWord(trial);
  return html`<div class="trial">
    ${trialSpark(curve, controlCurve, `Loss of the trial: ${outcome}. ${control}.`)}
    <div class="outcome">
      <div><span class="key result"></span><b>${outcome}</b></div>
      <div><span class="key control"></span>${control}</div>
      <div class="dim">
        ${formatCount(steps)} steps, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, ${seconds.toFixed(1)} s
        ${worstNorm === undefined ? nothing : html`· largest norm ${formatNumber(worstNorm)}${controlWorstNorm === undefined ? '' : ` (untouched ${formatNumber(controlWorstNorm)})`}`}
      </div>
      ${stopped === undefined ? nothing : html`<div class="dim">Ended: ${stopped}</div>`}
    </div>
  </div>`;
}
