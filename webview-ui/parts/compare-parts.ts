import { html, nothing, type TemplateResult } from 'lit';
import type { RunBeside, RunView } from '../run/dashboard-state.js';
import { largestRow } from '../run/scans.js';
import { formatCount, formatNumber, formatShare } from '../scales/format.js';
import { comparisonOf, type LayerParting } from '../view/comparison.js';
import type { Setting } from '../view/config-difference.js';
import { baselineLoss } from '../view/run-facts.js';
import { recentLoss } from '../view/verdict.js';
import type { PageActions } from './actions.js';
import { iconButton, link } from './button.js';
import { icon } from './icon.js';
import { say, sayName } from '../language/language.js';

/** The strip over the charts while two runs are laid over each other: which is which, and where they part. */
export function compareStrip(run: RunView, beside: RunBeside, { send, readOnly }: PageActions): TemplateResult {
  const { parts, firstDifference } = beside.parting;
  const differences = comparisonOf(run, beside).settings.length;
  const headline = parts === null ? say('The runs do not part') : say('The runs part at step {0}', formatCount(parts));
  const same =
    firstDifference === null
      ? say('Their losses are equal to the last digit.')
      : say('Their losses first differ beyond rounding at step {0}.', formatCount(firstDifference));
  const settings =
    differences === 0
      ? say('Their settings are the same.')
      : differences === 1
        ? say('1 setting differs.')
        : say('{0} settings differ.', differences);
  return html`<section class="compare" aria-label=${say('Comparison')}>
    ${icon('git-compare', 'neutral')}
    <b>${headline}</b>
    <span class="dim">${same} ${settings}</span>
    <span class="letters">
      <span><i class="line-key run" aria-hidden="true"></i>A, ${nameOf(run)}</span>
      <span><i class="line-key other" aria-hidden="true"></i>B, ${nameOf(beside.run)}</span>
    </span>
    ${readOnly ? nothing : iconButton('close', say('End the comparison'), () => send({ type: 'compareRun', run: null }))}
  </section>`;
}

/** What differs between the two runs: settings, results, and the order in which their layers part. */
export function differenceSection(run: RunView, beside: RunBeside, { remember }: PageActions): TemplateResult {
  const { settings, layers } = comparisonOf(run, beside);
  return html`<section class="section difference" aria-labelledby="difference-title">
    <header><h2 id="difference-title">${say('Difference')}</h2></header>
    <div class="inner">
      <table class="figures-table compare-table">
        <thead>
          <tr>
            <th scope="col">${say('setting')}</th>
            <th scope="col"><i class="line-key run" aria-hidden="true"></i>A</th>
            <th scope="col"><i class="line-key other" aria-hidden="true"></i>B</th>
          </tr>
        </thead>
        <tbody>
          ${[...settings, ...resultsOf(run, beside.run)].map(
            ({ path, a, b: other }) =>
              html`<tr>
                <th scope="row">${breakable(path)}</th>
                <td>${a}</td>
                <td>${other}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      <p class="note">
        ${say('The runs part where the gap between the losses first exceeds three times the noise of the calmer one, and stays there. Below a relative difference of 0.00001 values are the same but for rounding.')}
      </p>
      ${layersTable(layers, remember)}
    </div>
  </section>`;
}

function layersTable(layers: readonly LayerParting[], remember: PageActions['remember']): TemplateResult | typeof nothing {
  if (layers.length === 0) return nothing;
  return html`<table class="figures-table compare-table">
    <thead>
      <tr>
        <th scope="col">${say('layer')}</th>
        <th scope="col">${say('gradient norms part at step')}</th>
      </tr>
    </thead>
    <tbody>
      ${layers.map(
        ({ name, step }) =>
          html`<tr>
            <th scope="row">${link(name, () => remember({ layer: name }), say('Focus {0}', name))}</th>
            <td>${step === null ? say('never') : formatCount(step)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function resultsOf(a: RunView, b: RunView): Setting[] {
  const row = (path: string, figure: (run: RunView) => string): Setting => ({ path, a: figure(a), b: figure(b) });
  return [
    row(say('steps'), (run) => `${formatCount(run.end?.steps ?? Math.max(0, run.store.lastStep))}, ${sayName(run.state)}`),
    row(say('loss at the end'), (run) => formatNumber(run.end?.loss ?? recentLoss(run))),
    row(say('loss ÷ baseline'), (run) => {
      const baseline = baselineLoss(run);
      return baseline === null ? say('unknown') : formatShare((run.end?.loss ?? recentLoss(run)) / baseline);
    }),
    row(say('largest gradient norm'), (run) => {
      const at = largestRow(run.store, 'globalGradNorm');
      return at < 0 ? say('none') : formatNumber(run.store.series('globalGradNorm')[at]);
    }),
  ];
}

/** A path that may break behind its dots. */
function breakable(path: string): (TemplateResult | string)[] {
  return path.split('.').map((part, i) => (i === 0 ? part : html`.<wbr />${part}`));
}

function nameOf({ config, start }: RunView): string {
  return start?.time === undefined ? config : `${config}, ${start.time.slice(0, 16).replace('T', ' ')}`;
}
