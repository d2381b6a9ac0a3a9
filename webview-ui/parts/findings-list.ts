import { html, nothing, type TemplateResult } from 'lit';
import type { PageFinding } from '../../src/telemetry/page-protocol.js';
import { formatPath } from '../../src/config/config-path.js';
import type { RunView } from '../run/dashboard-state.js';
import { formatCount } from '../scales/format.js';
import { evidenceNow, signalOf } from '../view/signals.js';
import { ranked } from '../view/verdict.js';
import type { PageActions } from './actions.js';
import { link } from './button.js';
import { severityIcon } from './icon.js';
import { signalLine } from './verdict-strip.js';
import { say } from '../language/language.js';

/** The findings of the run, worst first, or what is watched while there are none. */
export function findingsSection(run: RunView, layer: string | null, actions: PageActions): TemplateResult {
  const isPast = (finding: PageFinding) => Number(finding.past !== undefined);
  const findings = ranked(run.findings).sort((a, b) => isPast(a) - isPast(b));
  const watched = evidenceNow(run, null).map(signalOf);
  return html`<section class="section findings" aria-labelledby="findings-title">
    <header>
      <h2 id="findings-title">${say('Findings')}</h2>
      <span class="number">${findings.length === 0 ? say('none') : findings.length}</span>
    </header>
    ${findings.map((finding, i) => findingItem(finding, i === 0, layer, actions))}
    ${
      findings.length > 0 || watched.length === 0
        ? nothing
        : html`<div class="inner">
            <p class="note">${say('Watched at every step')}</p>
            ${watched.map((signal) => signalLine(signal, 'calm'))}
          </div>`
    }
  </section>`;
}

function findingItem(
  finding: PageFinding,
  first: boolean,
  focused: string | null,
  { send, jump, remember, readOnly }: PageActions,
): TemplateResult {
  const { id, severity, message, layer, phase, step, formula, caveat, at, line, past } = finding;
  const when = phase === 'preflight' ? say('before step 0') : phase === 'end' ? say('at the end') : say('step {0}', formatCount(step));
  const place = `${formatPath(at.slice(-2))}${line === undefined ? '' : say(', line {0}', line)}`;
  const reveal = readOnly
    ? html`<a class="link" href="#config-${line ?? 'title'}">${place}</a>`
    : link(place, () => send({ type: 'reveal', path: at }), say('Show {0} in the config', formatPath(at)));
  const full = first || severity === 'error';
  return html`<article
    class="finding ${first ? 'first' : ''} ${layer !== null && layer === focused ? 'focused' : ''}"
    data-finding=${id}
    data-step=${step}
    tabindex="-1"
  >
    ${severityIcon(severity)}
    <div>
      <h3>
        <button class="jump" title=${say('Show its step, its layer and its line in the config')} @click=${() => jump(finding)}>
          ${message}
        </button>
      </h3>
      <div class="meta">
        <span translate="no">${idOf(id)}</span>${pastMark(past)}<span
          >${layer === null ? say('whole net') : link(layer, () => remember({ layer }), say('Focus {0}', layer))}</span
        ><span>${when}</span>${at.length === 0 || full ? nothing : reveal}
      </div>
      ${full && formula !== undefined ? html`<div class="formula" translate="no">${formula}</div>` : nothing}
      ${full && caveat !== undefined ? html`<p class="note">${caveat}</p>` : nothing}
      ${full && at.length > 0 ? html`<div class="meta">${reveal}</div>` : nothing}
      ${!full && (formula !== undefined || caveat !== undefined) ? details(formula, caveat) : nothing}
    </div>
  </article>`;
}

/** Why it no longer speaks of the course the run is on. */
function pastMark(past: PageFinding['past']): TemplateResult | typeof nothing {
  if (past === undefined) return nothing;
  return html`<span class="past">${past === 'changed' ? say('before the live change') : say('rolled back')}</span>`;
}

/** The id, in a report a link to what is written about it. */
function idOf(id: string): TemplateResult | string {
  return document.getElementById(`docs-${id}`) === null ? id : html`<a class="link" href="#docs-${id}">${id}</a>`;
}

function details(formula: string | undefined, caveat: string | undefined): TemplateResult {
  return html`<details class="more">
    <summary>${say('Formula')}</summary>
    ${formula === undefined ? nothing : html`<div class="formula" translate="no">${formula}</div>`}
    ${caveat === undefined ? nothing : html`<p class="note">${caveat}</p>`}
  </details>`;
}
