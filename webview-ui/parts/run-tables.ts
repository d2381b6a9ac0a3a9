import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import { formatCount, formatNumber } from '../scales/format.js';
import { baselineLoss, clipThreshold, knownConfig, lossName, spaced } from '../view/run-facts.js';
import { say, sayMessage, sayName } from '../language/language.js';

/** What is being trained, in words. */
export function setupSection(run: RunView): TemplateResult | typeof nothing {
  const { start } = run;
  if (start === null) return nothing;
  const { training } = knownConfig(run);
  const threshold = clipThreshold(run);
  const clip = training?.gradientClip;
  const baseline = baselineLoss(run);
  const facts: [string, string][] = [
    [say('Data'), say('{0} training, {1} validation samples', formatCount(start.samples.train), formatCount(start.samples.validation))],
    [say('Model'), say('{0} layers with weights, {1} parameters', start.layers.length, formatCount(start.parameters))],
    [say('Optimizer'), training?.optimizer?.type ?? say('unknown')],
    [
      say('Clip'),
      clip === undefined
        ? say('none')
        : threshold === null
          ? sayName(spaced(clip.type ?? ''))
          : say('global norm {0}', formatNumber(threshold)),
    ],
    [say('Loss'), `${lossName(run)}${baseline === null ? '' : say(', baseline {0}', formatNumber(baseline))}`],
    [say('Engine'), `${start.engine}: ${sayMessage(start.engineReason)}`],
    ...fallbackFacts(run),
  ];
  return html`<section class="section setup" aria-labelledby="setup-title">
    <header><h2 id="setup-title">${say('Setup')}</h2></header>
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
  return fallbacks.map(({ layer, reason }) => [say('Slower'), `${layer ?? say('optimizer')}: ${reason}`]);
}
