import { html, nothing, type TemplateResult } from 'lit';
import type { ConfigChoice } from '../../src/telemetry/page-protocol.js';
import type { DashboardState } from '../run/dashboard-state.js';
import type { PageActions } from './actions.js';
import { button, link } from './button.js';
import { icon } from './icon.js';
import { say } from '../language/language.js';

/** The page without a run: the configs that can be trained, and what will be seen here. */
export function emptyPage(state: DashboardState, actions: PageActions): TemplateResult {
  const { configs, trusted } = state;
  const best = configs.find((config) => config.errors === 0);
  return html`<main class="empty">
    <h1>${say('No run yet')}</h1>
    <p class="lead">
      ${say('Train a model from a config file. Its gradients appear here as it trains, and Gradwatch says so before they explode.')}
    </p>
    ${trusted ? nothing : html`<p class="restricted">${icon('shield', 'warning')} ${say('Training is off: this workspace is not trusted. Check reads the text of a config only.')}</p>`}
    <h2>${say('Configs in this workspace')}</h2>
    ${
      configs.length === 0
        ? html`<p class="dim">${say('None found. A config is a file named gradwatch.json or NAME.gradwatch.json.')}</p>`
        : html`<ul class="configs">
            ${configs.map((config) => configItem(config, config === best, trusted, actions))}
          </ul>`
    }
    <p class="links">${link(say('New training configuration'), () => actions.send({ type: 'newConfig' }))}</p>
    <div class="explain">
      <div>
        <h3>${say('Before the first update')}</h3>
        <p>${say('Check runs a few dry updates on a copy of the weights and says what the first one would do.')}</p>
      </div>
      <div>
        <h3>${say('While it trains')}</h3>
        <p>${say('Gradient norms of every layer at every step, and the risk that they explode.')}</p>
      </div>
      <div>
        <h3>${say('When it goes wrong')}</h3>
        <p>${say('The run pauses before it is lost. Each fix shows the lines of the config it would change before you apply it.')}</p>
      </div>
    </div>
  </main>`;
}

function configItem({ path, uri, errors }: ConfigChoice, best: boolean, trusted: boolean, { send }: PageActions): TemplateResult {
  const reason = trusted ? undefined : say('Training needs a trusted workspace');
  return html`<li>
    ${icon('file', 'dim')}
    <div>
      <div class="path" translate="no">${path}</div>
      <div class="check">
        ${errors === 0 ? icon('pass', 'ok') : icon('error', 'error')}
        ${errors === 0 ? say('No problem found') : errors === 1 ? say('1 problem') : say('{0} problems', errors)}
      </div>
    </div>
    <div class="buttons">
      ${button(say('Train'), () => send({ type: 'train', uri }), { primary: best, reason })}
      ${button(say('Check'), () => send({ type: 'check', uri }))}
    </div>
  </li>`;
}
