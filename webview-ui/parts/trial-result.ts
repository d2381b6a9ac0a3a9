import { html, nothing, type TemplateResult } from 'lit';
import type { TrialEvent } from '../../src/telemetry/events.js';
import { formatCount, formatNumber } from '../scales/format.js';
import { trialSpark } from './trial-spark.js';
import { say } from '../language/language.js';

const ICONS = { fixes: 'pass', helps: 'arrow-small-up', 'no-effect': 'circle-slash', worse: 'arrow-small-down' };
const TONES = { fixes: 'ok', helps: '', 'no-effect': 'dim', worse: 'error' };

/** Codicon and tone of a verdict. */
export function verdictMark({ verdict }: TrialEvent): { codicon: string; tone: string } {
  return { codicon: ICONS[verdict], tone: TONES[verdict] };
}

/** The result in a word or two, for the line of the fix: "0.25 of baseline", "diverged", "no effect". */
export function resultWord({ verdict, share, stopped }: TrialEvent): string {
  if (verdict === 'worse') return share !== undefined && Number.isFinite(share) ? say('worse: {0}', formatNumber(share)) : say('diverged');
  if (verdict === 'no-effect') return stopped === undefined ? say('no effect') : say('no repair');
  return share !== undefined && Number.isFinite(share) ? say('{0} of baseline', formatNumber(share)) : say('diverged');
}

/** What a fix did in its trial, beside what the untouched config did after as many steps. */
export function trialResult(trial: TrialEvent): TemplateResult {
  const { controlShare, steps, seeds, seconds, curve = [], controlCurve = [], worstNorm, controlWorstNorm, stopped } = trial;
  const control =
    controlShare === undefined
      ? say('Not measured beside the control')
      : Number.isFinite(controlShare)
        ? say('Untouched: {0} of baseline', formatNumber(controlShare))
        : say('Untouched: the loss is no number any more');
  const outcome = resultWord(trial);
  return html`<div class="trial">
    ${trialSpark(curve, controlCurve, say('Loss of the trial: {0}. {1}.', outcome, control))}
    <div class="outcome">
      <div><span class="key result"></span><b>${outcome}</b></div>
      <div><span class="key control"></span>${control}</div>
      <div class="dim">
        ${seeds === 1 ? say('{0} steps, 1 seed, {1} s', formatCount(steps), seconds.toFixed(1)) : say('{0} steps, {1} seeds, {2} s', formatCount(steps), seeds, seconds.toFixed(1))}
        ${worstNorm === undefined ? nothing : `· ${normsOf(worstNorm, controlWorstNorm)}`}
      </div>
      ${stopped === undefined ? nothing : html`<div class="dim">${say('Ended: {0}', stopped)}</div>`}
    </div>
  </div>`;
}

function normsOf(worst: number, control: number | undefined): string {
  const norm = say('largest norm {0}', formatNumber(worst));
  return control === undefined ? norm : `${norm} ${say('(untouched {0})', formatNumber(control))}`;
}
