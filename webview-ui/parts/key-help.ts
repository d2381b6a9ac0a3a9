import { html, type TemplateResult } from 'lit';
import { KEY_HELP } from '../view/timeline-keys.js';
import { say } from '../language/language.js';

/** The keys of the charts, as a popover with this id. */
export const KEY_HELP_ID = 'key-help';

export function keyHelp(): TemplateResult {
  return html`<div class="menu key-help" id=${KEY_HELP_ID} popover role="dialog" aria-label=${say('Keys of the charts')} tabindex="-1">
    <h2>${say('Keys of the charts')}</h2>
    <dl>
      ${KEY_HELP.map(
        ([keys, effect]) =>
          html`<div>
            <dt>${keys}</dt>
            <dd>${effect}</dd>
          </div>`,
      )}
    </dl>
  </div>`;
}

/** Opens the help or closes it. */
export function toggleKeyHelp(): void {
  document.getElementById(KEY_HELP_ID)?.togglePopover();
}

export function isKeyHelpOpen(): boolean {
  return document.getElementById(KEY_HELP_ID)?.matches(':popover-open') ?? false;
}
