import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import { formatCount, formatNumber } from '../scales/format.js';
import { baselineLoss, clipThreshold, knownConfig, lossName, spaced } from '../view/run-facts.js';

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
