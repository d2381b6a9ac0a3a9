import { html, nothing, type TemplateResult } from 'lit';
import type { RunView } from '../run/dashboard-state.js';
import { barActions, barFigures, runStatus, type BarFigure } from '../view/run-status.js';
import type { Level } from '../view/verdict.js';
import type { PageActions } from './actions.js';
import { iconButton, link } from './button.js';
import { icon } from './icon.js';
import { say } from '../language/language.js';

/** The run bar: state, config, figures, and the buttons that steer the run. */
export function runBar(run: RunView, level: Level, trusted: boolean, { send, readOnly }: PageActions): TemplateResult {
  const status = runStatus(run, level);
  const reveal = () => send({ type: 'reveal', path: [] });
  return html`<header class="bar" aria-label=${say('Run')}>
    <span class="state">${icon(status.icon, status.tone)}<span>${status.text}</span></span>
    ${run.config === '' ? nothing : html`<span class="config" translate="no">${readOnly ? configName(run.config) : link(run.config, reveal, say('Open {0}', run.config))}</span>`}
    <span class="figures">${barFigures(run).map(figure)}</span>
    ${
      readOnly
        ? nothing
        : html`<span class="tools" role="toolbar" aria-label=${say('Run')}>
            ${barActions(run, trusted).map(({ command, icon: codicon, label, reason }) =>
              iconButton(codicon, label, () => send({ type: command }), reason),
            )}
            <span class="separator"></span>
            ${iconButton('export', say('Export a report'), () => send({ type: 'exportReport' }), run.store.count === 0 && run.end === null ? say('There is nothing in it yet') : undefined)}
            ${iconButton('output', say('Show log'), () => send({ type: 'showLog' }))}
          </span>`
    }
  </header>`;
}

/** In a report the text of the config stands below. */
function configName(name: string): TemplateResult {
  return html`<a class="link" href="#config-title">${name}</a>`;
}

function figure({ before, value, after, wide }: BarFigure): TemplateResult {
  return html`<span class="figure ${wide === true ? 'wide' : ''}">${before} <b>${value}</b> ${after}</span>`;
}

/** The bar while there is no run. */
export function emptyBar(text: string, busy: boolean, { send }: PageActions): TemplateResult {
  return html`<header class="bar" aria-label=${say('Run')}>
    <span class="state">${icon(busy ? 'loading' : 'circle-large', 'dim')}<span>${text}</span></span>
    <span class="tools">${iconButton('output', say('Show log'), () => send({ type: 'showLog' }))}</span>
  </header>`;
}
